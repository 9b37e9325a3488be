//! Runs, newest first.

use super::again::RetryFailed;
use super::figures::Figures;
use super::server_fns::{RunPart, load_runs};
use super::wanted::{RunsToolbar, Wanted, use_wanted};
use super::words::{Starter, look, starter};
use crate::error::AppError;
use crate::live::use_live;
use crate::ui::badge::{Pill, State};
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::kept::Kept;
use crate::ui::more::LoadMore;
use crate::ui::person::Avatar;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::table::Table;
use crate::ui::time::{Moment, duration, parse_time, use_now};
use domain::event::Topic;
use domain::flow::run::Run;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::{BTreeMap, BTreeSet};

/// The page of runs.
#[component]
pub fn RunsPage() -> impl IntoView {
    let (wanted, now) = (use_wanted(), use_now());
    let version = use_live().version(Topic::FlowRun);
    let day = Memo::new(move |_| now.get().day());
    let first = Resource::new(
        move || (wanted.get(), day.get(), version.get()),
        move |(wanted, ..)| load_runs(wanted.filter(now.get_untracked(), None)),
    );
    view! {
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <h1>"Runs"</h1>
                    <p>"Every time a flow starts, it leaves a record here."</p>
                </div>
            </div>
            <Figures changes=version />
            <RunsToolbar wanted=wanted />
            <Kept of=first skeleton=|| view! { <CardSkeleton count=8 /> } let:part>
                <RunList first=part wanted=wanted />
            </Kept>
        </div>
    }
}

/// The rows that were loaded after the first ones.
#[derive(Clone, Copy)]
struct Later {
    rows: RwSignal<Vec<Run>>,
    people: RwSignal<BTreeMap<String, String>>,
    /// Where the part after these begins; none before any of them was loaded.
    next: RwSignal<Option<Option<String>>>,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<AppError>>,
    now: RwSignal<Moment>,
}

impl Later {
    fn new() -> Self {
        Self {
            rows: RwSignal::default(),
            people: RwSignal::default(),
            next: RwSignal::default(),
            busy: RwSignal::new(false),
            failed: RwSignal::new(None),
            now: use_now(),
        }
    }

    fn forget(self) {
        self.rows.set(Vec::new());
        self.next.set(None);
        self.failed.set(None);
    }

    /// Loads the part at `cursor`, after what is `shown`; what arrives for another list than that is dropped.
    fn load(self, wanted: Memo<Wanted>, cursor: Option<String>, shown: Vec<Run>) {
        let now = self.now.get_untracked();
        let asked = wanted.get_untracked();
        self.busy.set(true);
        spawn_local(async move {
            let answer = load_runs(asked.filter(now, cursor)).await;
            self.busy.try_set(false);
            if wanted.try_get_untracked() != Some(asked) {
                return;
            }
            match answer {
                Ok(part) => {
                    // The names first: a row is drawn once.
                    self.people.try_update(|it| it.extend(part.people));
                    // What newer runs push out of the first part stays where it was.
                    self.rows.try_set(shown.into_iter().chain(part.page.data).collect());
                    self.next.try_set(Some(part.page.next));
                    self.failed.try_set(None);
                }
                Err(error) => drop(self.failed.try_set(Some(error))),
            }
        });
    }
}

/// The first rows, which follow what happens, and those loaded after them.
fn joined(first: &[Run], later: &[Run]) -> Vec<Run> {
    let known: BTreeSet<_> = first.iter().map(|it| it.id.as_str()).collect();
    let rest = later.iter().filter(|it| !known.contains(it.id.as_str()));
    first.iter().chain(rest).cloned().collect()
}

#[component]
fn RunList(first: Signal<Option<RunPart>>, wanted: Memo<Wanted>) -> impl IntoView {
    let later = Later::new();
    Effect::new(move |before: Option<Wanted>| {
        let now = wanted.get();
        if before.is_some_and(|it| it != now) {
            later.forget();
        }
        now
    });
    let rows = Memo::new(move |_| {
        first.with(|it| {
            let first = it.as_ref().map(|it| it.page.data.as_slice()).unwrap_or_default();
            later.rows.with(|later| joined(first, later))
        })
    });
    let people = Memo::new(move |_| {
        let mut people =
            first.with(|it| it.as_ref().map(|it| it.people.clone())).unwrap_or_default();
        people.extend(later.people.get());
        people
    });
    let next = Signal::derive(move || {
        let of_first = || first.with(|it| it.as_ref().and_then(|it| it.page.next.clone()));
        later.next.get().unwrap_or_else(of_first)
    });
    let load = move |()| later.load(wanted, next.get_untracked(), rows.get_untracked());
    let again = Memo::new(move |_| first.with(|it| it.as_ref().map_or(0, |it| it.again)));
    let all = move |()| wanted.get_untracked().filter(later.now.get_untracked(), None);
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));
    view! {
        <RetryFailed many=again filter=all />
        <Show when=move || !is_empty.get() fallback=move || view! { <NoRuns wanted=wanted.get() /> }>
            <RunTable rows=rows people=people />
            {move || later.failed.get().map(|it| view! { <p class="error" role="alert">{it.to_string()}</p> })}
            <LoadMore
                shown=Signal::derive(move || rows.with(Vec::len))
                more=Signal::derive(move || next.with(Option::is_some))
                busy=later.busy
                load=load
            />
        </Show>
    }
}

