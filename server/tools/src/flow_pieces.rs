//! What steps can be made of, and where flows live.

use crate::error::ToolError;
use crate::tool::{Call, Done};
use domain::actor::Permission;
use domain::flow::catalog::{self, PieceMeta};
use domain::flow::listing::Page;
use domain::problem::Problem;
use serde_json::{Value, json};
use store::workspaces;

type Outcome = Result<Done, ToolError>;

/// Rows of one answer, unless asked otherwise.
const ROWS: i64 = 50;

/// The pieces that fit, in the order of the picker.
pub(crate) async fn list(call: Call<'_>) -> Outcome {
    call.actor.require(Permission::Read)?;
    let search = call.args.text("search").unwrap_or_default().to_lowercase();
    if let Some(all) = call.tools.flows.pieces_there(call.actor, &search).await? {
        return there(&call, all);
    }
    let off = call.tools.flows.pieces_off(call.actor).await?;
    let category = call.args.text("category").unwrap_or_default().to_lowercase();
    let fits = |it: &&PieceMeta| {
        let words = [it.name, it.display_name, it.description];
        let is_found = words.iter().any(|word| word.to_lowercase().contains(&search));
        let of_action = |it: &catalog::ActionMeta| it.display_name.to_lowercase().contains(&search);
        let is_named = category.is_empty() || it.category.label().to_lowercase() == category;
        is_named && !off.contains(it.name) && (is_found || it.actions.iter().any(of_action))
    };
    let limit = call.args.number("limit").unwrap_or(ROWS).clamp(1, 200);
    let limit = usize::try_from(limit).unwrap_or(1);
    let cursor = call.args.text("cursor");
    let mut rest =
        catalog::all().iter().filter(fits).skip_while(|it| cursor.is_some_and(|at| it.name != at));
    if cursor.is_some() && rest.next().is_none() {
        let message = "This cursor is not one of ours. Leave it out to begin";
        return Err(Problem::invalid("cursor", message).into());
    }
    let data: Vec<&PieceMeta> = rest.by_ref().take(limit).collect();
    let next = rest.next().and(data.last()).map(|it| it.name.to_owned());
    let data: Vec<Value> = data.into_iter().map(summary).collect();
    Ok(Done::new(json!(Page { data, next, previous: None })))
}

/// A page of the pieces that another engine has; a cursor is the place of the first row.
fn there(call: &Call<'_>, all: Vec<Value>) -> Outcome {
    let wanted = call.args.text("category").unwrap_or_default().to_lowercase();
    let fits = |it: &Value| {
        wanted.is_empty() || it["category"].as_str().is_some_and(|it| it.to_lowercase() == wanted)
    };
    let all: Vec<Value> = all.into_iter().filter(fits).collect();
    let limit =
        usize::try_from(call.args.number("limit").unwrap_or(ROWS).clamp(1, 200)).unwrap_or(1);
    let begin: usize = match call.args.text("cursor") {
        None => 0,
        Some(cursor) => cursor.parse().map_err(|_| {
            Problem::invalid("cursor", "This cursor is not one of ours. Leave it out to begin")
        })?,
    };
    let next = (begin + limit < all.len()).then(|| (begin + limit).to_string());
    let data: Vec<Value> = all.into_iter().skip(begin).take(limit).collect();
    Ok(Done::new(json!(Page { data, next, previous: None })))
}

fn summary(piece: &PieceMeta) -> Value {
    let names = |all: Vec<(&str, &str)>| -> Vec<Value> {
        all.into_iter().map(|(name, shown)| json!({ "name": name, "displayName": shown })).collect()
    };
    json!({
        "name": piece.name,
        "displayName": piece.display_name,
        "description": piece.description,
        "version": piece.version,
        "category": piece.category.label(),
        "actions": names(piece.actions.iter().map(|it| (it.name, it.display_name)).collect()),
        "triggers": names(piece.triggers.iter().map(|it| (it.name, it.display_name)).collect()),
    })
}

/// One piece with the fields of what it can do.
pub(crate) async fn get(call: Call<'_>) -> Outcome {
    call.actor.require(Permission::Read)?;
    let name = call.args.need("piece_name")?;
    if let Some(piece) = call.tools.flows.piece_there(call.actor, name).await? {
        return Ok(Done::new(piece));
    }
    let piece = catalog::piece(name);
    let piece = piece.ok_or_else(|| Problem::not_found("Piece"))?;
    Ok(Done::new(json!(piece)))
}

/// The one project of the built-in engine: the workspace itself.
pub(crate) async fn projects(call: Call<'_>) -> Outcome {
    call.actor.require(Permission::Read)?;
    let mut conn = call.tools.db.read().await?;
    let workspace = workspaces::find(&mut conn, &call.actor.workspace).await?;
    let workspace = workspace.ok_or_else(|| Problem::not_found("Workspace"))?;
    let project = json!({ "id": workspace.id, "displayName": workspace.name, "type": "TEAM" });
    Ok(Done::new(json!(Page { data: vec![project], next: None, previous: None })))
}

/// The built-in engine has one project for each workspace.
pub(crate) async fn project_create(call: Call<'_>) -> Outcome {
    call.actor.require(Permission::Write)?;
    let name = call.args.need("name")?;
    if call.tools.flows.engine_settings(call.actor).await?.server.is_some() {
        return Err(Problem::Unsupported {
            message: format!(
                "Activepieces makes no projects in its community edition, so {name} was not made"
            ),
            hint: "Use folders to keep flows apart".to_owned(),
        }
        .into());
    }
    let message = "The built-in engine keeps the flows of a workspace in one project, so none was added. Use folders to keep flows apart";
    Err(Problem::NotUnderstood { message: message.to_owned(), examples: Vec::new() }.into())
}
