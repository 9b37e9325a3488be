//! Changes to a flow's draft, all of them through the one set of typed operations.

use crate::error::ToolError;
use crate::flow_tools::{self, change};
use crate::tool::{Call, Done};
use crate::tools::FOLDER_NAME;
use domain::actor::Via;
use domain::flow::edit::operation::FlowOperation;
use domain::flow::edit::{
    self, AddAction, DeleteAction, FlowEdit, ImportFlow, Location, MoveAction, OneStep, words,
};
use domain::flow::listing::NewFlow;
use domain::flow::validate::{self, FlowProblem};
use domain::flow::{Action, ActionKind, Flow, FlowVersion, Trigger, proposal, templates, tree};
use domain::problem::Problem;
use serde_json::{Map, Value, json};

type Outcome = Result<Done, ToolError>;

pub(crate) async fn create(call: Call<'_>) -> Outcome {
    // Flows are made in the caller's own project, whatever this says.
    call.args.get("project_id");
    let name = call.args.need("name")?;
    let mut trigger: Option<Trigger> = call.args.read("trigger")?;
    if let Some(id) = call.args.text("template_id") {
        if trigger.is_some() || call.args.get("actions").is_some() {
            let message = "Give a template, or a trigger with steps, not both";
            return Err(Problem::invalid("template_id", message).into());
        }
        let template = templates::find(id).ok_or_else(|| Problem::not_found("Template"))?;
        let built = template.build(&Map::new());
        let built = built.map_err(|issues| Problem::Invalid { issues })?;
        trigger = Some(call.tools.flows.by_our_clock(call.actor, built).await?);
    }
    let actions: Vec<Action> = call.args.read("actions")?.unwrap_or_default();
    if trigger.as_ref().is_some_and(|it| it.next_action.is_some()) && !actions.is_empty() {
        let message = "Give the steps below the trigger or in actions, not in both";
        return Err(Problem::invalid("actions", message).into());
    }
    let mut edits: Vec<FlowEdit> = trigger.into_iter().map(|it| beginning(name, it)).collect();
    let mut parent = "trigger".to_owned();
    for (at, action) in actions.into_iter().enumerate() {
        let name = format!("step_{}", at + 1);
        let action = Action { name: name.clone(), next_action: None, ..action };
        edits.push(FlowEdit::AddAction(Box::new(AddAction {
            parent_step: std::mem::replace(&mut parent, name),
            step_location_relative_to_parent: Location::After,
            branch_index: None,
            action,
        })));
    }
    let new = NewFlow { name: name.to_owned(), folder_id: folder(&call).await?, edits };
    let flow = call.tools.flows.create(call.actor, new).await?;
    Ok(made(&flow))
}

/// The folder that is meant, by its id or by its name; one of a new name is made.
async fn folder(call: &Call<'_>) -> Result<Option<String>, ToolError> {
    let id = call.args.text("folder_id").map(str::to_owned);
    let Some(name) = call.args.text(FOLDER_NAME) else { return Ok(id) };
    if id.is_some() {
        return Err(
            Problem::invalid("folder_id", "Give a folder by id or by name, not both").into()
        );
    }
    let known = call.tools.flows.folders(call.actor).await?;
    if let Some(known) = known.into_iter().find(|it| it.display_name == name.trim()) {
        return Ok(Some(known.id));
    }
    Ok(Some(call.tools.flows.create_folder(call.actor, name).await?.id))
}

/// A flow was made.
pub(crate) fn made(flow: &Flow) -> Done {
    let summary = format!("Made the flow “{}”", flow.version.display_name);
    let done = changed(flow, &summary, &[]);
    done.undone_by("flow_delete", &json!({ "flow_id": flow.id })).while_it_is(flow)
}

/// A trigger that brings its steps replaces the whole tree; one without keeps what hangs below it.
pub(crate) fn beginning(name: &str, trigger: Trigger) -> FlowEdit {
    if trigger.next_action.is_none() {
        return FlowEdit::UpdateTrigger(Box::new(trigger));
    }
    let display_name = name.to_owned();
    FlowEdit::ImportFlow(Box::new(ImportFlow {
        display_name,
        trigger,
        schema_version: None,
        notes: None,
        keep_samples: false,
    }))
}

/// Flows are in the caller's workspace and nowhere else.
pub(crate) fn own_workspace(call: &Call<'_>) -> Result<(), ToolError> {
    match call.args.text("project_id") {
        Some(id) if id != call.actor.workspace.as_str() => {
            Err(Problem::not_found("Project").into())
        }
        _ => Ok(()),
    }
}

