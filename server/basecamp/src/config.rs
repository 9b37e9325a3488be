//! Where Basecamp is, and who we say we are.

pub use crate::scheduler::Rate;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

/// Settings of the Basecamp client.
#[derive(Clone, Debug)]
pub struct Config {
    /// `BASECAMP_BASE_URL`: the API, without a slash at the end.
    pub base_url: String,
    /// `BASECAMP_CONTACT`, else `APP_BASE_URL`: where Basecamp reaches the operator; part of every request.
    pub contact: String,
    /// The sample Basecamp of this installation; none without one.
    pub sample: Option<Sample>,
    /// What this address may ask of Basecamp in ten seconds; the sample is not limited.
    pub rate: Rate,
    /// How often the mirror looks what is new.
    pub pace: Pace,
}

/// How often the mirror looks what is new.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// To-dos and their lists.
    pub work: Duration,
    /// Everything else.
    pub rest: Duration,
    /// What is archived or in the trash, and people.
    pub aside: Duration,
    /// A whole walk, to find what no longer is there.
    pub whole: Duration,
    /// After a failure; grows with every further one.
    pub retry: Duration,
    /// How long a node may be silent before another takes its syncs over.
    pub lease: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let minutes = |it: u64| Duration::from_secs(it * 60);
        Self {
            work: minutes(1),
            rest: minutes(10),
            aside: minutes(60),
            whole: minutes(24 * 60),
            retry: Duration::from_secs(15),
            lease: minutes(1),
        }
    }
}

/// A running sample Basecamp.
#[derive(Clone)]
pub struct Sample {
    /// Its address, without a slash at the end.
    pub base_url: String,
    /// What allows to make and remove accounts in it; new after every start.
    pub control_key: String,
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sample").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            base_url: basecamp_sdk::config::DEFAULT_BASE_URL.to_owned(),
            contact: "http://localhost".to_owned(),
            sample: None,
            rate: Rate::default(),
            pace: Pace::default(),
        }
    }
}

impl Config {
    /// Reads the environment; called by `main` only.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn from_env() -> Self {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads settings by name from anywhere; blank is absent.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let get =
            |name: &str| lookup(name).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
        let default = Self::default();
        Self {
            base_url: get("BASECAMP_BASE_URL")
                .map_or(default.base_url, |it| it.trim_end_matches('/').to_owned()),
            contact: get("BASECAMP_CONTACT")
                .or_else(|| get("APP_BASE_URL"))
                .unwrap_or(default.contact),
            ..default
        }
    }

    /// The same with a sample Basecamp, which workspaces may use instead of their own.
    #[must_use]
    pub fn with_sample(self, address: SocketAddr, control_key: &str) -> Self {
        let sample =
            Sample { base_url: format!("http://{address}"), control_key: control_key.to_owned() };
        Self { sample: Some(sample), ..self }
    }

    /// Who is calling: our name, a contact, and the SDK with the version of the API it was made for.
    pub(crate) fn user_agent(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        format!(
            "pmos/{version} (+{}) {}",
            self.contact,
            basecamp_sdk::version::default_user_agent()
        )
    }
}
