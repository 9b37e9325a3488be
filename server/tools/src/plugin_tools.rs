//! Pieces and extensions: which there are, and which of them the workspace uses. A piece is a part of PM OS that can be
//! switched off; an extension is another MCP server.

use crate::error::ToolError;
use crate::lists;
use crate::tool::{Call, Done};
use domain::actor::Permission;
use domain::flow::catalog::{self, PieceMeta};
use domain::problem::Problem;
use domain::tool_server::{NewToolServer, ToolServer, ToolServerChange};
use peers::peers::Peers;
use serde_json::{Value, json};

type Outcome = Result<Done, ToolError>;

/// Every piece and extension, or those in one state.
pub(crate) async fn list(call: Call<'_>) -> Outcome {
    let off = call.tools.flows.pieces_off(call.actor).await?;
    let mut rows: Vec<Value> =
        catalog::all().iter().map(|it| piece_row(it, !off.contains(it.name))).collect();
    if call.actor.role.can(Permission::Write) {
        rows.extend(servers(&call).await?.iter().map(server_row));
    }
    if let Some(status @ ("installed" | "available")) = call.args.text("status") {
        rows.retain(|it| it["status"] == status);
    }
    Ok(Done::new(lists::all("plugins", &rows)))
}

fn piece_row(piece: &PieceMeta, is_on: bool) -> Value {
    json!({
        "id": piece.name, "kind": "piece", "name": piece.display_name, "description": piece.description,
        "version": piece.version, "status": if is_on { "installed" } else { "available" }, "enabled": is_on
    })
}

fn server_row(server: &ToolServer) -> Value {
    json!({
        "id": server.id, "kind": "server", "name": server.name,
        "description": format!("Another MCP server with {} tools", server.tools.len()),
        "status": "installed", "enabled": server.is_enabled, "url": server.url,
        "program": server.program.as_ref().map(|it| &it.command), "added_by": server.added_by
    })
}

fn peers<'a>(call: &Call<'a>) -> Result<&'a Peers, Problem> {
    call.tools.peers.as_ref().ok_or_else(|| Problem::not_found("Plugin"))
}

async fn servers(call: &Call<'_>) -> Result<Vec<ToolServer>, Problem> {
    match &call.tools.peers {
        Some(peers) => peers.list(call.actor).await,
        None => Ok(Vec::new()),
    }
}

/// Switches a piece or an extension, adds or forgets an extension, or changes how it is reached.
pub(crate) async fn manage(call: Call<'_>) -> Outcome {
    call.actor.require(Permission::Manage)?;
    let (id, action) = (call.args.need("plugin_id")?.trim(), call.args.need("action")?);
    if let Some(piece) = catalog::piece(id) {
        return switch_piece(&call, piece, action).await;
    }
    let all = servers(&call).await?;
    let found = all.into_iter().find(|it| it.id.as_str() == id || it.slug == id);
    match (found, action) {
        (Some(server), "uninstall") => {
            peers(&call)?.remove(call.actor, &server.id).await?;
            let message = format!("Removed {} with its secret and its tools", server.name);
            Ok(Done::new(json!({ "message": message })).on(server.name))
        }
        (Some(server), "configure") => {
            let change: ToolServerChange = call.args.read("config")?.unwrap_or_default();
            if change == ToolServerChange::default() {
                let words = "Say what is to change: name, url, header, secret or isEnabled";
                return Err(Problem::invalid("config", words).into());
            }
            let changed = peers(&call)?.change(call.actor, &server.id, change).await?;
            Ok(told(&changed, "Changed"))
        }
        (Some(server), _) => switch_server(&call, &server, action != "disable").await,
        (None, "install") if call.args.get("config").is_some() => {
            let mut new: NewToolServer = call.args.read("config")?.unwrap_or_default();
            if new.name.trim().is_empty() {
                id.clone_into(&mut new.name);
            }
            let added = peers(&call)?.add(call.actor, new).await?;
            let done = told(&added, "Added");
            let back = json!({ "plugin_id": added.id, "action": "uninstall" });
            Ok(done.undone_by("manage_plugin", &back))
        }
        (None, _) => Err(Problem::not_found("Plugin").into()),
    }
}

async fn switch_piece(call: &Call<'_>, piece: &PieceMeta, action: &str) -> Outcome {
    let is_on = match action {
        "install" | "enable" => true,
        "uninstall" | "disable" => false,
        _ => {
            return Err(Problem::Unsupported {
                message: format!("The piece {} has no options of its own", piece.display_name),
                hint: "Set the fields of the steps that use it, or its connection".to_owned(),
            }
            .into());
        }
    };
    let is_changed = call.tools.flows.switch_piece(call.actor, piece.name, is_on).await?;
    let word = if is_on { "on" } else { "off" };
    let message = match is_changed {
        true => format!("{} is switched {word}", piece.display_name),
        false => format!("{} was switched {word} already", piece.display_name),
    };
    let value = json!({ "message": message, "plugin": piece_row(piece, is_on) });
    let done = Done::new(value).on(piece.display_name);
    let back = if is_on { "disable" } else { "enable" };
    Ok(match is_changed {
        true => {
            done.undone_by("manage_plugin", &json!({ "plugin_id": piece.name, "action": back }))
        }
        false => done,
    })
}

async fn switch_server(call: &Call<'_>, server: &ToolServer, is_on: bool) -> Outcome {
    let change = ToolServerChange { is_enabled: Some(is_on), ..ToolServerChange::default() };
    let changed = peers(call)?.change(call.actor, &server.id, change).await?;
    let done = told(&changed, if is_on { "Switched on" } else { "Switched off" });
    let back = if server.is_enabled { "enable" } else { "disable" };
    Ok(done.undone_by("manage_plugin", &json!({ "plugin_id": server.id, "action": back })))
}

fn told(server: &ToolServer, what: &str) -> Done {
    let message = format!("{what} {}", server.name);
    Done::new(json!({ "message": message, "plugin": server_row(server) })).on(&server.name)
}
