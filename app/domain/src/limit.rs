//! How much each person may use in a day or a month, and how much of it they used.

use crate::ids::UserId;
use serde::{Deserialize, Serialize};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Tokens that models read and wrote.
    Tokens,
    /// What models cost, US dollars.
    Usd,
    /// Tools that changed something, through every door.
    Changes,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Changes, Self::Tokens, Self::Usd];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Usd => "usd",
            Self::Changes => "changes",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }

    /// On screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Tokens => "Tokens of models",
            Self::Usd => "US dollars for models",
            Self::Changes => "Changes with tools",
        }
    }

    /// So much of it, in words: "1200 tokens", "$0.50", "1 change".
    pub fn amount(self, much: f64) -> String {
        let whole = format!("{much:.0}");
        match (self, whole.as_str()) {
            (Self::Usd, _) => format!("${much:.2}"),
            (Self::Tokens, "1") => "1 token".to_owned(),
            (Self::Changes, "1") => "1 change".to_owned(),
            (Self::Tokens, _) => format!("{whole} tokens"),
            (Self::Changes, _) => format!("{whole} changes"),
        }
    }
}

/// For how long it is counted, in the time zone of the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// From midnight.
    Day,
    /// From the first of the month.
    Month,
}

impl Period {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Day, Self::Month];

    /// The word in the database, and on screen after "a".
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }

    /// "today", "this month".
    pub fn now(self) -> &'static str {
        match self {
            Self::Day => "today",
            Self::Month => "this month",
        }
    }
}

/// A limit for each person, or for one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// Whose; none for each person who has none of their own.
    pub person: Option<UserId>,
    /// Their name; none for each person.
    pub name: Option<String>,
    /// What is counted.
    pub measure: Measure,
    /// For how long.
    pub period: Period,
    /// The most of it.
    pub most: f64,
    /// Name of who set it.
    pub set_by: String,
}

/// What an admin sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimitChange {
    /// Whose; none for each person who has none of their own.
    pub person: Option<UserId>,
    /// What is counted.
    pub measure: Measure,
    /// For how long.
    pub period: Period,
    /// The most of it; none takes the limit away.
    pub most: Option<f64>,
}

/// How much of something was used, and how much there is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meter {
    /// What is counted.
    pub measure: Measure,
    /// For how long.
    pub period: Period,
    /// So much so far.
    pub used: f64,
    /// The most of it; none without a limit.
    pub most: Option<f64>,
    /// When it is counted anew, RFC 3339.
    pub anew_at: String,
}

/// From here on it is said that a limit is near.
pub const NEARLY: u32 = 80;

impl Meter {
    /// How much of the limit is used, in whole percent, at most 100; none without a limit.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 100 after the clamp"
    )]
    pub fn percent(&self) -> Option<u32> {
        let most = self.most?;
        Some((self.used * 100.0 / most).clamp(0.0, 100.0) as u32)
    }

    /// Whether nothing is left.
    pub fn is_used_up(&self) -> bool {
        self.most.is_some_and(|it| self.used >= it)
    }

    /// "12 changes of 50 today", "300 tokens this month".
    pub fn words(&self) -> String {
        let used = self.measure.amount(self.used);
        let now = self.period.now();
        match (self.most, self.measure) {
            (None, _) => format!("{used} {now}"),
            (Some(most), Measure::Usd) => format!("{used} of {} {now}", self.measure.amount(most)),
            (Some(most), _) => format!("{used} of {most:.0} {now}"),
        }
    }
}

/// What one person used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonUse {
    /// The person.
    pub person: UserId,
    /// Their name.
    pub name: String,
    /// Of the day and of the month; those with a limit have it.
    pub meters: Vec<Meter>,
}

/// The limits of a workspace and what its people used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LimitBook {
    /// Those for each person first, then by name.
    pub limits: Vec<Limit>,
    /// Everybody, by name.
    pub people: Vec<PersonUse>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(measure: Measure, used: f64, most: Option<f64>) -> Meter {
        Meter { measure, period: Period::Day, used, most, anew_at: String::new() }
    }

    #[test]
    fn a_meter_says_what_is_used_and_what_there_is() {
        let changes = meter(Measure::Changes, 12.0, Some(50.0));
        assert_eq!(
            (changes.words().as_str(), changes.percent()),
            ("12 changes of 50 today", Some(24))
        );
        let money = meter(Measure::Usd, 0.5, Some(2.0));
        assert_eq!((money.words().as_str(), money.percent()), ("$0.50 of $2.00 today", Some(25)));
        let free = meter(Measure::Tokens, 1.0, None);
        assert_eq!((free.words().as_str(), free.percent()), ("1 token today", None));
    }

    #[test]
    fn what_is_over_is_used_up_and_never_more_than_all() {
        let over = meter(Measure::Tokens, 90.0, Some(60.0));
        assert_eq!((over.percent(), over.is_used_up()), (Some(100), true));
        assert!(!meter(Measure::Tokens, 90.0, None).is_used_up());
        assert!(!meter(Measure::Tokens, 59.0, Some(60.0)).is_used_up());
    }

    #[test]
    fn words_of_the_database_are_read_back() {
        assert!(Measure::ALL.iter().all(|it| Measure::parse(it.as_str()) == Some(*it)));
        assert!(Period::ALL.iter().all(|it| Period::parse(it.as_str()) == Some(*it)));
    }
}
