//! What time it is in the sandbox: the machine's time, moved by as much as it was told to.

use crate::account::Time;
use chrono::{NaiveDate, TimeDelta, Utc};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A clock that can be put forward.
pub(crate) struct Clock {
    /// The day of the world while the clock was not moved; none asks the machine.
    today: Option<NaiveDate>,
    moved_ms: AtomicI64,
}

impl Clock {
    pub(crate) fn new(today: Option<NaiveDate>) -> Self {
        Self { today, moved_ms: AtomicI64::new(0) }
    }

    fn moved(&self) -> TimeDelta {
        TimeDelta::milliseconds(self.moved_ms.load(Ordering::Relaxed))
    }

    pub(crate) fn now(&self) -> Time {
        Utc::now() + self.moved()
    }

    pub(crate) fn today(&self) -> NaiveDate {
        self.today.map_or_else(
            || self.now().date_naive(),
            |it| it + TimeDelta::days(self.moved().num_days()),
        )
    }

    /// The fixed day, when there is one.
    pub(crate) fn fixed(&self) -> Option<NaiveDate> {
        self.today
    }

    pub(crate) fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.moved_ms.fetch_add(by, Ordering::Relaxed);
    }

    /// Puts the clock back, as one that is wrong.
    pub(crate) fn fall_behind(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.moved_ms.fetch_sub(by, Ordering::Relaxed);
    }
}
