//! When an agent is due: hourly on the hour, daily when work begins, weekly when it begins on a Monday.

use crate::tools::Tools;
use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, TimeZone, Weekday};
use chrono_tz::Tz;
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use store::workspaces;

const HOUR_MS: i64 = 3_600_000;
/// A week, and a day for the hour that a clock change leaves out.
const LOOKED_AHEAD: i64 = 8;

impl Tools {
    /// When something with this schedule is due next after `now_ms`, epoch milliseconds; never for one that is run on demand.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn next_time(
        &self,
        workspace: &WorkspaceId,
        (schedule, now_ms): (&str, i64),
    ) -> Result<Option<i64>, Problem> {
        let mut conn = self.db.read().await?;
        let found = workspaces::find(&mut conn, workspace).await?;
        let zone = found.as_ref().and_then(|it| it.timezone.parse().ok()).unwrap_or(Tz::UTC);
        let begins =
            found.and_then(|it| NaiveTime::parse_from_str(&it.working_hours[0], "%H:%M").ok());
        Ok(next(schedule, now_ms, (zone, begins.unwrap_or(NaiveTime::MIN))))
    }
}

fn next(schedule: &str, now: i64, (zone, begins): (Tz, NaiveTime)) -> Option<i64> {
    let on = match schedule {
        "hourly" => return Some((now.div_euclid(HOUR_MS) + 1) * HOUR_MS),
        "daily" => None,
        "weekly" => Some(Weekday::Mon),
        _ => return None,
    };
    let today = DateTime::from_timestamp_millis(now)?.with_timezone(&zone).date_naive();
    let days =
        (0..=LOOKED_AHEAD).filter_map(|it| today.checked_add_signed(TimeDelta::try_days(it)?));
    let wanted = days.filter(|it| on.is_none_or(|day| it.weekday() == day));
    let times = wanted.filter_map(|it| zone.from_local_datetime(&it.and_time(begins)).earliest());
    times.map(|it| it.timestamp_millis()).find(|it| *it > now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::ids;

    #[test]
    fn a_day_begins_where_the_workspace_is_and_never_now() {
        let zone: Tz = "Europe/Berlin".parse().unwrap();
        let nine = (zone, NaiveTime::from_hms_opt(9, 0, 0).unwrap());
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
        let told = |schedule: &str, text: &str| next(schedule, at(text), nine).map(ids::rfc3339);
        let starts = |told: Option<String>, with: &str| {
            assert!(told.as_ref().is_some_and(|it| it.starts_with(with)), "{told:?} {with}");
        };
        // A Wednesday.
        starts(told("daily", "2026-02-18T07:59:59Z"), "2026-02-18T08:00:00");
        starts(told("daily", "2026-02-18T08:00:00Z"), "2026-02-19T08:00:00");
        starts(told("weekly", "2026-02-18T08:00:00Z"), "2026-02-23T08:00:00");
        starts(told("weekly", "2026-02-23T08:00:00Z"), "2026-03-02T08:00:00");
        starts(told("hourly", "2026-02-18T08:00:00Z"), "2026-02-18T09:00:00");
        // The clock goes forward on 29 March.
        starts(told("daily", "2026-03-28T09:00:00Z"), "2026-03-29T07:00:00");
        assert_eq!(told("on_demand", "2026-02-18T08:00:00Z"), None);
    }
}
