//! The installation as a whole, for super admins: how much there is, whether the log is whole.

use crate::db::{Conn, Inner, Result, fetch_all, fetch_optional, record};

record! {
    /// How much there is.
    #[derive(Clone, Debug)]
    pub struct Census {
        /// Workspaces.
        pub workspaces: i64,
        /// People.
        pub people: i64,
        /// Flows that are on.
        pub flows_on: i64,
        /// Runs that wait for a worker.
        pub queued: i64,
        /// Runs that are worked on.
        pub running: i64,
        /// Runs that wait for a time, a person or a site.
        pub paused: i64,
        /// Basecamp connections.
        pub connections: i64,
        /// Of those, the ones whose sync says what is wrong.
        pub troubled: i64,
        /// Requests to Basecamp that the sync made so far.
        pub sync_calls: i64,
    }
}

/// How much there is now.
///
/// # Errors
/// When the database refuses.
pub async fn census(conn: &mut Conn) -> Result<Option<Census>> {
    fetch_optional!(
        conn,
        Census,
        "SELECT (SELECT COUNT(*) FROM workspaces) AS workspaces,
                (SELECT COUNT(*) FROM users) AS people,
                (SELECT COUNT(*) FROM flows WHERE status = 'ENABLED') AS flows_on,
                (SELECT COUNT(*) FROM runs WHERE status = 'QUEUED') AS queued,
                (SELECT COUNT(*) FROM runs WHERE status = 'RUNNING') AS running,
                (SELECT COUNT(*) FROM runs WHERE status = 'PAUSED') AS paused,
                (SELECT COUNT(*) FROM mirror_syncs) AS connections,
                (SELECT COUNT(*) FROM mirror_syncs WHERE trouble IS NOT NULL) AS troubled,
                (SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT) FROM mirror_syncs) AS sync_calls"
    )
}

/// Bytes that the database takes.
///
/// # Errors
/// When the database refuses.
pub async fn bytes(conn: &mut Conn) -> Result<i64> {
    let sql = match &conn.inner {
        Inner::Sqlite(_) => {
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        }
        Inner::Postgres(_) => "SELECT pg_database_size(current_database())",
    };
    Ok(fetch_optional!(conn, (i64,), sql)?.map_or(0, |(it,)| it))
}

/// The numbers of the events of each workspace: the last one given, the lowest and the highest stored, how many are.
///
/// # Errors
/// When the database refuses.
pub async fn event_numbers(conn: &mut Conn) -> Result<Vec<(i64, i64, i64, i64)>> {
    fetch_all!(
        conn,
        (i64, i64, i64, i64),
        "SELECT c.seq, COALESCE(MIN(e.seq), 0), COALESCE(MAX(e.seq), 0), COUNT(e.seq)
         FROM event_counters c LEFT JOIN events e ON e.workspace_id = c.workspace_id
         GROUP BY c.workspace_id, c.seq"
    )
}

/// Steps of the schema that were applied: number, sentence, whether it went through.
///
/// # Errors
/// When the database refuses.
pub async fn migrations(conn: &mut Conn) -> Result<Vec<(i64, String, bool)>> {
    let sql = "SELECT version, description, success FROM _sqlx_migrations ORDER BY version";
    fetch_all!(conn, (i64, String, bool), sql)
}
