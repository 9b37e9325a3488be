//! Settings of accounts, read from the environment by the running system's own settings.

use crate::clock::Clock;

/// What accounts need to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether the server's settings close sign-up; then no setting opens it.
    pub is_signup_closed: bool,
    /// Sites whose pages may call with a key, besides those in the settings of the installation.
    pub allowed_origins: Vec<String>,
    /// The address in links, without a slash at the end.
    pub base_url: String,
    /// Sign-ups and accepted invitations an hour from one address (contract.md 0.8).
    pub sign_ups_per_hour: u32,
    /// Tells the time.
    pub clock: Clock,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            is_signup_closed: false,
            allowed_origins: Vec::new(),
            base_url: "http://127.0.0.1:10000".to_owned(),
            sign_ups_per_hour: 60,
            clock: Clock::default(),
        }
    }
}
