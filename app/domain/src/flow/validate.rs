//! What is wrong with a flow, where, and what to do: publishing refuses with it, the canvas marks it.

mod input;
mod router;

use super::catalog::{self, fields};
use super::form;
use super::{
    Action, ActionKind, ErrorHandling, FlowVersion, PieceSettings, RetryPolicy, TriggerKind, tree,
};
use crate::expr::names;
use crate::problem::Issue;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One thing wrong with a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowProblem {
    /// `trigger`, `step_2`.
    pub step_name: String,
    /// Where in the step: `input.inputs.content`, `settings.branches.0`; empty for the step itself.
    pub path: String,
    /// What kind of problem.
    pub code: ProblemCode,
    /// What is wrong, in plain words.
    pub message: String,
    /// What to do, in plain words.
    pub fix: String,
}

/// What kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProblemCode {
    /// No trigger was chosen.
    NoTrigger,
    /// A required input is empty.
    Missing,
    /// An input holds the wrong kind of value.
    WrongKind,
    /// An expression refers to a step that does not run before this one.
    NotBefore,
    /// Two steps have the same name.
    DuplicateName,
    /// A router's branches and children do not match, or its fallback is missing.
    Branches,
    /// A condition is not complete.
    Condition,
    /// A loop has nothing to go through.
    NoItems,
    /// A piece, action or trigger that we do not run.
    Unknown,
    /// A connection that does not exist.
    NoConnection,
    /// A piece that the workspace switched off.
    SwitchedOff,
    /// Something starts it, and then nothing happens.
    NoSteps,
}

impl FlowProblem {
    fn new(
        step_name: &str,
        path: impl Into<String>,
        code: ProblemCode,
        words: (String, &str),
    ) -> Self {
        let (message, fix) = words;
        Self {
            step_name: step_name.to_owned(),
            path: path.into(),
            code,
            message,
            fix: fix.to_owned(),
        }
    }

    /// The same as an issue of an operation: field `steps.step_2.input.url`.
    pub fn issue(&self) -> Issue {
        let dot = if self.path.is_empty() { "" } else { "." };
        Issue::new(
            format!("steps.{}{dot}{}", self.step_name, self.path),
            format!("{}. {}", self.message, self.fix),
        )
    }
}

/// Everything wrong with `version`, in reading order; skipped steps are not looked into.
///
/// `connections` are the external ids that exist; pass nothing where they are not known.
pub fn problems(version: &FlowVersion, connections: Option<&BTreeSet<String>>) -> Vec<FlowProblem> {
    let mut found = trigger_problems(version);
    let mut names = BTreeSet::from([version.trigger.name.as_str()]);
    tree::each_with_visible(&version.trigger, |action, visible| {
        if !names.insert(&action.name) {
            let message = format!("Two steps are called {}", action.name);
            let words = (message, "Give one of them another name");
            found.push(FlowProblem::new(&action.name, "name", ProblemCode::DuplicateName, words));
        }
        if !action.skip {
            found.extend(step_problems(action, visible));
        }
    });
    if let Some(known) = connections {
        found.extend(connection_problems(version, known));
    }
    found
}

/// What to do about a flow that does nothing once it has started; said wherever it cannot go live.
pub const NO_STEPS: &str = "Add a step first: nothing happens yet after the trigger";

/// That nothing happens after the trigger. No fault of any step, so it stands in the way of publishing alone: a flow is
/// built from its trigger on.
pub fn without_steps(version: &FlowVersion) -> Option<FlowProblem> {
    let has_trigger = matches!(version.trigger.kind, TriggerKind::Piece(_));
    let words = (NO_STEPS.to_owned(), "Choose what should happen when the flow starts");
    (has_trigger && version.trigger.next_action.is_none())
        .then(|| FlowProblem::new(&version.trigger.name, "", ProblemCode::NoSteps, words))
}

