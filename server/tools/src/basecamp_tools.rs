//! Projects, people, comments and records of Basecamp.

use crate::args::text_of;
use crate::error::ToolError;
use crate::find_tools::{self, has_words};
use crate::planned::{self, short};
use crate::tool::{Call, Done};
use crate::{lists, reach_tools};
use basecamp::Basecamp;
use basecamp::names::Purpose;
use basecamp::records::{Request, is_within};
use domain::problem::Problem;
use domain::project::Person;
use serde_json::{Map, Value, json};

type Outcome = Result<Done, ToolError>;

pub(crate) async fn list_projects(call: Call<'_>) -> Outcome {
    if call.args.is_on("archived") {
        return find_tools::archived_projects(&call).await;
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
    let query = call.args.text("query").unwrap_or_default();
    let mut all = call.tools.basecamp.people(call.actor).await?;
    for record in find_tools::project_people(&call).await? {
        let text =
            |name: &str| record[name].as_str().filter(|it| !it.is_empty()).map(str::to_owned);
        let id = record["id"].as_i64().unwrap_or_default();
        if all.iter().all(|it| it.id != id) {
            let name = text("name").unwrap_or_default();
            all.push(Person { id, name, email: text("email_address"), title: text("title") });
        }
    }
    let fits = |it: &Person| {
        has_words(&format!("{} {}", it.name, it.email.as_deref().unwrap_or_default()), query)
    };
    let people: Vec<Person> = all.into_iter().filter(fits).collect();
    Ok(Done::new(lists::all("people", &people)))
}

pub(crate) async fn list_comments(call: Call<'_>) -> Outcome {
    let id = record_id(&call)?;
    let project = call.ground(Purpose::Read).await?.map(|it| it.id);
    if project.is_some() && !is_within(&call.any_record(id).await?.1, project) {
        return Err(Problem::not_found("Record").into());
    }
    let comments = call.tools.basecamp.comments(call.actor, id).await?;
    Ok(Done::new(lists::all("comments", &comments)))
}

pub(crate) async fn create_comment(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Write).await?;
    let record = commented(&call, project.id).await?;
    let id = record["id"].as_i64().unwrap_or_default();
    let mut body: Map<String, Value> = call.args.read("body")?.unwrap_or_default();
    if let Some(text) = call.args.text("content") {
        body.insert("content".into(), Basecamp::rich(text).into());
    }
    let request = Request::new("CreateComment", &[id.to_string()]).map(|it| it.with(body));
    let request = request.ok_or_else(|| Problem::not_found("Operation of Basecamp"))?;
    let made = call.tools.basecamp.send(call.actor, &request).await?;
    let comment_id = made["id"].as_i64().unwrap_or_default();
    let undo = json!({ "project": project.id.to_string(), "recording_id": comment_id });
    let left = json!({ "content": made["content"], "status": "active" });
    let name = planned::name_of(&record);
    let mut value = json!({
        "message": format!("Commented on “{name}” in {}", project.name),
        "project": short(&project),
        "comment": lists::with(made.clone(), json!({ "content": Basecamp::words(made["content"].as_str().unwrap_or_default()) })),
        "record": lists::compact(&record),
    });
    if record["type"] == "Todo" {
        let todo = call.tools.basecamp.todo(call.actor, id).await?;
        value = lists::with(value, json!({ "todo": todo }));
    }
    let guard =
        json!({ "operation": "GetComment", "params": [comment_id.to_string()], "fields": left });
    Ok(Done::new(value)
        .on(name)
        .within(project.id)
        .undone_by("trash_recording", &undo)
        .guarded(guard))
}

/// The record a comment goes to: by id or address, where a title or words beside it must fit, else by its exact title or
/// by words, which must fit only one.
pub(crate) async fn commented(call: &Call<'_>, project: i64) -> Result<Value, ToolError> {
    let title = call.args.text("recording_title");
    let query = title.or_else(|| call.args.text("recording_query"));
    let record = match (record_id(call), query) {
        (Ok(id), _) => {
            let record = call.any_record(id).await?.1;
            let name = planned::name_of(&record);
            let words = call.args.text("recording_query").unwrap_or_default().to_lowercase();
            let is_called = title.is_none_or(|it| name.eq_ignore_ascii_case(it))
                && words.split_whitespace().all(|it| name.to_lowercase().contains(it));
            if !is_called {
                let query = title.unwrap_or(&words).to_owned();
                return Err(ToolError::NoMatch { what: "record", query });
            }
            record
        }
        (Err(error), None) => return Err(error),
        (Err(_), Some(query)) => {
            let search = Request::new("Search", &[]).map(|it| it.asking("q", query));
            let mut found =
                call.listing(search.map(|it| it.asking("bucket_ids[]", project))).await?.items;
            found.retain(|it| {
                title.is_none_or(|title| planned::name_of(it).eq_ignore_ascii_case(title))
            });
            found.retain(|it| it["type"] != "Comment");
            match found.len() {
                0 => return Err(ToolError::NoMatch { what: "record", query: query.to_owned() }),
                1 => found.remove(0),
                _ => {
                    let option =
                        |it: &Value| (it["id"].as_i64().unwrap_or_default(), planned::name_of(it));
                    let options = found.iter().map(option).collect();
                    return Err(ToolError::Ambiguous { query: query.to_owned(), options });
                }
            }
        }
    };
    if is_within(&record, Some(project)) {
        Ok(record)
    } else {
        Err(Problem::not_found("Record").into())
    }
}

/// An id, or the last number in an address.
fn record_id(call: &Call<'_>) -> Result<i64, ToolError> {
    let written = call.args.get("recording_id").map(text_of).unwrap_or_default();
    let written = if written.contains('/') { reach_tools::path_of(&written) } else { written };
    let last = written.rsplit(|it: char| !it.is_ascii_digit()).find(|it| !it.is_empty());
    last.and_then(|it| it.parse().ok()).ok_or_else(|| {
        Problem::invalid("recording_id", "recording_id must be an id or the address of a record")
            .into()
    })
}
