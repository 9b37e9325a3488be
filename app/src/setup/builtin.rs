//! Setup: the flow engine, which is built in and needs no choice yet, and who writes the assistant's answers.

use crate::error::AppError;
use crate::settings::assistant::provider::{ProviderForm, ProviderState};
use crate::settings::assistant::{settings_after, workspace_choice};
use crate::ui::badge::{Badge, Tone};
use crate::ui::icon::Icon;
use crate::ui::kept::Kept;
use crate::ui::person::Tile;
use crate::ui::skeleton::RowsSkeleton;
use domain::assistant::KeyScope;
use domain::setup::Setup;
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

/// The assistant: the same choice as in the settings.
#[component]
pub(crate) fn AssistantStep(setup: Resource<Result<Setup, AppError>>) -> impl IntoView {
    let state = ProviderState::new(KeyScope::Workspace);
    let settings = settings_after(vec![state], ServerAction::new());
    // The steps above and the way on know it too.
    Effect::new(move |before: Option<usize>| {
        let version = state.version();
        if before.is_some_and(|it| it != version) {
            setup.refetch();
        }
        version
    });
    view! {
        <main class="wiz__main" id="main">
            <div>
                <h1>"Choose an AI provider"</h1>
                <p class="muted">"This is who writes the assistant\u{2019}s answers. Start without a key if you like."</p>
            </div>
            <Kept of=settings skeleton=|| view! { <RowsSkeleton count=3 /> } let:settings>
                <ProviderForm choice=workspace_choice(settings) state=state />
            </Kept>
        </main>
        <Beside good_to_know=vec![
            ("lock", "Keys are encrypted and never shown again after you save them"),
            ("eye", "Only the text needed for an answer is sent to the provider"),
            ("coin", "You set a monthly spending limit in Settings"),
            ("refresh", "If the provider is down, the built-in assistant takes over"),
        ] />
    }
}

/// What is good to know about a step.
#[component]
fn Beside(good_to_know: Vec<(&'static str, &'static str)>) -> impl IntoView {
    let line = |(icon, words)| view! { <li><Icon name=icon /><span>{words}</span></li> };
    view! {
        <aside class="wiz__side" aria-label="About this step">
            <h2>"Good to know"</h2>
            <ul>{good_to_know.into_iter().map(line).collect_view()}</ul>
        </aside>
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
        <Beside good_to_know=good_to_know.to_vec() />
    }
}
