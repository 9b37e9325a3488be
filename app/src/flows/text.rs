//! Texts of a step: typed, or put together from values of earlier steps.

use super::cards::readable;
use super::earlier::{Part, parts, reading};
use super::field::{Below, Blank, Needed};
use super::fits::Wants;
use super::input;
use super::live_value::LiveValue;
use super::store::Studio;
use super::values::InsertButton;
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::JsCast;

/// What kind of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// One line.
    Line,
    /// Several lines.
    Lines,
    /// A number.
    Number,
    /// A day with its time.
    Day,
    /// JSON.
    Json,
}

impl TextKind {
    fn is_long(self) -> bool {
        matches!(self, Self::Lines | Self::Json)
    }

    /// What a typed text is stored as.
    fn read(self, text: &str) -> Option<Value> {
        match self {
            _ if text.is_empty() => None,
            Self::Number => input::number(text),
            Self::Json => Some(serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))),
            _ => Some(Value::from(text)),
        }
    }

    fn show(self, value: Option<&Value>) -> String {
        match value {
            Some(it @ (Value::Object(_) | Value::Array(_))) if self == Self::Json => {
                serde_json::to_string_pretty(it).unwrap_or_default()
            }
            other => input::text(other),
        }
    }
}

/// A text being written: an input of a step, one side of a condition, the list of a loop. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Writing {
    /// The open flow.
    pub studio: Studio,
    /// The step it belongs to.
    pub step: StoredValue<String>,
    /// Unique on the page.
    pub id: StoredValue<String>,
    /// What it is called.
    pub label: StoredValue<String>,
    /// What kind of text.
    pub kind: TextKind,
    /// What it can hold.
    pub wants: Wants,
    /// As it is on screen.
    pub typed: RwSignal<String>,
    /// What is wrong with it.
    pub error: Signal<Option<String>>,
    /// A person is in it.
    pub(super) is_typing: RwSignal<bool>,
    /// Where the caret stood when it was left.
    left_at: StoredValue<Option<usize>>,
    store: Callback<String>,
}

impl Writing {
    /// A text called `label` that holds `stored` and is stored by `store`.
    pub fn new(
        studio: Studio,
        (step, id): (&str, String),
        label: impl Into<String>,
        stored: Memo<String>,
        store: Callback<String>,
    ) -> Self {
        let typed = RwSignal::new(stored.get_untracked());
        let is_typing = RwSignal::new(false);
        Effect::new(move |_| {
            let stored = stored.get();
            if !is_typing.get_untracked() {
                typed.set(stored);
            }
        });
        Self {
            studio,
            step: StoredValue::new(step.to_owned()),
            id: StoredValue::new(id),
            label: StoredValue::new(label.into()),
            kind: TextKind::Line,
            wants: Wants::default(),
            typed,
            error: Signal::stored(None),
            is_typing,
            left_at: StoredValue::new(None),
            store,
        }
    }

    /// Of another kind, with what is wrong.
    #[must_use]
    pub fn of_kind(self, kind: TextKind, error: Signal<Option<String>>) -> Self {
        Self { kind, error, ..self }
    }

    /// Offered only what fits it.
    #[must_use]
    pub fn wanting(self, wants: Wants) -> Self {
        Self { wants, ..self }
    }

    /// Shows and stores `text`.
    pub fn write(self, text: String) {
        self.store.run(text.clone());
        self.typed.set(text);
    }

    /// Puts `more` in where the caret stands, or stood when the text was left.
    pub fn insert(self, more: &str) {
        let at = self.left_at.get_value().or_else(|| caret(&self.id.get_value()));
        self.left_at.set_value(at.map(|it| it + more.encode_utf16().count()));
        self.write(inserted(&self.typed.get_untracked(), more, at));
    }
}

/// An input of a step that is a text.
#[component]
pub fn TextField(
    /// The input.
    blank: Blank,
    /// What kind.
    kind: TextKind,
) -> impl IntoView {
    let stored = Memo::new(move |_| blank.value.with(|it| kind.show(it.as_ref())));
    let store = Callback::new(move |text: String| blank.type_in(kind.read(&text)));
    let step = blank.step.get_value();
    let writing = Writing::new(blank.studio, (&step, blank.id()), blank.label(), stored, store);
    let writing = writing.of_kind(kind, blank.error).wanting(blank.wants());
    view! {
        <div class="field">
            <div class="label">
                <label for=blank.id()>{blank.label()}</label> <Needed blank=blank />
                <InsertButton writing=writing />
            </div>
            <TextControl writing=writing />
            <Below blank=blank />
        </div>
    }
}

/// A text with values of earlier steps in it. At rest the values read as words; while typing as they are written.
#[component]
pub fn TextControl(
    /// The text.
    writing: Writing,
) -> impl IntoView {
    let shows_words =
        Memo::new(move |_| !writing.is_typing.get() && writing.typed.with(|it| it.contains("{{")));
    view! {
        {move || {
            if shows_words.get() {
                view! { <Words writing=writing /> }.into_any()
            } else {
                view! { <TextBox writing=writing /> }.into_any()
            }
        }}
        <LiveValue writing=writing />
    }
}

