//! Making and changing an agent, and asking before one is deleted.

use crate::agents::desk::Desk;
use crate::agents::server_fns::{DeleteAgent, SaveAgent};
use crate::ui::dialog::{ConfirmOne, Dialog, FormFoot};
use crate::ui::form::FormProblems;
use crate::ui::problem::FormProblem;
use crate::ui::typed::{Choose, Line, Lines};
use domain::agent::{AgentKind, AgentSchedule, SavedAgent};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Fields that say themselves what is wrong with them.
const FIELDS: &[&str] = &["name", "goal", "strategy"];

/// The dialogs of a page of agents.
#[component]
pub(crate) fn Dialogs(desk: Desk) -> impl IntoView {
    let gone = move |it: SavedAgent| {
        desk.delete.dispatch(DeleteAgent { id: it.id });
    };
    view! {
        <AgentForm desk=desk />
        <ConfirmOne
            asked=desk.deleting
            title=|it: &SavedAgent| format!("Delete {}?", it.name)
            body=|_: &SavedAgent| "It does not run any more. Its runs stay in the audit log, and its conversation stays in the assistant.".to_owned()
            action="Delete it"
            confirm=gone
        />
    }
}

#[component]
fn AgentForm(desk: Desk) -> impl IntoView {
    let problems = FormProblems::of(desk.save.value());
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        desk.save.dispatch(SaveAgent { change: desk.change() });
    };
    let title = Signal::derive(move || {
        if desk.id.with(Option::is_none) { "A new agent" } else { "Change the agent" }.to_owned()
    });
    let kinds = AgentKind::ALL.map(|it| (it.as_str(), it.label())).to_vec();
    let schedules = AgentSchedule::ALL.map(|it| (it.as_str(), it.label())).to_vec();
    view! {
        <Dialog open=desk.open title=title>
            <form on:submit=send style="display: contents">
                <div class="dialog__body stack stack--4">
                    <Line id="agent-name" label="Name" value=desk.name error=problems.field("name") placeholder="Late to-dos" />
                    <Lines id="agent-goal" label="What it does each time" value=desk.goal error=problems.field("goal")
                        hint="As you would ask the assistant, for example: what is overdue, and who has it?" />
                    <Lines id="agent-strategy" label="How it goes about it" value=desk.strategy error=problems.field("strategy")
                        hint="May stay empty." />
                    <Choose id="agent-kind" label="What it is for" options=kinds value=desk.kind />
                    <Choose id="agent-schedule" label="When it runs" options=schedules value=desk.schedule />
                    <Acts acts=desk.acts />
                    <FormProblem error=problems.rest(FIELDS) />
                </div>
                <FormFoot open=desk.open busy=desk.save.pending() send="Save the agent" />
            </form>
        </Dialog>
    }
}

/// Whether it may change things.
#[component]
fn Acts(acts: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="field">
            <label class="check">
                <input type="checkbox" prop:checked=move || acts.get() on:change=move |event| acts.set(event_target_checked(&event)) />
                "It may change things"
            </label>
            <p class="xs quiet">"With your rights, and asking first like the assistant. Without this it only tells what it would do."</p>
        </div>
    }
}
