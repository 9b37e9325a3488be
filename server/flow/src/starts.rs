//! How often people and assistants may start runs (contract.md 0.8). One workspace never slows another one down.

use domain::ids::WorkspaceId;
use domain::problem::Problem;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// The starts of the last minute, by workspace.
pub(crate) struct Starts {
    allowed: AtomicUsize,
    recent: Mutex<HashMap<WorkspaceId, VecDeque<Instant>>>,
}

impl Starts {
    pub(crate) fn new(each_minute: u32) -> Self {
        Self { allowed: AtomicUsize::new(each_minute as usize), recent: Mutex::default() }
    }

    /// From now on so many are allowed.
    pub(crate) fn allow(&self, each_minute: u32) {
        self.allowed.store(each_minute as usize, Ordering::Relaxed);
    }

    /// Counts one start.
    ///
    /// # Errors
    /// [`Problem::RateLimited`] when there were too many within a minute.
    pub(crate) fn check(&self, workspace: &WorkspaceId) -> Result<(), Problem> {
        self.check_at(workspace, Instant::now())
    }

    fn check_at(&self, workspace: &WorkspaceId, now: Instant) -> Result<(), Problem> {
        let allowed = self.allowed.load(Ordering::Relaxed);
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let here = recent.entry(workspace.clone()).or_default();
        while here.front().is_some_and(|it| now.duration_since(*it) >= MINUTE) {
            here.pop_front();
        }
        if let Some(oldest) = here.front().filter(|_| here.len() >= allowed) {
            let left = MINUTE.saturating_sub(now.duration_since(*oldest));
            return Err(Problem::RateLimited { retry_after_s: left.as_secs() + 1 });
        }
        here.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_the_limit_a_start_waits_and_other_workspaces_do_not() {
        let starts = Starts::new(2);
        let (a, b, now) = (WorkspaceId::from("a"), WorkspaceId::from("b"), Instant::now());
        assert_eq!(starts.check_at(&a, now), Ok(()));
        assert_eq!(starts.check_at(&a, now), Ok(()));
        assert_eq!(starts.check_at(&a, now), Err(Problem::RateLimited { retry_after_s: 61 }));
        assert_eq!(starts.check_at(&b, now), Ok(()));
        assert_eq!(starts.check_at(&a, now + MINUTE), Ok(()));
        starts.allow(1);
        assert!(starts.check_at(&a, now + MINUTE).is_err());
    }
}
