//! A version as the engine walks it. Published versions never change, so a plan is read once and kept.

use domain::flow::{FlowVersion, VersionState};
use domain::ids::{FlowId, FlowVersionId, WorkspaceId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::db::{Db, Result};
use store::flows;

/// Plans kept; when there are more, all are dropped and read again.
const KEPT: usize = 1_000;

/// A version ready to be walked.
pub(crate) struct Plan {
    pub(crate) version: FlowVersion,
    /// Some expression looks into the rounds of a loop.
    pub(crate) uses_iterations: bool,
    /// Some expression may name a connection.
    pub(crate) uses_connections: bool,
}

impl Plan {
    pub(crate) fn new(version: FlowVersion) -> Self {
        let text = serde_json::to_string(&version.trigger).unwrap_or_default();
        Self {
            uses_iterations: text.contains("iterations"),
            uses_connections: text.contains("connections"),
            version,
        }
    }
}

/// Published plans by version.
#[derive(Default)]
pub(crate) struct Plans {
    kept: Mutex<HashMap<FlowVersionId, Arc<Plan>>>,
}

impl Plans {
    /// The plan of a version; none when it was deleted.
    pub(crate) async fn get(
        &self,
        db: &Db,
        workspace: &WorkspaceId,
        flow: &FlowId,
        version: &FlowVersionId,
    ) -> Result<Option<Arc<Plan>>> {
        if let Some(plan) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(version) {
            return Ok(Some(Arc::clone(plan)));
        }
        let mut conn = db.read().await?;
        let Some(found) = flows::version(&mut conn, workspace, flow, version).await? else {
            return Ok(None);
        };
        let plan = Arc::new(Plan::new(found));
        if plan.version.state == VersionState::Locked {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() >= KEPT {
                kept.clear();
            }
            kept.insert(version.clone(), Arc::clone(&plan));
        }
        Ok(Some(plan))
    }
}
