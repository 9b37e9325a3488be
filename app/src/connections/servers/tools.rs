//! The tools of one server: what it says of each, for a person to read and accept.

use crate::connections::servers::ServerState;
use crate::connections::servers::server_fns::DecideServerTool;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::{Button, Size};
use crate::ui::disclosure::Disclosure;
use domain::ids::ToolServerId;
use domain::tool_server::{ServerTool, ServerToolChange, ToolRisk, ToolState};
use leptos::ev::Event;
use leptos::prelude::*;

/// How a tool stands, in colour and word.
fn standing(state: ToolState) -> (Tone, &'static str) {
    match state {
        ToolState::Accepted => (Tone::Good, "Accepted"),
        ToolState::New => (Tone::Warn, "Not accepted yet"),
        ToolState::Changed => (Tone::Bad, "Changed, so it is not used"),
        ToolState::Gone => (Tone::Plain, "No longer there"),
    }
}

/// The list.
#[component]
pub(crate) fn Tools(
    /// The server.
    server: ToolServerId,
    /// Its tools.
    tools: Vec<ServerTool>,
    /// What the buttons do.
    state: ServerState,
) -> impl IntoView {
    let rows = tools
        .into_iter()
        .map(|it| view! { <ToolRow server=server.clone() tool=it state=state /> })
        .collect_view();
    view! { <ul class="stack stack--4" aria-label="Tools">{rows}</ul> }
}

#[component]
fn ToolRow(server: ToolServerId, tool: ServerTool, state: ServerState) -> impl IntoView {
    let (tone, words) = standing(tool.state);
    let before = tool.before.clone().map(|it| {
        view! { <p class="sm quiet">"What was accepted before: "<q>{it}</q></p> }
    });
    let says = if tool.description.is_empty() {
        "The server says nothing about it.".to_owned()
    } else {
        tool.description.clone()
    };
    let acts = state
        .manages
        .get_untracked()
        .then(|| view! { <ToolActs server=server tool=tool.clone() state=state /> });
    view! {
        <li class="stack">
            <div class="row row--wrap"><strong>{tool.name}</strong><Badge tone=tone>{words}</Badge></div>
            <p class="sm">{says}</p>
            {before}
            <Disclosure summary="What it takes"><pre class="code">{tool.arguments}</pre></Disclosure>
            {acts}
        </li>
    }
}

#[component]
fn ToolActs(server: ToolServerId, tool: ServerTool, state: ServerState) -> impl IntoView {
    let (name, hash) = (tool.name.clone(), tool.hash.clone());
    let id = server.to_string();
    let can_accept = matches!(tool.state, ToolState::New | ToolState::Changed);
    let accept = can_accept.then(|| {
        let (id, label) = (id.clone(), format!("Accept what it says: {name}"));
        let press = move |_| {
            let (name, accept) = (name.clone(), Some(hash.clone()));
            let change = ServerToolChange { name, accept, risk: None };
            state.decide.dispatch(DecideServerTool { id: id.clone(), change });
        };
        view! {
            <Button size=Size::Small busy=state.decide.pending() attr:aria-label=label on:click=press>
                "Accept what it says"
            </Button>
        }
    });
    let asks = (tool.state == ToolState::Accepted)
        .then(|| view! { <Asks id=id name=tool.name risk=tool.risk state=state /> });
    view! { <div class="row row--wrap">{accept}{asks}</div> }
}

/// How a tool is asked about.
#[component]
fn Asks(id: String, name: String, risk: ToolRisk, state: ServerState) -> impl IntoView {
    let label = format!("How {name} is asked about");
    let chosen = move |event: Event| {
        let (name, risk) = (name.clone(), Some(ToolRisk::parse(&event_target_value(&event))));
        let change = ServerToolChange { name, accept: None, risk };
        state.decide.dispatch(DecideServerTool { id: id.clone(), change });
    };
    let option = move |it: ToolRisk| {
        let is_chosen = it == risk;
        view! { <option value=it.as_str() selected=is_chosen>{it.label()}</option> }
    };
    view! {
        <select class="select" aria-label=label on:change=chosen>
            {ToolRisk::ALL.map(option).into_iter().collect_view()}
        </select>
    }
}
