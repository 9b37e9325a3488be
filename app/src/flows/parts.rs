//! The parts of a step's settings: what it does, what it gives, what happens when it fails.

use super::failure::FailurePanel;
use super::inspector::StepPanel;
use super::samples::{Part, use_samples};
use super::step_test::StepTestPanel;
use super::store::Studio;
use crate::ui::badge::State;
use crate::ui::browser;
use crate::ui::icon::Icon;
use domain::flow::{ActionKind, TriggerKind, tree};
use leptos::prelude::*;

impl Part {
    /// Id of its tab, id of its panel, and its words.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Setup => ("ct-set", "cp-set", "Set up"),
            Self::Test => ("ct-test", "cp-test", "Test"),
            Self::Failure => ("ct-fail", "cp-fail", "If it fails"),
        }
    }
}

/// The parts that a step has.
fn parts(studio: Studio, step: &str) -> Vec<Part> {
    studio.flow.with(|flow| {
        let trigger = &flow.version.trigger;
        if trigger.name == step {
            return match trigger.kind {
                TriggerKind::Empty(_) => vec![Part::Setup],
                TriggerKind::Piece(_) => vec![Part::Setup, Part::Test],
            };
        }
        match tree::find(trigger, step).map(|it| &it.kind) {
            Some(ActionKind::Loop(_) | ActionKind::Router(_)) => vec![Part::Setup, Part::Test],
            Some(_) => vec![Part::Setup, Part::Test, Part::Failure],
            None => Vec::new(),
        }
    })
}

/// The settings of a step, a tab for each part.
#[component]
pub fn StepParts(
    /// The open flow.
    studio: Studio,
    /// The step.
    step: String,
) -> impl IntoView {
    let samples = use_samples();
    let open = RwSignal::new(Part::default());
    let key = StoredValue::new(step);
    Effect::new(move |_| {
        if let Some(part) = samples.wanted_part(&key.get_value()) {
            studio.send_now();
            open.set(part);
        }
    });
    let all = Memo::new(move |_| parts(studio, &key.get_value()));
    let shown = Memo::new(move |_| {
        let open = open.get();
        all.with(|it| if it.contains(&open) { open } else { Part::Setup })
    });
    let tab = move |part: Part| view! { <PartTab studio=studio step=key part=part shown=shown open=open /> };
    view! {
        <div
            class="tabs config__tabs"
            role="tablist"
            aria-label="Step"
            on:keydown=move |event| browser::move_focus(&event, "[role=tab]")
        >
            {move || all.get().into_iter().map(tab).collect_view()}
        </div>
        {move || {
            let step = key.get_value();
            match shown.get() {
                Part::Setup => view! { <StepPanel studio=studio step=step /> }.into_any(),
                Part::Test => view! { <StepTestPanel studio=studio step=step /> }.into_any(),
                Part::Failure => view! { <FailurePanel studio=studio step=step /> }.into_any(),
            }
        }}
    }
}

#[component]
fn PartTab(
    studio: Studio,
    step: StoredValue<String>,
    part: Part,
    shown: Memo<Part>,
    open: RwSignal<Part>,
) -> impl IntoView {
    let samples = use_samples();
    let (id, panel, words) = part.words();
    let is_open = move || shown.get() == part;
    let mark = move || {
        let sample = samples.of(&step.get_value()).filter(|_| part == Part::Test)?;
        let state = if sample.error.is_some() { State::Failed } else { State::Succeeded };
        let words = if sample.error.is_some() { "Failed" } else { "Has a sample" };
        Some(view! {
            <span class="st" data-state=state.key() role="img" aria-label=words><Icon name=state.icon() /></span>
        })
    };
    let choose = move |_| {
        // What is typed in a field that goes away is stored.
        studio.send_now();
        open.set(part);
    };
    view! {
        <button
            type="button"
            role="tab"
            id=id
            aria-controls=move || is_open().then_some(panel)
            aria-selected=move || is_open().to_string()
            tabindex=move || if is_open() { "0" } else { "-1" }
            on:click=choose
        >
            {words}
            {mark}
        </button>
    }
}
