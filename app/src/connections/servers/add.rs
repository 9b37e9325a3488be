//! Adding another MCP server: one with an address, or a program on the machine of PM OS.

use crate::connections::servers::ServerState;
use crate::connections::servers::server_fns::{AddToolServer, load_program_use};
use crate::session::can;
use crate::ui::badge::Tone;
use crate::ui::browser;
use crate::ui::button::{Button, Kind};
use crate::ui::callout::Callout;
use crate::ui::dialog::Dialog;
use crate::ui::form::FormProblems;
use crate::ui::here::loaded_here;
use crate::ui::problem::FormProblem;
use crate::ui::toast::use_toasts;
use crate::ui::typed::{Choose, Line, Lines};
use domain::actor::Permission;
use domain::tool_server::{AddedServer, NewProgram, NewToolServer, ProgramUse, ToolServer};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Fields that say themselves what is wrong with them.
pub(crate) const FIELDS: &[&str] = &[
    "name",
    "url",
    "header",
    "secret",
    "program.command",
    "program.arguments",
    "program.variables",
];
/// Keys of the two kinds.
const ADDRESS: &str = "address";
const PROGRAM: &str = "program";
/// Keys of the two ways in.
const SECRET: &str = "secret";
const SIGN_IN: &str = "sign_in";

/// A server while it is written.
#[derive(Clone, Copy)]
pub struct Draft {
    pub(crate) name: RwSignal<String>,
    kind: RwSignal<String>,
    way: RwSignal<String>,
    pub(crate) url: RwSignal<String>,
    pub(crate) header: RwSignal<String>,
    pub(crate) secret: RwSignal<String>,
    command: RwSignal<String>,
    arguments: RwSignal<String>,
    variables: RwSignal<String>,
}

impl Draft {
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            name: empty(),
            kind: RwSignal::new(ADDRESS.to_owned()),
            way: RwSignal::new(SECRET.to_owned()),
            url: empty(),
            header: empty(),
            secret: empty(),
            command: empty(),
            arguments: empty(),
            variables: empty(),
        }
    }

    /// What may be shown of a server; secrets are entered anew.
    pub(crate) fn of(server: &ToolServer) -> Self {
        let draft = Self::new();
        draft.name.set(server.name.clone());
        draft.url.set(server.url.clone());
        draft.header.set(server.header.clone().unwrap_or_default());
        if let Some(program) = &server.program {
            draft.command.set(program.command.clone());
        }
        draft
    }

    fn clear(self) {
        let Self { name, kind, way, url, header, secret, command, arguments, variables } = self;
        kind.set(ADDRESS.to_owned());
        way.set(SECRET.to_owned());
        for it in [name, url, header, secret, command, arguments, variables] {
            it.set(String::new());
        }
    }

    fn is_program(self) -> bool {
        self.kind.with(|it| it == PROGRAM)
    }

    fn wants_secret(self) -> bool {
        self.way.with(|it| it == SECRET)
    }

    fn new_server(self) -> NewToolServer {
        let name = self.name.get_untracked();
        if self.kind.with_untracked(|it| it == PROGRAM) {
            return NewToolServer {
                name,
                program: Some(self.program()),
                ..NewToolServer::default()
            };
        }
        let some =
            |it: RwSignal<String>| Some(it.get_untracked()).filter(|it| !it.trim().is_empty());
        let sign_in = self.way.with_untracked(|it| it == SIGN_IN);
        let url = self.url.get_untracked();
        let new = NewToolServer { name, url, sign_in, ..NewToolServer::default() };
        match sign_in {
            true => new,
            false => NewToolServer { header: some(self.header), secret: some(self.secret), ..new },
        }
    }

    /// Each line is one argument, or one variable as `NAME=value`.
    pub(crate) fn program(self) -> NewProgram {
        let lines = |it: RwSignal<String>| -> Vec<String> {
            let text = it.get_untracked();
            text.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
        };
        let variables = lines(self.variables).into_iter().map(|it| {
            // A line without "=" has no good name, which the answer says.
            let (name, value) = it.split_once('=').unwrap_or(("", &it));
            (name.trim().to_owned(), value.trim().to_owned())
        });
        NewProgram {
            command: self.command.get_untracked(),
            variables: variables.collect(),
            arguments: lines(self.arguments),
        }
    }
}

