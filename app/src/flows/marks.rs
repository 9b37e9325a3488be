//! What lies over the steps: how they stand in a run, and what the assistant has just written.

use crate::runs::words::count;
use crate::ui::badge::State;
use crate::ui::time::duration;
use domain::flow::proposal::StepChange;
use domain::flow::run::{NOT_DONE, Run, StepOutput, StepStatus};
use domain::flow::{Action, ActionKind, FlowVersion, Trigger, tree};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a step: by the assistant a moment ago, or since the version it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is new.
    Added,
    /// It is different.
    Changed,
    /// It is new since then.
    AddedSince,
    /// It is different from then.
    ChangedSince,
    /// A proposal would do this to it.
    Proposed(StepChange),
}

impl Written {
    /// The tag on the step.
    pub fn words(self) -> &'static str {
        match self {
            Self::Added => "Assistant added",
            Self::Changed => "Assistant changed",
            Self::AddedSince => "Added since",
            Self::ChangedSince => "Changed since",
            Self::Proposed(StepChange::Added) => "New",
            Self::Proposed(StepChange::Changed) => "Changed",
            Self::Proposed(StepChange::Removed) => "Remove",
        }
    }

    /// The word in `data-op`.
    pub fn op(self) -> &'static str {
        match self {
            Self::Added | Self::AddedSince | Self::Proposed(StepChange::Added) => "add",
            Self::Changed | Self::ChangedSince | Self::Proposed(StepChange::Changed) => "mod",
            Self::Proposed(StepChange::Removed) => "del",
        }
    }

    /// The icon of the tag.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Added | Self::Changed => "assistant",
            Self::AddedSince | Self::ChangedSince => "history",
            Self::Proposed(StepChange::Added) => "plus",
            Self::Proposed(StepChange::Changed) => "edit",
            Self::Proposed(StepChange::Removed) => "minus",
        }
    }
}

/// Steps of `after` that are not the same in `before`.
pub fn written(before: &FlowVersion, after: &FlowVersion) -> BTreeMap<String, Written> {
    let old = contents(before);
    let changed = |(name, now): (String, String)| match old.get(&name) {
        None => Some((name, Written::Added)),
        Some(was) if *was != now => Some((name, Written::Changed)),
        Some(_) => None,
    };
    contents(after).into_iter().filter_map(changed).collect()
}

/// The same for people who compare.
pub fn since(before: &FlowVersion, after: &FlowVersion) -> BTreeMap<String, Written> {
    let plain = |it| match it {
        Written::Added => Written::AddedSince,
        _ => Written::ChangedSince,
    };
    written(before, after).into_iter().map(|(name, it)| (name, plain(it))).collect()
}

/// Each step's own content, without what follows it.
fn contents(version: &FlowVersion) -> BTreeMap<String, String> {
    let trigger = Trigger { next_action: None, ..version.trigger.clone() };
    let alone = |it: &Action| (it.name.clone(), text_of(&(&it.display_name, &it.kind, it.skip)));
    let steps = tree::steps(&version.trigger).into_iter().map(alone);
    steps.chain([(trigger.name.clone(), text_of(&trigger))]).collect()
}

fn text_of(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// How a step stands in the run that is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct RunMark {
    /// The word in `data-run`: `succeeded`, `would`, `running`, `failed`, `waiting`, `skipped`, `notrun`.
    pub state: &'static str,
    /// Glyph and word; none for a step that did not run.
    pub shown: Option<State>,
    /// "0.7 s, 6 times"; the step's own words when there is nothing to say.
    pub words: Option<String>,
    /// The row below.
    pub note: Option<String>,
    /// How far a loop is, in percent.
    pub part: Option<u32>,
}

/// The state of every step of `version` in `run`.
pub fn run_marks(version: &FlowVersion, run: &Run) -> BTreeMap<String, RunMark> {
    let mut marks = BTreeMap::new();
    marks.insert(version.trigger.name.clone(), of_trigger(run));
    chain(version.trigger.next_action.as_deref(), &run.steps, true, &mut marks);
    marks
}

