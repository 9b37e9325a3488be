//! What a person who types an argument could mean.

use crate::door::{Caller, Door};
use rmcp::model::{CompleteRequestParams, CompletionInfo, Reference};
use serde_json::{Value, json};

/// The argument, the tool that lists what it can be, the list in its answer, the field that is offered.
const LISTED: [(&str, &str, &str, &str); 3] = [
    ("project", "list_projects", "projects", "name"),
    ("project_id", "list_projects", "projects", "id"),
    ("flow_id", "flow_list", "data", "id"),
];

/// Names or ids that begin with, or hold, what was typed.
pub(crate) async fn of(
    door: &Door,
    caller: &Caller,
    asked: &CompleteRequestParams,
) -> CompletionInfo {
    let is_ours = match &asked.r#ref {
        Reference::Prompt(prompt) => crate::prompts::all().iter().any(|it| it.name == prompt.name),
        Reference::Resource(resource) => resource.uri.starts_with("pmos://"),
        _ => false,
    };
    let listed = LISTED.iter().find(|it| it.0 == asked.argument.name).filter(|_| is_ours);
    let Some((_, tool, list, field)) = listed else { return CompletionInfo::default() };
    // Without the answer there is nothing to offer, and typing goes on.
    let Ok(answer) = door.call(caller, tool, &json!({}), "mcp").await else {
        return CompletionInfo::default();
    };
    let typed = asked.argument.value.to_lowercase();
    let rows = answer.get(list).and_then(Value::as_array).into_iter().flatten();
    let words = rows.filter_map(|it| match it.get(field)? {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    });
    let mut found: Vec<String> = words.filter(|it| it.to_lowercase().contains(&typed)).collect();
    found.sort_by_key(|it| !it.to_lowercase().starts_with(&typed));
    let total = u32::try_from(found.len()).ok();
    let has_more = found.len() > CompletionInfo::MAX_VALUES;
    found.truncate(CompletionInfo::MAX_VALUES);
    CompletionInfo::with_pagination(found, total, has_more).unwrap_or_default()
}
