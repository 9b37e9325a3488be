//! Requests about flows: built, listed, explained, published, switched, deleted.

use super::build::{Builder, Spot};
use super::change;
use super::flow_refs::{flow_named, read};
use super::flow_words::{FlowRequest, Switch};
use super::phrase::Phrase;
use super::recipe::{self, Recipe, Start};
use super::replay::{Replay, Stop};
use super::report_words::Target;
use super::step_words::Do;
use super::stops;
use super::todos::not_done;
use super::{runs, say, starts, values, watching};
use crate::llm::Wanted;
use domain::flow::edit::{self, ChangeName, FlowEdit};
use domain::flow::listing::{FlowSummary, UNTITLED};
use domain::flow::validate::{self, FlowProblem};
use domain::flow::{FlowStatus, FlowVersion, TriggerKind, VersionState, catalog, tree};
use domain::ids::{FlowId, FlowVersionId};
use serde_json::{Value, json};
use std::collections::BTreeSet;

type Answer = Result<String, Stop>;

pub(crate) fn act(replay: &mut Replay<'_>, request: FlowRequest) -> Answer {
    match request {
        FlowRequest::New(recipe) => new(replay, recipe),
        FlowRequest::Change(flow, what) => change::act(replay, flow.as_deref(), what),
        FlowRequest::List => list(replay),
        FlowRequest::Explain(flow) => explain(replay, flow.as_deref()),
        FlowRequest::Check(flow) => check(replay, flow.as_deref()),
        FlowRequest::Run(flow) => runs::start(replay, flow.as_deref()),
        FlowRequest::Publish(flow) => publish(replay, flow.as_deref()),
        FlowRequest::Switch(flow, to) => switch(replay, flow.as_deref(), to),
        FlowRequest::Delete(flow) => delete(replay, flow.as_deref()),
        FlowRequest::Stop(flow) => stops::act(replay, flow.as_deref()),
        FlowRequest::Runs(flow, which) => runs::list(replay, flow.as_deref(), which),
    }
}

fn new(replay: &mut Replay<'_>, recipe: Recipe) -> Answer {
    let start = start_of(replay, &recipe)?;
    if let Some(Start::Unknown(words)) = &start {
        let words = say::plain(words);
        return Ok(format!(
            "I cannot watch for that yet (“{words}”), so nothing was built. A flow can start when a webhook arrives, at \
             fixed times, by hand, or when something happens in Basecamp: “When a webhook arrives, …”, “Every weekday at 9, \
             …” or “When a to-do is completed in …”."
        ));
    }
    let start = start.map(|it| watching::resolved(replay, it)).transpose()?;
    let name = recipe.name.clone().unwrap_or_else(|| name_for(start.as_ref(), &recipe.steps));
    let known = start.clone().unwrap_or(Start::Webhook);
    let mut builder = Builder::new(replay, known, &name, BTreeSet::new());
    builder.steps(&recipe.steps, Spot::after("trigger"), 0)?;
    let (steps, said, left_out) = (builder.edits, builder.said, builder.left_out);
    if steps.is_empty() && !left_out.is_empty() {
        return Ok(format!("Nothing was built. {}", left_out.join(" ")));
    }
    let trigger = start.as_ref().and_then(|it| starts::trigger(it, &replay.prompt.timezone));
    let mut edits: Vec<FlowEdit> =
        trigger.into_iter().map(|it| FlowEdit::UpdateTrigger(Box::new(it))).collect();
    edits.extend(steps);
    let planned = tried(&empty(&name), &edits)?;
    let id = match blank_here(replay)? {
        Some(id) => {
            edits.insert(0, FlowEdit::ChangeName(ChangeName { display_name: name.clone() }));
            id
        }
        None => {
            let made = replay.call("flow_create", json!({ "name": name }))?;
            FlowId::from(made.pointer("/flow/id").and_then(Value::as_str).unwrap_or_default())
        }
    };
    save(replay, &id, &edits)?;
    Ok(built(&id, &name, start.as_ref(), (&said, &left_out), &planned))
}

/// The flow on the page, when nobody has put anything into it or named it: it is the one that is to be made.
fn blank_here(replay: &mut Replay<'_>) -> Result<Option<FlowId>, Stop> {
    let Some(id) = replay.prompt.flow.clone() else { return Ok(None) };
    let version = read(replay, &id)?.version;
    let is_blank = matches!(version.trigger.kind, TriggerKind::Empty(_))
        && version.trigger.next_action.is_none()
        && version.notes.is_empty()
        && version.display_name == UNTITLED;
    Ok(is_blank.then_some(id))
}

