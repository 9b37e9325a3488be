//! Tools about tools.

use crate::error::ToolError;
use crate::lists;
use crate::other_tools;
use crate::schema;
use crate::tool::{Call, Done, ToolSpec};
use domain::actor::Permission;
use domain::approval::Risk;
use peers::call::Pinned;
use serde_json::{Value, json};

const MOST_DESCRIBED: usize = 20;

pub(crate) async fn tools_search(call: Call<'_>) -> Result<Done, ToolError> {
    let query = call.args.text("query").unwrap_or_default().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let (group, risk) = (call.args.text("group"), call.args.text("risk"));
    let limit = usize::try_from(call.args.number("limit").unwrap_or(12).max(1)).unwrap_or(12);
    let ours = call
        .tools
        .list()
        .filter(|it| it.risk == Risk::Read || call.actor.role.can(Permission::Write))
        .filter(|it| {
            group.is_none_or(|group| it.group == group)
                && risk.is_none_or(|risk| it.risk.as_str() == risk)
        })
        .map(|it| (score(it, &words), row(it)));
    let others = call.tools.others(call.actor).await?;
    let others = others
        .iter()
        .filter(|it| {
            group.is_none_or(|group| group == other_tools::GROUP)
                && risk.is_none_or(|risk| other_tools::risk_of(it).as_str() == risk)
        })
        .map(|it| (other_score(it, &words), other_row(it)));
    let found = ours.chain(others).filter(|(score, _)| words.is_empty() || *score > 0);
    let mut found: Vec<(usize, Value)> = found.collect();
    // A stable sort: among equals ours come first.
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let rows: Vec<Value> = found.into_iter().take(limit).map(|it| it.1).collect();
    Ok(Done::new(lists::all("tools", &rows)))
}

/// How many of the words another server's tool has.
fn other_score(tool: &Pinned, words: &[&str]) -> usize {
    let text = format!("{} {}", tool.server, tool.description).to_lowercase();
    words
        .iter()
        .map(|it| 2 * usize::from(tool.called.contains(it)) + usize::from(text.contains(it)))
        .sum()
}

fn other_row(tool: &Pinned) -> Value {
    json!({
        "name": tool.called, "group": other_tools::GROUP, "risk": other_tools::risk_of(tool),
        "meaning": format!("{}: {}", tool.server, tool.description),
        "required": tool.arguments.get("required").cloned().unwrap_or_else(|| json!([])),
    })
}

/// How many of the words occur; a word of the name counts twice.
fn score(spec: &ToolSpec, words: &[&str]) -> usize {
    let text = format!("{} {} {}", spec.title, spec.meaning, spec.group).to_lowercase();
    words
        .iter()
        .map(|it| 2 * usize::from(spec.name.contains(it)) + usize::from(text.contains(it)))
        .sum()
}

fn row(spec: &ToolSpec) -> Value {
    let params = schema::params(spec);
    let required: Vec<&str> =
        params.iter().filter(|it| it.is_required).map(|it| it.name.as_str()).collect();
    json!({ "name": spec.name, "group": spec.group, "risk": spec.risk, "meaning": spec.meaning, "required": required })
}

pub(crate) async fn tools_describe(call: Call<'_>) -> Result<Done, ToolError> {
    let names: Vec<String> = call.args.read("names")?.unwrap_or_default();
    let others = call.tools.others(call.actor).await?;
    let other = |name: &str| others.iter().find(|it| it.called == name).map(other_tools::describe);
    let (known, unknown): (Vec<String>, Vec<String>) = names
        .into_iter()
        .take(MOST_DESCRIBED)
        .partition(|it| call.tools.find(it).is_some() || other(it).is_some());
    let described: Vec<Value> = known
        .iter()
        .filter_map(|it| call.tools.find(it).map(ToolSpec::describe).or_else(|| other(it)))
        .collect();
    Ok(Done::new(json!({ "tools": described, "unknown": unknown })))
}

/// `mcp_call` is taken apart before it gets here; reaching this is a call to itself.
pub(crate) async fn call_another(_: Call<'_>) -> Result<Done, ToolError> {
    Err(ToolError::Nested)
}
