//! Days in plain words: "tomorrow", "next Monday", "in 3 days", "5 March".

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

/// From the first day to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// The first day.
    pub(crate) from: NaiveDate,
    /// The last day.
    pub(crate) to: NaiveDate,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The day that `text` names, seen from `today`; none when it names none.
pub(crate) fn day(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let lower = text.trim().trim_end_matches(['.', '?', '!', ',']).to_lowercase();
    let text = ["on ", "by ", "the "]
        .iter()
        .fold(lower.as_str(), |it, word| it.strip_prefix(word).unwrap_or(it));
    match text {
        "today" | "tonight" | "end of day" | "now" => Some(today),
        "tomorrow" => today.checked_add_days(Days::new(1)),
        "day after tomorrow" => today.checked_add_days(Days::new(2)),
        "yesterday" => today.checked_sub_days(Days::new(1)),
        "end of week" | "end of the week" | "this week" => Some(week(today).to),
        "next week" => week(today).to.checked_add_days(Days::new(1)),
        "end of month" | "end of the month" | "this month" => month_end(today),
        _ => from_now(text, today)
            .or_else(|| named_weekday(text, today))
            .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
            .or_else(|| day_of_month(text, today)),
    }
}

/// The days that `text` names: a day, "this week", "next week", "this month".
pub(crate) fn range(text: &str, today: NaiveDate) -> Option<Range> {
    let lower = text.trim().to_lowercase();
    match lower.trim_end_matches(['.', '?', '!']) {
        "this week" | "the week" | "week" => Some(week(today)),
        "next week" => today.checked_add_days(Days::new(7)).map(whole_week),
        "this month" | "the month" => Some(Range { from: today, to: month_end(today)? }),
        "soon" => Some(Range { from: today, to: today.checked_add_days(Days::new(7))? }),
        other => {
            coming(other, today).or_else(|| day(other, today).map(|it| Range { from: it, to: it }))
        }
    }
}

/// "By Friday", "before Friday" and "in the next ten days" begin today.
fn coming(text: &str, today: NaiveDate) -> Option<Range> {
    let until = |word: &str| text.strip_prefix(word).and_then(|it| day(it, today));
    if let Some(last) = until("by ").or_else(|| until("until ")) {
        return Some(Range { from: today, to: last.max(today) });
    }
    if let Some(last) = until("before ").and_then(|it| it.pred_opt()) {
        return Some(Range { from: today, to: last.max(today) });
    }
    let text = text.strip_prefix("in ").unwrap_or(text);
    let text = text.strip_prefix("the ").unwrap_or(text);
    let (count, unit) = text.strip_prefix("next ")?.split_once(' ')?;
    let a_unit = match unit {
        "days" => 1,
        "weeks" => 7,
        _ => return None,
    };
    let days = number(count)?.checked_mul(a_unit)?;
    Some(Range { from: today, to: today.checked_add_days(Days::new(days))? })
}

/// The whole month that `text` names, "december" or "march 2027"; without a year the one under way or the next to come.
pub(crate) fn month(text: &str, today: NaiveDate) -> Option<Range> {
    let lower = text.trim().trim_end_matches(['.', '?', '!', ',']).to_lowercase();
    let (name, year) =
        lower.split_once(' ').map_or((lower.as_str(), None), |it| (it.0, Some(it.1)));
    let number = month_number(name)?;
    let year = match year {
        Some(year) => year.parse().ok().filter(|it| (2000..=9999).contains(it))?,
        None if number < today.month() => today.year() + 1,
        None => today.year(),
    };
    let from = NaiveDate::from_ymd_opt(year, number, 1)?;
    Some(Range { from, to: month_end(from)? })
}

/// The weekday that `text` names, in full or shortened.
pub(crate) fn weekday(text: &str) -> Option<Weekday> {
    let text = text.trim().to_lowercase();
    let singular = text.strip_suffix('s').filter(|it| it.ends_with("day")).unwrap_or(&text);
    singular.parse().ok()
}

fn week(today: NaiveDate) -> Range {
    Range { from: today, to: whole_week(today).to }
}

fn whole_week(day: NaiveDate) -> Range {
    let week = day.week(Weekday::Mon);
    Range { from: week.first_day(), to: week.last_day() }
}

fn month_end(today: NaiveDate) -> Option<NaiveDate> {
    today.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}

/// "in 3 days", "in two weeks", "3 days from now".
fn from_now(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let counted = text.strip_prefix("in ").or_else(|| text.strip_suffix(" from now"))?;
    let (count, unit) = counted.split_once(' ')?;
    let count = number(count)?;
    match unit.trim_end_matches('s') {
        "day" => today.checked_add_days(Days::new(count)),
        "week" => today.checked_add_days(Days::new(count.checked_mul(7)?)),
        "month" => today.checked_add_months(Months::new(u32::try_from(count).ok()?)),
        _ => None,
    }
}

