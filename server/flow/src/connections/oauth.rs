//! Signing in at an app: the page to open, and the answer that comes back (RFC 6749 4.1, RFC 7636).

use crate::connections::{Connections, renewing, value};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::actor::Actor;
use domain::event::{Event, EventKind};
use domain::flow::connection::{
    Connected, ConnectionStatus, ConnectionType, FlowConnection, NewConnection,
};
use domain::ids::ConnectionId;
use domain::problem::Problem;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::error::internal;
use store::flow_connections::{self as rows, ConnectionRow, OauthState};
use store::ids;
use url::Url;

/// How long a person may take at the app.
const PATIENCE_MS: i64 = 10 * 60 * 1_000;
/// Where apps send people back.
pub const CALLBACK: &str = "/oauth/callback";
/// Random bytes of a state and of a verifier.
const RANDOM_BYTES: usize = 32;

/// What an app sent back with the person.
#[derive(Clone, Debug, Default)]
pub struct SignInAnswer {
    /// Which sign-in it answers.
    pub state: String,
    /// What the tokens are fetched with.
    pub code: Option<String>,
    /// Why the app refused, in its words.
    pub error: Option<String>,
    /// Which place it says that it is (RFC 9207); not every one does.
    pub issuer: Option<String>,
}

/// How a sign-in at an app ended.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedIn {
    /// The connection.
    pub connection: FlowConnection,
    /// Why it cannot be used; none when it can.
    pub refused: Option<String>,
}

impl Connections {
    /// Stores a connection, and begins the sign-in it waits for, where it waits for one and a browser asks (`session`
    /// is the token of its session).
    ///
    /// # Errors
    /// As [`Connections::create`].
    pub async fn connect(
        &self,
        actor: &Actor,
        new: NewConnection,
        session: Option<&str>,
    ) -> Result<Connected, Problem> {
        let connection = self.create(actor, new).await?;
        let waits = connection.r#type == ConnectionType::OAuth2
            && connection.status == ConnectionStatus::Missing;
        let authorize_url = match session.filter(|_| waits) {
            Some(session) => Some(self.begin_sign_in(actor, &connection.id, session).await?),
            None => None,
        };
        Ok(Connected { connection, authorize_url })
    }

    /// Begins a sign-in at the app: the address to open in the browser. Its answer counts once, within ten minutes,
    /// and only in the session (`session` is its token) it was begun in.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`]; [`Problem::Invalid`] for a connection that needs no sign-in.
    pub async fn begin_sign_in(
        &self,
        actor: &Actor,
        id: &ConnectionId,
        session: &str,
    ) -> Result<String, Problem> {
        let row = self.own_row(actor, id).await?;
        let stored = self.opened(&row)?;
        let needs_person = row.kind == ConnectionType::OAuth2.as_str()
            && stored["grant_type"] != "client_credentials";
        if !needs_person {
            let message = "This connection needs no sign-in. Replace its secret instead";
            return Err(Problem::invalid("id", message));
        }
        let (state, verifier) = (ids::random_hex(RANDOM_BYTES), ids::random_hex(RANDOM_BYTES));
        let url = self.authorize_url(&stored, &state, &verifier)?;
        let now_ms = ids::now_ms();
        let begun = OauthState {
            state_hash: hash(&state),
            workspace_id: row.workspace_id.clone(),
            user_id: actor.user.to_string(),
            session_hash: hash(session),
            connection_id: row.id.clone(),
            verifier: self.engine.config.key.seal(&verifier, &hash(&state)),
            expires_at: now_ms + PATIENCE_MS,
        };
        let write = self.engine.db.write(move |conn| {
            Box::pin(async move { rows::begin_sign_in(conn, &begun, now_ms).await })
        });
        write.await?;
        Ok(url)
    }

    fn authorize_url(
        &self,
        stored: &Value,
        state: &str,
        verifier: &str,
    ) -> Result<String, Problem> {
        let text = |name: &str| stored[name].as_str().unwrap_or_default();
        let mut url = Url::parse(text("auth_url")).map_err(|_| {
            Problem::invalid("value.auth_url", "The address of the sign-in page cannot be read")
        })?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", text("client_id"))
            .append_pair("redirect_uri", &self.callback())
            .append_pair("state", state)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        for name in ["scope", "resource"] {
            if !text(name).is_empty() {
                query.append_pair(name, text(name));
            }
        }
        drop(query);
        Ok(url.into())
    }

