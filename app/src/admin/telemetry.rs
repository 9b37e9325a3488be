//! Numbers of the server: for super admins of every workspace, for other admins of their own.

use crate::admin::charts::{ResponseChart, RunChart};
use crate::admin::server_fns::load_telemetry;
use crate::admin::workspaces::money;
use crate::session::can;
use crate::shell::missing::NotAllowed;
use crate::ui::badge::{State, Status};
use crate::ui::choice::Segments;
use crate::ui::problem::Loaded;
use crate::ui::progress::percent;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::table::Table;
use domain::actor::Permission;
use domain::telemetry::{AppNumbers, AppUse, ModelUse, Range, RunSlot, Service, Telemetry};
use domain::words::count;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

/// The page, for those who manage.
#[component]
pub fn TelemetryPage() -> impl IntoView {
    let manages = can(Permission::Manage);
    view! {
        <Show
            when=move || manages.get()
            fallback=|| view! { <NotAllowed icon="telemetry" title="Only an admin can see these numbers" /> }
        >
            <Numbers />
        </Show>
    }
}

#[component]
fn Numbers() -> impl IntoView {
    let owns = can(Permission::Platform);
    let query = use_query_map();
    let range = Memo::new(move |_| Range::parse(&query.read().get("range").unwrap_or_default()));
    let found = Resource::new(move || range.get(), load_telemetry);
    let navigate = use_navigate();
    let change = Callback::new(move |key: &'static str| {
        navigate(&format!("/telemetry?range={key}"), NavigateOptions::default());
    });
    let whose = move || {
        if owns.get() {
            "How the server is doing, across every workspace."
        } else {
            "How this workspace is doing."
        }
    };
    view! {
        <Title text="Telemetry" />
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <h1>"Telemetry"</h1>
                    <p>{whose}</p>
                </div>
                <div class="page__a">
                    <Segments
                        label="Range"
                        options=Range::ALL.iter().map(|it| (it.key(), it.label())).collect()
                        value=Signal::derive(move || range.get().key().to_owned())
                        change=change
                    />
                </div>
            </div>
            <Loaded of=found skeleton=|| view! { <CardSkeleton count=6 /> } let:numbers>
                <Found numbers=numbers />
            </Loaded>
        </div>
    }
}

#[component]
fn Found(numbers: Telemetry) -> impl IntoView {
    let Telemetry { range, from_ms, runs, answers, models, causes, apps, services, .. } =
        numbers.clone();
    let has_services = !services.is_empty();
    view! {
        <Totals numbers=numbers />
        <div class="cols cols--2">
            <RunChart range=range from_ms=from_ms runs=runs />
            <ResponseChart range=range from_ms=from_ms answers=answers />
        </div>
        <div class=if has_services { "cols cols--3" } else { "cols cols--2" }>
            <Models models=models />
            <Causes causes=causes range=range />
            {has_services.then(|| view! { <Services services=services /> })}
        </div>
        <AppRuns apps=apps range=range />
        <p class="xs quiet">
            "Runs are counted while they are kept. Answers are counted up to an end, so a typical answer took at most the time that is shown."
        </p>
    }
}

#[component]
fn Totals(numbers: Telemetry) -> impl IntoView {
    let runs = numbers.runs.iter().fold(RunSlot::default(), |sum, it| RunSlot {
        finished: sum.finished + it.finished,
        waiting: sum.waiting + it.waiting,
        failed: sum.failed + it.failed,
    });
    let ended = runs.finished + runs.failed;
    let finished = match ended {
        0 => "none ended".to_owned(),
        _ => format!("{}% of {ended} finished", share(runs.finished, ended)),
    };
    let answers = numbers.all_answers;
    let cost: i64 = numbers.models.iter().map(|it| it.cost_micros).sum();
    let (changes, failed) = numbers.changes;
    let stats = [
        ("Flow runs", (ended + runs.waiting).to_string(), finished),
        (
            "Typical response",
            within_words(answers.typical_ms),
            format!(
                "1 in 20 over {}",
                answers.slow_ms.map_or_else(|| "none".to_owned(), |it| format!("{it} ms"))
            ),
        ),
        (
            "Requests",
            answers.requests.to_string(),
            format!("{} refused, {} failed", answers.refused, answers.failed),
        ),
        ("Changes by tools", changes.to_string(), format!("{failed} failed")),
        ("Waiting in line", numbers.queued.to_string(), format!("{} paused", numbers.paused)),
        ("Assistant cost", money(cost), "this month".to_owned()),
    ];
    let stat = |(label, value, detail): (&'static str, String, String)| {
        view! {
            <div class="stat">
                <span class="stat__l">{label}</span>
                <span class="stat__v">{value}</span>
                <span class="stat__d">{detail}</span>
            </div>
        }
    };
    view! {
        <section class="card stats stats--flat stats--6" aria-label=format!("Last {}", numbers.range.label())>
            {stats.into_iter().map(stat).collect_view()}
        </section>
    }
}

