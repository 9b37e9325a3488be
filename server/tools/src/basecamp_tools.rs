//! Projects, people, comments and records of Basecamp.

use crate::args::text_of;
use crate::error::ToolError;
use crate::lists;
use crate::tool::{Call, Done};
use basecamp::names::Purpose;
use domain::problem::Problem;
use domain::project::{Person, Project};
use serde_json::{Value, json};

type Outcome = Result<Done, ToolError>;

pub(crate) async fn list_projects(call: Call<'_>) -> Outcome {
    if call.args.is_on("archived") {
        return Err(Problem::invalid(
            "archived",
            "Archived projects cannot be listed yet. Leave archived out",
        )
        .into());
    }
    let projects = call.tools.basecamp.projects(call.actor).await?;
    Ok(Done::new(lists::all("projects", &projects)))
}

pub(crate) async fn find_project(call: Call<'_>) -> Outcome {
    match call.project_named(call.args.need("name")?, Purpose::Read).await {
        Ok(project) => Ok(Done::new(json!({ "project": project }))),
        Err(ToolError::Ambiguous { options, .. }) => {
            let candidates: Vec<Value> =
                options.iter().map(|(id, name)| json!({ "id": id, "name": name })).collect();
            Ok(Done::new(lists::all("candidates", &candidates)))
        }
        Err(other) => Err(other),
    }
}

pub(crate) async fn get_project(call: Call<'_>) -> Outcome {
    let project =
        call.tools.basecamp.project(call.actor, call.args.need_number("project_id")?).await?;
    Ok(Done::new(json!({ "project": project })))
}

pub(crate) async fn list_todolists(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Read).await?;
    let all = call.tools.basecamp.lists(call.actor, project.id).await?;
    Ok(Done::new(lists::with(lists::all("todolists", &all), json!({ "project": short(&project) }))))
}

pub(crate) async fn list_all_people(call: Call<'_>) -> Outcome {
    let query = call.args.text("query").unwrap_or_default().to_lowercase();
    let all = call.tools.basecamp.people(call.actor).await?;
    let fits = |it: &Person| {
        it.name.to_lowercase().contains(&query)
            || it.email.as_deref().unwrap_or_default().to_lowercase().contains(&query)
    };
    let people: Vec<Person> = all.into_iter().filter(fits).collect();
    Ok(Done::new(lists::all("people", &people)))
}

pub(crate) async fn list_comments(call: Call<'_>) -> Outcome {
    let id = record_id(&call)?;
    let comments = call.tools.basecamp.comments(call.actor, id).await?;
    Ok(Done::new(lists::all("comments", &comments)))
}

pub(crate) async fn create_comment(call: Call<'_>) -> Outcome {
    let (id, text) = (record_id(&call)?, call.args.need("content")?);
    let todo = call.tools.basecamp.todo(call.actor, id).await?;
    let comment = call.tools.basecamp.comment(call.actor, id, text).await?;
    let undo = json!({ "project": todo.project_id.to_string(), "recording_id": comment.id });
    let value = json!({
        "message": format!("Commented on “{}” in {}", todo.title, todo.project_name),
        "project": { "id": todo.project_id, "name": todo.project_name },
        "todo": todo,
        "comment": comment,
    });
    Ok(Done::new(value).on(todo.title).within(todo.project_id).undone_by("trash_recording", &undo))
}

pub(crate) async fn trash_recording(call: Call<'_>) -> Outcome {
    let id = call.args.need_number("recording_id")?;
    let todo = call.tools.basecamp.trash_todo(call.actor, id).await?;
    let message = format!("Moved “{}” to the trash", todo.title);
    Ok(Done::new(json!({ "message": message, "todo": todo }))
        .on(todo.title.clone())
        .within(todo.project_id))
}

/// An id, or the last number in an address.
fn record_id(call: &Call<'_>) -> Result<i64, ToolError> {
    let written = call.args.0.get("recording_id").map(text_of).unwrap_or_default();
    let last = written.rsplit(|it: char| !it.is_ascii_digit()).find(|it| !it.is_empty());
    last.and_then(|it| it.parse().ok()).ok_or_else(|| {
        Problem::invalid("recording_id", "recording_id must be an id or the address of a record")
            .into()
    })
}

/// A project as part of another answer.
pub(crate) fn short(project: &Project) -> Value {
    json!({ "id": project.id, "name": project.name, "app_url": project.app_url })
}
