//! Signing in at Basecamp: there and back, in the same browser, once.

pub use crate::launchpad::Identity;
use crate::launchpad::{self, Proof};
use crate::tokens::Tokens;
use crate::{Basecamp, app};
use basecamp_sdk::{Error, ErrorCode};
use domain::actor::{Actor, Permission};
use domain::integration::{AccountChoice, Sharing};
use domain::problem::Problem;
use std::fmt;
use store::error::StoreError;
use store::ids;
use store::secrets::digest;
use store::sign_ins::{self, SignIn};

/// How long a person may take over there.
pub const LIVES_S: i64 = 600;
/// Where somebody lands who did not say where they came from.
const HOME: &str = "/integrations";
const DOOR: &str = "door";

/// What a sign-in is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A connection of the person who is signed in here.
    Connection(Sharing),
    /// Nobody is signed in here: the identity says who it is.
    Door,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Connection(sharing) => sharing.as_str(),
            Self::Door => DOOR,
        }
    }

    fn parse(word: &str) -> Self {
        Sharing::parse(word).map_or(Self::Door, Self::Connection)
    }
}

/// A sign-in that begins.
pub struct Begun {
    /// Where to send the browser.
    pub address: String,
    /// What the browser must show when it comes back, as a cookie; a secret.
    pub browser: String,
}

/// Without the secret.
impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun").finish_non_exhaustive()
    }
}

/// What the browser brings back.
#[derive(Default)]
pub struct Came<'a> {
    /// From the address.
    pub state: Option<&'a str>,
    /// From the address.
    pub code: Option<&'a str>,
    /// From the address: why there is no code.
    pub error: Option<&'a str>,
    /// From the cookie.
    pub browser: Option<&'a str>,
}

/// Somebody who came back, with what they may open. Nothing of it is stored yet.
pub struct Arrival {
    /// What for.
    pub purpose: Purpose,
    /// The page to return to, on this server.
    pub back: String,
    /// Who they are there.
    pub identity: Identity,
    pub(crate) accounts: Vec<AccountChoice>,
    pub(crate) tokens: Tokens,
}

/// Why a sign-in led nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSignedIn {
    /// The HTTP status.
    pub status: u16,
    /// The cause, in plain words.
    pub words: String,
}

fn broken(words: &str) -> NotSignedIn {
    NotSignedIn { status: 400, words: words.to_owned() }
}

impl From<Problem> for NotSignedIn {
    fn from(problem: Problem) -> Self {
        Self { status: problem.status(), words: problem.to_string() }
    }
}

impl From<StoreError> for NotSignedIn {
    fn from(error: StoreError) -> Self {
        Problem::from(error).into()
    }
}

