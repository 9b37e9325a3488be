//! Where an answer comes from and how old it is (contract.md 8.4): from our own copy of Basecamp, or from Basecamp.

use crate::lists;
use domain::mirror::{Freshness, Part};
use serde_json::{Value, json};
use store::ids;

/// Tools that answer from the mirror once it is filled, and from Basecamp before.
const MIRRORED: [&str; 16] = [
    "list_projects",
    "search_projects",
    "list_todolists",
    "list_todos_for_project",
    "search_todos",
    "search_cards",
    "list_todos_due",
    "daily_report",
    "list_all_people",
    "search_people",
    "assignment_report",
    "get_person_assignments",
    "list_assigned_to_me",
    "report_todos_assigned_person",
    "report_todos_overdue",
    "summarize_project",
];

/// Whether a tool with these arguments asks the mirror first: what is archived is read from Basecamp.
pub(crate) fn is_mirrored(tool: &str, args: &Value) -> bool {
    let asks_live = |name: &str| args.get(name) == Some(&Value::Bool(true));
    MIRRORED.contains(&tool)
        && !asks_live("archived")
        && !asks_live("include_archived_projects")
        && !asks_live("deep_scan")
}

/// What is found by its words, and what changes are told of.
pub(crate) const WORDS: [Part; 4] = [Part::Todos, Part::Cards, Part::Comments, Part::Messages];

/// What the answer of such a tool is made of.
pub(crate) fn parts(tool: &str) -> &'static [Part] {
    match tool {
        "list_projects" | "search_projects" => &[Part::Projects],
        "list_all_people" | "search_people" => &[Part::People],
        "list_todolists" => &[Part::Lists],
        "search_cards" => &[Part::Cards],
        _ => &[Part::Todos],
    }
}

/// `value` with `source`, `as_of` and `stale`; an answer that tells of stale work under that name keeps it.
pub(crate) fn aged(value: Value, freshness: &Freshness) -> Value {
    let mut facts = json!({
        "source": if freshness.is_mirrored { "mirror" } else { "basecamp" },
        "as_of": ids::rfc3339(freshness.as_of_ms)
    });
    if !value["stale"].is_object() {
        facts["stale"] = freshness.stale.is_some().into();
    }
    if let Some(reason) = &freshness.stale {
        facts["stale_reason"] = reason.as_str().into();
    }
    lists::with(value, facts)
}
