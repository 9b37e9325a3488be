//! Limits per caller (contract.md 0.8). They live in memory: a restart forgets them.

use domain::platform::Limit;
use domain::problem::Problem;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Callers remembered before those that no longer matter are forgotten.
const REMEMBERED: usize = 10_000;

/// What holds of each [`Limit`] now. Clones share it, so that a change counts at once.
#[derive(Clone, Debug)]
pub struct Limits(Arc<[AtomicU32; Limit::ALL.len()]>);

impl Default for Limits {
    fn default() -> Self {
        Self(Arc::new(Limit::ALL.map(|it| AtomicU32::new(it.default_value()))))
    }
}

impl Limits {
    /// What holds now.
    pub fn get(&self, limit: Limit) -> u32 {
        self.cell(limit).map_or(limit.default_value(), |it| it.load(Ordering::Relaxed))
    }

    /// From now on `value` holds.
    pub(crate) fn set(&self, limit: Limit, value: u32) {
        if let Some(cell) = self.cell(limit) {
            cell.store(value, Ordering::Relaxed);
        }
    }

    /// All by their names.
    pub(crate) fn all(&self) -> BTreeMap<String, u32> {
        Limit::ALL.into_iter().map(|it| (it.name().to_owned(), self.get(it))).collect()
    }

    fn cell(&self, limit: Limit) -> Option<&AtomicU32> {
        self.0.get(Limit::ALL.iter().position(|it| *it == limit)?)
    }
}

/// How many are let through.
enum Calls {
    Fixed(u32),
    Set(Limits, Limit),
}

impl Calls {
    fn now(&self) -> u32 {
        match self {
            Self::Fixed(calls) => *calls,
            Self::Set(limits, limit) => limits.get(*limit),
        }
    }
}

/// So many calls in a time, spread evenly after a burst; each key for itself.
pub struct Rate {
    window_us: i64,
    calls: Calls,
    /// When the key's allowance would be full again, epoch microseconds.
    full_at_us: Mutex<HashMap<String, i64>>,
}

impl Rate {
    /// `calls` (at least 1) in each `window`.
    pub fn new(calls: u32, window: Duration) -> Self {
        Self::with(Calls::Fixed(calls), window)
    }

    /// As many in each `window` as `limit` of `limits` says at the time.
    pub fn set(limits: &Limits, limit: Limit, window: Duration) -> Self {
        Self::with(Calls::Set(limits.clone(), limit), window)
    }

    fn with(calls: Calls, window: Duration) -> Self {
        let window_us = i64::try_from(window.as_micros()).unwrap_or(i64::MAX);
        Self { window_us, calls, full_at_us: Mutex::default() }
    }

    fn interval_us(&self) -> i64 {
        self.window_us / i64::from(self.calls.now().max(1))
    }

    /// Counts a call of `key`.
    ///
    /// # Errors
    /// [`Problem::RateLimited`] when there were too many; then this one does not count.
    pub fn take(&self, key: &str, now_ms: i64) -> Result<(), Problem> {
        let now_us = now_ms.saturating_mul(1000);
        let mut all = unpoisoned(&self.full_at_us);
        let full_at_us = all.get(key).copied().unwrap_or(now_us).max(now_us) + self.interval_us();
        let wait_us = full_at_us - now_us - self.window_us;
        if wait_us > 0 {
            return Err(limited(wait_us / 1000));
        }
        if all.len() >= REMEMBERED {
            all.retain(|_, full_at_us| *full_at_us > now_us);
        }
        all.insert(key.to_owned(), full_at_us);
        Ok(())
    }
}

/// So many failures, then closed for a time; each key for itself.
pub(crate) struct Failures {
    allowed: Calls,
    closed_ms: i64,
    counts: Mutex<HashMap<String, Count>>,
}

#[derive(Clone, Copy)]
struct Count {
    failures: u32,
    last_ms: i64,
}

impl Failures {
    pub(crate) fn new(allowed: u32, closed: Duration) -> Self {
        Self::with(Calls::Fixed(allowed), closed)
    }

