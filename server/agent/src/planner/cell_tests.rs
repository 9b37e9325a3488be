//! What has to hold in a cell of a table, and how people say it.

use crate::sheet::number;

/// How a cell is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    Is,
    IsNot,
    Contains,
    Starts,
    Over,
    Under,
    AtLeast,
    AtMost,
    Empty,
    Filled,
}

impl Test {
    /// Numbers are compared as numbers, days `YYYY-MM-DD` as days, everything else as words.
    pub(crate) fn holds(self, cell: &str, value: &str) -> bool {
        let (cell, value) = (cell.to_lowercase(), value.to_lowercase());
        let order = match (number(&cell), number(&value)) {
            (Some(cell), Some(value)) => cell.cmp(&value),
            _ => cell.cmp(&value),
        };
        // Words are not more or less than a number.
        let is_comparable = !cell.is_empty() && number(&cell).is_some() == number(&value).is_some();
        match self {
            Self::Is => order.is_eq(),
            Self::IsNot => order.is_ne(),
            Self::Contains => cell.contains(&value),
            Self::Starts => cell.starts_with(&value),
            Self::Over => is_comparable && order.is_gt(),
            Self::Under => is_comparable && order.is_lt(),
            Self::AtLeast => is_comparable && order.is_ge(),
            Self::AtMost => is_comparable && order.is_le(),
            Self::Empty => cell.is_empty(),
            Self::Filled => !cell.is_empty(),
        }
    }
}

/// Longer wordings before those they begin with.
pub(crate) const TESTS: [(&str, Test); 35] = [
    ("is not empty", Test::Filled),
    ("is filled", Test::Filled),
    ("is empty", Test::Empty),
    ("is blank", Test::Empty),
    ("is not", Test::IsNot),
    ("isn't", Test::IsNot),
    ("is at least", Test::AtLeast),
    ("is at most", Test::AtMost),
    ("is more than", Test::Over),
    ("is greater than", Test::Over),
    ("is larger than", Test::Over),
    ("is less than", Test::Under),
    ("is smaller than", Test::Under),
    ("is over", Test::Over),
    ("is above", Test::Over),
    ("is after", Test::Over),
    ("is under", Test::Under),
    ("is below", Test::Under),
    ("is before", Test::Under),
    ("starts with", Test::Starts),
    ("begins with", Test::Starts),
    ("contains", Test::Contains),
    ("includes", Test::Contains),
    ("equals", Test::Is),
    ("more than", Test::Over),
    ("less than", Test::Under),
    ("at least", Test::AtLeast),
    ("at most", Test::AtMost),
    ("!=", Test::IsNot),
    (">=", Test::AtLeast),
    ("<=", Test::AtMost),
    (">", Test::Over),
    ("<", Test::Under),
    ("=", Test::Is),
    ("is", Test::Is),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_compared_as_numbers_days_or_words() {
        assert!(Test::Over.holds("1,200", "300") && !Test::Over.holds("ink", "300"));
        assert!(Test::Under.holds("2026-01-02", "2026-02-01"));
        assert!(Test::Is.holds("OPEN", "open") && Test::Is.holds("5.0", "5"));
        assert!(Test::Empty.holds("", "") && Test::Filled.holds("x", ""));
    }
}
