//! Rules about tools: who may call which, and before what somebody is asked. They are looked at in their order, and the
//! first that fits decides.

use crate::catalog;
use crate::error::ToolError;
use crate::flow_update;
use crate::kept::body;
use crate::tool::ToolSpec;
use crate::tools::{Tools, needed};
use domain::actor::{Actor, Role};
use domain::approval::Risk;
use domain::ids::WorkspaceId;
use domain::policy::{Called, ToolRule, Verdict, Which};
use domain::problem::Problem;
use serde_json::Value;
use store::definitions::{self, Definition};

/// The kind of definition that policies are.
pub(crate) const KIND: &str = "policy";
/// Nobody is kept from the rules themselves.
pub(crate) const OF_RULES: [&str; 5] =
    ["create_policy", "update_policy", "delete_policy", "list_policies", "check_compliance"];
/// Decides what waits; asking about it again would have no end.
const DECIDES: &str = "pmos_approvals_decide";

/// The rules about tools that are in force, in their order.
#[derive(Clone, Debug, Default)]
pub struct ToolRules(Vec<(String, ToolRule)>);

/// The rule about tools that a policy is; none for one about work.
pub(crate) fn rule_of(it: &Definition) -> Option<ToolRule> {
    ToolRule::parse(body(it)["rule"].as_str()?)
}

/// The policies that are rules about tools, in the order in which they are looked at.
pub(crate) fn in_order(kept: &[Definition]) -> Vec<Definition> {
    let mut all: Vec<Definition> =
        kept.iter().filter(|it| rule_of(it).is_some()).cloned().collect();
    all.sort_by_key(|it| (body(it)["order"].as_i64().unwrap_or(0), it.created_at, it.id.clone()));
    all
}

impl ToolRules {
    pub(crate) fn of(kept: &[Definition]) -> Self {
        let active = in_order(kept).into_iter().filter(|it| body(it)["active"] != false);
        Self(active.filter_map(|it| Some((it.name.clone(), rule_of(&it)?))).collect())
    }

    /// What the first rule that fits does with a call of somebody with `role`, the name of its policy and the rule; none
    /// when no rule fits.
    pub fn first(
        &self,
        role: Role,
        spec: &ToolSpec,
        args: &Value,
    ) -> Option<(Verdict, &str, &ToolRule)> {
        // A change that publishes is one, and so is publishing.
        let names = [spec.name, flow_update::name_of(spec.name, args)];
        self.among(role, spec, (names, spec.risk_of(args)))
    }

    /// The same of a tool, whatever it is called with: the worst it can do counts.
    pub fn at_worst(&self, role: Role, spec: &ToolSpec) -> Option<(Verdict, &str, &ToolRule)> {
        self.among(role, spec, ([spec.name; 2], spec.risk))
    }

    fn among(
        &self,
        role: Role,
        spec: &ToolSpec,
        (names, risk): ([&str; 2], Risk),
    ) -> Option<(Verdict, &str, &ToolRule)> {
        if OF_RULES.contains(&spec.name) {
            return None;
        }
        let called = |tool| Called { tool, group: spec.group, risk };
        let fits = |rule: &ToolRule| names.into_iter().any(|it| rule.covers(role, called(it)));
        let found = self.0.iter().find(|it| fits(&it.1))?;
        Some((found.1.effect, &found.0, &found.1))
    }

    /// Refuses what the first rule that fits refuses.
    pub(crate) fn admit(&self, role: Role, spec: &ToolSpec, args: &Value) -> Result<(), ToolError> {
        match self.first(role, spec, args) {
            Some((Verdict::Refuse, policy, rule)) => Err(ToolError::Blocked {
                policy: policy.to_owned(),
                reason: format!("it says “{}”", rule.words()),
            }),
            _ => Ok(()),
        }
    }
}

/// Why a rule about tools cannot be kept.
pub(crate) fn check(rule: &ToolRule) -> Result<(), Problem> {
    let wrong = |words: String| Err(Problem::invalid("rule", words));
    let always = "What deletes, goes live or leaves the workspace is asked about each time. Choose something else";
    let allows = rule.effect == Verdict::Allow;
    match &rule.which {
        Which::Changes => Ok(()),
        Which::Deleting if allows => wrong(always.to_owned()),
        Which::Deleting => Ok(()),
        Which::Group(group) => match catalog::all().iter().any(|it| it.group == group) {
            true => Ok(()),
            false => wrong(format!("There are no tools of {group}")),
        },
        Which::Tool(name) if OF_RULES.contains(&name.as_str()) => {
            wrong("Nobody is kept from the policies themselves".to_owned())
        }
        Which::Tool(name) => match catalog::all().iter().find(|it| it.name == name) {
            None => wrong(format!("There is no tool called {name}")),
            Some(spec) if allows && (spec.risk == Risk::Destructive || spec.always_asks()) => {
                wrong(always.to_owned())
            }
            Some(_) => Ok(()),
        },
    }
}

impl Tools {
    /// The rules about tools of a workspace.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tool_rules(&self, workspace: &WorkspaceId) -> Result<ToolRules, Problem> {
        let read = || async {
            let mut conn = self.db.read().await?;
            Ok(ToolRules::of(&definitions::list(&mut conn, workspace, KIND).await?))
        };
        self.rules.of(&self.db, workspace.clone(), read).await
    }

    /// Whether a rule about tools wants somebody asked before this call. What only reads is never asked about, nor what
    /// the actor may not do anyway.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn asks_first(
        &self,
        actor: &Actor,
        spec: &ToolSpec,
        args: &Value,
    ) -> Result<bool, Problem> {
        let risk = spec.risk_of(args);
        if risk == Risk::Read || spec.name == DECIDES || !actor.role.can(needed(risk)) {
            return Ok(false);
        }
        let rules = self.tool_rules(&actor.workspace).await?;
        Ok(matches!(rules.first(actor.role, spec, args), Some((Verdict::Ask, ..))))
    }
}
