//! The workspace's own settings.

use crate::session::current_user;
use crate::settings::server_fns::{SaveWorkspace, load_workspace};
use crate::settings::zones::{is_offered, week, weeks, zones};
use crate::ui::browser;
use crate::ui::button::{Button, Kind};
use crate::ui::field::{SelectField, TextField};
use crate::ui::form::FormProblems;
use crate::ui::problem::{FormProblem, Loaded};
use crate::ui::skeleton::CardSkeleton;
use crate::ui::toast::use_toasts;
use domain::account::{User, Workspace};
use leptos::form::ActionForm;
use leptos::prelude::*;

/// The section.
#[component]
pub(crate) fn WorkspaceSettings() -> impl IntoView {
    let save = ServerAction::<SaveWorkspace>::new();
    let workspace = Resource::new(move || save.version().get(), |_| load_workspace());
    let user = current_user();
    let toasts = use_toasts();
    Effect::new(move || {
        if save.value().with(|it| matches!(it, Some(Ok(())))) {
            let input = save.input().get_untracked();
            toasts.say("The workspace is saved");
            if let Some(input) = input {
                rename(user, input.name.trim().to_owned());
            }
        }
    });
    view! {
        <section class="card" aria-labelledby="ws-h" style="max-inline-size: 40rem">
            <div class="card__head"><h2 id="ws-h">"Name, time zone and working week"</h2></div>
            <div class="card__body">
                <Loaded of=workspace skeleton=|| view! { <CardSkeleton count=3 /> } let:workspace>
                    <WorkspaceForm workspace=workspace save=save />
                </Loaded>
            </div>
        </section>
    }
}

/// Shows another name of the workspace everywhere on the page.
pub(crate) fn rename(user: RwSignal<User>, name: String) {
    user.update(|it| {
        for known in it.workspaces.iter_mut().filter(|known| known.id == it.workspace_id) {
            known.name.clone_from(&name);
        }
        it.workspace_name = name;
    });
}

/// Name, time zone and working week, as settings and setup ask for them.
#[component]
fn WorkspaceForm(workspace: Workspace, save: ServerAction<SaveWorkspace>) -> impl IntoView {
    view! {
        <ActionForm action=save attr:class="stack stack--4">
            <WorkspaceFields workspace=workspace save=save />
            <input type="hidden" name="then" value="" />
            <div class="row">
                <Button kind=Kind::Primary r#type="submit" busy=save.pending()>"Save workspace"</Button>
            </div>
        </ActionForm>
    }
}

/// The fields, without a button.
#[component]
pub(crate) fn WorkspaceFields(
    /// What it is now.
    workspace: Workspace,
    /// The action whose answer is shown.
    save: ServerAction<SaveWorkspace>,
    /// Larger, in the setup.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let problems = FormProblems::of(save.value());
    let days = week(&workspace.working_days);
    let zone = RwSignal::new(workspace.timezone.clone());
    // Nobody chose a zone yet: most people mean that of their own computer.
    Effect::new(move || {
        let here = browser::time_zone().filter(|it| is_offered(it));
        if let Some(here) = here.filter(|_| large && zone.get_untracked() == "UTC") {
            zone.set(here);
        }
    });
    view! {
        <FormProblem error=problems.rest(&["name", "timezone", "days", "workingDays"]) />
        <TextField
            label="Workspace name"
            name="name"
            value=workspace.name.clone()
            large=large
            required=true
            error=problems.field("name")
        />
        <div class="wiz__two">
            <SelectField
                label="Time zone"
                name="timezone"
                options=zones(&workspace.timezone)
                value=zone
                large=large
                hint="Says when a day begins, and so what is due and what is late."
                error=problems.field("timezone")
            />
            <SelectField
                label="Working week"
                name="days"
                options=weeks(&workspace.working_days)
                value=days
                large=large
                hint="For the health of people: on days off nobody has to answer."
                error=problems.field("workingDays")
            />
        </div>
    }
}
