//! What is known: searching what was written, who knows a topic, what was decided, what is meant.

use crate::change_tools;
use crate::cross_tools::hit;
use crate::error::ToolError;
use crate::insight_tools::told;
use crate::lists;
use crate::moments::period;
use crate::sources;
use crate::tool::{Call, Done};
use basecamp::names::{self, Candidate, Match, Purpose};
use domain::problem::Problem;
use insight::formulas::DAY_MS;
use serde_json::{Value, json};
use std::collections::HashMap;
use store::{ids, memories};

type Outcome = Result<Done, ToolError>;

/// Records a search looks at, and those it gives where nobody said otherwise.
const LOOKED_AT: i64 = 200;
const GIVEN: usize = 20;
/// Kinds of records by scope.
const SCOPES: [(&str, &[&str]); 3] = [
    ("messages", &["Message"]),
    ("comments", &["Comment"]),
    ("tasks", &["Todo", "Kanban::Card", "Kanban::Step", "Todolist"]),
];

impl Call<'_> {
    /// Names of people by their ids.
    pub(crate) async fn names(&self) -> Result<HashMap<i64, String>, ToolError> {
        let all = self.tools.basecamp.people(self.actor).await?;
        Ok(all.into_iter().map(|it| (it.id, it.name)).collect())
    }

    /// A number of items from an argument that may be written as 5 or 5.0.
    pub(crate) fn most(&self, argument: &str, otherwise: usize) -> Result<usize, ToolError> {
        let Some(number) = self.args.read::<f64>(argument)? else { return Ok(otherwise) };
        let found = (1..=500_u32).take_while(|it| f64::from(*it) <= number).count();
        if found == 0 {
            return Err(Problem::invalid(argument, "Give a number from 1 to 500").into());
        }
        Ok(found)
    }

    /// Records of the mirror that hold the words, the best first, as stories; none while it is not filled.
    pub(crate) async fn stories_with(&self, words: &str) -> Result<Option<Vec<Value>>, ToolError> {
        let (basecamp, actor) = (&self.tools.basecamp, self.actor);
        let Some(mut mirror) = basecamp.mirrored(actor).await? else { return Ok(None) };
        let found = mirror.search(words, LOOKED_AT).await?;
        drop(mirror);
        let Some(mut stories) = basecamp.stories(actor).await? else { return Ok(None) };
        let mut all = Vec::with_capacity(found.len());
        for id in found {
            all.extend(stories.record(id).await?);
        }
        Ok(Some(all))
    }
}

pub(crate) fn unknown_yet() -> Problem {
    Problem::NeedsSetup {
        message: "What was written is not known yet".to_owned(),
        hint: "The first load of Basecamp is under way. Ask again when it is over".to_owned(),
        fix_url: "/integrations".to_owned(),
    }
}

/// Messages, comments, to-dos and projects that hold the words, the best first.
pub(crate) async fn search(call: Call<'_>) -> Outcome {
    let query = call.args.need("query")?.to_owned();
    let scope = call.args.text("scope").unwrap_or("all").to_owned();
    let project = call.ground(Purpose::Read).await?.map(|it| it.id);
    let most = call.most("limit", GIVEN)?;
    let freshness = call.tools.basecamp.freshness(call.actor).await?;
    let mut results = Vec::new();
    if matches!(scope.as_str(), "all" | "projects") && project.is_none() {
        for it in call.tools.basecamp.projects(call.actor).await? {
            let text = format!("{} {}", it.name, it.description);
            if crate::find_tools::has_words(&text, &query) {
                results.push(json!({
                    "id": it.id, "type": "Project", "title": it.name, "excerpt": it.description, "relevance": 1.0,
                    "project": { "id": it.id, "name": it.name }, "app_url": it.app_url
                }));
            }
        }
    }
    if scope != "projects" {
        let mut found = call.stories_with(&query).await?.ok_or_else(unknown_yet)?;
        let kinds = SCOPES.iter().find(|it| it.0 == scope).map(|it| it.1);
        found.retain(|it| {
            kinds.is_none_or(|all| all.iter().any(|kind| it["type"] == **kind))
                && project.is_none_or(|id| it["project"]["id"] == id)
        });
        let of = found.len();
        results.extend(found.iter().enumerate().map(|(at, it)| hit((at, of), it)));
    }
    let total = results.len();
    results.truncate(most);
    let more = json!({ "query": query, "scope": scope, "total": total });
    let value = lists::with(lists::all("results", &results), more);
    Ok(Done::new(sources::aged(value, &freshness)))
}

