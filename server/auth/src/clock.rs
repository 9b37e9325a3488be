//! The time of accounts. Tests move it instead of waiting.

use chrono::{NaiveDate, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Tells the time. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_ms: Arc<AtomicI64>,
    /// The time at which it was stopped; none while it runs.
    stopped_at_ms: Arc<OnceLock<i64>>,
}

impl Clock {
    /// Epoch milliseconds.
    pub fn now_ms(&self) -> i64 {
        let now_ms = self.stopped_at_ms.get().copied().unwrap_or_else(store::ids::now_ms);
        now_ms.saturating_add(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// From now on time passes only when it is told to.
    pub fn stop(&self) {
        self.stopped_at_ms.get_or_init(store::ids::now_ms);
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
    /// The day it is in the time zone, an IANA name; in UTC for a name that is none.
    pub fn today(&self, timezone: &str) -> NaiveDate {
        let ahead = TimeDelta::minutes(i64::from(self.offset_minutes(timezone)));
        let now = Utc.timestamp_millis_opt(self.now_ms()).single().unwrap_or_default();
        now.naive_utc().checked_add_signed(ahead).unwrap_or_default().date()
    }

    /// Minutes the time zone, an IANA name, is ahead of UTC now; 0 for a name that is none.
    pub fn offset_minutes(&self, timezone: &str) -> i32 {
        let zone = timezone.parse::<Tz>().ok();
        let offset = zone.zip(Utc.timestamp_millis_opt(self.now_ms()).single());
        offset.map_or(0, |(zone, now)| {
            zone.offset_from_utc_datetime(&now.naive_utc()).fix().local_minus_utc() / 60
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_without_summer_time_keeps_its_offset() {
        let clock = Clock::default();
        assert_eq!(clock.offset_minutes("Asia/Kolkata"), 330);
        assert_eq!(clock.offset_minutes("UTC"), 0);
        assert_eq!(clock.offset_minutes("Mars/Olympus"), 0);
    }
}
