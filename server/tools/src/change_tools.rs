//! What changed since a moment.

use crate::error::ToolError;
use crate::lists;
use crate::sources;
use crate::tool::{Call, Done};
use basecamp::facts::Happened;
use basecamp::names::Purpose;
use domain::problem::Problem;
use domain::project::Person;
use serde_json::{Value, json};
use std::collections::HashMap;
use store::ids;

/// Words for kinds of records, beside Basecamp's own.
const KINDS: [(&str, &str); 8] = [
    ("todo", "Todo"),
    ("to-do", "Todo"),
    ("task", "Todo"),
    ("card", "Kanban::Card"),
    ("message", "Message"),
    ("comment", "Comment"),
    ("document", "Document"),
    ("todolist", "Todolist"),
];

/// Basecamp's word for a kind of records, in small letters.
pub(crate) fn kind_named(word: &str) -> String {
    let word = word.to_lowercase();
    let known = KINDS.iter().find(|it| it.0 == word);
    known.map_or(word, |it| it.1.to_lowercase())
}

/// A change as it is told.
pub(crate) fn row(it: &Happened) -> Value {
    json!({
        "record_id": it.record_id, "type": it.kind, "title": it.title, "app_url": it.app_url,
        "project": { "id": it.bucket_id, "name": it.project }, "field": it.field, "old": it.old, "new": it.new,
        "who_id": it.who, "in_pm_os": it.actor.is_some(), "at": ids::rfc3339(it.at)
    })
}

/// Whether a change was made by a person: under their own name in Basecamp, or in PM OS through the workspace's.
pub(crate) fn is_by(change: &Happened, person: &Person) -> bool {
    let is_named = |name: &String| name.eq_ignore_ascii_case(&person.name);
    change.actor.as_ref().map_or(change.who == Some(person.id), is_named)
}

/// Changes since a moment, of a record, of a project, or of all; with who made them, where Basecamp tells.
pub(crate) async fn what_changed(call: Call<'_>) -> Result<Done, ToolError> {
    let tools = call.tools;
    let since = tools.when(call.actor, ("since", call.args.need("since")?)).await?;
    let until = match call.args.text("until") {
        Some(text) => tools.when(call.actor, ("until", text)).await?,
        None => ids::now_ms() + 1,
    };
    let project = call.ground(Purpose::Read).await?.map(|it| it.id);
    let person = match call.args.text("person") {
        Some(name) => Some(call.person_named(name).await?),
        None => None,
    };
    let kind = call.args.text("entity_type").map(kind_named);
    let record = match call.args.text("entity_id") {
        Some(text) => Some(text.trim().parse::<i64>().map_err(|_| {
            ToolError::from(Problem::invalid("entity_id", "entity_id must be the id of a record"))
        })?),
        None => None,
    };
    let freshness = tools.basecamp.freshness_of(call.actor, &sources::WORDS).await?;
    let found = tools.basecamp.happened(call.actor, (since, until)).await?;
    let mut found = found.ok_or_else(|| Problem::NeedsSetup {
        message: "What changed is not known yet".to_owned(),
        hint: "The first load of Basecamp is under way. Ask again when it is over".to_owned(),
        fix_url: "/integrations".to_owned(),
    })?;
    found.retain(|it| {
        project.is_none_or(|id| it.bucket_id == id)
            && person.as_ref().is_none_or(|person| is_by(it, person))
            && kind.as_ref().is_none_or(|kind| it.kind.to_lowercase() == *kind)
            && record.is_none_or(|id| it.record_id == id)
    });
    let names: HashMap<i64, String> =
        tools.basecamp.people(call.actor).await?.into_iter().map(|it| (it.id, it.name)).collect();
    let rows: Vec<Value> = found
        .iter()
        .map(|it| {
            let known = it.who.and_then(|id| names.get(&id)).cloned();
            let who = it.actor.clone().or(known);
            lists::with(row(it), json!({ "who": who }))
        })
        .collect();
    let span = json!({ "since": ids::rfc3339(since), "until": ids::rfc3339(until) });
    let mut value = lists::with(lists::all("changes", &rows), span);
    if rows.is_empty() {
        value["message"] = format!("Nothing changed since {}", ids::rfc3339(since)).into();
    }
    Ok(Done::new(sources::aged(value, &freshness)))
}
