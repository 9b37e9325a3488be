//! Whole answers for pages: a workspace, a project, a record, each with the age of its data.

use crate::error::ToolError;
use crate::insight_tools::told;
use crate::lists;
use crate::planned::short;
use crate::reach_tools::path_of;
use crate::sources;
use crate::tool::{Call, Done};
use basecamp::names::Purpose;
use basecamp::records::{Request, is_within};
use domain::mirror::Freshness;
use domain::problem::Problem;
use domain::project::{Project, ProjectSummary};
use domain::record::{Board, Item, Part, Shelf, Work};
use domain::todo::{Todo, TodoQuery};
use serde_json::{Value, json};
use std::time::Duration;
use store::ids;

type Outcome = Result<Done, ToolError>;

/// How long somebody waits for fresh data, in steps.
const STEPS: u32 = 40;
const STEP: Duration = Duration::from_millis(250);
/// Buckets of one's own work hold so many items where nobody said otherwise.
const PREVIEW: usize = 20;
const OF_PROJECT: usize = 4;

/// The record a call means, as Basecamp has it now.
async fn record(call: &Call<'_>) -> Result<Value, ToolError> {
    let project = call.ground(Purpose::Read).await?.map(|it| it.id);
    let found = match (call.args.text("url"), call.args.get("id")) {
        (Some(url), _) => {
            let path = path_of(url);
            let wrong = || Problem::invalid("url", "This is not the address of a Basecamp record");
            let request = Request::recognise("GET", &path).ok_or_else(wrong)?;
            let found = call.tools.basecamp.fetch(call.actor, &request).await?;
            if !found.is_object() {
                return Err(wrong().into());
            }
            found
        }
        (None, Some(id)) => {
            let id = crate::args::text_of(id)
                .trim()
                .parse::<i64>()
                .map_err(|_| Problem::invalid("id", "id must be the id of a Basecamp record"))?;
            call.any_record(id).await?.1
        }
        (None, None) => {
            let words = "Say which record: its url, or its id";
            return Err(Problem::invalid("url", words).into());
        }
    };
    let wanted = call.args.text("type").map(str::to_lowercase);
    let kind = found["type"].as_str().unwrap_or_default().to_lowercase();
    let is_it = wanted.is_none_or(|it| kind.ends_with(&it.replace(['-', '_'], "")));
    if !is_it || !is_within(&found, project) {
        return Err(Problem::not_found("Record").into());
    }
    Ok(found)
}

/// One record in full, with what is under it.
pub(crate) async fn entity(call: Call<'_>) -> Outcome {
    let found = Box::pin(record(&call)).await?;
    let id = found["id"].to_string();
    let mut value = json!({
        "type": found["type"], "id": found["id"], "project": found["bucket"], "app_url": found["app_url"],
        "record": found
    });
    for (switch, name, operation) in [
        ("include_comments", "comments", "ListComments"),
        ("include_events", "events", "ListEvents"),
    ] {
        if !call.args.wants(switch) {
            continue;
        }
        let asked = Request::new(operation, std::slice::from_ref(&id));
        match call.listing(asked).await {
            Ok(all) => {
                value[format!("{name}_count")] = all.items.len().into();
                value[name] = all.items.into();
            }
            // Some kinds have none.
            Err(ToolError::Problem(Problem::NotFound { .. })) => value[name] = json!([]),
            Err(other) => return Err(other),
        }
    }
    if call.args.is_on("include_subscription") {
        let id = found["id"].as_i64().unwrap_or_default();
        value["subscription"] = match call.raw("GetSubscription", &[id]).await {
            Err(ToolError::Problem(Problem::NotFound { .. })) => Value::Null,
            other => other?,
        };
    }
    let now = Freshness { as_of_ms: ids::now_ms(), is_mirrored: false, stale: None };
    Ok(Done::new(sources::aged(value, &now)))
}

/// What a page shows of a record: without its words unless details are wanted.
fn row(it: &Item, is_whole: bool) -> Value {
    let mut value = json!(it);
    if !is_whole && let Some(fields) = value.as_object_mut() {
        fields.shift_remove("text");
    }
    value
}

fn rows(items: &[Item], (is_whole, most): (bool, usize)) -> Value {
    items.iter().take(most).map(|it| row(it, is_whole)).collect()
}

fn shelf(name: &str, found: Part<Shelf>, asked: (bool, usize)) -> Value {
    match found {
        Part::Off => json!({ name: [], format!("{name}_count"): 0, format!("{name}_off"): true }),
        Part::On(it) => {
            json!({ name: rows(&it.items, asked), format!("{name}_count"): it.items.len() })
        }
    }
}

fn todos(found: Part<Work>, asked: (bool, usize)) -> Value {
    match found {
        Part::Off => json!({ "todos": [], "todos_count": 0, "todos_off": true }),
        Part::On(it) => {
            let open = it.todos.iter().filter(|it| !it.completed).count();
            json!({
                "todolists": it.places, "todos": rows(&it.todos, asked), "todos_count": it.todos.len(),
                "todos_open": open
            })
        }
    }
}

