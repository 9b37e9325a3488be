//! What repeats itself: when people are busy, how long work takes, and how often trouble is spoken of (formulas.md 18).

use super::{decimals, real};
use chrono::{DateTime, Datelike, FixedOffset, Timelike, Weekday};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Words that tell of trouble.
const PROBLEMS: [&str; 8] =
    ["blocked", "issue", "problem", "stuck", "help", "urgent", "bug", "error"];
/// Fewer posts with such words are no pattern.
const FEW: usize = 3;
/// Busy hours and days that are named.
const NAMED: usize = 3;

/// Whether a text tells of trouble, by whole words.
pub fn tells_trouble(text: &str) -> bool {
    let text = text.to_lowercase();
    text.split(|it: char| !it.is_alphanumeric()).any(|it| PROBLEMS.contains(&it))
}

/// Posts with words of trouble by week, when there are enough: the mean over the weeks that have any.
pub fn trouble(moments: &[DateTime<FixedOffset>]) -> Option<(f64, Vec<(String, usize)>)> {
    if moments.len() < FEW {
        return None;
    }
    let mut weeks: BTreeMap<String, usize> = BTreeMap::new();
    for at in moments {
        let week = at.iso_week();
        *weeks.entry(format!("{}-W{:02}", week.year(), week.week())).or_default() += 1;
    }
    let mean = real(moments.len()) / real(weeks.len());
    Some((mean, weeks.into_iter().collect()))
}

fn most<T: Ord + Copy>(counts: &BTreeMap<T, usize>) -> Vec<(T, usize)> {
    let mut all: Vec<(T, usize)> = counts.iter().map(|(it, count)| (*it, *count)).collect();
    all.sort_by(|one, other| (other.1, one.0).cmp(&(one.1, other.0)));
    all.truncate(NAMED);
    all
}

/// When something was done, how many days each completed to-do took, and posts in so many days.
pub fn work(
    moments: &[DateTime<FixedOffset>],
    days_taken: &[f64],
    (posts, days): (usize, i64),
) -> Value {
    let (mut hours, mut weekdays) = (BTreeMap::new(), BTreeMap::new());
    for at in moments {
        *hours.entry(at.hour()).or_insert(0) += 1;
        *weekdays.entry(at.weekday().num_days_from_monday()).or_insert(0) += 1;
    }
    let hour = |(hour, count)| json!({ "hour": hour, "count": count });
    let name = |day: u32| {
        const WEEK: [Weekday; 7] = [
            Weekday::Mon,
            Weekday::Tue,
            Weekday::Wed,
            Weekday::Thu,
            Weekday::Fri,
            Weekday::Sat,
            Weekday::Sun,
        ];
        WEEK.get(day as usize).map(ToString::to_string)
    };
    let day = |(day, count)| json!({ "day": name(day), "count": count });
    let mut taken = days_taken.to_vec();
    taken.sort_by(f64::total_cmp);
    let mean = taken.iter().sum::<f64>() / real(taken.len().max(1));
    let middle = taken.get(taken.len() / 2).copied();
    let weeks = f64::from(u32::try_from(days.max(1)).unwrap_or(1)) / 7.0;
    let mut value = json!({
        "busy_hours": most(&hours).into_iter().map(hour).collect::<Vec<_>>(),
        "busy_days": most(&weekdays).into_iter().map(day).collect::<Vec<_>>(),
        "completion_time": {
            "completed": taken.len(), "mean_days": middle.map(|_| decimals(mean, 1)),
            "median_days": middle.map(|it| decimals(it, 1))
        },
        "conversation_rate": { "posts": posts, "days": days, "posts_per_week": decimals(real(posts) / weeks, 1) }
    });
    if moments.is_empty() {
        value["status"] = "no_data".into();
        value["reason"] = "Nothing happened in this project yet".into();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339(text).unwrap()
    }

    #[test]
    fn trouble_needs_three_posts_and_counts_weeks_that_have_any() {
        assert!(tells_trouble("We are STUCK, again") && !tells_trouble("helpful, unblocked"));
        assert_eq!(trouble(&[at("2026-02-18T10:00:00Z"), at("2026-02-18T11:00:00Z")]), None);
        let eight: Vec<_> = (0..8)
            .map(|it| at(if it < 3 { "2026-02-10T10:00:00Z" } else { "2026-02-18T10:00:00Z" }))
            .collect();
        let (mean, weeks) = trouble(&eight).unwrap();
        assert_eq!(mean.to_string(), "4");
        assert_eq!(weeks, [("2026-W07".to_owned(), 3), ("2026-W08".to_owned(), 5)]);
    }

    #[test]
    fn busy_is_when_most_was_done() {
        let moments = [
            at("2026-02-18T10:05:00+01:00"),
            at("2026-02-18T10:50:00+01:00"),
            at("2026-02-19T15:00:00+01:00"),
        ];
        let told = work(&moments, &[2.0, 4.0, 9.0], (6, 14));
        assert_eq!(told["busy_hours"][0], json!({ "hour": 10, "count": 2 }));
        assert_eq!(told["busy_days"][0], json!({ "day": "Wed", "count": 2 }));
        assert_eq!(told["completion_time"]["median_days"], 4.0);
        assert_eq!(told["conversation_rate"]["posts_per_week"], 3.0);
        assert_eq!(work(&[], &[], (0, 14))["status"], "no_data");
    }
}
