//! How far the mirror of each connection is: leases, scopes, walks, and what was not seen any more.

use crate::connections::Connection;
use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::mirror::Key;
use crate::{basecamp_hooks, ids, mirror_words};
use domain::ids::{ConnectionId, WorkspaceId};

/// Who syncs, and how long they may be silent before another takes over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// One run of one process.
    pub owner: String,
    /// Milliseconds.
    pub lease_ms: i64,
}

record! {
    /// The sync of one connection.
    #[derive(Clone, Debug)]
    pub struct SyncRow {
        /// The account in Basecamp.
        pub account_id: i64,
        /// Epoch milliseconds.
        pub started_at: i64,
        /// When Basecamp last answered, epoch milliseconds.
        pub reached_at: Option<i64>,
        /// Requests so far.
        pub calls: i64,
        /// What is wrong, in words; none when all is well.
        pub trouble: Option<String>,
        /// `on`, or `off` where the account has no event feed.
        pub feed: String,
        /// Up to where the feed was read.
        pub feed_position: Option<String>,
        /// When the feed was last read to its end, epoch milliseconds.
        pub feed_at: Option<i64>,
    }
}

/// Takes or keeps the right to sync a connection; false when another node has it, or the connection is not usable.
/// A node alone on its file (`is_alone`) takes it from its own past.
///
/// # Errors
/// When the database refuses.
pub async fn lease(conn: &mut Conn, key: &Key, holder: &Holder, is_alone: bool) -> Result<bool> {
    let now = ids::now_ms();
    let taken = execute!(
        conn,
        "INSERT INTO mirror_syncs (connection_id, workspace_id, account_id, owner, lease_until, next_at, started_at,
                                   calls, feed)
         SELECT c.id, c.workspace_id, $3, $4, $5, 0, $6, 0, 'on' FROM connections c
         WHERE c.workspace_id = $1 AND c.id = $2 AND c.status = 'active'
         ON CONFLICT (connection_id) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
         WHERE mirror_syncs.owner = $4 OR mirror_syncs.lease_until < $6 OR $7 = 1",
        key.workspace.as_str(),
        key.connection.as_str(),
        key.account,
        holder.owner.as_str(),
        now + holder.lease_ms,
        now,
        i16::from(is_alone)
    )?;
    Ok(taken > 0)
}

/// Keeps the lease and counts `calls`; false when it is lost, and then nothing more may be written.
///
/// # Errors
/// When the database refuses.
pub async fn renew(conn: &mut Conn, key: &Key, holder: &Holder, calls: i64) -> Result<bool> {
    let now = ids::now_ms();
    let kept = execute!(
        conn,
        "UPDATE mirror_syncs SET lease_until = $4, calls = calls + $5, reached_at = $6, trouble = NULL
         WHERE workspace_id = $1 AND connection_id = $2 AND owner = $3
           AND EXISTS (SELECT 1 FROM connections WHERE id = $2 AND workspace_id = $1)",
        key.workspace.as_str(),
        key.connection.as_str(),
        holder.owner.as_str(),
        now + holder.lease_ms,
        calls,
        now
    )?;
    Ok(kept > 0)
}

/// Lets go of the lease until `next_at`; `trouble` says what went wrong.
///
/// # Errors
/// When the database refuses.
pub async fn rest(
    conn: &mut Conn,
    key: &Key,
    holder: &Holder,
    next_at: i64,
    trouble: Option<&str>,
) -> Result<()> {
    let sql = "UPDATE mirror_syncs SET lease_until = 0, next_at = $4, trouble = $5
               WHERE workspace_id = $1 AND connection_id = $2 AND owner = $3";
    let (workspace, connection) = (key.workspace.as_str(), key.connection.as_str());
    execute!(conn, sql, workspace, connection, holder.owner.as_str(), next_at, trouble)?;
    Ok(())
}

/// Connections of `app` that may be synced now: those in order whose rest is over, and which no other node has. A node
/// alone on its file (`is_alone`) takes also what it had before it was killed.
///
/// # Errors
/// When the database refuses.
pub async fn due(conn: &mut Conn, app: &str, is_alone: bool) -> Result<Vec<Connection>> {
    fetch_all!(
        conn,
        Connection,
        "SELECT c.id, c.workspace_id, c.owner_id, c.app, c.name, c.status, c.secret, c.meta, c.created_at, c.updated_at
         FROM connections c LEFT JOIN mirror_syncs s ON s.connection_id = c.id
         WHERE c.app = $1 AND c.status = 'active' AND (s.next_at IS NULL OR s.next_at <= $2)
           AND (s.lease_until IS NULL OR s.lease_until < $2 OR $3 = 1)
         ORDER BY s.next_at, c.created_at",
        app,
        ids::now_ms(),
        i16::from(is_alone)
    )
}

