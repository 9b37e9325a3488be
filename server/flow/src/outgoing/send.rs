//! Sending one request within its limits, following redirects one judged hop at a time.

use crate::outgoing::allowed::Allowed;
use crate::outgoing::dial::{self, Closed};
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, Method, StatusCode};
use reqwest::Client;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// Bytes of an answer, after decompression.
const ANSWER_LIMIT: usize = 10 * 1024 * 1024;
const REDIRECTS: usize = 5;
/// How long a request may take in all.
pub(crate) const TOTAL: Duration = Duration::from_secs(30);

/// A request of a step.
pub(crate) struct Request {
    /// As written by a person or taken from data.
    pub(crate) address: String,
    /// Added to the address.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
    /// At most [`TOTAL`].
    pub(crate) within: Duration,
    pub(crate) follow_redirects: bool,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug)]
pub enum SendError {
    /// It was not sent.
    Refused(String),
    /// It was sent, or may have been.
    Broken(String),
}

/// The client and the list it was built for.
#[derive(Default)]
pub struct Sender {
    built: Mutex<Option<(Arc<Allowed>, Client)>>,
}

impl Sender {
    /// Sends `request` where `allowed` and the rules permit.
    pub(crate) async fn send(
        &self,
        request: Request,
        allowed: Allowed,
    ) -> Result<Reply, SendError> {
        let (allowed, client) = self.client(allowed)?;
        let within = request.within.min(TOTAL);
        match tokio::time::timeout(within, hops(&client, &allowed, request)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(SendError::Broken(format!(
                "No answer within {} seconds. Try again later, or give the step more time",
                within.as_secs()
            ))),
        }
    }

    /// The client for `allowed`. A changed list builds a new one, so that no connection of the old list is used again.
    ///
    /// # Errors
    /// [`SendError::Refused`] when this machine cannot send requests at all.
    pub fn client(&self, allowed: Allowed) -> Result<(Arc<Allowed>, Client), SendError> {
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((list, client)) = built.as_ref()
            && **list == allowed
        {
            return Ok((Arc::clone(list), client.clone()));
        }
        let allowed = Arc::new(allowed);
        let client = dial::client(Arc::clone(&allowed)).map_err(|error| {
            tracing::error!(error = &error as &dyn Error, "failed while building the client");
            SendError::Refused("PM OS cannot send requests on this server".to_owned())
        })?;
        *built = Some((Arc::clone(&allowed), client.clone()));
        Ok((allowed, client))
    }
}

async fn hops(client: &Client, allowed: &Allowed, request: Request) -> Result<Reply, SendError> {
    let mut url = dial::judge(&request.address, allowed).map_err(closed)?;
    if !request.query.is_empty() {
        url.query_pairs_mut().extend_pairs(&request.query);
    }
    let (mut method, mut headers, mut body) = (request.method, request.headers, request.body);
    for _ in 0..=REDIRECTS {
        let mut sending = client.request(method.clone(), url.clone()).headers(headers.clone());
        if let Some(body) = &body {
            sending = sending.body(body.clone());
        }
        let response = sending.send().await.map_err(|error| broken(&error))?;
        let next = target(&url, &response).filter(|_| request.follow_redirects);
        let Some(next) = next else { return read(response).await };
        dial::judge_url(&next, allowed).map_err(closed)?;
        if next.origin() != url.origin() {
            headers = harmless(&headers);
        }
        let keeps_method = matches!(response.status().as_u16(), 307 | 308);
        if !keeps_method && !matches!(method, Method::GET | Method::HEAD) {
            (method, body) = (Method::GET, None);
            [CONTENT_LENGTH, CONTENT_TYPE].iter().for_each(|it| drop(headers.remove(it)));
        }
        url = next;
    }
    Err(SendError::Broken(format!("The site redirected more than {REDIRECTS} times")))
}

/// What another site may see: nothing that could be a credential.
fn harmless(headers: &HeaderMap) -> HeaderMap {
    let kept = [ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE];
    kept.into_iter().filter_map(|it| headers.get(&it).cloned().map(|value| (it, value))).collect()
}

fn target(url: &Url, response: &reqwest::Response) -> Option<Url> {
    let is_redirect = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = response.headers().get(LOCATION).filter(|_| is_redirect)?;
    url.join(location.to_str().ok()?).ok()
}

async fn read(mut response: reqwest::Response) -> Result<Reply, SendError> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
        if body.len() + chunk.len() > ANSWER_LIMIT {
            return Err(SendError::Broken("The answer is larger than 10 MB".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, headers, body })
}

fn closed(closed: Closed) -> SendError {
    SendError::Refused(closed.to_string())
}

/// What went wrong on the way, without the library's words.
fn broken(error: &reqwest::Error) -> SendError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(it) = cause {
        if let Some(closed) = it.downcast_ref::<Closed>() {
            return SendError::Refused(closed.to_string());
        }
        cause = it.source();
    }
    tracing::debug!(error = error as &dyn Error, "a request of a step failed");
    if error.is_connect() {
        let message = "No connection to the site. Check the address, or try again later";
        return SendError::Refused(message.to_owned());
    }
    SendError::Broken("The connection broke before the answer was complete".to_owned())
}
