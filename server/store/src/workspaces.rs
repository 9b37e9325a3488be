//! Workspaces and who belongs to them.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use domain::account::Workspace;
use domain::actor::Role;
use domain::ids::{UserId, WorkspaceId};

record! {
    struct WorkspaceRow {
        workspace_id: String, name: String, timezone: String, working_days: String, working_hours: String,
        created_at: i64,
    }
}

record! {
    /// A person's place in a workspace.
    #[derive(Clone, Debug)]
    pub struct Membership {
        /// The workspace.
        pub workspace_id: String,
        /// Its name.
        pub workspace_name: String,
        /// The person.
        pub user_id: String,
        /// Their name.
        pub name: String,
        /// Their e-mail.
        pub email: String,
        /// 1 for a super admin.
        pub is_super_admin: i16,
        /// Their role here.
        pub role: String,
        /// `active` or `disabled`.
        pub status: String,
        /// When they signed in last, anywhere, epoch milliseconds.
        pub last_login_at: Option<i64>,
        /// When they were last in this workspace, to the minute, epoch milliseconds.
        pub seen_at: Option<i64>,
    }
}

record! {
    /// A row of the list of all workspaces.
    #[derive(Clone, Debug)]
    pub struct WorkspaceSummary {
        /// The workspace.
        pub workspace_id: String,
        /// Its name.
        pub name: String,
        /// How many people belong to it.
        pub members: i64,
        /// Flows that are on.
        pub flows_on: i64,
        /// Runs since the moment that was asked for.
        pub runs_week: i64,
        /// What its assistant cost in the month that was asked for, millionths of a dollar.
        pub cost_micros: i64,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// When something last happened in it, epoch milliseconds.
        pub last_active_at: Option<i64>,
    }
}

/// Stores a new workspace.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, workspace: &Workspace) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO workspaces (workspace_id, name, timezone, working_days, working_hours, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)",
        workspace.id.as_str(),
        workspace.name.as_str(),
        workspace.timezone.as_str(),
        serde_json::to_string(&workspace.working_days)?,
        serde_json::to_string(&workspace.working_hours)?,
        workspace.created_at_ms
    )?;
    Ok(())
}

/// The workspace that was made first.
///
/// # Errors
/// When the database refuses.
pub async fn first(conn: &mut Conn) -> Result<Option<WorkspaceId>> {
    let sql = "SELECT workspace_id FROM workspaces ORDER BY created_at, workspace_id LIMIT 1";
    Ok(fetch_optional!(conn, (String,), sql)?.map(|(id,)| WorkspaceId::from(id)))
}

/// The workspace with this id.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, id: &WorkspaceId) -> Result<Option<Workspace>> {
    let place = conn.place("workspace", &[id.as_str()]);
    if let Some(kept) = place.answer() {
        return Ok(kept);
    }
    let row = fetch_optional!(
        conn,
        WorkspaceRow,
        "SELECT workspace_id, name, timezone, working_days, working_hours, created_at FROM workspaces
         WHERE workspace_id = $1",
        id.as_str()
    )?;
    let found: Result<Option<Workspace>> = row
        .map(|row| {
            Ok(Workspace {
                id: WorkspaceId::from(row.workspace_id),
                name: row.name,
                timezone: row.timezone,
                working_days: serde_json::from_str(&row.working_days)?,
                working_hours: serde_json::from_str(&row.working_hours)?,
                created_at_ms: row.created_at,
            })
        })
        .transpose();
    Ok(place.keep(found?))
}

/// Saves the settings of a workspace.
///
/// # Errors
/// When the database refuses.
pub async fn save(conn: &mut Conn, workspace: &Workspace, now_ms: i64) -> Result<()> {
    execute!(
        conn,
        "UPDATE workspaces SET name = $2, timezone = $3, working_days = $4, working_hours = $5, updated_at = $6,
                               saved_at = $6
         WHERE workspace_id = $1",
        workspace.id.as_str(),
        workspace.name.as_str(),
        workspace.timezone.as_str(),
        serde_json::to_string(&workspace.working_days)?,
        serde_json::to_string(&workspace.working_hours)?,
        now_ms
    )?;
    Ok(())
}

/// Whether somebody saved the settings of the workspace.
///
/// # Errors
/// When the database refuses.
pub async fn is_saved(conn: &mut Conn, id: &WorkspaceId) -> Result<bool> {
    let sql = "SELECT saved_at FROM workspaces WHERE workspace_id = $1";
    let row = fetch_optional!(conn, (Option<i64>,), sql, id.as_str())?;
    Ok(row.is_some_and(|(saved_at,)| saved_at.is_some()))
}

