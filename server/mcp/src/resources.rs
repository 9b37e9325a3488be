//! What a chat client can read without calling a tool: projects, flows, runs, reports.

use crate::door::{Caller, Door};
use rmcp::model::{
    ErrorCode, ErrorData, ReadResourceResult, Resource, ResourceContents, ResourceTemplate,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use tools::tools::Tools;

const SCHEME: &str = "pmos://";
const JSON: &str = "application/json";
/// What anybody may read: what this server is.
const ABOUT: &str = "pmos://about";

/// Path, title, the tool that reads it.
const FIXED: [(&str, &str, &str); 5] = [
    ("projects", "Projects", "list_projects"),
    ("flows", "Flows", "flow_list"),
    ("runs", "Runs of flows", "flow_flow_runs_list"),
    ("reports/overdue", "To-dos that are overdue", "report_todos_overdue"),
    ("reports/mine", "To-dos assigned to me", "list_assigned_to_me"),
];

/// Path before the id, title, the tool that reads it, the argument that takes the id.
pub(crate) const BY_ID: [(&str, &str, &str, &str); 3] = [
    ("projects/", "One project", "get_project", "project_id"),
    ("flows/", "One flow", "flow_get", "flow_id"),
    ("runs/", "One run of a flow", "flow_run_get", "run_id"),
];

/// What there is to read.
pub(crate) fn all(tools: &Tools) -> Vec<Resource> {
    let served = FIXED.iter().filter_map(|(path, title, tool)| {
        let spec = tools.find(tool)?;
        let resource = Resource::new(format!("{SCHEME}{path}"), path.replace('/', "_"));
        Some(resource.with_title(*title).with_description(spec.meaning).with_mime_type(JSON))
    });
    let about = Resource::new(ABOUT, "about")
        .with_title("About PM OS")
        .with_description("What this server is, its groups of tools, and where people sign in")
        .with_mime_type(JSON);
    std::iter::once(about).chain(served).collect()
}

/// Whether `uri` can name something to read.
pub(crate) fn is_known(uri: &str) -> bool {
    uri == ABOUT || call_for(uri).is_some()
}

/// Whether only somebody we know may read what is at `uri`.
pub(crate) fn needs_somebody(uri: &str) -> bool {
    uri.starts_with(SCHEME) && uri != ABOUT
}

/// What anybody may know.
fn about(door: &Door) -> Value {
    let groups: BTreeSet<&str> = door.tools.list().map(|it| it.group).collect();
    json!({
        "name": "PM OS",
        "version": env!("CARGO_PKG_VERSION"),
        "address": door.base_url,
        "connect_url": format!("{}/connect", door.base_url),
        "toolsets": groups,
        "tools": door.tools.list().count(),
    })
}

/// What there is to read by id.
pub(crate) fn templates(tools: &Tools) -> Vec<ResourceTemplate> {
    let served = BY_ID.iter().filter_map(|(path, title, tool, argument)| {
        let spec = tools.find(tool)?;
        let address = format!("{SCHEME}{path}{{{argument}}}");
        let template = ResourceTemplate::new(address, path.trim_end_matches('/'));
        Some(template.with_title(*title).with_description(spec.meaning).with_mime_type(JSON))
    });
    served.collect()
}

/// The tool that reads `uri`, and its arguments.
fn call_for(uri: &str) -> Option<(&'static str, Value)> {
    let path = uri.strip_prefix(SCHEME)?;
    if let Some((_, _, tool)) = FIXED.iter().find(|it| it.0 == path) {
        return Some((tool, json!({})));
    }
    BY_ID.iter().find_map(|(before, _, tool, argument)| {
        let id = path.strip_prefix(before).filter(|it| !it.is_empty() && !it.contains('/'))?;
        let id = id.parse::<i64>().map_or_else(|_| Value::from(id), Value::from);
        Some((*tool, Value::Object(Map::from_iter([((*argument).to_owned(), id)]))))
    })
}

/// What `uri` holds now, for `caller`.
pub(crate) async fn read(
    door: &Door,
    caller: &Caller,
    uri: &str,
) -> Result<ReadResourceResult, ErrorData> {
    let missing = || {
        let data = json!({"code": "RESOURCE_NOT_FOUND", "uri": uri});
        let message = format!("There is no resource {uri}");
        ErrorData::new(ErrorCode::RESOURCE_NOT_FOUND, message, Some(data))
    };
    if uri == ABOUT {
        let text = ResourceContents::text(about(door).to_string(), uri).with_mime_type(JSON);
        return Ok(ReadResourceResult::new(vec![text]));
    }
    let Some((tool, args)) = call_for(uri) else { return Err(missing()) };
    match door.call(caller, tool, &args, "mcp").await {
        Ok(value) => {
            let text = ResourceContents::text(value.to_string(), uri).with_mime_type(JSON);
            Ok(ReadResourceResult::new(vec![text]))
        }
        Err(failure) => match failure.code() {
            // An id of the wrong form names nothing.
            "RESOURCE_NOT_FOUND" | "INVALID_INPUT" | "UNKNOWN_TOOL" => Err(missing()),
            "TOOL_ERROR" => Err(ErrorData::internal_error(
                failure.message().to_owned(),
                Some(failure.value().clone()),
            )),
            _ => Err(ErrorData::invalid_request(
                failure.message().to_owned(),
                Some(failure.value().clone()),
            )),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_one_tool() {
        assert_eq!(call_for("pmos://projects"), Some(("list_projects", json!({}))));
        assert_eq!(call_for("pmos://projects/7"), Some(("get_project", json!({"project_id": 7}))));
        assert_eq!(call_for("pmos://flows/f1"), Some(("flow_get", json!({"flow_id": "f1"}))));
        for wrong in ["pmos://", "pmos://projects/", "pmos://flows/a/b", "file:///etc/passwd", ""] {
            assert_eq!(call_for(wrong), None, "{wrong}");
        }
    }
}
