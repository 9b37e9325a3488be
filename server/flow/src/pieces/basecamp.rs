//! The Basecamp piece. It acts with the rights of whoever published the flow; creating is found again by its mark.

use crate::pieces::input::Input;
use crate::pieces::{Call, Done, Failed};
use domain::actor::Actor;
use domain::problem::Problem;
use domain::todo::{Comment, NewTodo, Todo, TodoChanges, TodoQuery};
use serde::Serialize;
use serde_json::{Value, json};

/// How far Basecamp's clock may be behind ours, milliseconds.
const SKEW_MS: i64 = 5_000;

/// Adds, completes, opens and lists to-dos.
pub(crate) async fn todos(call: &Call<'_>) -> Result<Done, Failed> {
    let (engine, input) = (call.engine, &call.input);
    let actor = actor(call).await?;
    let todo = || input.required_integer("todo", "The to-do");
    match input.required_text("operation", "What to do")?.as_str() {
        "create_todo" => {
            let new = new_todo(input)?;
            given(engine.basecamp.create_todo_once(&actor, &new, &mark(call)).await)
        }
        "complete_todo" => given(engine.basecamp.complete_todo(&actor, todo()?).await),
        "uncomplete_todo" => given(engine.basecamp.reopen_todo(&actor, todo()?).await),
        "update_todo_details" => {
            given(engine.basecamp.update_todo(&actor, todo()?, &changes(input)?).await)
        }
        "trash_todo" => given(engine.basecamp.trash_todo(&actor, todo()?).await),
        "get_todo" => given(engine.basecamp.todo(&actor, todo()?).await),
        "list_todolists" => {
            let project = input.required_integer("project", "The project")?;
            let lists = engine.basecamp.lists(&actor, project).await.map_err(failed)?;
            let lists = serde_json::to_value(lists).unwrap_or_default();
            let count = lists.as_array().map_or(0, Vec::len);
            Ok(Done::Output(json!({ "count": count, "lists": lists })))
        }
        "list_todos_for_list" => {
            let list = input.required_integer("todolist", "The to-do list")?;
            let todos = of_project(call, &actor).await?;
            listed(todos.into_iter().filter(|it| it.list_id == Some(list)).collect())
        }
        "list_todos_for_project" => listed(of_project(call, &actor).await?),
        other => {
            Err(Failed::new(format!("PM OS cannot {other} in Basecamp. Choose something else")))
        }
    }
}

/// Comments on to-dos.
pub(crate) async fn comments(call: &Call<'_>) -> Result<Done, Failed> {
    let actor = actor(call).await?;
    let fields = call.input.object("inputs");
    let fields = Input::new(&fields);
    let todo = fields.required_integer("recording_id", "The to-do")?;
    let content = fields.required_text("content", "The comment")?;
    if call.is_unsure
        && let Some(there) = said_before(call, &actor, (todo, &content)).await?
    {
        return output(&there);
    }
    given(call.engine.basecamp.comment(&actor, todo, &content).await)
}

/// The comment that an earlier try of this step may have left.
async fn said_before(
    call: &Call<'_>,
    actor: &Actor,
    (todo, content): (i64, &str),
) -> Result<Option<Comment>, Failed> {
    let there = call.engine.basecamp.comments(actor, todo).await.map_err(failed)?;
    let is_ours = |it: &Comment| {
        let at =
            chrono::DateTime::parse_from_rfc3339(&it.created_at).map(|it| it.timestamp_millis());
        it.content.trim() == content.trim() && at.is_ok_and(|at| at >= call.began_ms - SKEW_MS)
    };
    Ok(there.into_iter().find(is_ours))
}

fn new_todo(input: &Input<'_>) -> Result<NewTodo, Failed> {
    let fields = input.object("inputs");
    let fields = Input::new(&fields);
    Ok(NewTodo {
        project_id: input.required_integer("project", "The project")?,
        list_id: input.required_integer("todolist", "The to-do list")?,
        title: fields.required_text("content", "The title")?,
        description: fields.text("description"),
        due_on: fields.text("due_on"),
        assignee_ids: ids(fields.json("assignee_ids")),
    })
}

/// What is left empty stays as it is.
fn changes(input: &Input<'_>) -> Result<TodoChanges, Failed> {
    let fields = input.object("inputs");
    let fields = Input::new(&fields);
    let changes = TodoChanges {
        title: fields.text("content"),
        description: fields.text("description"),
        due_on: fields.text("due_on"),
        assignee_ids: Some(ids(fields.json("assignee_ids"))).filter(|it| !it.is_empty()),
    };
    if changes == TodoChanges::default() {
        return Err(Failed::new("Nothing to change is filled in. Fill in what should change"));
    }
    Ok(changes)
}

/// Ids as numbers or digits, one or many.
fn ids(value: Option<Value>) -> Vec<i64> {
    let one = |it: &Value| it.as_i64().or_else(|| it.as_str()?.trim().parse().ok());
    match &value {
        Some(Value::Array(items)) => items.iter().filter_map(one).collect(),
        Some(single) => one(single).into_iter().collect(),
        None => Vec::new(),
    }
}

async fn of_project(call: &Call<'_>, actor: &Actor) -> Result<Vec<Todo>, Failed> {
    let project_id = Some(call.input.required_integer("project", "The project")?);
    let query = TodoQuery { project_id, ..TodoQuery::default() };
    call.engine.basecamp.todos(actor, &query).await.map_err(failed)
}

async fn actor(call: &Call<'_>) -> Result<Actor, Failed> {
    let run = call.run;
    call.engine.actor(&run.workspace, &run.acting_user, &run.id).await.map_err(failed)
}

/// Short, because people see it under the to-do; unique enough for one project.
fn mark(call: &Call<'_>) -> String {
    let run = call.key.get(24..).unwrap_or(call.key);
    run.replace(".step_", "-")
}

fn given<T: Serialize>(outcome: Result<T, Problem>) -> Result<Done, Failed> {
    output(&outcome.map_err(failed)?)
}

fn listed(todos: Vec<Todo>) -> Result<Done, Failed> {
    let todos = serde_json::to_value(todos).unwrap_or_default();
    Ok(Done::Output(json!({ "count": todos.as_array().map_or(0, Vec::len), "todos": todos })))
}

fn output<T: Serialize>(value: &T) -> Result<Done, Failed> {
    serde_json::to_value(value)
        .map(Done::Output)
        .map_err(|_| Failed::new("Basecamp's answer cannot be kept"))
}

fn failed(problem: Problem) -> Failed {
    let message = match &problem {
        Problem::NeedsSetup { message, hint, .. } => format!("{message}. {hint}"),
        other => other.to_string(),
    };
    Failed::new(message)
}
