//! Changes to a flow that is there.

use super::build::{Builder, Spot};
use super::flow_refs::{flow_named, read, step_named};
use super::flow_words::Change;
use super::flows::{next, save, tried};
use super::places::{Place, StepName, end, spot};
use super::recipe::Start;
use super::replay::{Replay, Stop};
use super::step_words::Do;
use super::{say, starts, watching};
use domain::flow::edit::{ChangeName, DeleteAction, FlowEdit, Location, MoveAction};
use domain::flow::{Action, Flow, proposal, tree};
use serde_json::json;
use std::collections::BTreeSet;

type Answer = Result<String, Stop>;

pub(crate) fn act(replay: &mut Replay<'_>, flow: Option<&str>, change: Change) -> Answer {
    let id = flow_named(replay, flow)?;
    if change == Change::Unsaid {
        return Ok("What should change? For example: “add a delay of 5 minutes after step 2”, “delete step 3”, \
                   “start it every day at 9” or “rename it to …”."
            .to_owned());
    }
    let flow = read(replay, &id)?;
    match change {
        Change::Unsaid => Ok(String::new()),
        Change::Rename(name) => rename(replay, &flow, name),
        Change::Title(step, name) => title(replay, &flow, &step, name),
        Change::Move(step, place) => relocate(replay, &flow, &step, &place),
        Change::Remove(step) => remove(replay, &flow, &step),
        Change::Replace(step, steps) => replace(replay, &flow, &step, &steps),
        Change::Start(start, steps) => restart(replay, &flow, &start, &steps),
        Change::Add(steps, place) => add(replay, &flow, &steps, &place),
    }
}

fn rename(replay: &mut Replay<'_>, flow: &Flow, name: String) -> Answer {
    let edits = [FlowEdit::ChangeName(ChangeName { display_name: name.clone() })];
    tried(&flow.version, &edits)?;
    save(replay, &flow.id, &edits)?;
    let old = say::plain(&flow.version.display_name);
    Ok(format!("Renamed “{old}” to {}.", say::link(&name, &format!("/flows/{}", flow.id))))
}

fn title(replay: &mut Replay<'_>, flow: &Flow, step: &StepName, name: String) -> Answer {
    let found = step_named(replay, flow, step)?;
    let old = say::plain(&found.display_name);
    let new = say::plain(&name);
    let action = Action { display_name: name, ..found.clone() };
    let edits = [FlowEdit::UpdateAction(Box::new(action))];
    tried(&flow.version, &edits)?;
    save(replay, &flow.id, &edits)?;
    Ok(format!("Renamed the step “{old}” of {} to “{new}”.", link(flow)))
}

fn relocate(replay: &mut Replay<'_>, flow: &Flow, step: &StepName, place: &Place) -> Answer {
    let found = step_named(replay, flow, step)?;
    let shown = say::plain(&found.display_name);
    let spot = spot(replay, flow, place)?;
    let edits = [FlowEdit::MoveAction(MoveAction {
        name: found.name.clone(),
        new_parent_step: spot.parent,
        step_location_relative_to_new_parent: spot.location,
        branch_index: spot.branch,
    })];
    let problems = tried(&flow.version, &edits)?;
    if saved(replay, flow, &edits)? {
        return Ok(format!("Moved “{shown}” in {}.{}", link(flow), next(&problems)));
    }
    Ok(format!("I would move “{shown}” in {}. {WAITS}", link(flow)))
}

fn remove(replay: &mut Replay<'_>, flow: &Flow, step: &StepName) -> Answer {
    let found = step_named(replay, flow, step)?;
    let shown = say::plain(&found.display_name);
    let edits = [FlowEdit::DeleteAction(DeleteAction { names: vec![found.name.clone()] })];
    let problems = tried(&flow.version, &edits)?;
    if saved(replay, flow, &edits)? {
        return Ok(format!("Deleted “{shown}” from {}.{}", link(flow), next(&problems)));
    }
    Ok(format!("I would delete “{shown}” from {}. {WAITS}", link(flow)))
}

