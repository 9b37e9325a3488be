//! What is known: searching what was written, who knows a topic, what was decided, what is meant.

use crate::change_tools;
use crate::cross_tools::hit;
use crate::error::ToolError;
use crate::insight_tools::told;
use crate::lists;
use crate::moments::period;
use crate::sources;
use crate::tool::{Call, Done};
use basecamp::names::Purpose;
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
    let freshness = call.tools.basecamp.freshness_of(call.actor, &sources::WORDS).await?;
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
    let freshness = call.tools.basecamp.freshness_of(call.actor, &sources::WORDS).await?;
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
    let freshness = call.tools.basecamp.freshness_of(call.actor, &sources::WORDS).await?;
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
    let freshness = tools.basecamp.freshness_of(call.actor, &sources::WORDS).await?;
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
