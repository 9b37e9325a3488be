//! Dates as JavaScript reads them, in UTC, without a clock.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// `new Date(text)` in milliseconds since 1970: ISO 8601, `01/02/2026` (month first), `2 Jan 2026 10:00`, RFC 2822.
pub fn parse(text: &str) -> Option<f64> {
    let text = text.trim();
    iso(text).or_else(|| words(text))
}

/// Like [`parse`], but also reads `2026/1/2`, `2026-1-2 3:04` and `20260102` as dates, as the engines' conditions do.
pub fn parse_loose(text: &str) -> Option<f64> {
    let text = text.trim();
    iso(text).or_else(|| compact(text)).or_else(|| words(text))
}

/// Milliseconds since 1970 of a moment.
pub fn millis(at: NaiveDateTime) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a JavaScript date has 53 bits")]
    let millis = Utc.from_utc_datetime(&at).timestamp_millis() as f64;
    millis
}

/// The moment of milliseconds since 1970; nothing where the calendar ends.
pub fn moment(millis: f64) -> Option<NaiveDateTime> {
    const FURTHEST: f64 = 8.64e15;
    if !millis.is_finite() || millis.abs() > FURTHEST {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked against the end of JavaScript's calendar"
    )]
    DateTime::from_timestamp_millis(millis as i64).map(|it| it.naive_utc())
}

/// `2026-01-02T03:04:05.000Z`.
pub fn iso_text(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// `Fri Jan 02 2026 03:04:05 GMT+0000 (Coordinated Universal Time)`, or what stands for no date.
pub(super) fn full_text(millis: f64) -> String {
    let written = |it: NaiveDateTime| {
        it.format("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)").to_string()
    };
    moment(millis).map_or_else(|| "Invalid Date".to_owned(), written)
}

fn iso(text: &str) -> Option<f64> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(millis(at.naive_utc()));
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M%:z", "%Y-%m-%dT%H:%M:%S%.f%z"] {
        if let Ok(at) = DateTime::parse_from_str(text, format) {
            return Some(millis(at.naive_utc()));
        }
    }
    let bare = text.strip_suffix('Z').unwrap_or(text);
    for format in
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"]
    {
        if let Ok(at) = NaiveDateTime::parse_from_str(bare, format) {
            return Some(millis(at));
        }
    }
    let shaped = |length: usize| text.len() == length && text.is_ascii();
    let day = match text.len() {
        10 => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?,
        7 if shaped(7) => NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok()?,
        4 if text.chars().all(|it| it.is_ascii_digit()) => {
            NaiveDate::from_ymd_opt(text.parse().ok()?, 1, 1)?
        }
        _ => return None,
    };
    Some(millis(day.and_time(NaiveTime::MIN)))
}

/// Year first, any of `-` and `/` or nothing between, then an optional time.
fn compact(text: &str) -> Option<f64> {
    let (year, rest) = digits(text, 4, 4)?;
    let (month, rest) = digits(skip(rest, "-/"), 1, 2)?;
    let (day, rest) = digits(skip(rest, "-/"), 1, 2).unwrap_or((1, rest));
    let rest = rest.trim_start_matches(['T', 't', ' ']);
    let (hour, rest) = digits(rest, 1, 2).unwrap_or((0, rest));
    let (minute, rest) = digits(skip(rest, ":"), 1, 2).unwrap_or((0, rest));
    let (second, rest) = digits(skip(rest, ":"), 1, 2).unwrap_or((0, rest));
    let fraction = rest.strip_prefix(['.', ':']).unwrap_or(rest);
    if !fraction.chars().all(|it| it.is_ascii_digit()) {
        return None;
    }
    calendar([
        f64::from(year),
        f64::from(month) - 1.0,
        f64::from(day),
        f64::from(hour),
        f64::from(minute),
        f64::from(second),
        0.0,
    ])
}

fn digits(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (head, rest) = text.split_at_checked(count).filter(|_| count >= least)?;
    Some((head.parse().ok()?, rest))
}

fn skip<'a>(text: &'a str, any_of: &str) -> &'a str {
    text.strip_prefix(|it| any_of.contains(it)).unwrap_or(text)
}

/// Milliseconds of year, month from 0, day, hour, minute, second and millisecond, each of which may overflow.
pub fn calendar(parts: [f64; 7]) -> Option<f64> {
    if parts.iter().any(|it| !it.is_finite() || it.abs() > 1e9) {
        return None;
    }
    let [year, month, day, hour, minute, second, milli] = parts.map(f64::trunc);
    let (year, month) = (year + (month / 12.0).floor(), month.rem_euclid(12.0));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and bounded above"
    )]
    let first = NaiveDate::from_ymd_opt(year as i32, month as u32 + 1, 1)?;
    let days = millis(first.and_time(NaiveTime::MIN)) + (day - 1.0) * 86_400_000.0;
    let all = days + hour * 3_600_000.0 + minute * 60_000.0 + second * 1000.0 + milli;
    (all.abs() <= 8.64e15).then_some(all)
}