    /// Where apps send people back, as they have to know it.
    pub(crate) fn callback(&self) -> String {
        format!("{}{CALLBACK}", self.engine.config.base_url)
    }

    /// Takes the app's answer: the code becomes tokens. A sign-in that the app refused is noted at the connection.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for a state that is unknown, used, too old, or of another session or person: nothing is
    /// stored then.
    pub async fn end_sign_in(
        &self,
        actor: &Actor,
        session: &str,
        answer: SignInAnswer,
    ) -> Result<SignedIn, Problem> {
        let begun = self.take(actor, session, &answer.state).await?;
        let id = ConnectionId::from(begun.connection_id.as_str());
        let row = self.own_row(actor, &id).await?;
        let verifier = self.engine.config.key.open(&begun.verifier, &begun.state_hash);
        let verifier = verifier.map_err(|error| internal("opening a sign-in", &error))?;
        let expected = self.opened(&row)?["issuer"].as_str().map(str::to_owned);
        let is_other = answer.issuer.is_some() && expected.is_some() && answer.issuer != expected;
        let tokens = match (answer.code, answer.error) {
            // A code of another place is not shown to this one.
            _ if is_other => {
                Err("Another place answered than was asked. Begin the sign-in again".to_owned())
            }
            (Some(code), None) => self.exchange(&row, &code, &verifier).await,
            (_, error) => {
                let error: String = error
                    .unwrap_or_default()
                    .chars()
                    .filter(|it| !it.is_control())
                    .take(200)
                    .collect();
                Err(format!("The app refused the sign-in: {error}. Begin it again"))
            }
        };
        match tokens {
            Ok(stored) => {
                Ok(SignedIn { connection: self.keep(actor, row, &stored).await?, refused: None })
            }
            Err(reason) => {
                let connection = self.refuse(actor, row, &reason).await?;
                Ok(SignedIn { connection, refused: Some(reason) })
            }
        }
    }

    async fn take(&self, actor: &Actor, session: &str, state: &str) -> Result<OauthState, Problem> {
        let (state_hash, session_hash) = (hash(state), hash(session));
        let write = self.engine.db.write(move |conn| {
            Box::pin(async move { rows::take_sign_in(conn, &state_hash, &session_hash).await })
        });
        let begun: Option<OauthState> = write.await?;
        let fits = |it: &OauthState| {
            it.user_id == actor.user.as_str()
                && it.workspace_id == actor.workspace.as_str()
                && it.expires_at >= ids::now_ms()
        };
        begun.filter(fits).ok_or_else(|| {
            let message = "This sign-in is not known, was used, or took too long. Begin it again under Integrations";
            Problem::invalid("state", message)
        })
    }

    async fn exchange(
        &self,
        row: &ConnectionRow,
        code: &str,
        verifier: &str,
    ) -> Result<Value, String> {
        let stored = self.opened(row).map_err(|it| it.to_string())?;
        let callback = self.callback();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", callback.as_str()),
            ("code_verifier", verifier),
        ];
        let answer = renewing::ask(&self.engine, &stored, &fields).await;
        answer
            .map_err(|it| it.message)
            .map(|it| renewing::with_tokens(stored, &it, self.engine.now_ms()))
    }

    async fn keep(
        &self,
        actor: &Actor,
        mut row: ConnectionRow,
        stored: &Value,
    ) -> Result<FlowConnection, Problem> {
        renewing::put(&self.engine, &mut row, stored);
        let event = Event::new(EventKind::ConnectionChanged, &row.id, row.name.as_str())
            .with(json!({ "changed": ["sign-in"] }));
        self.save(actor, row, event).await
    }

    async fn refuse(
        &self,
        actor: &Actor,
        mut row: ConnectionRow,
        reason: &str,
    ) -> Result<FlowConnection, Problem> {
        // What worked before goes on working.
        if row.status != ConnectionStatus::Active.as_str() {
            row.problem = Some(reason.to_owned());
        }
        let event = Event::new(EventKind::ConnectorTested, &row.id, row.name.as_str())
            .ended(domain::event::Outcome::Failed);
        self.save(actor, row, event).await
    }

    /// The secret of a row.
    pub(crate) fn opened(&self, row: &ConnectionRow) -> Result<Value, Problem> {
        value::open(&self.engine.config.key, row)
            .map_err(|error| internal("opening a connection", &error))
    }
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|it| format!("{it:02x}")).collect()
}
