//! Other MCP servers: which there are, and which of their tools somebody read and accepted.

pub mod add;
pub mod change;
pub mod server_fns;
pub mod tools;

use crate::connections::result::LastTested;
use crate::connections::servers::add::AddDialog;
use crate::connections::servers::change::ChangeDialog;
use crate::connections::servers::server_fns::{
    ChangeToolServer, DecideServerTool, RemoveToolServer, SignInToolServer, TestToolServer,
    load_tool_servers,
};
use crate::connections::servers::tools::Tools;
use crate::live::use_live;
use crate::session::can;
use crate::ui::badge::{Badge, Pill, State, Tone};
use crate::ui::browser;
use crate::ui::button::{Button, IconButton, Size};
use crate::ui::choice::Switch;
use crate::ui::dialog::ConfirmOne;
use crate::ui::empty::Empty;
use crate::ui::kept::{Kept, whole};
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::toast::use_toasts;
use domain::actor::Permission;
use domain::event::Topic;
use domain::ids::ToolServerId;
use domain::tool_server::{ToolServer, ToolServerChange, ToolState};
use domain::words::count;
use leptos::prelude::*;

/// What goes with a server.
const GOES: &str = "How it is reached, its secrets and what was accepted of its tools go from this server. Nothing over there changes.";

/// What the buttons do, and what is open. Made by the section, so that it outlives a new reading of the list.
#[derive(Clone, Copy)]
pub struct ServerState {
    /// The form for one more is open.
    pub(crate) adding: RwSignal<bool>,
    /// Grows with every server that is added.
    pub(crate) added: RwSignal<u64>,
    /// Servers whose tools are shown.
    pub(crate) opened: RwSignal<Vec<ToolServerId>>,
    asked: RwSignal<Option<ToolServer>>,
    /// The server whose name, address or program is being changed.
    pub(crate) changing: RwSignal<Option<ToolServer>>,
    test: ServerAction<TestToolServer>,
    change: ServerAction<ChangeToolServer>,
    remove: ServerAction<RemoveToolServer>,
    sign_in: ServerAction<SignInToolServer>,
    pub(crate) decide: ServerAction<DecideServerTool>,
    pub(crate) manages: Signal<bool>,
}

impl ServerState {
    fn new() -> Self {
        let state = Self {
            adding: RwSignal::new(false),
            added: RwSignal::new(0),
            opened: RwSignal::new(Vec::new()),
            asked: RwSignal::new(None),
            changing: RwSignal::new(None),
            test: ServerAction::new(),
            change: ServerAction::new(),
            remove: ServerAction::new(),
            sign_in: ServerAction::new(),
            decide: ServerAction::new(),
            manages: can(Permission::Manage),
        };
        let toasts = use_toasts();
        Effect::new(move || match state.test.value().get() {
            Some(Ok(server)) => match server.checked.and_then(|it| it.error) {
                Some(error) => toasts.failed(format!("{}: {error}", server.name)),
                None => toasts.say(format!("{} answers", server.name)),
            },
            Some(Err(error)) => toasts.failed(error.to_string()),
            None => {}
        });
        Effect::new(move || match state.sign_in.value().get() {
            Some(Ok(url)) => browser::load(&url),
            Some(Err(error)) => toasts.failed(error.to_string()),
            None => {}
        });
        let failed = move || {
            let change = state.change.value().get().and_then(Result::err);
            let decide = state.decide.value().get().and_then(Result::err);
            change.or(decide).or_else(|| state.remove.value().get().and_then(Result::err))
        };
        Effect::new(move || {
            if let Some(error) = failed() {
                toasts.failed(error.to_string());
            }
        });
        state
    }
}

/// The section.
#[component]
pub(crate) fn ToolServers() -> impl IntoView {
    let state = ServerState::new();
    let version = use_live().version(Topic::Connector);
    let list = Resource::new(
        move || {
            let done = (state.test.version().get(), state.change.version().get());
            let more = (state.remove.version().get(), state.decide.version().get());
            (version.get(), state.added.get(), done, more)
        },
        |_| load_tool_servers(),
    );
    view! {
        <section aria-labelledby="servers-h" class="stack stack--4">
            <div class="section__head">
                <h2 id="servers-h">"Tool servers"</h2>
                <Show when=move || state.manages.get()>
                    <Button class="push" icon="plus" on:click=move |_| state.adding.set(true)>"Add a server"</Button>
                </Show>
            </div>
            <Kept of=list skeleton=|| view! { <RowsSkeleton count=2 /> } let:list>
                <Servers list=list state=state />
            </Kept>
        </section>
        <Show when=move || state.manages.get()><AddDialog state=state /><ChangeDialog state=state /></Show>
        <ConfirmOne
            asked=state.asked
            title=|it| format!("Remove {}?", it.name)
            body=|_| GOES.to_owned()
            action="Remove the server"
            confirm=move |it: ToolServer| {
                state.remove.dispatch(RemoveToolServer { id: it.id.to_string() });
            }
        />
    }
}

#[component]
fn Servers(list: Signal<Option<Vec<ToolServer>>>, state: ServerState) -> impl IntoView {
    let all = move || list.get().unwrap_or_default();
    let is_empty = Memo::new(move |_| all().is_empty());
    let none = || {
        let body = "The assistant and chat clients can use the tools of other MCP servers, once an admin has read and accepted them.";
        view! { <Empty icon="plug" title="No other server is used" body=body /> }
    };
    view! {
        <Show when=move || !is_empty.get() fallback=none>
            <For each=all key=whole let:it><ServerCard server=it state=state /></For>
        </Show>
    }
}

