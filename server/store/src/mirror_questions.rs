//! What the mirror is asked: overdue, due, whose, how much, what is stuck. Every question is one or two scans of an
//! index, and shows only projects the connection sees.

use crate::db::{Conn, Result, fetch_all, fetch_many, record};
use crate::mirror::Key;
use crate::mirror_seen::seen;
use serde::Deserialize;
use std::collections::HashMap;

record! {
    /// A to-do.
    #[derive(Clone, Debug, Deserialize)]
    pub struct TodoRow {
        /// Basecamp's id.
        pub id: i64,
        /// What is to be done.
        pub title: String,
        /// Notes, plain.
        pub body: String,
        /// `active`, `archived`, `trashed`.
        pub status: String,
        /// 1 when done.
        pub completed: i16,
        /// `YYYY-MM-DD`.
        pub due_on: Option<String>,
        /// The project.
        pub bucket_id: i64,
        /// Its name.
        pub project_name: String,
        /// The list or the to-do set it is in.
        pub parent_id: Option<i64>,
        /// `Todolist` or `Todoset`.
        pub parent_kind: String,
        /// What that is called.
        pub parent_title: String,
        /// The page of it in Basecamp.
        pub parent_url: String,
        /// Comments under it.
        pub comments: i64,
        /// The page in Basecamp.
        pub app_url: String,
        /// Epoch milliseconds.
        pub updated_at: i64,
    }
}

record! {
    /// Who is to do what.
    #[derive(Clone, Debug, Deserialize)]
    pub struct AssigneeRow {
        /// The record.
        pub record_id: i64,
        /// The person.
        pub id: i64,
        /// Full name.
        pub name: String,
        /// None where Basecamp does not tell.
        pub email: Option<String>,
        /// Job title.
        pub title: Option<String>,
    }
}

record! {
    /// What one person has to do.
    #[derive(Clone, Debug)]
    pub struct LoadRow {
        /// The person.
        pub id: i64,
        /// Full name.
        pub name: String,
        /// None where Basecamp does not tell.
        pub email: Option<String>,
        /// Job title.
        pub title: Option<String>,
        /// Open to-dos.
        pub open: i64,
        /// Those past their day.
        pub overdue: i64,
        /// Those due soon.
        pub due_soon: i64,
    }
}

record! {
    /// How many to-dos a project has, open or completed ones.
    #[derive(Clone, Debug)]
    pub struct CountRow {
        /// The project.
        pub bucket_id: i64,
        /// 1 for the completed ones.
        pub completed: i16,
        /// How many.
        pub number: i64,
        /// Those past their day.
        pub overdue: i64,
        /// The nearest day from today on.
        pub next_due_on: Option<String>,
    }
}

/// To-dos with the people who are to do them.
pub type Todos = Vec<(TodoRow, Vec<AssigneeRow>)>;

/// The to-dos for which `$fits` holds, which names binds from `$4` on.
///
/// `CROSS JOIN` keeps SQLite to the written order: it knows nothing of how many rows a table has.
macro_rules! todos {
    ($conn:expr, $key:expr, $fits:literal, $order:literal $(, $bind:expr)* $(,)?) => {
        todos!(from " FROM mirror_records r", $conn, $key, $fits, $order $(, $bind)*)
    };
    (from $from:literal, $conn:expr, $key:expr, $fits:literal, $order:literal $(, $bind:expr)* $(,)?) => {{
        const ROWS: &str = concat!(
            "SELECT r.id, r.title, r.body, r.status, r.completed, r.due_on, r.bucket_id, p.name AS project_name,
                    r.parent_id, r.parent_kind, r.parent_title, r.parent_url, r.comments, r.app_url, r.updated_at",
            $from, " CROSS JOIN mirror_projects p WHERE ", seen!(),
            " AND r.deleted_at IS NULL AND r.kind = 'Todo' AND ", $fits, " ORDER BY ", $order
        );
        const PEOPLE: &str = concat!(
            "SELECT a.record_id, m.id, m.name, m.email, m.title", $from,
            " CROSS JOIN mirror_projects p CROSS JOIN mirror_assignees a CROSS JOIN mirror_people m WHERE ", seen!(),
            " AND r.deleted_at IS NULL AND r.kind = 'Todo' AND ", $fits,
            " AND a.workspace_id = r.workspace_id AND a.account_id = r.account_id AND a.record_id = r.id
              AND m.workspace_id = r.workspace_id AND m.connection_id = p.connection_id AND m.id = a.person_id
             ORDER BY a.record_id, a.position"
        );
        let (workspace, account) = ($key.workspace.as_str(), $key.account);
        let connection = $key.connection.as_str();
        let rows = fetch_many!($conn, TodoRow, ROWS, workspace, account, connection $(, $bind)*)?;
        let people = if rows.is_empty() {
            Vec::new()
        } else {
            fetch_many!($conn, AssigneeRow, PEOPLE, workspace, account, connection $(, $bind)*)?
        };
        Ok(together(rows, people))
    }};
}

