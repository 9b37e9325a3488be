//! What PM OS found when it last tested each connection by itself, and when it tests it again.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};

/// Never tested by itself yet.
pub const NEW: &str = "new";
/// It works.
pub const GOOD: &str = "good";
/// It did not answer once, which may pass.
pub const DOUBTED: &str = "doubted";
/// Somebody has to mend it.
pub const BAD: &str = "bad";

/// Connections to Basecamp.
pub const BASECAMP: &str = "basecamp";
/// Connections of flows.
pub const FLOW: &str = "flow";
/// Other MCP servers.
pub const SERVER: &str = "server";
/// The flow engine of another maker.
pub const ENGINE: &str = "engine";
/// Keys of model providers; their target is [`model_target`].
pub const MODEL: &str = "model";

record! {
    /// A connection of any kind, with when it is tested again.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Thing {
        /// The workspace.
        pub workspace_id: String,
        /// [`BASECAMP`], [`FLOW`], [`SERVER`], [`ENGINE`] or [`MODEL`].
        pub kind: String,
        /// Its id; unique among its kind in the workspace.
        pub target: String,
        /// Whose it is; empty for the workspace's own.
        pub owner_id: String,
        /// What people read; of a model the provider's word.
        pub name: String,
        /// [`NEW`], [`GOOD`], [`DOUBTED`] or [`BAD`]; none while nothing is planned.
        pub verdict: Option<String>,
        /// Epoch milliseconds; none while nothing is planned.
        pub due_at: Option<i64>,
    }
}

record! {
    /// What the last look found.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Found {
        /// [`NEW`], [`GOOD`], [`DOUBTED`] or [`BAD`].
        pub verdict: String,
        /// Epoch milliseconds; none before the first look.
        pub checked_at: Option<i64>,
        /// What is wrong, in words.
        pub error: Option<String>,
        /// The one thing to do about it.
        pub hint: Option<String>,
    }
}

/// The target of the key of `provider` that belongs to `owner`, who is empty for the workspace.
pub fn model_target(owner: &str, provider: &str) -> String {
    format!("{owner}/{provider}")
}

/// A statement over everything that can be tested, between two others.
macro_rules! things {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "(SELECT workspace_id, 'basecamp' AS kind, id AS target, COALESCE(owner_id, '') AS owner_id, name
              FROM connections WHERE app = 'basecamp' AND status <> 'choosing'
              UNION ALL
              SELECT workspace_id, 'flow', id, owner_id, name FROM flow_connections WHERE status <> 'MISSING'
              UNION ALL
              SELECT workspace_id, 'server', id, '', name FROM tool_servers WHERE is_enabled = 1
              UNION ALL
              SELECT workspace_id, 'engine', 'activepieces', '', COALESCE(project_name, project_id) FROM flow_engines
              UNION ALL
              SELECT workspace_id, 'model', owner_id || '/' || provider, owner_id, provider FROM model_keys) t ",
            $after
        )
    };
}

/// Connections of every workspace that are due at `now_ms`, or for which nothing is planned yet; `limit` at most.
///
/// # Errors
/// When the database refuses.
pub async fn due(conn: &mut Conn, now_ms: i64, limit: i64) -> Result<Vec<Thing>> {
    let sql = things!(
        "SELECT t.workspace_id, t.kind, t.target, t.owner_id, t.name, c.verdict, c.due_at FROM ",
        "LEFT JOIN connection_care c
             ON c.workspace_id = t.workspace_id AND c.kind = t.kind AND c.target = t.target
         WHERE c.due_at IS NULL OR c.due_at <= $1
         ORDER BY COALESCE(c.due_at, 0), t.workspace_id, t.kind, t.target LIMIT $2"
    );
    fetch_all!(conn, Thing, sql, now_ms, limit)
}

