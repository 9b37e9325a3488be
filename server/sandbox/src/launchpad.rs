//! The sign-in service in front of accounts.
//!
//! A person agrees, a code is exchanged for tokens that end and are renewed, and a token says which accounts it opens.
//! It forgets everything when the server stops.

pub(crate) mod doors;

use crate::{Sandbox, accounts, world};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The app that may ask for access, as it is registered.
#[derive(Clone, Debug)]
pub struct Integration {
    /// Its id, which everybody may know.
    pub client_id: String,
    /// What it proves itself with.
    pub client_secret: String,
}

/// How the service behaves. Every switch may be turned while it runs.
#[derive(Clone, Copy, Debug)]
pub struct Behaviour {
    /// A page asks the person; else access is given at once.
    pub asks: bool,
    /// The person says no.
    pub declines: bool,
    /// Seconds that an access token counts.
    pub lifetime_s: i64,
    /// A renewal comes without a new refresh token: the old one goes on.
    pub keeps_refresh_token: bool,
    /// No refresh token is accepted any more.
    pub refuses_renewal: bool,
}

impl Default for Behaviour {
    /// Two weeks, at once, with the old refresh token going on: as the real service does it.
    fn default() -> Self {
        Self {
            asks: false,
            declines: false,
            lifetime_s: 1_209_600,
            keeps_refresh_token: true,
            refuses_renewal: false,
        }
    }
}

/// Somebody who signs in there.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Not the id of the person inside an account.
    pub id: i64,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Not verified by anybody.
    pub email: String,
    /// What a token of theirs opens.
    pub accounts: Vec<Listed>,
}

/// An account in an identity's list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// `bc3` for those with this API.
    pub product: &'static str,
    /// The account.
    pub id: i64,
    /// Its name.
    pub name: String,
}

impl Listed {
    fn has_api(&self) -> bool {
        self.product == "bc3"
    }
}

/// What the service remembers.
pub(crate) struct Launchpad {
    pub(crate) integration: Option<Integration>,
    state: Mutex<State>,
}

struct State {
    behaviour: Behaviour,
    identities: Vec<Identity>,
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, i64>,
    renewals: usize,
}

/// An answer that the app may exchange once.
struct Code {
    identity: i64,
    redirect_uri: String,
    challenge: Option<String>,
    ends_at: DateTime<Utc>,
}

struct Access {
    identity: i64,
    ends_at: DateTime<Utc>,
}

/// What the app asks a person for.
pub(crate) struct Asked {
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<String>,
}

