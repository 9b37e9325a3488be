//! Setup: ready to chat.

use crate::error::AppError;
use crate::shell::panel::use_side_panel;
use crate::ui::badge::{Pill, State};
use crate::ui::button::{ButtonLink, Kind, Size};
use crate::ui::icon::Icon;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::RowsSkeleton;
use domain::setup::{Setup, SetupState, SetupStep};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The step.
#[component]
pub(crate) fn ReadyStep(setup: Resource<Result<Setup, AppError>>) -> impl IntoView {
    view! {
        <main class="wiz__main" id="main">
            <Loaded of=setup skeleton=|| view! { <RowsSkeleton /> } let:setup><Summary setup=setup /></Loaded>
        </main>
    }
}

#[component]
fn Summary(setup: Setup) -> impl IntoView {
    let before: Vec<SetupStep> = setup.steps.into_iter().take(4).collect();
    let is_ready = before.iter().all(|it| it.state == SetupState::Done);
    let (icon, title, lead) = if is_ready {
        ("check", "Ready to chat", "Everything passed. Ask for something, or look around first.")
    } else {
        ("clock", "Almost there", "Finish the steps below, then say hello to the assistant.")
    };
    let ask = is_ready.then(|| view! { <Asking /> });
    view! {
        <div class="ready">
            <span class="ready__mark"><Icon name=icon /></span>
            <h1 tabindex="-1">{title}</h1>
            <p class="muted">{lead}</p>
        </div>
        {ask}
        <section class="card" aria-labelledby="sum">
            <div class="card__head"><h2 id="sum">"What you set up"</h2></div>
            <ul class="rows">{before.into_iter().map(|it| view! { <Row step=it /> }).collect_view()}</ul>
        </section>
    }
}

/// Questions to begin with.
const PROMPTS: [(&str, &str); 4] = [
    ("flag", "What is overdue?"),
    ("todo", "What is due this week?"),
    ("users", "Who has the most to do?"),
    ("help", "What can you do?"),
];

/// What to say first: each question is asked on the assistant's page.
#[component]
fn Asking() -> impl IntoView {
    let (panel, navigate) = (use_side_panel(), use_navigate());
    let ask = Callback::new(move |words: &'static str| {
        panel.say_on_page(words.to_owned());
        navigate("/chat", NavigateOptions::default());
    });
    let prompt = move |(icon, words): (&'static str, &'static str)| {
        view! {
            <li>
                <button type="button" on:click=move |_| ask.run(words)>
                    <Icon name=icon />
                    <span>{words}</span>
                </button>
            </li>
        }
    };
    view! {
        <section aria-labelledby="first" class="stack stack--3">
            <h2 id="first" class="sm muted" style="text-align: center">"What should happen first?"</h2>
            <ul class="prompts">{PROMPTS.map(prompt).collect_view()}</ul>
            <div class="row" style="justify-content: center">
                <ButtonLink kind=Kind::Primary size=Size::Large icon="assistant" href="/chat">"Open assistant"</ButtonLink>
            </div>
        </section>
    }
}

#[component]
fn Row(step: SetupStep) -> impl IntoView {
    let end = match step.state {
        SetupState::Done => view! { <Pill state=State::Succeeded label="Passed" /> }.into_any(),
        SetupState::Failed => view! { <Pill state=State::Failed /> }.into_any(),
        SetupState::Pending => {
            view! { <ButtonLink size=Size::Small href=format!("/setup/{}", step.id)>"Do it now"</ButtonLink> }.into_any()
        }
    };
    view! {
        <li>
            <span class="grow">
                <b class="med">{step.title}</b>
                <span class="xs quiet" style="display: block">{step.detail}</span>
            </span>
            {end}
        </li>
    }
}
