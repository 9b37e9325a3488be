//! What a person is told whose role does not allow what they asked for: in plain words, with whom to ask.

use domain::actor::{Actor, Permission, Role};
use domain::problem::Problem;
use serde_json::Value;
use store::db::Conn;
use store::workspaces;
use tools::error::ToolError;

/// How many people are named.
const NAMED: usize = 2;

/// `outcome` with the refusal of somebody who may only look put in their words.
///
/// # Errors
/// When the database cannot be read.
pub(crate) async fn named(
    conn: &mut Conn,
    actor: &Actor,
    outcome: Result<Value, ToolError>,
) -> Result<Result<Value, ToolError>, Problem> {
    let is_refused = matches!(outcome, Err(ToolError::Problem(Problem::Forbidden { .. })));
    if !is_refused || actor.role.can(Permission::Write) {
        return Ok(outcome);
    }
    let all = workspaces::members(conn, &actor.workspace).await?;
    let manages = |role: &str| Role::parse(role).is_some_and(|it| it.can(Permission::Manage));
    let names: Vec<String> = all
        .into_iter()
        .filter(|it| it.status == "active" && manages(&it.role))
        .map(|it| it.name)
        .take(NAMED)
        .collect();
    Ok(Err(ToolError::Problem(Problem::Forbidden { message: words(&names) })))
}

fn words(names: &[String]) -> String {
    let whom = if names.is_empty() { "an admin".to_owned() } else { names.join(" or ") };
    format!("You can look at everything here, but not change it. Ask {whom}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_to_ask_is_named() {
        let ask =
            |names: &[&str]| words(&names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert!(ask(&[]).ends_with("Ask an admin"));
        assert!(ask(&["Amara Osei", "Priya Raman"]).ends_with("Ask Amara Osei or Priya Raman"));
    }
}
