//! The line above the canvas while a run is shown: how it stands, and what can be done about it.

use super::cards::Kind;
use super::following::StartedBar;
use super::gone::GoneBar;
use super::planned;
use super::store::Studio;
use crate::runs::acting::{RunActions, tell_of_retry};
use crate::runs::timeline::{progress, timeline};
use crate::runs::words::{look, run_word};
use crate::ui::badge::{Badge, State, Status, Tone};
use crate::ui::time::duration;
use domain::flow::run::{Run, RunStatus};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

fn news(studio: Studio, run: &Run) -> String {
    let card = |name: &str| studio.cards.with(|all| all.iter().find(|it| it.name == name).cloned());
    match run.failed_step.as_ref().and_then(|it| card(&it.name)) {
        Some(card) => format!("Stopped at step {}, {}", card.number, card.title),
        None if run.status == RunStatus::Succeeded && planned::is_dry(run) => {
            planned::summary(studio).unwrap_or_default()
        }
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

/// Number of the step that the run failed at.
fn failed_at(studio: Studio, run: &Run) -> Option<usize> {
    let name = &run.failed_step.as_ref()?.name;
    studio.cards.with(|all| all.iter().find(|it| it.name == *name).map(|it| it.number))
}

fn more(studio: Studio, run: &Run) -> String {
    let steps = studio.run.with(|it| {
        let open = it.as_ref().filter(|it| it.run.id == run.id);
        open.map(|it| progress(&timeline(&it.version, &it.run)))
    });
    let time = run.duration.map(duration);
    let resumed = (run.resumed > 0).then(|| "resumed after a restart".to_owned());
    let now = at_once(studio).filter(|_| !run.status.is_terminal());
    [now, steps, time, resumed].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// How the run that is shown stands.
#[component]
pub fn RunBar(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let run = Memo::new(move |_| studio.run.with(|it| it.as_ref().map(|it| it.run.clone())));
    let wanted = use_query_map();
    tell_of_retry(move || {
        let is_wanted = |it: &Run| wanted.read().get("run").as_deref() == Some(it.id.as_str());
        let run = run.get().filter(is_wanted)?;
        let failed_at = failed_at(studio, &run);
        Some((run, failed_at))
    });
    let shown = move || {
        let run = run.get()?;
        let (state, _) = look(&run);
        let tone = match state {
            State::Failed => "bad",
            State::Succeeded => "good",
            _ => "live",
        };
        let failed_at = failed_at(studio, &run);
        let kind = run.kind().words().map(|it| view! { <Badge tone=Tone::Iris>{it}</Badge> });
        let back = format!("/flows/{}", run.flow_id);
        let details = format!("/runs/{}", run.id);
        Some(view! {
            <div class="runbar" data-tone=tone role=if tone == "bad" { "alert" } else { "status" }>
                <Status state=state />
                {kind}
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
        <GoneBar studio=studio />
    }
}