/// One step in the place of another stays what other steps read by its name; several come after it, and it goes.
fn replace(replay: &mut Replay<'_>, flow: &Flow, step: &StepName, steps: &[Do]) -> Answer {
    let old = step_named(replay, flow, step)?;
    let shown = say::plain(&old.display_name);
    let (mut edits, spot) = (Vec::new(), Spot::after(&old.name));
    let start = starts::of(&flow.version.trigger);
    let (said, left_out) = more(replay, flow, start, steps, (&spot, &mut edits))?;
    let alone = match edits.as_slice() {
        [FlowEdit::AddAction(it)] => {
            Some(Action { name: old.name.clone(), skip: old.skip, ..it.action.clone() })
        }
        [] => return Ok(format!("Nothing was changed. {}", left_out.join(" "))),
        _ => None,
    };
    match alone {
        Some(new) => edits = vec![FlowEdit::UpdateAction(Box::new(new))],
        None => {
            edits.push(FlowEdit::DeleteAction(DeleteAction { names: vec![old.name.clone()] }));
        }
    }
    let problems = tried(&flow.version, &edits)?;
    if saved(replay, flow, &edits)? {
        let head = format!("Replaced “{shown}” in {} with:", link(flow));
        return Ok(answer(head, &said, &left_out) + &next(&problems));
    }
    let head = format!("I would replace “{shown}” in {}. {WAITS}", link(flow));
    Ok(answer(head, &said, &left_out))
}

fn restart(replay: &mut Replay<'_>, flow: &Flow, start: &Start, steps: &[Do]) -> Answer {
    let start = &watching::resolved(replay, start.clone())?;
    let Some(trigger) = starts::trigger(start, &replay.prompt.timezone) else {
        let words = say::plain(&starts::words(start));
        return Ok(format!(
            "I cannot watch for that yet (“{words}”), so nothing was changed. A flow can start when a webhook arrives, at \
             fixed times, or by hand."
        ));
    };
    let mut edits = vec![FlowEdit::UpdateTrigger(Box::new(trigger))];
    let (said, left_out) =
        more(replay, flow, start.clone(), steps, (&end(&flow.version), &mut edits))?;
    let problems = tried(&flow.version, &edits)?;
    let words = say::plain(&starts::words(start));
    if saved(replay, flow, &edits)? {
        let head = format!("{} now starts {words}.", link(flow));
        return Ok(answer(head, &said, &left_out) + &next(&problems));
    }
    let head = format!("{} would start {words}, with these steps. {WAITS}", link(flow));
    Ok(answer(head, &said, &left_out))
}

fn add(replay: &mut Replay<'_>, flow: &Flow, steps: &[Do], place: &Place) -> Answer {
    let spot = spot(replay, flow, place)?;
    let mut edits = Vec::new();
    let (said, left_out) =
        more(replay, flow, starts::of(&flow.version.trigger), steps, (&spot, &mut edits))?;
    if edits.is_empty() {
        return Ok(format!("Nothing was changed. {}", left_out.join(" ")));
    }
    let problems = tried(&flow.version, &edits)?;
    if saved(replay, flow, &edits)? {
        return Ok(answer(format!("Added to {}:", link(flow)), &said, &left_out) + &next(&problems));
    }
    Ok(answer(format!("I would add to {}. {WAITS}", link(flow)), &said, &left_out))
}

/// What a person reads about a change that is only suggested.
const WAITS: &str = "The canvas shows it in place; nothing is changed before you accept it there.";

/// Saves edits, or suggests them where they are many or take something away; false when they are only suggested.
fn saved(replay: &mut Replay<'_>, flow: &Flow, edits: &[FlowEdit]) -> Result<bool, Stop> {
    if !proposal::is_large(edits) {
        save(replay, &flow.id, edits)?;
        return Ok(true);
    }
    let done = replay.call("flow_apply", json!({ "flow_id": flow.id, "operations": edits }))?;
    Ok(done.get("proposal").is_none())
}

type Said = (Vec<String>, Vec<String>);

fn more(
    replay: &mut Replay<'_>,
    flow: &Flow,
    start: Start,
    steps: &[Do],
    (spot, edits): (&Spot, &mut Vec<FlowEdit>),
) -> Result<Said, Stop> {
    let taken: BTreeSet<String> =
        tree::steps(&flow.version.trigger).iter().map(|it| it.name.clone()).collect();
    let mut builder = Builder::new(replay, start, &flow.version.display_name, taken);
    builder.references.inside =
        (spot.location == Location::InsideLoop).then(|| spot.parent.clone());
    builder.steps(steps, spot.clone(), 0)?;
    edits.append(&mut builder.edits);
    Ok((builder.said, builder.left_out))
}

fn answer(head: String, said: &[String], left_out: &[String]) -> String {
    let mut text = head;
    if !said.is_empty() {
        text.push_str("\n\n");
        text.push_str(&said.join("\n"));
    }
    for part in left_out {
        text.push_str("\n\n");
        text.push_str(part);
    }
    text
}

fn link(flow: &Flow) -> String {
    say::link(&flow.version.display_name, &format!("/flows/{}", flow.id))
}
