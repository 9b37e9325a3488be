//! The panel of a step while a run is shown: what went in, what came out, what went wrong.

use super::marks::whole_ms;
use super::store::Studio;
use crate::runs::timeline::{Entry, flat, timeline};
use crate::runs::values::{InOut, Logged, Shown};
use crate::ui::badge::{Pill, State, Tone};
use crate::ui::callout::Callout;
use crate::ui::choice::Segments;
use domain::flow::run::{StepOutput, StepStatus};
use leptos::prelude::*;

/// Every time the step ran: once, or once in each round of the loops around it.
fn outputs(studio: Studio, step: &str) -> Vec<StepOutput> {
    studio.run.with(|open| {
        let Some(open) = open else { return Vec::new() };
        let entries = timeline(&open.version, &open.run);
        let mine = |it: &&Entry| it.card.name == step;
        flat(&entries).into_iter().filter(mine).filter_map(|it| it.output.clone()).collect()
    })
}

fn state(output: &StepOutput) -> State {
    if output.status == StepStatus::Paused { State::Waiting } else { output.status.into() }
}

/// What a step did in the run that is shown.
#[component]
pub fn OutcomePanel(
    /// The open flow.
    studio: Studio,
    /// The step.
    step: String,
) -> impl IntoView {
    let outputs = Memo::new(move |_| outputs(studio, &step));
    let round = RwSignal::new(None::<usize>);
    let shown = RwSignal::new(Shown::Readable);
    let at = Memo::new(move |_| {
        let last = outputs.with(Vec::len).saturating_sub(1);
        round.get().unwrap_or(last).min(last)
    });
    let output = Memo::new(move |_| outputs.with(|it| it.get(at.get()).cloned()));
    let key = Signal::derive(move || {
        if shown.get() == Shown::Json { "json" } else { "readable" }.to_owned()
    });
    let choose = move |key: &'static str| {
        shown.set(if key == "json" { Shown::Json } else { Shown::Readable })
    };
    view! {
        <div class="config__panel">
            <div class="config__body">
                <Rounds outputs=outputs at=at round=round />
                {move || match output.get() {
                    Some(it) => view! { <Outcome output=it shown=shown.into() /> }.into_any(),
                    None => view! { <p class="sm quiet">"This step has not run in this run."</p> }.into_any(),
                }}
            </div>
        </div>
        <div class="config__foot">
            <Segments label="Show values as" options=vec![("readable", "Readable"), ("json", "JSON")] value=key change=choose />
        </div>
    }
}

/// The rounds to choose from, when there is more than one.
#[component]
fn Rounds(
    outputs: Memo<Vec<StepOutput>>,
    at: Memo<usize>,
    round: RwSignal<Option<usize>>,
) -> impl IntoView {
    let button = move |(number, state): (usize, State)| {
        let name = format!("Round {}, {}", number + 1, state.word());
        view! {
            <button
                type="button"
                aria-label=name
                aria-pressed=move || (at.get() == number).to_string()
                on:click=move |_| round.set(Some(number))
            >
                <span class="num">{number + 1}</span>
                <span class="st" data-state=state.key() aria-hidden="true">
                    <crate::ui::icon::Icon name=state.icon() class="icon--sm" />
                </span>
            </button>
        }
    };
    move || {
        let states: Vec<_> = outputs.with(|it| it.iter().map(state).collect());
        (states.len() > 1).then(|| {
            view! {
                <div class="iter" role="group" aria-label="Time through the loop">
                    {states.into_iter().enumerate().map(button).collect_view()}
                </div>
            }
        })
    }
}

#[component]
fn Outcome(output: StepOutput, shown: Signal<Shown>) -> impl IntoView {
    let state = state(&output);
    let time = output.duration.map(whole_ms);
    let words =
        time.map_or_else(|| state.word().to_owned(), |it| format!("{}, {it}", state.word()));
    let failed = output.error_message.map(|it| {
        view! {
            <Callout tone=Tone::Bad title="This step failed">
                <p>{it}</p>
            </Callout>
        }
    });
    let warnings =
        output.warnings.into_iter().map(|it| view! { <p class="sm warn">{it}</p> }).collect_view();
    view! {
        <div class="row"><Pill state=state label=words /></div>
        {failed}
        {warnings}
        <InOut input=output.input output=output.output shown=shown />
        <Logged lines=output.logged />
    }
}
