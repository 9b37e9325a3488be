//! Changes to a flow, on the wire those of the engines: `{type, request}` (flow.md 2).
//!
//! [`apply`] is pure: the canvas, the server and the assistant run the same code. Undo is the version before.
//! Where Activepieces silently ignores a change it cannot make, we refuse it with every reason.

mod actions;
mod branches;
pub(crate) mod copy;
mod notes;
pub mod operation;
mod outline;
mod plain;
mod reach;
pub mod words;

use super::condition::Condition;
use super::{
    Action, ActionKind, Branch, FlowVersion, Note, SCHEMA_VERSION, Trigger, tree, validate,
};
use crate::problem::Issue;
pub use outline::outline;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One change to a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "request", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FlowEdit {
    /// Replaces the trigger; the steps after it stay.
    UpdateTrigger(Box<Trigger>),
    /// Adds one step.
    AddAction(Box<AddAction>),
    /// Replaces a step's settings and words; what is inside and after it stays.
    UpdateAction(Box<Action>),
    /// Removes steps with what is inside them.
    DeleteAction(DeleteAction),
    /// Moves a step with what is inside it.
    MoveAction(MoveAction),
    /// Puts a copy of a step after it.
    DuplicateAction(OneStep),
    /// Passes steps over in runs, or no longer.
    SetSkipAction(SetSkip),
    /// Adds a branch to a router.
    AddBranch(AddBranch),
    /// Removes a branch with the steps in it.
    DeleteBranch(AtBranch),
    /// Puts a copy of a branch after it.
    DuplicateBranch(AtBranch),
    /// Changes the order of branches.
    MoveBranch(MoveBranch),
    /// Renames the flow.
    ChangeName(ChangeName),
    /// Replaces the whole flow.
    ImportFlow(Box<ImportFlow>),
    /// Adds a sticky note.
    AddNote(Note),
    /// Replaces a sticky note.
    UpdateNote(Note),
    /// Removes a sticky note.
    DeleteNote(DeleteNote),
}

/// Where a step goes, relative to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Location {
    /// Right after it.
    #[default]
    After,
    /// First in the loop's body.
    InsideLoop,
    /// First in a branch of the router.
    InsideBranch,
    /// First of what runs when the step failed; our addition.
    InsideErrorBranch,
}

/// Adds one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddAction {
    /// `trigger` or a step.
    pub parent_step: String,
    /// Relative to `parent_step`.
    #[serde(default)]
    pub step_location_relative_to_parent: Location,
    /// For [`Location::InsideBranch`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_index: Option<usize>,
    /// The step; an empty name takes the smallest free `step_N`.
    pub action: Action,
}

/// Removes steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteAction {
    /// The steps.
    pub names: Vec<String>,
}

/// Moves a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MoveAction {
    /// The step.
    pub name: String,
    /// `trigger` or a step.
    pub new_parent_step: String,
    /// Relative to `new_parent_step`.
    #[serde(default)]
    pub step_location_relative_to_new_parent: Location,
    /// For [`Location::InsideBranch`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_index: Option<usize>,
}

/// Names a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OneStep {
    /// The step.
    pub step_name: String,
}

/// Passes steps over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetSkip {
    /// The steps.
    pub names: Vec<String>,
    /// Whether runs pass them over.
    pub skip: bool,
}

/// Adds a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddBranch {
    /// The router.
    pub step_name: String,
    /// The place it takes; the fallback stays last.
    pub branch_index: usize,
    /// What people read.
    pub branch_name: String,
    /// Any of groups of all of; one empty condition when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Vec<Condition>>>,
}

/// Names a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AtBranch {
    /// The router.
    pub step_name: String,
    /// The branch, from 0.
    pub branch_index: usize,
}

/// Moves a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MoveBranch {
    /// The router.
    pub step_name: String,
    /// The branch, from 0.
    pub source_branch_index: usize,
    /// Where it goes, from 0.
    pub target_branch_index: usize,
}

/// Renames the flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeName {
    /// The new name.
    pub display_name: String,
}

/// Replaces the whole flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportFlow {
    /// The new name.
    pub display_name: String,
    /// The whole tree, in the shape of today or of earlier releases.
    #[serde(deserialize_with = "super::legacy::trigger")]
    pub trigger: Trigger,
    /// The schema it was written with.
    #[serde(default)]
    pub schema_version: Option<String>,
    /// Sticky notes.
    #[serde(default)]
    pub notes: Option<Vec<Note>>,
    /// The flow is put back as it was, so what tests of its steps gave still belongs to them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_samples: bool,
}

/// Removes a sticky note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteNote {
    /// The note.
    pub id: String,
}

/// `version` with one change made; flags and connections are worked out again.
///
/// # Errors
/// Every reason why the change cannot be made; nothing is changed then.
pub fn apply(version: &FlowVersion, edit: &FlowEdit) -> Result<FlowVersion, Vec<Issue>> {
    apply_all(version, std::slice::from_ref(edit))
}

/// `version` with all changes made in order, or with none.
///
/// # Errors
/// Every reason why the first change that cannot be made cannot.
pub fn apply_all(version: &FlowVersion, edits: &[FlowEdit]) -> Result<FlowVersion, Vec<Issue>> {
    let mut changed = version.clone();
    for edit in edits {
        change(&mut changed, edit)?;
    }
    refuse_too_deep(&changed)?;
    let secrets = plain::added(version, &changed);
    if !secrets.is_empty() {
        return Err(secrets);
    }
    changed.schema_version = Some(SCHEMA_VERSION.to_owned());
    refresh(&mut changed);
    Ok(changed)
}

