//! What a step does when it fails.

use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// What to do when a step fails.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorHandling {
    /// Go on with the next step.
    #[serde(default)]
    pub continue_on_failure: Switch,
    /// Try again first.
    #[serde(default)]
    pub retry_on_failure: Switch,
    /// How often and how patiently; our addition, which other engines pass over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_policy: Option<RetryPolicy>,
}

/// How often and how patiently a step is tried again. The waits hold no worker and outlive a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RetryPolicy {
    /// Tries in all, [`RetryPolicy::ATTEMPTS`].
    pub attempts: u32,
    /// Seconds before the second try, [`RetryPolicy::WAITS`].
    pub wait_seconds: u32,
    /// Whether each wait is twice the one before, a day at most; else all are the same.
    pub doubles: bool,
}

impl Default for RetryPolicy {
    /// What engines do that know no policy: 4, 8 and 16 seconds.
    fn default() -> Self {
        Self { attempts: 4, wait_seconds: 4, doubles: true }
    }
}

impl RetryPolicy {
    /// Tries that can be asked for.
    pub const ATTEMPTS: RangeInclusive<u32> = 2..=10;
    /// Seconds that can be asked for.
    pub const WAITS: RangeInclusive<u32> = 1..=3_600;
    const LONGEST_MS: i64 = 86_400_000;

    /// Milliseconds to wait after the try number `tried`, from 1; none when there are no more.
    pub fn wait_ms(&self, tried: u32) -> Option<i64> {
        let attempts = self.attempts.clamp(*Self::ATTEMPTS.start(), *Self::ATTEMPTS.end());
        let seconds = self.wait_seconds.clamp(*Self::WAITS.start(), *Self::WAITS.end());
        let doublings = if self.doubles { tried.saturating_sub(1).min(20) } else { 0 };
        let wait = (i64::from(seconds) * 1_000) << doublings;
        (tried < attempts).then_some(wait.min(Self::LONGEST_MS))
    }
}

/// A switch as the engines write it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// On or off; absent is off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<bool>,
}