/// Makes connections to Basecamp due at `now_ms` of which more is known than at the last look.
///
/// They are those that lost their access or cannot be read, and those that are read again after somebody was told that
/// they are not.
///
/// # Errors
/// When the database refuses.
pub async fn hurry(conn: &mut Conn, now_ms: i64) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO connection_care (workspace_id, kind, target, verdict, due_at)
         SELECT c.workspace_id, 'basecamp', c.id, 'new', CAST($1 AS BIGINT) FROM connections c
         WHERE c.app = 'basecamp'
           AND (c.status = 'needs_attention'
                OR EXISTS (SELECT 1 FROM mirror_syncs s
                           WHERE s.connection_id = c.id AND s.workspace_id = c.workspace_id AND s.trouble IS NOT NULL))
         ON CONFLICT (workspace_id, kind, target) DO NOTHING",
        now_ms
    )?;
    execute!(
        conn,
        "UPDATE connection_care SET due_at = $1
         WHERE kind = 'basecamp' AND due_at > $1 AND EXISTS (
             SELECT 1 FROM connections c LEFT JOIN mirror_syncs s
                  ON s.connection_id = c.id AND s.workspace_id = c.workspace_id
             WHERE c.workspace_id = connection_care.workspace_id AND c.id = connection_care.target
               AND ((c.status = 'needs_attention' AND connection_care.verdict <> 'bad')
                    OR (s.trouble IS NOT NULL AND connection_care.verdict IN ('new', 'good'))
                    OR (c.status = 'active' AND s.trouble IS NULL AND connection_care.verdict = 'bad'
                        AND s.reached_at > COALESCE(connection_care.checked_at, 0))))",
        now_ms
    )?;
    Ok(())
}

/// What is wrong with reading Basecamp through a connection, in words; none while it goes well.
///
/// # Errors
/// When the database refuses.
pub async fn trouble(conn: &mut Conn, workspace: &str, target: &str) -> Result<Option<String>> {
    let sql = "SELECT trouble FROM mirror_syncs WHERE workspace_id = $1 AND connection_id = $2";
    let found = fetch_optional!(conn, (Option<String>,), sql, workspace, target)?;
    Ok(found.and_then(|(words,)| words))
}

/// Plans the first look at a connection, unless one is planned.
///
/// # Errors
/// When the database refuses.
pub async fn plan(conn: &mut Conn, thing: &Thing, due_at: i64) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO connection_care (workspace_id, kind, target, verdict, due_at) VALUES ($1, $2, $3, 'new', $4)
         ON CONFLICT (workspace_id, kind, target) DO NOTHING",
        thing.workspace_id.as_str(),
        thing.kind.as_str(),
        thing.target.as_str(),
        due_at
    )?;
    Ok(())
}

/// Takes a look that is due for oneself until `until`; false when another node has it.
///
/// # Errors
/// When the database refuses.
pub async fn claim(conn: &mut Conn, thing: &Thing, until: i64) -> Result<bool> {
    let changed = execute!(
        conn,
        "UPDATE connection_care SET due_at = $5
         WHERE workspace_id = $1 AND kind = $2 AND target = $3 AND due_at = $4",
        thing.workspace_id.as_str(),
        thing.kind.as_str(),
        thing.target.as_str(),
        thing.due_at.unwrap_or_default(),
        until
    )?;
    Ok(changed > 0)
}

/// Writes down what a look found and when the next one is due; false when another look ended meanwhile.
///
/// # Errors
/// When the database refuses.
pub async fn keep(conn: &mut Conn, thing: &Thing, found: &Found, due_at: i64) -> Result<bool> {
    let changed = execute!(
        conn,
        "UPDATE connection_care SET verdict = $5, due_at = $6, checked_at = $7, error = $8, hint = $9
         WHERE workspace_id = $1 AND kind = $2 AND target = $3 AND verdict = $4",
        thing.workspace_id.as_str(),
        thing.kind.as_str(),
        thing.target.as_str(),
        thing.verdict.as_deref().unwrap_or(NEW),
        found.verdict.as_str(),
        due_at,
        found.checked_at,
        found.error.as_deref(),
        found.hint.as_deref()
    )?;
    Ok(changed > 0)
}

/// What the last look at a connection found; none while nothing is planned.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    workspace: &str,
    (kind, target): (&str, &str),
) -> Result<Option<Found>> {
    let sql = "SELECT verdict, checked_at, error, hint FROM connection_care
               WHERE workspace_id = $1 AND kind = $2 AND target = $3";
    fetch_optional!(conn, Found, sql, workspace, kind, target)
}

/// Forgets what was found of connections that are gone.
///
/// # Errors
/// When the database refuses.
pub async fn forget_gone(conn: &mut Conn) -> Result<u64> {
    let sql = things!(
        "DELETE FROM connection_care WHERE NOT EXISTS (SELECT 1 FROM ",
        "WHERE t.workspace_id = connection_care.workspace_id AND t.kind = connection_care.kind
           AND t.target = connection_care.target)"
    );
    execute!(conn, sql)
}
