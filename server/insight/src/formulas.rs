//! The formulas of the intelligence tools: pure, with counted inputs, so that every number can be told by hand.

pub mod assignment;
pub mod balance;
pub mod burnout;
pub mod forecast;
pub mod ghost;
pub mod health;
pub mod patterns;
pub mod person;
pub mod priority;
pub mod pulse;
pub mod risks;
pub mod scope;

/// Milliseconds of a day.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The word for a score from 0 to 1.
pub fn label(score: f64) -> &'static str {
    match score {
        it if it >= 0.8 => "excellent",
        it if it >= 0.6 => "good",
        it if it >= 0.4 => "fair",
        it if it >= 0.2 => "poor",
        _ => "critical",
    }
}

/// The grade of a score from 0 to 100.
pub fn grade(score: i64) -> &'static str {
    match score {
        90.. => "A",
        80..=89 => "B",
        70..=79 => "C",
        60..=69 => "D",
        _ => "F",
    }
}

/// A count in double precision.
pub(crate) fn real(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

/// With so many decimals, half up.
pub(crate) fn decimals(number: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (number * scale + 0.5).floor() / scale
}

/// The whole number nearest to `number`, half up.
#[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
pub(crate) fn whole(number: f64) -> i64 {
    (number + 0.5).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_grades_are_those_of_the_examples() {
        assert_eq!((label(0.8025), label(0.5999)), ("excellent", "fair"));
        assert_eq!((grade(79), grade(90), grade(59)), ("C", "A", "F"));
        assert_eq!((whole(2.5), whole(2.49), decimals(0.335_714, 4)), (3, 2, 0.3357));
    }
}
