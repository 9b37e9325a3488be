//! How one project stands, as the mirror knows it: two scans of what is in it, however large the account is.

use crate::db::{Conn, Result, fetch_all};
use crate::mirror::Key;
use crate::mirror_questions::{AssigneeRow, CountRow};

/// How many to-dos of a project are open and completed.
///
/// # Errors
/// When the database refuses.
pub async fn counts(
    conn: &mut Conn,
    key: &Key,
    project: i64,
    today: &str,
) -> Result<Vec<CountRow>> {
    fetch_all!(
        conn,
        CountRow,
        "SELECT r.bucket_id, r.completed, COUNT(*) AS number,
                SUM(CASE WHEN r.due_on < $4 THEN 1 ELSE 0 END) AS overdue,
                MIN(CASE WHEN r.due_on >= $4 THEN r.due_on END) AS next_due_on
         FROM mirror_records r
         WHERE r.workspace_id = $1 AND r.account_id = $2 AND r.kind = 'Todo' AND r.status = 'active'
           AND r.deleted_at IS NULL AND r.bucket_id = $3
         GROUP BY r.bucket_id, r.completed",
        key.workspace.as_str(),
        key.account,
        project,
        today
    )
}

/// Who has open to-dos in a project, by name; `record_id` is the project's id.
///
/// # Errors
/// When the database refuses.
pub async fn team(conn: &mut Conn, key: &Key, project: i64) -> Result<Vec<AssigneeRow>> {
    fetch_all!(
        conn,
        AssigneeRow,
        "SELECT DISTINCT r.bucket_id AS record_id, m.id, m.name, m.email, m.title
         FROM mirror_records r CROSS JOIN mirror_assignees a CROSS JOIN mirror_people m
         WHERE r.workspace_id = $1 AND r.account_id = $2 AND r.kind = 'Todo' AND r.bucket_id = $4
           AND r.completed = 0 AND r.status = 'active' AND r.deleted_at IS NULL
           AND a.workspace_id = r.workspace_id AND a.account_id = r.account_id AND a.record_id = r.id
           AND m.workspace_id = r.workspace_id AND m.connection_id = $3 AND m.id = a.person_id
         ORDER BY m.name, m.id",
        key.workspace.as_str(),
        key.account,
        key.connection.as_str(),
        project
    )
}
