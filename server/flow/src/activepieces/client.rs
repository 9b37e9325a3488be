//! One server: signing in, once for everybody who waits, and requests within the rules for outgoing ones.

use crate::activepieces::{NAME, SETTINGS};
use crate::engine::Engine;
use crate::outgoing::send::{Request, SendError, Sender, TOTAL};
use domain::flow::engine::EngineSignIn;
use domain::flow::nested;
use domain::problem::Problem;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};
use std::time::Duration;
use store::error::internal;
use store::flow_engines::EngineRow;
use tokio::sync::Mutex;
use url::Url;

/// How much of a foreign message is shown.
const WORDS: usize = 200;

/// A request to the API.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Option<String>,
    headers: HeaderMap,
    within: Duration,
}

impl Ask {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            query: Vec::new(),
            body: None,
            headers: HeaderMap::new(),
            within: TOTAL,
        }
    }

    pub(crate) fn post(path: impl Into<String>, body: Value) -> Self {
        Self { method: Method::POST, body: Some(body.to_string()), ..Self::get(path) }
    }

    /// An operation on a flow: steps hang in each other, also where we write a long row of them as a list.
    pub(crate) fn post_flow(path: impl Into<String>, operation: &Value) -> Self {
        Self { body: Some(nested::write(operation)), ..Self::post(path, Value::Null) }
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self { method: Method::DELETE, ..Self::get(path) }
    }

    /// With a parameter, unless it is empty.
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        let value = value.to_string();
        if !value.is_empty() {
            self.query.push((name.to_owned(), value));
        }
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    pub(crate) fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }
}

/// What came back with a 2xx.
pub(crate) struct Answer {
    /// JSON; null for none.
    pub(crate) body: Value,
}

/// Why nothing good came back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    /// It was not sent.
    NotSent(String),
    /// It was sent, or may have been.
    Broken(String),
    /// The server refused or failed.
    Refused {
        /// Its status.
        status: u16,
        /// Its word for the reason; empty when it gave none.
        code: String,
        /// Its sentence for the reason.
        message: String,
    },
}

impl Failure {
    /// Nobody is signed in, or no longer.
    pub(crate) fn is_sign_in(&self) -> bool {
        matches!(self, Self::Refused { status: 401, .. })
            || matches!(self, Self::Refused { status: 403, code, .. } if code == "SESSION_EXPIRED" || code == "INVALID_BEARER_TOKEN")
    }

    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404, message, .. } if message != "Route not found")
    }

    /// In words a person can act on; `what` was looked for.
    pub(crate) fn problem(self, what: &str) -> Problem {
        let unavailable =
            |message: String| Problem::Unavailable { service: NAME.to_owned(), message };
        if self.is_sign_in() {
            return Problem::NeedsSetup {
                message: format!("{NAME} refused the sign-in"),
                hint: "Enter the password or the key again".to_owned(),
                fix_url: SETTINGS.to_owned(),
            };
        }
        let (status, code, message) = match self {
            Self::NotSent(why) => {
                return unavailable(format!("{NAME} was not reached, so nothing was done. {why}"));
            }
            Self::Broken(why) => {
                return unavailable(format!(
                    "{NAME} gave no answer. {why}. Look whether it was done before you repeat it"
                ));
            }
            Self::Refused { status, code, message } => (status, code, message),
        };
        match status {
            404 if message == "Route not found" => unsupported("that in its release"),
            404 if message.contains("piece_metadata_not_found") => {
                let piece = message.rsplit('=').next().unwrap_or_default();
                let words =
                    format!("{NAME} has no piece {piece}. Install it there, or use another step");
                Problem::invalid("pieceName", words)
            }
            404 => Problem::not_found(what),
            402 => unsupported("that in its edition"),
            403 => Problem::Unsupported {
                message: format!("{NAME} does not let this sign-in do that"),
                hint: "An API key may do less than a person. Connect with e-mail and password"
                    .to_owned(),
            },
            409 if code == "FLOW_IN_USE" => Problem::conflict(format!(
                "Somebody else is editing this flow in {NAME}. Try again in a minute"
            )),
            409 => Problem::conflict(format!(
                "{NAME} is still busy with this flow. Try again in a moment"
            )),
            413 => Problem::invalid("request", format!("This is larger than {NAME} takes")),
            429 => Problem::RateLimited { retry_after_s: 60 },
            400..=499 => {
                let why = if message.is_empty() { code } else { message };
                Problem::invalid("request", format!("{NAME} refused it: {why}"))
            }
            _ => unavailable(format!(
                "{NAME} failed ({status}), so nothing was done. Try again later"
            )),
        }
    }
}

fn unsupported(what: &str) -> Problem {
    Problem::Unsupported {
        message: format!("{NAME} cannot do {what}"),
        hint: "Copy the flow to the built-in engine, which can".to_owned(),
    }
}

