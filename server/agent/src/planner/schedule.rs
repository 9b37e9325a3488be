//! Times in plain words: "every weekday at 9", "every 15 minutes", "on the 1st of every month".

use super::dates;
use super::phrase::Phrase;
use chrono::Weekday;

/// How often, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Every {
    /// Every so many minutes, 1 to 59.
    Minutes(u64),
    /// Every so many hours, at the full hour.
    Hours(u64),
    /// Every day.
    Day(Clock),
    /// Monday to Friday.
    Weekday(Clock),
    /// Once a week.
    Week(Weekday, Clock),
    /// Once a month, on a day from 1 to 31.
    Month(u64, Clock),
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clock {
    /// 0 to 23.
    pub(crate) hour: u64,
    /// 0 to 59.
    pub(crate) minute: u64,
}

const NINE: Clock = Clock { hour: 9, minute: 0 };
const MOST_WORDS: usize = 12;

/// The longest beginning that is a time, and the rest.
pub(crate) fn first(phrase: &Phrase) -> Option<(Every, Phrase)> {
    let most = phrase.len().min(MOST_WORDS);
    (1..=most)
        .rev()
        .find_map(|at| Some((whole(&phrase.part(0, at))?, phrase.part(at, phrase.len()))))
}

/// The time that the whole phrase names.
pub(crate) fn whole(phrase: &Phrase) -> Option<Every> {
    let (days, clock) = clock_apart(phrase);
    minutes(&days)
        .or_else(|| hours(&days))
        .or_else(|| daily(&days, clock))
        .or_else(|| monthly(&days, clock))
}

/// Takes "at 9" off either end.
fn clock_apart(phrase: &Phrase) -> (Phrase, Clock) {
    for pattern in
        ["{days} at|@ {time}", "at {time?} {days}", "{days} in the morning", "{days} {time}"]
    {
        let Some(captures) = phrase.fits(pattern) else { continue };
        let time = captures.get("time");
        let clock = if time.is_empty() { Some(NINE) } else { clock(&time) };
        if let Some(clock) = clock {
            return (captures.part("days"), clock);
        }
    }
    (phrase.clone(), NINE)
}

fn minutes(phrase: &Phrase) -> Option<Every> {
    if phrase.fits("every|each minute").is_some() {
        return Some(Every::Minutes(1));
    }
    if phrase.fits("every|each half hour").is_some() {
        return Some(Every::Minutes(30));
    }
    let captures = phrase.fits("every|each {n} minutes|minute|min|mins")?;
    dates::number(&captures.get("n").to_lowercase())
        .filter(|it| (1..=59).contains(it))
        .map(Every::Minutes)
}

fn hours(phrase: &Phrase) -> Option<Every> {
    if phrase.fits_any(&["every|each hour", "hourly", "once an hour"]).is_some() {
        return Some(Every::Hours(1));
    }
    let captures = phrase.fits("every|each {n} hours|hour")?;
    dates::number(&captures.get("n").to_lowercase())
        .filter(|it| (1..=23).contains(it))
        .map(Every::Hours)
}

fn daily(phrase: &Phrase, clock: Clock) -> Option<Every> {
    let fits = |patterns: &[&str]| phrase.fits_any(patterns).is_some();
    if fits(&[
        "every|each weekday|workday|work_day|working_day",
        "on weekdays|workdays",
        "weekdays",
        "every|each day monday to friday",
        "monday to friday",
    ]) {
        return Some(Every::Weekday(clock));
    }
    if fits(&["every|each day|morning", "daily", "once a day"]) {
        return Some(Every::Day(clock));
    }
    if fits(&["every|each week", "weekly", "once a week"]) {
        return Some(Every::Week(Weekday::Mon, clock));
    }
    let captures = phrase.fits_any(&[
        "every|each {day?} [morning|afternoon|evening]",
        "on {day}",
        "weekly on {day}",
        "every week on {day}",
    ])?;
    dates::weekday(&captures.get("day")).map(|it| Every::Week(it, clock))
}

fn monthly(phrase: &Phrase, clock: Clock) -> Option<Every> {
    if phrase
        .fits_any(&[
            "every|each month",
            "monthly",
            "once a month",
            "every|each|the|on first of the|every|each month",
        ])
        .is_some()
    {
        return Some(Every::Month(1, clock));
    }
    let captures = phrase.fits_any(&[
        "on the {n} of every|each|the month",
        "every|each month on the {n}",
        "monthly on the {n}",
        "on the {n} [day] every|each month",
    ])?;
    day_number(&captures.get("n").to_lowercase()).map(|it| Every::Month(it, clock))
}

fn day_number(text: &str) -> Option<u64> {
    if matches!(text, "first" | "first day") {
        return Some(1);
    }
    let digits = text.trim_end_matches(|it: char| it.is_ascii_alphabetic());
    digits.parse().ok().filter(|it| (1..=31).contains(it))
}

/// Whether words name an hour.
pub(crate) fn is_clock(text: &str) -> bool {
    clock(text).is_some()
}

/// "9", "9am", "9:30 pm", "17:00", "noon".
fn clock(text: &str) -> Option<Clock> {
    let text = text.to_lowercase().replace(['.', ' '], "");
    match text.as_str() {
        "noon" | "midday" => return Some(Clock { hour: 12, minute: 0 }),
        "midnight" => return Some(Clock { hour: 0, minute: 0 }),
        _ => {}
    }
    let text = text.trim_end_matches("o'clock");
    let (digits, is_afternoon) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(digits), _) => (digits, Some(false)),
        (_, Some(digits)) => (digits, Some(true)),
        _ => (text, None),
    };
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, "0"));
    let (hour, minute): (u64, u64) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match is_afternoon {
        Some(_) if hour > 12 => return None,
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    (hour < 24 && minute < 60).then_some(Clock { hour, minute })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u64, minute: u64) -> Clock {
        Clock { hour, minute }
    }

    #[test]
    fn times_are_understood_in_plain_words() {
        for (text, expected) in [
            ("every weekday at 9", Every::Weekday(at(9, 0))),
            ("every day at 8:30", Every::Day(at(8, 30))),
            ("each morning", Every::Day(at(9, 0))),
            ("daily at 5pm", Every::Day(at(17, 0))),
            ("at 7:15 every day", Every::Day(at(7, 15))),
            ("every 15 minutes", Every::Minutes(15)),
            ("every hour", Every::Hours(1)),
            ("every two hours", Every::Hours(2)),
            ("every Monday at 9am", Every::Week(Weekday::Mon, at(9, 0))),
            ("on Fridays at 16:00", Every::Week(Weekday::Fri, at(16, 0))),
            ("every friday morning", Every::Week(Weekday::Fri, at(9, 0))),
            ("on the 1st of every month at 10", Every::Month(1, at(10, 0))),
            ("every month", Every::Month(1, at(9, 0))),
        ] {
            assert_eq!(whole(&Phrase::new(text)), Some(expected), "{text}");
        }
    }

    #[test]
    fn words_that_name_no_time_give_none() {
        for text in [
            "every to-do",
            "every project",
            "every 90 minutes",
            "at 25:00 every day",
            "on the table",
            "daily report",
        ] {
            assert_eq!(whole(&Phrase::new(text)), None, "{text}");
        }
    }

    #[test]
    fn the_rest_after_a_time_is_what_to_do() {
        let (every, rest) =
            first(&Phrase::new("Every weekday at 9, tell me what is overdue")).unwrap();
        assert_eq!(every, Every::Weekday(at(9, 0)));
        assert_eq!(rest.text(), "tell me what is overdue");
    }
}
