//! How many runs are under way at once, here and for each workspace.

use domain::ids::WorkspaceId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The free places. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Slots {
    taken: Arc<Mutex<Taken>>,
    emptied: Arc<Notify>,
    all: usize,
    each: usize,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_workspace: HashMap<WorkspaceId, usize>,
}

/// One place; free again when dropped.
pub(crate) struct Slot {
    slots: Slots,
    workspace: WorkspaceId,
}

impl Slots {
    pub(crate) fn new(all: usize, each: usize) -> Self {
        Self { taken: Arc::default(), emptied: Arc::default(), all, each }
    }

    /// A place for a new run of `workspace`, unless here or there all are taken.
    pub(crate) fn take(&self, workspace: &WorkspaceId) -> Option<Slot> {
        let mut taken = self.lock();
        let here = taken.by_workspace.get(workspace).copied().unwrap_or_default();
        if taken.all >= self.all || here >= self.each {
            return None;
        }
        Some(self.fill(&mut taken, workspace))
    }

    /// A place for a run that is already ours, even past the bounds.
    pub(crate) fn take_anyway(&self, workspace: &WorkspaceId) -> Slot {
        self.fill(&mut self.lock(), workspace)
    }

    /// How many more runs may begin here.
    pub(crate) fn free(&self) -> usize {
        self.all.saturating_sub(self.lock().all)
    }

    /// Whether nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.lock().all == 0
    }

    /// Waits until nothing is under way.
    pub(crate) async fn idle(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.is_idle() {
                return;
            }
            emptied.await;
        }
    }

    fn fill(&self, taken: &mut Taken, workspace: &WorkspaceId) -> Slot {
        taken.all += 1;
        *taken.by_workspace.entry(workspace.clone()).or_default() += 1;
        Slot { slots: self.clone(), workspace: workspace.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.lock();
        taken.all = taken.all.saturating_sub(1);
        if taken.all == 0 {
            self.slots.emptied.notify_waiters();
        }
        if let Some(here) = taken.by_workspace.get_mut(&self.workspace) {
            *here -= 1;
            if *here == 0 {
                taken.by_workspace.remove(&self.workspace);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_cannot_take_all_places() {
        let slots = Slots::new(3, 2);
        let (a, b) = (WorkspaceId::from("a"), WorkspaceId::from("b"));
        let first = slots.take(&a);
        let second = slots.take(&a);
        assert!(first.is_some() && second.is_some());
        assert!(slots.take(&a).is_none());
        let third = slots.take(&b);
        assert!(third.is_some());
        assert!(slots.take(&b).is_none());
        drop(first);
        assert!(slots.take(&a).is_some());
    }
}
