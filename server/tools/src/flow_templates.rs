//! Templates of flows: found, and made into drafts.

use crate::error::ToolError;
use crate::flow_edits::made;
use crate::tool::{Call, Done};
use domain::actor::Permission;
use domain::flow::catalog::BASECAMP;
use domain::flow::listing::Page;
use domain::flow::templates::Template;
use domain::problem::Problem;
use serde_json::{Map, Value, json};

type Outcome = Result<Done, ToolError>;

/// Rows of one answer, unless asked otherwise.
const ROWS: i64 = 50;

/// The templates that fit, in the order of the gallery.
pub(crate) async fn list(call: Call<'_>) -> Outcome {
    call.actor.require(Permission::Read)?;
    let search = call.args.text("search").unwrap_or_default().trim().to_lowercase();
    let category = call.args.text("category").unwrap_or_default().to_lowercase();
    let fits = |it: &&Template| {
        let is_found = format!("{} {}", it.name, it.summary).to_lowercase().contains(&search);
        is_found && (category.is_empty() || it.category.to_lowercase() == category)
    };
    let limit = call.args.number("limit").unwrap_or(ROWS).clamp(1, 200);
    let limit = usize::try_from(limit).unwrap_or(1);
    let cursor = call.args.text("cursor");
    let all = call.tools.flows.templates().iter().filter(fits);
    let mut rest = all.skip_while(|it| cursor.is_some_and(|at| it.id != at));
    if cursor.is_some() && rest.next().is_none() {
        let message = "This cursor is not one of ours. Leave it out to begin";
        return Err(Problem::invalid("cursor", message).into());
    }
    let data: Vec<&Template> = rest.by_ref().take(limit).collect();
    let next = rest.next().and(data.last()).map(|it| it.id.clone());
    let data: Vec<Value> = data.into_iter().map(summary).collect();
    Ok(Done::new(json!(Page { data, next, previous: None })))
}

fn summary(template: &Template) -> Value {
    let pieces = template.pieces();
    let connections: Vec<_> = pieces.iter().filter(|it| **it == BASECAMP).collect();
    json!({
        "id": template.id,
        "name": template.name,
        "category": template.category,
        "summary": template.summary,
        "inputs": template.asks,
        "pieces": pieces,
        "connections": connections,
        "waitsForPerson": template.waits,
    })
}

/// Makes a draft from a template. Our templates use the workspace's own Basecamp, so there is nothing to choose among
/// connections.
pub(crate) async fn apply(call: Call<'_>) -> Outcome {
    let id = call.args.need("template_id")?;
    let answers: Map<String, Value> = call.args.read("inputs")?.unwrap_or_default();
    let named: Map<String, Value> = call.args.read("connections")?.unwrap_or_default();
    if let Some(piece) = named.keys().next() {
        let message =
            format!("This template has no connection to choose for {piece}. Leave it out");
        return Err(Problem::invalid("connections", message).into());
    }
    let name = call.args.text("name");
    let flow = call.tools.flows.start_from_template(call.actor, (id, name), &answers).await?;
    Ok(made(&flow))
}
