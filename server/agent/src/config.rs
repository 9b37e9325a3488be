//! Limits of the assistant.

use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Limits of the assistant.
#[derive(Clone, Debug)]
pub struct Config {
    /// Model calls of one run.
    pub max_iterations: u32,
    /// Tool calls of one run with its continuations.
    pub max_calls: usize,
    /// A model that says nothing for this long has failed.
    pub idle: Duration,
    /// How long an approval waits.
    pub approval_wait: Duration,
    /// How often expired approvals are looked for.
    pub expiry_check: Duration,
    /// How long the answer to an approval waits for what comes of it.
    pub decision_wait: Duration,
    /// Ends runs where they are when the server stops; the next start takes them up.
    pub closing: CancellationToken,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_iterations: 10,
            max_calls: 50,
            idle: Duration::from_secs(120),
            approval_wait: Duration::from_secs(24 * 60 * 60),
            expiry_check: Duration::from_secs(30),
            decision_wait: Duration::from_secs(10),
            closing: CancellationToken::new(),
        }
    }
}

impl Config {
    /// Reads `AGENT_MAX_ITERATIONS` through `lookup`; everything else keeps its default.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let given = lookup("AGENT_MAX_ITERATIONS").and_then(|it| it.trim().parse().ok());
        let default = Self::default();
        Self {
            max_iterations: given.filter(|it| *it > 0).unwrap_or(default.max_iterations),
            ..default
        }
    }
}
