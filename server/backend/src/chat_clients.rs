//! Chat clients that ask to act for a person: found by what they registered or by a document at their address, shown
//! to the person, answered.

use auth::auth::Auth;
use auth::limits::Rate;
use auth::oauth_clients::{OauthClient, is_document_address};
use auth::oauth_requests::{Unfit, Wish};
use domain::actor::{Actor, Role};
use domain::oauth::{Consent, Decision};
use domain::problem::Problem;
use flow::outgoing::allowed::Allowed;
use flow::outgoing::dial;
use flow::outgoing::send::Sender;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::db::Db;
use store::settings::{self, INSTALLATION};

const OUTGOING: &str = "outgoingAllowList";
/// A document about a client is small, and answered fast.
const DOCUMENT_LIMIT: usize = 20 * 1024;
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a document counts without another look, and how many are remembered.
const FRESH_MS: i64 = 5 * 60 * 1000;
const REMEMBERED: usize = 1_000;
/// Documents a minute that are read for one asker.
const LOOKS: u32 = 20;
const MINUTE: Duration = Duration::from_secs(60);

/// The consent of people to chat clients. Cheap to clone.
#[derive(Clone)]
pub struct ChatClients {
    db: Db,
    auth: Auth,
    base_url: Arc<str>,
    documents: Arc<Documents>,
}

struct Documents {
    sender: Sender,
    known: Mutex<HashMap<String, (i64, OauthClient)>>,
    looks: Rate,
}

/// What happens to a browser that a client sent to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The person is asked.
    Ask,
    /// It goes back to the client, to this address, with the reason.
    Back(String),
}

impl ChatClients {
    pub(crate) fn new(db: Db, auth: Auth, base_url: String) -> Self {
        let documents = Documents {
            sender: Sender::default(),
            known: Mutex::default(),
            looks: Rate::new(LOOKS, MINUTE),
        };
        Self { db, auth, base_url: base_url.into(), documents: Arc::new(documents) }
    }

    /// The address that tokens are for.
    pub fn resource(&self) -> String {
        format!("{}/mcp", self.base_url)
    }

    /// Who the tokens are from.
    pub fn issuer(&self) -> &str {
        &self.base_url
    }

    /// Looks at a request to act for a person, given as a query. `asker` is the address it came from.
    ///
    /// # Errors
    /// [`Problem`] for a client or address that is not known: then nothing is sent anywhere.
    pub async fn begin(&self, query: &str, asker: &str) -> Result<Begun, Problem> {
        let wish = Wish::of(query);
        let client = self.client(&wish.client_id, asker).await?;
        match wish.check(&client, &self.resource()) {
            Ok(_) => Ok(Begun::Ask),
            Err(Unfit::Here(problem)) => Err(problem),
            Err(Unfit::There(code, words)) => {
                let fields = [("error", code), ("error_description", words)];
                wish.answer(&fields, self.issuer()).map(Begun::Back)
            }
        }
    }

    /// What `actor` is asked about the request.
    ///
    /// # Errors
    /// As [`ChatClients::begin`], and [`Problem::Invalid`] for a request that cannot be granted.
    pub async fn consent(&self, actor: &Actor, query: &str) -> Result<Consent, Problem> {
        let wish = Wish::of(query);
        let client = self.client(&wish.client_id, actor.user.as_str()).await?;
        let checked = wish.check(&client, &self.resource()).map_err(unfit)?;
        let all = [Role::Viewer, Role::Member, Role::WorkspaceAdmin, Role::SuperAdmin];
        let fitting = if checked.wants_write { Role::Member } else { Role::Viewer };
        let highest = if checked.wants_write { actor.role } else { Role::Viewer };
        Ok(Consent {
            vouched_by: client.vouched_by(),
            client_name: client.name,
            returns_to: wish.returns_to(),
            workspace_name: self.auth.workspace(actor).await?.name,
            roles: all.into_iter().filter(|it| *it <= highest).collect(),
            role: fitting.min(actor.role),
            request: query.to_owned(),
        })
    }

