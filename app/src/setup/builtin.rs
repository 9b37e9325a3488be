//! Setup: which engine runs flows, and who writes the assistant's answers.

use crate::connections::result::TestResult;
use crate::error::AppError;
use crate::settings::assistant::provider::{ProviderForm, ProviderState};
use crate::settings::assistant::{settings_after, workspace_choice};
use crate::settings::engine::EngineChoice;
use crate::settings::engine_fns::PractiseEngine;
use crate::ui::button::Button;
use crate::ui::form::FormProblems;
use crate::ui::icon::Icon;
use crate::ui::kept::Kept;
use crate::ui::problem::FormProblem;
use crate::ui::skeleton::RowsSkeleton;
use domain::assistant::KeyScope;
use domain::setup::Setup;
use leptos::prelude::*;

/// What stands above the result of a test.
const TITLES: [&str; 3] = [
    "The flow engine is ready",
    "The flow engine is not ready",
    "The flow engine could not be reached",
];

/// The flow engine: the same choice as in the settings, and a practice flow that tests it.
#[component]
pub(crate) fn EngineStep(setup: Resource<Result<Setup, AppError>>) -> impl IntoView {
    let test = ServerAction::<PractiseEngine>::new();
    // The steps above and the way on know it too.
    Effect::new(move |_| {
        if test.value().with(|it| matches!(it, Some(Ok(_)))) {
            setup.refetch();
        }
    });
    let found = move || test.value().get().and_then(Result::ok);
    view! {
        <main class="wiz__main" id="main">
            <div>
                <h1 tabindex="-1">"Choose a flow engine"</h1>
                <p class="muted">"The engine is what runs your flows, day and night."</p>
            </div>
            <EngineChoice />
            <div class="row">
                <Button icon="refresh" busy=test.pending() on:click=move |_| { test.dispatch(PractiseEngine {}); }>
                    "Test the engine"
                </Button>
                <span class="xs quiet">"With the built-in engine, a practice flow runs from start to finish."</span>
            </div>
            <FormProblem error=FormProblems::of(test.value()).rest(&[]) />
            {move || found().map(|it| view! { <TestResult checked=it titles=TITLES /> })}
        </main>
        <Beside good_to_know=vec![
            ("flow", "The built-in engine runs beside PM OS. There is nothing to install or look after"),
            ("refresh", "A run that a restart interrupts goes on where it stopped"),
            ("runs", "Every step keeps what it was given and what it gave"),
            ("settings", "You can switch later in Settings. Flows that are there stay where they are"),
        ] />
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
                <h1 tabindex="-1">"Choose an AI provider"</h1>
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
