//! Numbers of the server: how much ran, how long answers took, what the assistant cost.

use serde::{Deserialize, Serialize};

/// How far back numbers go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// The last hour, in five minutes.
    Hour,
    /// The last 24 hours, in hours.
    #[default]
    Day,
    /// The last seven days, in six hours.
    Week,
    /// The last thirty days, in days.
    Month,
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

impl Range {
    /// Every range.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// The word in an address.
    pub fn key(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    /// Reads the word; a day for any other.
    pub fn parse(key: &str) -> Self {
        Self::ALL.into_iter().find(|it| it.key() == key).unwrap_or_default()
    }

    /// The words on a button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Hour => "1 h",
            Self::Day => "24 h",
            Self::Week => "7 days",
            Self::Month => "30 days",
        }
    }

    /// One part of it, milliseconds.
    pub fn slot_ms(self) -> i64 {
        match self {
            Self::Hour => 5 * MINUTE_MS,
            Self::Day => HOUR_MS,
            Self::Week => 6 * HOUR_MS,
            Self::Month => 24 * HOUR_MS,
        }
    }

    /// How many parts.
    pub fn slots(self) -> i64 {
        match self {
            Self::Hour => 12,
            Self::Day => 24,
            Self::Week => 28,
            Self::Month => 30,
        }
    }

    /// Where its first part begins, so that the last one holds `now_ms`.
    pub fn from_ms(self, now_ms: i64) -> i64 {
        now_ms.div_euclid(self.slot_ms()) * self.slot_ms() - (self.slots() - 1) * self.slot_ms()
    }
}

/// Runs of flows that were stored in one part of the range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSlot {
    /// They succeeded, or were stopped by somebody.
    pub finished: i64,
    /// They are under way, or wait.
    pub waiting: i64,
    /// They failed.
    pub failed: i64,
}

/// Answers that were given in one part of the range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerSlot {
    /// All of them.
    pub requests: i64,
    /// Those that refused, 4xx.
    pub refused: i64,
    /// Those where we failed, 5xx.
    pub failed: i64,
    /// Half took at most so many milliseconds; none without an answer.
    pub typical_ms: Option<i64>,
    /// Nineteen of twenty took at most so many.
    pub slow_ms: Option<i64>,
}

/// What a model was asked this month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelUse {
    /// `provider/model`.
    pub model: String,
    /// Tokens it read.
    pub input: i64,
    /// Tokens it wrote.
    pub output: i64,
    /// Millionths of a dollar.
    pub cost_micros: i64,
}

/// A part of the server and how it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// In a few words.
    pub detail: String,
    /// Nothing is wrong with it.
    pub is_well: bool,
}

/// The numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telemetry {
    /// How far back.
    pub range: Range,
    /// Of every workspace, not of one.
    pub is_all: bool,
    /// Where the first part begins, epoch milliseconds.
    pub from_ms: i64,
    /// Runs, oldest part first.
    pub runs: Vec<RunSlot>,
    /// Answers, oldest part first.
    pub answers: Vec<AnswerSlot>,
    /// Answers of the whole range.
    pub all_answers: AnswerSlot,
    /// Changes made through tools, and how many of them failed.
    pub changes: (i64, i64),
    /// Runs that wait for a worker now.
    pub queued: i64,
    /// Runs that wait for a time, a person or a site now.
    pub paused: i64,
    /// What models were asked this month.
    pub models: Vec<ModelUse>,
    /// Why runs failed, the most frequent first, and how many.
    pub causes: Vec<(String, i64)>,
    /// How runs of apps went.
    pub apps: AppNumbers,
    /// Parts of the server; none for one workspace.
    pub services: Vec<Service>,
}

/// How runs of apps went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppNumbers {
    /// All that ended, refusals included.
    pub runs: usize,
    /// Those that did not go well.
    pub failed: usize,
    /// Half of those that went well took less, milliseconds.
    pub typical_ms: i64,
    /// 95 % of them took less.
    pub slow_ms: i64,
    /// The apps that were run most.
    pub top: Vec<AppUse>,
}

/// How runs of one app went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppUse {
    /// What people call it; its id when it is gone.
    pub name: String,
    /// All that ended.
    pub runs: usize,
    /// Those that did not go well.
    pub failed: usize,
}

/// Ends of the times that answers are counted by, milliseconds; the last one is for any longer time.
pub const BUCKETS: [i64; 20] = [
    1, 2, 5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 2_000, 5_000, 10_000,
    60_000,
];

/// The end of the time that an answer after `ms` is counted by.
pub fn bucket_of(ms: i64) -> i64 {
    BUCKETS.into_iter().find(|it| ms <= *it).unwrap_or(60_000)
}

/// The end within which `share` hundredths of the answers lie, from how many there are up to each end.
pub fn within(counts: &[(i64, i64)], share: i64) -> Option<i64> {
    let total: i64 = counts.iter().map(|it| it.1).sum();
    let wanted = (total * share + 99) / 100;
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let mut so_far = 0;
    sorted.into_iter().find_map(|(end, count)| {
        so_far += count;
        (total > 0 && so_far >= wanted).then_some(end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_a_range_holds_now() {
        for range in Range::ALL {
            let now = 1_771_407_960_123;
            let last = range.from_ms(now) + (range.slots() - 1) * range.slot_ms();
            assert!(last <= now && now < last + range.slot_ms(), "{range:?}");
            assert_eq!(Range::parse(range.key()), range);
        }
    }

    #[test]
    fn half_and_nineteen_of_twenty_are_found() {
        let counts = [(100, 5), (10, 90), (20, 5)];
        assert_eq!((within(&counts, 50), within(&counts, 95)), (Some(10), Some(20)));
        assert_eq!(within(&counts, 96), Some(100));
        assert_eq!((within(&[], 50), within(&[(5, 1)], 95)), (None, Some(5)));
        assert_eq!((bucket_of(0), bucket_of(16), bucket_of(999_999)), (1, 20, 60_000));
    }
}
