//! Remembered answers (contract.md 5.5): which questions are no longer asked, made with a decision, listed, taken back.
//! They are compared with the call itself, never with what a model says about it.

use crate::agent::Agent;
use crate::policy;
use domain::actor::{Actor, Permission};
use domain::approval::{ApprovalRule, RuleScope};
use domain::event::{Event, EventKind};
use domain::ids::UserId;
use domain::problem::Problem;
use serde_json::{Value, json};
use store::approval_rules::{self, NewRule, StoredRule};
use store::approvals::StoredApproval;
use store::events;

impl Agent {
    /// Remembered answers: all for those who manage, else those about the actor's own questions.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn approval_rules(&self, actor: &Actor) -> Result<Vec<ApprovalRule>, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.0.db.read().await?;
        let rules = approval_rules::list(&mut conn, &actor.workspace).await?;
        Ok(rules.into_iter().filter(|it| is_visible(actor, it)).map(|it| it.rule).collect())
    }

    /// Takes a remembered answer back: from now on it is asked again.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for one the actor does not see; [`Problem::Forbidden`] for one that is not only theirs,
    /// without the permission to manage.
    pub async fn forget_rule(&self, actor: &Actor, id: &str) -> Result<(), Problem> {
        actor.require(Permission::Read)?;
        let missing = || Problem::not_found("Remembered answer");
        let mut conn = self.0.db.read().await?;
        let rules = approval_rules::list(&mut conn, &actor.workspace).await?;
        drop(conn);
        let found = rules.into_iter().find(|it| it.rule.id == id && is_visible(actor, it));
        let found = found.ok_or_else(missing)?;
        if found.rule.scope != RuleScope::Asker {
            actor.require(Permission::Manage)?;
        }
        let by = actor.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                if !approval_rules::delete(tx, &by.workspace, &found.rule.id).await? {
                    return Err(missing());
                }
                let detail = json!({ "tool": found.rule.tool, "forgotten": found.rule.scope });
                let event =
                    Event::new(EventKind::ApprovalDecided, &found.rule.id, &found.rule.label)
                        .with(detail);
                events::record(tx, &by, &event).await?;
                Ok(())
            })
        });
        write.await
    }

    /// The rule that comes of approving `found` with `scope`.
    pub(crate) fn rule_of(
        &self,
        actor: &Actor,
        found: &StoredApproval,
        scope: RuleScope,
    ) -> Result<NewRule, Problem> {
        let approval = &found.approval;
        if !self.0.tools.find(&approval.tool).is_some_and(policy::may_be_remembered) {
            let message =
                "What deletes, goes live or leaves the workspace is asked about each time";
            return Err(Problem::invalid("remember", message));
        }
        if scope != RuleScope::Asker || found.asked_by != actor.user {
            actor.require(Permission::Manage)?;
        }
        let project = match scope {
            RuleScope::Project => project_of(&approval.args).ok_or_else(|| {
                Problem::invalid("remember", "This is about no project. Choose another rule")
            })?,
            RuleScope::Asker | RuleScope::Workspace => String::new(),
        };
        Ok(NewRule {
            tool: approval.tool.clone(),
            scope,
            user: (found.asked_by.clone(), approval.requested_by.clone()),
            project,
            label: approval.title.clone(),
        })
    }
}

fn is_visible(actor: &Actor, rule: &StoredRule) -> bool {
    actor.role.can(Permission::Manage) || rule.user == actor.user
}

/// The project a call names, in small letters.
fn project_of(args: &Value) -> Option<String> {
    let text = match args.get("project")? {
        Value::String(text) => text.trim().to_lowercase(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Whether a rule can spare `user` a question.
pub(crate) fn is_about(rule: &StoredRule, user: &UserId) -> bool {
    rule.rule.scope != RuleScope::Asker || rule.user == *user
}

/// The rule that covers a call of `user`, if there is one.
pub(crate) fn covering<'a>(
    rules: &'a [StoredRule],
    user: &UserId,
    (tool, args): (&str, &Value),
) -> Option<&'a ApprovalRule> {
    let fits = |it: &&StoredRule| {
        it.rule.tool == tool
            && match it.rule.scope {
                RuleScope::Asker => it.user == *user,
                RuleScope::Project => project_of(args).is_some_and(|project| project == it.project),
                RuleScope::Workspace => true,
            }
    };
    rules.iter().find(fits).map(|it| &it.rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(scope: RuleScope, project: &str) -> StoredRule {
        StoredRule {
            user: UserId::from("amara"),
            project: project.to_owned(),
            rule: ApprovalRule {
                id: "r1".into(),
                tool: "create_todo".into(),
                scope,
                asked_by: "Amara".into(),
                label: String::new(),
                created_by: "Amara".into(),
                created_at: String::new(),
            },
        }
    }

    #[test]
    fn a_rule_covers_its_own_tool_person_and_project_only() {
        let (amara, mika) = (UserId::from("amara"), UserId::from("mika"));
        let call = json!({ "project": "7", "task": "Order ink" });
        let covers = |rule: StoredRule, user: &UserId, tool: &str| {
            covering(&[rule], user, (tool, &call)).is_some()
        };
        assert!(covers(rule(RuleScope::Asker, ""), &amara, "create_todo"));
        assert!(!covers(rule(RuleScope::Asker, ""), &mika, "create_todo"));
        assert!(covers(rule(RuleScope::Project, "7"), &mika, "create_todo"));
        assert!(!covers(rule(RuleScope::Project, "8"), &mika, "create_todo"));
        assert!(covers(rule(RuleScope::Workspace, ""), &mika, "create_todo"));
        assert!(!covers(rule(RuleScope::Workspace, ""), &mika, "create_comment"));
    }
}