/// The form, in a dialog.
#[component]
pub(crate) fn AddDialog(
    /// What is open.
    state: ServerState,
) -> impl IntoView {
    let draft = Draft::new();
    let add = ServerAction::<AddToolServer>::new();
    let problems = FormProblems::of(add.value());
    let toasts = use_toasts();
    Effect::new(move || {
        let Some(Ok(added)) = add.value().get() else { return };
        draft.clear();
        state.added.update(|it| *it += 1);
        state.adding.set(false);
        let AddedServer { server, authorize_url } = added;
        if let Some(url) = authorize_url {
            browser::load(&url);
            return;
        }
        toasts.say(format!("{} is added. Read what its tools do, then accept them", server.name));
        state.opened.update(|all| all.push(server.id));
    });
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        add.dispatch(AddToolServer { new: draft.new_server() });
    };
    let names_programs = can(Permission::Platform);
    view! {
        <Dialog open=state.adding title="Add a tool server">
            <form on:submit=send style="display: contents">
                <div class="dialog__body stack stack--4">
                    <Line id="server-name" label="Name" value=draft.name placeholder="CRM" hint="The names of its tools begin with it."
                        error=problems.field("name") />
                    <Show when=move || names_programs.get()>
                        <Choose id="server-kind" label="What it is" value=draft.kind
                            options=vec![(ADDRESS, "A server with an address"), (PROGRAM, "A program on this machine")] />
                    </Show>
                    <Show when=move || draft.is_program() fallback=move || view! { <AddressFields draft=draft problems=problems /> }>
                        <ProgramFields prefix="server" draft=draft problems=problems />
                    </Show>
                    <FormProblem error=problems.rest(FIELDS) />
                </div>
                <div class="dialog__foot">
                    <Button kind=Kind::Ghost on:click=move |_| state.adding.set(false)>"Cancel"</Button>
                    <Button kind=Kind::Primary r#type="submit" busy=add.pending()>"Add the server"</Button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn AddressFields(draft: Draft, problems: FormProblems) -> impl IntoView {
    view! {
        <Line id="server-url" label="Address" r#type="url" value=draft.url placeholder="https://crm.example.com/mcp"
            hint="Of its MCP endpoint, over Streamable HTTP." error=problems.field("url") />
        <Choose id="server-way" label="How it lets PM OS in" value=draft.way
            options=vec![(SECRET, "With a secret, or without one"), (SIGN_IN, "Somebody signs in with the browser")] />
        <Show when=move || draft.wants_secret() fallback=|| view! { <p class="sm muted">"You are sent to the server to sign in, and back. Everybody in this workspace then uses it with that access."</p> }>
            <SecretFields prefix="server" draft=draft problems=problems />
        </Show>
    }
}

/// The secret and its header.
#[component]
pub(crate) fn SecretFields(
    /// How ids of the fields begin.
    prefix: &'static str,
    /// What is typed.
    draft: Draft,
    /// What is wrong with it.
    problems: FormProblems,
) -> impl IntoView {
    view! {
        <Line id=format!("{prefix}-secret") label="Secret, if it wants one" r#type="password" value=draft.secret placeholder="Bearer ..."
            hint="Stored encrypted, never shown again, and sent to this address only." error=problems.field("secret") />
        <Line id=format!("{prefix}-header") label="Header for the secret" value=draft.header placeholder="Authorization"
            error=problems.field("header") />
    }
}

/// What a program is started with, and whether this installation starts any.
#[component]
pub(crate) fn ProgramFields(
    /// How ids of the fields begin.
    prefix: &'static str,
    /// What is typed.
    draft: Draft,
    /// What is wrong with it.
    problems: FormProblems,
) -> impl IntoView {
    let allowed = loaded_here(load_program_use);
    let is_off = move || allowed.with(|it| matches!(it, Some(Ok(ProgramUse::SwitchedOff))));
    let notice = move || {
        match is_off() {
        true => view! {
            <Callout tone=Tone::Warn icon="lock" title="Programs are switched off here">
                <p>"Whoever runs PM OS allows them: start it with PMOS_TOOL_PROGRAMS=on."</p>
            </Callout>
        }
        .into_any(),
        false => view! {
            <Callout tone=Tone::Warn title="It runs with the rights of PM OS">
                <p>"It can read what PM OS can read on this machine. Add only programs that you trust. Each node of an installation runs its own."</p>
            </Callout>
        }
        .into_any(),
    }
    };
    view! {
        {notice}
        <Line id=format!("{prefix}-command") label="Program" value=draft.command placeholder="uvx"
            hint="Its name, or its whole path. It speaks MCP over its standard input and output."
            error=problems.field("program.command") />
        <Lines id=format!("{prefix}-arguments") label="Arguments" value=draft.arguments hint="One on each line. Stored encrypted and never shown again."
            error=problems.field("program.arguments") />
        <Lines id=format!("{prefix}-variables") label="Variables and secrets" value=draft.variables
            hint="One on each line, such as API_KEY=.... Stored encrypted and never shown again; of our own environment it gets only PATH."
            error=problems.field("program.variables") />
    }
}
