//! To-dos of Basecamp.

use crate::args::day_of;
use crate::error::ToolError;
use crate::find_tools::Words;
use crate::lists;
use crate::planned::short;
use crate::tool::{CHUNK, Call, Done};
use basecamp::names::Purpose;
use basecamp::writes::TodoExtras;
use chrono::NaiveDate;
use domain::problem::Problem;
use domain::todo::{NewTodo, Todo, TodoList, TodoQuery};
use insight::deadlines;
use serde_json::{Value, json};

type Outcome = Result<Done, ToolError>;

pub(crate) async fn list_todos_for_project(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Read).await?;
    let all = call.tools.basecamp.lists_with_todos(call.actor, project.id).await?;
    let count: usize = all.iter().map(|it| it.todos.len()).sum();
    let most = call.args.size("inlineLimit").unwrap_or(call.tools.style.expanded_up_to);
    let is_cut = count > most;
    let groups: Vec<Value> = if call.tools.is_compact(&call.args) || is_cut {
        let preview = call.args.size("preview_limit").unwrap_or(call.tools.style.preview);
        all.iter().map(|it| group(it, preview)).collect()
    } else {
        all.iter().map(|it| json!(it)).collect()
    };
    let mut value = json!({
        "project": short(&project), "todolists": groups, "count": count, "todolists_count": all.len(),
        "expanded": !is_cut, "coverage": lists::coverage(count)
    });
    if is_cut {
        let todos = all.into_iter().flat_map(|it| it.todos).map(|it| json!(it)).collect();
        let kept = call.tools.kept(call.actor, ("todos", todos), CHUNK).await?;
        value = lists::with(lists::with(value, kept), json!({ "chunk_required": true }));
    }
    Ok(Done::new(value))
}

/// A list in short: how many to-dos it has, and the first of them.
fn group(list: &TodoList, preview: usize) -> Value {
    let first: Vec<Value> =
        list.todos.iter().take(preview).map(|it| lists::compact(&json!(it))).collect();
    json!({
        "todolist_id": list.id, "todolist": list.name, "todos_count": list.todos.len(), "todos_preview": first
    })
}

pub(crate) async fn get_todo(call: Call<'_>) -> Outcome {
    let todo = call.todo("todo_id").await?;
    Ok(Done::new(json!({ "todo": todo })))
}

pub(crate) async fn create_todo(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Write).await?;
    let list = call.list(&project).await?;
    let title = call.args.text("task").or_else(|| call.args.text("content"));
    let new = NewTodo {
        project_id: project.id,
        list_id: list.id,
        title: title.unwrap_or_default().to_owned(),
        description: call.args.text("description").map(str::to_owned),
        due_on: call.args.text("due_on").map(str::to_owned),
        assignee_ids: call.args.read("assignee_ids")?.unwrap_or_default(),
    };
    let extras = TodoExtras {
        starts_on: call.args.text("starts_on").map(str::to_owned),
        notify: call.args.read("notify")?,
    };
    let todo = call.tools.basecamp.create_todo_with(call.actor, &new, &extras).await?;
    let undo = json!({ "project": project.id.to_string(), "recording_id": todo.id });
    let message = format!("Added “{}” to {} in {}", todo.title, list.name, project.name);
    let left = json!({ "content": todo.title, "status": "active", "completed": false });
    Ok(written(message, &todo).undone_by("trash_recording", &undo).guarded(guard(&todo, &left)))
}

pub(crate) async fn complete_todo(call: Call<'_>) -> Outcome {
    let before = call.todo("todo_id").await?;
    let todo = call.tools.basecamp.complete_todo(call.actor, before.id).await?;
    let done = written(format!("Completed “{}” in {}", todo.title, todo.project_name), &todo);
    let left = guard(&todo, &json!({ "completed": true }));
    Ok(if before.completed {
        done
    } else {
        done.undone_by("uncomplete_todo", &place(&todo)).guarded(left)
    })
}

pub(crate) async fn uncomplete_todo(call: Call<'_>) -> Outcome {
    let before = call.todo("todo_id").await?;
    let todo = call.tools.basecamp.reopen_todo(call.actor, before.id).await?;
    let done = written(format!("Reopened “{}” in {}", todo.title, todo.project_name), &todo);
    let left = guard(&todo, &json!({ "completed": false }));
    Ok(if before.completed {
        done.undone_by("complete_todo", &place(&todo)).guarded(left)
    } else {
        done
    })
}

fn written(message: String, todo: &Todo) -> Done {
    let value = json!({
        "message": message,
        "project": { "id": todo.project_id, "name": todo.project_name },
        "todo": todo,
    });
    Done::new(value).on(todo.title.clone()).within(todo.project_id)
}

/// What must still be so when the write is taken back.
fn guard(todo: &Todo, fields: &Value) -> Value {
    json!({ "operation": "GetTodo", "params": [todo.id.to_string()], "fields": fields })
}

fn place(todo: &Todo) -> Value {
    json!({ "project": todo.project_id.to_string(), "todo_id": todo.id })
}

