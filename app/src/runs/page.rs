//! One run: what each step was given and gave, how long it took, what went wrong and what to do about it.

use super::acting::{RunActions, tell_of_retry};
use super::list::By;
use super::server_fns::{OpenRun, get_run};
use super::step::{Reading, StepEntry};
use super::timeline::{Entry, progress, timeline, would_change};
use super::values::Shown;
use super::words::{Starter, count, look, number, run_word, starter};
use crate::live::use_live;
use crate::ui::badge::{Badge, Pill, State, Tone};
use crate::ui::button::ButtonLink;
use crate::ui::callout::Callout;
use crate::ui::choice::Segments;
use crate::ui::icon::Icon;
use crate::ui::problem::LoadedPage;
use crate::ui::skeleton::PageSkeleton;
use crate::ui::time::{duration, parse_time, use_now};
use domain::event::Topic;
use domain::flow::run::{Run, RunKind, RunStatus};
use domain::ids::RunId;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

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
    tell_of_retry(move || {
        // While another run loads, the one before is still there.
        let open = open.get()?.ok().filter(|it| it.run.id == id.get())?;
        let entries = timeline(&open.version, &open.run);
        let failed_at = number_of(&entries, &open.run);
        Some((open.run, failed_at))
    });
    view! {
        <LoadedPage of=open skeleton=|| view! { <PageSkeleton /> } let:open>
            <RunView open=open reading=reading />
        </LoadedPage>
    }
}

/// Number of the step that the run failed at.
fn number_of(entries: &[Entry], run: &Run) -> Option<usize> {
    let name = &run.failed_step.as_ref()?.name;
    entries.iter().find(|it| it.card.name == *name).map(|it| it.card.number)
}

#[component]
fn RunView(open: OpenRun, reading: Reading) -> impl IntoView {
    let entries = timeline(&open.version, &open.run);
    let by = starter(&open.run, &open.people);
    let retried = open.run.retry_of.clone().map(|id| {
        let from = open.earlier.as_ref().and_then(|it| number_of(&entries, it));
        Retried { id, from, is_kept: open.earlier.is_some() }
    });
    let run = open.run;
    reading.tell(run.error.clone());
    view! {
        <div class="page">
            <RunHead run=run.clone() entries=entries.clone() retried=retried />
            <RunNews run=run.clone() />
            <WouldChange run=run.clone() entries=entries.clone() />
            <RunFacts run=run by=by />
            <Timeline entries=entries reading=reading />
        </div>
    }
}

/// The run that this one tries again.
#[derive(Clone, Debug)]
struct Retried {
    id: RunId,
    /// Number of the step it goes on from; none when it began anew.
    from: Option<usize>,
    is_kept: bool,
}

/// Where the run stands, and what can be done about it.
#[component]
fn RunHead(run: Run, entries: Vec<Entry>, retried: Option<Retried>) -> impl IntoView {
    let failed_at = number_of(&entries, &run);
    let (state, word) = look(&run);
    let words = match failed_at {
        Some(number) => format!("{word} at step {number}"),
        None => word.to_owned(),
    };
    let kind = run.kind().words().map(|it| view! { <Badge tone=Tone::Iris>{it}</Badge> });
    view! {
        <div class="page__head">
            <div class="page__t">
                <ol class="crumbs" aria-label="Breadcrumb">
                    <li><a href="/runs">"Runs"</a><Icon name="chev-right" /></li>
                    <li><span aria-current="page">{format!("Run {}", number(&run.id))}</span></li>
                </ol>
                <div class="row row--wrap">
                    <h1 id="run-title" tabindex="-1">{run.flow_name.clone()}</h1>
                    <Pill state=state label=words />
                    {kind}
                </div>
                {retried.map(|it| view! { <RetryLine of=it /> })}
            </div>
            <div class="page__a">
                <ButtonLink icon="flow" href=format!("/flows/{}?run={}", run.flow_id, run.id)>"Open on the canvas"</ButtonLink>
                <RunActions run=run failed_at=failed_at />
            </div>
        </div>
    }
}

/// "Retry of run 8ea91f, from step 3."
#[component]
fn RetryLine(of: Retried) -> impl IntoView {
    let name = format!("run {}", number(&of.id));
    let from = of.from.map_or_else(|| ".".to_owned(), |it| format!(", from step {it}."));
    let link = match of.is_kept {
        true => view! { <a class="link" href=format!("/runs/{}", of.id)>{name}</a> }.into_any(),
        false => view! { <span>{name}", which is no longer kept"</span> }.into_any(),
    };
    view! { <p>"Retry of " {link} <span>{from}</span></p> }
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

/// The list that a dry run is made for; nothing for other runs.
#[component]
fn WouldChange(run: Run, entries: Vec<Entry>) -> impl IntoView {
    let all = would_change(&entries);
    let title = match all.len() {
        0 if run.status == RunStatus::Succeeded => "Dry run: nothing would change".to_owned(),
        0 => "Dry run: nothing was changed".to_owned(),
        some => format!("Dry run: {} would change", count(some, "thing", "things")),
    };
    let row = |(entry, would): &(&Entry, &str)| {
        let (number, would) = (entry.card.number, (*would).to_owned());
        view! { <li><span class="quiet num">{number}</span><span>{would}</span></li> }
    };
    let rows = all.iter().map(row).collect_view();
    (run.kind() == RunKind::Dry).then(|| {
        view! {
            <Callout tone=Tone::Iris icon="wand" title=title>
                <p>"Nothing was changed or sent. The number is that of the step."</p>
                <ol class="changes" aria-label="What would change">{rows}</ol>
            </Callout>
        }
    })
}

#[component]
fn RunFacts(run: Run, by: Starter) -> impl IntoView {
    let now = use_now();
    let at = run.start_time.as_deref().or(Some(&run.created)).and_then(parse_time);
    let took = match (run.duration, run.status) {
        (Some(took), _) => duration(took),
        (None, RunStatus::Paused) => "Waiting".to_owned(),
        (None, status) if status.is_terminal() => "Never started".to_owned(),
        (None, _) => "Still going".to_owned(),
    };
    view! {
        <dl class="facts facts--row card runfacts">
            <div><dt>"Started"</dt><dd>{move || at.map(|it| now.get().moment(it))}</dd></div>
            <div><dt>"Took"</dt><dd>{took}</dd></div>
            <div><dt>"Started by"</dt><dd><By by=by /></dd></div>
            <div><dt>"Run number"</dt><dd class="mono">{number(&run.id)}</dd></div>
        </dl>
    }
}

/// The steps, with values as lines or as JSON.
#[component]
fn Timeline(entries: Vec<Entry>, reading: Reading) -> impl IntoView {
    let shown = reading.shown;
    let words = progress(&entries);
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