fn boards(found: Part<Vec<Board>>, asked: (bool, usize)) -> Value {
    let Part::On(found) = found else { return json!({ "card_tables": [], "cards_off": true }) };
    let told: Vec<Value> = found
        .iter()
        .map(|board| {
            let column = |it: &domain::record::Column| {
                json!({
                    "id": it.id, "title": it.title, "is_done": it.is_done, "cards_count": it.cards.len(),
                    "cards": rows(&it.cards, asked)
                })
            };
            let columns: Vec<Value> = board.columns.iter().map(column).collect();
            json!({ "id": board.id, "title": board.title, "app_url": board.app_url, "columns": columns })
        })
        .collect();
    json!({ "card_tables": told })
}

/// Everything the page of a project shows; a switch leaves a part out.
pub(crate) async fn project(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Read).await?;
    let freshness = call.tools.basecamp.freshness(call.actor).await?;
    let (basecamp, actor, id) = (&call.tools.basecamp, call.actor, project.id);
    let is_whole = call.args.is_on("include_details");
    let most = |name: &str| (is_whole, call.args.size(name).unwrap_or(usize::MAX));
    let mut value = json!({ "project": project });
    let mut add = |more: Value| value = lists::with(value.take(), more);
    if call.args.wants("include_todos") {
        add(todos(Box::pin(basecamp.work(actor, id)).await?, (is_whole, usize::MAX)));
    }
    if call.args.wants("include_cards") {
        let found = Box::pin(basecamp.boards(actor, id)).await?;
        add(boards(found, most("max_cards_per_column")));
    }
    if call.args.wants("include_messages") {
        let found = Box::pin(basecamp.messages(actor, id)).await?;
        add(shelf("messages", found, most("message_limit")));
    }
    if call.args.wants("include_documents") {
        let found = Box::pin(basecamp.files(actor, id)).await?;
        add(shelf("documents", found, most("document_limit")));
    }
    if call.args.wants("include_schedule") {
        let found = Box::pin(basecamp.dates(actor, id)).await?;
        add(shelf("schedule", found, most("schedule_limit")));
    }
    if call.args.wants("include_people") {
        let people = Box::pin(basecamp.on_project(actor, id)).await?;
        let count = people.as_ref().map(Vec::len);
        add(json!({ "people": people, "people_count": count }));
    }
    if call.args.wants("include_campfires") {
        let most = call.args.size("campfire_lines_limit").unwrap_or(PREVIEW);
        add(json!({ "campfires": campfires(&call, &project, most).await? }));
    }
    if call.args.is_on("include_disabled_tools") {
        let docks = call.docks(id).await?;
        let off: Vec<&Value> = docks.iter().filter(|it| it["enabled"] == false).collect();
        add(json!({ "disabled_tools": off }));
    }
    Ok(Done::new(sources::aged(value, &freshness)))
}

/// The chats of a project with their newest lines.
async fn campfires(
    call: &Call<'_>,
    project: &Project,
    most: usize,
) -> Result<Vec<Value>, ToolError> {
    let docks = call.docks(project.id).await?;
    let mut found = Vec::new();
    for dock in docks.iter().filter(|it| it["name"] == "chat" && it["enabled"] == true) {
        let asked = Request::new("ListCampfireLines", &[dock["id"].to_string()]);
        let lines = call.listing(asked).await?.items;
        let told: Vec<&Value> = lines.iter().take(most).collect();
        found.push(json!({
            "id": dock["id"], "title": dock["title"], "lines_count": lines.len(), "lines": told
        }));
    }
    Ok(found)
}

/// Looks at Basecamp again when that is asked for, and waits for it when that is.
async fn refreshed(call: &Call<'_>) -> Result<Freshness, ToolError> {
    let (basecamp, actor) = (&call.tools.basecamp, call.actor);
    let mut freshness = basecamp.freshness(actor).await?;
    let asked_at = ids::now_ms();
    let is_old =
        call.args.number("max_age_ms").is_some_and(|it| asked_at - freshness.as_of_ms > it);
    if !call.args.is_on("force_refresh") && !is_old {
        return Ok(freshness);
    }
    basecamp.hurry_sync(actor).await?;
    if call.args.is_on("wait_for_fresh") {
        for _ in 0..STEPS {
            freshness = basecamp.freshness(actor).await?;
            if freshness.as_of_ms >= asked_at || freshness.stale.is_some() {
                break;
            }
            tokio::time::sleep(STEP).await;
        }
    }
    let is_missed = call.args.is_on("wait_for_fresh") && freshness.as_of_ms < asked_at;
    if is_missed && !call.args.wants("allow_stale_on_error") {
        let message = "Basecamp did not answer in time. Allow older data, or ask again".to_owned();
        return Err(Problem::Unavailable { service: "Basecamp".to_owned(), message }.into());
    }
    Ok(freshness)
}

