//! What we write is in the mirror before the answer is given: whoever reads next sees it.

use crate::session::Session;
use crate::witness::Written;
use crate::{mirror, scopes};
use domain::problem::Problem;
use serde_json::Value;
use store::error::StoreError;
use store::mirror as kept;
use store::mirror::Reading;
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

impl Session {
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
        let mut conn = self.basecamp.db.read().await?;
        let is_mirrored = mirror_sync::state(&mut conn, &self.key).await?.is_some();
        drop(conn);
        if !is_mirrored {
            return Ok(());
        }
        for Written { path, answer } in written {
            let reading = Reading { run: 0, asked_at: ids::now_ms(), is_ours: true };
            let items: Vec<Value> = answer.into_iter().collect();
            if !mirror::put(&self.basecamp.db, &self.key, items, reading).await?
                && let Some((id, has_inside)) = subject(&path)
            {
                self.look_again(id, has_inside).await?;
            }
        }
        Ok(())
    }

    /// Reads a record again whose write gave no answer; what is inside it follows soon.
    async fn look_again(&self, id: i64, has_inside: bool) -> Result<(), Problem> {
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
                mirror::put(&self.basecamp.db, &self.key, vec![value], reading).await?;
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
}