fn share(part: i64, whole: i64) -> u32 {
    percent(u32::try_from(part).unwrap_or(u32::MAX), u32::try_from(whole).unwrap_or(u32::MAX))
}

fn within_words(ms: Option<i64>) -> String {
    ms.map_or_else(|| "none".to_owned(), |it| format!("{it} ms"))
}

#[component]
fn Models(models: Vec<ModelUse>) -> impl IntoView {
    let row = |it: ModelUse| {
        view! {
            <tr>
                <td class="name">{it.model}</td>
                <td class="end num">{it.input}</td>
                <td class="end num">{it.output}</td>
                <td class="end num">{money(it.cost_micros)}</td>
            </tr>
        }
    };
    let body = if models.is_empty() {
        view! { <div class="card__body"><p class="sm muted">"No model was paid for this month. The built-in assistant costs nothing."</p></div> }
            .into_any()
    } else {
        view! {
            <Table caption="Models this month">
                <thead>
                    <tr>
                        <th>"Model"</th>
                        <th class="end">"Read"</th>
                        <th class="end">"Written"</th>
                        <th class="end">"Cost"</th>
                    </tr>
                </thead>
                <tbody>{models.into_iter().map(row).collect_view()}</tbody>
            </Table>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="tm-m">
            <div class="card__head">
                <h2 id="tm-m">"Assistant tokens"</h2>
                <span class="xs quiet push">"this month"</span>
            </div>
            {body}
        </section>
    }
}

#[component]
fn Causes(causes: Vec<(String, i64)>, range: Range) -> impl IntoView {
    let most = causes.iter().map(|it| it.1).max().unwrap_or(1);
    let row = move |(cause, count): (String, i64)| {
        view! {
            <li>
                <span class="grow">
                    <span class="trunc" style="display: block" title=cause.clone()>{cause.clone()}</span>
                    <span class="progress" data-tone="bad" aria-hidden="true" style="margin-block-start: 0.25rem">
                        <span style=format!("inline-size: {}%", share(count, most))></span>
                    </span>
                </span>
                <b class="num">{count}</b>
            </li>
        }
    };
    let body = if causes.is_empty() {
        view! { <div class="card__body"><p class="sm muted">"No run failed."</p></div> }.into_any()
    } else {
        view! { <ul class="rows">{causes.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="tm-c">
            <div class="card__head">
                <h2 id="tm-c">"Failures by cause"</h2>
                <span class="xs quiet push">{range.label()}</span>
            </div>
            {body}
        </section>
    }
}

#[component]
fn Services(services: Vec<Service>) -> impl IntoView {
    let row = |it: Service| {
        let state = if it.is_well { State::Succeeded } else { State::Waiting };
        view! {
            <li>
                <Status state=state />
                <span class="grow">
                    <b class="med">{it.name}</b>
                    <span class="xs quiet" style="display: block">{it.detail}</span>
                </span>
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="tm-s">
            <div class="card__head"><h2 id="tm-s">"Services"</h2></div>
            <ul class="rows">{services.into_iter().map(row).collect_view()}</ul>
        </section>
    }
}

/// How runs of apps went, and which were run most.
#[component]
fn AppRuns(apps: AppNumbers, range: Range) -> impl IntoView {
    let row = |it: AppUse| {
        view! {
            <tr>
                <td class="name">{it.name}</td>
                <td class="end num">{it.runs}</td>
                <td class="end num">{it.failed}</td>
            </tr>
        }
    };
    let body = if apps.runs == 0 {
        view! { <p class="card__body sm muted">"No app was run."</p> }.into_any()
    } else {
        let times = format!(
            "{}, {} failed. Half of the others took at most {} ms, 19 of 20 at most {} ms.",
            count(apps.runs, "run", "runs"),
            apps.failed,
            apps.typical_ms,
            apps.slow_ms
        );
        view! {
            <p class="card__body sm">{times}</p>
            <Table caption="The apps that were run most">
                <thead>
                    <tr>
                        <th>"App"</th>
                        <th class="end">"Runs"</th>
                        <th class="end">"Failed"</th>
                    </tr>
                </thead>
                <tbody>{apps.top.into_iter().map(row).collect_view()}</tbody>
            </Table>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="tm-a">
            <div class="card__head">
                <h2 id="tm-a">"Apps"</h2>
                <span class="xs quiet push">{range.label()}</span>
            </div>
            {body}
        </section>
    }
}