/// Makes a connection's sync due at once, with every look it has.
///
/// # Errors
/// When the database refuses.
pub async fn hurry(conn: &mut Conn, key: &Key) -> Result<()> {
    let (workspace, connection) = (key.workspace.as_str(), key.connection.as_str());
    // In the order in which the sync itself takes them: two that go round each other would end one.
    let sql = "UPDATE mirror_syncs SET next_at = 0, feed_at = NULL WHERE workspace_id = $1 AND connection_id = $2";
    execute!(conn, sql, workspace, connection)?;
    let sql = "UPDATE mirror_scopes SET due_at = 0 WHERE workspace_id = $1 AND connection_id = $2";
    execute!(conn, sql, workspace, connection)?;
    Ok(())
}

/// The sync of a connection; none before it began.
///
/// # Errors
/// When the database refuses.
pub async fn state(conn: &mut Conn, key: &Key) -> Result<Option<SyncRow>> {
    fetch_optional!(
        conn,
        SyncRow,
        "SELECT account_id, started_at, reached_at, calls, trouble, feed, feed_position, feed_at FROM mirror_syncs
         WHERE workspace_id = $1 AND connection_id = $2",
        key.workspace.as_str(),
        key.connection.as_str()
    )
}

/// Notes how far the feed was read, and when that was its end; without `at` there is more to read.
///
/// # Errors
/// When the database refuses.
pub async fn set_feed(
    conn: &mut Conn,
    key: &Key,
    feed: &str,
    position: Option<&str>,
    at: Option<i64>,
) -> Result<()> {
    let sql =
        "UPDATE mirror_syncs SET feed = $3, feed_position = $4, feed_at = COALESCE($5, feed_at)
               WHERE workspace_id = $1 AND connection_id = $2";
    let (workspace, connection) = (key.workspace.as_str(), key.connection.as_str());
    execute!(conn, sql, workspace, connection, feed, position, at)?;
    Ok(())
}

/// Whether there are mirrors of connections that no longer exist.
///
/// # Errors
/// When the database refuses.
pub async fn has_orphans(conn: &mut Conn) -> Result<bool> {
    let sql = "SELECT 1 FROM mirror_syncs s
               WHERE NOT EXISTS (SELECT 1 FROM connections c WHERE c.id = s.connection_id) LIMIT 1";
    Ok(fetch_optional!(conn, (i32,), sql)?.is_some())
}

/// Removes the mirrors of connections that no longer exist; gives how many.
///
/// # Errors
/// When the database refuses.
pub async fn forget_orphans(conn: &mut Conn) -> Result<usize> {
    let orphans = fetch_all!(
        conn,
        (String, String, i64),
        "SELECT s.workspace_id, s.connection_id, s.account_id FROM mirror_syncs s
         WHERE NOT EXISTS (SELECT 1 FROM connections c WHERE c.id = s.connection_id)"
    )?;
    for (workspace, connection, account) in &orphans {
        let (workspace, connection) = (workspace.as_str(), connection.as_str());
        for sql in [
            "DELETE FROM mirror_syncs WHERE workspace_id = $1 AND connection_id = $2",
            "DELETE FROM mirror_scopes WHERE workspace_id = $1 AND connection_id = $2",
            "DELETE FROM mirror_projects WHERE workspace_id = $1 AND connection_id = $2",
            "DELETE FROM mirror_people WHERE workspace_id = $1 AND connection_id = $2",
        ] {
            execute!(conn, sql, workspace, connection)?;
        }
        basecamp_hooks::forget(conn, workspace, connection).await?;
        let sql = "SELECT 1 FROM mirror_syncs WHERE workspace_id = $1 AND account_id = $2 LIMIT 1";
        if fetch_optional!(conn, (i32,), sql, workspace, *account)?.is_none() {
            forget_records(conn, workspace, *account).await?;
        }
    }
    Ok(orphans.len())
}

async fn forget_records(conn: &mut Conn, workspace: &str, account: i64) -> Result<()> {
    mirror_words::forget(conn, workspace, account).await?;
    for sql in [
        "DELETE FROM mirror_records WHERE workspace_id = $1 AND account_id = $2",
        "DELETE FROM mirror_raw WHERE workspace_id = $1 AND account_id = $2",
        "DELETE FROM mirror_assignees WHERE workspace_id = $1 AND account_id = $2",
        "DELETE FROM mirror_changes WHERE workspace_id = $1 AND account_id = $2",
    ] {
        execute!(conn, sql, workspace, account)?;
    }
    Ok(())
}

/// Where a connection's mirror is.
pub fn key(workspace: &str, connection: &str, account: i64) -> Key {
    Key {
        workspace: WorkspaceId::from(workspace),
        connection: ConnectionId::from(connection),
        account,
    }
}
