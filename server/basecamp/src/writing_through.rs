//! What we write is in the mirror before the answer is given: whoever reads next sees it, and who wrote it.

use crate::mirror::{self, Batch};
use crate::scopes;
use crate::session::Session;
use crate::witness::Written;
use domain::problem::Problem;
use serde_json::Value;
use store::error::StoreError;
use store::mirror as kept;
use store::mirror::{By, Reading};
use store::{ids, mirror_lookups, mirror_sync};

/// The record a path is about, and whether its status was set: `/1/buckets/2/todos/3/completion.json` is about 3.
fn subject(path: &str) -> Option<(i64, bool)> {
    let path = path.trim_matches('/').trim_end_matches(".json");
    let mut parts: Vec<&str> = path.split('/').skip(1).collect();
    if parts.first() == Some(&"buckets") && parts.len() > 2 {
        parts.drain(..2);
    }
    let id = parts.iter().find_map(|it| it.parse().ok())?;
    Some((id, parts.first() == Some(&"recordings") && parts.contains(&"status")))
}

/// Fields that a write to `path` can change.
fn fields(path: &str) -> &'static [&'static str] {
    let has = |part: &str| path.trim_end_matches(".json").split('/').any(|it| it == part);
    if has("completion") || has("completions") {
        &["completion"]
    } else if has("recordings") && has("status") {
        &["status"]
    } else if has("moves") || has("move") || has("position") || has("positions") || has("parent") {
        &["parent", "project", "completion"]
    } else {
        &["title", "notes", "due_on", "assignees", "parent", "status"]
    }
}

/// Fields of the mirror that a field of a request changes.
pub(crate) fn fields_of(name: &str) -> &'static [&'static str] {
    match name {
        "title" | "subject" | "summary" | "name" => &["title"],
        // The title of a to-do, the words of a message.
        "content" => &["title", "notes"],
        "description" => &["notes"],
        "due_on" => &["due_on"],
        "assignee_ids" => &["assignees"],
        "status" => &["status"],
        _ => &[],
    }
}

impl Session {
    /// Who makes what this session writes to `path`: the person of PM OS, and the one of Basecamp where both are one.
    fn by(&self, path: &str) -> By {
        let person = self.is_own.then_some(self.person_id);
        // What others changed since the last reading comes with the answer, and is not ours.
        let asked = self.witness.changed();
        let is_ours = |it: &&&str| asked.as_ref().is_none_or(|asked| asked.contains(*it));
        let fields = fields(path).iter().filter(is_ours).map(|it| (*it, person)).collect();
        By { fields, actor: Some(self.actor.name.clone()) }
    }

    async fn is_mirrored(&self) -> Result<bool, Problem> {
        let mut conn = self.basecamp.db.read().await?;
        Ok(mirror_sync::state(&mut conn, &self.key).await?.is_some())
    }

    /// Brings the mirror up to what was written. The write has happened, so a failure here is only logged: the sync
    /// will find it.
    pub(crate) async fn write_through(&self, written: Vec<Written>) {
        if written.is_empty() {
            return;
        }
        if let Err(problem) = self.keep_written(written).await {
            tracing::warn!(%problem, "the mirror does not have what was written yet");
        }
    }

    async fn keep_written(&self, written: Vec<Written>) -> Result<(), Problem> {
        if !self.is_mirrored().await? {
            return Ok(());
        }
        for Written { path, answer } in written {
            let reading = Reading { run: 0, asked_at: ids::now_ms(), is_ours: true };
            let batch = Batch::new(answer.into_iter().collect()).by(self.by(&path));
            if !mirror::put(&self.basecamp.db, &self.key, batch, reading).await?
                && let Some((id, has_inside)) = subject(&path)
            {
                self.look_again((id, has_inside), &path).await?;
            }
        }
        Ok(())
    }

    /// Reads a record again whose write gave no answer; what is inside it follows soon.
    async fn look_again(&self, (id, has_inside): (i64, bool), path: &str) -> Result<(), Problem> {
        let mut conn = self.basecamp.db.read().await?;
        let known = mirror_lookups::kind(&mut conn, &self.key, id).await?;
        drop(conn);
        let Some(kind) = known else { return Ok(()) };
        let key = self.key.clone();
        let marked: Result<(), Problem> = self
            .basecamp
            .db
            .write(move |conn| {
                Box::pin(async move {
                    kept::mark_dirty(conn, &key, id, has_inside).await?;
                    Ok(())
                })
            })
            .await;
        marked?;
        if has_inside {
            self.basecamp.wake.notify_one();
        }
        let Some(operation) = scopes::one(&self.account, &kind, id) else { return Ok(()) };
        match self.account.run(operation, |answer| answer.json::<Value>()).await {
            Ok(value) => {
                let reading = Reading { run: 0, asked_at: ids::now_ms(), is_ours: true };
                let batch = Batch::new(vec![value]).by(self.by(path));
                mirror::put(&self.basecamp.db, &self.key, batch, reading).await?;
                Ok(())
            }
            Err(error) if error.http_status() == Some(404) => self.bury(id).await,
            // It is marked, so the sync reads it.
            Err(_) => Ok(()),
        }
    }

    /// What we deleted is gone at once.
    async fn bury(&self, id: i64) -> Result<(), Problem> {
        let key = self.key.clone();
        let buried = self.basecamp.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { kept::bury(conn, &key, id).await })
        });
        Ok(buried.await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_tells_which_record_was_written() {
        assert_eq!(subject("/9/buckets/2/todos/3/completion.json"), Some((3, false)));
        assert_eq!(subject("/9/recordings/7/status/trashed.json"), Some((7, true)));
        assert_eq!(subject("/9/todos/3.json"), Some((3, false)));
        assert_eq!(subject("/9/projects.json"), None);
    }

    #[test]
    fn path_tells_what_was_changed() {
        assert_eq!(fields("/9/buckets/2/todos/3/completion.json"), ["completion"]);
        assert_eq!(fields("/9/recordings/7/status/trashed.json"), ["status"]);
        assert!(fields("/9/card_tables/cards/3/moves.json").contains(&"parent"));
        assert!(fields("/9/todos/3.json").contains(&"due_on"));
        assert!(!fields("/9/todos/3.json").contains(&"completion"));
    }
}