    /// As many as `limit` of `limits` says at the time.
    pub(crate) fn set(limits: &Limits, limit: Limit, closed: Duration) -> Self {
        Self::with(Calls::Set(limits.clone(), limit), closed)
    }

    fn with(allowed: Calls, closed: Duration) -> Self {
        let closed_ms = i64::try_from(closed.as_millis()).unwrap_or(i64::MAX);
        Self { allowed, closed_ms, counts: Mutex::default() }
    }

    /// Refuses while `key` is closed.
    pub(crate) fn check(&self, key: &str, now_ms: i64) -> Result<(), Problem> {
        let counts = unpoisoned(&self.counts);
        let Some(count) = counts.get(key) else { return Ok(()) };
        let wait_ms = count.last_ms + self.closed_ms - now_ms;
        if count.failures >= self.allowed.now() && wait_ms > 0 {
            Err(limited(wait_ms))
        } else {
            Ok(())
        }
    }

    /// Counts a failure of `key`. Those longer ago than the closing time are forgotten.
    pub(crate) fn failed(&self, key: &str, now_ms: i64) {
        let mut counts = unpoisoned(&self.counts);
        let is_recent = |it: &Count| it.last_ms + self.closed_ms > now_ms;
        if counts.len() >= REMEMBERED {
            counts.retain(|_, count| is_recent(count));
        }
        let before = counts.get(key).filter(|it| is_recent(it)).map_or(0, |it| it.failures);
        counts.insert(key.to_owned(), Count { failures: before + 1, last_ms: now_ms });
    }

    /// Forgets the failures of `key`.
    pub(crate) fn succeeded(&self, key: &str) {
        unpoisoned(&self.counts).remove(key);
    }
}

/// The counters stay usable after a panic elsewhere: each holds whole values only.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn limited(wait_ms: i64) -> Problem {
    let seconds = u64::try_from(wait_ms).unwrap_or_default().div_ceil(1000);
    Problem::RateLimited { retry_after_s: seconds.max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_succeeds_after_the_wait_that_was_named() {
        let rate = Rate::new(3, Duration::from_secs(60));
        for _ in 0..3 {
            rate.take("a", 0).unwrap();
        }
        assert_eq!(rate.take("a", 0), Err(Problem::RateLimited { retry_after_s: 20 }));
        rate.take("b", 0).unwrap();
        assert!(rate.take("a", 19_000).is_err());
        rate.take("a", 20_000).unwrap();
        assert!(rate.take("a", 20_000).is_err());
    }

    #[test]
    fn a_limit_that_is_set_counts_from_the_next_call_on() {
        let limits = Limits::default();
        let rate = Rate::set(&limits, Limit::ChatMessages, Duration::from_secs(1));
        for _ in 0..5 {
            rate.take("a", 0).unwrap();
        }
        assert!(rate.take("a", 0).is_err());
        limits.set(Limit::ChatMessages, 1);
        rate.take("b", 0).unwrap();
        assert!(rate.take("b", 0).is_err());
        assert_eq!(limits.all()["chatMessagesPerSecond"], 1);
    }

    #[test]
    fn ten_failures_close_for_ten_minutes() {
        let failures = Failures::new(10, Duration::from_secs(600));
        for _ in 0..9 {
            failures.failed("a", 0);
        }
        failures.check("a", 0).unwrap();
        failures.failed("a", 1000);
        assert_eq!(failures.check("a", 1000), Err(Problem::RateLimited { retry_after_s: 600 }));
        failures.check("b", 1000).unwrap();
        failures.check("a", 601_000).unwrap();
        failures.failed("a", 601_000);
        failures.check("a", 601_000).unwrap();
    }

    #[test]
    fn success_forgets_the_failures_before() {
        let failures = Failures::new(2, Duration::from_secs(600));
        failures.failed("a", 0);
        failures.succeeded("a");
        failures.failed("a", 0);
        failures.check("a", 0).unwrap();
    }
}