/// Why no token was given: a status and the word of the standard.
pub(crate) struct NoToken(pub(crate) u16, pub(crate) &'static str);

impl Launchpad {
    pub(crate) fn new(integration: Option<Integration>) -> Self {
        let state = State {
            behaviour: Behaviour::default(),
            identities: people(),
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
            renewals: 0,
        };
        Self { integration, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn behaviour(&self) -> Behaviour {
        self.state().behaviour
    }

    pub(crate) fn identities(&self) -> Vec<Identity> {
        self.state().identities.clone()
    }

    /// A code for `identity`; none for somebody unknown.
    pub(crate) fn agree(&self, identity: i64, asked: Asked) -> Option<String> {
        let mut state = self.state();
        state.identities.iter().find(|it| it.id == identity)?;
        let code = fresh();
        let ends_at = Utc::now() + TimeDelta::minutes(10);
        let Asked { redirect_uri, challenge } = asked;
        state
            .codes
            .insert(accounts::hash(&code), Code { identity, redirect_uri, challenge, ends_at });
        Some(code)
    }

    /// Tokens for a code, which counts once.
    pub(crate) fn exchange(
        &self,
        code: &str,
        redirect_uri: &str,
        verifier: Option<&str>,
    ) -> Result<Value, NoToken> {
        const REFUSED: NoToken = NoToken(400, "invalid_grant");
        let mut state = self.state();
        let found = state.codes.remove(&accounts::hash(code)).ok_or(REFUSED)?;
        let is_proven = found.challenge.as_ref().is_none_or(|challenge| {
            verifier.is_some_and(|it| {
                URL_SAFE_NO_PAD.encode(Sha256::digest(it.as_bytes())) == *challenge
            })
        });
        if found.redirect_uri != redirect_uri || !is_proven || Utc::now() >= found.ends_at {
            return Err(REFUSED);
        }
        let refresh = fresh();
        state.refresh.insert(accounts::hash(&refresh), found.identity);
        let mut answer = state.give(found.identity);
        answer["refresh_token"] = refresh.into();
        Ok(answer)
    }

    /// A new access token.
    pub(crate) fn renew(&self, refresh: &str) -> Result<Value, NoToken> {
        let mut state = self.state();
        state.renewals += 1;
        let hash = accounts::hash(refresh);
        let known = state.refresh.get(&hash).copied();
        let Some(identity) = known.filter(|_| !state.behaviour.refuses_renewal) else {
            return Err(NoToken(400, "invalid_grant"));
        };
        let mut answer = state.give(identity);
        if !state.behaviour.keeps_refresh_token {
            let next = fresh();
            state.refresh.remove(&hash);
            state.refresh.insert(accounts::hash(&next), identity);
            answer["refresh_token"] = next.into();
        }
        Ok(answer)
    }

    fn holder(&self, token: &str) -> Option<(Identity, DateTime<Utc>)> {
        let state = self.state();
        let access = state.access.get(&accounts::hash(token))?;
        let identity = state.identities.iter().find(|it| it.id == access.identity)?;
        (Utc::now() < access.ends_at).then(|| (identity.clone(), access.ends_at))
    }

    /// Whether the token opens the account.
    pub(crate) fn opens(&self, token: &str, account: i64) -> bool {
        let holder = self.holder(token);
        holder.is_some_and(|(it, _)| it.accounts.iter().any(|it| it.has_api() && it.id == account))
    }

    /// Whose the token is and what it opens; none for one that does not count.
    pub(crate) fn told(&self, token: &str, base_url: &str) -> Option<Value> {
        let (identity, ends_at) = self.holder(token)?;
        let listed = |it: &Listed| {
            json!({
                "product": it.product, "id": it.id, "name": it.name, "href": format!("{base_url}/{}", it.id),
                "app_href": format!("https://app.basecamp.test/{}", it.id)
            })
        };
        Some(json!({
            "expires_at": ends_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            "identity": {
                "id": identity.id, "first_name": identity.first_name, "last_name": identity.last_name,
                "email_address": identity.email
            },
            "accounts": identity.accounts.iter().map(listed).collect::<Vec<_>>()
        }))
    }
}

impl State {
    fn give(&mut self, identity: i64) -> Value {
        let token = fresh();
        let lifetime_s = self.behaviour.lifetime_s;
        let ends_at = Utc::now() + TimeDelta::seconds(lifetime_s);
        self.access.insert(accounts::hash(&token), Access { identity, ends_at });
        json!({"access_token": token, "token_type": "Bearer", "expires_in": lifetime_s})
    }
}

/// One person with two accounts and one of another product, and the same with another sign-in and one account.
fn people() -> Vec<Identity> {
    let listed = |product, id, name: &str| Listed { product, id, name: name.to_owned() };
    let identity = |id, email: &str, accounts| Identity {
        id,
        first_name: "Amara".to_owned(),
        last_name: "Osei".to_owned(),
        email: email.to_owned(),
        accounts,
    };
    let several = vec![
        listed("bcx", 1_200_345, "Fernhill Archive"),
        listed("bc3", 2_914_079, "Fernhill Studio"),
        listed("bc3", 2_914_080, "Fernhill Print"),
    ];
    let one = vec![listed("bc3", 2_914_081, "Osei Family")];
    vec![
        identity(9_007_199_254_740_993, "amara@fernhill.example", several),
        identity(1_049_716_071, "amara@osei.example", one),
    ]
}

fn fresh() -> String {
    format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>())
}

impl Sandbox {
    /// Turns the switches of the sign-in service.
    pub fn behave(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.0.launchpad.state().behaviour);
    }

    /// Everybody who signs in there; the first is the one who does when nobody is asked.
    pub fn set_identities(&self, identities: Vec<Identity>) {
        self.0.launchpad.state().identities = identities;
    }

    /// The same people as [`Self::set_identities`] takes.
    pub fn identities(&self) -> Vec<Identity> {
        self.0.launchpad.identities()
    }

    /// Makes every access token end now; refresh tokens go on.
    pub fn end_access(&self) {
        self.0.launchpad.state().access.clear();
    }

    /// Takes everything back that was given, as when a person removes the app.
    pub fn take_back(&self) {
        let mut state = self.0.launchpad.state();
        state.access.clear();
        state.refresh.clear();
    }

    /// How often somebody came with a refresh token.
    pub fn renewals(&self) -> usize {
        self.0.launchpad.state().renewals
    }

    /// Makes the worlds of an identity's accounts, where they are not there yet.
    pub(crate) async fn make_accounts(&self, identity: i64) -> io::Result<()> {
        let found = self.identities().into_iter().find(|it| it.id == identity);
        let listed = found.into_iter().flat_map(|it| it.accounts);
        for account in listed.filter(Listed::has_api) {
            let mut world = world::small(account.id, accounts::hash(&fresh()), self.today());
            world.name = account.name;
            self.0.accounts.add(world).await?;
        }
        Ok(())
    }
}
