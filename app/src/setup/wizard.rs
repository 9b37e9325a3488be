//! The frame of the setup: steps above, one step in the middle, the way on below.

use crate::session::can;
use crate::setup::account::AccountStep;
use crate::setup::basecamp::BasecampStep;
use crate::setup::builtin::{AssistantStep, EngineStep};
use crate::setup::ready::ReadyStep;
use crate::setup::server_fns::load_setup;
use crate::shell::frame::FrameAround;
use crate::shell::missing::{Missing, NotAllowed};
use crate::ui::brand::Logo;
use crate::ui::browser;
use crate::ui::icon::Icon;
use crate::ui::problem::{Loaded, LoadedPage};
use crate::ui::skeleton::PageSkeleton;
use domain::actor::Permission;
use domain::setup::{Setup, SetupState, SetupStep};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_params_map;

/// Id and short name of each counted step, in order.
const STEPS: [(&str, &str); 5] = [
    ("account", "Account"),
    ("basecamp", "Basecamp"),
    ("engine", "Flow engine"),
    ("assistant", "AI provider"),
    ("ready", "Ready to chat"),
];

/// Step `by` places from `id`.
fn neighbour(id: &str, by: isize) -> Option<&'static str> {
    let at = STEPS.iter().position(|it| it.0 == id)?;
    STEPS.get(at.checked_add_signed(by)?).map(|it| it.0)
}

/// `/setup` leads to the first step that is not done.
#[component]
pub fn SetupHome() -> impl IntoView {
    let setup = Resource::new_blocking(|| (), |()| load_setup());
    view! {
        <LoadedPage of=setup skeleton=|| view! { <PageSkeleton /> } let:setup>
            <Redirect path=format!("/setup/{}", first_open(&setup)) />
        </LoadedPage>
    }
}

fn first_open(setup: &Setup) -> &'static str {
    let is_open =
        |id: &str| setup.steps.iter().any(|it| it.id == id && it.state != SetupState::Done);
    STEPS.iter().map(|it| it.0).find(|id| is_open(id)).unwrap_or("ready")
}

/// One step of the setup, for those who manage.
#[component]
pub fn SetupPage() -> impl IntoView {
    let manages = can(Permission::Manage);
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("step").unwrap_or_default());
    // Who goes on reads the next step from its head.
    Effect::new(move |before: Option<String>| {
        let now = id.get();
        if before.is_some_and(|it| it != now) {
            browser::focus_first_soon("#main h1");
        }
        now
    });
    let content = move || {
        if !manages.get() {
            view! { <FrameAround><NotAllowed icon="settings" title="Only an admin can set up the workspace" /></FrameAround> }
                .into_any()
        } else if STEPS.iter().any(|it| it.0 == id.get()) {
            view! { <Wizard id=id /> }.into_any()
        } else {
            view! { <FrameAround><Missing /></FrameAround> }.into_any()
        }
    };
    view! { <Title text="Setup" />{content} }
}

#[component]
fn Wizard(id: Memo<String>) -> impl IntoView {
    let setup = Resource::new(move || id.get(), |_| load_setup());
    let content = move || match id.get().as_str() {
        "account" => view! { <AccountStep /> }.into_any(),
        "basecamp" => view! { <BasecampStep setup=setup /> }.into_any(),
        "engine" => view! { <EngineStep setup=setup /> }.into_any(),
        "assistant" => view! { <AssistantStep setup=setup /> }.into_any(),
        _ => view! { <ReadyStep setup=setup /> }.into_any(),
    };
    view! {
        <div class="wiz">
            <header class="wiz__top">
                <span class="nav__brand"><Logo /><span>"PM OS"</span></span>
                <span class="push"></span>
                <a class="btn btn--ghost" href="/">"Finish later"</a>
            </header>
            <Loaded of=setup skeleton=|| () let:setup><StepBar current=id.get_untracked() steps=setup.steps /></Loaded>
            <div class="wiz__grid" class:wiz__grid--one=move || id.read().as_str() == "ready">{content}</div>
            <Loaded of=setup skeleton=|| () let:setup><Foot id=id.get_untracked() steps=setup.steps /></Loaded>
        </div>
    }
}

/// Where the person is.
#[component]
fn StepBar(current: String, steps: Vec<SetupStep>) -> impl IntoView {
    let at = STEPS.iter().position(|it| it.0 == current).unwrap_or(0);
    let name = STEPS.get(at).map(|it| it.1);
    let item = move |(number, (id, name)): (usize, (&'static str, &'static str))| {
        let state = steps.iter().find(|it| it.id == id).map(|it| it.state);
        let is_current = number == at;
        let (key, icon, words) = match state {
            Some(SetupState::Done) => (Some("done"), "check", ", done"),
            Some(SetupState::Failed) => (Some("failed"), "x", ", test failed"),
            _ => (None, "", ""),
        };
        let mark = if icon.is_empty() || is_current && key == Some("done") {
            (number + 1).into_any()
        } else {
            view! { <Icon name=icon /> }.into_any()
        };
        view! {
            <li>
                <a class="step" href=format!("/setup/{id}") data-state=key aria-current=is_current.then_some("step")>
                    <span class="step__n">{mark}</span>
                    <span class="step__t">{name}<span class="sr">{words}</span></span>
                </a>
            </li>
        }
    };
    view! {
        <nav class="wiz__steps" aria-label="Setup">
            <p class="wiz__count xs quiet">"Step "{at + 1}" of "{STEPS.len()}": "<b>{name}</b></p>
            <ol class="steps" aria-label="Setup steps">{STEPS.into_iter().enumerate().map(item).collect_view()}</ol>
        </nav>
    }
}

/// Back and on; the first step goes on by its own form.
#[component]
fn Foot(id: String, steps: Vec<SetupStep>) -> impl IntoView {
    let is_done = steps.iter().any(|it| it.id == id && it.state == SetupState::Done);
    let back = neighbour(&id, -1).map(|it| {
        view! { <a class="btn btn--lg" href=format!("/setup/{it}")><Icon name="arrow-left" />"Back"</a> }
    });
    let on = match neighbour(&id, 1) {
        None => view! {
            <a class="btn btn--lg push" href="/">"Go to Home"<Icon name="arrow-right" /></a>
        }
        .into_any(),
        Some(next) if is_done => view! {
            <a class="btn btn--primary btn--lg push" href=format!("/setup/{next}")>"Continue"<Icon name="arrow-right" /></a>
        }
        .into_any(),
        Some(next) => view! {
            <a class="btn btn--lg push" href=format!("/setup/{next}")>"Do this later"<Icon name="arrow-right" /></a>
        }
        .into_any(),
    };
    (id != "account").then(|| view! { <footer class="wiz__foot"><div>{back}{on}</div></footer> })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_each_other() {
        assert_eq!(neighbour("account", -1), None);
        assert_eq!(neighbour("account", 1), Some("basecamp"));
        assert_eq!(neighbour("ready", 1), None);
        assert_eq!(neighbour("elsewhere", 1), None);
    }
}
