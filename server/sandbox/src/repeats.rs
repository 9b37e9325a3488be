//! Dates that repeat: the entry itself keeps the first time, and reading it leads to an occurrence.

use crate::record::Record;
use chrono::{DateTime, Days, NaiveDate, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

/// The field that says how a date repeats.
pub(crate) const FIELD: &str = "recurrence_schedule";
/// Occurrences that are looked through: some ten years of weeks.
const MOST: u64 = 520;

/// Every week, as the field says it.
pub(crate) fn weekly(from: NaiveDate) -> Value {
    json!({"frequency": "every_week", "start_date": from.to_string(), "end_date": null})
}

/// `20260218`, as it stands in an address.
pub(crate) fn word(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

pub(crate) fn parse(word: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(word, "%Y%m%d").ok()
}

pub(crate) fn first_day(record: &Record) -> Option<NaiveDate> {
    record.text("starts_at").get(..10)?.parse().ok()
}

/// The days on which a date happens between two days, both included; none for one that does not repeat.
pub(crate) fn days(record: &Record, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    let Some(first) = first_day(record).filter(|_| record.fields.contains_key(FIELD)) else {
        return Vec::new();
    };
    let all = (0..MOST).map_while(|week| first.checked_add_days(Days::new(week * 7)));
    all.take_while(|it| *it <= to).filter(|it| *it >= from).collect()
}

/// The day on which it happens next; none for one that does not repeat.
pub(crate) fn next(record: &Record, today: NaiveDate) -> Option<NaiveDate> {
    days(record, today, today.checked_add_days(Days::new(7))?).into_iter().next()
}

/// The date as it happens on `day`; none where it does not.
pub(crate) fn on(record: &Record, day: NaiveDate) -> Option<Record> {
    days(record, day, day).pop()?;
    let later = day - first_day(record)?;
    let mut shown = record.clone();
    for name in ["starts_at", "ends_at"] {
        let moved = moved(record.text(name), later)?;
        shown.fields.insert(name.to_owned(), moved.into());
    }
    Some(shown)
}

fn moved(text: &str, later: TimeDelta) -> Option<String> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Some((day + later).to_string());
    }
    let at = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc) + later;
    Some(at.to_rfc3339_opts(SecondsFormat::Millis, true))
}