/// The text at rest: values as chips. Focusing it goes on typing.
#[component]
fn Words(writing: Writing) -> impl IntoView {
    let studio = writing.studio;
    let part = move |part: Part| match part {
        Part::Text(text) => text.into_any(),
        Part::Value(expression) => {
            view! { <ValueChip studio=studio expression=expression /> }.into_any()
        }
    };
    let spoken = move || writing.typed.with(|it| readable(it, &studio.numbers()));
    let tall = writing.kind.is_long().then_some("min-block-size: 4.25rem; white-space: pre-wrap");
    view! {
        <div
            class="rich"
            id=writing.id.get_value()
            role="button"
            tabindex="0"
            style=tall
            aria-label=move || format!("{}: {}", writing.label.get_value(), spoken())
            on:focus=move |_| writing.is_typing.set(true)
        >
            {move || writing.typed.with(|it| parts(it)).into_iter().map(part).collect_view()}
        </div>
    }
}

/// A value of an earlier step, in words: its step's number and its name.
#[component]
fn ValueChip(studio: Studio, expression: String) -> impl IntoView {
    let (step, label) = reading(&expression);
    let number = move || {
        let found =
            studio.cards.with(|all| all.iter().find(|it| it.name == step).map(|it| it.number));
        found.map_or_else(|| "?".to_owned(), |it| it.to_string())
    };
    view! { <span class="value" title=expression><span class="n">{number}</span>" "{label}</span> }
}

/// The text as it is written.
#[component]
fn TextBox(writing: Writing) -> impl IntoView {
    let id = writing.id.get_value();
    let note = format!("{id}-note");
    let leave = move |_| {
        writing.left_at.set_value(caret(&writing.id.get_value()));
        writing.is_typing.set(false);
        writing.studio.touch(&writing.id.get_value());
    };
    let invalid = move || writing.error.with(Option::is_some).then_some("true");
    let goes_on = writing.is_typing.get_untracked();
    Effect::new(move |_| {
        if goes_on {
            focus_at_end(&writing.id.get_value());
        }
    });
    let value = move || writing.typed.get();
    let label = writing.label.get_value();
    if writing.kind.is_long() {
        let rows = if writing.kind == TextKind::Json { 5 } else { 3 };
        view! {
            <textarea
                class="textarea"
                id=id
                rows=rows
                aria-label=label
                aria-invalid=invalid
                aria-describedby=note
                prop:value=value
                on:focus=move |_| writing.is_typing.set(true)
                on:blur=leave
                on:input=move |event| writing.write(event_target_value(&event))
            >
                {writing.typed.get_untracked()}
            </textarea>
        }
        .into_any()
    } else {
        view! {
            <input
                class="input"
                id=id
                autocomplete="off"
                aria-label=label
                aria-invalid=invalid
                aria-describedby=note
                placeholder=(writing.kind == TextKind::Day).then_some("2026-03-31")
                value=writing.typed.get_untracked()
                prop:value=value
                on:focus=move |_| writing.is_typing.set(true)
                on:blur=leave
                on:input=move |event| writing.write(event_target_value(&event))
            />
        }
        .into_any()
    }
}

/// Goes on typing at the end of what was there.
fn focus_at_end(id: &str) {
    let Some(element) = document().get_element_by_id(id) else { return };
    if let Some(input) = element.dyn_ref::<web_sys::HtmlInputElement>() {
        let end = u32::try_from(input.value().encode_utf16().count()).ok();
        let _ = input
            .focus()
            .and_then(|()| input.set_selection_range(end.unwrap_or(0), end.unwrap_or(0)));
    } else if let Some(area) = element.dyn_ref::<web_sys::HtmlTextAreaElement>() {
        let end = u32::try_from(area.value().encode_utf16().count()).ok();
        let _ = area
            .focus()
            .and_then(|()| area.set_selection_range(end.unwrap_or(0), end.unwrap_or(0)));
    }
}

/// Where the caret stands in the control with `id`, in UTF-16 units; the end where it is not known.
fn caret(id: &str) -> Option<usize> {
    let element = document().get_element_by_id(id)?;
    let at = match element.dyn_ref::<web_sys::HtmlInputElement>() {
        Some(input) => input.selection_start().ok()?,
        None => element.dyn_ref::<web_sys::HtmlTextAreaElement>()?.selection_start().ok()?,
    };
    usize::try_from(at?).ok()
}

/// `text` with `more` put in at a place counted in UTF-16 units.
fn inserted(text: &str, more: &str, at: Option<usize>) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let at = at.unwrap_or(units.len()).min(units.len());
    let (before, after) = units.split_at(at);
    format!("{}{more}{}", String::from_utf16_lossy(before), String::from_utf16_lossy(after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_put_in_where_the_caret_stands() {
        assert_eq!(inserted("Hi !", "{{x}}", Some(3)), "Hi {{x}}!");
        assert_eq!(inserted("Añ 🎉", "-", Some(3)), "Añ -🎉");
        assert_eq!(inserted("end", "!", None), "end!");
    }

    #[test]
    fn json_is_stored_as_what_it_means_and_shown_in_lines() {
        assert_eq!(TextKind::Json.read(r#"{"a":1}"#), Some(json!({"a": 1})));
        assert_eq!(TextKind::Json.read("{{trigger.body}}"), Some(json!("{{trigger.body}}")));
        assert_eq!(TextKind::Json.show(Some(&json!({"a": 1}))), "{\n  \"a\": 1\n}");
        assert_eq!(TextKind::Number.read("7"), Some(json!(7)));
        assert_eq!(TextKind::Line.read(""), None);
    }
}
