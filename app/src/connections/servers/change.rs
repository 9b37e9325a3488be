//! Changing another MCP server: its name, where it is, its secret, or what a program is started with.

use crate::connections::servers::ServerState;
use crate::connections::servers::add::{Draft, FIELDS, ProgramFields, SecretFields};
use crate::connections::servers::server_fns::ChangeToolServer;
use crate::session::can;
use crate::ui::button::{Button, Kind};
use crate::ui::dialog::Dialog;
use crate::ui::form::FormProblems;
use crate::ui::problem::FormProblem;
use crate::ui::toast::use_toasts;
use crate::ui::typed::{Choose, Line};
use domain::actor::Permission;
use domain::tool_server::{ToolServer, ToolServerChange};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Keys of what happens to what a program is started with.
const STAYS: &str = "stays";
const ANEW: &str = "anew";

/// The dialog of the server that is being changed.
#[component]
pub(crate) fn ChangeDialog(
    /// What is open.
    state: ServerState,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move || open.set(state.changing.with(Option::is_some)));
    Effect::new(move || {
        // Set only where that changes something: the two follow each other.
        if !open.get() && state.changing.with_untracked(Option::is_some) {
            state.changing.set(None);
        }
    });
    let title = Signal::derive(move || {
        let name = state.changing.with(|it| it.as_ref().map(|it| it.name.clone()));
        name.map(|it| format!("Change {it}")).unwrap_or_default()
    });
    let form = move || {
        let server = state.changing.get()?;
        Some(view! { <ChangeForm server=server state=state /> })
    };
    view! { <Dialog open=open title=title>{form}</Dialog> }
}

/// What differs from how the server is; secrets only where they were entered.
fn changed(server: &ToolServer, draft: Draft, is_anew: bool) -> ToolServerChange {
    let differs = |now: String, before: &str| (now.trim() != before).then_some(now);
    let name = differs(draft.name.get_untracked(), &server.name);
    let change = ToolServerChange { name, ..ToolServerChange::default() };
    if server.program.is_some() {
        return ToolServerChange { program: is_anew.then(|| draft.program()), ..change };
    }
    if server.signs_in {
        return change;
    }
    let entered = |it: String| Some(it).filter(|it| !it.trim().is_empty());
    ToolServerChange {
        url: differs(draft.url.get_untracked(), &server.url),
        header: entered(draft.header.get_untracked())
            .filter(|it| Some(it) != server.header.as_ref()),
        secret: entered(draft.secret.get_untracked()),
        ..change
    }
}

#[component]
fn ChangeForm(server: ToolServer, state: ServerState) -> impl IntoView {
    let draft = Draft::of(&server);
    let started = RwSignal::new(STAYS.to_owned());
    let change = ServerAction::<ChangeToolServer>::new();
    let problems = FormProblems::of(change.value());
    let (toasts, name) = (use_toasts(), server.name.clone());
    Effect::new(move || {
        let Some(Ok(())) = change.value().get() else { return };
        toasts.say(format!("{name} is changed"));
        state.added.update(|it| *it += 1);
        state.changing.set(None);
    });
    let is_anew = move || started.with(|it| it == ANEW);
    // Only super admins say what is started here.
    let is_program = server.program.is_some() && can(Permission::Platform).get_untracked();
    let has_address = server.program.is_none() && !server.signs_in;
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let wish = changed(&server, draft, started.with_untracked(|it| it == ANEW));
        change.dispatch(ChangeToolServer { id: server.id.to_string(), change: wish });
    };
    view! {
        <form on:submit=send style="display: contents">
            <div class="dialog__body stack stack--4">
                <Line id="change-name" label="Name" value=draft.name hint="The names of its tools stay as they are."
                    error=problems.field("name") />
                {is_program.then(|| view! {
                    <Choose id="change-started" label="What it is started with" value=started
                        options=vec![(STAYS, "Stays as it is"), (ANEW, "Is entered anew")] />
                })}
                <Show when=move || is_program && is_anew()>
                    <ProgramFields prefix="change" draft=draft problems=problems />
                </Show>
                {has_address.then(|| view! {
                    <Line id="change-url" label="Address" r#type="url" value=draft.url
                        hint="Another address is another server: enter its secret again and accept its tools anew."
                        error=problems.field("url") />
                    <SecretFields prefix="change" draft=draft problems=problems />
                })}
                <FormProblem error=problems.rest(FIELDS) />
            </div>
            <div class="dialog__foot">
                <Button kind=Kind::Ghost on:click=move |_| state.changing.set(None)>"Cancel"</Button>
                <Button kind=Kind::Primary r#type="submit" busy=change.pending()>"Save"</Button>
            </div>
        </form>
    }
}
