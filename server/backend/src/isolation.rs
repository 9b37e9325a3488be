//! Whether workspaces are apart: a stranger, who has every right in a workspace that holds nothing, asks for records of
//! every workspace by their ids, and for every list.
//!
//! Each record is one that its own workspace is given, and nothing is changed by asking.

use crate::Backend;
use domain::actor::{Actor, Permission, Role, Via};
use domain::event::AuditFilter;
use domain::flow::listing::{FlowFilter, RunFilter};
use domain::ids::{UserId, WorkspaceId};
use domain::platform::IsolationCheck;
use domain::problem::Problem;
use store::isolation::{self, Sample};
use store::operations::OperationFilter;
use store::{chain, ids};

/// Records of each kind that are asked for in a workspace.
const EACH: i64 = 3;
/// Workspaces that are looked at.
const MOST: usize = 100;
/// Rows of a list; one is too many.
const ROWS: u32 = 10;

impl Backend {
    /// Tries to read records of every workspace from outside of them.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] unless a super admin asks; when the database does not answer. What was given to the
    /// stranger is no error.
    pub async fn check_isolation(&self, actor: &Actor) -> Result<IsolationCheck, Problem> {
        self.auth.authorise(actor, Permission::Platform, "isolation").await?;
        self.isolation().await
    }

    pub(crate) async fn isolation(&self) -> Result<IsolationCheck, Problem> {
        let mut conn = self.db.read().await?;
        let mut all = chain::workspaces(&mut conn).await?;
        drop(conn);
        // What belongs to no workspace has no ids that anybody asks for.
        all.retain(|it| !it.as_str().is_empty());
        let stranger = admin(ids::fresh().as_str().into(), ids::fresh().as_str().into());
        let mut check = IsolationCheck { all_workspaces: all.len(), ..IsolationCheck::default() };
        for workspace in all.into_iter().take(MOST) {
            let mut conn = self.db.read().await?;
            let samples = isolation::samples(&mut conn, &workspace, EACH).await?;
            drop(conn);
            check.workspaces += 1;
            for sample in samples {
                let owner = admin(sample.user_id.as_str().into(), workspace.clone());
                if Box::pin(self.read_sample(&owner, &sample)).await.is_err() {
                    // It went meanwhile, or its own workspace is not given it: then it shows nothing.
                    continue;
                }
                check.asked += 1;
                if is_given(&Box::pin(self.read_sample(&stranger, &sample)).await) {
                    check.failures.push(format!("{} {} of {workspace}", sample.kind, sample.id));
                }
            }
        }
        for (name, rows) in Box::pin(self.lists(&stranger)).await? {
            check.asked += 1;
            if rows > 0 {
                check.failures.push(format!("the list of {name}"));
            }
        }
        Ok(check)
    }

    async fn read_sample(&self, actor: &Actor, sample: &Sample) -> Result<(), Problem> {
        let id = sample.id.as_str();
        match sample.kind.as_str() {
            "flow" => self.flows.get(actor, &id.into()).await.map(drop),
            "run" => self.runs.get(actor, &id.into()).await.map(drop),
            "connection" => self.connections.get(actor, &id.into()).await.map(drop),
            "session" => self.agent.session(actor, &id.into(), None).await.map(drop),
            "approval" => self.agent.approval(actor, &id.into()).await.map(drop),
            _ => self.agent.operation(actor, &id.into()).await.map(drop),
        }
    }

    /// How many rows each list gives.
    async fn lists(&self, actor: &Actor) -> Result<Vec<(&'static str, usize)>, Problem> {
        let operations = OperationFilter { limit: ROWS.into(), ..OperationFilter::default() };
        Ok(vec![
            ("flows", self.flows.list(actor, &FlowFilter::default()).await?.data.len()),
            ("runs", self.runs.list(actor, &RunFilter::default()).await?.data.len()),
            ("connections", self.connections.list(actor, None).await?.len()),
            ("tables", self.flows.tables(actor).await?.len()),
            ("folders", self.flows.folders(actor).await?.len()),
            ("Basecamp connections", self.basecamp.accesses(actor).await?.connections.len()),
            ("tool servers", self.peers.list(actor).await?.len()),
            ("conversations", self.agent.sessions(actor, ROWS, None).await?.0.len()),
            ("operations", self.agent.operations(actor, operations).await?.0.len()),
            ("notes", self.agent.notes(actor, "").await?.len()),
            ("model keys", self.agent.keys(actor).await?.len()),
            ("members", self.auth.members(actor).await?.len()),
            ("invitations", self.auth.invitations(actor).await?.len()),
            ("API keys", self.auth.api_keys(actor, true).await?.len()),
            ("notifications", self.auth.notifications(actor).await?.notifications.len()),
            ("audit entries", self.auth.audit(actor, &AuditFilter::default()).await?.events.len()),
        ])
    }
}

/// Whether somebody was given what they asked for, or was told that it is there.
fn is_given(outcome: &Result<(), Problem>) -> bool {
    !matches!(outcome, Err(Problem::NotFound { .. }))
}

/// Somebody with every right in a workspace.
fn admin(user: UserId, workspace: WorkspaceId) -> Actor {
    Actor {
        user,
        name: "PM OS".to_owned(),
        workspace,
        role: Role::WorkspaceAdmin,
        via: Via::System,
        request_id: ids::fresh(),
        ip: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_not_found_tells_nothing() {
        assert!(!is_given(&Err(Problem::not_found("Flow"))));
        assert!(is_given(&Ok(())));
        let refused = Problem::Forbidden { message: "missing scope: manage".to_owned() };
        assert!(is_given(&Err(refused)), "being refused says that it is there");
    }
}
