//! What would happen if somebody called a tool, before somebody does.

use crate::settings::policies::TOOLS;
use crate::settings::policy_fns::TryPolicies;
use crate::ui::button::Button;
use crate::ui::form::FormProblems;
use crate::ui::problem::FormProblem;
use crate::ui::typed::{Choose, Line};
use domain::actor::Role;
use domain::policy::PolicyTrial;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

const ROLES: [Role; 3] = [Role::Member, Role::Viewer, Role::WorkspaceAdmin];

/// The card.
#[component]
pub(crate) fn Trial() -> impl IntoView {
    let attempt = ServerAction::<TryPolicies>::new();
    let role = RwSignal::new(Role::Member.as_str().to_owned());
    let tool = RwSignal::new(String::new());
    let problems = FormProblems::of(attempt.value());
    let roles = ROLES.map(|it| (it.as_str(), it.label())).to_vec();
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let role = role.with_untracked(|it| Role::parse(it)).unwrap_or(Role::Member);
        attempt.dispatch(TryPolicies { role, tool: tool.get_untracked() });
    };
    let found = move || attempt.value().get().and_then(Result::ok);
    view! {
        <section class="card" aria-labelledby="po-try">
            <div class="card__head"><h2 id="po-try">"What would happen?"</h2></div>
            <form class="card__body stack stack--4" on:submit=send>
                <Choose id="try-role" label="If a" options=roles value=role />
                <Line id="try-tool" label="calls the tool" list=TOOLS value=tool error=problems.field("tool")
                    hint="Type a few letters to see those there are." />
                <FormProblem error=problems.rest(&["tool"]) />
                <div class="row"><Button r#type="submit" busy=attempt.pending()>"Think it through"</Button></div>
                <div role="status">{move || found().map(|it| view! { <Found trial=it /> })}</div>
            </form>
        </section>
    }
}

#[component]
fn Found(trial: PolicyTrial) -> impl IntoView {
    let door = |(door, sentence): (String, String)| {
        view! { <dt class="bold">{door}</dt><dd>{sentence}</dd> }
    };
    view! {
        <div class="stack stack--4 sm">
            <p class="bold">{trial.asked}</p>
            <dl>{trial.doors.into_iter().map(door).collect_view()}</dl>
            <p class="quiet">
                "A tool may still refuse for reasons of its own, and rules about work look at what it is called with."
            </p>
        </div>
    }
}