/// Stored context that holds the words: records of the mirror, and the caller's notes.
pub(crate) async fn smart_search(call: Call<'_>) -> Outcome {
    let query = call.args.need("query")?.to_owned();
    let kind = call.args.text("entity_type").map(change_tools::kind_named);
    let near = match call.args.text("entity_id") {
        Some(text) => Some(text.trim().parse::<i64>().map_err(|_| {
            Problem::invalid("entity_id", "entity_id must be the id of a record or a project")
        })?),
        None => None,
    };
    let freshness = call.tools.basecamp.freshness(call.actor).await?;
    let mut found = call.stories_with(&query).await?.ok_or_else(unknown_yet)?;
    found.retain(|it| {
        let is_kind =
            |kind: &String| it["type"].as_str().is_some_and(|it| it.to_lowercase() == *kind);
        let is_near =
            |id: i64| it["id"] == id || it["project"]["id"] == id || it["place"]["id"] == id;
        kind.as_ref().is_none_or(is_kind) && near.is_none_or(is_near)
    });
    let of = found.len();
    let results: Vec<Value> = found.iter().enumerate().map(|(at, it)| hit((at, of), it)).collect();
    let mut conn = call.tools.db.read().await?;
    let place = (&call.actor.workspace, &call.actor.user);
    let notes = memories::visible(&mut conn, place, 0.0, LOOKED_AT).await?;
    let notes: Vec<Value> = notes
        .iter()
        .filter(|it| crate::find_tools::has_words(&format!("{} {}", it.content, it.tags), &query))
        .map(|it| json!({ "id": it.id, "memory_type": it.kind, "content": it.content, "importance": it.importance }))
        .collect();
    let more = json!({ "query": query, "notes": notes, "notes_count": notes.len() });
    let value = lists::with(lists::all("results", &results), more);
    Ok(Done::new(sources::aged(value, &freshness)))
}

/// People by how much they did and wrote about a topic.
pub(crate) async fn expert(call: Call<'_>) -> Outcome {
    let topic = call.args.need("topic")?.to_owned();
    let most = call.most("limit", 5)?;
    let facts = Box::pin(call.tools.basecamp.facts(call.actor, None)).await?;
    let said = Box::pin(call.tools.basecamp.said(call.actor, None, i64::MIN)).await?;
    let (at, names) = (call.tools.moment(call.actor).await?, call.names().await?);
    let mut found = insight::context::experts(&facts, &said, &topic, &names);
    found.truncate(most);
    let mut value = lists::with(lists::all("experts", &found), json!({ "topic": topic }));
    if found.is_empty() {
        value["message"] = "Nobody has completed or written anything about this".into();
    }
    told(value, &facts, at)
}

/// Decisions, action items and outcomes that a project's messages and comments speak of, each with its source.
pub(crate) async fn decisions(call: Call<'_>) -> Outcome {
    let days = period(call.args.text("period").or(Some("1 month")))?;
    let kind = call.args.text("type").unwrap_or("all").to_owned();
    let project = call.project(Purpose::Read).await?;
    let freshness = call.tools.basecamp.freshness(call.actor).await?;
    let (at, names) = (call.tools.moment(call.actor).await?, call.names().await?);
    let since = at.since(days);
    let said = Box::pin(call.tools.basecamp.said(call.actor, Some(project.id), since)).await?;
    let found = insight::words::found(&said, &names);
    let of = |word: &str| -> Vec<&Value> { found.iter().filter(|it| it["type"] == word).collect() };
    let mut value = json!({
        "project": crate::planned::short(&project), "period": format!("{days} days"), "posts_read": said.len()
    });
    for (name, word) in
        [("decisions", "decision"), ("action_items", "action_item"), ("outcomes", "outcome")]
    {
        if kind == "all" || kind == name {
            let all = of(word);
            value[format!("{name}_count")] = all.len().into();
            value[name] = json!(all);
        }
    }
    Ok(Done::new(sources::aged(value, &freshness)))
}

