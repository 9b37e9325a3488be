//! What to do next: at most five things, each with one button.

use crate::error::AppError;
use crate::flows::server_fns::FlowList;
use crate::home::runs::failed_lately;
use crate::projects::due::is_overdue;
use crate::ui::button::{ButtonLink, Size};
use crate::ui::icon::Icon;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::use_now;
use domain::approval::Approval;
use domain::flow::listing::Page;
use domain::flow::run::Run;
use domain::todo::Todo;
use leptos::prelude::*;

/// What the list is made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Runs that failed lately.
    pub(crate) failed_runs: usize,
    /// Approvals that wait.
    pub(crate) approvals: usize,
    /// To-dos past their day.
    pub(crate) overdue: usize,
    /// There is a flow.
    pub(crate) has_flow: bool,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Focus {
    icon: &'static str,
    tone: &'static str,
    title: String,
    button: &'static str,
    href: &'static str,
}

fn some(count: usize, one: &str, more: &str) -> String {
    if count == 1 { one.to_owned() } else { format!("{count} {more}") }
}

/// The list, in the fixed order of the product.
pub(crate) fn focus(facts: Facts) -> Vec<Focus> {
    let item = |icon, tone, title, button, href| Focus { icon, tone, title, button, href };
    let failed = some(facts.failed_runs, "1 run failed", "runs failed");
    let waiting = some(facts.approvals, "1 approval waits", "approvals wait");
    let overdue = some(facts.overdue, "1 to-do is overdue", "to-dos are overdue");
    let all = [
        (facts.failed_runs > 0, item("circle-x", "bad", failed, "Look at runs", "/runs")),
        (facts.approvals > 0, item("hand", "warn", waiting, "Decide", "/approvals")),
        (facts.overdue > 0, item("clock", "bad", overdue, "See projects", "/projects")),
        (
            !facts.has_flow,
            item(
                "flow",
                "quiet",
                "No flow does a chore for you yet".to_owned(),
                "Build one",
                "/flows",
            ),
        ),
        (
            true,
            item(
                "assistant",
                "quiet",
                "Ask the assistant what is at risk".to_owned(),
                "Ask",
                "/chat",
            ),
        ),
    ];
    all.into_iter().filter(|it| it.0).map(|it| it.1).take(5).collect()
}

/// The card. What could not be read counts as nothing here; its own card says so.
#[component]
pub(crate) fn FocusCard(
    todos: Resource<Result<Option<Vec<Todo>>, AppError>>,
    runs: Resource<Result<Page<Run>, AppError>>,
    flows: Resource<Result<FlowList, AppError>>,
    approvals: Resource<Result<Vec<Approval>, AppError>>,
) -> impl IntoView {
    let now = use_now();
    let content = move || {
        Suspend::new(async move {
            let now = now.get_untracked();
            let todos = todos.await.ok().flatten().unwrap_or_default();
            let overdue = todos.iter().filter(|it| is_overdue(it, now)).count();
            let approvals = approvals.await.map_or(0, |it| it.len());
            let failed_runs = runs.await.map_or(0, |page| failed_lately(&page.data, now));
            let has_flow = flows.await.is_ok_and(|it| !it.flows.is_empty());
            view! { <Items facts=Facts { failed_runs, approvals, overdue, has_flow } /> }
        })
    };
    view! {
        <section class="card" aria-labelledby="h-focus">
            <div class="card__head"><h2 id="h-focus">"Next"</h2></div>
            <Transition fallback=|| view! { <RowsSkeleton /> }>{content}</Transition>
        </section>
    }
}

#[component]
fn Items(facts: Facts) -> impl IntoView {
    let row = |it: Focus| {
        view! {
            <li>
                <span class=it.tone><Icon name=it.icon class="icon--md" /></span>
                <span class="grow"><b class="med">{it.title}</b></span>
                <ButtonLink size=Size::Small href=it.href>{it.button}</ButtonLink>
            </li>
        }
    };
    view! { <ul class="rows rows--tall">{focus(facts).into_iter().map(row).collect_view()}</ul> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(facts: Facts) -> Vec<String> {
        focus(facts).into_iter().map(|it| it.title).collect()
    }

    #[test]
    fn failures_come_before_approvals_before_late_work() {
        let facts = Facts { failed_runs: 2, approvals: 1, overdue: 11, has_flow: true };
        assert_eq!(
            titles(facts),
            [
                "2 runs failed",
                "1 approval waits",
                "11 to-dos are overdue",
                "Ask the assistant what is at risk"
            ]
        );
    }

    #[test]
    fn a_new_workspace_builds_a_flow_first() {
        assert_eq!(titles(Facts::default()).len(), 2);
    }
}
