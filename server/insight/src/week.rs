//! When a workspace works: its days and hours, in its time zone.

use crate::formulas::DAY_MS;
use chrono::{DateTime, Datelike, FixedOffset, Timelike, Utc};

/// The working week. The offset is the one of now; an hour is off across a change of the clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// 1 is Monday, 7 Sunday.
    pub days: Vec<u8>,
    /// Minutes of the day when work begins and ends.
    pub hours: Option<(u32, u32)>,
    /// From UTC.
    pub offset: FixedOffset,
}

impl Week {
    /// Whether working hours are set.
    pub fn is_set(&self) -> bool {
        self.hours.is_some() && !self.days.is_empty()
    }

    /// A moment (epoch milliseconds) on the clock of the workspace.
    pub fn local(&self, ms: i64) -> DateTime<FixedOffset> {
        let at: DateTime<Utc> = DateTime::from_timestamp_millis(ms).unwrap_or_default();
        at.with_timezone(&self.offset)
    }

    fn is_day(&self, at: DateTime<FixedOffset>) -> bool {
        u8::try_from(at.weekday().number_from_monday()).is_ok_and(|it| self.days.contains(&it))
    }

    /// Whether a moment lies in working hours.
    pub fn is_working(&self, ms: i64) -> bool {
        let at = self.local(ms);
        let minute = at.hour() * 60 + at.minute();
        self.is_day(at) && self.hours.is_none_or(|(from, to)| (from..to).contains(&minute))
    }

    /// The same time on the next working day.
    pub fn a_working_day_after(&self, ms: i64) -> i64 {
        let mut after = ms + DAY_MS;
        for _ in 0..7 {
            if self.days.is_empty() || self.is_day(self.local(after)) {
                break;
            }
            after += DAY_MS;
        }
        after
    }
}

/// Minutes of the day of `HH:MM`.
pub fn minutes(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_friday_evening_is_outside_and_monday_is_a_day_later() {
        let week = Week {
            days: vec![1, 2, 3, 4, 5],
            hours: Some((540, 1020)),
            offset: FixedOffset::east_opt(3_600).unwrap(),
        };
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
        assert!(week.is_working(at("2026-02-20T09:00:00+01:00")));
        assert!(!week.is_working(at("2026-02-20T17:00:00+01:00")));
        assert!(!week.is_working(at("2026-02-21T12:00:00+01:00")));
        let friday = at("2026-02-20T18:00:00+01:00");
        assert_eq!(week.a_working_day_after(friday), at("2026-02-23T18:00:00+01:00"));
        assert_eq!((minutes("09:30"), minutes("9"), minutes("25:00")), (Some(570), None, None));
    }
}
