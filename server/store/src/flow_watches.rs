//! What flows that start by Basecamp wait for: one row for each that is switched on.

use crate::db::{Conn, Result, execute, fetch_all, record};
use domain::ids::{FlowId, WorkspaceId};

/// What a flow waits for. What is none fits everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// `new_todo`, `card_moved`, ...
    pub what: String,
    /// Only in this project.
    pub project: Option<i64>,
    /// Only in this list or column.
    pub place: Option<i64>,
    /// Only with this person.
    pub person: Option<i64>,
    /// Also what flows have made.
    pub with_own: bool,
}

record! {
    /// A watch as stored.
    #[derive(Clone, Debug)]
    pub struct WatchRow {
        /// The flow.
        pub flow_id: String,
        /// Its workspace.
        pub workspace_id: String,
        /// Only in this project.
        pub project_id: Option<i64>,
        /// Only in this list or column.
        pub place_id: Option<i64>,
        /// Only with this person.
        pub person_id: Option<i64>,
        /// 1 when what flows have made counts too.
        pub with_own: i16,
        /// What happened before this does not count; epoch milliseconds.
        pub since: i64,
    }
}

/// Sets what a flow waits for; none when it waits for nothing, and then what waits for it is dropped. A flow that
/// waited for the same before goes on from where it was.
///
/// # Errors
/// When the database refuses.
pub async fn set(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    flow: &FlowId,
    watch: Option<&Watch>,
    now_ms: i64,
) -> Result<()> {
    let Some(watch) = watch else {
        let sql = "DELETE FROM flow_watches WHERE flow_id = $1 AND workspace_id = $2";
        execute!(conn, sql, flow.as_str(), workspace.as_str())?;
        let sql =
            "DELETE FROM flow_starts WHERE flow_id = $1 AND workspace_id = $2 AND taken_at IS NULL";
        execute!(conn, sql, flow.as_str(), workspace.as_str())?;
        return Ok(());
    };
    execute!(
        conn,
        "INSERT INTO flow_watches (flow_id, workspace_id, what, project_id, place_id, person_id, with_own, since)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (flow_id) DO UPDATE SET project_id = excluded.project_id, place_id = excluded.place_id,
             person_id = excluded.person_id, with_own = excluded.with_own, what = excluded.what,
             since = CASE WHEN flow_watches.what = excluded.what THEN flow_watches.since ELSE excluded.since END",
        flow.as_str(),
        workspace.as_str(),
        watch.what.as_str(),
        watch.project,
        watch.place,
        watch.person,
        i16::from(watch.with_own),
        // Basecamp may write times in whole seconds.
        now_ms - now_ms.rem_euclid(1_000)
    )?;
    Ok(())
}

/// Watches of a workspace for `what`.
///
/// # Errors
/// When the database refuses.
pub async fn of(conn: &mut Conn, workspace: &WorkspaceId, what: &str) -> Result<Vec<WatchRow>> {
    let sql = "SELECT flow_id, workspace_id, project_id, place_id, person_id, with_own, since FROM flow_watches
               WHERE workspace_id = $1 AND what = $2";
    fetch_all!(conn, WatchRow, sql, workspace.as_str(), what)
}

/// Watches of all workspaces for `what`.
///
/// # Errors
/// When the database refuses.
pub async fn everywhere(conn: &mut Conn, what: &str) -> Result<Vec<WatchRow>> {
    let sql = "SELECT flow_id, workspace_id, project_id, place_id, person_id, with_own, since FROM flow_watches
               WHERE what = $1";
    fetch_all!(conn, WatchRow, sql, what)
}