/// What differs about a record or a project between two days.
pub(crate) async fn snapshots(call: Call<'_>) -> Outcome {
    let tools = call.tools;
    let from = call.args.text("from_date").unwrap_or("last week").to_owned();
    let from = tools.when(call.actor, ("from_date", &from)).await?;
    let to = match call.args.text("to_date") {
        Some(text) => tools.when(call.actor, ("to_date", text)).await? + DAY_MS,
        None => ids::now_ms() + 1,
    };
    if to <= from {
        return Err(Problem::invalid("to_date", "to_date must not lie before from_date").into());
    }
    let kind = call.args.need("entity_type")?.to_lowercase();
    let named = call.args.text("entity_id").map(str::to_owned);
    let project = match (&named, kind.as_str()) {
        (Some(text), "project") => Some(call.project_named(text, Purpose::Read).await?.id),
        _ => None,
    };
    let record =
        match (&named, project) {
            (Some(text), None) => Some(text.trim().parse::<i64>().map_err(|_| {
                Problem::invalid("entity_id", "entity_id must be the id of a record")
            })?),
            _ => None,
        };
    let wanted = change_tools::kind_named(&kind);
    let freshness = tools.basecamp.freshness(call.actor).await?;
    let found = tools.basecamp.happened(call.actor, (from, to)).await?;
    let mut found = found.ok_or_else(unknown_yet)?;
    found.retain(|it| {
        record.is_none_or(|id| it.record_id == id)
            && project.is_none_or(|id| it.bucket_id == id)
            && (kind == "project" || record.is_some() || it.kind.to_lowercase() == wanted)
    });
    // The newest come first: the first change of a field is the last one met.
    let mut differences: Vec<Value> = Vec::new();
    let mut places: HashMap<(i64, String), usize> = HashMap::new();
    for it in &found {
        if let Some(at) = places.get(&(it.record_id, it.field.clone())) {
            differences[*at]["from"] = json!(it.old);
            continue;
        }
        places.insert((it.record_id, it.field.clone()), differences.len());
        differences.push(json!({
            "record_id": it.record_id, "type": it.kind, "title": it.title, "app_url": it.app_url,
            "project": { "id": it.bucket_id, "name": it.project }, "field": it.field, "from": it.old, "to": it.new
        }));
    }
    differences.retain(|it| it["from"] != it["to"]);
    let created = differences.iter().filter(|it| it["field"] == "created").count();
    let done = differences.iter().filter(|it| it["to"] == "completed").count();
    let more = json!({
        "entity_type": kind, "entity_id": named, "from": ids::rfc3339(from), "to": ids::rfc3339(to),
        "created_count": created, "completed_count": done
    });
    let value = lists::with(lists::all("differences", &differences), more);
    Ok(Done::new(sources::aged(value, &freshness)))
}

/// What a pronoun, a short form or a name means: the record of the caller's last writes for a pronoun, else the one of
/// that name.
pub(crate) async fn resolve(call: Call<'_>) -> Outcome {
    const PRONOUNS: [&str; 14] = [
        "it",
        "that",
        "this",
        "them",
        "those",
        "these",
        "that one",
        "this one",
        "the last one",
        "that project",
        "this project",
        "that task",
        "that to-do",
        "the same",
    ];
    let text = call.args.need("ref")?.trim().to_owned();
    let kind = call.args.text("type").map(str::to_owned);
    let words = text.to_lowercase();
    if PRONOUNS.contains(&words.as_str()) {
        return last_touched(&call, &text, kind.as_deref().or(words.strip_prefix("that ")), &words)
            .await;
    }
    let all = named_records(&call, &text, kind.as_deref()).await?;
    let named: Vec<Candidate> = all.iter().map(|it| Candidate::new(it.1, it.2.clone())).collect();
    let row = |it: &Named| json!({ "type": it.0, "id": it.1, "name": it.2, "app_url": it.3 });
    let by_id = |id: i64| all.iter().find(|it| it.1 == id).map(row);
    let value = match names::resolve(&text, &named, Purpose::Read) {
        Match::One(found) => {
            let is_exact = found.name.eq_ignore_ascii_case(&text) || found.id.to_string() == text;
            let sure = if is_exact { 1.0 } else { 0.8 };
            json!({ "ref": text, "resolved": by_id(found.id), "confidence": sure, "candidates": [] })
        }
        Match::Ambiguous(options) => {
            let told: Vec<_> = options.iter().filter_map(|it| by_id(it.id)).collect();
            json!({
                "ref": text, "resolved": null, "confidence": 0.4, "candidates": told,
                "message": "Several fit. Say which"
            })
        }
        Match::None => json!({
            "ref": text, "resolved": null, "confidence": 0.0, "candidates": [],
            "message": "Nothing is called that"
        }),
    };
    Ok(Done::new(value))
}

