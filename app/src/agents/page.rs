//! `/agents/:id`: an agent whole, what it found, and what went wrong.

use crate::agents::desk::Desk;
use crate::agents::form::Dialogs;
use crate::agents::server_fns::{PauseAgent, RunAgent, load_agent};
use crate::agents::words::{counted, next, state};
use crate::ui::badge::{Pill, State, Tone};
use crate::ui::button::{Button, ButtonLink, Kind, Size};
use crate::ui::callout::Callout;
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::problem::LoadedPage;
use crate::ui::skeleton::PageSkeleton;
use crate::ui::time::{duration, parse_time, use_now};
use domain::agent::{AgentHistory, AgentStanding, AgentStatus, DrawnRun, SavedAgent};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// The page.
#[component]
pub fn AgentPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|it| it.get("id")).unwrap_or_default());
    let desk = Desk::new();
    let version = desk.version();
    let found = Resource::new(move || (id.get(), version.get()), |(id, _)| load_agent(id));
    view! {
        <LoadedPage of=found skeleton=|| view! { <PageSkeleton /> } let:found><Found found=found desk=desk /></LoadedPage>
        <Dialogs desk=desk />
    }
}

#[component]
fn Found(found: AgentHistory, desk: Desk) -> impl IntoView {
    let AgentHistory { standing, runs } = found;
    let session = standing.agent.session_id.clone();
    let conversation = session.map(|it| {
        view! { <ButtonLink icon="assistant" href=format!("/chat/{it}")>"Conversation"</ButtonLink> }
    });
    let is_active = standing.agent.status == AgentStatus::Active;
    let (state, word) =
        if is_active { (State::Published, "On") } else { (State::Paused, "Paused") };
    view! {
        <Title text=standing.agent.name.clone() />
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <ol class="crumbs" aria-label="Breadcrumb">
                        <li><a href="/agents">"Agents"</a><Icon name="chev-right" /></li>
                        <li><span aria-current="page">{standing.agent.name.clone()}</span></li>
                    </ol>
                    <div class="row row--wrap">
                        <h1>{standing.agent.name.clone()}</h1>
                        <Pill state=state label=word />
                    </div>
                </div>
                <div class="page__a">
                    {conversation}
                    {standing.may_change.then(|| view! { <Acts standing=standing.clone() desk=desk /> })}
                </div>
            </div>
            <News standing=standing.clone() />
            <Facts standing=standing.clone() />
            <Runs runs=runs standing=standing />
        </div>
    }
}

/// What can be done with it.
#[component]
fn Acts(standing: AgentStanding, desk: Desk) -> impl IntoView {
    // What is pressed may have been drawn with what was known before.
    desk.shown.set_value(Some(standing.agent.clone()));
    let is_active = standing.agent.status == AgentStatus::Active;
    let run = move |is_dry: bool| {
        if let Some(SavedAgent { id, .. }) = desk.shown.get_value() {
            desk.run.dispatch(RunAgent { id, is_dry });
        }
    };
    let pause = move |_| {
        if let Some(SavedAgent { id, status, .. }) = desk.shown.get_value() {
            desk.pause.dispatch(PauseAgent { id, pauses: status == AgentStatus::Active });
        }
    };
    let (icon, word) = if is_active { ("pause", "Pause") } else { ("play", "Resume") };
    let runs = is_active.then(|| {
        view! {
            {standing.agent.auto_execute.then(|| view! {
                <Button icon="eye" busy=desk.run.pending() on:click=move |_| run(true)>"Try it"</Button>
            })}
            <Button kind=Kind::Primary icon="play" busy=desk.run.pending() on:click=move |_| run(false)>"Run now"</Button>
        }
    });
    view! {
        <Button icon="trash" kind=Kind::Ghost on:click=move |_| desk.deleting.set(desk.shown.get_value())>"Delete"</Button>
        <Button icon="edit" on:click=move |_| desk.begin(desk.shown.get_value())>"Change"</Button>
        <Button icon=icon busy=desk.pause.pending() on:click=pause>{word}</Button>
        {runs}
    }
}

