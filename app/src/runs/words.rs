//! How runs are put into words.

use crate::ui::badge::State;
use domain::flow::run::{Run, RunKind, RunStatus};
use domain::ids::RunId;
pub use domain::words::count;
use std::collections::BTreeMap;

/// The word for how a run ended, plainer than its state.
pub fn run_word(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Queued => "Queued",
        RunStatus::Running => "Running",
        RunStatus::Paused => "Waiting",
        RunStatus::Succeeded => "Succeeded",
        RunStatus::Failed => "Failed",
        RunStatus::Timeout => "Took too long",
        RunStatus::InternalError => "Our fault",
        RunStatus::QuotaExceeded => "Over the limit",
        RunStatus::MemoryLimitExceeded => "Too large",
        RunStatus::Canceled => "Stopped",
    }
}

/// How a run is drawn, and its word. What was only looked at never looks like something that was done.
pub fn look(run: &Run) -> (State, &'static str) {
    match (run.kind(), run.status) {
        (RunKind::Dry, RunStatus::Succeeded) => (State::WouldChange, "Nothing changed"),
        (_, status) => (State::from(status), run_word(status)),
    }
}

/// The end of its id, by which people tell runs apart.
pub fn number(id: &RunId) -> String {
    let letters: Vec<char> = id.as_str().chars().collect();
    letters[letters.len().saturating_sub(6)..].iter().collect()
}

/// What started a run.
pub fn started_by(trigger: &str) -> &'static str {
    match trigger {
        "webhook" => "Webhook",
        "schedule" => "Schedule",
        "manual" => "By hand",
        "retry" => "Retry",
        "chat" => "Assistant",
        "app" => "App",
        "form" => "Form",
        "basecamp" => "Basecamp",
        "flow" => "Another flow",
        _ => "Trigger",
    }
}

/// Who or what started a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Starter {
    /// Name of the person who did.
    pub person: Option<String>,
    /// What did; beside a person only where it was not simply by hand.
    pub words: Option<&'static str>,
    /// The run that called it, and the name of its flow.
    pub run: Option<(RunId, String)>,
}

/// Who or what started `run`; `people` are names by id.
pub fn starter(run: &Run, people: &BTreeMap<String, String>) -> Starter {
    if let Some(caller) = &run.called_by {
        let run = Some((caller.run_id.clone(), caller.flow_name.clone()));
        return Starter { words: Some("Flow"), run, ..Starter::default() };
    }
    let by_hand = matches!(run.triggered_by.as_str(), "manual" | "retry");
    let name = run.acting_user.as_ref().filter(|_| by_hand).map(|it| {
        people.get(it.as_str()).cloned().unwrap_or_else(|| "Somebody who left".to_owned())
    });
    let says_enough = name.is_some() && run.triggered_by == "manual";
    Starter {
        words: (!says_enough).then(|| started_by(&run.triggered_by)),
        person: name,
        run: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn run(more: Value) -> Run {
        let mut all = json!({"id": "0190-abcdef", "projectId": "w", "flowId": "f", "flowVersionId": "v",
            "flowName": "F", "environment": "PRODUCTION", "status": "SUCCEEDED", "created": "",
            "triggeredBy": "manual"});
        all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn a_dry_run_does_not_look_done() {
        let dry = run(json!({"environment": "TESTING", "trial": "dry"}));
        assert_eq!(look(&dry), (State::WouldChange, "Nothing changed"));
        assert_eq!(dry.kind().words(), Some("Dry run"));
        let step = run(json!({"environment": "TESTING", "trial": {"step": {"name": "step_1"}}}));
        assert_eq!((look(&step).0, step.kind().words()), (State::Succeeded, Some("Step test")));
        assert_eq!(run(json!({"environment": "TESTING"})).kind().words(), Some("Test run"));
        assert_eq!(run(json!({})).kind().words(), None);
    }

    #[test]
    fn a_run_names_who_or_what_started_it() {
        let people = BTreeMap::from([("u1".to_owned(), "Mira Holt".to_owned())]);
        let by = |more| starter(&run(more), &people);
        let hand = by(json!({"actingUser": "u1"}));
        assert_eq!((hand.person.as_deref(), hand.words), (Some("Mira Holt"), None));
        let retry = by(json!({"actingUser": "u1", "triggeredBy": "retry"}));
        assert_eq!((retry.person.as_deref(), retry.words), (Some("Mira Holt"), Some("Retry")));
        let clock = by(json!({"actingUser": "u1", "triggeredBy": "schedule"}));
        assert_eq!((clock.person, clock.words), (None, Some("Schedule")));
        let left = by(json!({"actingUser": "u9"}));
        assert_eq!(left.person.as_deref(), Some("Somebody who left"));
        let called =
            by(json!({"triggeredBy": "flow", "calledBy": {"runId": "r9", "flowName": "Intake"}}));
        assert_eq!(called.run, Some(("r9".into(), "Intake".to_owned())));
    }

    #[test]
    fn a_run_has_a_short_number() {
        assert_eq!(number(&"0190-abcdef".into()), "abcdef");
        assert_eq!(number(&"r1".into()), "r1");
    }
}