pub(crate) fn together(rows: Vec<TodoRow>, people: Vec<AssigneeRow>) -> Todos {
    let mut of: HashMap<i64, Vec<AssigneeRow>> = HashMap::with_capacity(rows.len());
    for person in people {
        of.entry(person.record_id).or_default().push(person);
    }
    rows.into_iter()
        .map(|row| {
            let people = of.remove(&row.id).unwrap_or_default();
            (row, people)
        })
        .collect()
}

/// Open to-dos past `today`, the longest overdue first.
///
/// # Errors
/// When the database refuses.
pub async fn overdue(conn: &mut Conn, key: &Key, today: &str) -> Result<Todos> {
    todos!(
        conn,
        key,
        "p.status = 'active' AND r.completed = 0 AND r.status = 'active' AND r.due_on < $4",
        "r.due_on, r.id",
        today
    )
}

/// Open to-dos due from one day to another, both included.
///
/// # Errors
/// When the database refuses.
pub async fn due(conn: &mut Conn, key: &Key, from: &str, to: &str) -> Result<Todos> {
    todos!(
        conn,
        key,
        "p.status = 'active' AND r.completed = 0 AND r.status = 'active' AND r.due_on >= $4 AND r.due_on <= $5",
        "r.due_on, r.id",
        from,
        to
    )
}

/// Open to-dos of one person, the earliest due first.
///
/// # Errors
/// When the database refuses.
pub async fn of_person(conn: &mut Conn, key: &Key, person: i64) -> Result<Todos> {
    todos!(
        from " FROM mirror_assignees o CROSS JOIN mirror_records r",
        conn,
        key,
        "p.status = 'active' AND r.completed = 0 AND r.status = 'active' AND o.workspace_id = $1
           AND o.account_id = $2 AND o.kind = 'Todo' AND o.is_open = 1 AND o.person_id = $4 AND r.id = o.record_id",
        "CASE WHEN r.due_on IS NULL THEN 1 ELSE 0 END, r.due_on, r.id",
        person
    )
}

/// Open to-dos that nobody has, the earliest due first.
///
/// # Errors
/// When the database refuses.
pub async fn unassigned(conn: &mut Conn, key: &Key) -> Result<Todos> {
    todos!(
        conn,
        key,
        "p.status = 'active' AND r.completed = 0 AND r.status = 'active' AND r.assignees = 0",
        "CASE WHEN r.due_on IS NULL THEN 1 ELSE 0 END, r.due_on, r.id"
    )
}

/// Open and assigned to-dos to which nothing that matters has happened since `before` (epoch milliseconds), the
/// longest forgotten first.
///
/// # Errors
/// When the database refuses.
pub async fn quiet(conn: &mut Conn, key: &Key, before: i64) -> Result<Todos> {
    todos!(
        conn,
        key,
        "p.status = 'active' AND r.completed = 0 AND r.status = 'active' AND r.assignees <> 0 AND r.active_at < $4",
        "r.active_at, r.id",
        before
    )
}

/// To-dos completed from one moment to before another (epoch milliseconds), the newest first.
///
/// # Errors
/// When the database refuses.
pub async fn completed(conn: &mut Conn, key: &Key, from: i64, to: i64) -> Result<Todos> {
    todos!(
        conn,
        key,
        "r.completed = 1 AND r.status = 'active' AND r.completed_at >= $4 AND r.completed_at < $5",
        "r.completed_at DESC, r.id",
        from,
        to
    )
}

