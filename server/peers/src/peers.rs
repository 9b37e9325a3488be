//! The handle, and the way to a server.

use crate::listing::{self, Listing};
use crate::programs::Programs;
use crate::signing_in::SigningIn;
use crate::ways::{Address, Wanted};
use crate::web::Web;
use crate::wire::{Came, Failure, Target};
use domain::integration::{Check, Checked};
use domain::problem::Problem;
use flow::outgoing::allowed::Allowed;
use flow::outgoing::dial;
use flow::outgoing::send::{SendError, Sender};
use http::header::{HeaderName, HeaderValue};
use reqwest::Client;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::db::Db;
use store::ids;
use store::secrets::SecretKey;
use store::settings::{self, INSTALLATION};
use url::Url;

/// The setting that opens private addresses.
const ALLOW_LIST: &str = "outgoingAllowList";
/// Why a program is not started.
pub(crate) const NO_PROGRAMS: &str = "Programs are not started as tool servers here. Whoever runs PM OS allows it with \
                                      PMOS_TOOL_PROGRAMS=on";
/// Where people mend what is wrong.
const FIX_URL: &str = "/integrations";

/// How long is waited for a server, from the first message to the last.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// To read what it offers.
    pub listing: Duration,
    /// To run one of its tools.
    pub call: Duration,
    /// Before a program that failed is started again; twice as long each time it fails again.
    pub restart: Duration,
    /// Until a program that nobody uses is ended.
    pub idle: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            listing: Duration::from_secs(20),
            call: Duration::from_secs(60),
            restart: Duration::from_secs(2),
            idle: Duration::from_secs(600),
        }
    }
}

/// The handle to other MCP servers. Cheap to clone.
#[derive(Clone)]
pub struct Peers {
    pub(crate) db: Db,
    pub(crate) key: SecretKey,
    pub(crate) patience: Patience,
    pub(crate) programs: Programs,
    /// None where nobody can sign in to a server.
    pub(crate) signing_in: Option<SigningIn>,
    sender: Arc<Sender>,
}

impl Peers {
    /// The servers that are stored in `db`, their secrets sealed with `key`.
    pub fn new(db: Db, key: SecretKey, patience: Patience) -> Self {
        let (programs, sender) = (Programs::new(patience), Arc::default());
        Self { db, key, patience, programs, signing_in: None, sender }
    }

    /// The same, where super admins may add programs of this machine, looked for in the folders of `path`.
    #[must_use]
    pub fn running_programs(self, path: &str) -> Self {
        Self { programs: self.programs.allow(path), ..self }
    }

    /// Ends every program that runs as a tool server here. They start again when they are used.
    pub fn end_programs(&self) {
        self.programs.stop_all();
    }

    /// The way to the server `id`, where it may be gone.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for an address that PM OS does not reach; [`Problem::Conflict`] for a program where none
    /// are started.
    pub(crate) async fn target(&self, id: &str, wanted: &Wanted) -> Result<Target, Problem> {
        match wanted {
            Wanted::Web(address) => self.web(address).await.map(Target::Web),
            Wanted::Program(program) => {
                let way =
                    self.programs.way(id, program).ok_or_else(|| Problem::conflict(NO_PROGRAMS))?;
                Ok(Target::Program(way))
            }
        }
    }

    async fn web(&self, wanted: &Address) -> Result<Web, Problem> {
        let (client, _, url) = self.judged(wanted).await?;
        let header = wanted.secret.as_ref().and_then(|(name, value)| {
            let mut value = HeaderValue::try_from(value).ok()?;
            value.set_sensitive(true);
            Some((HeaderName::try_from(name).ok()?, value))
        });
        Ok(Web { client, url, header })
    }

    /// Private places that a super admin opened for everybody.
    pub(crate) async fn listed(&self) -> Result<Allowed, Problem> {
        let mut conn = self.db.read().await?;
        let setting = settings::find(&mut conn, INSTALLATION, ALLOW_LIST).await?;
        Ok(setting.as_ref().map(Allowed::read).unwrap_or_default())
    }

    /// The client that reaches an address which may be reached, with the rules it keeps.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for any other address.
    pub(crate) async fn judged(
        &self,
        wanted: &Address,
    ) -> Result<(Client, Arc<Allowed>, Url), Problem> {
        let mut allowed = self.listed().await?;
        if let (true, Ok(url)) = (wanted.is_trusted, Url::parse(wanted.url.trim())) {
            allowed = allowed.and(&url);
        }
        let refused = |words: String| Problem::invalid("url", words);
        let url = dial::judge(&wanted.url, &allowed).map_err(|it| refused(it.to_string()))?;
        let is_secret = wanted.secret.is_some() || wanted.connection.is_some();
        if url.scheme() == "http" && is_secret && !wanted.is_trusted {
            let words =
                "Use an address that begins with https://, because others could read the secret";
            return Err(refused(words.to_owned()));
        }
        let (allowed, client) = self.sender.client(allowed).map_err(|it| match it {
            SendError::Refused(words) | SendError::Broken(words) => refused(words),
        })?;
        Ok((client, allowed, url))
    }

    /// Reads what a server offers.
    pub(crate) async fn read(&self, target: &Target) -> Result<Listing, Failure> {
        let reading = async {
            let (session, listing) = listing::begin(target).await?;
            session.close().await;
            Ok(listing)
        };
        let waited = tokio::time::timeout(self.patience.listing, reading).await;
        waited.unwrap_or_else(|_| Err(silent(self.patience.listing)))
    }

    /// Reads what a server offers, and says step by step how it went.
    pub(crate) async fn look(&self, target: &Target) -> (Checked, Result<Listing, Failure>) {
        let began = Instant::now();
        let found = self.read(target).await;
        let ms = u64::try_from(began.elapsed().as_millis()).ok();
        let hint = match target {
            Target::Web(_) => "Check its address and secret",
            Target::Program(_) => "Check its command, arguments and variables",
        };
        (checked(&found, (ms, hint)), found)
    }
}

pub(crate) fn silent(waited: Duration) -> Failure {
    let words = format!("It did not answer within {} seconds", waited.as_secs().max(1));
    Failure::new(Came::Unknown, words)
}

/// A look as people read it.
fn checked(found: &Result<Listing, Failure>, (ms, hint): (Option<u64>, &str)) -> Checked {
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
        hint: found.as_ref().err().map(|_| hint.to_owned()),
        fix_url: found.as_ref().err().map(|_| FIX_URL.to_owned()),
    }
}