    /// Acts on what `actor` answered; gives the address of the client to which their browser goes.
    ///
    /// # Errors
    /// As [`ChatClients::consent`], and [`Problem::Forbidden`] for a role above their own.
    pub async fn decide(
        &self,
        actor: &Actor,
        query: &str,
        decision: &Decision,
    ) -> Result<String, Problem> {
        let wish = Wish::of(query);
        let client = self.client(&wish.client_id, actor.user.as_str()).await?;
        let checked = wish.check(&client, &self.resource()).map_err(unfit)?;
        if !decision.is_allowed {
            let words = "The person did not allow it";
            let fields = [("error", "access_denied"), ("error_description", words)];
            return wish.answer(&fields, self.issuer());
        }
        let is_reader = decision.role == Role::Viewer.as_str();
        if !checked.wants_write && !is_reader {
            return Err(Problem::invalid(
                "role",
                "The client asked to read only. Choose Read only",
            ));
        }
        let asker = (&client, wish.redirect_uri.as_str());
        let code = self.auth.allow_client(actor, asker, checked, decision).await?;
        wish.answer(&[("code", &code)], self.issuer())
    }

    async fn client(&self, id: &str, asker: &str) -> Result<OauthClient, Problem> {
        if !is_document_address(id) {
            return self.auth.registered_client(id).await;
        }
        let now_ms = self.auth.clock().now_ms();
        if let Some(known) = self.known(id, now_ms) {
            return Ok(known);
        }
        self.documents.looks.take(asker, now_ms)?;
        let document = tokio::time::timeout(PATIENCE, self.document(id)).await;
        let document = document.map_err(|_| unreadable("it did not answer"))??;
        if document.get("client_id").and_then(Value::as_str) != Some(id) {
            return Err(unreadable("it is about another client"));
        }
        let client = OauthClient::of(id, &document)?;
        let mut known = self.documents.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, (until_ms, _)| *until_ms > now_ms);
        }
        if known.len() < REMEMBERED {
            known.insert(id.to_owned(), (now_ms + FRESH_MS, client.clone()));
        }
        Ok(client)
    }

    fn known(&self, id: &str, now_ms: i64) -> Option<OauthClient> {
        let known = self.documents.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(id).filter(|it| it.0 > now_ms).map(|it| it.1.clone())
    }

    /// Reads the document. Redirects are not followed: the address is the name of the client.
    async fn document(&self, address: &str) -> Result<Value, Problem> {
        let list = settings::find(&mut self.db.read().await?, INSTALLATION, OUTGOING).await?;
        let allowed = Allowed::read(&list.unwrap_or_default());
        let url = dial::judge(address, &allowed).map_err(|it| unreadable(&it.to_string()))?;
        let client = self.documents.sender.client(allowed);
        let (_, client) = client.map_err(|_| unreadable("this server sends no requests"))?;
        let sent = client.get(url).header("accept", "application/json").send().await;
        let mut answer = sent.map_err(|_| unreadable("it cannot be reached"))?;
        if !answer.status().is_success() {
            return Err(unreadable("its site does not give it"));
        }
        let mut body = Vec::new();
        while let Some(chunk) =
            answer.chunk().await.map_err(|_| unreadable("its site broke off"))?
        {
            if body.len() + chunk.len() > DOCUMENT_LIMIT {
                return Err(unreadable("it is too large"));
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|_| unreadable("it is not JSON"))
    }
}

fn unreadable(reason: &str) -> Problem {
    Problem::invalid(
        "client_id",
        format!("The document about the chat client cannot be read: {reason}"),
    )
}

fn unfit(unfit: Unfit) -> Problem {
    match unfit {
        Unfit::Here(problem) => problem,
        Unfit::There(_, words) => Problem::invalid("request", words),
    }
}
