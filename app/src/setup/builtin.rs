//! Setup: what is built in and needs no choice yet.

use crate::ui::badge::{Badge, Tone};
use crate::ui::icon::Icon;
use crate::ui::person::Tile;
use leptos::prelude::*;

/// The flow engine.
#[component]
pub(crate) fn EngineStep() -> impl IntoView {
    view! {
        <BuiltIn
            title="Choose a flow engine"
            lead="The engine is what runs your flows, day and night."
            name="Built-in engine"
            about="Runs beside PM OS. Nothing to install or look after."
            good_to_know=[
                ("refresh", "A run that a restart interrupts goes on where it stopped"),
                ("runs", "Every step keeps what it was given and what it gave"),
            ]
        >
            <Tile name="" icon="flow" tile_hue=224 size="tile--lg" />
        </BuiltIn>
    }
}

/// The assistant.
#[component]
pub(crate) fn AssistantStep() -> impl IntoView {
    view! {
        <BuiltIn
            title="Choose an AI provider"
            lead="This is who writes the assistant\u{2019}s answers."
            name="Built-in assistant"
            about="No key needed. Answers from your projects and builds flows, in short sentences."
            good_to_know=[
                ("lock", "It runs on this server. Nothing is sent anywhere else"),
                ("hand", "Changes to Basecamp always ask first"),
            ]
        >
            <Tile name="" icon="assistant" size="tile--lg tile--iris" />
        </BuiltIn>
    }
}

/// A step with one thing to choose, which is in use.
#[component]
fn BuiltIn(
    title: &'static str,
    lead: &'static str,
    /// What is in use.
    name: &'static str,
    /// What it is, in one line.
    about: &'static str,
    /// Icons and sentences beside it.
    good_to_know: [(&'static str, &'static str); 2],
    /// Its mark.
    children: Children,
) -> impl IntoView {
    let line = |(icon, words)| view! { <li><Icon name=icon /><span>{words}</span></li> };
    view! {
        <main class="wiz__main" id="main">
            <div>
                <h1>{title}</h1>
                <p class="muted">{lead}</p>
            </div>
            <div class="conn">
                <div class="row gap-3">
                    {children()}
                    <div class="grow">
                        <div class="bold">{name}" "<Badge tone=Tone::Good>"In use"</Badge></div>
                        <div class="xs quiet">{about}</div>
                    </div>
                </div>
            </div>
        </main>
        <aside class="wiz__side" aria-label="About this step">
            <h2>"Good to know"</h2>
            <ul>{good_to_know.map(line).into_iter().collect_view()}</ul>
        </aside>
    }
}
