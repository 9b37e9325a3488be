//! Days and spans in people's words, in the time zone of the workspace.

use crate::error::ToolError;
use crate::tools::Tools;
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Weekday};
use chrono_tz::Tz;
use domain::actor::Actor;
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use insight::formulas::DAY_MS;
use insight::measure::Moment;
use insight::week::{self, Week};
use store::{ids, workspaces};

impl Tools {
    async fn zone(&self, actor: &Actor) -> Result<Tz, ToolError> {
        Ok(self.zone_of(&actor.workspace).await?)
    }

    /// The time zone of a workspace.
    pub(crate) async fn zone_of(&self, workspace: &WorkspaceId) -> Result<Tz, Problem> {
        let mut conn = self.db.read().await?;
        let workspace = workspaces::find(&mut conn, workspace).await?;
        Ok(workspace.and_then(|it| it.timezone.parse().ok()).unwrap_or(Tz::UTC))
    }

    /// When people of the workspace work.
    pub(crate) async fn week(&self, actor: &Actor) -> Result<Week, ToolError> {
        let zone = self.zone(actor).await?;
        let mut conn = self.db.read().await?;
        let found = workspaces::find(&mut conn, &actor.workspace).await?;
        let now = DateTime::from_timestamp_millis(ids::now_ms()).unwrap_or_default();
        let offset = now.with_timezone(&zone).offset().fix();
        let hours = found.as_ref().and_then(|it| {
            let [from, to] = &it.working_hours;
            Some((week::minutes(from)?, week::minutes(to)?))
        });
        let days = found.map(|it| it.working_days).unwrap_or_default();
        Ok(Week { days, hours, offset })
    }

    /// The day in the workspace's time zone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn today(&self, actor: &Actor) -> Result<NaiveDate, ToolError> {
        Ok(self.moment(actor).await?.today)
    }

    /// This moment, its day and when that began.
    pub(crate) async fn moment(&self, actor: &Actor) -> Result<Moment, ToolError> {
        let (zone, now) = (self.zone(actor).await?, ids::now_ms());
        let today = DateTime::from_timestamp_millis(now)
            .unwrap_or_default()
            .with_timezone(&zone)
            .date_naive();
        Ok(Moment { now, today, midnight: begin(today, zone) })
    }

    /// When a moment in people's words was: `yesterday`, `last week`, `3 days ago`, `Monday`, a day or an instant.
    pub(crate) async fn when(
        &self,
        actor: &Actor,
        (field, text): (&str, &str),
    ) -> Result<i64, ToolError> {
        let (zone, at) = (self.zone(actor).await?, self.moment(actor).await?);
        instant(text, at, zone).ok_or_else(|| {
            let words =
                "Say since when: yesterday, last week, 3 days ago, Monday, or a day as YYYY-MM-DD";
            Problem::invalid(field, words).into()
        })
    }
}

/// When a day begins, epoch milliseconds.
pub(crate) fn begin(day: NaiveDate, zone: Tz) -> i64 {
    let local = day.and_time(NaiveTime::MIN);
    let first = zone.from_local_datetime(&local).earliest();
    first.map_or_else(|| local.and_utc().timestamp_millis(), |it| it.timestamp_millis())
}