/// The trigger and the steps of `version` whose piece is in `off`, in reading order; skipped steps do not run, so they may
/// stay.
pub fn switched_off(version: &FlowVersion, off: &BTreeSet<String>) -> Vec<FlowProblem> {
    let problem = |step: &str, piece: &str| {
        let name = catalog::piece(piece).map_or(piece, |it| it.display_name);
        let message = format!("{name} is switched off in this workspace");
        let words = (message, "Use something else, or ask an admin to switch it on again");
        off.contains(piece).then(|| FlowProblem::new(step, "", ProblemCode::SwitchedOff, words))
    };
    let mut found = Vec::new();
    if let TriggerKind::Piece(it) = &version.trigger.kind {
        found.extend(problem(&version.trigger.name, &it.piece_name));
    }
    for step in tree::steps(&version.trigger).into_iter().filter(|it| !it.skip) {
        if let ActionKind::Piece(it) = &step.kind {
            found.extend(problem(&step.name, &it.piece_name));
        }
    }
    found
}

fn trigger_problems(version: &FlowVersion) -> Vec<FlowProblem> {
    let name = &version.trigger.name;
    match &version.trigger.kind {
        TriggerKind::Empty(_) => {
            let words = ("Nothing starts this flow".to_owned(), "Choose a trigger");
            vec![FlowProblem::new(name, "", ProblemCode::NoTrigger, words)]
        }
        TriggerKind::Piece(settings) => {
            let mut found = piece_problems(name, settings);
            found.extend(input::reference_problems(name, &settings.input, &[]));
            found.extend(form_problem(name, settings).filter(|_| found.is_empty()));
            found
        }
    }
}

/// Everything wrong with one step, given the names visible there.
fn step_problems(action: &Action, visible: &[&str]) -> Vec<FlowProblem> {
    match &action.kind {
        ActionKind::Piece(settings) => {
            let mut found = piece_problems(&action.name, settings);
            found.extend(input::reference_problems(&action.name, &settings.input, visible));
            found.extend(policy_problem(&action.name, settings.error_handling_options.as_ref()));
            found
        }
        ActionKind::Code(settings) => {
            let mut found = input::reference_problems(&action.name, &settings.input, visible);
            found.extend(policy_problem(&action.name, settings.error_handling_options.as_ref()));
            found
        }
        ActionKind::Loop(settings) => {
            if settings.items.trim().is_empty() {
                let words = ("The loop has no list to go through".to_owned(), "Choose the list");
                return vec![FlowProblem::new(&action.name, "items", ProblemCode::NoItems, words)];
            }
            input::text_problems(&action.name, "items", &settings.items, visible)
        }
        ActionKind::Router(settings) => router::problems(action, settings, visible),
    }
}

/// Fields of a form that cannot be one.
fn form_problem(name: &str, settings: &PieceSettings) -> Option<FlowProblem> {
    let why = form::fields(settings).err().filter(|_| settings.piece_name == catalog::FORMS)?;
    let words = (why, "Change the list of fields");
    Some(FlowProblem::new(name, "input.inputs", ProblemCode::WrongKind, words))
}

/// A retry policy outside its bounds.
fn policy_problem(step: &str, handling: Option<&ErrorHandling>) -> Option<FlowProblem> {
    let policy = handling?.retry_policy?;
    let (name, from, to) = if !RetryPolicy::ATTEMPTS.contains(&policy.attempts) {
        ("attempts", *RetryPolicy::ATTEMPTS.start(), *RetryPolicy::ATTEMPTS.end())
    } else if !RetryPolicy::WAITS.contains(&policy.wait_seconds) {
        ("waitSeconds", *RetryPolicy::WAITS.start(), *RetryPolicy::WAITS.end())
    } else {
        return None;
    };
    let words = (format!("{name} of the retries is not from {from} to {to}"), "Change the number");
    let path = format!("errorHandlingOptions.retryPolicy.{name}");
    Some(FlowProblem::new(step, path, ProblemCode::WrongKind, words))
}

