//! Policies as their page shows them.

use crate::catalog;
use crate::kept::body;
use crate::policies::EXAMPLES;
use crate::tool::Profile;
use crate::tool_rules::{KIND, OF_RULES, in_order, rule_of};
use crate::tools::Tools;
use domain::actor::{Actor, Permission};
use domain::policy::{Policy, PolicyBook, Severity, ToolName};
use domain::problem::Problem;
use store::definitions::{self, Definition};
use store::ids;

/// One tool for each address of Basecamp: a rule names them by their group.
const RAW: &str = "api";

impl Tools {
    /// The policies of the workspace, and what new ones may be about.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage; when the database does not answer.
    pub async fn policy_book(&self, actor: &Actor) -> Result<PolicyBook, Problem> {
        actor.require(Permission::Manage)?;
        let mut conn = self.db.read().await?;
        let kept = definitions::list(&mut conn, &actor.workspace, KIND).await?;
        drop(conn);
        let work = kept.iter().rev().filter(|it| rule_of(it).is_none());
        let policies = in_order(&kept).iter().chain(work).map(shown).collect();
        let listed = || catalog::all().iter().filter(|it| it.profile != Profile::Unlisted);
        let mut groups: Vec<String> = listed().map(|it| it.group.to_owned()).collect();
        groups.sort_unstable();
        groups.dedup();
        let named = listed().filter(|it| it.group != RAW && !OF_RULES.contains(&it.name));
        let mut tools: Vec<ToolName> = named
            .map(|it| ToolName { name: it.name.to_owned(), title: it.title.to_owned() })
            .collect();
        tools.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(PolicyBook { policies, tools, groups, examples: EXAMPLES.map(str::to_owned).to_vec() })
    }
}

fn shown(it: &Definition) -> Policy {
    let body = body(it);
    let word = |name: &str| body[name].as_str().unwrap_or_default();
    Policy {
        id: it.id.clone(),
        name: it.name.clone(),
        rule: word("rule").to_owned(),
        about_tools: rule_of(it),
        severity: Severity::parse(word("severity")),
        active: body["active"] != false,
        owner: it.owner.clone(),
        created_at: ids::rfc3339(it.created_at),
    }
}
