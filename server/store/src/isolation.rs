//! A few records of a workspace of each kind that is asked for by its id: what nobody else must be given.

use crate::db::{Conn, Result, fetch_all, record};
use domain::ids::WorkspaceId;

record! {
    /// One record.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Sample {
        /// `flow`, `run`, `connection`, `session`, `approval` or `operation`.
        pub kind: String,
        /// Its id.
        pub id: String,
        /// Whose it is; empty where it is the workspace's.
        pub user_id: String,
    }
}

/// The newest `each` of every kind.
///
/// # Errors
/// When the database refuses.
pub async fn samples(conn: &mut Conn, workspace: &WorkspaceId, each: i64) -> Result<Vec<Sample>> {
    let sql = "SELECT kind, id, user_id FROM (SELECT 'flow' AS kind, id, '' AS user_id FROM flows
                   WHERE workspace_id = $1 ORDER BY id DESC LIMIT $2) flows
               UNION ALL
               SELECT kind, id, user_id FROM (SELECT 'run' AS kind, id, '' AS user_id FROM runs
                   WHERE workspace_id = $1 ORDER BY id DESC LIMIT $2) runs
               UNION ALL
               SELECT kind, id, user_id FROM (SELECT 'connection' AS kind, id, owner_id AS user_id
                   FROM flow_connections WHERE workspace_id = $1 ORDER BY id DESC LIMIT $2) connections
               UNION ALL
               SELECT kind, id, user_id FROM (SELECT 'session' AS kind, id, user_id FROM chat_sessions
                   WHERE workspace_id = $1 ORDER BY id DESC LIMIT $2) sessions
               UNION ALL
               SELECT kind, id, user_id FROM (SELECT 'approval' AS kind, id, '' AS user_id FROM approvals
                   WHERE workspace_id = $1 ORDER BY id DESC LIMIT $2) approvals
               UNION ALL
               SELECT kind, id, user_id FROM (SELECT 'operation' AS kind, id, '' AS user_id FROM operations
                   WHERE workspace_id = $1 ORDER BY id DESC LIMIT $2) operations";
    fetch_all!(conn, Sample, sql, workspace.as_str(), each)
}
