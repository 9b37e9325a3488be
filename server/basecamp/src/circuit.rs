//! A breaker for each connection: after failures in a row nobody waits for Basecamp until a trial succeeds.

use domain::ids::ConnectionId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures in a row that open a breaker.
pub const FAILURES: u32 = 5;
/// How long it stays open before a trial.
pub const COOLDOWN: Duration = Duration::from_secs(15);

/// The worst breaker of all connections; names none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worst {
    /// Failures in a row.
    pub failures: u32,
    /// How long calls are held back from now on; none while they go out.
    pub open_for: Option<Duration>,
}

#[derive(Clone, Copy, Default)]
struct Circuit {
    failures: u32,
    open_until: Option<Instant>,
}

/// The breakers of all connections.
#[derive(Default)]
pub(crate) struct Circuits(Mutex<HashMap<ConnectionId, Circuit>>);

/// How a call ended, as far as the breaker cares.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// Basecamp answered.
    Well,
    /// Network, time-out or 5xx.
    Unwell,
}

impl Circuits {
    /// Whether a call may go out; else after how long. When the time is over, one trial goes out.
    pub(crate) fn admit(&self, id: &ConnectionId, now: Instant) -> Result<(), Duration> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(circuit) = all.get_mut(id) else { return Ok(()) };
        match circuit.open_until {
            Some(until) if now < until => Err(until - now),
            Some(_) => {
                circuit.open_until = Some(now + COOLDOWN);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The one that holds calls back longest, else the one with most failures.
    pub(crate) fn worst(&self, now: Instant) -> Worst {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let states = all.values().map(|it| Worst {
            failures: it.failures,
            open_for: it.open_until.and_then(|until| until.checked_duration_since(now)),
        });
        states.max_by_key(|it| (it.open_for, it.failures)).unwrap_or_default()
    }

    /// Notes how a call ended.
    pub(crate) fn note(&self, id: &ConnectionId, health: Health, now: Instant) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if health == Health::Well {
            all.remove(id);
            return;
        }
        let circuit = all.entry(id.clone()).or_default();
        circuit.failures += 1;
        if circuit.failures >= FAILURES {
            circuit.open_until = Some(now + COOLDOWN);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(circuits: &Circuits, times: u32, now: Instant) {
        (0..times).for_each(|_| circuits.note(&ConnectionId::new("c"), Health::Unwell, now));
    }

    #[test]
    fn breaker_opens_after_five_failures_and_lets_one_trial_through() {
        let (circuits, id, now) = (Circuits::default(), ConnectionId::new("c"), Instant::now());
        fail(&circuits, 4, now);
        assert!(circuits.admit(&id, now).is_ok());
        fail(&circuits, 1, now);
        assert_eq!(circuits.admit(&id, now), Err(COOLDOWN));
        assert_eq!(circuits.worst(now), Worst { failures: 5, open_for: Some(COOLDOWN) });
        assert!(circuits.admit(&id, now + COOLDOWN).is_ok());
        assert!(circuits.admit(&id, now + COOLDOWN).is_err());
    }

    #[test]
    fn success_closes_the_breaker() {
        let (circuits, id, now) = (Circuits::default(), ConnectionId::new("c"), Instant::now());
        fail(&circuits, 5, now);
        circuits.note(&id, Health::Well, now);
        assert_eq!(circuits.worst(now), Worst::default());
        assert!(circuits.admit(&id, now).is_ok());
        assert!(circuits.admit(&ConnectionId::new("other"), now).is_ok());
    }
}