/// What the words of a date in free form said so far.
#[derive(Default)]
struct Words {
    numbers: Vec<u32>,
    month: Option<u32>,
    time: Option<[u32; 3]>,
    afternoon: Option<bool>,
    offset_minutes: i32,
}

fn words(text: &str) -> Option<f64> {
    let mut found = Words::default();
    let text = text.split('(').next().unwrap_or_default().replace(['/', ','], " ").to_lowercase();
    for word in text.split_whitespace() {
        found.add(word)?;
    }
    found.millis()
}

impl Words {
    fn add(&mut self, word: &str) -> Option<()> {
        let starts = |names: &[&str]| names.iter().position(|it| word.starts_with(it));
        if let Some(first) = word.chars().next().filter(char::is_ascii_alphabetic) {
            match word {
                "am" | "pm" => self.afternoon = Some(first == 'p'),
                "z" | "gmt" | "utc" => {}
                _ if word.starts_with("gmt") || word.starts_with("utc") => {
                    self.zone(word.get(3..)?)?
                }
                _ if starts(&MONTHS).is_some() => self.month = u32::try_from(starts(&MONTHS)?).ok(),
                _ => {
                    starts(&WEEKDAYS)?;
                }
            }
        } else if word.contains(':') {
            self.clock(word)?;
        } else if word.starts_with(['+', '-']) && self.time.is_some() {
            self.zone(word)?;
        } else {
            for number in word.split('-') {
                self.numbers.push(number.parse().ok()?);
            }
        }
        Some(())
    }

    fn clock(&mut self, word: &str) -> Option<()> {
        let (word, afternoon) = match (word.strip_suffix("am"), word.strip_suffix("pm")) {
            (Some(it), _) => (it, Some(false)),
            (_, Some(it)) => (it, Some(true)),
            _ => (word, self.afternoon),
        };
        self.afternoon = afternoon;
        let mut parts =
            word.split(':').map(|it| it.split('.').next().unwrap_or_default().parse::<u32>().ok());
        self.time = Some([parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?]);
        Some(())
    }

    fn zone(&mut self, word: &str) -> Option<()> {
        let sign = if word.starts_with('-') { -1 } else { 1 };
        let digits: String = word.chars().filter(char::is_ascii_digit).collect();
        let value: i32 = digits.parse().ok()?;
        let minutes = if digits.len() <= 2 { value * 60 } else { value / 100 * 60 + value % 100 };
        self.offset_minutes = sign * minutes;
        Some(())
    }

    fn millis(self) -> Option<f64> {
        let (year, month, day) = match (self.month, self.numbers.as_slice()) {
            (Some(month), [year]) if *year > 31 => (*year, month, 1),
            (Some(month), [year, day]) if *year > 31 => (*year, month, *day),
            (Some(month), [day, year]) => (*year, month, *day),
            (None, [year, month, day]) if *year > 31 => (*year, month.checked_sub(1)?, *day),
            (None, [month, day, year]) => (*year, month.checked_sub(1)?, *day),
            _ => return None,
        };
        let year = if year < 50 {
            year + 2000
        } else if year < 100 {
            year + 1900
        } else {
            year
        };
        let [hour, minute, second] = self.time.unwrap_or_default();
        let hour = match self.afternoon {
            Some(true) if hour < 12 => hour + 12,
            Some(false) if hour == 12 => 0,
            _ => hour,
        };
        if month > 11 || !(1..=31).contains(&day) || hour > 24 || minute > 59 || second > 59 {
            return None;
        }
        let parts = [year, month, day, hour, minute, second, 0].map(f64::from);
        Some(calendar(parts)? - f64::from(self.offset_minutes) * 60_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_ways_of_writing_one_moment_agree() {
        let expected = parse("2026-01-02T03:04:00Z").expect("a date");
        for text in [
            "2026-01-02T03:04",
            "2026-01-02 03:04:00",
            "2026-01-02T04:04:00+01:00",
            "01/02/2026 3:04 AM",
            "Jan 2, 2026 03:04:00",
            "2 January 2026 03:04",
            "Fri, 02 Jan 2026 03:04:00 GMT",
            "Fri Jan 02 2026 03:04:00 GMT+0000",
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "not a date", "2026-13-01", "12", "02/30", "x 2026"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn overflowing_parts_carry() {
        assert_eq!(calendar([2026.0, 12.0, 1.0, 0.0, 0.0, 0.0, 0.0]), parse("2027-01-01"));
        assert_eq!(calendar([2026.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), parse("2025-12-31"));
    }
}
