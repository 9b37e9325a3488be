//! What to do next: at most five things, each with one button.

use crate::error::AppError;
use crate::flows::server_fns::FlowList;
use crate::home::runs::failed_lately;
use crate::ui::button::{ButtonLink, Size};
use crate::ui::icon::Icon;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::Moment;
use domain::approval::Approval;
use domain::flow::listing::Page;
use domain::flow::run::Run;
use domain::setup::{Setup, SetupState};
use domain::todo::DueTodos;
use leptos::prelude::*;

/// What the list and the line are made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The name, Basecamp or the flow engine was never set; known to those who manage the workspace.
    pub(crate) needs_setup: bool,
    /// Nobody chose where flows run.
    pub(crate) needs_engine: bool,
    /// The flow engine was chosen and does not work.
    pub(crate) engine_fails: bool,
    /// Basecamp was connected and does not work.
    pub(crate) basecamp_fails: bool,
    /// No model answers that was chosen to.
    pub(crate) assistant_fails: bool,
    /// Runs that failed lately.
    pub(crate) failed_runs: usize,
    /// Approvals that wait.
    pub(crate) approvals: usize,
    /// To-dos past their day.
    pub(crate) overdue: usize,
    /// There is a flow.
    pub(crate) has_flow: bool,
}

impl Facts {
    /// With what the setup says.
    pub(crate) fn set_up(self, setup: &Setup) -> Self {
        let is = |id: &str, state: SetupState| {
            setup.steps.iter().any(|it| it.id == id && it.state == state)
        };
        let is_open = |id: &str| is(id, SetupState::Pending);
        Self {
            needs_setup: ["account", "basecamp", "engine"].into_iter().any(is_open),
            needs_engine: is_open("engine"),
            engine_fails: is("engine", SetupState::Failed),
            basecamp_fails: is("basecamp", SetupState::Failed),
            assistant_fails: !is("assistant", SetupState::Done),
            ..self
        }
    }
}

/// What the page loads that the list and the line are made from.
#[derive(Clone, Copy)]
pub struct Known {
    /// None for those who do not manage the workspace.
    pub(crate) setup: Resource<Result<Option<Setup>, AppError>>,
    pub(crate) todos: Resource<Result<Option<DueTodos>, AppError>>,
    pub(crate) runs: Resource<Result<Page<Run>, AppError>>,
    pub(crate) flows: Resource<Result<FlowList, AppError>>,
    pub(crate) approvals: Resource<Result<Vec<Approval>, AppError>>,
    pub(crate) now: Signal<Moment>,
}

impl Known {
    /// What could not be read counts as nothing here; its own card says so.
    pub(crate) async fn facts(self) -> Facts {
        let now = self.now.get_untracked();
        let due = self.todos.await.ok().flatten();
        let facts = Facts {
            failed_runs: self.runs.await.map_or(0, |page| failed_lately(&page.data, now)),
            approvals: self.approvals.await.map_or(0, |it| it.len()),
            overdue: due.map_or(0, |it| it.overdue),
            has_flow: self.flows.await.is_ok_and(|it| !it.flows.is_empty()),
            ..Facts::default()
        };
        match self.setup.await {
            Ok(Some(setup)) => facts.set_up(&setup),
            _ => facts,
        }
    }
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
    let engine = "/setup/engine";
    let all = [
        (
            facts.needs_engine,
            item("flow", "warn", "Nobody chose where flows run".to_owned(), "Choose", engine),
        ),
        (
            facts.engine_fails,
            item("circle-x", "bad", "The flow engine does not work".to_owned(), "Mend it", engine),
        ),
        (
            facts.basecamp_fails,
            item(
                "circle-x",
                "bad",
                "Basecamp no longer lets us in".to_owned(),
                "Mend it",
                "/integrations",
            ),
        ),
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

/// The card.
#[component]
pub(crate) fn FocusCard(known: Known) -> impl IntoView {
    let content = move || {
        Suspend::new(async move {
            view! { <Items facts=known.facts().await /> }
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
    use domain::setup::SetupStep;

    fn titles(facts: Facts) -> Vec<String> {
        focus(facts).into_iter().map(|it| it.title).collect()
    }

    #[test]
    fn failures_come_before_approvals_before_late_work() {
        let facts =
            Facts { failed_runs: 2, approvals: 1, overdue: 11, has_flow: true, ..Facts::default() };
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

    #[test]
    fn what_is_broken_comes_first_and_five_are_enough() {
        let facts = Facts {
            needs_engine: true,
            engine_fails: true,
            basecamp_fails: true,
            failed_runs: 1,
            approvals: 1,
            overdue: 1,
            ..Facts::default()
        };
        assert_eq!(
            titles(facts),
            [
                "Nobody chose where flows run",
                "The flow engine does not work",
                "Basecamp no longer lets us in",
                "1 run failed",
                "1 approval waits"
            ]
        );
    }

    #[test]
    fn the_setup_tells_what_was_never_set_from_what_fails() {
        let step = |id: &str, state| SetupStep {
            id: id.to_owned(),
            state,
            title: String::new(),
            detail: None,
            action: None,
            reason: None,
            took_ms: None,
            reached: None,
        };
        let setup = |basecamp, assistant| Setup {
            steps: vec![
                step("account", SetupState::Done),
                step("basecamp", basecamp),
                step("engine", SetupState::Done),
                step("assistant", assistant),
                step("ready", SetupState::Pending),
            ],
            done: 0,
            total: 5,
            next: None,
            ready: false,
        };
        let facts = |basecamp, assistant| Facts::default().set_up(&setup(basecamp, assistant));
        assert_eq!(facts(SetupState::Done, SetupState::Done), Facts::default());
        assert!(facts(SetupState::Pending, SetupState::Done).needs_setup);
        let broken = facts(SetupState::Failed, SetupState::Pending);
        assert!(broken.basecamp_fails && broken.assistant_fails && !broken.needs_setup);
    }
}
