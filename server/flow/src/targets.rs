//! What webhook addresses lead to, remembered while nothing changes. Only where no other process changes the database.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::db::{Db, Result};
use store::flows::{self, HookTarget};

/// Addresses remembered; when there are more, all are forgotten and looked up again.
const KEPT: usize = 10_000;

/// Targets by the random part of the address.
#[derive(Default)]
pub(crate) struct Targets {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Counts changes, so that what was read before one is not kept after it.
    changes: u64,
    by_hook: HashMap<String, HookTarget>,
}

impl Targets {
    /// What the address leads to; none for an unknown one.
    pub(crate) async fn get(&self, db: &Db, hook: &str) -> Result<Option<HookTarget>> {
        if db.is_shared() {
            return flows::hook_target(&mut db.read().await?, hook).await;
        }
        let changes = {
            let kept = self.lock();
            if let Some(target) = kept.by_hook.get(hook) {
                return Ok(Some(target.clone()));
            }
            kept.changes
        };
        let found = flows::hook_target(&mut db.read().await?, hook).await?;
        if let Some(target) = &found {
            self.keep(hook, target, changes);
        }
        Ok(found)
    }

    /// A flow was changed: everything is looked up again.
    pub(crate) fn forget(&self) {
        let mut kept = self.lock();
        kept.changes += 1;
        kept.by_hook.clear();
    }

    fn keep(&self, hook: &str, target: &HookTarget, changes: u64) {
        let mut kept = self.lock();
        if kept.changes != changes {
            return;
        }
        if kept.by_hook.len() >= KEPT {
            kept.by_hook.clear();
        }
        kept.by_hook.insert(hook.to_owned(), target.clone());
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_change_is_not_kept() {
        let targets = Targets::default();
        let target = HookTarget {
            flow_id: "f".to_owned(),
            workspace_id: "w".to_owned(),
            status: "ENABLED".to_owned(),
            published_version_id: None,
            published_by: None,
            owner_id: "u".to_owned(),
            runs_at_once: None,
        };
        let before = targets.lock().changes;
        targets.forget();
        targets.keep("h", &target, before);
        assert!(targets.lock().by_hook.is_empty());
        let now = targets.lock().changes;
        targets.keep("h", &target, now);
        assert_eq!(targets.lock().by_hook.len(), 1);
    }
}