/// That the newest run failed, why, and when the next one comes.
#[component]
fn News(standing: AgentStanding) -> impl IntoView {
    let now = use_now();
    let failed = standing.last_run.clone().filter(|it| it.status == "failed");
    failed.map(|failed| {
        let why = failed.error.unwrap_or_else(|| "Nothing more is known.".to_owned());
        let coming = move || format!("Next run: {}.", next(now.get(), &standing));
        view! {
            <Callout tone=Tone::Bad title="Its last run failed">
                <p>{why}</p>
                <p class="xs">{coming}</p>
            </Callout>
        }
    })
}

#[component]
fn Facts(standing: AgentStanding) -> impl IntoView {
    let now = use_now();
    let agent = standing.agent.clone();
    let rights = if agent.auto_execute {
        "It may change things, and asks first like the assistant"
    } else {
        "It only tells what it would do"
    };
    let count = counted(&standing);
    let how = (!agent.strategy.is_empty())
        .then(|| view! { <div><dt>"How"</dt><dd>{agent.strategy.clone()}</dd></div> });
    view! {
        <section class="card" aria-labelledby="agent-about">
            <div class="card__head"><h2 id="agent-about">"What it does"</h2></div>
            <div class="card__body stack stack--4">
                <p>{agent.goal}</p>
                <dl class="facts facts--row">
                    {how}
                    <div><dt>"What it is for"</dt><dd>{agent.kind.label()}</dd></div>
                    <div><dt>"When it runs"</dt><dd>{agent.schedule.label()}</dd></div>
                    <div><dt>"Next run"</dt><dd>{move || next(now.get(), &standing)}</dd></div>
                    <div><dt>"So far"</dt><dd>{count}</dd></div>
                    <div><dt>"With the rights of"</dt><dd>{agent.owner}</dd></div>
                    <div><dt>"Changes"</dt><dd>{rights}</dd></div>
                </dl>
            </div>
        </section>
    }
}

#[component]
fn Runs(runs: Vec<DrawnRun>, standing: AgentStanding) -> impl IntoView {
    let list = if runs.is_empty() {
        let body = if standing.may_change {
            "Run it now to see what it finds."
        } else {
            "What it comes to is listed here."
        };
        view! { <Empty icon="runs" title="It has not run yet" body=body /> }.into_any()
    } else {
        let rows = runs.into_iter().map(|it| view! { <Run drawn=it /> }).collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="agent-runs">
            <div class="card__head">
                <h2 id="agent-runs">"Runs"</h2>
                <span class="xs quiet push">"the newest 50 of 90 days"</span>
            </div>
            {list}
        </section>
    }
}

#[component]
fn Run(drawn: DrawnRun) -> impl IntoView {
    let DrawnRun { run, html } = drawn;
    let now = use_now();
    let (state, word) = state(&run);
    let begun = parse_time(&run.started_at);
    let ended = run.ended_at.as_deref().and_then(parse_time);
    let took = begun.zip(ended).map(|(begun, ended)| duration(ended - begun));
    let found = (!html.is_empty())
        .then(|| view! { <div class="sm prose agent__found" inner_html=html></div> });
    let error = run.error.map(|it| view! { <p class="sm bad">{it}</p> });
    let decide = (run.status == "waiting_approval").then(
        || view! { <ButtonLink size=Size::Small href="/approvals">"Open approvals"</ButtonLink> },
    );
    view! {
        <li class="agent__run">
            <div class="row row--wrap">
                <Pill state=state label=word />
                <span class="xs quiet">{move || begun.map(|it| now.get().ago(it))}</span>
                <span class="xs quiet num push">{took}</span>
                {decide}
            </div>
            {found}
            {error}
        </li>
    }
}