fn piece_problems(name: &str, settings: &PieceSettings) -> Vec<FlowProblem> {
    if let Some(unknown) = unknown(settings) {
        let words = (unknown, "Replace the step with one that PM OS runs");
        return vec![FlowProblem::new(name, "", ProblemCode::Unknown, words)];
    }
    let missing = fields::missing(settings).into_iter().map(|it| {
        let words = (format!("{} is missing", it.prop.display_name), "Fill it in");
        FlowProblem::new(name, format!("input.{}", it.dotted()), ProblemCode::Missing, words)
    });
    missing.chain(input::kind_problems(name, settings)).collect()
}

/// Why we cannot run a piece's step or trigger; nothing when we can.
fn unknown(settings: &PieceSettings) -> Option<String> {
    let piece = &settings.piece_name;
    let Some(meta) = catalog::piece(piece) else {
        return Some(format!("PM OS does not run {piece}"));
    };
    let known = match (&settings.action_name, &settings.trigger_name) {
        (Some(name), _) => catalog::action(piece, name).is_some(),
        (None, Some(name)) => catalog::trigger(piece, name).is_some(),
        (None, None) => return Some(format!("{} has nothing chosen to do", meta.display_name)),
    };
    (!known).then(|| {
        let name = settings.action_name.as_ref().or(settings.trigger_name.as_ref());
        format!("{} cannot do {}", meta.display_name, name.map_or("that", String::as_str))
    })
}

fn connection_problems(version: &FlowVersion, known: &BTreeSet<String>) -> Vec<FlowProblem> {
    let used = used_connections(version).into_iter().filter(|it| !known.contains(&it.external_id));
    let in_basecamp = |step: &str| match tree::find(&version.trigger, step).map(|it| &it.kind) {
        Some(ActionKind::Piece(it)) => it.piece_name == catalog::BASECAMP,
        Some(_) => false,
        None => {
            matches!(&version.trigger.kind, TriggerKind::Piece(it) if it.piece_name == catalog::BASECAMP)
        }
    };
    // Steps in Basecamp do without the connection that another engine had for them.
    let is_elsewhere = |used: &UsedConnection| {
        used.path == "input.auth" && in_basecamp(&used.step) && !fields::is_ours(&used.external_id)
    };
    let passed_over = |used: &UsedConnection| {
        is_elsewhere(used) || tree::find(&version.trigger, &used.step).is_some_and(|it| it.skip)
    };
    let problem = |it: UsedConnection| {
        let message = format!("The connection {} does not exist", it.external_id);
        let words = (message, "Connect it under Integrations, or choose another connection");
        FlowProblem::new(&it.step, it.path, ProblemCode::NoConnection, words)
    };
    used.filter(|it| !passed_over(it)).map(problem).collect()
}

/// The connections that steps name, each once for a step, with the step and the input that does.
pub fn used_connections(version: &FlowVersion) -> Vec<UsedConnection> {
    let mut used = Vec::new();
    if let TriggerKind::Piece(settings) = &version.trigger.kind {
        used.extend(input::connections(&version.trigger.name, &settings.input));
    }
    for action in tree::steps(&version.trigger) {
        match &action.kind {
            ActionKind::Piece(it) => used.extend(input::connections(&action.name, &it.input)),
            ActionKind::Code(it) => used.extend(input::connections(&action.name, &it.input)),
            ActionKind::Loop(it) => {
                let names = names::connections(&it.items).into_iter();
                used.extend(names.map(|name| UsedConnection::new(&action.name, "items", name)));
            }
            ActionKind::Router(it) => used.extend(router::connections(&action.name, it)),
        }
    }
    used
}

/// A connection that a step names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedConnection {
    /// The step.
    pub step: String,
    /// Where in it: `input.auth`.
    pub path: String,
    /// The connection's external id.
    pub external_id: String,
}

impl UsedConnection {
    fn new(step: &str, path: impl Into<String>, external_id: String) -> Self {
        Self { step: step.to_owned(), path: path.into(), external_id }
    }
}
