//! Access that ends is renewed before it does, by one caller at a time: here with a lock, across nodes with a row.

use crate::connections::{on_behalf, value};
use crate::engine::Engine;
use crate::outgoing::send::{Request, SendError, TOTAL};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::event::{Event, EventKind, Outcome};
use domain::flow::connection::{ConnectionStatus, ConnectionType};
use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::error::StoreError;
use store::flow_connections::{self as rows, ConnectionRow};
use store::{events, ids};

/// Access that ends sooner is renewed before it is used.
const BEFORE_END_MS: i64 = 60_000;
/// How long one renewal may take; then another caller tries.
const TURN_MS: i64 = 45_000;
/// Between two looks whether another node has renewed.
const LOOK: Duration = Duration::from_millis(200);
/// How much of an app's refusal is shown.
const SHOWN: usize = 200;

/// Who renews which connection in this process.
pub(crate) type Turns = std::sync::Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>;

/// Why there is no access.
#[derive(Debug)]
pub(crate) struct Refused {
    /// In plain words, with what to do.
    pub(crate) message: String,
    /// The app said no; asking again is of no use.
    pub(crate) is_final: bool,
}

/// Why a connection cannot be used now.
#[derive(Debug)]
pub(crate) enum Unusable {
    /// In plain words, with what to do.
    Refused(String),
    /// The database or we ourselves.
    Problem(Problem),
}

