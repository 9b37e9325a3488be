//! One flow in the list.

use super::bulk::Ticked;
use super::cards::{Look, look_of_piece};
use super::more::{More, MoreButton};
use super::server_fns::set_flow_status;
use super::tile::PieceTile;
use crate::error::AppError;
use crate::session;
use crate::ui::badge::{State, Status};
use crate::ui::icon::Icon;
use crate::ui::person::Avatar;
use crate::ui::time::{parse_time, use_now};
use crate::ui::toast::{Toasts, use_toasts};
use domain::actor::Permission;
use domain::flow::FlowStatus;
use domain::flow::catalog::Tile;
use domain::flow::engine::FlowEngine;
use domain::flow::listing::FlowSummary;
use domain::flow::run::Run;
use domain::ids::FlowId;
use domain::problem::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A row: state, name, what starts it, how it has been doing.
#[component]
pub fn FlowRow(
    /// The flow.
    flow: FlowSummary,
    /// Name of who made it.
    owner: Option<String>,
    /// The ticked ones.
    ticked: Ticked,
    /// The menu of every row.
    more: More,
) -> impl IntoView {
    let chain = apps(&flow);
    let draft = flow.has_draft.then_some("Draft");
    let lacks = lacks(&flow);
    let elsewhere = (flow.engine != FlowEngine::Builtin).then_some(flow.engine.label());
    view! {
        <tr>
            <td class="fit"><OnOff flow=flow.clone() /></td>
            <Tick id=flow.id.clone() name=flow.name.clone() ticked=ticked />
            <td class="name wide">
                <div class="row gap-3">
                    <PieceTile look=Signal::stored(look(&flow)) />
                    <div class="grow">
                        <a class="rowlink" href=format!("/flows/{}", flow.id)>{flow.name.clone()}</a>
                        " "
                        {draft.map(|it| view! { <span class="badge">{it}</span> })}
                        " "
                        {lacks.map(|it| view! { <span class="badge badge--warn" title=it>"Needs fixing"</span> })}
                        " "
                        {elsewhere.map(|it| view! { <span class="badge" title="Where it runs">{it}</span> })}
                        <span class="sub">{starts_by(&flow)}</span>
                        <span class="only-cq"><LastRun run=flow.last_runs.first().cloned() /></span>
                    </div>
                </div>
            </td>
            <td class="p3">{chain}</td>
            <td class="p2"><LastRun run=flow.last_runs.first().cloned() /></td>
            <td class="p3"><Ticks runs=flow.last_runs.clone() /></td>
            <td class="end num p2">{success(&flow.last_runs)}</td>
            <td class="fit p2">{owner.map(|it| view! { <Avatar name=it /> })}</td>
            <td class="fit"><MoreButton flow=flow more=more /></td>
        </tr>
    }
}

/// The mark of what starts it; one that asks for it while nothing does.
pub(super) fn look(flow: &FlowSummary) -> Look {
    let none = Look { hue: 70, tile: Tile::Icon("bolt") };
    flow.trigger_piece.as_deref().map_or(none, look_of_piece)
}

/// What starts it, in words.
pub(super) fn starts_by(flow: &FlowSummary) -> String {
    if flow.trigger_piece.is_none() {
        "Choose a trigger".to_owned()
    } else {
        flow.trigger_name.clone()
    }
}

/// Why it cannot run yet; none when it can.
pub(super) fn lacks(flow: &FlowSummary) -> Option<&'static str> {
    match (flow.trigger_piece.is_some(), flow.steps_count, flow.valid) {
        (false, ..) => Some("Nothing starts it yet"),
        (true, 0, _) => Some("It has no step yet"),
        (true, _, false) => Some("A step is not filled in"),
        (true, _, true) => None,
    }
}

/// Chooses the flow for what is done to several.
#[component]
fn Tick(id: FlowId, name: String, ticked: Ticked) -> impl IntoView {
    let may = session::can(Permission::Write);
    let id = StoredValue::new(id);
    let label = StoredValue::new(format!("Choose {name}"));
    let on = move || ticked.with(|it| it.contains(&id.get_value()));
    let tick = move |event| {
        let on = event_target_checked(&event);
        ticked.update(|it| {
            if on {
                it.insert(id.get_value())
            } else {
                it.remove(&id.get_value())
            };
        });
    };
    view! {
        <Show when=move || may.get()>
            <td class="fit p2">
                <label class="check">
                    <input type="checkbox" aria-label=label.get_value() prop:checked=on on:change=tick />
                </label>
            </td>
        </Show>
    }
}

/// The apps it works with, in their order.
pub(super) fn apps(flow: &FlowSummary) -> impl IntoView + use<> {
    let tile = |(at, name): (usize, &String)| {
        view! {
            {(at > 0).then(|| view! { <Icon name="arrow-right" class="icon--sm" /> })}
            <PieceTile look=Signal::stored(look_of_piece(name)) size="tile--xs" />
        }
    };
    let tiles = flow.pieces.iter().take(4).enumerate().map(tile).collect_view();
    view! { <span class="chain">{tiles}</span> }
}

