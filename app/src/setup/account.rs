//! Setup: name the workspace.

use crate::session::current_user;
use crate::settings::server_fns::{SaveWorkspace, load_workspace};
use crate::settings::workspace::{WorkspaceFields, rename};
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Kind, Size};
use crate::ui::callout::Callout;
use crate::ui::icon::Icon;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::RowsSkeleton;
use leptos::form::ActionForm;
use leptos::prelude::*;

/// The step.
#[component]
pub(crate) fn AccountStep() -> impl IntoView {
    let user = current_user();
    let save = ServerAction::<SaveWorkspace>::new();
    let workspace = Resource::new(|| (), |()| load_workspace());
    let who = user.with_untracked(|it| {
        format!("You are signed in as {}, {}.", it.name, it.role.label().to_lowercase())
    });
    let before = user.with_untracked(|it| it.workspace_name.clone());
    // Shown at once: the way on takes this page away before the answer is read.
    Effect::new(move || {
        let is_refused = save.value().with(|it| matches!(it, Some(Err(_))));
        let typed = save.input().get().map(|it| it.name.trim().to_owned());
        let Some(typed) = typed.filter(|it| !it.is_empty()) else { return };
        rename(user, if is_refused { before.clone() } else { typed });
    });
    view! {
        <main class="wiz__main" id="main">
            <div>
                <h1 tabindex="-1">"Name your workspace"</h1>
                <p class="muted">"A workspace holds your projects, flows and people."</p>
            </div>
            <Callout tone=Tone::Good title="Account created"><p>{who}</p></Callout>
            <Loaded of=workspace skeleton=|| view! { <RowsSkeleton count=2 /> } let:workspace>
                <ActionForm action=save attr:class="stack stack--4">
                    <WorkspaceFields workspace=workspace save=save large=true />
                    <input type="hidden" name="then" value="/setup/basecamp" />
                    <div class="row">
                        <Button kind=Kind::Primary size=Size::Large r#type="submit" class="push" busy=save.pending()>
                            "Save and continue"
                        </Button>
                    </div>
                </ActionForm>
            </Loaded>
        </main>
        <aside class="wiz__side" aria-label="About this step">
            <h2>"What you will need"</h2>
            <ul>
                <li><Icon name="clock" /><span>"About five minutes"</span></li>
                <li><Icon name="projects" /><span>"Nothing else: a sample Basecamp is ready to look around"</span></li>
                <li><Icon name="terminal" /><span>"No terminal and no server knowledge"</span></li>
            </ul>
        </aside>
    }
}
