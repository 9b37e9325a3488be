//! What a run did, step by step, in the order of the flow: rounds inside loops, branches that were taken.

use super::words::count;
use crate::flows::cards::{Card, cards};
use crate::flows::marks::{branch_taken, read};
use crate::ui::time::parse_time;
use domain::flow::catalog::{APPROVAL, DELAY, SUBFLOWS};
use domain::flow::run::{NOT_DONE, Run, StepOutput, StepStatus};
use domain::flow::{Action, ActionKind, FlowVersion, tree};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One step of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What the step is.
    pub card: Card,
    /// What it did; nothing when it did not run.
    pub output: Option<StepOutput>,
    /// What a dry run would have changed here, as a sentence; the step was passed over.
    pub would: Option<String>,
    /// What ids of its input stand for, by the dotted path of the input.
    pub names: BTreeMap<String, String>,
    /// Milliseconds it took, what it waited for included.
    pub took: Option<f64>,
    /// Loops: what happened in each round.
    pub rounds: Vec<Vec<Entry>>,
    /// Where its time lies in the run's, in percent: start and length.
    pub span: Option<(f64, f64)>,
}

impl Entry {
    /// It did what it should, and that was something.
    fn is_finished(&self) -> bool {
        let status = self.output.as_ref().map(|it| it.status);
        self.would.is_none() && matches!(status, Some(StepStatus::Succeeded | StepStatus::Stopped))
    }
}

/// Every step of `run`, the trigger first. Branches that were not taken are left out.
pub fn timeline(version: &FlowVersion, run: &Run) -> Vec<Entry> {
    let reader = Reader {
        cards: cards(version),
        start: start(run),
        end: run.finish_time.as_deref().and_then(exact),
        length: length(run),
    };
    let mut entries: Vec<_> = reader.entry(&version.trigger.name, &run.steps).into_iter().collect();
    entries.extend(reader.chain(version.trigger.next_action.as_deref(), &run.steps));
    entries
}

/// What a dry run would have changed, in order, each with its step.
pub fn would_change(entries: &[Entry]) -> Vec<(&Entry, &str)> {
    flat(entries).into_iter().filter_map(|it| Some((it, it.would.as_deref()?))).collect()
}

/// "2 of 3 steps finished"; of a dry run what was only looked at.
pub fn progress(entries: &[Entry]) -> String {
    let all = count(entries.len(), "step", "steps");
    let would = entries.iter().filter(|it| it.would.is_some()).count();
    let done = entries.iter().filter(|it| it.is_finished()).count();
    match would {
        0 => format!("{done} of {all} finished"),
        some => format!("{} of {all} walked, {some} would change something", done + some),
    }
}

/// Epoch milliseconds of an RFC 3339 time, to the millisecond.
fn exact(text: &str) -> Option<i64> {
    let fraction = text.split_once('.').map_or("", |it| it.1);
    let digits: String = fraction.chars().take_while(char::is_ascii_digit).take(3).collect();
    Some(parse_time(text)? + format!("{digits:0<3}").parse::<i64>().ok()?)
}

/// The entries of `entries` and of all rounds in them, in order.
pub fn flat(entries: &[Entry]) -> Vec<&Entry> {
    entries
        .iter()
        .flat_map(|it| std::iter::once(it).chain(it.rounds.iter().flat_map(|it| flat(it))))
        .collect()
}

fn start(run: &Run) -> Option<i64> {
    run.start_time.as_deref().or(Some(&run.created)).and_then(exact)
}

fn length(run: &Run) -> Option<f64> {
    let milliseconds = run.duration.filter(|it| *it > 0)?;
    Some(f64::from(i32::try_from(milliseconds).ok()?))
}

struct Reader {
    cards: Vec<Card>,
    start: Option<i64>,
    end: Option<i64>,
    length: Option<f64>,
}

impl Reader {
    fn entry(&self, name: &str, steps: &Map<String, Value>) -> Option<Entry> {
        let card = self.cards.iter().find(|it| it.name == name)?.clone();
        let output = read(steps, name);
        let said = output.as_ref();
        let is_passed_over = said.is_some_and(|it| it.warnings.iter().any(|it| it == NOT_DONE));
        // Runs from before steps said what they would change have only the warning.
        let would = said.and_then(|it| it.would_change.clone());
        let would = would.or_else(|| is_passed_over.then(|| card.title.clone()));
        let names = said.map(|it| it.names.clone()).unwrap_or_default();
        let took = output.as_ref().and_then(|it| it.duration);
        let span = output.as_ref().and_then(|it| self.span(it, took?));
        Some(Entry { card, output, would, names, took, rounds: Vec::new(), span })
    }

