//! Limits of the engine and what it needs to know about its surroundings.

use code::runner::Runner;
use rustls::pki_types::CertificateDer;
use std::sync::Arc;
use std::time::Duration;
use store::secrets::SecretKey;

/// Tells the time in epoch milliseconds; tests turn it by hand.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The server of another maker that the environment names.
#[derive(Clone)]
pub struct GivenEngine {
    /// Its address, which may be a private one.
    pub url: String,
    /// An API key of it.
    pub api_key: String,
    /// The project that holds the flows of the first workspace.
    pub project_id: String,
}

/// Settings of flows and runs.
#[derive(Clone)]
pub struct Config {
    /// Where webhooks arrive, without a slash at the end: `https://pmos.example.com`.
    pub base_url: String,
    /// Opens the secrets of connections.
    pub key: SecretKey,
    /// The name of this node, the same after every start and of no other node; none when it has no folder of its own.
    /// What an earlier start of it worked on goes on at once.
    pub node: Option<String>,
    /// The clock.
    pub clock: Clock,
    /// Runs this process works on at once.
    pub runs_at_once: usize,
    /// Runs one workspace may have under way at once; more wait.
    pub runs_per_workspace: usize,
    /// Runs of one workspace that may wait; more are refused.
    pub waiting_per_workspace: usize,
    /// How long a run may work, pauses not counted.
    pub run_time: Duration,
    /// How long a run keeps its worker without a sign of life.
    pub lease: Duration,
    /// How long ended runs are kept.
    pub keep_runs: Duration,
    /// How large the database may become, bytes: the oldest ended runs are forgotten beyond it.
    pub keep_bytes: u64,
    /// How long the caller of a synchronous webhook waits.
    pub answer_within: Duration,
    /// Who else vouches for mail servers, besides the public authorities.
    pub mail_authorities: Vec<CertificateDer<'static>>,
    /// Where the first workspace keeps its flows while it chose no engine itself; none for the built-in one.
    pub engine: Option<GivenEngine>,
    /// Runs code steps; none where they cannot be run at all.
    pub code: Option<Runner>,
    /// Starts and retries by people and assistants, for each workspace and minute.
    pub starts_per_minute: u32,
}

impl Config {
    /// The defaults of the contract for a server that answers at `base_url` and keeps secrets with `key`.
    pub fn new(base_url: impl Into<String>, key: SecretKey) -> Self {
        Self {
            base_url: base_url.into(),
            key,
            node: None,
            clock: Arc::new(store::ids::now_ms),
            runs_at_once: 256,
            runs_per_workspace: 100,
            waiting_per_workspace: 10_000,
            run_time: Duration::from_secs(600),
            lease: Duration::from_secs(5),
            keep_runs: Duration::from_secs(30 * 86_400),
            keep_bytes: 5 * 1024 * 1024 * 1024,
            answer_within: Duration::from_secs(30),
            mail_authorities: Vec::new(),
            engine: None,
            code: None,
            starts_per_minute: 100,
        }
    }
}
