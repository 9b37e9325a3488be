//! The day at a glance: four figures, each of which leads to what it counts.

use crate::home::focus::Known;
use crate::home::runs::since_yesterday;
use crate::ui::badge::State;
use crate::ui::time::{Moment, parse_time};
use domain::approval::Approval;
use domain::flow::run::Run;
use leptos::prelude::*;

/// One figure.
struct Figure {
    label: &'static str,
    value: String,
    more: String,
    href: &'static str,
}

/// The figures; dashes until they are known.
#[component]
pub(crate) fn Stats(known: Known) -> impl IntoView {
    let figures = move || {
        Suspend::new(async move {
            let now = known.now.get_untracked();
            let due = known.todos.await.ok().flatten();
            let (late, soon) = due.map_or((None, None), |it| (Some(it.overdue), Some(it.soon)));
            let counted =
                |it: Option<usize>| it.map_or_else(|| "–".to_owned(), |it| it.to_string());
            let unread = || ("–".to_owned(), "not read".to_owned());
            let approvals = known.approvals.await.ok();
            let (waiting, oldest) =
                approvals.map_or_else(unread, |it| (it.len().to_string(), oldest(&it, now)));
            let runs = known.runs.await.ok();
            let (ran, how) = runs.map_or_else(unread, |it| ran(&it.data, now));
            let all = [
                Figure {
                    label: "Overdue",
                    value: counted(late),
                    more: "to-dos past their day".to_owned(),
                    href: "/projects",
                },
                Figure {
                    label: "Due this week",
                    value: counted(soon),
                    more: "today and six days on".to_owned(),
                    href: "/projects",
                },
                Figure {
                    label: "Approvals waiting",
                    value: waiting,
                    more: oldest,
                    href: "/approvals",
                },
                Figure { label: "Flow runs today", value: ran, more: how, href: "/runs" },
            ];
            all.into_iter().map(|it| view! { <Stat figure=it /> }).collect_view()
        })
    };
    let empty = || {
        let labels = ["Overdue", "Due this week", "Approvals waiting", "Flow runs today"];
        let figure =
            |label| Figure { label, value: "–".to_owned(), more: "\u{a0}".to_owned(), href: "/" };
        labels.map(|it| view! { <Stat figure=figure(it) /> }).into_iter().collect_view()
    };
    view! {
        <section class="card stats" aria-label="Today at a glance">
            <Transition fallback=empty>{figures}</Transition>
        </section>
    }
}

#[component]
fn Stat(figure: Figure) -> impl IntoView {
    view! {
        <a class="stat" href=figure.href>
            <span class="stat__l">{figure.label}</span>
            <span class="stat__v">{figure.value}</span>
            <span class="stat__d">{figure.more}</span>
        </a>
    }
}

/// How long the oldest has waited.
fn oldest(approvals: &[Approval], now: Moment) -> String {
    let since = approvals.iter().filter_map(|it| parse_time(&it.created_at)).min();
    match since.map(|it| now.ago(it)) {
        None => "nothing to decide".to_owned(),
        Some(ago) if ago == "now" => "since just now".to_owned(),
        Some(ago) => format!("oldest {ago}"),
    }
}

/// How many runs of the last day there were among the newest, and how they went.
fn ran(runs: &[Run], now: Moment) -> (String, String) {
    let today = since_yesterday(runs, now);
    let count = |state: State| today.iter().filter(|it| State::from(it.status) == state).count();
    let (fine, failed) = (count(State::Succeeded), count(State::Failed));
    let all = if today.len() == runs.len() && runs.len() >= crate::home::page::RUNS as usize {
        format!("{}+", today.len())
    } else {
        today.len().to_string()
    };
    let how = match (fine + failed, failed) {
        (0, _) => "none ended yet".to_owned(),
        (_, 0) => "all fine".to_owned(),
        (ended, failed) => format!("{}% fine, {failed} failed", fine * 100 / ended),
    };
    (all, how)
}