fn of_trigger(run: &Run) -> RunMark {
    let output = read(&run.steps, "trigger");
    output.map_or_else(|| of_status(StepStatus::Succeeded), |it| of_output(&it))
}

/// Marks a chain; `is_taken` is false inside a branch that was not.
fn chain(
    start: Option<&Action>,
    steps: &Map<String, Value>,
    is_taken: bool,
    marks: &mut BTreeMap<String, RunMark>,
) {
    for action in tree::chain(start) {
        let output = read(steps, &action.name);
        let mark = match &output {
            Some(output) => of_output(output),
            None if is_taken && !action.skip => did_not_run("notrun"),
            None => did_not_run("skipped"),
        };
        inside(action, output.as_ref(), steps, is_taken, marks);
        marks.insert(action.name.clone(), mark);
    }
}

/// Marks the body of a loop by its last round, the branches of a router by which were taken, and an error branch by
/// whether its step failed.
fn inside(
    action: &Action,
    output: Option<&StepOutput>,
    steps: &Map<String, Value>,
    is_taken: bool,
    marks: &mut BTreeMap<String, RunMark>,
) {
    let given = output.and_then(|it| it.output.as_ref());
    if let ActionKind::Loop(_) = action.kind {
        let rounds = given.and_then(|it| it.get("iterations")).and_then(Value::as_array);
        let last = rounds.and_then(|it| it.last()).and_then(Value::as_object);
        let none = Map::new();
        let ran = output.is_none() || last.is_some();
        chain(action.first_loop_action.as_deref(), last.unwrap_or(&none), is_taken && ran, marks);
    }
    for (at, child) in action.children.iter().flatten().enumerate() {
        let taken = given.is_none_or(|it| branch_taken(it, at));
        chain(child.as_deref(), steps, is_taken && taken, marks);
    }
    let has_failed = output.is_some_and(|it| it.status == StepStatus::Failed);
    chain(action.on_error_action.as_deref(), steps, is_taken && has_failed, marks);
}

/// Whether the router's output says that branch `at` ran.
pub fn branch_taken(output: &Value, at: usize) -> bool {
    let branches = output.get("branches").and_then(Value::as_array);
    let branch = branches.and_then(|it| it.get(at));
    branch.and_then(|it| it.get("evaluation")).and_then(Value::as_bool).unwrap_or(false)
}

/// The stored output of a step, if it reads as one.
pub fn read(steps: &Map<String, Value>, name: &str) -> Option<StepOutput> {
    serde_json::from_value(steps.get(name)?.clone()).ok()
}

fn did_not_run(state: &'static str) -> RunMark {
    RunMark { state, shown: None, words: None, note: None, part: None }
}

fn of_status(status: StepStatus) -> RunMark {
    let state = if status == StepStatus::Paused { State::Waiting } else { State::from(status) };
    RunMark { state: state.key(), shown: Some(state), words: None, note: None, part: None }
}

impl RunMark {
    /// The word people hear.
    pub fn word(&self) -> &'static str {
        match self.shown {
            Some(state) => state.word(),
            None if self.state == "skipped" => "Skipped",
            None => "Not run yet",
        }
    }
}

