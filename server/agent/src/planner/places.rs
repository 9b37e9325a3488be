//! Where in a flow steps go, in words and on the canvas.

use super::build::Spot;
use super::dates;
use super::flow_refs::step_named;
use super::phrase::Phrase;
use super::replay::{Replay, Stop};
use super::say;
use domain::flow::edit::Location;
use domain::flow::{Action, ActionKind, Branch, Flow, FlowVersion, tree};

/// Where steps go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// After the last step.
    End,
    /// Before the first step.
    Beginning,
    /// After a step.
    After(StepName),
    /// Before a step.
    Before(StepName),
    /// First in a loop, or in a branch: the first one, or the one that is called so or counted.
    Inside(StepName, Option<String>),
    /// First of what runs when a step failed.
    Failing(StepName),
}

/// A step in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StepName {
    /// What starts the flow.
    Trigger,
    /// The number on the canvas, where the trigger is 1.
    Number(u64),
    /// "The second step": so far behind the trigger, counted from 1.
    Nth(u64),
    /// The last one.
    Last,
    /// A part of what people read on it.
    Words(String),
}

/// What is to be added, and where.
pub(super) fn placed(phrase: &Phrase) -> (Phrase, Place) {
    const PATTERNS: [(&str, bool); 4] = [
        ("{step} after [the] step {at}", true),
        ("{step} after [the] {at}", true),
        ("{step} before [the] step {at}", false),
        ("{step} before [the] {at}", false),
    ];
    if let Some(found) = inside(phrase) {
        return found;
    }
    if let Some(captures) = phrase.fits_any(&["{step} at|to the end", "{step} as [the] last step"])
    {
        return (captures.part("step"), Place::End);
    }
    if let Some(captures) =
        phrase.fits_any(&["{step} at the beginning|start|top", "{step} as [the] first step"])
    {
        return (captures.part("step"), Place::Beginning);
    }
    for (pattern, is_after) in PATTERNS {
        if let Some(captures) = phrase.fits(pattern) {
            let at = step_name(&captures.get("at"));
            return (
                captures.part("step"),
                if is_after { Place::After(at) } else { Place::Before(at) },
            );
        }
    }
    (phrase.clone(), Place::End)
}

/// Inside a loop or a branch, or where a step failed.
fn inside(phrase: &Phrase) -> Option<(Phrase, Place)> {
    let in_branch = phrase.fits_any(&[
        "{step} in|into|inside [the] branch {branch} of [the] step {at}",
        "{step} in|into|inside [the] {branch} branch of [the] step {at}",
        "{step} in|into|inside [the] branch {branch} of [the] {at}",
        "{step} in|into|inside [the] {branch} branch of [the] {at}",
    ]);
    if let Some(captures) = in_branch {
        let at = step_name(&captures.get("at"));
        return Some((captures.part("step"), Place::Inside(at, captures.some("branch"))));
    }
    let in_loop = phrase.fits_any(&[
        "{step} in|into|inside|within [of] [the] step {at}",
        "{step} in|into|inside|within [of] [the] {at} step",
    ]);
    if let Some(captures) = in_loop {
        return Some((captures.part("step"), Place::Inside(step_name(&captures.get("at")), None)));
    }
    let failing = phrase.fits_any(&[
        "{step} when|if|once [the] step {at} fails|failed",
        "{step} when|if|once [the] {at} step fails|failed",
        "when|if|once [the] step {at} fails|failed {step}",
        "when|if|once [the] {at} step fails|failed {step}",
    ])?;
    Some((failing.part("step"), Place::Failing(step_name(&failing.get("at")))))
}

/// "second" is 2.
fn ordinal(word: &str) -> Option<u64> {
    let known = ["first", "second", "third", "fourth", "fifth", "sixth"];
    let at = known.iter().position(|it| *it == word)?;
    u64::try_from(at + 1).ok()
}