/// Share of the finished runs that succeeded.
pub(super) fn success(runs: &[Run]) -> Option<String> {
    let done = runs.iter().filter(|it| it.status.is_terminal()).count();
    let fine = runs.iter().filter(|it| State::from(it.status) == State::Succeeded).count();
    (done > 0).then(|| format!("{}%", fine * 100 / done))
}

/// The switch of one flow. It outlives the row, which is drawn anew when the flow changed: what was done can be undone.
#[derive(Clone)]
struct Switch {
    on: RwSignal<bool>,
    id: FlowId,
    name: String,
    toasts: Toasts,
}

impl Switch {
    /// Switches at once; on failure it is put back and the reason is said.
    fn turn(self, to: bool) {
        self.on.try_set(to);
        spawn_local(async move {
            let status = if to { FlowStatus::Enabled } else { FlowStatus::Disabled };
            let (toasts, name) = (self.toasts, self.name.clone());
            match set_flow_status(self.id.clone(), status).await {
                Ok(_) => {
                    let (word, sub) = if to {
                        ("on", "")
                    } else {
                        ("off", "It does not run until it is on again")
                    };
                    let undo = move || self.clone().turn(!to);
                    toasts.undo(format!("{name} is {word}"), sub, undo);
                }
                Err(AppError::Problem(Problem::NeedsApproval { id })) => {
                    self.on.try_set(!to);
                    toasts.waits(format!("An admin was asked to switch {name} on"), &id);
                }
                Err(error) => {
                    self.on.try_set(!to);
                    toasts.failed(format!("{name} was not switched. {error}"));
                }
            }
        });
    }
}

/// Whether the flow is on, and the way to change that.
#[component]
pub(super) fn OnOff(flow: FlowSummary) -> impl IntoView {
    let (manages, writes) = (session::can(Permission::Manage), session::can(Permission::Write));
    let on = RwSignal::new(flow.status == FlowStatus::Enabled);
    // A member asks those who manage to switch it on.
    let is_off = flow.status != FlowStatus::Enabled;
    let may = Signal::derive(move || manages.get() || writes.get() && is_off);
    let published = flow.published_version_id.is_some();
    let switch =
        StoredValue::new(Switch { on, id: flow.id, name: flow.name, toasts: use_toasts() });
    let label = switch.with_value(|it| format!("{}: on or off", it.name));
    let words = move || match (published, on.get()) {
        (false, _) => "Not live",
        (true, true) => "On",
        (true, false) => "Off",
    };
    view! {
        <Show when=move || may.get() && published fallback=move || view! { <span class="quiet xs">{words}</span> }>
            <label class="switch">
                <input
                    type="checkbox"
                    role="switch"
                    aria-label=label.clone()
                    prop:checked=move || on.get()
                    checked=on.get_untracked()
                    on:change=move |event| switch.get_value().turn(event_target_checked(&event))
                />
            </label>
        </Show>
    }
}

#[component]
pub(super) fn LastRun(run: Option<Run>) -> impl IntoView {
    let now = use_now();
    run.map(|run| {
        let at = parse_time(&run.created);
        let state = State::from(run.status);
        let failed = run.failed_step.map(
            |it| view! { <span class="sub bad">{format!("Stopped at {}", it.display_name)}</span> },
        );
        view! {
            <a class="row nowrap" href=format!("/runs/{}", run.id)>
                <Status state=state />
                <span class="num">{move || at.map(|it| now.get().clock(it))}</span>
            </a>
            {failed}
        }
    })
}

/// The newest runs as a strip, the oldest at the left.
#[component]
pub(super) fn Ticks(runs: Vec<Run>) -> impl IntoView {
    let failed = runs.iter().filter(|it| State::from(it.status) == State::Failed).count();
    let tick = |run: &Run| {
        let value = match State::from(run.status) {
            State::Succeeded => "1",
            State::Failed => "0",
            _ => "2",
        };
        view! { <i data-v=value></i> }
    };
    let ticks = runs.iter().rev().map(tick).collect_view();
    (!runs.is_empty()).then(|| {
        view! { <span class="ticks" role="img" aria-label=format!("Last {} runs, {failed} failed", runs.len())>{ticks}</span> }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn flow(piece: Option<&str>, steps: u32, valid: bool) -> FlowSummary {
        serde_json::from_value(json!({"id": "f", "name": "Nudge", "status": "DISABLED", "hasDraft": true,
            "valid": valid, "triggerPiece": piece, "triggerName": "Select trigger", "stepsCount": steps,
            "updated": "", "lastRuns": []}))
        .unwrap()
    }

    #[test]
    fn a_flow_says_what_it_lacks_first() {
        let webhook = Some("@activepieces/piece-webhook");
        assert_eq!(lacks(&flow(None, 0, false)), Some("Nothing starts it yet"));
        assert_eq!(lacks(&flow(webhook, 0, true)), Some("It has no step yet"));
        assert_eq!(lacks(&flow(webhook, 1, false)), Some("A step is not filled in"));
        assert_eq!(lacks(&flow(webhook, 1, true)), None);
        assert_eq!(starts_by(&flow(None, 0, false)), "Choose a trigger");
    }
}
