//! The app at Basecamp that people sign in through: what the environment says, else what a super admin stored, its
//! secret sealed.

use crate::config::Integration;
use crate::{Basecamp, Inner, failure, launchpad};
use basecamp_sdk::{Error, ErrorCode};
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::integration::{AppTest, BasecampApp, BasecampAppChange};
use domain::problem::{Issue, Problem};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::error::{StoreError, internal};
use store::settings::{self, INSTALLATION};
use store::{events, ids};

/// The setting's name.
const SETTING: &str = "basecampApp";
/// To what its secret is bound.
const BOUND: &str = "installation|basecampApp|client_secret";
/// Where an app is registered.
const REGISTER: &str = "integrations";
/// Longest id or secret.
const LIMIT: usize = 200;

/// The app as it is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    client_id: String,
    /// Sealed.
    secret: String,
}

/// The app to sign in with; none before one is known.
pub(crate) async fn integration(inner: &Inner) -> Result<Option<Integration>, Problem> {
    if let Some(fixed) = &inner.config.integration {
        return Ok(Some(fixed.clone()));
    }
    let Some(stored) = stored(inner).await? else { return Ok(None) };
    let client_secret = inner.key.open(&stored.secret, BOUND);
    let client_secret = client_secret.map_err(|error| internal("opening an app", &error))?;
    Ok(Some(Integration { client_id: stored.client_id, client_secret }))
}

/// The same for a call in the middle of the SDK.
pub(crate) async fn needed(inner: &Inner) -> Result<Integration, Error> {
    let found = integration(inner).await.map_err(|problem| {
        tracing::error!(%problem, "the app at Basecamp cannot be read");
        Error::new(ErrorCode::Network, "the app at Basecamp cannot be read")
    })?;
    found.ok_or_else(|| Error::usage("no app at Basecamp is known"))
}

async fn stored(inner: &Inner) -> Result<Option<Stored>, Problem> {
    let mut conn = inner.db.read().await?;
    let value = settings::find(&mut conn, INSTALLATION, SETTING).await?;
    let read = value.map(serde_json::from_value).transpose();
    Ok(read.map_err(StoreError::from)?)
}

impl Basecamp {
    /// The app, for super admins.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub async fn app(&self, actor: &Actor) -> Result<BasecampApp, Problem> {
        actor.require(Permission::Platform)?;
        let inner = &self.0;
        let client_id = match &inner.config.integration {
            Some(fixed) => Some(fixed.client_id.clone()),
            None => stored(inner).await?.map(|it| it.client_id),
        };
        Ok(BasecampApp {
            has_secret: client_id.is_some(),
            client_id: client_id.unwrap_or_default(),
            is_fixed: inner.config.integration.is_some(),
            redirect_uri: inner.config.redirect_uri.clone(),
            register_url: format!("{}/{REGISTER}", inner.config.launchpad_url),
        })
    }

    /// Stores the app. Connections that were made through another one have to be signed in for again.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::Conflict`] where whoever runs the server set one; [`Problem::Invalid`] with
    /// every field that is wrong.
    pub async fn change_app(
        &self,
        actor: &Actor,
        change: &BasecampAppChange,
    ) -> Result<(), Problem> {
        actor.require(Permission::Platform)?;
        if self.0.config.integration.is_some() {
            return Err(Problem::conflict(
                "Whoever runs this server set the app, and that counts before what is stored here",
            ));
        }
        let Integration { client_id, client_secret } = self.meant(change).await?;
        let secret = self.0.key.seal(&client_secret, BOUND);
        let value = json!(Stored { client_id, secret });
        let actor = actor.clone();
        let write = self.0.db.write(move |conn| {
            Box::pin(async move {
                settings::set(conn, INSTALLATION, SETTING, &value).await?;
                let event = Event::new(EventKind::SettingsChanged, "platform", SETTING);
                events::record(conn, &actor, &event.with(json!({ "settings": [SETTING] }))).await?;
                Ok::<_, Problem>(())
            })
        });
        write.await
    }

    /// Asks Basecamp whether it knows an app: what is given, with what is stored where that is empty. Nobody signs in
    /// for it, and nothing is stored.
    ///
    /// # Errors
    /// As [`Self::change_app`]; what is found is no error.
    pub async fn test_app(
        &self,
        actor: &Actor,
        change: &BasecampAppChange,
    ) -> Result<AppTest, Problem> {
        actor.require(Permission::Platform)?;
        let app = match &self.0.config.integration {
            Some(fixed) => fixed.clone(),
            None => self.meant(change).await?,
        };
        // A code that nobody gave: who is not known is told so before it is looked at.
        let code = ids::random_hex(16);
        let told = launchpad::exchange(&self.0, &app, &code, &code).await;
        let (passed, message) = match told
            .as_ref()
            .map_or_else(launchpad::knows_app, |_| Some(true))
        {
            Some(true) => (true, "Basecamp knows this app. People can sign in"),
            Some(false) => (
                false,
                "Basecamp does not know this id with this secret. Copy both again from the app's page",
            ),
            None => (false, "Basecamp's sign-in gave no clear answer. Try again in a moment"),
        };
        let message = message.to_owned();
        Ok(AppTest { passed, message })
    }

    /// What a change comes to: an empty secret is the stored one.
    async fn meant(&self, change: &BasecampAppChange) -> Result<Integration, Problem> {
        let (client_id, given) = (change.client_id.trim(), change.client_secret.trim());
        let mut issues = Vec::new();
        let is_word = |it: &str| it.len() <= LIMIT && !it.chars().any(char::is_control);
        if client_id.is_empty() || !is_word(client_id) {
            issues.push(Issue::new("client_id", "Copy the client id from the app's page"));
        }
        let before = if given.is_empty() { integration(&self.0).await? } else { None };
        let client_secret = before.map_or_else(|| given.to_owned(), |it| it.client_secret);
        if client_secret.is_empty() || !is_word(&client_secret) {
            issues.push(Issue::new("client_secret", "Copy the client secret from the app's page"));
        }
        if !issues.is_empty() {
            return Err(Problem::Invalid { issues });
        }
        Ok(Integration { client_id: client_id.to_owned(), client_secret })
    }
}

/// The app to sign in with, or what to do where there is none.
pub(crate) async fn for_sign_in(inner: &Inner) -> Result<Integration, Problem> {
    integration(inner).await?.ok_or_else(failure::no_integration)
}