fn of_output(output: &StepOutput) -> RunMark {
    let rounds =
        output.output.as_ref().and_then(|it| it.get("iterations")).and_then(Value::as_array);
    let rounds = rounds.filter(|_| output.r#type == "LOOP_ON_ITEMS").map(Vec::len);
    let of = output.input.get("items").and_then(Value::as_array).map(Vec::len).or(rounds);
    let part = rounds.zip(of).map(|(done, of)| percent(done, of));
    let times = rounds.map(|it| count(it, "round", "rounds"));
    let words =
        [output.duration.map(whole_ms), times].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let stands = match output.warnings.iter().any(|it| it == NOT_DONE) {
        true => {
            RunMark { state: "would", shown: Some(State::WouldChange), ..of_status(output.status) }
        }
        false => of_status(output.status),
    };
    RunMark {
        words: (!words.is_empty()).then_some(words),
        note: output.error_message.clone(),
        part,
        ..stands
    }
}

/// A measured time in words; anything below a millisecond counts as one.
pub fn whole_ms(milliseconds: f64) -> String {
    // A run is limited to minutes, so its milliseconds fit.
    let whole = format!("{:.0}", milliseconds.max(1.0)).parse().unwrap_or(0);
    duration(whole)
}

fn percent(done: usize, of: usize) -> u32 {
    (done * 100).checked_div(of).map_or(100, |it| u32::try_from(it).unwrap_or(100).min(100))
}

/// Steps whose mark has a row of its own.
pub(super) fn with_note(marks: &BTreeMap<String, RunMark>) -> BTreeSet<String> {
    marks
        .iter()
        .filter(|it| it.1.note.is_some() || it.1.part.is_some())
        .map(|it| it.0.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::catalog::{self, step};
    use serde_json::json;

    fn version() -> FlowVersion {
        let mut router = step::router_step("step_1");
        let todo = |name| step::piece_action(name, catalog::BASECAMP, "todos").map(Box::new);
        router.children = Some(vec![todo("step_2"), todo("step_3")]);
        router.next_action = todo("step_4");
        let mut trigger = step::empty_trigger();
        trigger.next_action = Some(Box::new(router));
        serde_json::from_value(json!({"displayName": "F", "trigger": trigger})).unwrap()
    }

    fn run(steps: &Value) -> Run {
        serde_json::from_value(
            json!({"id": "r", "projectId": "p", "flowId": "f", "flowVersionId": "v",
            "flowName": "F", "environment": "PRODUCTION", "status": "RUNNING", "created": "",
            "triggeredBy": "webhook", "steps": steps}),
        )
        .unwrap()
    }

    #[test]
    fn the_branch_not_taken_is_skipped_and_what_comes_later_has_not_run_yet() {
        let router = json!({"type": "ROUTER", "status": "SUCCEEDED", "input": {}, "duration": 12.0,
            "output": {"branches": [{"branchName": "a", "branchIndex": 1, "evaluation": true},
                                    {"branchName": "b", "branchIndex": 2, "evaluation": false}]}});
        let done =
            json!({"type": "PIECE", "status": "FAILED", "input": {}, "errorMessage": "No access"});
        let marks = run_marks(&version(), &run(&json!({"step_1": router, "step_2": done})));
        let states: Vec<_> = marks.iter().map(|(name, it)| (name.as_str(), it.state)).collect();
        assert_eq!(
            states,
            [
                ("step_1", "succeeded"),
                ("step_2", "failed"),
                ("step_3", "skipped"),
                ("step_4", "notrun"),
                ("trigger", "succeeded"),
            ]
        );
        assert_eq!(marks["step_1"].words.as_deref(), Some("12 ms"));
        assert_eq!(marks["step_2"].note.as_deref(), Some("No access"));
    }

    #[test]
    fn branches_that_run_at_the_same_time_are_marked_each_for_itself() {
        let router = json!({"type": "ROUTER", "status": "SUCCEEDED", "input": {}, "output": {"branches": [
            {"branchName": "a", "branchIndex": 1, "evaluation": true},
            {"branchName": "b", "branchIndex": 2, "evaluation": true}]}});
        let step = |status: &str| json!({"type": "PIECE", "status": status, "input": {}});
        let steps = json!({"step_1": router, "step_2": step("RUNNING"), "step_3": step("PAUSED")});
        let marks = run_marks(&version(), &run(&steps));
        let states = ["step_2", "step_3", "step_4"].map(|it| marks[it].state);
        assert_eq!(states, ["running", "waiting", "notrun"]);
    }

    #[test]
    fn only_steps_with_another_content_count_as_written() {
        let before = version();
        let mut after = version();
        if let Some(router) = after.trigger.next_action.as_mut() {
            router.display_name = "Which one?".to_owned();
            router.next_action = Some(Box::new(step::loop_step("step_9")));
        }
        let found = written(&before, &after);
        assert_eq!(found.get("step_1"), Some(&Written::Changed));
        assert_eq!(found.get("step_9"), Some(&Written::Added));
        assert_eq!(found.len(), 2);
    }
}
