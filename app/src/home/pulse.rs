//! How the workspace is, in one line (product.md 7).

use crate::home::focus::{Facts, Known};
use crate::ui::badge::{Pill, State};
use domain::words::count;
use leptos::prelude::*;

/// The line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pulse {
    SetupRequired,
    ConnectorRisk,
    Failures,
    ReadyToBuild,
    Healthy,
}

impl Pulse {
    /// The first that fits.
    pub(crate) fn of(facts: Facts) -> Self {
        match facts {
            it if it.needs_setup => Self::SetupRequired,
            it if it.engine_fails || it.basecamp_fails || it.assistant_fails => Self::ConnectorRisk,
            it if it.failed_runs > 0 => Self::Failures,
            it if !it.has_flow => Self::ReadyToBuild,
            _ => Self::Healthy,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::SetupRequired => "Project setup required",
            Self::ConnectorRisk => "Connector risk",
            Self::Failures => "Failures need review",
            Self::ReadyToBuild => "Ready to build",
            Self::Healthy => "Healthy",
        }
    }

    fn state(self) -> State {
        match self {
            Self::SetupRequired => State::Waiting,
            Self::ConnectorRisk | Self::Failures => State::Failed,
            Self::ReadyToBuild => State::Queued,
            Self::Healthy => State::Succeeded,
        }
    }
}

/// The line, beside the title of the page.
#[component]
pub(crate) fn PulseLine(known: Known) -> impl IntoView {
    let line = move || {
        Suspend::new(async move {
            let pulse = Pulse::of(known.facts().await);
            view! { <Pill state=pulse.state() label=pulse.words() /> }
        })
    };
    view! { <p role="status" aria-label="How the workspace is"><Transition>{line}</Transition></p> }
}

/// What waits, as a sentence beside the day; nothing where nothing does.
fn news(facts: Facts) -> String {
    let approvals =
        (facts.approvals > 0).then(|| count(facts.approvals, "approval waits", "approvals wait"));
    let overdue =
        (facts.overdue > 0).then(|| count(facts.overdue, "to-do is late", "to-dos are late"));
    let all: Vec<String> = [overdue, approvals].into_iter().flatten().collect();
    if all.is_empty() { String::new() } else { format!("{}.", all.join(", ")) }
}

/// The sentence.
#[component]
pub(crate) fn NewsLine(known: Known) -> impl IntoView {
    let line = move || Suspend::new(async move { news(known.facts().await) });
    view! { <span><Transition>{line}</Transition></span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_said_beside_the_day() {
        let facts = Facts { overdue: 9, approvals: 1, ..Facts::default() };
        assert_eq!(news(facts), "9 to-dos are late, 1 approval waits.");
        assert_eq!(news(Facts::default()), "");
    }

    #[test]
    fn the_first_line_that_fits_is_said() {
        let well = Facts { has_flow: true, ..Facts::default() };
        let all_bad = Facts {
            needs_setup: true,
            basecamp_fails: true,
            failed_runs: 3,
            has_flow: false,
            ..Facts::default()
        };
        let cases = [
            (all_bad, "Project setup required"),
            (Facts { needs_setup: false, ..all_bad }, "Connector risk"),
            (Facts { engine_fails: true, ..well }, "Connector risk"),
            (Facts { assistant_fails: true, failed_runs: 1, ..well }, "Connector risk"),
            (Facts { failed_runs: 1, ..Facts::default() }, "Failures need review"),
            (Facts::default(), "Ready to build"),
            (Facts { approvals: 2, overdue: 9, ..well }, "Healthy"),
        ];
        for (facts, words) in cases {
            assert_eq!(Pulse::of(facts).words(), words, "{facts:?}");
        }
    }
}
