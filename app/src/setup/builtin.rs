//! Setup: what is built in and needs no choice yet.

use crate::ui::badge::{Badge, Tone};
use crate::ui::icon::Icon;
use crate::ui::person::Tile;
use leptos::prelude::*;

/// The flow engine.
#[component]
pub(crate) fn EngineStep() -> impl IntoView {
    view! {
        <main class="wiz__main" id="main">
            <div>
                <h1>"Choose a flow engine"</h1>
                <p class="muted">"The engine is what runs your flows, day and night."</p>
            </div>
            <div class="conn">
                <div class="row gap-3">
                    <Tile name="" icon="flow" tile_hue=224 size="tile--lg" />
                    <div class="grow">
                        <div class="bold">"Built-in engine "<Badge tone=Tone::Good>"In use"</Badge></div>
                        <div class="xs quiet">"Runs beside PM OS. Nothing to install or look after."</div>
                    </div>
                </div>
            </div>
        </main>
        <aside class="wiz__side" aria-label="About this step">
            <h2>"Good to know"</h2>
            <ul>
                <li><Icon name="refresh" /><span>"A run that a restart interrupts goes on where it stopped"</span></li>
                <li><Icon name="runs" /><span>"Every step keeps what it was given and what it gave"</span></li>
            </ul>
        </aside>
    }
}

/// The assistant.
#[component]
pub(crate) fn AssistantStep() -> impl IntoView {
    view! {
        <main class="wiz__main" id="main">
            <div>
                <h1>"Choose an AI provider"</h1>
                <p class="muted">"This is who writes the assistant\u{2019}s answers."</p>
            </div>
            <div class="conn">
                <div class="row gap-3">
                    <Tile name="" icon="assistant" size="tile--lg tile--iris" />
                    <div class="grow">
                        <div class="bold">"Built-in assistant "<Badge tone=Tone::Good>"In use"</Badge></div>
                        <div class="xs quiet">
                            "No key needed. Answers from your projects and builds flows, in short sentences."
                        </div>
                    </div>
                </div>
            </div>
        </main>
        <aside class="wiz__side" aria-label="About this step">
            <h2>"Good to know"</h2>
            <ul>
                <li><Icon name="lock" /><span>"It runs on this server. Nothing is sent anywhere else"</span></li>
                <li><Icon name="hand" /><span>"Changes to Basecamp always ask first"</span></li>
            </ul>
        </aside>
    }
}