/// A record by its name: type, id, name and page.
type Named = (&'static str, i64, String, String);

/// Everything of a kind, or of the kinds that people name, that may be meant.
async fn named_records(
    call: &Call<'_>,
    text: &str,
    kind: Option<&str>,
) -> Result<Vec<Named>, ToolError> {
    let mut all: Vec<Named> = Vec::new();
    let is = |word: &str| kind.is_none_or(|it| it == word);
    if is("project") {
        let found = call.tools.basecamp.projects(call.actor).await?;
        all.extend(found.into_iter().map(|it| ("project", it.id, it.name, it.app_url)));
    }
    if is("person") {
        let found = call.tools.basecamp.people(call.actor).await?;
        all.extend(found.into_iter().map(|it| ("person", it.id, it.name, String::new())));
    }
    if is("task") || is("todo") {
        let query = domain::todo::TodoQuery::default();
        let found = Box::pin(call.tools.basecamp.todos(call.actor, &query)).await?;
        all.extend(found.into_iter().map(|it| ("todo", it.id, it.title, it.app_url)));
    }
    if let Some(kind) =
        kind.filter(|it| matches!(*it, "board" | "message" | "todolist" | "comment"))
    {
        let wire = match kind {
            "message" => "Message",
            "todolist" => "Todolist",
            "comment" => "Comment",
            _ => "Kanban::Board",
        };
        for it in call.stories_with(text).await?.ok_or_else(unknown_yet)? {
            if it["type"] == wire {
                let title =
                    it["title"].as_str().filter(|it| !it.is_empty()).unwrap_or(text).to_owned();
                let url = it["url"].as_str().unwrap_or_default().to_owned();
                all.push((
                    if kind == "message" { "message" } else { "record" },
                    it["id"].as_i64().unwrap_or_default(),
                    title,
                    url,
                ));
            }
        }
    }
    Ok(all)
}

/// What the caller changed last, of a kind where one is asked for.
async fn last_touched(call: &Call<'_>, text: &str, kind: Option<&str>, words: &str) -> Outcome {
    let filter = store::operations::OperationFilter { limit: 50, ..Default::default() };
    let mut conn = call.tools.db.read().await?;
    let rows = store::operations::list(&mut conn, &call.actor.workspace, &filter).await?;
    drop(conn);
    let mut mine = rows.into_iter().filter(|it| it.user_id == call.actor.user.as_str());
    let is_project = kind == Some("project") || words.ends_with("project");
    let found =
        mine.find(|it| if is_project { it.project_id.is_some() } else { it.target.is_some() });
    let value = match found {
        Some(it) if is_project => {
            let id = it.project_id.unwrap_or_default();
            let project = call.project_named(&id, Purpose::Read).await?;
            json!({
                "ref": text, "confidence": 0.9, "candidates": [], "operation_id": it.id,
                "resolved": { "type": "project", "id": project.id, "name": project.name, "app_url": project.app_url }
            })
        }
        Some(it) => {
            let args: Value = serde_json::from_str(&it.arguments).unwrap_or_default();
            let undo: Value =
                it.undo.as_deref().and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
            let fields = [
                "todo_id",
                "card_id",
                "recording_id",
                "message_id",
                "comment_id",
                "flow_id",
                "project_id",
            ];
            let id = fields.iter().find_map(|name| {
                [&args[*name], &undo["args"][*name]].into_iter().find(|it| !it.is_null()).cloned()
            });
            json!({
                "ref": text, "confidence": 0.9, "candidates": [], "operation_id": it.id,
                "resolved": { "type": kind.unwrap_or("record"), "id": id, "name": it.target, "tool": it.tool }
            })
        }
        None => json!({
            "ref": text, "resolved": null, "confidence": 0.0, "candidates": [],
            "message": "You changed nothing lately. Give its name"
        }),
    };
    Ok(Done::new(value))
}
