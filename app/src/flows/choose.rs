//! Choices of a step: from a fixed list, from what the server answers, or a value of an earlier step.

use super::cards::readable;
use super::field::{Blank, Framed};
use super::server_fns::load_choices;
use super::values::entries_of_earlier;
use crate::error::AppError;
use crate::ui::combobox::{Combobox, Entry};
use crate::ui::here::loaded_here;
use crate::ui::icon::Icon;
use domain::flow::catalog::PropKind;
use domain::flow::catalog::fields::CONNECTION;
use domain::flow::listing::{Choice, OptionsRequest};
use leptos::prelude::*;
use serde_json::{Map, Value};

/// The server answers with so many choices at most.
const ONE_ANSWER: usize = 200;

/// Choices of the product's lists and those of earlier steps, and whether they are still on their way.
#[derive(Clone, Copy)]
struct Choices {
    /// What is typed, for lists that are longer than one answer.
    wanted: RwSignal<String>,
    entries: Signal<Vec<Entry>>,
    busy: Signal<bool>,
    failed: Signal<Option<String>>,
}

/// The text a value is chosen by.
fn key(value: &Value) -> String {
    value.to_string()
}

fn from_key(key: &str) -> Option<Value> {
    serde_json::from_str(key).ok()
}

impl Choices {
    fn of(blank: Blank) -> Self {
        let wanted = RwSignal::new(String::new());
        let (listed, busy, failed) = match blank.field.with_value(|it| it.prop.kind.clone()) {
            PropKind::StaticDropdown { options } => {
                let entries: Vec<_> =
                    options.iter().map(|it| Entry::new(key(&it.value), it.label.clone())).collect();
                (Signal::stored(entries), Signal::stored(false), Signal::stored(None))
            }
            _ => asked(blank, wanted),
        };
        let entries = Signal::derive(move || {
            let mut all = listed.get();
            if !names_a_connection(blank) {
                let step = blank.step.get_value();
                all.extend(entries_of_earlier(blank.studio, &step, blank.wants()));
            }
            add_held(blank, &mut all, busy.get());
            all
        });
        Self { wanted, entries, busy, failed }
    }
}

/// A connection is never what an earlier step gives.
fn names_a_connection(blank: Blank) -> bool {
    blank.field.with_value(|it| [CONNECTION, "connection"].contains(&it.prop.name))
}

/// What is chosen stays readable while the list loads and when it is no longer in it.
fn add_held(blank: Blank, all: &mut Vec<Entry>, busy: bool) {
    let held = blank.value.get();
    let values = match held {
        Some(Value::Array(values)) => values,
        other => other.into_iter().collect(),
    };
    for value in values {
        let key = key(&value);
        if value.is_null() || all.iter().any(|it| it.value == key) {
            continue;
        }
        let words = match &value {
            Value::String(_) if names_a_connection(blank) && !busy => {
                "A connection that you cannot use".to_owned()
            }
            Value::String(text) if text.contains("{{") && !names_a_connection(blank) => {
                readable(text, &blank.studio.numbers())
            }
            _ if busy => "Loading".to_owned(),
            Value::String(text) => text.clone(),
            other => format!("Number {other}, not in the list"),
        };
        all.insert(0, Entry::new(key, words));
    }
}

/// Asks the server, again whenever an input it depends on changes; a list that is longer than one answer is asked for
/// what is typed.
fn asked(
    blank: Blank,
    wanted: RwSignal<String>,
) -> (Signal<Vec<Entry>>, Signal<bool>, Signal<Option<String>>) {
    let request = Memo::new(move |_| request(blank));
    let is_cut = RwSignal::new(false);
    let search = Memo::new(move |_| is_cut.get().then(|| wanted.get()).filter(|it| !it.is_empty()));
    let answer = loaded_here(move || {
        let request = OptionsRequest { search: search.get(), ..request.get() };
        async move { load_choices(request).await }
    });
    Effect::new(move |_| {
        let cut = answer.with(|it| matches!(it, Some(Ok(all)) if all.len() >= ONE_ANSWER));
        // Once it was too long, it stays a list to be asked for.
        if cut {
            is_cut.set(true);
        }
    });
    let entries = Signal::derive(move || match answer.get() {
        Some(Ok(choices)) => choices.iter().map(entry).collect(),
        _ => Vec::new(),
    });
    let busy = Signal::derive(move || answer.with(Option::is_none));
    let failed = Signal::derive(move || match answer.get() {
        Some(Err(error)) => Some(in_words(&error)),
        _ => None,
    });
    (entries, busy, failed)
}

fn entry(choice: &Choice) -> Entry {
    Entry::new(key(&choice.value), choice.label.clone())
}

