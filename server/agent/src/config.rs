//! Limits of the assistant.

use crate::runtime::Runtime;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Limits of the assistant.
#[derive(Clone, Debug)]
pub struct Config {
    /// Model calls of one run; 10 in `v1` and 25 in `v2` when nobody said.
    pub max_iterations: Option<u32>,
    /// The runtime of new runs, unless a super admin chose one.
    pub runtime: Runtime,
    /// Tool calls of one run with its continuations.
    pub max_calls: usize,
    /// A model that says nothing for this long has failed.
    pub idle: Duration,
    /// A provider whose first byte takes longer has failed.
    pub first_byte: Duration,
    /// A stream of a provider that pauses for longer has failed.
    pub model_idle: Duration,
    /// How often one model is asked while nothing of its answer was shown.
    pub tries: u32,
    /// About how long the first pause between tries is.
    pub retry_base: Duration,
    /// How often a node says that it still works on a run; well under the time of a lease.
    pub beat: Duration,
    /// How long an approval waits.
    pub approval_wait: Duration,
    /// How often expired approvals are looked for.
    pub expiry_check: Duration,
    /// How often agents that are due are looked for.
    pub agent_check: Duration,
    /// How long the answer to an approval waits for what comes of it.
    pub decision_wait: Duration,
    /// Ends runs where they are when the server stops; the next start takes them up.
    pub closing: CancellationToken,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_iterations: None,
            runtime: Runtime::V2,
            max_calls: 50,
            idle: Duration::from_secs(120),
            first_byte: Duration::from_secs(60),
            model_idle: Duration::from_secs(30),
            tries: 3,
            retry_base: Duration::from_millis(500),
            beat: Duration::from_secs(10),
            approval_wait: Duration::from_secs(24 * 60 * 60),
            expiry_check: Duration::from_secs(30),
            agent_check: Duration::from_secs(15),
            decision_wait: Duration::from_secs(10),
            closing: CancellationToken::new(),
        }
    }
}

impl Config {
    /// Model calls of one run in a runtime.
    pub(crate) fn iterations(&self, runtime: Runtime) -> u32 {
        self.max_iterations.unwrap_or(match runtime {
            Runtime::V1 => 10,
            Runtime::V2 => 25,
        })
    }

    /// Reads `AGENT_MAX_ITERATIONS` and `AGENT_RUNTIME` through `lookup`; everything else keeps its default.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let given = lookup("AGENT_MAX_ITERATIONS").and_then(|it| it.trim().parse().ok());
        let default = Self::default();
        Self {
            max_iterations: given.filter(|it| *it > 0),
            runtime: lookup("AGENT_RUNTIME").and_then(|it| Runtime::parse(&it)).unwrap_or_default(),
            ..default
        }
    }
}