/// How a server stands, in shape and word.
fn health(server: &ToolServer) -> (State, &'static str) {
    let is_failed = server.checked.as_ref().is_some_and(|it| it.error.is_some());
    let is_waiting = server.signs_in && server.checked.is_none();
    match (server.is_enabled, is_failed) {
        (false, _) => (State::Skipped, "Switched off"),
        _ if is_waiting => (State::Waiting, "Waits for a sign-in"),
        (true, true) => (State::Failed, "Does not answer"),
        (true, false) => (State::Succeeded, "Working"),
    }
}

/// Where it is, or what is started.
fn place(server: &ToolServer) -> String {
    let Some(program) = &server.program else { return server.url.clone() };
    match program.variables.as_slice() {
        [] => format!("Program: {}", program.command),
        names => format!("Program: {}, with {}", program.command, names.join(", ")),
    }
}

/// How many tools wait to be read, in words; none when there are none.
fn waiting(server: &ToolServer) -> Option<String> {
    let is_waiting = |it: &ToolState| matches!(it, ToolState::New | ToolState::Changed);
    match server.tools.iter().filter(|it| is_waiting(&it.state)).count() {
        0 => None,
        count => Some(format!("{count} to read")),
    }
}

#[component]
fn ServerCard(server: ToolServer, state: ServerState) -> impl IntoView {
    let (shape, words) = health(&server);
    let problem = server.checked.as_ref().and_then(|it| it.error.clone());
    let tested_at = server.checked.as_ref().map(|it| it.at_ms);
    let accepted = server.tools.iter().filter(|it| it.state == ToolState::Accepted).count();
    let count = format!("{accepted} of {} in use", count(server.tools.len(), "tool", "tools"));
    let badge = waiting(&server).map(|it| view! { <Badge tone=Tone::Warn>{it}</Badge> });
    let id = server.id.clone();
    let is_open = Memo::new(move |_| state.opened.with(|all| all.contains(&id)));
    let id = server.id.clone();
    let toggle = move |_| {
        let was_open = is_open.get_untracked();
        state.opened.update(|all| {
            all.retain(|it| *it != id);
            all.extend((!was_open).then(|| id.clone()));
        });
    };
    let shown = StoredValue::new((server.id.clone(), server.tools.clone()));
    let tools = move || {
        let (server, tools) = shown.get_value();
        view! { <Tools server=server tools=tools state=state /> }
    };
    let (label, name, place) = (server.name.clone(), server.name.clone(), place(&server));
    view! {
        <section class="card" aria-label=label>
            <div class="card__head row row--wrap">
                <div class="grow">
                    <h3>{name}</h3>
                    <span class="sub trunc">{place}</span>
                </div>
                <Pill state=shape label=words />
                <ServerActs server=server state=state />
            </div>
            <div class="card__body stack stack--4">
                {problem.map(|it| view! { <p class="sm bad">{it}</p> })}
                {tested_at.map(|it| view! { <LastTested at_ms=it /> })}
                <div class="row row--wrap">
                    <Button size=Size::Small attr:aria-expanded=move || is_open.get().to_string() on:click=toggle>{count}</Button>
                    {badge}
                </div>
                <Show when=move || is_open.get()>{tools}</Show>
            </div>
        </section>
    }
}

#[component]
fn ServerActs(server: ToolServer, state: ServerState) -> impl IntoView {
    if !state.manages.get_untracked() {
        return ().into_any();
    }
    let (id, tested, name) = (server.id.clone(), server.id.to_string(), server.name.clone());
    let (is_enabled, label) = (server.is_enabled, format!("Test {name}"));
    let (signs_in, signed) = (server.signs_in, server.id.to_string());
    let sign_in_label = format!("Sign in to {name}");
    let (remove, edit) = (format!("Remove {name}"), format!("Change {name}"));
    let edited = server.clone();
    // Only super admins start a program.
    let tests = server.program.is_none() || can(Permission::Platform).get_untracked();
    let switch = move |on: bool| {
        let change = ToolServerChange { is_enabled: Some(on), ..ToolServerChange::default() };
        state.change.dispatch(ChangeToolServer { id: id.to_string(), change });
    };
    let test = move |_| {
        state.test.dispatch(TestToolServer { id: tested.clone() });
    };
    let sign_in = move |_| {
        state.sign_in.dispatch(SignInToolServer { id: signed.clone() });
    };
    view! {
        <div class="row">
            {signs_in.then(|| view! {
                <Button size=Size::Small busy=state.sign_in.pending() attr:aria-label=sign_in_label on:click=sign_in>"Sign in"</Button>
            })}
            <Switch on=Signal::stored(is_enabled) busy=state.change.pending() change=switch>
                <span>"In use"<span class="sr">": "{name}</span></span>
            </Switch>
            {tests.then(|| view! {
                <Button size=Size::Small busy=state.test.pending() attr:aria-label=label on:click=test>"Test"</Button>
            })}
            <IconButton
                icon="edit"
                label=edit
                class="icon-btn--sm"
                on:click=move |_| state.changing.set(Some(edited.clone()))
            />
            <IconButton
                icon="trash"
                label=remove
                class="icon-btn--sm"
                on:click=move |_| state.asked.set(Some(server.clone()))
            />
        </div>
    }
    .into_any()
}