pub(crate) async fn apply(call: Call<'_>) -> Outcome {
    if let Some(base) = call.args.text("base_version_id")
        && call.flow().await?.version.id.as_str() != base
    {
        let message = "The flow has another version by now. Read it again before changing it";
        return Err(Problem::conflict(message).into());
    }
    let operations: Vec<Value> = call.args.read("operations")?.unwrap_or_default();
    let edits = operations.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    if !call.args.is_on("dry_run") {
        return edit(&call, edits).await;
    }
    let flow = call.flow().await?;
    let version =
        edit::apply_all(&flow.version, &edits).map_err(|issues| Problem::Invalid { issues })?;
    let message = format!("{} would be changed. Nothing was saved", flow.version.display_name);
    Ok(Done::new(
        json!({ "message": message, "valid": version.valid, "problems": problems(&version) }),
    ))
}

pub(crate) async fn trigger_set(call: Call<'_>) -> Outcome {
    let trigger: Option<Trigger> = call.args.read("trigger")?;
    let trigger = trigger.ok_or_else(|| Problem::invalid("trigger", "trigger is missing"))?;
    edit(&call, vec![FlowEdit::UpdateTrigger(Box::new(trigger))]).await
}

pub(crate) async fn step_add(call: Call<'_>) -> Outcome {
    let action: Option<Action> = call.args.read("step")?;
    let action = action.ok_or_else(|| Problem::invalid("step", "step is missing"))?;
    let flow = call.flow().await?;
    let place = place(&call, &flow)?;
    edit(&call, vec![FlowEdit::AddAction(Box::new(AddAction { action, ..place }))]).await
}

pub(crate) async fn step_delete(call: Call<'_>) -> Outcome {
    let names = vec![call.args.need("step_name")?.to_owned()];
    edit(&call, vec![FlowEdit::DeleteAction(DeleteAction { names })]).await
}

/// The given fields of a step in place of those it has; objects are merged, so that one input can be changed.
pub(crate) async fn step_update(call: Call<'_>) -> Outcome {
    let flow = call.flow().await?;
    let name = call.args.need("step_name")?;
    let changes: Value = call.args.read("changes")?.unwrap_or_default();
    let unknown = || Problem::invalid("step_name", format!("There is no step called {name}"));
    if name == flow.version.trigger.name {
        let mut whole = json!(flow.version.trigger);
        merge(&mut whole, &changes);
        let trigger: Trigger = read_step(whole)?;
        return edit(&call, vec![FlowEdit::UpdateTrigger(Box::new(trigger))]).await;
    }
    let mut whole = json!(tree::find(&flow.version.trigger, name).ok_or_else(unknown)?);
    merge(&mut whole, &changes);
    let action: Action = read_step(whole)?;
    if action.name != name {
        let message = "A step keeps its name, which expressions use. Change displayName instead";
        return Err(Problem::invalid("changes.name", message).into());
    }
    edit(&call, vec![FlowEdit::UpdateAction(Box::new(action))]).await
}

fn read_step<T: serde::de::DeserializeOwned>(whole: Value) -> Result<T, ToolError> {
    serde_json::from_value(whole).map_err(|error| {
        Problem::invalid("changes", format!("With these changes it is no step: {error}")).into()
    })
}

fn merge(whole: &mut Value, changes: &Value) {
    match (whole, changes) {
        (Value::Object(whole), Value::Object(changes)) => {
            for (name, change) in changes {
                merge(whole.entry(name.clone()).or_insert(Value::Null), change);
            }
        }
        (whole, change) => *whole = change.clone(),
    }
}

pub(crate) async fn step_move(call: Call<'_>) -> Outcome {
    let flow = call.flow().await?;
    let name = call.args.need("step_name")?.to_owned();
    let (parent, location, branch_index) = spot(&call, &flow);
    let relocation = MoveAction {
        name,
        new_parent_step: parent,
        step_location_relative_to_new_parent: location,
        branch_index,
    };
    edit(&call, vec![FlowEdit::MoveAction(relocation)]).await
}

pub(crate) async fn step_duplicate(call: Call<'_>) -> Outcome {
    let step_name = call.args.need("step_name")?.to_owned();
    edit(&call, vec![FlowEdit::DuplicateAction(OneStep { step_name })]).await
}