/// How deep the JSON of a flow may be nested; readers of JSON give up at 128, and answers wrap flows.
const DEEPEST: usize = 110;
/// Steps of one flow.
const MOST_STEPS: usize = 1_000;

/// Refuses what would be saved but could not be read again: loops and branches nest in each other.
fn refuse_too_deep(version: &FlowVersion) -> Outcome {
    let steps = tree::steps(&version.trigger).len();
    if steps > MOST_STEPS {
        let message = format!(
            "The flow would have {steps} steps, more than {MOST_STEPS}. Move some of them into a flow of their own"
        );
        return refuse("steps", message);
    }
    let depth = serde_json::to_value(version).map_or(usize::MAX, |it| depth(&it));
    if depth > DEEPEST {
        return refuse(
            "steps",
            "Loops and branches are nested too deep in each other. Move some of them into a flow of their own",
        );
    }
    Ok(())
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// The smallest unused `step_N`.
pub fn next_step_name(version: &FlowVersion) -> String {
    tree::next_step_name(&version.trigger)
}

/// Works out `valid` of every step and of the version, and the connections it uses.
pub fn refresh(version: &mut FlowVersion) {
    let problems = validate::problems(version, None);
    let wrong: BTreeSet<_> = problems.iter().map(|it| it.step_name.as_str()).collect();
    version.trigger.valid = !wrong.contains(version.trigger.name.as_str());
    reach::each_mut(version.trigger.next_action.as_deref_mut(), &mut |it| {
        it.valid = !wrong.contains(it.name.as_str());
    });
    version.valid = problems.is_empty();
    let used: BTreeSet<_> =
        validate::used_connections(version).into_iter().map(|it| it.external_id).collect();
    version.connection_ids = used.into_iter().collect();
}

/// Changes the step called `name` of a version that is run and not saved; an unknown one is left out.
pub fn with_step(version: &mut FlowVersion, name: &str, change: impl FnOnce(&mut Action)) {
    if let Ok(action) = reach::step_mut(version, "name", name) {
        change(action);
    }
}

type Outcome = Result<(), Vec<Issue>>;

fn change(version: &mut FlowVersion, edit: &FlowEdit) -> Outcome {
    match edit {
        FlowEdit::UpdateTrigger(it) => actions::update_trigger(version, it),
        FlowEdit::AddAction(it) => actions::add(version, it),
        FlowEdit::UpdateAction(it) => actions::update(version, it),
        FlowEdit::DeleteAction(it) => actions::delete(version, it),
        FlowEdit::MoveAction(it) => actions::relocate(version, it),
        FlowEdit::DuplicateAction(it) => copy::duplicate_action(version, it),
        FlowEdit::SetSkipAction(it) => actions::set_skip(version, it),
        FlowEdit::AddBranch(it) => branches::add(version, it),
        FlowEdit::DeleteBranch(it) => branches::delete(version, it),
        FlowEdit::DuplicateBranch(it) => branches::duplicate(version, it),
        FlowEdit::MoveBranch(it) => branches::relocate(version, it),
        FlowEdit::ChangeName(it) => change_name(version, &it.display_name),
        FlowEdit::ImportFlow(it) => import(version, it),
        FlowEdit::AddNote(it) => notes::add(version, it),
        FlowEdit::UpdateNote(it) => notes::update(version, it),
        FlowEdit::DeleteNote(it) => notes::delete(version, it),
    }
}

fn refuse(field: &str, message: impl Into<String>) -> Outcome {
    Err(vec![Issue::new(field, message)])
}

fn change_name(version: &mut FlowVersion, name: &str) -> Outcome {
    let name = name.trim();
    if name.is_empty() {
        return refuse("displayName", "Give the flow a name");
    }
    name.clone_into(&mut version.display_name);
    Ok(())
}

fn import(version: &mut FlowVersion, import: &ImportFlow) -> Outcome {
    let mut trigger = import.trigger.clone();
    "trigger".clone_into(&mut trigger.name);
    let mut issues = Vec::new();
    reach::each_mut(trigger.next_action.as_deref_mut(), &mut |it| {
        actions::fit_children(it);
        if !import.keep_samples {
            copy::forget_samples(it);
        }
        issues.extend(actions::shape_issue(it));
    });
    issues.extend(name_issues(&trigger));
    if !issues.is_empty() {
        return Err(issues);
    }
    change_name(version, &import.display_name)?;
    version.trigger = trigger;
    version.notes = import.notes.clone().unwrap_or_default();
    Ok(())
}

fn name_issues(trigger: &Trigger) -> Vec<Issue> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for it in tree::steps(trigger) {
        *counts.entry(&it.name).or_default() += 1;
    }
    let mut issues = Vec::new();
    for (name, count) in counts {
        if count > 1 || name == trigger.name {
            issues.push(Issue::new(
                format!("steps.{name}.name"),
                format!("More than one step is called {name}. Rename one"),
            ));
        }
        if name.is_empty() {
            issues
                .push(Issue::new("steps.name", "A step has no name. Name it step_1, step_2, ..."));
        }
    }
    issues
}

fn is_router(action: &Action) -> bool {
    matches!(action.kind, ActionKind::Router(_))
}

fn is_fallback(branch: &Branch) -> bool {
    matches!(branch, Branch::Fallback { .. })
}