    fn span(&self, output: &StepOutput, took: f64) -> Option<(f64, f64)> {
        let at = exact(output.started_at.as_deref()?)?;
        let after = f64::from(i32::try_from(at - self.start?).ok()?);
        let length = self.length?;
        let from = (after / length * 100.0).clamp(0.0, 99.0);
        let size = (took / length * 100.0).clamp(1.0, 100.0 - from);
        Some((from, size))
    }

    fn chain(&self, first: Option<&Action>, steps: &Map<String, Value>) -> Vec<Entry> {
        let mut entries = Vec::new();
        for action in tree::chain(first) {
            let at = entries.len();
            entries.extend(self.with_inside(action, steps));
            if waits(action)
                && let Some(entry) = entries.get_mut(at)
            {
                self.wait(entry, action.next_action.as_deref(), steps);
            }
        }
        entries
    }

    /// A step that waits is put aside meanwhile, and counts only what it worked itself: it took until the next one began.
    fn wait(&self, entry: &mut Entry, next: Option<&Action>, steps: &Map<String, Value>) {
        let Some(output) = entry.output.as_ref().filter(|it| it.status == StepStatus::Succeeded)
        else {
            return;
        };
        let begun = output.started_at.as_deref().and_then(exact);
        let next = next.and_then(|it| read(steps, &it.name)?.started_at.as_deref().and_then(exact));
        let until = next.or(self.end);
        let waited = begun.zip(until).and_then(|(from, to)| i32::try_from(to - from).ok());
        let took = waited.map_or(0.0, f64::from).max(entry.took.unwrap_or_default());
        let span = self.span(output, took);
        entry.took = Some(took);
        entry.span = span;
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

/// Whether the step lets the run wait.
fn waits(action: &Action) -> bool {
    let ActionKind::Piece(it) = &action.kind else { return false };
    [DELAY, APPROVAL, SUBFLOWS].contains(&it.piece_name.as_str())
}

/// "Took branding" of a router, "6 rounds" of a loop, what it would change, else the step's own words.
pub fn words(entry: &Entry) -> String {
    if entry.output.is_none() {
        return "Not run".to_owned();
    }
    if let Some(would) = &entry.would {
        return format!("Would change: {would}");
    }
    if !entry.rounds.is_empty() {
        return count(entry.rounds.len(), "round", "rounds");
    }
    let output = entry.output.as_ref();
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
        assert_eq!(progress(&entries), "4 of 5 steps finished");
        assert!(would_change(&entries).is_empty());
    }

    #[test]
    fn a_dry_run_lists_what_would_change_and_finishes_none_of_it() {
        let mut run = run();
        run.steps["step_5"]["wouldChange"] =
            json!("Post \u{201c}Overdue\u{201d} to Website relaunch");
        run.steps["step_5"]["names"] = json!({"project": "Website relaunch"});
        run.steps["step_1"]["output"]["iterations"][1]["step_2"]["warnings"] = json!([NOT_DONE]);
        let entries = timeline(&version(), &run);
        let all = would_change(&entries);
        let said: Vec<_> = all.iter().map(|it| it.1).collect();
        // A run from before has no sentence: the step's name stands for it.
        assert_eq!(said, [all[0].0.card.title.as_str(), "Post “Overdue” to Website relaunch"]);
        assert_eq!(all[1].0.names["project"], "Website relaunch");
        assert_eq!(progress(&entries), "4 of 5 steps walked, 1 would change something");
        assert_eq!(words(all[1].0), "Would change: Post “Overdue” to Website relaunch");
    }

    #[test]
    fn a_wait_took_until_the_next_step_began() {
        let mut wait = step::piece_action("step_1", DELAY, "delayFor").unwrap();
        wait.next_action = step::piece_action("step_2", catalog::BASECAMP, "todos").map(Box::new);
        let mut trigger = step::piece_trigger(catalog::WEBHOOK, "catch_webhook").unwrap();
        trigger.next_action = Some(Box::new(wait));
        let version: FlowVersion =
            serde_json::from_value(json!({"displayName": "F", "trigger": trigger})).unwrap();
        let done = |at: &str| json!({"type": "PIECE", "status": "SUCCEEDED", "input": {}, "duration": 1.0, "startedAt": at});
        let mut run = run();
        run.steps = Map::new();
        run.steps.insert("step_1".to_owned(), done("2026-02-18T09:46:00.100Z"));
        run.steps.insert("step_2".to_owned(), done("2026-02-18T09:46:01.150Z"));
        let took: Vec<_> = timeline(&version, &run).iter().map(|it| it.took).collect();
        assert_eq!(took, [None, Some(1050.0), Some(1.0)]);
    }
}
