//! What is late or due soon: how many, and the first of them, however many there are.

use crate::db::{Conn, Result, fetch_all, fetch_optional};
use crate::mirror::Key;
use crate::mirror_questions::{AssigneeRow, TodoRow, Todos, together};
use crate::mirror_seen::seen;

/// Open to-dos with a day up to one, of one person or of everybody.
#[derive(Clone, Copy, Debug)]
pub struct Due<'a> {
    /// The day it is, `YYYY-MM-DD`.
    pub today: &'a str,
    /// The last day, `YYYY-MM-DD`.
    pub to: &'a str,
    /// Whose; 0 for everybody's.
    pub person: i64,
}

/// Those that are due by `$4`, of the person `$5` or of everybody for 0.
macro_rules! due {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " FROM mirror_records r CROSS JOIN mirror_projects p WHERE ",
            seen!(),
            " AND r.deleted_at IS NULL AND r.kind = 'Todo' AND p.status = 'active' AND r.completed = 0
              AND r.status = 'active' AND r.due_on <= $4
              AND ($5 = 0 OR EXISTS (SELECT 1 FROM mirror_assignees o WHERE o.workspace_id = r.workspace_id
                   AND o.account_id = r.account_id AND o.record_id = r.id AND o.person_id = $5))",
            $rest
        )
    };
}

/// How many are past their day, and how many are due from today on.
///
/// # Errors
/// When the database refuses.
pub async fn counts(conn: &mut Conn, key: &Key, due: Due<'_>) -> Result<(i64, i64)> {
    let counted = fetch_optional!(
        conn,
        (i64, i64),
        due!(
            "SELECT COUNT(CASE WHEN r.due_on < $6 THEN 1 END), COUNT(CASE WHEN r.due_on >= $6 THEN 1 END)",
            ""
        ),
        key.workspace.as_str(),
        key.account,
        key.connection.as_str(),
        due.to,
        due.person,
        due.today
    )?;
    Ok(counted.unwrap_or_default())
}

/// The first of them, the earliest day first, `limit` at most, with the people who are to do them.
///
/// # Errors
/// When the database refuses.
pub async fn first(conn: &mut Conn, key: &Key, due: Due<'_>, limit: i64) -> Result<Todos> {
    let rows = fetch_all!(
        conn,
        TodoRow,
        due!(
            "SELECT r.id, r.title, r.body, r.status, r.completed, r.due_on, r.bucket_id, p.name AS project_name,
                    r.parent_id, r.parent_kind, r.parent_title, r.parent_url, r.comments, r.app_url, r.updated_at",
            " ORDER BY r.due_on, r.id LIMIT $6"
        ),
        key.workspace.as_str(),
        key.account,
        key.connection.as_str(),
        due.to,
        due.person,
        limit
    )?;
    let mut people = Vec::new();
    for row in &rows {
        people.extend(assignees(conn, key, row.id).await?);
    }
    Ok(together(rows, people))
}

async fn assignees(conn: &mut Conn, key: &Key, id: i64) -> Result<Vec<AssigneeRow>> {
    fetch_all!(
        conn,
        AssigneeRow,
        "SELECT a.record_id, m.id, m.name, m.email, m.title FROM mirror_assignees a CROSS JOIN mirror_people m
         WHERE a.workspace_id = $1 AND a.account_id = $2 AND a.record_id = $4
           AND m.workspace_id = a.workspace_id AND m.connection_id = $3 AND m.id = a.person_id
         ORDER BY a.position",
        key.workspace.as_str(),
        key.account,
        key.connection.as_str(),
        id
    )
}