/// A number in digits or, up to twelve, in letters.
pub(crate) fn number(text: &str) -> Option<u64> {
    const NAMES: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    if matches!(text, "a" | "an") {
        return Some(1);
    }
    text.parse()
        .ok()
        .or_else(|| NAMES.iter().position(|it| *it == text).and_then(|it| u64::try_from(it).ok()))
}

/// "friday" and "this friday" are the next one counting today's name as a week ahead; "next friday" is in the week after.
fn named_weekday(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    if let Some(wanted) = text.strip_prefix("next ").and_then(weekday) {
        let next_monday = whole_week(today).to.succ_opt()?;
        return next_monday.checked_add_days(Days::new(u64::from(wanted.num_days_from_monday())));
    }
    let wanted = weekday(text.strip_prefix("this ").unwrap_or(text))?;
    let ahead = (7 + wanted.num_days_from_monday() - today.weekday().num_days_from_monday()) % 7;
    today.checked_add_days(Days::new(u64::from(if ahead == 0 { 7 } else { ahead })))
}

/// "5 march", "march 5th", "5 mar 2027"; without a year the next one to come. "15th" alone is the next 15th.
fn day_of_month(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    if text.ends_with(['t', 'd', 'h']) && !text.contains(' ') {
        let wanted = ordinal(text)?;
        let months =
            (0..12).filter_map(|it| today.with_day(1)?.checked_add_months(Months::new(it)));
        return months.filter_map(|it| it.with_day(wanted)).find(|it| *it >= today);
    }
    let words: Vec<&str> =
        text.split([' ', ',']).filter(|it| !it.is_empty() && *it != "of").collect();
    let month = words.iter().find_map(|it| month_number(it))?;
    let numbers: Vec<u32> = words.iter().filter_map(|it| ordinal(it)).collect();
    if words.len() != numbers.len() + 1 {
        return None;
    }
    let day = *numbers.first()?;
    match numbers.get(1) {
        Some(year) => NaiveDate::from_ymd_opt(i32::try_from(*year).ok()?, month, day),
        None => {
            let this_year = NaiveDate::from_ymd_opt(today.year(), month, day)?;
            if this_year < today {
                NaiveDate::from_ymd_opt(today.year() + 1, month, day)
            } else {
                Some(this_year)
            }
        }
    }
}

fn month_number(word: &str) -> Option<u32> {
    let at =
        MONTHS.iter().position(|it| *it == word || (word.len() >= 3 && it.starts_with(word)))?;
    u32::try_from(at + 1).ok()
}

fn ordinal(word: &str) -> Option<u32> {
    ["st", "nd", "rd", "th"]
        .iter()
        .fold(word, |it, end| it.strip_suffix(end).unwrap_or(it))
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday.
    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 18).unwrap()
    }

    #[test]
    fn days_are_understood_in_plain_words() {
        for (text, expected) in [
            ("today", "2026-11-18"),
            ("Tomorrow", "2026-11-19"),
            ("friday", "2026-11-20"),
            ("by Friday", "2026-11-20"),
            ("wednesday", "2026-11-25"),
            ("next Monday", "2026-11-23"),
            ("next friday", "2026-11-27"),
            ("in 3 days", "2026-11-21"),
            ("in two weeks", "2026-12-02"),
            ("end of the month", "2026-11-30"),
            ("5 March", "2027-03-05"),
            ("December 1st", "2026-12-01"),
            ("1 dec 2027", "2027-12-01"),
            ("2026-12-24", "2026-12-24"),
            ("the 15th", "2026-12-15"),
            ("18th", "2026-11-18"),
            ("31st", "2026-12-31"),
        ] {
            assert_eq!(
                day(text, today()).map(|it| it.to_string()).as_deref(),
                Some(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn words_that_name_no_day_give_none() {
        for text in [
            "",
            "someday",
            "the brief",
            "may",
            "5",
            "in a moment",
            "32 march",
            "32nd",
            "month",
            "9th floor",
        ] {
            assert_eq!(day(text, today()), None, "{text}");
        }
    }

    #[test]
    fn a_week_ends_on_sunday() {
        let this = range("this week", today()).unwrap();
        assert_eq!((this.from, this.to.to_string()), (today(), "2026-11-22".to_owned()));
        let next = range("next week", today()).unwrap();
        assert_eq!(
            (next.from.to_string(), next.to.to_string()),
            ("2026-11-23".to_owned(), "2026-11-29".to_owned())
        );
    }
}
