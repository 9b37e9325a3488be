//! The request limit, as the real service has one per address: 50 in 10 seconds.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many requests the server takes in a window of time, from everybody together.
#[derive(Clone, Copy, Debug)]
pub struct RateLimit {
    /// Requests that pass.
    pub requests: u32,
    /// In this time.
    pub window: Duration,
}

/// Counts requests in fixed windows.
pub(crate) struct Limiter {
    limit: Option<RateLimit>,
    window: Mutex<(Instant, u32)>,
}

impl Limiter {
    pub(crate) fn new(limit: Option<RateLimit>) -> Self {
        Self { limit, window: Mutex::new((Instant::now(), 0)) }
    }

    /// Takes one request, or says after how many seconds to come back.
    pub(crate) fn take(&self) -> Result<(), u64> {
        let Some(limit) = self.limit else { return Ok(()) };
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if window.0.elapsed() >= limit.window {
            *window = (Instant::now(), 0);
        }
        if window.1 < limit.requests {
            window.1 += 1;
            return Ok(());
        }
        let rest = limit.window.saturating_sub(window.0.elapsed());
        Err(rest.as_secs() + 1)
    }

    /// Gives the last request back: it does not count.
    pub(crate) fn give_back(&self) {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        window.1 = window.1.saturating_sub(1);
    }
}