/// Totals, project cards and one's own work, with the age of the data.
pub(crate) async fn workspace(call: Call<'_>) -> Outcome {
    let freshness = Box::pin(refreshed(&call)).await?;
    let (tools, actor) = (call.tools, call.actor);
    let at = tools.moment(actor).await?;
    let mut projects = Box::pin(tools.insight.project_summaries(actor, at.today)).await?;
    let open = Box::pin(tools.basecamp.todos(actor, &TodoQuery::default())).await?;
    let late = Box::pin(tools.insight.overdue(actor, at.today)).await?;
    let due = Box::pin(tools.insight.due(actor, at.today, at.today)).await?;
    let free = Box::pin(tools.insight.unassigned(actor)).await?;
    let people = Box::pin(tools.basecamp.people(actor)).await?;
    let totals = json!({
        "projects": projects.len(), "people": people.len(), "open": open.len(), "overdue": late.len(),
        "due_today": due.len(), "unassigned": free.len(),
        "completed": projects.iter().map(|it| u64::from(it.completed)).sum::<u64>()
    });
    let total = projects.len();
    projects.truncate(call.args.size("max_projects").unwrap_or(usize::MAX));
    let preview = call.args.size("project_preview_limit").unwrap_or(OF_PROJECT);
    let docks = if call.args.is_on("include_project_docks") {
        call.all_projects().await?
    } else {
        Vec::new()
    };
    let cards: Vec<Value> =
        projects.iter().map(|it| card(&call, it, (&open, preview), &docks)).collect();
    let me = call.me().await?;
    let most = call.args.size("preview_limit").unwrap_or(PREVIEW);
    let mine = |todos: &[Todo]| {
        let has = |it: &&Todo| it.assignees.iter().any(|it| it.id == me.id);
        let all: Vec<&Todo> = todos.iter().filter(has).collect();
        json!({ "count": all.len(), "items": all.iter().take(most).collect::<Vec<_>>() })
    };
    let value = json!({
        "totals": totals, "projects": cards, "projects_count": total, "person": me,
        "mine": { "overdue": mine(&late), "due_today": mine(&due), "open": mine(&open) }
    });
    let value = sources::aged(value, &freshness);
    Ok(Done::new(lists::with(value, json!({ "timestamp": at.now }))))
}

/// A project as a card: its numbers, the next of its to-dos, and what was asked for besides.
fn card(
    call: &Call<'_>,
    it: &ProjectSummary,
    (open, preview): (&[Todo], usize),
    docks: &[Value],
) -> Value {
    let todos = open.iter().filter(|todo| todo.project_id == it.project.id);
    let first: Vec<Value> = todos
        .take(preview)
        .map(|it| json!({ "id": it.id, "title": it.title, "due_on": it.due_on, "app_url": it.app_url }))
        .collect();
    let mut value = json!({
        "project": short(&it.project), "open": it.open, "completed": it.completed, "overdue": it.overdue,
        "next_due_on": it.next_due_on, "team": it.team, "todos_preview": first
    });
    if call.args.is_on("include_project_details") {
        value["details"] = json!(it.project);
    }
    let is_whole = call.args.is_on("include_disabled_tools");
    if let Some(raw) = docks.iter().find(|raw| raw["id"] == it.project.id) {
        let tools = raw["dock"].as_array().into_iter().flatten();
        value["tools"] = tools.filter(|it| is_whole || it["enabled"] == true).cloned().collect();
    }
    value
}

/// People, dates, topics and status of a project, each with how much it matters.
pub(crate) async fn context(call: Call<'_>) -> Outcome {
    let it = Box::pin(call.ground_of("project_id")).await?;
    let said =
        Box::pin(call.tools.basecamp.said(call.actor, Some(it.project.id), i64::MIN)).await?;
    let names = call.names().await?;
    let value = insight::context::analyse(&it.facts, &said, &it.project, (it.at, &names));
    told(value, &it.facts, it.at)
}

/// Projects that share people, topics or dates with this one.
pub(crate) async fn related(call: Call<'_>) -> Outcome {
    let project = call.project_named(call.args.need("project_id")?, Purpose::Read).await?;
    let limit = call.args.read::<f64>("limit")?.unwrap_or(5.0);
    let facts = Box::pin(call.tools.basecamp.facts(call.actor, None)).await?;
    let at = call.tools.moment(call.actor).await?;
    let mut found = insight::context::related(&facts, &project);
    let most = (1..=50_u32).take_while(|it| f64::from(*it) <= limit).count();
    found.truncate(most);
    let value = lists::with(lists::all("projects", &found), json!({ "project": short(&project) }));
    told(value, &facts, at)
}
