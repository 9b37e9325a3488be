//! Under test, work of [`crate::db::Db::write_talk`] is looked at while it writes: what readers keep of other tables
//! would go stale without anybody noticing.

use crate::db::{Conn, Inner, Result};
use crate::memo::Age;
use std::sync::{Arc, Mutex, PoisonError};

/// Tables of which readers keep nothing, beside those that begin with `chat_`.
const TALK: [&str; 4] = ["events", "event_counters", "model_usage", "model_usage_people"];

/// The first table outside talk that was written since somebody asked.
#[derive(Clone, Default)]
pub(crate) struct Strayed(Arc<Mutex<Option<String>>>);

impl Strayed {
    /// Follows what `conn` writes from now on, and tells `age` of it, which the hook that this replaces did.
    pub(crate) async fn of(conn: &mut Conn, age: &Age) -> Result<Self> {
        let strayed = Self::default();
        if let Inner::Sqlite(file) = &mut conn.inner {
            let (seen, age) = (strayed.clone(), age.clone());
            let mut handle = file.lock_handle().await?;
            handle.set_update_hook(move |change| {
                age.touch(change.table);
                seen.note(change.table);
            });
        }
        Ok(strayed)
    }

    fn note(&self, table: &str) {
        if !table.starts_with("chat_") && !TALK.contains(&table) {
            let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert_with(|| table.to_owned());
        }
    }

    /// That table, and begins anew.
    pub(crate) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
