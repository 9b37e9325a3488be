//! The history of the mirror: what changed about a record between two readings.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::mirror::{Key, Record};
use crate::{flow_starts, ids};

record! {
    /// What the mirror knew of a record before.
    pub(crate) struct Known {
        pub(crate) bucket_id: i64,
        pub(crate) parent_id: Option<i64>,
        pub(crate) parent_title: String,
        pub(crate) title: String,
        pub(crate) body: String,
        pub(crate) status: String,
        pub(crate) completed: i16,
        pub(crate) due_on: Option<String>,
        pub(crate) updated_at: i64,
        pub(crate) touched_at: i64,
        pub(crate) deleted_at: Option<i64>,
        pub(crate) json: String,
    }
}

/// Who made the changes that a reading brings, as far as that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct By {
    /// Fields that were changed, and by which person of Basecamp.
    pub fields: Vec<(&'static str, Option<i64>)>,
    /// Who did it in PM OS, by name; none where it was done in Basecamp.
    pub actor: Option<String>,
}

impl By {
    fn of(&self, field: &str) -> (Option<i64>, Option<&str>) {
        match self.fields.iter().find(|it| it.0 == field) {
            Some((_, person)) => (*person, self.actor.as_deref()),
            None => (None, None),
        }
    }
}

/// What the mirror knows of a record.
pub(crate) async fn known(conn: &mut Conn, key: &Key, id: i64) -> Result<Option<Known>> {
    fetch_optional!(
        conn,
        Known,
        "SELECT r.bucket_id, r.parent_id, r.parent_title, r.title, r.body, r.status, r.completed, r.due_on, r.updated_at,
                r.touched_at, r.deleted_at, w.json
         FROM mirror_records r JOIN mirror_raw w
              ON w.workspace_id = r.workspace_id AND w.account_id = r.account_id AND w.id = r.id
         WHERE r.workspace_id = $1 AND r.account_id = $2 AND r.id = $3",
        key.workspace.as_str(),
        key.account,
        id
    )
}

/// Keeps what changed about a record; whether anything did.
pub(crate) async fn note_changes(
    conn: &mut Conn,
    key: &Key,
    (old, new): (&Known, &Record),
    by: &By,
) -> Result<bool> {
    let done = |done: bool| Some(if done { "completed" } else { "open" }.to_owned());
    let text = |text: &str| Some(text.to_owned());
    let fields = [
        ("title", text(&old.title), text(&new.title)),
        ("notes", text(&old.body), text(&new.body)),
        ("due_on", old.due_on.clone(), new.due_on.clone()),
        ("parent", text(&old.parent_title), text(&new.parent_title)),
        ("project", Some(old.bucket_id.to_string()), Some(new.bucket_id.to_string())),
        ("completion", done(old.completed != 0), done(new.completed)),
        ("status", text(&old.status), text(&new.status)),
        ("assignees", Some(assigned(conn, key, new.id).await?), Some(listed(&new.assignees))),
    ];
    let changed: Vec<_> = fields.into_iter().filter(|(_, old, new)| old != new).collect();
    for (field, old, now) in &changed {
        let (person, actor) = by.of(field);
        let who = new.completer_id.filter(|_| *field == "completion").or(person);
        let id = ids::fresh();
        flow_starts::changed(conn, key, (field, old.as_deref(), now.as_deref()), (new, &id))
            .await?;
        execute!(
            conn,
            "INSERT INTO mirror_changes (id, workspace_id, account_id, record_id, bucket_id, field, old, new, who, actor, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            id,
            key.workspace.as_str(),
            key.account,
            new.id,
            new.bucket_id,
            *field,
            old.as_deref(),
            now.as_deref(),
            who,
            actor,
            new.updated_at
        )?;
    }
    if old.parent_id != new.parent_id {
        flow_starts::moved(conn, key, (old.parent_id, &old.parent_title), new).await?;
    }
    Ok(!changed.is_empty())
}

fn listed(people: &[i64]) -> String {
    people.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}

async fn assigned(conn: &mut Conn, key: &Key, id: i64) -> Result<String> {
    let sql = "SELECT person_id FROM mirror_assignees
               WHERE workspace_id = $1 AND account_id = $2 AND record_id = $3 ORDER BY position";
    let people = fetch_all!(conn, (i64,), sql, key.workspace.as_str(), key.account, id)?;
    Ok(listed(&people.into_iter().map(|(id,)| id).collect::<Vec<_>>()))
}
