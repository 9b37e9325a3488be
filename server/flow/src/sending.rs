//! What is sent at once, outside of any flow: through a connection, within the limits that steps have. Nothing is sent
//! a second time by itself.

use crate::connections::renewing::Unusable;
use crate::engine::connections::Use;
use crate::outgoing::send::{Reply, Request, SendError, TOTAL};
use crate::pieces::input::{Input, as_text};
use crate::pieces::{Again, mail};
use crate::runs::Runs;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Map, Value};
use store::ids;

/// How much of a refusal is shown, in letters.
const SHOWN: usize = 300;

/// A request that carries JSON. Its parts may be secrets.
pub struct Posting {
    /// Where it goes.
    pub address: String,
    /// Names and values of its headers, beside the content type.
    pub headers: Vec<(&'static str, String)>,
    /// What it says.
    pub body: Value,
}

/// What a connection holds, and what must not be seen of it.
#[derive(Default)]
struct Held {
    value: Value,
    secrets: Vec<String>,
}

impl Held {
    /// `message` without the secrets.
    fn masked(&self, message: String) -> String {
        let secrets = self.secrets.iter().filter(|it| !it.is_empty());
        secrets.fold(message, |text, it| text.replace(it.as_str(), domain::expr::REDACTED))
    }

    fn failed(&self, message: String) -> Problem {
        let message = self.masked(message);
        Problem::Unavailable { service: "The other side".to_owned(), message }
    }
}

impl Runs {
    /// Posts JSON once, and gives the body of the good answer. `posting` is told what the connection called `connection`
    /// holds; null without one.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::RateLimited`]; [`Problem::NeedsSetup`] for a connection that cannot be used;
    /// [`Problem::Unavailable`] with what the other side said when it did not take it; [`Problem::Unclear`] when nobody
    /// knows whether it arrived.
    pub async fn post(
        &self,
        actor: &Actor,
        connection: Option<&str>,
        posting: impl FnOnce(&Value) -> Result<Posting, Problem> + Send,
    ) -> Result<Value, Problem> {
        let held = self.held(actor, connection).await?;
        let posting = posting(&held.value)?;
        let request = Request {
            address: posting.address,
            query: Vec::new(),
            method: Method::POST,
            headers: headers(posting.headers)?,
            body: Some(posting.body.to_string().into_bytes()),
            within: TOTAL,
            follow_redirects: false,
        };
        match self.engine.send(request).await {
            Ok(reply) if reply.status.is_success() => Ok(body(&reply)),
            Ok(reply) => {
                let said: String = as_text(&body(&reply)).chars().take(SHOWN).collect();
                let status = reply.status.as_u16();
                Err(held.failed(format!("The other side answered {status}: {said}")))
            }
            Err(SendError::Refused(message)) => Err(held.failed(message)),
            Err(SendError::Broken(message)) => Err(Problem::Unclear {
                message: held.masked(format!("It is not known whether it arrived: {message}")),
            }),
        }
    }

    /// Sends one e-mail through the mail server of the connection called `connection`, and gives its message id.
    /// `letter` is told what the connection holds and gives the inputs of the step that sends mail.
    ///
    /// # Errors
    /// As [`Self::post`].
    pub async fn mail(
        &self,
        actor: &Actor,
        connection: &str,
        letter: impl FnOnce(&Value) -> Result<Map<String, Value>, Problem> + Send,
    ) -> Result<String, Problem> {
        let held = self.held(actor, Some(connection)).await?;
        let input = letter(&held.value)?;
        match Box::pin(mail::post(&self.engine, &Input::new(&input), &ids::fresh())).await {
            Ok(output) => Ok(as_text(&output["messageId"])),
            Err(failed) if failed.again == Again::NeedsPerson => {
                Err(Problem::Unclear { message: held.masked(failed.message) })
            }
            Err(failed) => Err(held.failed(failed.message)),
        }
    }

    /// What the connection called `connection` holds for the actor, after the checks that starting a run has.
    async fn held(&self, actor: &Actor, connection: Option<&str>) -> Result<Held, Problem> {
        actor.require(Permission::Write)?;
        self.engine.starts.check(&actor.workspace)?;
        let Some(name) = connection else { return Ok(Held::default()) };
        let (workspace, user) = (&actor.workspace, &actor.user);
        let uses = Use { workspace, user, reference: &actor.request_id, flow: None };
        match self.engine.connection(&uses, name).await {
            Ok(found) => Ok(Held { value: found.value, secrets: found.secrets }),
            Err(Unusable::Refused(message)) => Err(Problem::NeedsSetup {
                message,
                hint: "Mend the connection under Integrations, then try again".to_owned(),
                fix_url: "/integrations".to_owned(),
            }),
            Err(Unusable::Problem(problem)) => Err(problem),
        }
    }
}

fn headers(given: Vec<(&'static str, String)>) -> Result<HeaderMap, Problem> {
    let wrong = || Problem::NeedsSetup {
        message: "The secret of the connection cannot be sent: it holds a line break".to_owned(),
        hint: "Replace the secret under Integrations".to_owned(),
        fix_url: "/integrations".to_owned(),
    };
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in given {
        let value = HeaderValue::from_str(value.trim()).map_err(|_| wrong())?;
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(headers)
}

fn body(reply: &Reply) -> Value {
    let text = || Value::String(String::from_utf8_lossy(&reply.body).into_owned());
    serde_json::from_slice(&reply.body).unwrap_or_else(|_| text())
}
