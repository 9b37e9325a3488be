//! Scores of projects day by day, and what was found about them, as one connection to Basecamp sees them.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use domain::ids::WorkspaceId;

record! {
    /// The score of a project on one day.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Score {
        /// `health` or `pulse`.
        pub kind: String,
        /// The project.
        pub project_id: i64,
        /// `YYYY-MM-DD`.
        pub day: String,
        /// From 0 to 100.
        pub score: f64,
        /// What it was made of, a JSON object.
        pub inputs: String,
        /// Epoch milliseconds.
        pub at_ms: i64,
    }
}

record! {
    /// Something found.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Insight {
        /// The insight.
        pub id: String,
        /// `health_score`, `deadline_risk`, ...
        pub kind: String,
        /// What it is about: `project:1` or `person:2`.
        pub subject: String,
        /// The project it is about.
        pub project_id: Option<i64>,
        /// The person it is about.
        pub person_id: Option<i64>,
        /// One line.
        pub title: String,
        /// What is so, in words.
        pub description: String,
        /// `critical`, `high`, `medium`, `low`.
        pub severity: String,
        /// `{entity_refs, action}`, a JSON object.
        pub body: String,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub updated_at: i64,
        /// When somebody saw it, epoch milliseconds; none while nobody did, or since it became worse.
        pub acknowledged_at: Option<i64>,
        /// How severe it was then.
        pub acknowledged_severity: Option<String>,
        /// When its cause was gone, epoch milliseconds.
        pub resolved_at: Option<i64>,
    }
}

/// Whose scores and insights.
pub type Place<'a> = (&'a WorkspaceId, &'a str);

/// How many rows went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Scores.
    pub scores: u64,
    /// Insights that were seen or settled.
    pub insights: u64,
}

record! {
    /// How much is known about the work of a workspace.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Counts {
        /// Scores of projects.
        pub scores: i64,
        /// Predictions that still hold.
        pub predictions: i64,
        /// What was found and nobody has seen.
        pub unseen: i64,
        /// Trouble that comes back, and still does.
        pub patterns: i64,
    }
}

/// How much is known about the work of a workspace.
///
/// # Errors
/// When the database refuses.
pub async fn counts(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Counts> {
    let sql = "SELECT
        (SELECT COUNT(*) FROM insight_scores WHERE workspace_id = $1) AS scores,
        (SELECT COUNT(*) FROM insights WHERE workspace_id = $1 AND resolved_at IS NULL
           AND kind = 'deadline_risk') AS predictions,
        (SELECT COUNT(*) FROM insights WHERE workspace_id = $1 AND resolved_at IS NULL
           AND acknowledged_at IS NULL) AS unseen,
        (SELECT COUNT(*) FROM insights WHERE workspace_id = $1 AND resolved_at IS NULL
           AND kind = 'recurring_pattern') AS patterns";
    Ok(fetch_optional!(conn, Counts, sql, workspace.as_str())?.unwrap_or_default())
}

/// Stores the score of a day; a later one of the same day replaces it.
///
/// # Errors
/// When the database refuses.
pub async fn put_score(conn: &mut Conn, place: Place<'_>, new: &Score) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO insight_scores (workspace_id, connection_id, kind, project_id, day, score, inputs, at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (workspace_id, connection_id, kind, project_id, day)
         DO UPDATE SET score = excluded.score, inputs = excluded.inputs, at_ms = excluded.at_ms",
        place.0.as_str(),
        place.1,
        new.kind.as_str(),
        new.project_id,
        new.day.as_str(),
        new.score,
        new.inputs.as_str(),
        new.at_ms
    )?;
    Ok(())
}

/// Scores kept from one moment to another (epoch milliseconds), the oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn scores(
    conn: &mut Conn,
    place: Place<'_>,
    (from, to): (i64, i64),
) -> Result<Vec<Score>> {
    fetch_all!(
        conn,
        Score,
        "SELECT kind, project_id, day, score, inputs, at_ms FROM insight_scores
         WHERE workspace_id = $1 AND connection_id = $2 AND at_ms >= $3 AND at_ms <= $4 ORDER BY at_ms, project_id",
        place.0.as_str(),
        place.1,
        from,
        to
    )
}

const COLUMNS: &str =
    "id, kind, subject, project_id, person_id, title, description, severity, body, created_at,
    updated_at, acknowledged_at, acknowledged_severity, resolved_at";