/// What starts it, asked for when steps were said but not when.
fn start_of(replay: &Replay<'_>, recipe: &Recipe) -> Result<Option<Start>, Stop> {
    if recipe.start.is_some() || recipe.steps.is_empty() {
        return Ok(recipe.start.clone());
    }
    let answered = replay.answer("start").and_then(|it| recipe::alone(&Phrase::new(it)));
    if answered.is_some() {
        return Ok(answered);
    }
    let choices = ["A webhook", "Every weekday at 9", "By hand"].map(str::to_owned);
    Err(replay.ask("start", "What should start it?", &choices))
}

/// All edits on a copy: nothing is saved unless all of them can be.
pub(crate) fn tried(version: &FlowVersion, edits: &[FlowEdit]) -> Result<Vec<FlowProblem>, Stop> {
    match edit::apply_all(version, edits) {
        Ok(changed) => Ok(validate::problems(&changed, None)),
        Err(issues) => {
            let reasons: Vec<&str> = issues.iter().map(|it| it.message.as_str()).collect();
            Err(Stop::Say(format!("Nothing was changed: {}.", reasons.join(". "))))
        }
    }
}

/// Saves edits one at a time, so that each shows on the canvas.
pub(crate) fn save(replay: &mut Replay<'_>, id: &FlowId, edits: &[FlowEdit]) -> Result<(), Stop> {
    let wanted = edits
        .iter()
        .map(|it| Wanted::new("flow_update", json!({ "flow_id": id, "operation": it })));
    for outcome in replay.attempt_all(wanted.collect())? {
        if let Err(failure) = outcome {
            let link = say::link("the flow", &format!("/flows/{id}"));
            return Err(Stop::Say(format!(
                "{} Open {link} to see what was saved.",
                not_done(&failure)
            )));
        }
    }
    Ok(())
}

fn empty(name: &str) -> FlowVersion {
    FlowVersion {
        id: FlowVersionId::default(),
        flow_id: FlowId::default(),
        created: String::new(),
        updated: String::new(),
        display_name: name.to_owned(),
        trigger: catalog::step::empty_trigger(),
        valid: false,
        state: VersionState::Draft,
        schema_version: None,
        updated_by: None,
        connection_ids: Vec::new(),
        notes: Vec::new(),
    }
}

fn built(
    id: &FlowId,
    name: &str,
    start: Option<&Start>,
    (said, left_out): (&[String], &[String]),
    problems: &[FlowProblem],
) -> String {
    let link = say::link(name, &format!("/flows/{id}"));
    if said.is_empty() {
        return format!(
            "I made the empty flow {link}. Open it and tell me what should start it and what it should do."
        );
    }
    let when = start
        .map(|it| format!("It starts {}:\n\n", say::plain(&starts::words(it))))
        .unwrap_or_default();
    let mut text = format!("I built {link}. {when}{}", said.join("\n"));
    for part in left_out {
        text.push_str("\n\n");
        text.push_str(part);
    }
    text.push_str(&next(problems));
    text
}

/// What to do next with a draft.
pub(crate) fn next(problems: &[FlowProblem]) -> String {
    if problems.is_empty() {
        return "\n\nIt is a draft. Look at it, then say “publish it”.".to_owned();
    }
    let rows: Vec<String> = problems
        .iter()
        .map(|it| format!("- {}. {}", say::plain(&it.message), say::plain(&it.fix)))
        .collect();
    format!("\n\nStill missing before it can go live:\n\n{}", rows.join("\n"))
}

fn name_for(start: Option<&Start>, steps: &[Do]) -> String {
    let what = steps.iter().find_map(|it| match it {
        Do::AddTodo(_) => Some("Add a to-do"),
        Do::Complete(_) => Some("Complete a to-do"),
        Do::Comment(..) => Some("Comment on a to-do"),
        Do::Report(it, Target::Person(_)) => Some(it.title),
        Do::Report(..) => Some("Post a report"),
        Do::Post(..) => Some("Post a message"),
        Do::AddCard(..) => Some("Add a card"),
        Do::Tell(None, _) => Some("Tell me"),
        Do::Tell(Some(_), _) => Some("Tell someone"),
        Do::Request(..) => Some("Send a request"),
        Do::If(..) => Some("Decide what to do"),
        Do::ForEach(..) => Some("Go through a list"),
        Do::Wait(..) | Do::Unknown(_) => None,
    });
    match (what, start) {
        (Some(what), Some(start)) => format!("{what} {}", starts::words(start)),
        (Some(what), None) => what.to_owned(),
        (None, _) => "New flow".to_owned(),
    }
}