/// Open to-dos of all active projects.
///
/// # Errors
/// When the database refuses.
pub async fn open(conn: &mut Conn, key: &Key) -> Result<Todos> {
    todos!(
        conn,
        key,
        "p.status = 'active' AND r.status = 'active' AND r.completed = 0",
        "r.bucket_id, r.id"
    )
}

/// Completed to-dos of all active projects.
///
/// # Errors
/// When the database refuses.
pub async fn done(conn: &mut Conn, key: &Key) -> Result<Todos> {
    todos!(
        conn,
        key,
        "p.status = 'active' AND r.status = 'active' AND r.completed = 1",
        "r.bucket_id, r.id"
    )
}

/// Open and completed to-dos of one project by list and position.
///
/// # Errors
/// When the database refuses.
pub async fn of_project(conn: &mut Conn, key: &Key, project: i64) -> Result<Todos> {
    todos!(
        conn,
        key,
        "r.status = 'active' AND r.bucket_id = $4",
        "r.parent_id, r.position, r.id",
        project
    )
}

/// One to-do, wherever it is.
///
/// # Errors
/// When the database refuses.
pub async fn todo(conn: &mut Conn, key: &Key, id: i64) -> Result<Todos> {
    todos!(conn, key, "r.id = $4", "r.id", id)
}

/// What everybody with an open to-do has to do.
///
/// # Errors
/// When the database refuses.
pub async fn loads(conn: &mut Conn, key: &Key, today: &str, soon: &str) -> Result<Vec<LoadRow>> {
    fetch_all!(
        conn,
        LoadRow,
        "SELECT m.id, m.name, m.email, m.title, COUNT(*) AS open,
                SUM(CASE WHEN a.due_on < $4 THEN 1 ELSE 0 END) AS overdue,
                SUM(CASE WHEN a.due_on >= $4 AND a.due_on <= $5 THEN 1 ELSE 0 END) AS due_soon
         FROM mirror_assignees a CROSS JOIN mirror_projects p CROSS JOIN mirror_people m
         WHERE a.workspace_id = $1 AND a.account_id = $2 AND a.kind = 'Todo' AND a.is_open = 1
           AND p.workspace_id = a.workspace_id AND p.connection_id = $3 AND p.id = a.bucket_id
           AND p.status = 'active' AND p.hidden = 0
           AND m.workspace_id = a.workspace_id AND m.connection_id = $3 AND m.id = a.person_id
         GROUP BY m.id, m.name, m.email, m.title",
        key.workspace.as_str(),
        key.account,
        key.connection.as_str(),
        today,
        soon
    )
}

/// How many to-dos every active project has.
///
/// # Errors
/// When the database refuses.
pub async fn counts(conn: &mut Conn, key: &Key, today: &str) -> Result<Vec<CountRow>> {
    fetch_all!(
        conn,
        CountRow,
        "SELECT r.bucket_id, r.completed, COUNT(*) AS number,
                SUM(CASE WHEN r.due_on < $3 THEN 1 ELSE 0 END) AS overdue,
                MIN(CASE WHEN r.due_on >= $3 THEN r.due_on END) AS next_due_on
         FROM mirror_records r
         WHERE r.workspace_id = $1 AND r.account_id = $2 AND r.kind = 'Todo' AND r.status = 'active'
           AND r.deleted_at IS NULL
         GROUP BY r.bucket_id, r.completed",
        key.workspace.as_str(),
        key.account,
        today
    )
}

/// Who has open to-dos in which project, in no order; `record_id` is the project's id.
///
/// # Errors
/// When the database refuses.
pub async fn teams(conn: &mut Conn, key: &Key) -> Result<Vec<AssigneeRow>> {
    fetch_all!(
        conn,
        AssigneeRow,
        "SELECT a.bucket_id AS record_id, m.id, m.name, m.email, m.title
         FROM (SELECT DISTINCT person_id, bucket_id FROM mirror_assignees
               WHERE workspace_id = $1 AND account_id = $2 AND kind = 'Todo' AND is_open = 1) a
         CROSS JOIN mirror_people m
         WHERE m.workspace_id = $1 AND m.connection_id = $3 AND m.id = a.person_id",
        key.workspace.as_str(),
        key.account,
        key.connection.as_str()
    )
}
