//! Words that cannot name a project or a person.

use crate::planner::dates;
use chrono::NaiveDate;

/// Whether words may name a project or a person: they are no day, and mean somebody or something in particular.
pub(crate) fn is_name(words: &str, today: NaiveDate) -> bool {
    const NOT_NAMES: [&str; 16] = [
        "me",
        "all projects",
        "total",
        "my projects",
        "all",
        "everything",
        "everyone",
        "basecamp",
        "project",
        "time",
        "schedule",
        "general",
        "i",
        "we",
        "you",
        "us",
    ];
    let lower = words.to_lowercase();
    !NOT_NAMES.contains(&lower.as_str())
        && !lower.starts_with("my ")
        && !lower.starts_with("mine")
        && dates::range(words, today).is_none()
        && dates::range(&format!("in {words}"), today).is_none()
}