fn list(replay: &mut Replay<'_>) -> Answer {
    let answer = replay.call("flow_list", json!({ "limit": 50 }))?;
    let all: Vec<FlowSummary> = values::list(&answer, "data");
    if all.is_empty() {
        return Ok(
            "There are no flows yet. Tell me what one should do: “When a webhook arrives, …”."
                .to_owned(),
        );
    }
    let rows: Vec<String> = all
        .iter()
        .map(|it| {
            let name = say::link(&it.name, &format!("/flows/{}", it.id));
            let state = state(it.status, it.published_version_id.is_some());
            format!(
                "- {name} · {state} · {} · {}",
                say::plain(&it.trigger_name),
                say::count(it.steps_count as usize, "step")
            )
        })
        .collect();
    Ok(format!("**{}.**\n\n{}", say::count(all.len(), "flow"), rows.join("\n")))
}

fn state(status: FlowStatus, is_published: bool) -> &'static str {
    match (status, is_published) {
        (FlowStatus::Enabled, _) => "on",
        (FlowStatus::Disabled, true) => "off",
        (FlowStatus::Disabled, false) => "draft",
    }
}

fn explain(replay: &mut Replay<'_>, flow: Option<&str>) -> Answer {
    let id = flow_named(replay, flow)?;
    let flow = read(replay, &id)?;
    let version = &flow.version;
    let head = format!(
        "**{}** is {}. Starts with: {}.",
        say::link(&version.display_name, &format!("/flows/{id}")),
        state(flow.status, flow.published_version_id.is_some()),
        say::plain(&version.trigger.display_name),
    );
    let outline = tree::outline(&version.trigger);
    if outline.is_empty() {
        return Ok(format!("{head} It has no steps yet."));
    }
    // Numbered like the canvas, where the trigger is 1.
    let rows: Vec<String> = (2..)
        .zip(&outline)
        .map(|(number, row)| {
            let branch = row.branch.map(|it| format!("{}: ", say::plain(it))).unwrap_or_default();
            let title = say::plain(&row.action.display_name);
            format!("{}- {branch}Step {number}, {title}", "  ".repeat(row.depth))
        })
        .collect();
    let problems = validate::problems(version, None);
    let missing = if problems.is_empty() { String::new() } else { next(&problems) };
    Ok(format!("{head}\n\n{}{missing}", rows.join("\n")))
}

/// What keeps it from being published.
fn check(replay: &mut Replay<'_>, flow: Option<&str>) -> Answer {
    let id = flow_named(replay, flow)?;
    let found = read(replay, &id)?;
    let link = say::link(&found.version.display_name, &format!("/flows/{id}"));
    let problems = validate::problems(&found.version, None);
    Ok(match problems.is_empty() {
        true => format!("Nothing is missing: {link} can be published. Say “publish it”."),
        false => format!("{link} cannot be published yet.{}", next(&problems)),
    })
}

fn publish(replay: &mut Replay<'_>, flow: Option<&str>) -> Answer {
    let id = flow_named(replay, flow)?;
    let found = read(replay, &id)?;
    let link = say::link(&found.version.display_name, &format!("/flows/{id}"));
    let problems = validate::problems(&found.version, None);
    if !problems.is_empty() {
        return Ok(format!("{link} cannot be published yet.{}", next(&problems)));
    }
    match replay.attempt("flow_publish", json!({ "flow_id": id }))? {
        Err(failure) => Ok(not_done(&failure)),
        Ok(done) => {
            let address = values::text(&done, "webhookUrl");
            let how = match address {
                "" => String::new(),
                address => format!("\n\nIt starts when a request arrives at `{address}`."),
            };
            Ok(format!("Published {link}. It is on.{how}"))
        }
    }
}

fn switch(replay: &mut Replay<'_>, flow: Option<&str>, to: Switch) -> Answer {
    let id = flow_named(replay, flow)?;
    let (tool, words) = match to {
        Switch::On => ("flow_enable", "on"),
        Switch::Off => ("flow_disable", "off"),
    };
    match replay.attempt(tool, json!({ "flow_id": id }))? {
        Err(failure) => Ok(not_done(&failure)),
        Ok(done) => Ok(format!("{} is {words}.", linked(&done, &id))),
    }
}

fn delete(replay: &mut Replay<'_>, flow: Option<&str>) -> Answer {
    let id = flow_named(replay, flow)?;
    match replay.attempt("flow_delete", json!({ "flow_id": id }))? {
        Err(failure) => Ok(not_done(&failure)),
        Ok(done) => {
            Ok(format!("{}. Its runs stay readable.", say::plain(values::text(&done, "message"))))
        }
    }
}

fn linked(done: &Value, id: &FlowId) -> String {
    let name = done.pointer("/flow/version/displayName").and_then(Value::as_str);
    say::link(name.unwrap_or("The flow"), &format!("/flows/{id}"))
}
