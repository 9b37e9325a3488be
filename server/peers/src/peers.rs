//! The handle, and the way to a server.

use crate::listing::Listing;
use crate::wire::{Came, Failure, Session, Target};
use domain::integration::{Check, Checked};
use domain::problem::Problem;
use flow::outgoing::allowed::Allowed;
use flow::outgoing::dial;
use flow::outgoing::send::{SendError, Sender};
use http::header::{HeaderName, HeaderValue};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::db::Db;
use store::error::internal;
use store::ids;
use store::secrets::SecretKey;
use store::settings::{self, INSTALLATION};
use store::tool_servers::ServerRow;
use url::Url;

/// The setting that opens private addresses.
const ALLOW_LIST: &str = "outgoingAllowList";
/// Where people mend what is wrong.
const FIX_URL: &str = "/integrations";

/// How long is waited for a server, from the first message to the last.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// To read what it offers.
    pub listing: Duration,
    /// To run one of its tools.
    pub call: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { listing: Duration::from_secs(20), call: Duration::from_secs(60) }
    }
}

/// The handle to other MCP servers. Cheap to clone.
#[derive(Clone)]
pub struct Peers {
    pub(crate) db: Db,
    pub(crate) key: SecretKey,
    pub(crate) patience: Patience,
    sender: Arc<Sender>,
}

/// Where a server is and what it wants to see, before anything is stored.
pub(crate) struct Wanted {
    /// As a person entered it.
    pub(crate) url: String,
    /// Header and value.
    pub(crate) secret: Option<(String, String)>,
    /// A super admin chose it.
    pub(crate) is_trusted: bool,
}

impl Peers {
    /// The servers that are stored in `db`, their secrets sealed with `key`.
    pub fn new(db: Db, key: SecretKey, patience: Patience) -> Self {
        Self { db, key, patience, sender: Arc::default() }
    }

    /// What is stored of a server, with its secret open.
    pub(crate) fn stored(&self, row: &ServerRow) -> Result<Wanted, Problem> {
        let secret = match (&row.header, &row.secret) {
            (Some(header), Some(sealed)) => {
                let open = self.key.open(sealed, &bound(&row.workspace_id, &row.id));
                let open = open.map_err(|it| internal("a stored secret cannot be opened", &it))?;
                Some((header.clone(), open))
            }
            _ => None,
        };
        Ok(Wanted { url: row.url.clone(), secret, is_trusted: row.is_trusted == 1 })
    }

    /// The way to a server, where it may be gone.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for an address that PM OS does not reach.
    pub(crate) async fn target(&self, wanted: &Wanted) -> Result<Target, Problem> {
        let mut conn = self.db.read().await?;
        let setting = settings::find(&mut conn, INSTALLATION, ALLOW_LIST).await?;
        drop(conn);
        let mut allowed = setting.as_ref().map(Allowed::read).unwrap_or_default();
        if let (true, Ok(url)) = (wanted.is_trusted, Url::parse(wanted.url.trim())) {
            allowed = allowed.and(&url);
        }
        let refused = |words: String| Problem::invalid("url", words);
        let url = dial::judge(&wanted.url, &allowed).map_err(|it| refused(it.to_string()))?;
        if url.scheme() == "http" && wanted.secret.is_some() && !wanted.is_trusted {
            let words =
                "Use an address that begins with https://, because others could read the secret";
            return Err(refused(words.to_owned()));
        }
        let client = self.sender.client(allowed).map_err(|it| match it {
            SendError::Refused(words) | SendError::Broken(words) => refused(words),
        })?;
        let header = wanted.secret.as_ref().and_then(|(name, value)| {
            let mut value = HeaderValue::try_from(value).ok()?;
            value.set_sensitive(true);
            Some((HeaderName::try_from(name).ok()?, value))
        });
        Ok(Target { client: client.1, url, header })
    }

    /// Reads what a server offers.
    pub(crate) async fn read(&self, target: &Target) -> Result<Listing, Failure> {
        let reading = async {
            let mut session = Session::open(target).await?;
            let listing = Listing::read(&mut session).await;
            session.close().await;
            listing
        };
        let waited = tokio::time::timeout(self.patience.listing, reading).await;
        waited.unwrap_or_else(|_| Err(silent(self.patience.listing)))
    }

    /// Reads what a server offers, and says step by step how it went.
    pub(crate) async fn look(&self, target: &Target) -> (Checked, Result<Listing, Failure>) {
        let began = Instant::now();
        let found = self.read(target).await;
        let ms = u64::try_from(began.elapsed().as_millis()).ok();
        (checked(&found, ms), found)
    }
}

/// What a secret is bound to, so that it opens nowhere else.
pub(crate) fn bound(workspace: &str, server: &str) -> String {
    format!("{workspace}|{server}|tool server")
}

pub(crate) fn silent(waited: Duration) -> Failure {
    let words = format!("It did not answer within {} seconds", waited.as_secs().max(1));
    Failure::new(Came::Unknown, words)
}

/// A look as people read it.
fn checked(found: &Result<Listing, Failure>, ms: Option<u64>) -> Checked {
    const NAMES: [&str; 3] = ["The server answers", "It lets PM OS in", "Its tools can be read"];
    // How many of the steps passed, and what the next one found.
    let (passed, detail) = match found {
        Ok(listing) => (NAMES.len(), listing.counted()),
        Err(failure) => match failure.came {
            Came::Nowhere => (0, failure.message.clone()),
            Came::Refused => (1, failure.message.clone()),
            Came::Answered | Came::Unknown => (2, failure.message.clone()),
        },
    };
    let last = passed.min(NAMES.len() - 1);
    let checks = NAMES.iter().enumerate().map(|(at, name)| Check {
        name: (*name).to_owned(),
        ok: (at <= last).then_some(at < passed),
        ms: ms.filter(|_| at == last),
        detail: if at == last { detail.clone() } else { String::new() },
    });
    Checked {
        at_ms: ids::now_ms(),
        reachable: passed > 0,
        auth_ok: passed > 1,
        checks: checks.collect(),
        error: found.as_ref().err().map(|it| it.message.clone()),
        hint: found.as_ref().err().map(|_| "Check its address and secret".to_owned()),
        fix_url: found.as_ref().err().map(|_| FIX_URL.to_owned()),
    }
}
