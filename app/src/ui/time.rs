//! Days and times as people read them. The server says what time it is, so that its page and the browser's agree.

use leptos::prelude::*;

const DAY_MS: i64 = 86_400_000;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LONG_DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LONG_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What time it is in the workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Moment {
    /// Epoch milliseconds.
    pub now_ms: i64,
    /// Minutes the workspace's time zone is ahead of UTC.
    pub offset_minutes: i32,
}

/// The time, for everything inside the frame; moves on by itself once the page is alive.
#[derive(Clone, Copy)]
pub struct Now(pub RwSignal<Moment>);

/// The time in the workspace. Only inside the frame.
pub fn use_now() -> RwSignal<Moment> {
    expect_context::<Now>().0
}

/// A due day in words, and how it is marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// "4 days late", "Today", "Thu 19", "26 Feb".
    pub label: String,
    /// Past.
    pub is_late: bool,
    /// Today.
    pub is_soon: bool,
}

impl Moment {
    /// Days since 1970-01-01 in the workspace.
    pub fn day(self) -> i64 {
        self.day_of(self.now_ms)
    }

    fn day_of(self, at_ms: i64) -> i64 {
        (at_ms + i64::from(self.offset_minutes) * 60_000).div_euclid(DAY_MS)
    }

    /// Days since 1970-01-01 of a moment.
    pub fn day_at(self, at_ms: i64) -> i64 {
        self.day_of(at_ms)
    }

    /// When a day of the workspace began, `before` days before today; epoch milliseconds.
    pub fn midnight(self, before: i64) -> i64 {
        (self.day() - before) * DAY_MS - i64::from(self.offset_minutes) * 60_000
    }

    /// The time of day, `09:46`.
    pub fn hour(self, at_ms: i64) -> String {
        let minutes = (at_ms + i64::from(self.offset_minutes) * 60_000).rem_euclid(DAY_MS) / 60_000;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// A due day, `YYYY-MM-DD`, in words.
    pub fn due(self, due_on: &str) -> Option<Due> {
        let day = parse_day(due_on)?;
        let late = self.day() - day;
        let label = match late {
            1 => "1 day late".to_owned(),
            2.. => format!("{late} days late"),
            0 => "Today".to_owned(),
            _ => self.day_label(day),
        };
        Some(Due { label, is_late: late > 0, is_soon: late == 0 })
    }

    /// `Thu 19` within a week, `26 Feb` this year, `26 Feb 2027` else.
    pub fn day_label(self, day: i64) -> String {
        let (year, month, of_month) = civil(day);
        if (day - self.day()).abs() < 7 {
            return format!("{} {of_month}", name(&DAYS, weekday(day)));
        }
        let month = name(&MONTHS, month - 1);
        if year == civil(self.day()).0 {
            format!("{of_month} {month}")
        } else {
            format!("{of_month} {month} {year}")
        }
    }

    /// "Wednesday 18 February".
    pub fn long_today(self) -> String {
        let (_, month, of_month) = civil(self.day());
        format!(
            "{} {of_month} {}",
            name(&LONG_DAYS, weekday(self.day())),
            name(&LONG_MONTHS, month - 1)
        )
    }

    /// "Good morning", by the hour of the workspace.
    pub fn greeting(self) -> &'static str {
        match (self.now_ms + i64::from(self.offset_minutes) * 60_000).rem_euclid(DAY_MS) / 3_600_000
        {
            0..12 => "Good morning",
            12..18 => "Good afternoon",
            _ => "Good evening",
        }
    }

    /// How long ago: "now", "12 min", "3 h", then the day.
    pub fn ago(self, at_ms: i64) -> String {
        let minutes = (self.now_ms - at_ms) / 60_000;
        match minutes {
            ..1 => "now".to_owned(),
            1..60 => format!("{minutes} min"),
            60..1440 => format!("{} h", minutes / 60),
            _ => self.day_label(self.day_of(at_ms)),
        }
    }

    /// How long ago, inside a sentence: "now", "12 min ago", "3 h ago", then the day.
    pub fn long_ago(self, at_ms: i64) -> String {
        let ago = self.ago(at_ms);
        if (60_000..DAY_MS).contains(&(self.now_ms - at_ms)) { format!("{ago} ago") } else { ago }
    }

    /// The time of day today, `09:46`, else the day.
    pub fn clock(self, at_ms: i64) -> String {
        if self.day_of(at_ms) != self.day() {
            return self.day_label(self.day_of(at_ms));
        }
        self.hour(at_ms)
    }

    /// The day and the time of day: "Today, 09:46", "Tue 17, 09:46".
    pub fn moment(self, at_ms: i64) -> String {
        let day = self.day_of(at_ms);
        let label = if day == self.day() { "Today".to_owned() } else { self.day_label(day) };
        format!("{label}, {}", self.hour(at_ms))
    }
}

/// How long something took: `12 ms`, `0.7 s`, `2 min`.
pub fn duration(ms: i64) -> String {
    match ms {
        ..1000 => format!("{ms} ms"),
        1000..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        _ => format!("{} min", ms / 60_000),
    }
}

