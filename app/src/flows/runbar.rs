//! The line above the canvas while a run is shown: how it stands, and what can be done about it.

use super::cards::Kind;
use super::following::StartedBar;
use super::planned;
use super::store::Studio;
use crate::runs::page::RunActions;
use crate::runs::words::{count, run_word};
use crate::ui::badge::{State, Status};
use crate::ui::time::duration;
use domain::flow::run::{Run, RunStatus};
use leptos::prelude::*;

fn news(studio: Studio, run: &Run) -> String {
    let card = |name: &str| studio.cards.with(|all| all.iter().find(|it| it.name == name).cloned());
    match run.failed_step.as_ref().and_then(|it| card(&it.name)) {
        Some(card) => format!("Stopped at step {}, {}", card.number, card.title),
        None if run.status == RunStatus::Succeeded && planned::is_dry(run) => {
            planned::summary(studio).unwrap_or_default()
        }
        None if run.status.is_terminal() => run_word(run.status).to_owned(),
        None if run.environment == "TESTING" => format!("{}: test run", run_word(run.status)),
        None => run_word(run.status).to_owned(),
    }
}

/// "steps 3 and 5 at once" while branches of a router run, or wait, at the same time.
fn at_once(studio: Studio) -> Option<String> {
    let is_at_work = |name: &str| {
        let state = studio.run_marks.with(|it| it.get(name).map(|it| it.state));
        matches!(state, Some("running" | "waiting"))
    };
    let numbers = studio.cards.with(|all| {
        let busy = all.iter().filter(|it| it.kind == Kind::Action && is_at_work(&it.name));
        busy.map(|it| it.number.to_string()).collect::<Vec<_>>()
    });
    let (last, before) = numbers.split_last().filter(|it| !it.1.is_empty())?;
    Some(format!("steps {} and {last} at once", before.join(", ")))
}

fn more(studio: Studio, run: &Run) -> String {
    let steps = count(usize::try_from(run.steps_count).unwrap_or(0), "step ran", "steps ran");
    let time = run.duration.map(duration);
    let resumed = (run.resumed > 0).then(|| "resumed after a restart".to_owned());
    let now = at_once(studio).filter(|_| !run.status.is_terminal());
    [now, Some(steps), time, resumed].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// How the run that is shown stands.
#[component]
pub fn RunBar(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let run = Memo::new(move |_| studio.run.with(|it| it.as_ref().map(|it| it.run.clone())));
    let shown = move || {
        let run = run.get()?;
        let state = State::from(run.status);
        let tone = match state {
            State::Failed => "bad",
            State::Succeeded => "good",
            _ => "live",
        };
        let failed_at = run.failed_step.as_ref().and_then(|failed| {
            studio
                .cards
                .with(|all| all.iter().find(|it| it.name == failed.name).map(|it| it.number))
        });
        let back = format!("/flows/{}", run.flow_id);
        let details = format!("/runs/{}", run.id);
        Some(view! {
            <div class="runbar" data-tone=tone role=if tone == "bad" { "alert" } else { "status" }>
                <Status state=state />
                <span class="grow">
                    <b>{news(studio, &run)}</b>
                    " "
                    <span class="quiet">{more(studio, &run)}</span>
                </span>
                <a class="btn btn--sm" href=details>"All details"</a>
                <a class="btn btn--sm" href=back>"Back to editing"</a>
                <RunActions run=run failed_at=failed_at size=crate::ui::button::Size::Small />
            </div>
        })
    };
    view! {
        {shown}
        <StartedBar studio=studio />
    }
}
