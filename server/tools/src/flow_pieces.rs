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
    let category = call.args.text("category").unwrap_or_default().to_lowercase();
    let fits = |it: &&PieceMeta| {
        let words = [it.name, it.display_name, it.description];
        let is_found = words.iter().any(|word| word.to_lowercase().contains(&search));
        let of_action = |it: &catalog::ActionMeta| it.display_name.to_lowercase().contains(&search);
        let is_named = category.is_empty() || it.category.label().to_lowercase() == category;
        is_named && (is_found || it.actions.iter().any(of_action))
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
    let piece = catalog::piece(call.args.need("piece_name")?);
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
    let message = "The built-in engine keeps the flows of a workspace in one project, so none was added. Use folders to keep flows apart";
    Err(Problem::NotUnderstood { message: message.to_owned(), examples: Vec::new() }.into())
}