/// Insights whose cause is still there, the newest first.
///
/// # Errors
/// When the database refuses.
pub async fn open(conn: &mut Conn, place: Place<'_>) -> Result<Vec<Insight>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM insights
         WHERE workspace_id = $1 AND connection_id = $2 AND resolved_at IS NULL ORDER BY created_at DESC, id DESC"
    );
    fetch_all!(conn, Insight, sqlx::AssertSqlSafe(sql), place.0.as_str(), place.1)
}

/// One insight, whether its cause is still there or not.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, place: Place<'_>, id: &str) -> Result<Option<Insight>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM insights WHERE workspace_id = $1 AND connection_id = $2 AND id = $3"
    );
    fetch_optional!(conn, Insight, sqlx::AssertSqlSafe(sql), place.0.as_str(), place.1, id)
}

/// Stores something found, or what it has become; an open one of the same kind and subject stays the only one.
///
/// # Errors
/// When the database refuses.
pub async fn put(conn: &mut Conn, place: Place<'_>, new: &Insight) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO insights (id, workspace_id, connection_id, kind, subject, project_id, person_id, title, description,
                               severity, body, created_at, updated_at, acknowledged_at, acknowledged_severity, resolved_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, NULL)
         ON CONFLICT (workspace_id, connection_id, kind, subject) WHERE resolved_at IS NULL
         DO UPDATE SET title = excluded.title, description = excluded.description, severity = excluded.severity,
             body = excluded.body, updated_at = excluded.updated_at, acknowledged_at = excluded.acknowledged_at,
             acknowledged_severity = excluded.acknowledged_severity",
        new.id.as_str(),
        place.0.as_str(),
        place.1,
        new.kind.as_str(),
        new.subject.as_str(),
        new.project_id,
        new.person_id,
        new.title.as_str(),
        new.description.as_str(),
        new.severity.as_str(),
        new.body.as_str(),
        new.created_at,
        new.updated_at,
        new.acknowledged_at,
        new.acknowledged_severity.as_deref()
    )?;
    Ok(())
}

/// Closes an insight whose cause is gone.
///
/// # Errors
/// When the database refuses.
pub async fn resolve(conn: &mut Conn, place: Place<'_>, id: &str, at: i64) -> Result<()> {
    let sql = "UPDATE insights SET resolved_at = $4
               WHERE workspace_id = $1 AND connection_id = $2 AND id = $3 AND resolved_at IS NULL";
    execute!(conn, sql, place.0.as_str(), place.1, id, at)?;
    Ok(())
}

/// Marks an insight as seen, or as not seen when `is_seen` is false.
///
/// # Errors
/// When the database refuses.
pub async fn acknowledge(conn: &mut Conn, place: Place<'_>, id: &str, is_seen: bool) -> Result<()> {
    let sql = "UPDATE insights SET acknowledged_at = $4,
                   acknowledged_severity = CASE WHEN $5 = 1 THEN severity END
               WHERE workspace_id = $1 AND connection_id = $2 AND id = $3";
    let at = is_seen.then(ids::now_ms);
    execute!(conn, sql, place.0.as_str(), place.1, id, at, i16::from(is_seen))?;
    Ok(())
}

/// Deletes scores, and insights that were seen or settled, from before a moment: of the whole workspace.
///
/// # Errors
/// When the database refuses.
pub async fn clean(conn: &mut Conn, workspace: &WorkspaceId, before: i64) -> Result<Cleaned> {
    let sql = "DELETE FROM insight_scores WHERE workspace_id = $1 AND at_ms < $2";
    let scores = execute!(conn, sql, workspace.as_str(), before)?;
    let sql = "DELETE FROM insights WHERE workspace_id = $1
               AND ((acknowledged_at IS NOT NULL AND acknowledged_at < $2) OR resolved_at < $2)";
    let insights = execute!(conn, sql, workspace.as_str(), before)?;
    Ok(Cleaned { scores, insights })
}

/// Workspaces with a connection to Basecamp that have no score of `day` yet, with whose connection it is; none for the
/// workspace's own.
///
/// # Errors
/// When the database refuses.
pub async fn due(conn: &mut Conn, since: i64) -> Result<Vec<(String, Option<String>)>> {
    fetch_all!(
        conn,
        (String, Option<String>),
        "SELECT c.workspace_id, c.owner_id FROM connections c
         WHERE c.app = 'basecamp' AND c.status = 'active' AND NOT EXISTS
               (SELECT 1 FROM insight_scores s WHERE s.workspace_id = c.workspace_id
                AND s.connection_id = c.id AND s.at_ms >= $1)
         ORDER BY c.workspace_id, c.created_at LIMIT 500",
        since
    )
}