/// After a step, inside a loop or branch, in the error branch of any other step, or at the end.
fn spot(call: &Call<'_>, flow: &Flow) -> (String, Location, Option<usize>) {
    let branch = call.args.number("branch").and_then(|it| usize::try_from(it).ok());
    let trigger = &flow.version.trigger;
    let (parent, location) = match (call.args.text("inside"), call.args.text("after_step")) {
        (Some(inside), _) => {
            let location = match tree::find(trigger, inside).map(|it| &it.kind) {
                Some(ActionKind::Router(_)) => Location::InsideBranch,
                Some(ActionKind::Piece(_) | ActionKind::Code(_)) => Location::InsideErrorBranch,
                Some(ActionKind::Loop(_)) | None => Location::InsideLoop,
            };
            (inside.to_owned(), location)
        }
        (None, Some(after)) => (after.to_owned(), Location::After),
        (None, None) => {
            let last = tree::chain(trigger.next_action.as_deref()).last();
            (last.map_or_else(|| trigger.name.clone(), |it| it.name.clone()), Location::After)
        }
    };
    (parent, location, branch)
}

fn place(call: &Call<'_>, flow: &Flow) -> Result<AddAction, ToolError> {
    let (parent, location, branch) = spot(call, flow);
    let action: Action =
        call.args.read("step")?.ok_or_else(|| Problem::invalid("step", "step is missing"))?;
    Ok(AddAction {
        parent_step: parent,
        step_location_relative_to_parent: location,
        branch_index: branch,
        action,
    })
}

/// What several of are applied together: changes to the draft.
fn one(operation: &Value) -> Result<FlowEdit, ToolError> {
    match FlowOperation::parse(operation).map_err(|issues| Problem::Invalid { issues })? {
        FlowOperation::Edit(edit) => Ok(edit),
        FlowOperation::Server(_) => {
            let message = "Only changes to the draft go here. Use flow_publish, flow_enable, flow_disable or flow_rollback";
            Err(Problem::invalid("operation", message).into())
        }
    }
}

pub(crate) async fn edit(call: &Call<'_>, edits: Vec<FlowEdit>) -> Outcome {
    let before = call.flow().await?;
    if is_suggested(call, &before, &edits) {
        return suggest(call, &before, edits).await;
    }
    let summary = edits.first().map(|it| words::describe(it, &before.version)).unwrap_or_default();
    let operations: Vec<Value> = edits.iter().map(edit::outline).collect();
    let flow = call.tools.flows.edit(call.actor, &before.id, None, edits).await?;
    let undo = json!({ "flow_id": flow.id, "operation": back_to(before.version) });
    Ok(changed(&flow, &summary, &operations).undone_by("flow_update", &undo).while_it_is(&flow))
}

/// Whether the assistant only suggests a change: a large one to steps that are there.
fn is_suggested(call: &Call<'_>, flow: &Flow, edits: &[FlowEdit]) -> bool {
    let has_steps = flow.version.trigger.next_action.is_some();
    call.actor.via == Via::Chat && has_steps && proposal::is_large(edits)
}

/// Draws a change on the canvas, for a person to accept or drop; the flow stays as it is.
async fn suggest(call: &Call<'_>, flow: &Flow, edits: Vec<FlowEdit>) -> Outcome {
    let first = edits.first().map(|it| words::describe(it, &flow.version)).unwrap_or_default();
    let title = match edits.len() {
        0 | 1 => first,
        many => format!("{first}, and {} more", many - 1),
    };
    let name = &flow.version.display_name;
    let stored = call.tools.flows.propose(call.actor, &flow.id, &title, edits).await?;
    let value = json!({
        "message": format!(
            "Suggested for “{name}”: {title}. Nothing is changed yet: a person accepts or drops it on the canvas"
        ),
        "proposal": { "id": stored.id, "flow_id": flow.id, "title": title, "changes": stored.edits.len() },
    });
    Ok(Done::new(value).on(name.clone()))
}

pub(crate) fn back_to(version: FlowVersion) -> FlowEdit {
    FlowEdit::ImportFlow(Box::new(ImportFlow {
        display_name: version.display_name,
        trigger: version.trigger,
        schema_version: version.schema_version,
        notes: Some(version.notes),
        keep_samples: true,
    }))
}

/// What changed: which steps there are and what is still wrong, never the inputs that were sent.
pub(crate) fn changed(flow: &Flow, summary: &str, operations: &[Value]) -> Done {
    let value = json!({
        "message": summary,
        "flow": flow_tools::outline(flow),
        "valid": flow.version.valid,
        "problems": problems(&flow.version),
        "change": change(flow, summary, operations),
    });
    Done::new(value).on(flow.version.display_name.clone())
}

fn problems(version: &FlowVersion) -> Vec<FlowProblem> {
    validate::problems(version, None)
}
