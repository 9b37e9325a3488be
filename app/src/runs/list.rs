//! Runs, newest first.

use super::server_fns::list_runs;
use super::words::{run_word, started_by};
use crate::error::AppError;
use crate::flows::server_fns::list_flows;
use crate::live::use_live;
use crate::ui::badge::Pill;
use crate::ui::choice::Chip;
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::more::LoadMore;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::table::Table;
use crate::ui::time::{duration, parse_time, use_now};
use domain::event::Topic;
use domain::flow::listing::{Page, RunFilter};
use domain::flow::run::{Run, RunStatus};
use domain::ids::FlowId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::query_signal;

/// How many come at once.
const PART: u32 = 50;

/// What the chips filter by: key, words, states.
const FILTERS: [(&str, &str, &[RunStatus]); 4] = [
    ("", "Any state", &[]),
    (
        "failed",
        "Failed",
        &[
            RunStatus::Failed,
            RunStatus::Timeout,
            RunStatus::InternalError,
            RunStatus::QuotaExceeded,
            RunStatus::MemoryLimitExceeded,
        ],
    ),
    ("waiting", "Waiting", &[RunStatus::Paused]),
    ("running", "Running", &[RunStatus::Running, RunStatus::Queued]),
];

fn filter(state: &str, flow: &str, cursor: Option<String>) -> RunFilter {
    let status = FILTERS.iter().find(|it| it.0 == state).map_or_else(Vec::new, |it| it.2.to_vec());
    let flow_id = (!flow.is_empty()).then(|| FlowId::from(flow));
    RunFilter { flow_id, status, engine: None, limit: Some(PART), cursor }
}

/// The page of runs.
#[component]
pub fn RunsPage() -> impl IntoView {
    let (state, set_state) = query_signal::<String>("state");
    let (flow, set_flow) = query_signal::<String>("flow");
    let state = Memo::new(move |_| state.get().unwrap_or_default());
    let flow = Memo::new(move |_| flow.get().unwrap_or_default());
    let version = use_live().version(Topic::FlowRun);
    let first = Resource::new(
        move || (state.get(), flow.get(), version.get()),
        |(state, flow, _)| list_runs(filter(&state, &flow, None)),
    );
    let chip = move |(key, words, _): (&'static str, &'static str, &'static [RunStatus])| {
        let press = move |()| set_state.set((!key.is_empty()).then(|| key.to_owned()));
        view! { <Chip on=Signal::derive(move || state.get() == key) press=press>{words}</Chip> }
    };
    view! {
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <h1>"Runs"</h1>
                    <p>"Every time a flow starts, it leaves a record here."</p>
                </div>
            </div>
            <div class="toolbar">
                <div class="chips" role="group" aria-label="State">{FILTERS.map(chip).into_iter().collect_view()}</div>
                <span class="push row"><FlowSelect chosen=flow choose=move |it| set_flow.set(it) /></span>
            </div>
            <Loaded of=first skeleton=|| view! { <CardSkeleton count=8 /> } let:page>
                <RunList first=page state=state flow=flow />
            </Loaded>
        </div>
    }
}

/// Only the runs of one flow.
#[component]
fn FlowSelect(
    chosen: Memo<String>,
    #[prop(into)] choose: Callback<Option<String>>,
) -> impl IntoView {
    let flows = Resource::new(|| (), |()| list_flows());
    let option = move |id: String, name: String| {
        let key = id.clone();
        view! { <option value=id selected=move || chosen.get() == key>{name}</option> }
    };
    view! {
        <label class="sr" for="runs-flow">"Flow"</label>
        <select
            class="select"
            id="runs-flow"
            style="inline-size: 11rem"
            on:change=move |event| choose.run(Some(event_target_value(&event)).filter(|it| !it.is_empty()))
        >
            <option value="">"All flows"</option>
            <Suspense>
                {move || Suspend::new(async move {
                    let flows = flows.await.unwrap_or_default();
                    flows.flows.into_iter().map(|it| option(it.id.to_string(), it.name)).collect_view()
                })}
            </Suspense>
        </select>
    }
}