#[component]
fn NoRuns(wanted: Wanted) -> impl IntoView {
    let narrow = wanted.is_narrow();
    let (title, body) = if narrow {
        ("No run fits", "Nothing that ran is what you chose above.")
    } else {
        (
            "No runs yet",
            "Publish a flow and start it. Each run then shows here what it did, step by step. Tests are apart, under Tests.",
        )
    };
    view! {
        <Empty icon="runs" title=title body=body>
            <a class="btn" href=if narrow { "/runs" } else { "/flows" }>
                {if narrow { "Show all runs" } else { "Open flows" }}
            </a>
        </Empty>
    }
}

#[component]
fn RunTable(rows: Memo<Vec<Run>>, people: Memo<BTreeMap<String, String>>) -> impl IntoView {
    let longest = Memo::new(move |_| {
        rows.with(|all| all.iter().filter_map(|it| it.duration).max().unwrap_or(1).max(1))
    });
    let by = move |run: &Run| people.with_untracked(|it| starter(run, it));
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
                    <RunRow by=by(&run) run=run longest=longest />
                </For>
            </tbody>
        </Table>
    }
}

#[component]
fn RunRow(run: Run, by: Starter, longest: Memo<i64>) -> impl IntoView {
    let now = use_now();
    let at = run.start_time.as_deref().or(Some(&run.created)).and_then(parse_time);
    let started = move || at.map(|it| now.get().clock(it));
    let (state, words) = look(&run);
    let took = run.duration.map(duration);
    let said = run.failed_step.as_ref().map(|it| format!("Stopped at {}", it.display_name));
    let sub = [run.kind().words().map(str::to_owned), said].into_iter().flatten();
    let sub = sub.collect::<Vec<_>>().join(", ");
    view! {
        <tr>
            <td class="fit"><Pill state=state label=words /></td>
            <td class="name wide">
                <a class="rowlink" href=format!("/runs/{}", run.id)>{run.flow_name}</a>
                <span class="sub">{sub}</span>
                <span class="sub only-cq num">{started} {took.clone().map(|it| format!(", {it}"))}</span>
            </td>
            <td class="num p2">{started}</td>
            <td class="p2"><Took took=run.duration state=state longest=longest /></td>
            <td class="num p3">{run.steps_count}</td>
            <td class="p3"><By by=by /></td>
            <td><Icon name="chev-right" /></td>
        </tr>
    }
}

/// How long it took, beside the longest.
#[component]
fn Took(took: Option<i64>, state: State, longest: Memo<i64>) -> impl IntoView {
    took.map(|took| {
        let style = move || format!("inline-size: {}%", (took * 100 / longest.get()).clamp(2, 100));
        view! {
            <span class="took">
                <i style=style data-s=state.key()></i>
                <span class="num">{duration(took)}</span>
            </span>
        }
    })
}

/// Who or what started it.
#[component]
pub fn By(
    /// Who or what.
    by: Starter,
) -> impl IntoView {
    let person = by.person.map(|name| {
        view! {
            <span class="row">
                <Avatar name=name.clone() size="avatar--xs" decorative=true />
                <span class="trunc">{name}</span>
            </span>
        }
    });
    let words = by.words.map(|it| view! { <span class="quiet">{it}</span> });
    let run =
        by.run.map(|(id, flow)| view! { <a class="link" href=format!("/runs/{id}")>{flow}</a> });
    view! { {person} {words} {run.map(|it| view! { " " {it} })} }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(id: &str) -> Run {
        serde_json::from_value(json!({"id": id, "projectId": "w", "flowId": "f", "flowVersionId": "v", "flowName": "F",
            "environment": "PRODUCTION", "status": "SUCCEEDED", "created": "", "triggeredBy": "manual"}))
        .unwrap()
    }

    #[test]
    fn a_run_that_moved_on_is_listed_once() {
        let all = joined(&[run("3"), run("2")], &[run("2"), run("1")]);
        let ids: Vec<_> = all.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["3", "2", "1"]);
    }
}
