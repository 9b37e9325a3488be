//! Where Basecamp is, and who we say we are.

use crate::circuit::Limits;
pub use crate::scheduler::Rate;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

/// Settings of the Basecamp client.
#[derive(Clone, Debug)]
pub struct Config {
    /// `BASECAMP_BASE_URL`: the API, without a slash at the end.
    pub base_url: String,
    /// `BASECAMP_LAUNCHPAD_URL`: where people sign in, without a slash at the end.
    pub launchpad_url: String,
    /// `BASECAMP_CLIENT_ID` and `BASECAMP_CLIENT_SECRET`: our app there; none when people cannot sign in.
    pub integration: Option<Integration>,
    /// Where the browser returns after signing in; registered with the app.
    pub redirect_uri: String,
    /// `BASECAMP_DEFAULT_ACCOUNT_ID`: the account to take where a sign-in opens several.
    pub default_account: Option<i64>,
    /// `BASECAMP_CONTACT`, else `APP_BASE_URL`: where Basecamp reaches the operator; part of every request.
    pub contact: String,
    /// The sample Basecamp of this installation; none without one.
    pub sample: Option<Sample>,
    /// What this address may ask of Basecamp in ten seconds; the sample is not limited.
    pub rate: Rate,
    /// How often the mirror looks what is new.
    pub pace: Pace,
    /// How long one request may take.
    pub timeout: Duration,
    /// Where Basecamp reaches us, without a slash at the end; none when it cannot.
    pub own_address: Option<String>,
    /// `BASECAMP_WEBHOOK_SECRET`: with what a proxy in front of us signs webhooks; none where nobody does, because
    /// Basecamp itself signs nothing.
    pub webhook_secret: Option<WebhookSecret>,
    /// `BASECAMP_CIRCUIT_THRESHOLD` and `BASECAMP_CIRCUIT_COOLDOWN_MS`: when calls of a connection are held back.
    pub circuit: Limits,
    /// How lists of many pages are read.
    pub paging: Paging,
}

/// How lists of many pages are read.
#[derive(Clone, Copy, Debug)]
pub struct Paging {
    /// `BASECAMP_MAX_PAGES`: after so many a list is cut, and says so.
    pub most: usize,
    /// `BASECAMP_PAGE_DELAY_MS`: the pause before every further page.
    pub pause: Duration,
}

impl Default for Paging {
    fn default() -> Self {
        Self { most: basecamp_sdk::config::DEFAULT_MAX_PAGES, pause: Duration::ZERO }
    }
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
    /// A whole walk of to-dos, their lists, cards and their steps, to find what no longer is there; and each look into
    /// boards, check-ins and chats.
    pub whole: Duration,
    /// The same of everything else, of which there is most.
    pub most: Duration,
    /// After a failure; grows with every further one.
    pub retry: Duration,
    /// How long a node may be silent before another takes its syncs over.
    pub lease: Duration,
    /// How long the process that sends a write has it to itself: longer than a call may take.
    pub sending: Duration,
    /// How long after the last hint of a webhook its record is read.
    pub hints: Duration,
    /// How long a write whose answer is lost may still be carried out.
    pub settles: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let minutes = |it: u64| Duration::from_secs(it * 60);
        Self {
            work: minutes(1),
            rest: minutes(10),
            aside: minutes(60),
            whole: minutes(24 * 60),
            most: minutes(7 * 24 * 60),
            retry: Duration::from_secs(15),
            lease: minutes(1),
            sending: minutes(3),
            hints: Duration::from_secs(2),
            settles: Duration::from_secs(30),
        }
    }
}

/// Our app at Basecamp.
#[derive(Clone)]
pub struct Integration {
    /// Its id, which everybody may know.
    pub client_id: String,
    /// What it proves itself with.
    pub client_secret: String,
}

/// Without the secret.
impl fmt::Debug for Integration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Integration").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// With what webhooks are signed.
#[derive(Clone)]
pub struct WebhookSecret(pub String);

/// Without the secret.
impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}

/// Where people sign in.
const LAUNCHPAD: &str = "https://launchpad.37signals.com";
/// The page below our own address to which the browser returns.
const CALLBACK: &str = "/auth/basecamp/callback";

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
            launchpad_url: LAUNCHPAD.to_owned(),
            integration: None,
            redirect_uri: format!("http://localhost{CALLBACK}"),
            default_account: None,
            contact: "http://localhost".to_owned(),
            sample: None,
            rate: Rate::default(),
            pace: Pace::default(),
            timeout: Duration::from_secs(30),
            own_address: None,
            webhook_secret: None,
            circuit: Limits::default(),
            paging: Paging::default(),
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
        let address = |name: &str, default: String| {
            get(name).map_or(default, |it| it.trim_end_matches('/').to_owned())
        };
        let (limits, paging) = (Limits::default(), Paging::default());
        let number = |name: &str| get(name).and_then(|it| it.parse::<u64>().ok());
        let failures = number("BASECAMP_CIRCUIT_THRESHOLD").and_then(|it| u32::try_from(it).ok());
        let cooldown = number("BASECAMP_CIRCUIT_COOLDOWN_MS").map(Duration::from_millis);
        let pages = number("BASECAMP_MAX_PAGES").and_then(|it| usize::try_from(it).ok());
        let pause = number("BASECAMP_PAGE_DELAY_MS").map(Duration::from_millis);
        let app = get("BASECAMP_CLIENT_ID").zip(get("BASECAMP_CLIENT_SECRET"));
        Self {
            base_url: address("BASECAMP_BASE_URL", default.base_url),
            launchpad_url: address("BASECAMP_LAUNCHPAD_URL", default.launchpad_url),
            integration: app
                .map(|(client_id, client_secret)| Integration { client_id, client_secret }),
            default_account: get("BASECAMP_DEFAULT_ACCOUNT_ID").and_then(|it| it.parse().ok()),
            contact: get("BASECAMP_CONTACT")
                .or_else(|| get("APP_BASE_URL"))
                .unwrap_or(default.contact),
            webhook_secret: get("BASECAMP_WEBHOOK_SECRET").map(WebhookSecret),
            circuit: Limits {
                failures: failures.filter(|it| *it > 0).unwrap_or(limits.failures),
                cooldown: cooldown.unwrap_or(limits.cooldown),
            },
            paging: Paging {
                most: pages.filter(|it| *it > 0).unwrap_or(paging.most),
                pause: pause.unwrap_or(paging.pause),
            },
            ..default
        }
    }

    /// The same for a server that people reach at `address`.
    #[must_use]
    pub fn reached_at(self, address: &str) -> Self {
        Self {
            redirect_uri: format!("{address}{CALLBACK}"),
            own_address: Some(address.to_owned()),
            ..self
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
