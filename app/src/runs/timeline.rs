//! What a run did, step by step, in the order of the flow: rounds inside loops, branches that were taken.

use crate::flows::cards::{Card, cards};
use crate::flows::marks::{branch_taken, read};
use crate::ui::time::parse_time;
use domain::flow::run::{Run, StepOutput, StepStatus};
use domain::flow::{Action, ActionKind, FlowVersion, tree};
use serde_json::{Map, Value};

/// One step of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What the step is.
    pub card: Card,
    /// What it did; nothing when it did not run.
    pub output: Option<StepOutput>,
    /// Loops: what happened in each round.
    pub rounds: Vec<Vec<Entry>>,
    /// Where its time lies in the run's, in percent: start and length.
    pub span: Option<(f64, f64)>,
}

/// Every step of `run`, the trigger first. Branches that were not taken are left out.
pub fn timeline(version: &FlowVersion, run: &Run) -> Vec<Entry> {
    let reader = Reader { cards: cards(version), start: start(run), length: length(run) };
    let mut entries: Vec<_> = reader.entry(&version.trigger.name, &run.steps).into_iter().collect();
    entries.extend(reader.chain(version.trigger.next_action.as_deref(), &run.steps));
    entries
}

/// The entries of `entries` and of all rounds in them, in order.
pub fn flat(entries: &[Entry]) -> Vec<&Entry> {
    entries
        .iter()
        .flat_map(|it| std::iter::once(it).chain(it.rounds.iter().flat_map(|it| flat(it))))
        .collect()
}

fn start(run: &Run) -> Option<i64> {
    run.start_time.as_deref().or(Some(&run.created)).and_then(parse_time)
}

fn length(run: &Run) -> Option<f64> {
    let milliseconds = run.duration.filter(|it| *it > 0)?;
    Some(f64::from(i32::try_from(milliseconds).ok()?))
}

struct Reader {
    cards: Vec<Card>,
    start: Option<i64>,
    length: Option<f64>,
}

impl Reader {
    fn entry(&self, name: &str, steps: &Map<String, Value>) -> Option<Entry> {
        let card = self.cards.iter().find(|it| it.name == name)?.clone();
        let output = read(steps, name);
        let span = output.as_ref().and_then(|it| self.span(it));
        Some(Entry { card, output, rounds: Vec::new(), span })
    }

    fn span(&self, output: &StepOutput) -> Option<(f64, f64)> {
        let at = parse_time(output.started_at.as_deref()?)?;
        let after = f64::from(i32::try_from(at - self.start?).ok()?);
        let length = self.length?;
        let from = (after / length * 100.0).clamp(0.0, 99.0);
        let size = (output.duration? / length * 100.0).clamp(1.0, 100.0 - from);
        Some((from, size))
    }

    fn chain(&self, first: Option<&Action>, steps: &Map<String, Value>) -> Vec<Entry> {
        tree::chain(first).flat_map(|it| self.with_inside(it, steps)).collect()
    }

    fn with_inside(&self, action: &Action, steps: &Map<String, Value>) -> Vec<Entry> {
        let Some(mut entry) = self.entry(&action.name, steps) else { return Vec::new() };
        let given = entry.output.as_ref().and_then(|it| it.output.clone());
        if let (ActionKind::Loop(_), Some(given)) = (&action.kind, &given) {
            let rounds = given.get("iterations").and_then(Value::as_array).into_iter().flatten();
            let round = |it: &Value| {
                it.as_object().map(|it| self.chain(action.first_loop_action.as_deref(), it))
            };
            entry.rounds = rounds.filter_map(round).collect();
        }
        let taken = |at: usize| given.as_ref().is_some_and(|it| branch_taken(it, at));
        let children = action.children.iter().flatten().enumerate().filter(|it| taken(it.0));
        let mut inside: Vec<_> =
            children.flat_map(|(_, it)| self.chain(it.as_deref(), steps)).collect();
        if entry.output.as_ref().is_some_and(|it| it.status == StepStatus::Failed) {
            inside.extend(self.chain(action.on_error_action.as_deref(), steps));
        }
        std::iter::once(entry).chain(inside).collect()
    }
}

