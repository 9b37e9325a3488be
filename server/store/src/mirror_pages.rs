//! What the pages of a project show of the mirror: records as they came, with everybody they name.

use crate::db::{Conn, Result, fetch_all, record};
use crate::mirror::{Key, PersonRow};
use crate::mirror_seen::seen;

record! {
    /// A record as it came.
    #[derive(Clone, Debug)]
    pub struct RawRow {
        /// The JSON, people as their ids.
        pub json: String,
        /// When it was found to be gone, epoch milliseconds.
        pub deleted_at: Option<i64>,
    }
}

/// The [`RawRow`]s the connection sees for which `$fits` holds, which binds from `$4` on.
macro_rules! raw {
    ($conn:expr, $key:expr, $fits:literal $(, $bind:expr)*) => {
        fetch_all!(
            $conn,
            RawRow,
            concat!(
                "SELECT w.json, r.deleted_at FROM mirror_records r CROSS JOIN mirror_projects p CROSS JOIN mirror_raw w
                 WHERE ",
                seen!(),
                " AND w.workspace_id = r.workspace_id AND w.account_id = r.account_id AND w.id = r.id AND ",
                $fits
            ),
            $key.workspace.as_str(),
            $key.account,
            $key.connection.as_str()
            $(, $bind)*
        )
    };
}

/// The records of one kind in a project that are in use, in no order.
///
/// # Errors
/// When the database refuses.
pub async fn of_project(
    conn: &mut Conn,
    key: &Key,
    kind: &str,
    project: i64,
) -> Result<Vec<RawRow>> {
    raw!(
        conn,
        key,
        "r.deleted_at IS NULL AND r.status = 'active' AND r.kind = $4 AND r.bucket_id = $5",
        kind,
        project
    )
}

/// The records inside another that are in use, of any kind and in no order.
///
/// # Errors
/// When the database refuses.
pub async fn inside(conn: &mut Conn, key: &Key, parent: i64) -> Result<Vec<RawRow>> {
    raw!(conn, key, "r.deleted_at IS NULL AND r.status = 'active' AND r.parent_id = $4", parent)
}

/// Hours of active projects from one day to another (`YYYY-MM-DD`, both included), by day.
///
/// # Errors
/// When the database refuses.
pub async fn hours(conn: &mut Conn, key: &Key, (from, to): (&str, &str)) -> Result<Vec<RawRow>> {
    fetch_all!(
        conn,
        RawRow,
        "SELECT w.json, r.deleted_at FROM mirror_records r CROSS JOIN mirror_projects p CROSS JOIN mirror_raw w
         WHERE r.workspace_id = $1 AND r.account_id = $2 AND r.deleted_at IS NULL AND r.status = 'active'
           AND r.kind = 'Timesheet::Entry' AND r.starts_on >= $4 AND r.starts_on <= $5
           AND p.workspace_id = r.workspace_id AND p.connection_id = $3 AND p.id = r.bucket_id AND p.hidden = 0
           AND p.status = 'active'
           AND w.workspace_id = r.workspace_id AND w.account_id = r.account_id AND w.id = r.id
         ORDER BY r.starts_on, r.id",
        key.workspace.as_str(),
        key.account,
        key.connection.as_str(),
        from,
        to
    )
}

/// One record, also when it is put aside or gone; none for one the connection never saw.
///
/// # Errors
/// When the database refuses.
pub async fn one(conn: &mut Conn, key: &Key, id: i64) -> Result<Option<RawRow>> {
    Ok(raw!(conn, key, "r.id = $4", id)?.into_iter().next())
}

/// Everybody the connection ever read about, also those who are only named in records.
///
/// # Errors
/// When the database refuses.
pub async fn everybody(conn: &mut Conn, key: &Key) -> Result<Vec<PersonRow>> {
    fetch_all!(
        conn,
        PersonRow,
        "SELECT id, name, email, title, client, raw FROM mirror_people
         WHERE workspace_id = $1 AND connection_id = $2",
        key.workspace.as_str(),
        key.connection.as_str()
    )
}