fn in_words(error: &AppError) -> String {
    format!("The list could not be loaded. {error}")
}

/// The request of a choice: only the inputs it depends on, so that typing elsewhere asks nothing.
fn request(blank: Blank) -> OptionsRequest {
    let (prop, refreshers) = blank.field.with_value(|it| {
        let refreshers = match it.prop.kind {
            PropKind::Dropdown { refreshers, .. }
            | PropKind::MultiSelectDropdown { refreshers } => refreshers,
            _ => &[],
        };
        (it.prop.name, refreshers)
    });
    let owner = |it: &domain::flow::PieceSettings| {
        let action = it.action_name.clone().or_else(|| it.trigger_name.clone()).unwrap_or_default();
        (it.piece_name.clone(), action, depended_on(&it.input, refreshers))
    };
    let (piece, action, input) =
        blank.studio.with_settings(&blank.step.get_value(), owner).unwrap_or_default();
    OptionsRequest { piece, action, prop: prop.to_owned(), input, search: None }
}

/// The inputs named in `names`, wherever they stand, the operation, and the connection, which every list depends on.
fn depended_on(input: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    let nested = input.values().filter_map(Value::as_object).flatten();
    let all = input.iter().chain(nested);
    all.filter(|(key, _)| {
        names.contains(&key.as_str()) || [CONNECTION, "operation"].contains(&key.as_str())
    })
    .map(|(key, value)| (key.clone(), value.clone()))
    .collect()
}

/// One of a list.
#[component]
pub fn ChoiceField(
    /// The input.
    blank: Blank,
) -> impl IntoView {
    let choices = Choices::of(blank);
    let search = Callback::new(move |typed: String| choices.wanted.set(typed));
    let value =
        Signal::derive(move || blank.value.with(|it| it.as_ref().map(key).unwrap_or_default()));
    let error = Signal::derive(move || choices.failed.get().or_else(|| blank.error.get()));
    let entries = Signal::derive(move || {
        let mut all = choices.entries.get();
        // What need not be chosen can be left to what it means when it is empty.
        let is_held = blank.value.with(|it| it.as_ref().is_some_and(|it| !it.is_null()));
        if is_held && !blank.is_required() {
            all.insert(0, Entry::new(key(&Value::Null), blank.when_empty()));
        }
        all
    });
    view! {
        <Combobox
            id=blank.id()
            label=blank.label()
            entries=entries
            value=value
            choose=move |key: String| blank.set(from_key(&key).filter(|it| !it.is_null()))
            placeholder=blank.when_empty()
            empty="Nothing to choose from yet. Fill in what stands above first"
            busy=choices.busy
            error=error
            searched=search
        />
    }
}

/// Several of a list.
#[component]
pub fn ManyField(
    /// The input.
    blank: Blank,
) -> impl IntoView {
    let choices = Choices::of(blank);
    let search = Callback::new(move |typed: String| choices.wanted.set(typed));
    let chosen = Memo::new(move |_| match blank.value.get() {
        Some(Value::Array(values)) => values,
        Some(Value::Null) | None => Vec::new(),
        Some(other) => vec![other],
    });
    let add = move |picked: String| {
        let mut values = chosen.get_untracked();
        let Some(value) = from_key(&picked).filter(|it| !values.contains(it)) else { return };
        values.push(value);
        blank.set(Some(Value::Array(values)));
    };
    let label = move |value: &Value| {
        let key = key(value);
        choices
            .entries
            .with(|all| all.iter().find(|it| it.value == key).map(|it| it.label.clone()))
            .unwrap_or(key)
    };
    let remove = move |value: &Value| {
        let left: Vec<_> = chosen.get_untracked().into_iter().filter(|it| it != value).collect();
        blank.set((!left.is_empty()).then_some(Value::Array(left)));
    };
    let chip = move |value: Value| {
        let words = label(&value);
        let name = format!("Remove {words}");
        view! {
            <span class="badge">
                {words}
                <button type="button" class="icon-btn icon-btn--xs" aria-label=name on:click=move |_| remove(&value)>
                    <Icon name="x" class="icon--sm" />
                </button>
            </span>
        }
    };
    let error = Signal::derive(move || choices.failed.get());
    view! {
        <Framed blank=blank>
            <div class="chips">{move || chosen.get().into_iter().map(chip).collect_view()}</div>
            <Combobox
                id=blank.id()
                label=format!("Add to {}", blank.label())
                entries=choices.entries
                value=Signal::stored(String::new())
                choose=add
                placeholder=if blank.is_required() { "Add" } else { blank.when_empty() }
                empty="Nothing to choose from yet. Fill in what stands above first"
                busy=choices.busy
                error=error
                searched=search
            />
        </Framed>
    }
}
