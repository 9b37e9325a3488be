//! A breaker for each connection: after failures in a row nobody waits for Basecamp until a trial succeeds.

use domain::ids::ConnectionId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open before a trial.
    pub cooldown: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { failures: 5, cooldown: Duration::from_secs(15) }
    }
}

/// The worst breaker of all connections; names none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worst {
    /// Failures in a row.
    pub failures: u32,
    /// How long calls are held back from now on; none while they go out.
    pub open_for: Option<Duration>,
}

#[derive(Clone, Copy)]
struct Circuit {
    failures: u32,
    opened: Option<Opened>,
}

/// An open breaker: calls let through before `since` say nothing about how Basecamp is now.
#[derive(Clone, Copy)]
struct Opened {
    since: Instant,
    until: Instant,
}

/// The breakers of all connections.
pub(crate) struct Circuits {
    limits: Limits,
    all: Mutex<HashMap<ConnectionId, Circuit>>,
}

/// How a call ended, as far as the breaker cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// Basecamp answered.
    Well,
    /// Network, time-out or 5xx.
    Unwell,
}

impl Circuits {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, all: Mutex::default() }
    }

    /// Whether a call may go out; else after how long. When the time is over, one trial goes out.
    pub(crate) fn admit(&self, id: &ConnectionId, now: Instant) -> Result<(), Duration> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(opened) = all.get_mut(id).and_then(|it| it.opened.as_mut()) else { return Ok(()) };
        if now < opened.until {
            return Err(opened.until - now);
        }
        // A trial that is given up halfway is followed by another.
        *opened = Opened { since: now, until: now + self.limits.cooldown };
        Ok(())
    }

    /// The one that holds calls back longest, else the one with most failures.
    pub(crate) fn worst(&self, now: Instant) -> Worst {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let states = all.values().map(|it| Worst {
            failures: it.failures,
            open_for: it.opened.and_then(|it| it.until.checked_duration_since(now)),
        });
        states.max_by_key(|it| (it.open_for, it.failures)).unwrap_or_default()
    }

    /// Notes how a call that was let through at `admitted` ended.
    pub(crate) fn note(
        &self,
        id: &ConnectionId,
        health: Health,
        (admitted, now): (Instant, Instant),
    ) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let is_old = |it: &Circuit| it.opened.is_some_and(|it| admitted < it.since);
        if all.get(id).is_some_and(is_old) {
            return;
        }
        if health == Health::Well {
            all.remove(id);
            return;
        }
        let circuit = all.entry(id.clone()).or_insert(Circuit { failures: 0, opened: None });
        circuit.failures += 1;
        if circuit.failures >= self.limits.failures {
            circuit.opened = Some(Opened { since: now, until: now + self.limits.cooldown });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COOLDOWN: Duration = Duration::from_secs(15);

    fn fail(circuits: &Circuits, times: u32, now: Instant) {
        let id = ConnectionId::new("c");
        (0..times).for_each(|_| circuits.note(&id, Health::Unwell, (now, now)));
    }

    fn made() -> (Circuits, ConnectionId, Instant) {
        (Circuits::new(Limits::default()), ConnectionId::new("c"), Instant::now())
    }

    #[test]
    fn breaker_opens_after_five_failures_and_lets_one_trial_through() {
        let (circuits, id, now) = made();
        fail(&circuits, 4, now);
        assert!(circuits.admit(&id, now).is_ok());
        fail(&circuits, 1, now);
        assert_eq!(circuits.admit(&id, now), Err(COOLDOWN));
        assert_eq!(circuits.worst(now), Worst { failures: 5, open_for: Some(COOLDOWN) });
        assert!(circuits.admit(&id, now + COOLDOWN).is_ok());
        assert!(circuits.admit(&id, now + COOLDOWN).is_err());
    }

    #[test]
    fn a_failed_trial_holds_calls_back_again() {
        let (circuits, id, now) = made();
        fail(&circuits, 5, now);
        let then = now + COOLDOWN;
        assert!(circuits.admit(&id, then).is_ok());
        circuits.note(&id, Health::Unwell, (then, then));
        assert_eq!(circuits.admit(&id, then), Err(COOLDOWN));
    }

    #[test]
    fn success_closes_the_breaker() {
        let (circuits, id, now) = made();
        fail(&circuits, 5, now);
        let then = now + COOLDOWN;
        assert!(circuits.admit(&id, then).is_ok());
        circuits.note(&id, Health::Well, (then, then));
        assert_eq!(circuits.worst(now), Worst::default());
        assert!(circuits.admit(&id, then).is_ok());
        assert!(circuits.admit(&ConnectionId::new("other"), now).is_ok());
    }

    #[test]
    fn what_went_out_before_it_opened_does_not_close_it() {
        let (circuits, id, now) = made();
        let later = now + Duration::from_secs(1);
        fail(&circuits, 5, later);
        circuits.note(&id, Health::Well, (now, later));
        assert!(circuits.admit(&id, later).is_err());
    }
}
