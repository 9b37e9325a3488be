//! Words as people read them.

use chrono::{DateTime, FixedOffset, NaiveDate};
use std::fmt::Display;

/// "1 step", "3 steps".
pub fn count<N: Display + PartialEq + From<u8>>(number: N, one: &str, many: &str) -> String {
    let noun = if number == N::from(1) { one } else { many };
    format!("{number} {noun}")
}

/// With a capital first letter, as a sentence begins.
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A day as people write it: "Mon 23 Nov 2026" for `2026-11-23`, "Mon 23 Nov 2026, 14:00" for a moment in RFC 3339 where
/// it was written; none for what is neither.
pub fn day(text: &str) -> Option<String> {
    let text = text.trim();
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Some(day.format("%a %-d %b %Y").to_string());
    }
    let moment = text.parse::<DateTime<FixedOffset>>().ok()?;
    Some(moment.format("%a %-d %b %Y, %H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_begins_with_a_capital() {
        assert_eq!(capitalised("refuse what deletes"), "Refuse what deletes");
        assert_eq!(capitalised("über alles"), "Über alles");
        assert_eq!(capitalised(""), "");
    }

    #[test]
    fn one_is_counted_in_the_singular() {
        assert_eq!(count(1_usize, "step", "steps"), "1 step");
        assert_eq!(count(0_i64, "step", "steps"), "0 steps");
    }

    #[test]
    fn days_are_written_as_people_write_them() {
        assert_eq!(day("2026-11-23").as_deref(), Some("Mon 23 Nov 2026"));
        assert_eq!(day("2026-11-23T14:00:00+01:00").as_deref(), Some("Mon 23 Nov 2026, 14:00"));
        assert_eq!(day("November"), None);
    }
}
