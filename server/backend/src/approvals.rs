//! Approving with other words than were asked for.

use crate::Backend;
use domain::actor::Actor;
use domain::approval::{Approval, RuleScope};
use domain::ids::ApprovalId;
use domain::problem::{Issue, Problem};
use serde_json::Value;
use std::collections::BTreeMap;

impl Backend {
    /// Allows what waits, with `changes` in place of the arguments of the same names; none leaves everything as it is.
    /// The yes is remembered for `remember`, or for nobody.
    ///
    /// # Errors
    /// [`Problem::Invalid`] naming what cannot be changed, else as [`agent::agent::Agent::approve`].
    pub async fn approve(
        &self,
        actor: &Actor,
        id: &ApprovalId,
        changes: BTreeMap<String, String>,
        remember: Option<RuleScope>,
    ) -> Result<Approval, Problem> {
        let args = if changes.is_empty() {
            None
        } else {
            Some(changed(&self.agent.approval(actor, id).await?, changes)?)
        };
        Ok(self.agent.approve_for(actor, id, (None, args), remember).await?.approval)
    }
}

/// The arguments with `changes` in them; only texts that people write can change.
fn changed(approval: &Approval, changes: BTreeMap<String, String>) -> Result<Value, Problem> {
    let open = approval.texts();
    let mut args = approval.args.clone();
    let mut issues = Vec::new();
    for (name, text) in changes {
        if open.iter().any(|it| it.0 == name) {
            args[&name] = text.into();
        } else {
            let message = format!("{name} cannot be changed here. Reject it and ask again");
            issues.push(Issue::new(name, message));
        }
    }
    if issues.is_empty() { Ok(args) } else { Err(Problem::Invalid { issues }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn approval(args: Value) -> Approval {
        serde_json::from_value(json!({
            "id": "a1", "status": "pending", "kind": "tool", "title": "Add a to-do", "summary": "", "tool": "create_todo",
            "args": args, "argsHash": "", "risk": "write", "requestedBy": "Amara", "createdAt": "", "expiresAt": "",
        }))
        .unwrap()
    }

    fn changes(name: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(name.to_owned(), "Order ink".to_owned())])
    }

    #[test]
    fn only_words_that_people_write_can_change() {
        let asked = approval(json!({"project": "7", "task": "Order paper"}));
        let args = changed(&asked, changes("task")).unwrap();
        assert_eq!(args, json!({"project": "7", "task": "Order ink"}));
        assert!(matches!(changed(&asked, changes("project")), Err(Problem::Invalid { .. })));
        assert!(matches!(changed(&asked, changes("content")), Err(Problem::Invalid { .. })));
    }

    #[test]
    fn what_holds_a_secret_cannot_change() {
        let asked = approval(json!({"task": "Order paper", "headers": [{"token": "***"}]}));
        assert!(changed(&asked, changes("task")).is_err());
    }
}
