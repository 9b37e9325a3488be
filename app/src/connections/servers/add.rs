//! Adding another MCP server.

use crate::connections::servers::ServerState;
use crate::connections::servers::server_fns::AddToolServer;
use crate::ui::button::{Button, Kind};
use crate::ui::dialog::Dialog;
use crate::ui::form::FormProblems;
use crate::ui::problem::FormProblem;
use crate::ui::toast::use_toasts;
use crate::ui::typed::Line;
use domain::tool_server::NewToolServer;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

const FIELDS: [&str; 4] = ["name", "url", "header", "secret"];

/// A server while it is written.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    url: RwSignal<String>,
    header: RwSignal<String>,
    secret: RwSignal<String>,
}

impl Draft {
    fn all(self) -> [RwSignal<String>; 4] {
        [self.name, self.url, self.header, self.secret]
    }

    fn new_server(self) -> NewToolServer {
        let [name, url, header, secret] = self.all().map(|it| it.get_untracked());
        let some = |it: String| Some(it).filter(|it| !it.trim().is_empty());
        NewToolServer { name, url, header: some(header), secret: some(secret) }
    }
}

/// The form, in a dialog.
#[component]
pub(crate) fn AddDialog(
    /// What is open.
    state: ServerState,
) -> impl IntoView {
    let empty = || RwSignal::new(String::new());
    let draft = Draft { name: empty(), url: empty(), header: empty(), secret: empty() };
    let add = ServerAction::<AddToolServer>::new();
    let problems = FormProblems::of(add.value());
    let toasts = use_toasts();
    Effect::new(move || {
        let Some(Ok(added)) = add.value().get() else { return };
        draft.all().iter().for_each(|it| it.set(String::new()));
        toasts.say(format!("{} is added. Read what its tools do, then accept them", added.name));
        state.opened.update(|all| all.push(added.id));
        state.added.update(|it| *it += 1);
        state.adding.set(false);
    });
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        add.dispatch(AddToolServer { new: draft.new_server() });
    };
    view! {
        <Dialog open=state.adding title="Add a tool server">
            <form on:submit=send style="display: contents">
                <div class="dialog__body stack stack--4">
                    <Line id="server-name" label="Name" value=draft.name placeholder="CRM" hint="The names of its tools begin with it."
                        error=problems.field("name") />
                    <Line id="server-url" label="Address" r#type="url" value=draft.url placeholder="https://crm.example.com/mcp"
                        hint="Of its MCP endpoint, over Streamable HTTP." error=problems.field("url") />
                    <Line id="server-secret" label="Secret, if it wants one" r#type="password" value=draft.secret placeholder="Bearer ..."
                        hint="Stored encrypted, never shown again, and sent to this address only." error=problems.field("secret") />
                    <Line id="server-header" label="Header for the secret" value=draft.header placeholder="Authorization"
                        error=problems.field("header") />
                    <FormProblem error=problems.rest(&FIELDS) />
                </div>
                <div class="dialog__foot">
                    <Button kind=Kind::Ghost on:click=move |_| state.adding.set(false)>"Cancel"</Button>
                    <Button kind=Kind::Primary r#type="submit" busy=add.pending()>"Add the server"</Button>
                </div>
            </form>
        </Dialog>
    }
}
