//! What people have, where they are, and what they did.

use crate::error::ToolError;
use crate::lists;
use crate::planned::short;
use crate::tool::{Call, Done};
use basecamp::names::Purpose;
use basecamp::records::{Request, is_within};
use domain::project::Person;
use domain::todo::{Todo, TodoQuery};
use serde_json::{Value, json};

type Outcome = Result<Done, ToolError>;

/// Happenings in a short form.
const ACTIVITY: usize = 20;

async fn open(
    call: &Call<'_>,
    project: Option<i64>,
    person: Option<i64>,
) -> Result<Vec<Todo>, ToolError> {
    let query = TodoQuery { project_id: project, assignee_id: person, ..TodoQuery::default() };
    Ok(call.tools.basecamp.todos(call.actor, &query).await?)
}

/// Open to-dos of a project by assignee.
pub(crate) async fn assignment_report(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Read).await?;
    let mut todos = open(&call, Some(project.id), None).await?;
    todos.truncate(call.args.size("max_todos").unwrap_or(usize::MAX));
    let mut groups: Vec<(Option<Person>, Vec<&Todo>)> = Vec::new();
    let mut put = |person: Option<Person>, todo| {
        let found = groups
            .iter()
            .position(|it| it.0.as_ref().map(|it| it.id) == person.as_ref().map(|it| it.id));
        match found {
            Some(at) => groups[at].1.push(todo),
            None => groups.push((person, vec![todo])),
        }
    };
    for todo in &todos {
        if todo.assignees.is_empty() {
            put(None, todo);
        }
        for person in &todo.assignees {
            put(Some(person.clone()), todo);
        }
    }
    groups.sort_by_key(|it| std::cmp::Reverse(it.1.len()));
    let groups: Vec<Value> = groups
        .iter()
        .map(|(person, todos)| json!({ "person": person, "todos": todos, "todos_count": todos.len() }))
        .collect();
    let value = lists::all("assignees", &groups);
    let more = json!({ "project": short(&project), "todos_count": todos.len() });
    Ok(Done::new(lists::with(value, more)))
}

pub(crate) async fn assignments(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Read).await?;
    let person = call.person_named(call.args.need("person")?).await?;
    let todos = open(&call, Some(project.id), Some(person.id)).await?;
    let value = lists::all("todos", &todos);
    Ok(Done::new(lists::with(value, json!({ "project": short(&project), "person": person }))))
}

/// The projects that a person is on.
async fn projects_of(call: &Call<'_>, person: i64) -> Result<Vec<Value>, ToolError> {
    let mut found = Vec::new();
    for project in call.all_projects().await? {
        let id = project["id"].to_string();
        let people = call.listing(Request::new("ListProjectPeople", &[id])).await?;
        if people.items.iter().any(|it| it["id"] == person) {
            found.push(lists::compact(&project));
        }
    }
    Ok(found)
}

pub(crate) async fn projects(call: Call<'_>) -> Outcome {
    let person = call.person_named(call.args.need("person")?).await?;
    let found = projects_of(&call, person.id).await?;
    Ok(Done::new(lists::with(lists::all("projects", &found), json!({ "person": person }))))
}

/// A person's happenings, the newest first.
async fn happenings(
    call: &Call<'_>,
    person: i64,
    most: Option<i64>,
) -> Result<Vec<Value>, ToolError> {
    let mut found =
        call.listing(Request::new("GetPersonProgress", &[person.to_string()])).await?.items;
    let most = most.and_then(|it| usize::try_from(it).ok());
    found.truncate(most.unwrap_or(usize::MAX));
    Ok(found)
}

pub(crate) async fn activity(call: Call<'_>) -> Outcome {
    let person = call.person_named(call.args.need("person")?).await?;
    let project = call.ground(Purpose::Read).await?.map(|it| it.id);
    let words = call.args.text("query").unwrap_or_default().to_lowercase();
    let mut found = happenings(&call, person.id, None).await?;
    let is_whole = call.args.is_on("include_archived_projects");
    let active: Vec<i64> =
        call.tools.basecamp.projects(call.actor).await?.into_iter().map(|it| it.id).collect();
    let is_active = |it: &Value| {
        it.pointer("/bucket/id").and_then(Value::as_i64).is_none_or(|id| active.contains(&id))
    };
    found.retain(|it| {
        is_within(it, project)
            && (is_whole || is_active(it))
            && it["title"].as_str().unwrap_or_default().to_lowercase().contains(&words)
    });
    Ok(Done::new(lists::with(lists::all("events", &found), json!({ "person": person }))))
}

/// A person's projects, open to-dos and activity.
pub(crate) async fn audit(call: Call<'_>) -> Outcome {
    let person = call.person_named(call.args.need("person")?).await?;
    let projects = projects_of(&call, person.id).await?;
    let mut value =
        json!({ "person": person, "projects": projects, "projects_count": projects.len() });
    if call.args.wants("include_assignments") {
        let todos = open(&call, None, Some(person.id)).await?;
        value = lists::with(value, json!({ "todos_count": todos.len(), "todos": todos }));
    }
    if call.args.wants("include_activity") {
        let most = call.args.number("activity_limit");
        let events = happenings(&call, person.id, Some(most.unwrap_or(50))).await?;
        value = lists::with(value, json!({ "events_count": events.len(), "events": events }));
    }
    if call.args.is_on("compact") {
        for name in ["todos", "events"] {
            let items = value[name].as_array().map(|it| it.iter().map(lists::compact).collect());
            value[name] = items.unwrap_or_default();
        }
    }
    Ok(Done::new(value))
}

/// The same with counts and the first of each.
pub(crate) async fn summary(call: Call<'_>) -> Outcome {
    let most = call.args.size("preview_limit");
    let mut done = audit(call).await?;
    for name in ["projects", "todos", "events"] {
        let items = done.value[name].as_array().cloned();
        let Some(items) = items else { continue };
        let first = items.iter().take(most.unwrap_or(5).min(ACTIVITY)).map(lists::compact);
        done.value[format!("{name}_preview")] = first.collect();
        if let Some(fields) = done.value.as_object_mut() {
            fields.shift_remove(name);
        }
    }
    Ok(done)
}
