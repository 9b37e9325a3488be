//! To-dos, their lists, and comments.

use super::{Step, body, failed, given, ids, output};
use crate::pieces::{Call, Done, Failed};
use domain::todo::{NewTodo, Todo, TodoChanges, TodoQuery};
use serde_json::json;

/// Adds, completes, opens, assigns and lists to-dos.
pub(super) async fn todos(step: &Step<'_>) -> Result<Done, Failed> {
    let (basecamp, actor, input) = (step.basecamp(), &step.actor, &step.call.input);
    let todo = || input.required_integer("todo", "The to-do");
    match step.operation.as_str() {
        "create_todo" => {
            let new = new_todo(step)?;
            given(basecamp.create_todo_once(actor, &new, &mark(step.call)).await)
        }
        "complete_todo" => given(basecamp.complete_todo(actor, todo()?).await),
        "uncomplete_todo" => given(basecamp.reopen_todo(actor, todo()?).await),
        "update_todo_details" => given(basecamp.update_todo(actor, todo()?, &changes(step)?).await),
        "assign_todo" => assign(step, todo()?).await,
        "trash_todo" => given(basecamp.trash_todo(actor, todo()?).await),
        "get_todo" => given(basecamp.todo(actor, todo()?).await),
        "create_todolist" => create_list(step).await,
        "list_todolists" => {
            let lists = basecamp.lists(actor, step.project()?).await.map_err(failed)?;
            Ok(Done::Output(json!({ "count": lists.len(), "lists": lists })))
        }
        "list_todos_for_list" => {
            let list = input.required_integer("todolist", "The to-do list")?;
            let todos = of_project(step).await?;
            Ok(listed(todos.into_iter().filter(|it| it.list_id == Some(list)).collect()))
        }
        "list_todos_for_project" => Ok(listed(of_project(step).await?)),
        _ => Err(step.unknown()),
    }
}

/// Comments on to-dos, and on everything else that takes comments.
pub(super) async fn comments(step: &Step<'_>) -> Result<Done, Failed> {
    let fields = step.details();
    let record = fields.required_integer("recording_id", "The to-do")?;
    let content = fields.required_text("content", "The comment")?;
    given(step.basecamp().comment(&step.actor, record, &content).await)
}

async fn create_list(step: &Step<'_>) -> Result<Done, Failed> {
    let fields = step.details();
    fields.required_text("name", "The name")?;
    let set = step.tool("todoset", "to-dos").await?;
    let body = body(&fields, &["name", "description~"]);
    step.make("CreateTodolist", &[set], body).await.map(Done::Output)
}

/// Whoever has it keeps it.
async fn assign(step: &Step<'_>, todo: i64) -> Result<Done, Failed> {
    let new = ids(step.details().json("assignee_ids"));
    if new.is_empty() {
        return Err(Failed::new("Nobody is chosen. Choose who is to do it"));
    }
    let now = step.basecamp().todo(&step.actor, todo).await.map_err(failed)?;
    let mut people: Vec<i64> = now.assignees.iter().map(|it| it.id).collect();
    let before = people.len();
    people.extend(new.into_iter().filter(|it| !now.assignees.iter().any(|has| has.id == *it)));
    if people.len() == before {
        return output(&now);
    }
    let changes = TodoChanges { assignee_ids: Some(people), ..TodoChanges::default() };
    given(step.basecamp().update_todo(&step.actor, todo, &changes).await)
}

fn new_todo(step: &Step<'_>) -> Result<NewTodo, Failed> {
    let fields = step.details();
    Ok(NewTodo {
        project_id: step.project()?,
        list_id: step.call.input.required_integer("todolist", "The to-do list")?,
        title: fields.required_text("content", "The title")?,
        description: fields.text("description"),
        due_on: fields.text("due_on"),
        assignee_ids: ids(fields.json("assignee_ids")),
    })
}

/// What is left empty stays as it is.
fn changes(step: &Step<'_>) -> Result<TodoChanges, Failed> {
    let fields = step.details();
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

async fn of_project(step: &Step<'_>) -> Result<Vec<Todo>, Failed> {
    let query = TodoQuery { project_id: Some(step.project()?), ..TodoQuery::default() };
    step.basecamp().todos(&step.actor, &query).await.map_err(failed)
}

/// Short, because people see it under the to-do; unique enough for one project.
fn mark(call: &Call<'_>) -> String {
    let run = call.key.get(24..).unwrap_or(call.key);
    run.replace(".step_", "-")
}

pub(super) fn listed(todos: Vec<Todo>) -> Done {
    Done::Output(json!({ "count": todos.len(), "todos": todos }))
}
