//! Servers and their tools as people see them.

use crate::listing::{description, part};
use domain::ids::ToolServerId;
use domain::tool_server::{Program, ServerTool, ToolRisk, ToolServer, ToolState};
use store::tool_servers::{ServerRow, ToolRow};

/// The program that a server is, without what it is started with.
pub(crate) fn program(row: &ServerRow) -> Option<Program> {
    row.program.as_deref().and_then(|it| serde_json::from_str(it).ok())
}

/// A server with its tools, as people see it.
pub(crate) fn server(row: &ServerRow, tools: &[ToolRow]) -> ToolServer {
    let of_it = tools.iter().filter(|it| it.server_id == row.id);
    ToolServer {
        id: ToolServerId::from(row.id.clone()),
        name: row.name.clone(),
        slug: row.slug.clone(),
        url: row.url.clone(),
        program: program(row),
        header: row.header.clone(),
        signs_in: row.connection_id.is_some(),
        is_enabled: row.is_enabled == 1,
        added_by: row.added_by.clone(),
        checked: row.checked.as_deref().and_then(|it| serde_json::from_str(it).ok()),
        tools: of_it.map(tool).collect(),
    }
}

/// A tool as people see it.
fn tool(row: &ToolRow) -> ServerTool {
    let state = state(row);
    let text = row.offered.as_deref().or(row.accepted.as_deref()).unwrap_or_default();
    let before = row.accepted.as_deref().filter(|_| state == ToolState::Changed);
    ServerTool {
        name: row.name.clone(),
        called: row.called.clone(),
        description: description(text),
        arguments: part(text, "inputSchema").unwrap_or_default().to_string(),
        before: before.map(description),
        hash: row.offered_hash.clone().unwrap_or_default(),
        state,
        risk: ToolRisk::parse(&row.risk),
    }
}

/// Whether a tool may be used.
pub(crate) fn state(row: &ToolRow) -> ToolState {
    match (&row.accepted_hash, &row.offered_hash) {
        (_, None) => ToolState::Gone,
        (None, Some(_)) => ToolState::New,
        (Some(before), Some(now)) if before == now => ToolState::Accepted,
        (Some(_), Some(_)) => ToolState::Changed,
    }
}