fn instant(text: &str, at: Moment, zone: Tz) -> Option<i64> {
    let text = text.trim().to_lowercase();
    let back = |days: i64| {
        let day = at.today.checked_sub_signed(TimeDelta::try_days(days)?)?;
        Some(begin(day, zone))
    };
    match text.as_str() {
        "now" => return Some(at.now),
        "today" => return back(0),
        "yesterday" => return back(1),
        "this week" => return back(i64::from(at.today.weekday().num_days_from_monday())),
        "last week" | "a week ago" => return back(7),
        "last month" | "a month ago" => return back(30),
        _ => {}
    }
    if let Some(rest) = text.strip_suffix(" ago") {
        let (number, unit) = rest.split_once(' ')?;
        let number: i64 = if matches!(number, "a" | "an") { 1 } else { number.parse().ok()? };
        return match unit.trim_end_matches('s') {
            "minute" => Some(at.now - number.checked_mul(60_000)?),
            "hour" => Some(at.now - number.checked_mul(3_600_000)?),
            "day" => back(number),
            "week" => back(number.checked_mul(7)?),
            "month" => back(number.checked_mul(30)?),
            _ => None,
        };
    }
    if let Ok(weekday) = text.strip_prefix("last ").unwrap_or(&text).parse::<Weekday>() {
        // The last one before today: a Monday on a Monday is the one a week ago.
        let days = match at.today.weekday().days_since(weekday) {
            0 => 7,
            days => days,
        };
        return back(i64::from(days));
    }
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Some(begin(day, zone));
    }
    DateTime::parse_from_rfc3339(&text.to_uppercase()).ok().map(|it| it.timestamp_millis())
}

/// The days of a span such as `2 weeks`, `14 days`, `a month` or `30d`; at most a year.
pub(crate) fn period(text: Option<&str>) -> Result<i64, ToolError> {
    let text = text.unwrap_or("2 weeks").trim().to_lowercase();
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let number: i64 = if digits.is_empty() { 1 } else { digits.parse().unwrap_or(0) };
    let unit = text.trim_start_matches(|it: char| it.is_ascii_digit() || it == ' ');
    let unit = unit.trim_start_matches("a ").trim_start_matches("last ");
    let days = match unit.trim_end_matches('s') {
        "d" | "day" => number,
        "w" | "week" => number.saturating_mul(7),
        "m" | "month" => number.saturating_mul(30),
        "quarter" => number.saturating_mul(91),
        _ => 0,
    };
    if (1..=366).contains(&days) {
        return Ok(days);
    }
    let words = "Say how long: 7 days, 2 weeks, a month; a year at most";
    Err(Problem::invalid("period", words).into())
}

/// The same moment on another day: its end when the day is over.
pub(crate) fn on_day(at: Moment, day: NaiveDate) -> Moment {
    let shift = (day - at.today).num_days() * DAY_MS;
    Moment { now: at.now + shift, today: day, midnight: at.midnight + shift }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_in_words() {
        // A Wednesday, 10:00 in Berlin.
        let zone: Tz = "Europe/Berlin".parse().unwrap();
        let today = NaiveDate::from_ymd_opt(2026, 2, 18).unwrap();
        let at =
            Moment { now: begin(today, zone) + 36_000_000, today, midnight: begin(today, zone) };
        let day = |text: &str| {
            let ms = instant(text, at, zone).unwrap_or_else(|| panic!("{text}"));
            ids::rfc3339(ms)
        };
        assert!(day("yesterday").starts_with("2026-02-16T23:00"), "{}", day("yesterday"));
        assert!(day("3 days ago").starts_with("2026-02-14T23:00"));
        assert!(day("last week").starts_with("2026-02-10T23:00"));
        assert!(day("Monday").starts_with("2026-02-15T23:00"));
        assert!(day("Wednesday").starts_with("2026-02-10T23:00"));
        assert!(day("this week").starts_with("2026-02-15T23:00"));
        assert!(day("last Wednesday").starts_with("2026-02-10T23:00"));
        assert!(day("2026-01-31").starts_with("2026-01-30T23:00"));
        assert!(day("2026-01-31T10:00:00Z").starts_with("2026-01-31T10:00"));
        assert_eq!(instant("an hour ago", at, zone), Some(at.now - 3_600_000));
        assert_eq!(instant("when it rained", at, zone), None);
    }

    #[test]
    fn spans_in_words() {
        let told = |text| period(Some(text)).unwrap();
        assert_eq!(
            (told("2 weeks"), told("14 days"), told("30d"), told("a month")),
            (14, 14, 30, 30)
        );
        assert_eq!((told("week"), period(None).unwrap()), (7, 14));
        assert!(period(Some("a while")).is_err() && period(Some("9999 days")).is_err());
    }
}