/// "Took branding" of a router, "6 rounds" of a loop, else the step's own words.
pub fn words(entry: &Entry) -> String {
    if entry.output.is_none() {
        return "Not run".to_owned();
    }
    if !entry.rounds.is_empty() {
        return super::words::count(entry.rounds.len(), "round", "rounds");
    }
    let output = entry.output.as_ref();
    if let Some(message) = output.and_then(|it| it.error_message.clone()) {
        return message;
    }
    let branches = output
        .and_then(|it| it.output.as_ref()?.get("branches")?.as_array().cloned())
        .unwrap_or_default();
    let taken: Vec<_> = branches
        .iter()
        .filter(|it| it.get("evaluation").and_then(Value::as_bool) == Some(true))
        .filter_map(|it| it.get("branchName").and_then(Value::as_str))
        .collect();
    match (branches.is_empty(), taken.is_empty()) {
        (true, _) => entry.card.words.clone(),
        (false, true) => "No branch fitted".to_owned(),
        (false, false) => format!("Took {}", taken.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::catalog::{self, step};
    use serde_json::json;

    fn version() -> FlowVersion {
        let todo = |name| step::piece_action(name, catalog::BASECAMP, "todos").map(Box::new);
        let mut each = step::loop_step("step_1");
        each.first_loop_action = todo("step_2");
        let mut router = step::router_step("step_3");
        router.children = Some(vec![todo("step_4"), todo("step_5")]);
        router.next_action = todo("step_6");
        each.next_action = Some(Box::new(router));
        let mut trigger = step::piece_trigger(catalog::WEBHOOK, "catch_webhook").unwrap();
        trigger.next_action = Some(Box::new(each));
        serde_json::from_value(json!({"displayName": "F", "trigger": trigger})).unwrap()
    }

    fn run() -> Run {
        let done = json!({"type": "PIECE", "status": "SUCCEEDED", "input": {}, "output": {"id": 1}, "duration": 250.0,
            "startedAt": "2026-02-18T09:46:00.000Z"});
        let each = json!({"type": "LOOP_ON_ITEMS", "status": "SUCCEEDED", "input": {},
            "output": {"item": 2, "index": 2, "iterations": [{"step_2": done}, {"step_2": done}]}});
        let router = json!({"type": "ROUTER", "status": "SUCCEEDED", "input": {}, "output": {"branches": [
            {"branchName": "A", "branchIndex": 1, "evaluation": false},
            {"branchName": "B", "branchIndex": 2, "evaluation": true}]}});
        serde_json::from_value(json!({"id": "r", "projectId": "p", "flowId": "f", "flowVersionId": "v",
            "flowName": "F", "environment": "PRODUCTION", "status": "RUNNING", "created": "2026-02-18T09:46:00Z",
            "startTime": "2026-02-18T09:46:00Z", "duration": 1000, "triggeredBy": "webhook",
            "steps": {"trigger": done, "step_1": each, "step_3": router, "step_5": done}}))
        .unwrap()
    }

    #[test]
    fn rounds_stand_inside_their_loop_and_only_the_branch_taken_is_listed() {
        let entries = timeline(&version(), &run());
        let names: Vec<_> = entries.iter().map(|it| it.card.name.as_str()).collect();
        assert_eq!(names, ["trigger", "step_1", "step_3", "step_5", "step_6"]);
        assert_eq!(entries[1].rounds.len(), 2);
        assert_eq!(flat(&entries).len(), 7);
    }

    #[test]
    fn each_step_says_what_became_of_it() {
        let entries = timeline(&version(), &run());
        let said: Vec<_> = entries.iter().map(words).collect();
        assert_eq!(said[1..], ["2 rounds", "Took B", "Basecamp", "Not run"].map(str::to_owned));
        assert_eq!(entries[0].span, Some((0.0, 25.0)));
    }
}