/// The rows, and those loaded after them.
#[component]
fn RunList(first: Page<Run>, state: Memo<String>, flow: Memo<String>) -> impl IntoView {
    let rows = RwSignal::new(first.data);
    let next = RwSignal::new(first.next);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<AppError>);
    let load = move |()| {
        busy.set(true);
        let filter = filter(&state.get_untracked(), &flow.get_untracked(), next.get_untracked());
        spawn_local(async move {
            match list_runs(filter).await {
                Ok(page) => {
                    rows.update(|it| it.extend(page.data));
                    next.set(page.next);
                }
                Err(error) => failed.set(Some(error)),
            }
            busy.set(false);
        });
    };
    let is_filtered = move || !state.with(String::is_empty) || !flow.with(String::is_empty);
    move || {
        if rows.with(Vec::is_empty) {
            return view! { <NoRuns filtered=is_filtered() /> }.into_any();
        }
        view! {
            <RunTable rows=rows />
            {move || failed.get().map(|it| view! { <p class="error" role="alert">{it.to_string()}</p> })}
            <LoadMore
                shown=Signal::derive(move || rows.with(Vec::len))
                more=Signal::derive(move || next.with(Option::is_some))
                busy=busy
                load=load
            />
        }
        .into_any()
    }
}

#[component]
fn NoRuns(filtered: bool) -> impl IntoView {
    let (title, body) = if filtered {
        ("No run fits", "Choose another state or another flow.")
    } else {
        (
            "No runs yet",
            "Publish a flow and start it. Each run then shows here what it did, step by step.",
        )
    };
    view! {
        <Empty icon="runs" title=title body=body>
            <a class="btn" href=if filtered { "/runs" } else { "/flows" }>
                {if filtered { "Show all runs" } else { "Open flows" }}
            </a>
        </Empty>
    }
}

#[component]
fn RunTable(rows: RwSignal<Vec<Run>>) -> impl IntoView {
    let longest =
        move || rows.with(|all| all.iter().filter_map(|it| it.duration).max().unwrap_or(1).max(1));
    view! {
        <Table caption="Runs, newest first" class="table--cq">
            <thead>
                <tr>
                    <th>"State"</th>
                    <th>"Flow"</th>
                    <th class="p2">"Started"</th>
                    <th class="p2" style="inline-size: 10rem">"Took"</th>
                    <th class="p3">"Steps"</th>
                    <th class="p3">"Started by"</th>
                    <th class="fit"><span class="sr">"Open"</span></th>
                </tr>
            </thead>
            <tbody>
                <For each=move || rows.get() key=|it| (it.id.clone(), it.status, it.duration) let:run>
                    <RunRow run=run longest=longest() />
                </For>
            </tbody>
        </Table>
    }
}

#[component]
fn RunRow(run: Run, longest: i64) -> impl IntoView {
    let now = use_now();
    let at = run.start_time.as_deref().or(Some(&run.created)).and_then(parse_time);
    let started = move || at.map(|it| now.get().clock(it));
    let state = crate::ui::badge::State::from(run.status);
    let part = run.duration.map(|it| (it * 100 / longest).clamp(2, 100));
    let took = run.duration.map(duration);
    let test = (run.environment == "TESTING").then_some("Test");
    let failed_at = run.failed_step.as_ref().map(|it| format!("Stopped at {}", it.display_name));
    view! {
        <tr>
            <td class="fit"><Pill state=state label=run_word(run.status) /></td>
            <td class="name wide">
                <a class="rowlink" href=format!("/runs/{}", run.id)>{run.flow_name}</a>
                <span class="sub">{failed_at.or_else(|| test.map(str::to_owned))}</span>
                <span class="sub only-cq num">{started} {took.clone().map(|it| format!(", {it}"))}</span>
            </td>
            <td class="num p2">{started}</td>
            <td class="p2">
                {part.map(|it| view! {
                    <span class="took">
                        <i style=format!("inline-size: {it}%") data-s=state.key()></i>
                        <span class="num">{took.clone()}</span>
                    </span>
                })}
            </td>
            <td class="num p3">{run.steps_count}</td>
            <td class="p3"><span class="quiet">{started_by(&run.triggered_by)}</span></td>
            <td><Icon name="chev-right" /></td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_stands_for_every_state_it_names() {
        assert_eq!(filter("failed", "", None).status.len(), 5);
        assert_eq!(
            filter("", "f1", None),
            RunFilter { flow_id: Some("f1".into()), limit: Some(PART), ..RunFilter::default() }
        );
        assert!(filter("nonsense", "", None).status.is_empty());
    }
}