/// Makes other changes of the people of this workspace wait until this transaction ends.
///
/// # Errors
/// When the database refuses.
pub async fn lock(conn: &mut Conn, id: &WorkspaceId, now_ms: i64) -> Result<()> {
    let sql = "UPDATE workspaces SET updated_at = $2 WHERE workspace_id = $1";
    execute!(conn, sql, id.as_str(), now_ms)?;
    Ok(())
}

/// All workspaces whose name contains `search` (any, when empty), by id after `after`. Runs are counted since `since`
/// (epoch milliseconds), what the assistant cost in `month` (`YYYY-MM`).
///
/// # Errors
/// When the database refuses.
pub async fn search(
    conn: &mut Conn,
    search: &str,
    (after, limit): (&str, i64),
    (since, month): (i64, String),
) -> Result<Vec<WorkspaceSummary>> {
    fetch_all!(
        conn,
        WorkspaceSummary,
        "SELECT w.workspace_id, w.name, w.created_at,
                (SELECT COUNT(*) FROM memberships m WHERE m.workspace_id = w.workspace_id) AS members,
                (SELECT COUNT(*) FROM flows f WHERE f.workspace_id = w.workspace_id AND f.status = 'ENABLED')
                    AS flows_on,
                (SELECT COUNT(*) FROM runs r WHERE r.workspace_id = w.workspace_id AND r.created_at >= $4)
                    AS runs_week,
                (SELECT CAST(COALESCE(SUM(u.cost_micros), 0) AS BIGINT) FROM model_usage u
                 WHERE u.workspace_id = w.workspace_id AND u.month = $5) AS cost_micros,
                (SELECT e.at_ms FROM events e WHERE e.workspace_id = w.workspace_id ORDER BY e.seq DESC LIMIT 1)
                    AS last_active_at
         FROM workspaces w
         WHERE w.workspace_id > $1 AND ($2 = '' OR LOWER(w.name) LIKE '%' || LOWER($2) || '%')
         ORDER BY w.workspace_id LIMIT $3",
        after,
        search,
        limit,
        since,
        month
    )
}

/// Makes `user` a member; false when they are one.
///
/// # Errors
/// When the database refuses.
pub async fn add_member(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
    role: Role,
    now_ms: i64,
) -> Result<bool> {
    let added = execute!(
        conn,
        "INSERT INTO memberships (workspace_id, user_id, role, status, created_at)
         VALUES ($1, $2, $3, 'active', $4) ON CONFLICT (workspace_id, user_id) DO NOTHING",
        workspace.as_str(),
        user.as_str(),
        role.as_str(),
        now_ms
    )?;
    Ok(added > 0)
}

macro_rules! memberships {
    ($rest:literal) => {
        concat!(
            "SELECT m.workspace_id, w.name AS workspace_name, m.user_id, u.name, u.email, u.is_super_admin, m.role,
                    m.status, u.last_login_at, m.seen_at
             FROM memberships m
             JOIN users u ON u.id = m.user_id
             JOIN workspaces w ON w.workspace_id = m.workspace_id ",
            $rest
        )
    };
}

/// The people of a workspace, by name.
///
/// # Errors
/// When the database refuses.
pub async fn members(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Vec<Membership>> {
    fetch_all!(
        conn,
        Membership,
        memberships!("WHERE m.workspace_id = $1 ORDER BY LOWER(u.name), m.user_id"),
        workspace.as_str()
    )
}

/// The workspaces of a person, by name.
///
/// # Errors
/// When the database refuses.
pub async fn of_user(conn: &mut Conn, user: &UserId) -> Result<Vec<Membership>> {
    fetch_all!(
        conn,
        Membership,
        memberships!("WHERE m.user_id = $1 ORDER BY LOWER(w.name), m.workspace_id"),
        user.as_str()
    )
}

/// Sets role and status of a member.
///
/// # Errors
/// When the database refuses.
pub async fn set_member(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
    role: Role,
    status: &str,
) -> Result<()> {
    let sql =
        "UPDATE memberships SET role = $3, status = $4 WHERE workspace_id = $1 AND user_id = $2";
    execute!(conn, sql, workspace.as_str(), user.as_str(), role.as_str(), status)?;
    Ok(())
}

/// Removes a member.
///
/// # Errors
/// When the database refuses.
pub async fn remove_member(conn: &mut Conn, workspace: &WorkspaceId, user: &UserId) -> Result<()> {
    let sql = "DELETE FROM memberships WHERE workspace_id = $1 AND user_id = $2";
    execute!(conn, sql, workspace.as_str(), user.as_str())?;
    Ok(())
}
