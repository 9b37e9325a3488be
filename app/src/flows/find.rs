//! Searching in the open flow: what fits is marked, and the view goes from one to the next.

use super::panning::Camera;
use super::selection::focus_step;
use super::store::Studio;
use crate::ui::browser;
use crate::ui::button::IconButton;
use crate::ui::icon::Icon;
use domain::flow::{ActionKind, FlowVersion, TriggerKind, tree};
use leptos::prelude::*;
use serde_json::Value;
use web_sys::KeyboardEvent;

/// The search of one flow. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Find {
    /// It is on screen.
    pub is_open: RwSignal<bool>,
    wanted: RwSignal<String>,
    /// Which of the steps that fit.
    at: RwSignal<usize>,
    studio: Studio,
    camera: Camera,
}

impl Find {
    /// In `studio`; the steps that fit are marked there.
    pub fn new(studio: Studio, camera: Camera) -> Self {
        let (is_open, wanted, at) =
            (RwSignal::new(false), RwSignal::new(String::new()), RwSignal::new(0));
        Effect::new(move |_| {
            let fits = if is_open.get() { found(studio, &wanted.get()) } else { Vec::new() };
            studio.found.set(fits);
        });
        Self { is_open, wanted, at, studio, camera }
    }

    /// Opens it with the words chosen, to type over.
    pub fn open(self) {
        self.is_open.set(true);
        request_animation_frame(|| browser::focus("find"));
    }

    fn close(self) {
        self.is_open.set(false);
        let at = self.studio.at.get_untracked();
        request_animation_frame(move || focus_step(&at));
    }

    fn type_in(self, words: String) {
        self.wanted.set(words);
        self.at.set(0);
        request_animation_frame(move || self.show());
    }

    fn go(self, back: bool) {
        let all = self.studio.found.with_untracked(Vec::len);
        if all > 0 {
            self.at.update(|it| *it = if back { (*it + all - 1) % all } else { (*it + 1) % all });
            self.show();
        }
    }

    fn show(self) {
        if self.at.is_disposed() {
            return;
        }
        let step = self.studio.found.with_untracked(|it| it.get(self.at.get_untracked()).cloned());
        if let Some(step) = step {
            self.studio.at.set(step.clone());
            self.camera.show(&step);
            browser::scroll_to(&format!("row-{step}"));
        }
    }

    fn words(self) -> String {
        let all = self.studio.found.with(Vec::len);
        match (self.wanted.with(|it| it.trim().is_empty()), all) {
            (true, _) => String::new(),
            (false, 0) => "Nothing found".to_owned(),
            (false, _) => format!("{} of {all}", self.at.get() + 1),
        }
    }
}

/// Steps whose name, number, kind or settings hold every word, in reading order.
fn found(studio: Studio, wanted: &str) -> Vec<String> {
    let wanted = wanted.trim().to_lowercase();
    if wanted.is_empty() {
        return Vec::new();
    }
    let words: Vec<_> = wanted.split_whitespace().collect();
    let texts = studio.with_shown(texts);
    studio.cards.with(|all| {
        let fits = |name: &str, shown: String| {
            let own = texts.iter().find(|it| it.0 == name).map_or("", |it| it.1.as_str());
            let text = format!("{shown} {own}").to_lowercase();
            words.iter().all(|it| text.contains(it))
        };
        all.iter()
            .filter(|it| {
                fits(&it.name, format!("{} {} {} {}", it.number, it.name, it.title, it.words))
            })
            .map(|it| it.name.clone())
            .collect()
    })
}

/// Everything a person wrote into each step.
fn texts(version: &FlowVersion) -> Vec<(String, String)> {
    let trigger = match &version.trigger.kind {
        TriggerKind::Piece(it) => values(it.input.values()),
        TriggerKind::Empty(_) => String::new(),
    };
    let mut all = vec![(version.trigger.name.clone(), trigger)];
    all.extend(tree::steps(&version.trigger).into_iter().map(|it| {
        let text = match &it.kind {
            ActionKind::Piece(it) => values(it.input.values()),
            ActionKind::Code(it) => {
                values(std::iter::once(&it.source_code).chain(it.input.values()))
            }
            ActionKind::Loop(it) => it.items.clone(),
            ActionKind::Router(it) => values(serde_json::to_value(&it.branches).iter()),
        };
        (it.name.clone(), text)
    }));
    all
}

fn values<'a>(of: impl Iterator<Item = &'a Value>) -> String {
    let mut text = String::new();
    of.for_each(|it| write(it, &mut text));
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::String(it) => {
            text.push_str(it);
            text.push(' ');
        }
        Value::Number(it) => text.push_str(&format!("{it} ")),
        Value::Array(items) => items.iter().for_each(|it| write(it, text)),
        Value::Object(map) => map.values().for_each(|it| write(it, text)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// The field, above the canvas or the outline.
#[component]
pub fn FindBar(
    /// The search.
    find: Find,
) -> impl IntoView {
    let keydown = move |event: KeyboardEvent| {
        match event.key().as_str() {
            "Enter" => find.go(event.shift_key()),
            "ArrowDown" => find.go(false),
            "ArrowUp" => find.go(true),
            "Escape" => find.close(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <Show when=move || find.is_open.get()>
            <div class="find" role="search" aria-label="Search in this flow">
                <Icon name="search" class="icon--sm" />
                <input
                    id="find"
                    type="text"
                    autocomplete="off"
                    aria-label="Search in this flow"
                    placeholder="Search steps"
                    prop:value=move || find.wanted.get()
                    on:input=move |event| find.type_in(event_target_value(&event))
                    on:keydown=keydown
                />
                <output class="xs quiet num" aria-live="polite">{move || find.words()}</output>
                <IconButton icon="chev-up" class="icon-btn--xs" label="The one before" on:click=move |_| find.go(true) />
                <IconButton icon="chev-down" class="icon-btn--xs" label="The next one" on:click=move |_| find.go(false) />
                <IconButton icon="x" class="icon-btn--xs" label="Close the search" on:click=move |_| find.close() />
            </div>
        </Show>
    }
}

/// Whether `step` is among what was found.
pub fn is_found(studio: Studio, step: &str) -> bool {
    studio.found.with(|it| it.iter().any(|it| it == step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_people_wrote_is_searched_and_names_of_fields_are_not() {
        let value = json!({ "message": "Hello", "to": ["Ann", { "x": 7 }], "is": true });
        assert_eq!(values(std::iter::once(&value)), "Hello Ann 7 ");
    }
}