/// One server and one sign-in.
pub(crate) struct Client {
    pub(crate) api: String,
    pub(crate) sign_in: EngineSignIn,
    email: String,
    secret: String,
    pub(crate) project: String,
    /// Its own address may be private: a super admin chose it.
    opened: Option<Url>,
    /// When the settings were saved.
    pub(crate) updated_at: i64,
    sender: Sender,
    token: Mutex<Option<String>>,
}

/// What seals the secret of a workspace's engine.
pub(crate) fn bound(workspace: &str) -> String {
    format!("{workspace}|flow_engine")
}

impl Client {
    pub(crate) fn of(engine: &Engine, row: &EngineRow) -> Result<Self, Problem> {
        let secret = engine.config.key.open(&row.secret, &bound(&row.workspace_id));
        let secret =
            secret.map_err(|error| internal("a stored sign-in cannot be opened", &error))?;
        let sign_in = match row.sign_in.as_str() {
            "api_key" => EngineSignIn::ApiKey,
            _ => EngineSignIn::Password,
        };
        let email = row.email.clone().unwrap_or_default();
        let mut client = Self::new(&row.api, sign_in, (email, secret), row.is_trusted == 1);
        client.project.clone_from(&row.project_id);
        client.updated_at = row.updated_at;
        Ok(client)
    }

    pub(crate) fn new(
        api: &str,
        sign_in: EngineSignIn,
        (email, secret): (String, String),
        is_trusted: bool,
    ) -> Self {
        Self {
            api: api.to_owned(),
            sign_in,
            email,
            secret,
            project: String::new(),
            opened: Url::parse(api).ok().filter(|_| is_trusted),
            updated_at: 0,
            sender: Sender::default(),
            token: Mutex::default(),
        }
    }

    /// Sends a request as whoever signed in. A sign-in that ended is renewed once.
    pub(crate) async fn call(&self, engine: &Engine, ask: Ask) -> Result<Answer, Failure> {
        let token = self.token(engine, None).await?;
        let first = self.send(engine, ask.clone(), Some(&token)).await;
        let is_over = first.as_ref().err().is_some_and(Failure::is_sign_in);
        if !is_over || self.sign_in == EngineSignIn::ApiKey {
            return first;
        }
        let token = self.token(engine, Some(&token)).await?;
        self.send(engine, ask, Some(&token)).await
    }

    /// What to send along. Of many who find it `stale` at once, one signs in and the others wait for it.
    async fn token(&self, engine: &Engine, stale: Option<&str>) -> Result<String, Failure> {
        if self.sign_in == EngineSignIn::ApiKey {
            return Ok(self.secret.clone());
        }
        let mut held = self.token.lock().await;
        if let Some(token) = held.as_ref().filter(|it| stale != Some(it.as_str())) {
            return Ok(token.clone());
        }
        *held = None;
        let found = self.signed_in(engine, TOTAL).await?;
        let token = found["token"].as_str().unwrap_or_default().to_owned();
        *held = Some(token.clone());
        Ok(token)
    }

    /// Signs in: the token, and whose project it opens.
    pub(crate) async fn signed_in(
        &self,
        engine: &Engine,
        within: Duration,
    ) -> Result<Value, Failure> {
        let person = json!({ "email": self.email, "password": self.secret });
        let ask = Ask::post("/authentication/sign-in", person).within(within);
        let body = self.send(engine, ask, None).await?.body;
        if body["token"].as_str().is_none_or(str::is_empty) {
            return Err(Failure::Broken("It signed nobody in".to_owned()));
        }
        Ok(body)
    }

    /// Sends one request, as nobody without a token.
    pub(crate) async fn send(
        &self,
        engine: &Engine,
        ask: Ask,
        token: Option<&str>,
    ) -> Result<Answer, Failure> {
        let mut headers = ask.headers;
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if ask.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
                .map_err(|_| Failure::NotSent("The key holds a character no key has".to_owned()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let request = Request {
            address: format!("{}{}", self.api, ask.path),
            query: ask.query,
            method: ask.method,
            headers,
            body: ask.body.map(String::into_bytes),
            within: ask.within,
            follow_redirects: false,
        };
        let allowed = engine.allowed().await;
        let mut allowed = allowed.map_err(|it| Failure::NotSent(it.to_string()))?;
        if let Some(own) = &self.opened {
            allowed = allowed.and(own);
        }
        let reply = self.sender.send(request, allowed).await.map_err(|error| match error {
            SendError::Refused(why) => Failure::NotSent(why),
            SendError::Broken(why) => Failure::Broken(why),
        })?;
        let read = std::str::from_utf8(&reply.body).ok().and_then(|it| nested::read(it).ok());
        if reply.status.is_success() {
            if read.is_none() && !reply.body.is_empty() {
                let why = "Its answer cannot be read: it is no JSON, or nests too deep";
                return Err(Failure::Broken(why.to_owned()));
            }
            return Ok(Answer { body: read.unwrap_or_default() });
        }
        let body = read.unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().chars().take(WORDS).collect();
        let message =
            if body["message"].is_string() { &body["message"] } else { &body["params"]["message"] };
        Err(Failure::Refused {
            status: reply.status.as_u16(),
            code: text(&body["code"]),
            message: text(message),
        })
    }
}