impl From<StoreError> for Unusable {
    fn from(error: StoreError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<Problem> for Unusable {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl Engine {
    /// The row with its secret opened and its access good for a while; renewed on the way when it has to be.
    pub(crate) async fn fresh(
        &self,
        row: ConnectionRow,
        user: &UserId,
    ) -> Result<(ConnectionRow, Value), Unusable> {
        let stored = self.open_row(&row)?;
        if !needs_renewal(&row, &stored, self.now_ms()) {
            return Ok((row, stored));
        }
        let turn = self.turn(&row.id);
        let _mine = turn.lock().await;
        let workspace = WorkspaceId::from(row.workspace_id.as_str());
        let mut row = self.again(&workspace, user, &row).await?;
        loop {
            let stored = self.open_row(&row)?;
            if !needs_renewal(&row, &stored, self.now_ms()) {
                return Ok((row, stored));
            }
            let (id, now_ms) = (row.id.clone(), ids::now_ms());
            let of = workspace.clone();
            let is_mine = self.db.write(move |conn| {
                Box::pin(async move {
                    rows::begin_renewing(conn, &of, &id, (now_ms, now_ms + TURN_MS)).await
                })
            });
            let is_mine: Result<bool, StoreError> = is_mine.await;
            if is_mine? {
                return self.renew(row, stored, user).await;
            }
            tokio::time::sleep(LOOK).await;
            row = self.again(&workspace, user, &row).await?;
        }
    }

    fn turn(&self, id: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, it| Arc::strong_count(it) > 1);
        Arc::clone(turns.entry(id.to_owned()).or_default())
    }

    pub(crate) fn open_row(&self, row: &ConnectionRow) -> Result<Value, Unusable> {
        value::open(&self.config.key, row).map_err(|_| {
            let message = "its secret cannot be opened with the key of this server. Enter it again under Integrations";
            Unusable::Refused(message.to_owned())
        })
    }

    async fn again(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        row: &ConnectionRow,
    ) -> Result<ConnectionRow, Unusable> {
        let mut conn = self.db.read().await?;
        let found = rows::find(&mut conn, workspace, user, &row.id.as_str().into()).await?;
        found.ok_or_else(|| Unusable::Refused(format!("The connection “{}” was deleted", row.name)))
    }

    async fn renew(
        &self,
        mut row: ConnectionRow,
        stored: Value,
        user: &UserId,
    ) -> Result<(ConnectionRow, Value), Unusable> {
        let event = Event::new(EventKind::ConnectionRenewed, &row.id, row.name.as_str());
        let (outcome, event) = match self.tokens(&stored).await {
            Ok(answer) => {
                let stored = with_tokens(stored, &answer, self.now_ms());
                put(self, &mut row, &stored);
                (Ok(stored), event)
            }
            Err(refused) => {
                if refused.is_final {
                    ConnectionStatus::Error.as_str().clone_into(&mut row.status);
                    row.problem = Some(refused.message.clone());
                }
                (Err(refused), event.ended(Outcome::Failed))
            }
        };
        let (saved, by) = (row.clone(), on_behalf(&row, user, ""));
        let write = self.db.write(move |conn| {
            Box::pin(async move {
                rows::save(conn, &saved).await?;
                events::record(conn, &by, &event).await?;
                Ok::<_, StoreError>(())
            })
        });
        write.await?;
        match outcome {
            Ok(stored) => Ok((row, stored)),
            Err(refused) => Err(Unusable::Refused(refused.message)),
        }
    }

    async fn tokens(&self, stored: &Value) -> Result<Value, Refused> {
        let refresh = stored["refresh_token"].as_str();
        match refresh {
            Some(token) => {
                ask(self, stored, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
            }
            None if is_machine(stored) => {
                let scope = stored["scope"].as_str().unwrap_or_default();
                let all = [("grant_type", "client_credentials"), ("scope", scope)];
                let fields = if scope.is_empty() { &all[..1] } else { &all[..] };
                ask(self, stored, fields).await
            }
            None => Err(Refused {
                message: "Its access has ended and the app gave nothing to renew it with. Sign in again under Integrations".to_owned(),
                is_final: true,
            }),
        }
    }
}

fn is_machine(stored: &Value) -> bool {
    stored["grant_type"] == "client_credentials"
}

fn needs_renewal(row: &ConnectionRow, stored: &Value, now_ms: i64) -> bool {
    if row.kind != ConnectionType::OAuth2.as_str() {
        return false;
    }
    stored["access_token"].is_null()
        || row.expires_at.is_some_and(|it| it - BEFORE_END_MS <= now_ms)
}

/// Asks the app's token address.
pub(crate) async fn ask(
    engine: &Engine,
    stored: &Value,
    fields: &[(&str, &str)],
) -> Result<Value, Refused> {
    let (headers, body) = form(stored, fields);
    let request = Request {
        address: stored["token_url"].as_str().unwrap_or_default().to_owned(),
        query: Vec::new(),
        method: Method::POST,
        headers,
        body: Some(body),
        within: TOTAL,
        follow_redirects: false,
    };
    let later = |why: String| Refused {
        message: format!("The app gave no access: {why}"),
        is_final: false,
    };
    let reply = engine.send(request).await.map_err(|error| match error {
        SendError::Refused(why) | SendError::Broken(why) => later(why),
    })?;
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    if reply.status.is_success() && body["access_token"].is_string() {
        return Ok(body);
    }
    // The standard's words only: an answer may repeat what was sent.
    let word = body["error"].as_str().unwrap_or("no access token");
    let word: String = word.chars().filter(|it| !it.is_control()).take(SHOWN).collect();
    let why = format!("it answered {} ({word})", reply.status.as_u16());
    if reply.status.is_client_error() && reply.status.as_u16() != 429 {
        let message = format!("The app gave no access: {why}. Sign in again under Integrations");
        return Err(Refused { message, is_final: true });
    }
    Err(later(why))
}

/// Who asks, in the headers or in the body, and for what.
fn form(stored: &Value, fields: &[(&str, &str)]) -> (HeaderMap, Vec<u8>) {
    let text = |name: &str| stored[name].as_str().unwrap_or_default();
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    if !text("resource").is_empty() {
        form.append_pair("resource", text("resource"));
    }
    if text("authorization_method") == "HEADER" {
        let pair = STANDARD.encode(format!("{}:{}", text("client_id"), text("client_secret")));
        let basic = HeaderValue::from_str(&format!("Basic {pair}"));
        headers.extend(basic.ok().map(|it| (AUTHORIZATION, it)));
    } else {
        form.append_pair("client_id", text("client_id"));
        if !text("client_secret").is_empty() {
            form.append_pair("client_secret", text("client_secret"));
        }
    }
    (headers, form.finish().into_bytes())
}

/// The stored value with the tokens of an answer; a refresh token that is not repeated stays.
pub(crate) fn with_tokens(mut stored: Value, answer: &Value, now_ms: i64) -> Value {
    for name in ["access_token", "refresh_token", "token_type", "scope"] {
        if answer[name].is_string() {
            stored[name] = answer[name].clone();
        }
    }
    let seconds = match &answer["expires_in"] {
        Value::String(digits) => digits.parse().ok(),
        other => other.as_i64(),
    };
    stored["expires_at_ms"] =
        json!(seconds.map(|it: i64| now_ms.saturating_add(it.saturating_mul(1_000))));
    stored
}

/// Puts tokens into a row, which is good from then on.
pub(crate) fn put(engine: &Engine, row: &mut ConnectionRow, stored: &Value) {
    let sealed = value::seal(&engine.config.key, (&row.workspace_id, &row.id), stored);
    (row.data_key, row.secret) = (sealed.data_key, sealed.secret);
    ConnectionStatus::Active.as_str().clone_into(&mut row.status);
    row.problem = None;
    row.expires_at = stored["expires_at_ms"].as_i64();
}
