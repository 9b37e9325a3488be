//! How often people, assistants and addresses may start runs (contract.md 0.8). One workspace never slows another one down.

use domain::ids::WorkspaceId;
use domain::problem::Problem;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// The starts of the last minute, by workspace or whoever else is counted.
pub(crate) struct Starts {
    allowed: AtomicUsize,
    recent: Mutex<HashMap<String, VecDeque<Instant>>>,
}

/// Callers remembered before those that no longer matter are forgotten.
const REMEMBERED: usize = 10_000;

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
        self.check_key(workspace.as_str())
    }

    /// Counts one start of whoever `key` stands for.
    ///
    /// # Errors
    /// As [`Starts::check`].
    pub(crate) fn check_key(&self, key: &str) -> Result<(), Problem> {
        self.check_at(key, Instant::now())
    }

    fn check_at(&self, key: &str, now: Instant) -> Result<(), Problem> {
        let allowed = self.allowed.load(Ordering::Relaxed);
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() >= REMEMBERED {
            let is_recent = |it: &Instant| now.duration_since(*it) < MINUTE;
            recent.retain(|_, starts| starts.back().is_some_and(is_recent));
        }
        let here = recent.entry(key.to_owned()).or_default();
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
        let (a, b, now) = ("a", "b", Instant::now());
        assert_eq!(starts.check_at(a, now), Ok(()));
        assert_eq!(starts.check_at(a, now), Ok(()));
        assert_eq!(starts.check_at(a, now), Err(Problem::RateLimited { retry_after_s: 61 }));
        assert_eq!(starts.check_at(b, now), Ok(()));
        assert_eq!(starts.check_at(a, now + MINUTE), Ok(()));
        starts.allow(1);
        assert!(starts.check_at(a, now + MINUTE).is_err());
    }
}
