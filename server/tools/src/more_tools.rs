//! To-dos by name and by day, entries of a calendar, files.

use crate::error::ToolError;
use crate::lists;
use crate::planned::short;
use crate::tool::{Call, Done};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use basecamp::names::{self, Candidate, Match, Purpose};
use basecamp::records::{Request, is_within};
use domain::problem::Problem;
use domain::todo::TodoQuery;
use insight::deadlines;
use serde_json::{Value, json};

type Outcome = Result<Done, ToolError>;

/// The largest file that may come inside a call: 10 MB.
const FILE_LIMIT: usize = 10 * 1024 * 1024;

/// Open and completed to-dos of a list.
pub(crate) async fn todos_of_list(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Read).await?;
    let list = call.args.need_number("todolist_id")?;
    let request = Request::new("ListTodos", &[list.to_string()]);
    let mut open = call.listing(request.clone()).await?;
    let done = call.listing(request.map(|it| it.asking("completed", "true"))).await?;
    open.items.extend(done.items);
    open.pages += done.pages;
    if open.items.iter().any(|it| !is_within(it, Some(project.id))) {
        return Err(Problem::not_found("To-do list").into());
    }
    let value = lists::read("todos", &open);
    Ok(Done::new(lists::with(value, json!({ "project": short(&project) }))))
}

/// Completes the one open to-do of a project whose text fits.
pub(crate) async fn complete_by_name(mut call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Write).await?;
    let task = call.args.need("task")?.to_owned();
    let query = TodoQuery { project_id: Some(project.id), ..TodoQuery::default() };
    let todos = call.tools.basecamp.todos(call.actor, &query).await?;
    let candidates: Vec<Candidate> =
        todos.iter().map(|it| Candidate::new(it.id, it.title.clone())).collect();
    let id = match names::resolve(&task, &candidates, Purpose::Write) {
        Match::One(found) => found.id,
        Match::Ambiguous(options) => {
            let options = options.into_iter().map(|it| (it.id, it.name)).collect();
            return Err(ToolError::Ambiguous { query: task, options });
        }
        Match::None => return Err(ToolError::NoMatch { what: "to-do", query: task }),
    };
    call.args.insert("project", project.id.to_string().into());
    call.args.insert("todo_id", id.into());
    crate::todo_tools::complete_todo(call).await
}

/// Totals, counts by project, what is due today and what is late.
pub(crate) async fn daily_report(call: Call<'_>) -> Outcome {
    let today = match call.args.day("date")? {
        Some(day) => day,
        None => call.tools.today(call.actor).await?,
    };
    let open = call.tools.basecamp.todos(call.actor, &TodoQuery::default()).await?;
    let late = deadlines::overdue(&open, today);
    let due = deadlines::due_between(&open, today, today);
    let mut projects: Vec<Value> = Vec::new();
    for project in call.tools.basecamp.projects(call.actor).await? {
        let of = |todos: &[domain::todo::Todo]| {
            todos.iter().filter(|it| it.project_id == project.id).count()
        };
        projects.push(json!({
            "id": project.id, "name": project.name, "open": of(&open), "due_today": of(&due), "overdue": of(&late)
        }));
    }
    Ok(Done::new(json!({
        "date": today.to_string(), "open": open.len(), "due_today_count": due.len(), "overdue_count": late.len(),
        "projects": projects, "due_today": due, "overdue": late
    })))
}

/// Entries of a project's schedule between two days.
pub(crate) async fn entries(call: Call<'_>) -> Outcome {
    let (request, project) =
        match call.request("ListScheduleEntries", "@schedule", Purpose::Read).await {
            Ok(found) => found,
            Err(ToolError::NotEnabled { tool }) => return Ok(lists::absent("entries", &tool)),
            Err(other) => return Err(other),
        };
    let mut listing = call.listing(Some(request)).await?;
    let (start, end) = (call.args.text("start"), call.args.text("end"));
    let day = |it: &Value| it.as_str().unwrap_or_default().chars().take(10).collect::<String>();
    listing.items.retain(|it| {
        start.is_none_or(|start| day(&it["ends_at"]).as_str() >= start)
            && end.is_none_or(|end| day(&it["starts_at"]).as_str() <= end)
    });
    let mut value = lists::read("entries", &listing);
    if let Some(project) = project {
        value = lists::with(value, json!({ "project": short(&project) }));
    }
    Ok(Done::new(value))
}

/// Stores a file that came as base64.
pub(crate) async fn attachment(call: Call<'_>) -> Outcome {
    let (name, kind) = (call.args.need("name")?, call.args.need("content_type")?);
    let content = call.args.need("content_base64")?;
    if content.len() / 4 * 3 > FILE_LIMIT {
        return Err(Problem::TooLarge { limit_bytes: FILE_LIMIT as u64 }.into());
    }
    let bytes = STANDARD
        .decode(content)
        .map_err(|_| Problem::invalid("content_base64", "content_base64 is not base64"))?;
    let stored = call.tools.basecamp.store_file(call.actor, (name, kind), bytes).await?;
    let sgid = stored["attachable_sgid"].clone();
    let message = format!("Stored {name}");
    Ok(Done::new(json!({ "message": message, "attachable_sgid": sgid, "attachment": stored }))
        .on(name))
}