impl Basecamp {
    /// Begins a sign-in: of the actor for a connection, or of somebody who is not known here yet. `back` is a page of
    /// ours; anything else leads to Integrations.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for a connection that is not theirs to make, [`Problem::NeedsSetup`] where no app is
    /// registered.
    pub async fn begin_sign_in(
        &self,
        actor: Option<&Actor>,
        sharing: Sharing,
        back: &str,
    ) -> Result<Begun, Problem> {
        let purpose = actor.map_or(Purpose::Door, |_| Purpose::Connection(sharing));
        if let Some(actor) = actor {
            actor.require(needed(sharing))?;
        }
        let integration = app::for_sign_in(&self.0).await?;
        let (state, proof, browser) = (ids::random_hex(16), Proof::fresh(), ids::random_hex(32));
        let address = launchpad::address(&self.0, &integration, &state, &proof)?;
        let state_hash = digest(&state);
        let text = |it: Option<&str>| it.unwrap_or_default().to_owned();
        let new = SignIn {
            workspace_id: text(actor.map(|it| it.workspace.as_str())),
            user_id: text(actor.map(|it| it.user.as_str())),
            browser_hash: digest(&browser),
            purpose: purpose.word().to_owned(),
            back: ours(back).to_owned(),
            verifier: self.0.key.seal(&proof.verifier, &bound_to(&state_hash)),
            expires_at: ids::now_ms() + LIVES_S * 1_000,
            state_hash,
        };
        let write = self.0.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { sign_ins::begin(conn, &new).await })
        });
        write.await?;
        Ok(Begun { address, browser })
    }

    /// Ends a sign-in: the state must be one of ours, unused, of this browser and of the same person, and it counts
    /// once. Then the code is exchanged and the identity asked who it is.
    ///
    /// # Errors
    /// [`NotSignedIn`] with the cause; nothing is stored then.
    pub async fn arrive(
        &self,
        actor: Option<&Actor>,
        came: Came<'_>,
    ) -> Result<Arrival, NotSignedIn> {
        let begun = self.take_state(actor, &came).await?;
        if let Some(error) = came.error {
            return Err(match error {
                "access_denied" => broken("You did not allow access. Nothing was stored"),
                _ => NotSignedIn {
                    status: 502,
                    words: "Basecamp did not sign you in. Nothing was stored".to_owned(),
                },
            });
        }
        let code = came.code.filter(|it| !it.is_empty());
        let code = code.ok_or_else(|| broken("Basecamp sent you back without a code"))?;
        let integration = app::for_sign_in(&self.0).await?;
        let verifier = self.0.key.open(&begun.verifier, &bound_to(&begun.state_hash));
        let verifier = verifier.map_err(|_| broken("This sign-in was begun with another key"))?;
        let given = launchpad::exchange(&self.0, &integration, code, &verifier).await;
        let tokens = Tokens::of(given.map_err(|error| away(&error))?, None);
        let found =
            launchpad::authorization(&self.0, &self.0.config.launchpad_url, &tokens.access).await;
        let found = found.map_err(|error| away(&error))?;
        if found.accounts.is_empty() {
            return Err(broken("This sign-in opens no Basecamp account that PM OS can work with"));
        }
        Ok(Arrival {
            purpose: Purpose::parse(&begun.purpose),
            back: begun.back,
            identity: found.identity,
            accounts: found.accounts,
            tokens,
        })
    }

    async fn take_state(
        &self,
        actor: Option<&Actor>,
        came: &Came<'_>,
    ) -> Result<SignIn, NotSignedIn> {
        let state = came.state.filter(|it| !it.is_empty());
        let state = state.ok_or_else(|| broken("The address you came with says no state"))?;
        let hash = digest(state);
        let write = self.0.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { sign_ins::take(conn, &hash).await })
        });
        let begun = write.await?;
        let begun =
            begun.ok_or_else(|| broken("This sign-in is not known, or it was used before"))?;
        if ids::now_ms() >= begun.expires_at {
            return Err(broken("This sign-in took longer than ten minutes"));
        }
        if came.browser.is_none_or(|it| digest(it) != begun.browser_hash) {
            return Err(broken("This sign-in was begun in another browser"));
        }
        let is_same = |it: &Actor| {
            it.user.as_str() == begun.user_id && it.workspace.as_str() == begun.workspace_id
        };
        if !begun.user_id.is_empty() && !actor.is_some_and(is_same) {
            return Err(broken("You are not signed in to PM OS as when you began"));
        }
        Ok(begun)
    }

    /// Whose an identity is: the workspace and the person; none when nobody came with it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn owner_of(&self, identity: &Identity) -> Result<Option<sign_ins::Linked>, Problem> {
        let mut conn = self.0.db.read().await?;
        Ok(sign_ins::linked(&mut conn, identity.id).await?)
    }
}

/// What a connection of this kind takes.
pub(crate) fn needed(sharing: Sharing) -> Permission {
    match sharing {
        Sharing::Workspace => Permission::Manage,
        Sharing::Personal => Permission::Write,
    }
}

/// To what a sealed verifier is bound.
fn bound_to(state_hash: &str) -> String {
    format!("basecamp|{state_hash}|verifier")
}

fn away(error: &Error) -> NotSignedIn {
    tracing::warn!(error = error as &dyn std::error::Error, "a sign-in at Basecamp failed");
    let words = match error.code() {
        ErrorCode::AuthRequired => "Basecamp did not accept the sign-in. Nothing was stored",
        ErrorCode::Network => "Basecamp did not answer. Nothing was stored",
        _ => "Basecamp answered with an error. Nothing was stored",
    };
    NotSignedIn { status: 502, words: words.to_owned() }
}

/// A page of this server, whatever was asked for.
fn ours(back: &str) -> &str {
    let is_plain = back.bytes().all(|it| it.is_ascii_graphic() && it != b'\\');
    let is_path = back.starts_with('/') && !back.starts_with("//");
    if is_plain && is_path { back } else { HOME }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_sent_back_to_our_pages_only() {
        assert_eq!(ours("/setup/basecamp?x=1"), "/setup/basecamp?x=1");
        let foreign = ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb"];
        for it in foreign {
            assert_eq!(ours(it), HOME, "{it}");
        }
    }
}