/// Epoch milliseconds of an RFC 3339 time in UTC; none when it is not one.
pub fn parse_time(text: &str) -> Option<i64> {
    let (day, rest) = text.split_once('T')?;
    let clock = rest.trim_end_matches('Z').split(['+', '.']).next()?;
    let mut parts = clock.split(':').map(str::parse::<i64>);
    let (hours, minutes) = (parts.next()?.ok()?, parts.next()?.ok()?);
    let seconds = parts.next().and_then(Result::ok).unwrap_or(0);
    Some(parse_day(day)? * DAY_MS + ((hours * 60 + minutes) * 60 + seconds) * 1000)
}

/// "16 Nov 2026" for `2026-11-16`; none for anything else.
pub fn written_day(text: &str) -> Option<String> {
    let is_day = text.len() == 10 && text.bytes().all(|it| it.is_ascii_digit() || it == b'-');
    let (year, month, of_month) = civil(parse_day(text).filter(|_| is_day)?);
    Some(format!("{of_month} {} {year}", name(&MONTHS, month - 1)))
}

/// Days since 1970-01-01 of `YYYY-MM-DD`.
pub fn parse_day(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let years = if month <= 2 { year - 1 } else { year };
    let era = years.div_euclid(400);
    let of_era = years - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// Year, month from 1, day of the month.
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted - era * 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// 0 is Monday.
fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7)
}

fn name(names: &[&'static str], at: i64) -> &'static str {
    usize::try_from(at).ok().and_then(|it| names.get(it)).copied().unwrap_or("")
}

/// When something happened, kept up to date, with the exact time for a pointer that rests on it.
#[component]
pub fn Ago(
    /// Epoch milliseconds.
    at_ms: i64,
) -> impl IntoView {
    let now = use_now();
    view! { <time class="due">{move || now.get().ago(at_ms)}</time> }
}

/// A day as a leaf of a calendar.
#[component]
pub fn DayChip(
    /// Days since 1970-01-01.
    day: i64,
) -> impl IntoView {
    let (_, month, of_month) = civil(day);
    view! { <span class="datechip"><b>{of_month}</b>{name(&MONTHS, month - 1)}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wednesday 18 February 2026, 09:46 in UTC.
    const NOW: Moment = Moment { now_ms: 1_771_407_960_000, offset_minutes: 0 };

    #[test]
    fn due_days_read_as_people_say_them() {
        let label = |day: &str| NOW.due(day).map(|it| it.label);
        assert_eq!(label("2026-02-14").as_deref(), Some("4 days late"));
        assert_eq!(label("2026-02-17").as_deref(), Some("1 day late"));
        assert_eq!(label("2026-02-18").as_deref(), Some("Today"));
        assert_eq!(label("2026-02-19").as_deref(), Some("Thu 19"));
        assert_eq!(label("2026-02-26").as_deref(), Some("26 Feb"));
        assert_eq!(label("2027-03-01").as_deref(), Some("1 Mar 2027"));
        assert_eq!(label("soon"), None);
    }

    #[test]
    fn the_day_is_that_of_the_workspace() {
        let late_evening = Moment { now_ms: 1_771_455_600_000, offset_minutes: 0 };
        assert_eq!(late_evening.long_today(), "Wednesday 18 February");
        assert_eq!(
            Moment { offset_minutes: 120, ..late_evening }.long_today(),
            "Thursday 19 February"
        );
    }

    #[test]
    fn times_read_as_a_clock_today_and_a_day_before() {
        assert_eq!(NOW.clock(NOW.now_ms), "09:46");
        assert_eq!(NOW.clock(NOW.now_ms - DAY_MS), "Tue 17");
        assert_eq!(NOW.moment(NOW.now_ms), "Today, 09:46");
        assert_eq!(NOW.moment(NOW.now_ms - DAY_MS), "Tue 17, 09:46");
        assert_eq!(NOW.ago(NOW.now_ms - 12 * 60_000), "12 min");
        assert_eq!(NOW.ago(NOW.now_ms - 3 * 3_600_000), "3 h");
        assert_eq!(NOW.ago(NOW.now_ms), "now");
        assert_eq!(NOW.long_ago(NOW.now_ms - 12 * 60_000), "12 min ago");
        assert_eq!(NOW.long_ago(NOW.now_ms), "now");
        assert_eq!(NOW.long_ago(NOW.now_ms - DAY_MS), "Tue 17");
    }

    #[test]
    fn a_day_is_written_out() {
        assert_eq!(written_day("2026-02-18").as_deref(), Some("18 Feb 2026"));
        assert_eq!(written_day("2026-02-18T09:46"), None);
        assert_eq!(written_day("1234567890"), None);
    }

    #[test]
    fn a_day_of_the_workspace_begins_at_its_own_midnight() {
        let east = Moment { offset_minutes: 120, ..NOW };
        assert_eq!(NOW.midnight(0) - east.midnight(0), 2 * 3_600_000);
        assert_eq!(NOW.midnight(0) - NOW.midnight(6), 6 * DAY_MS);
    }

    #[test]
    fn written_times_are_read_back() {
        assert_eq!(parse_time("2026-02-18T09:46:00Z"), Some(NOW.now_ms));
        assert_eq!(parse_time("2026-02-18T09:46:00.123+00:00"), Some(NOW.now_ms));
        assert_eq!(parse_time("yesterday"), None);
    }

    #[test]
    fn durations_take_the_unit_that_fits() {
        assert_eq!(duration(12), "12 ms");
        assert_eq!(duration(740), "740 ms");
        assert_eq!(duration(1740), "1.7 s");
        assert_eq!(duration(120_000), "2 min");
    }
}
