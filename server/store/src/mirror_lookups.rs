//! Single records of the mirror, what is inside them, projects and people.

use crate::db::{Conn, Result, fetch_all, fetch_optional, record};
use crate::mirror::{Key, PersonRow, ProjectRow};
use crate::mirror_seen::fetch_seen;

record! {
    /// A record of any kind, in short.
    #[derive(Clone, Debug)]
    pub struct BriefRow {
        /// Basecamp's id.
        pub id: i64,
        /// `Todo`, `Comment`, ...
        pub kind: String,
        /// The project.
        pub bucket_id: i64,
        /// What it is in.
        pub parent_id: Option<i64>,
        /// Its title.
        pub title: String,
        /// Its text, plain.
        pub body: String,
        /// Who made it.
        pub creator_id: Option<i64>,
        /// The page in Basecamp.
        pub app_url: String,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub updated_at: i64,
    }
}

/// The [`BriefRow`]s that are not gone and for which `$rest` holds, which binds from `$4` on.
macro_rules! brief {
    ($conn:expr, $key:expr, $rest:literal $(, $bind:expr)*) => {
        fetch_seen!(
            $conn,
            $key,
            BriefRow,
            "r.id, r.kind, r.bucket_id, r.parent_id, r.title, r.body, r.creator_id, r.app_url, r.created_at,
             r.updated_at",
            concat!("r.deleted_at IS NULL AND ", $rest)
            $(, $bind)*
        )
    };
}

/// Records inside another, of one kind, in their order.
///
/// # Errors
/// When the database refuses.
pub async fn inside(conn: &mut Conn, key: &Key, kind: &str, parent: i64) -> Result<Vec<BriefRow>> {
    brief!(
        conn,
        key,
        "r.status = 'active' AND r.kind = $4 AND r.parent_id = $5 ORDER BY r.position, r.created_at, r.id",
        kind,
        parent
    )
}

/// One record of any kind, in short; none for one that is gone or that the connection does not see.
///
/// # Errors
/// When the database refuses.
pub async fn brief(conn: &mut Conn, key: &Key, id: i64) -> Result<Option<BriefRow>> {
    Ok(brief!(conn, key, "r.id = $4", id)?.into_iter().next())
}

/// What kind a record is; none for one the mirror does not have.
///
/// # Errors
/// When the database refuses.
pub async fn kind(conn: &mut Conn, key: &Key, id: i64) -> Result<Option<String>> {
    let sql =
        "SELECT kind FROM mirror_records WHERE workspace_id = $1 AND account_id = $2 AND id = $3";
    let found = fetch_optional!(conn, (String,), sql, key.workspace.as_str(), key.account, id)?;
    Ok(found.map(|(kind,)| kind))
}

/// Whether a person is known to be a client.
///
/// # Errors
/// When the database refuses.
pub async fn is_client(conn: &mut Conn, key: &Key, person: i64) -> Result<bool> {
    let sql = "SELECT client FROM mirror_people WHERE workspace_id = $1 AND connection_id = $2 AND id = $3";
    let (workspace, connection) = (key.workspace.as_str(), key.connection.as_str());
    let found = fetch_optional!(conn, (i16,), sql, workspace, connection, person)?;
    Ok(found.is_some_and(|(client,)| client == 1))
}

/// Projects the connection sees.
///
/// # Errors
/// When the database refuses.
pub async fn projects(conn: &mut Conn, key: &Key) -> Result<Vec<ProjectRow>> {
    fetch_all!(
        conn,
        ProjectRow,
        "SELECT id, name, description, status, app_url, todoset_id, updated_at, raw FROM mirror_projects
         WHERE workspace_id = $1 AND connection_id = $2 AND hidden = 0 ORDER BY id",
        key.workspace.as_str(),
        key.connection.as_str()
    )
}

/// People the connection sees.
///
/// # Errors
/// When the database refuses.
pub async fn people(conn: &mut Conn, key: &Key) -> Result<Vec<PersonRow>> {
    fetch_all!(
        conn,
        PersonRow,
        "SELECT id, name, email, title, client, raw FROM mirror_people
         WHERE workspace_id = $1 AND connection_id = $2 AND hidden = 0 ORDER BY id",
        key.workspace.as_str(),
        key.connection.as_str()
    )
}