pub(crate) async fn list_todos_due(call: Call<'_>) -> Outcome {
    let today = call.tools.today(call.actor).await?;
    let (from, to) = days(call.args.text("date"), today)?;
    let open = open(&call, TodoQuery::default()).await?;
    let due = deadlines::due_between(&open, from, to);
    let value = lists::with(
        lists::all("todos", &due),
        json!({ "from": from.to_string(), "to": to.to_string() }),
    );
    if !call.args.is_on("include_overdue") {
        return Ok(Done::new(value));
    }
    let overdue = deadlines::overdue(&open, today);
    Ok(Done::new(lists::with(value, json!({ "overdue": overdue, "overdue_count": overdue.len() }))))
}

pub(crate) async fn search_todos(call: Call<'_>) -> Outcome {
    let words = Words::of(call.args.text("query").unwrap_or_default());
    let mut found = open(&call, TodoQuery::default()).await?;
    found.retain(|it| words.are_in(&format!("{} {}", it.title, it.description)));
    Ok(Done::new(lists::all("todos", &found)))
}

pub(crate) async fn list_assigned_to_me(call: Call<'_>) -> Outcome {
    let project_id = match call.args.text("project") {
        Some(name) => Some(call.project_named(name, Purpose::Read).await?.id),
        None => None,
    };
    let me = call.me().await?;
    let todos =
        open(&call, TodoQuery { project_id, assignee_id: Some(me.id), ..TodoQuery::default() })
            .await?;
    Ok(Done::new(lists::with(lists::all("todos", &todos), json!({ "person": me }))))
}

pub(crate) async fn report_todos_assigned_person(call: Call<'_>) -> Outcome {
    let named = ["person", "assignee"].iter().find_map(|it| call.args.text(it)).map(str::to_owned);
    let named = named.or_else(|| call.args.number("person_id").map(|it| it.to_string()));
    let named = named.ok_or_else(|| {
        Problem::invalid("person", "Say whose to-dos: person, assignee or person_id")
    })?;
    let person = call.person_named(&named).await?;
    let todos =
        open(&call, TodoQuery { assignee_id: Some(person.id), ..TodoQuery::default() }).await?;
    Ok(Done::new(lists::with(lists::all("todos", &todos), json!({ "person": person }))))
}

pub(crate) async fn report_todos_overdue(call: Call<'_>) -> Outcome {
    let today = call.tools.today(call.actor).await?;
    let mut groups: [(&str, Vec<Todo>); 4] = [
        ("under_a_week_late", Vec::new()),
        ("over_a_week_late", Vec::new()),
        ("over_a_month_late", Vec::new()),
        ("over_three_months_late", Vec::new()),
    ];
    let mut count = 0;
    for todo in call.tools.insight.overdue(call.actor, today).await? {
        let Some(late) = deadlines::days_late(&todo, today) else {
            continue;
        };
        let at = match late {
            ..=7 => 0,
            8..=30 => 1,
            31..=90 => 2,
            _ => 3,
        };
        groups[at].1.push(todo);
        count += 1;
    }
    let mut value =
        json!({ "today": today.to_string(), "count": count, "coverage": lists::coverage(count) });
    for (name, todos) in groups {
        value = lists::with(value, json!({ name: todos }));
    }
    Ok(Done::new(value))
}

pub(crate) async fn summarize_project(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Read).await?;
    let today = call.tools.today(call.actor).await?;
    let summary = call.tools.insight.project_summary(call.actor, project.id, today).await?;
    let open =
        open(&call, TodoQuery { project_id: Some(project.id), ..TodoQuery::default() }).await?;
    let next: Vec<Todo> = open
        .iter()
        .filter(|it| it.due_on.is_some() && it.due_on == summary.next_due_on)
        .cloned()
        .collect();
    let places = match Box::pin(crate::board_tools::places(&call, project.id)).await {
        Err(ToolError::Problem(
            problem @ (Problem::Unavailable { .. }
            | Problem::CircuitOpen { .. }
            | Problem::Throttled { .. }),
        )) => {
            let notice = "The tools of the project are not counted";
            let hint = problem.to_string();
            json!({ "notice": { "reason": "BASECAMP_REQUEST_FAILED", "message": notice, "hint": hint } })
        }
        found => found?,
    };
    let value = json!({
        "project": short(&summary.project),
        "open": summary.open,
        "completed": summary.completed,
        "overdue": summary.overdue,
        "overdue_todos": deadlines::overdue(&open, today),
        "next_due_on": summary.next_due_on,
        "next_due": next,
        "team": summary.team,
    });
    Ok(Done::new(lists::with(value, places)))
}

async fn open(call: &Call<'_>, query: TodoQuery) -> Result<Vec<Todo>, ToolError> {
    let mut todos = call.tools.basecamp.todos(call.actor, &query).await?;
    todos.sort_by(|a, b| {
        (a.due_on.is_none(), &a.due_on, &a.title).cmp(&(b.due_on.is_none(), &b.due_on, &b.title))
    });
    Ok(todos)
}

/// One day or two, today when none is named.
fn days(text: Option<&str>, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), ToolError> {
    let Some(text) = text else { return Ok((today, today)) };
    match text.split_once("..") {
        Some((from, to)) => Ok((day_of("date", from)?, day_of("date", to)?)),
        None => day_of("date", text).map(|it| (it, it)),
    }
}
