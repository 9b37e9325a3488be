//! One run: what each step was given and gave, how long it took, what went wrong and what to do about it.

use super::server_fns::{OpenRun, cancel_run, get_run, retry_run};
use super::step::{Reading, StepEntry};
use super::timeline::{Entry, timeline};
use super::values::Shown;
use super::words::{count, run_word, started_by};
use crate::live::use_live;
use crate::session;
use crate::ui::badge::{Pill, State, Tone};
use crate::ui::button::{Button, ButtonLink, Kind, Size};
use crate::ui::callout::Callout;
use crate::ui::choice::Segments;
use crate::ui::icon::Icon;
use crate::ui::problem::LoadedPage;
use crate::ui::skeleton::PageSkeleton;
use crate::ui::time::{duration, parse_time, use_now};
use crate::ui::toast::use_toasts;
use domain::actor::Permission;
use domain::event::Topic;
use domain::flow::run::{Run, RunStatus};
use domain::ids::RunId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_params_map};

/// Grows with every event of this run.
pub fn run_version(id: Signal<RunId>) -> Signal<u64> {
    let live = use_live();
    let (version, last) = (live.version(Topic::FlowRun), live.last(Topic::FlowRun));
    let mine = Memo::new(move |before: Option<&u64>| {
        let version = version.get();
        let is_mine = last.get_untracked().is_none_or(|it| it.id == id.get_untracked().as_str());
        if is_mine { version } else { before.copied().unwrap_or(version) }
    });
    mine.into()
}

/// The page of a run.
#[component]
pub fn RunPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| RunId::from(params.with(|it| it.get("id").unwrap_or_default())));
    let version = run_version(id.into());
    let open = Resource::new(move || (id.get(), version.get()), |(id, _)| get_run(id));
    let reading = Reading::default();
    view! {
        <LoadedPage of=open skeleton=|| view! { <PageSkeleton /> } let:open>
            <RunView open=open reading=reading />
        </LoadedPage>
    }
}

#[component]
fn RunView(open: OpenRun, reading: Reading) -> impl IntoView {
    let entries = timeline(&open.version, &open.run);
    let run = open.run;
    view! {
        <div class="page">
            <RunHead run=run.clone() entries=entries.clone() />
            <RunNews run=run.clone() />
            <RunFacts run=run />
            <Timeline entries=entries reading=reading />
        </div>
    }
}

/// Where the run stands, and what can be done about it.
#[component]
fn RunHead(run: Run, entries: Vec<Entry>) -> impl IntoView {
    let number =
        |name: &str| entries.iter().find(|it| it.card.name == name).map(|it| it.card.number);
    let failed_at = run.failed_step.as_ref().and_then(|it| number(&it.name));
    let words = match failed_at {
        Some(number) => format!("{} at step {number}", run_word(run.status)),
        None => run_word(run.status).to_owned(),
    };
    let short: String =
        run.id.as_str().chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
    view! {
        <div class="page__head">
            <div class="page__t">
                <ol class="crumbs" aria-label="Breadcrumb">
                    <li><a href="/runs">"Runs"</a><Icon name="chev-right" /></li>
                    <li><span aria-current="page">{format!("Run {short}")}</span></li>
                </ol>
                <div class="row row--wrap">
                    <h1>{run.flow_name.clone()}</h1>
                    <Pill state=State::from(run.status) label=words />
                </div>
            </div>
            <div class="page__a">
                <ButtonLink icon="flow" href=format!("/flows/{}?run={}", run.flow_id, run.id)>"Open on the canvas"</ButtonLink>
                <RunActions run=run failed_at=failed_at />
            </div>
        </div>
    }
}

/// Goes to a run the way this one is shown: on the canvas or as a page.
fn use_open() -> Callback<Run> {
    let navigate = use_navigate();
    let location = use_location();
    Callback::new(move |run: Run| {
        let on_canvas = location.pathname.with_untracked(|it| it.starts_with("/flows/"));
        let path = if on_canvas {
            format!("/flows/{}?run={}", run.flow_id, run.id)
        } else {
            format!("/runs/{}", run.id)
        };
        navigate(&path, NavigateOptions::default());
    })
}