/// A step that is named, counted or described.
pub(super) fn step_name(words: &str) -> StepName {
    let lower = words.to_lowercase();
    let text = lower.trim_end_matches(" step").trim_start_matches("step ");
    match text {
        "last" | "final" => StepName::Last,
        "trigger" | "start" => StepName::Trigger,
        _ => match ordinal(text) {
            Some(nth) => StepName::Nth(nth),
            None => dates::number(text)
                .map_or_else(|| StepName::Words(words.to_owned()), StepName::Number),
        },
    }
}

/// Behind everything.
pub(super) fn end(version: &FlowVersion) -> Spot {
    let last = tree::chain(version.trigger.next_action.as_deref()).last();
    Spot::after(last.map_or("trigger", |it| it.name.as_str()))
}

/// The place as edits say it.
pub(super) fn spot(replay: &Replay<'_>, flow: &Flow, place: &Place) -> Result<Spot, Stop> {
    match place {
        Place::End => Ok(end(&flow.version)),
        Place::Beginning | Place::After(StepName::Trigger | StepName::Number(1)) => {
            Ok(Spot::after("trigger"))
        }
        Place::After(name) => step_named(replay, flow, name).map(|it| Spot::after(&it.name)),
        Place::Before(name) => {
            let step = step_named(replay, flow, name)?;
            Ok(before(&flow.version, &step.name))
        }
        Place::Inside(name, branch) => within(step_named(replay, flow, name)?, branch.as_deref()),
        Place::Failing(name) => {
            let parent = step_named(replay, flow, name)?.name.clone();
            Ok(Spot { parent, location: Location::InsideErrorBranch, branch: None })
        }
    }
}

/// First in what `step` holds.
fn within(step: &Action, branch: Option<&str>) -> Result<Spot, Stop> {
    let spot = |location, branch| Spot { parent: step.name.clone(), location, branch };
    match &step.kind {
        ActionKind::Loop(_) => Ok(spot(Location::InsideLoop, None)),
        ActionKind::Router(settings) => {
            let at = branch.map_or(Some(0), |it| branch_named(&settings.branches, it));
            let missing = || {
                let known: Vec<String> = settings
                    .branches
                    .iter()
                    .map(|it| format!("“{}”", say::plain(it.name())))
                    .collect();
                let known = known.join(", ");
                let shown = say::plain(&step.display_name);
                Stop::Say(format!(
                    "“{shown}” has no such branch, so nothing was changed. Its branches are {known}."
                ))
            };
            at.map(|it| spot(Location::InsideBranch, Some(it))).ok_or_else(missing)
        }
        _ => Err(Stop::Say(format!(
            "“{}” holds no steps, so nothing was changed. Loops and branches do; a step can also go after it.",
            say::plain(&step.display_name)
        ))),
    }
}

/// The branch that is called so, or counted from 1.
fn branch_named(branches: &[Branch], words: &str) -> Option<usize> {
    let words = words.to_lowercase();
    let called = |name: &str| branches.iter().position(|it| it.name().to_lowercase() == name);
    let counted = || {
        let number = ordinal(&words).or_else(|| dates::number(&words))?;
        usize::try_from(number).ok()?.checked_sub(1).filter(|it| *it < branches.len())
    };
    called(&words).or_else(|| called(&format!("branch {words}"))).or_else(counted)
}

/// The place where `name` stands now.
fn before(version: &FlowVersion, name: &str) -> Spot {
    let is_it = |it: Option<&Action>| it.is_some_and(|it| it.name == name);
    for step in tree::steps(&version.trigger) {
        if is_it(step.next_action.as_deref()) {
            return Spot::after(&step.name);
        }
        if is_it(step.first_loop_action.as_deref()) {
            return Spot {
                parent: step.name.clone(),
                location: Location::InsideLoop,
                branch: None,
            };
        }
        if is_it(step.on_error_action.as_deref()) {
            return Spot {
                parent: step.name.clone(),
                location: Location::InsideErrorBranch,
                branch: None,
            };
        }
        let children = step.children.as_deref().unwrap_or_default();
        if let Some(at) = children.iter().position(|it| is_it(it.as_deref())) {
            return Spot {
                parent: step.name.clone(),
                location: Location::InsideBranch,
                branch: Some(at),
            };
        }
    }
    Spot::after("trigger")
}