/// Stop while it runs, retry after it failed; absent for those who may not.
#[component]
pub fn RunActions(
    /// The run.
    run: Run,
    /// Number of the step it failed at.
    failed_at: Option<usize>,
    /// How high the buttons are.
    #[prop(optional)]
    size: Size,
) -> impl IntoView {
    let may = session::can(Permission::Write);
    let busy = RwSignal::new(false);
    let toasts = use_toasts();
    let id = StoredValue::new(run.id.clone());
    let open = use_open();
    let act = move |retry: bool| {
        busy.set(true);
        spawn_local(async move {
            let id = id.get_value();
            let answer = if retry { retry_run(id).await } else { cancel_run(id).await };
            match answer {
                Ok(run) if retry => open.run(run),
                Ok(_) => toasts.say("The run was stopped"),
                Err(error) => toasts.refused(&error),
            }
            busy.try_set(false);
        });
    };
    let status = run.status;
    let retry_words =
        failed_at.map_or_else(|| "Retry".to_owned(), |it| format!("Retry from step {it}"));
    let retry_words = StoredValue::new(retry_words);
    let can_retry =
        status.is_terminal() && !matches!(status, RunStatus::Succeeded | RunStatus::Canceled);
    view! {
        <Show when=move || may.get() && !status.is_terminal()>
            <Button kind=Kind::Danger size=size icon="stop" busy=busy on:click=move |_| act(false)>"Stop run"</Button>
        </Show>
        <Show when=move || may.get() && can_retry>
            <Button kind=Kind::Primary size=size icon="refresh" busy=busy on:click=move |_| act(true)>{retry_words.get_value()}</Button>
        </Show>
    }
}

/// Why it failed, that it waits, that a restart did not stop it.
#[component]
fn RunNews(run: Run) -> impl IntoView {
    let failed = (State::from(run.status) == State::Failed).then(|| {
        let title = match &run.failed_step {
            Some(step) => format!("{} did not work", step.display_name),
            None => run.error.clone().unwrap_or_else(|| run_word(run.status).to_owned()),
        };
        let why = run.failed_step.is_some().then(|| run.error.clone()).flatten();
        view! {
            <Callout tone=Tone::Bad title=title>
                {why.map(|it| view! { <p>{it}</p> })}
                <p>"Retrying keeps the results of the steps that finished, so nothing happens twice."</p>
            </Callout>
        }
    });
    let resumed = (run.resumed > 0).then(|| {
        let times = count(usize::try_from(run.resumed).unwrap_or(1), "time", "times");
        let body = format!(
            "PM OS restarted {times} while this ran. Finished steps were kept and not repeated."
        );
        view! { <Callout icon="refresh" title="Resumed after a restart"><p>{body}</p></Callout> }
    });
    view! {
        {failed}
        {resumed}
    }
}

#[component]
fn RunFacts(run: Run) -> impl IntoView {
    let now = use_now();
    let at = run.start_time.as_deref().or(Some(&run.created)).and_then(parse_time);
    let kind = if run.environment == "TESTING" { "Test run" } else { "Live" };
    view! {
        <dl class="facts facts--row card runfacts">
            <div><dt>"Started"</dt><dd>{move || at.map(|it| now.get().clock(it))}</dd></div>
            <div><dt>"Took"</dt><dd>{run.duration.map_or_else(|| "Still going".to_owned(), duration)}</dd></div>
            <div><dt>"Steps run"</dt><dd>{run.steps_count}</dd></div>
            <div><dt>"Kind"</dt><dd>{kind}</dd></div>
            <div><dt>"Started by"</dt><dd>{started_by(&run.triggered_by)}</dd></div>
        </dl>
    }
}

/// The steps, with values as lines or as JSON.
#[component]
fn Timeline(entries: Vec<Entry>, reading: Reading) -> impl IntoView {
    let shown = reading.shown;
    let done = entries.iter().filter(|it| it.output.is_some()).count();
    let words = format!("{done} of {} ran", count(entries.len(), "step", "steps"));
    let key = Signal::derive(move || {
        if shown.get() == Shown::Json { "json" } else { "readable" }.to_owned()
    });
    let choose = move |key: &'static str| {
        shown.set(if key == "json" { Shown::Json } else { Shown::Readable })
    };
    let steps = entries
        .into_iter()
        .map(|it| view! { <StepEntry entry=it reading=reading /> })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="timeline">
            <div class="card__head">
                <h2 id="timeline">"Timeline"</h2>
                <span class="xs quiet">{words}</span>
                <span class="push">
                    <Segments label="Show values as" options=vec![("readable", "Readable"), ("json", "JSON")] value=key change=choose />
                </span>
            </div>
            <ol class="rsteps">{steps}</ol>
        </section>
    }
}
