//! The one way out to Basecamp: the SDK's HTTP client over `reqwest`, with limits on time and address.
//!
//! Size is limited by the SDK while it reads, pages and redirects are its business too.

use crate::address::is_public;
use crate::failure;
use crate::scheduler::{Lane, Scheduler};
use crate::witness::Witness;
use async_trait::async_trait;
use basecamp_sdk::Error;
use basecamp_sdk::http::{Body, HttpClient, Request, Response};
use bytes::Bytes;
use futures::stream::try_unfold;
use reqwest::StatusCode;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use rustls::crypto::{CryptoProvider, ring};
use std::collections::HashSet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A large body may go as slowly as this, in bytes a second, beside the time of every request.
const SLOWEST: u64 = 200_000;
/// Where files are stored: what is sent there is nobody's JSON, whatever its type.
const FILES: &str = "/attachments.json";

/// Sends the SDK's requests. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Transport {
    http: reqwest::Client,
    known: Arc<HashSet<String>>,
    scheduler: Scheduler,
    timeout: Duration,
    /// Before every further page of a list.
    pause: Duration,
    lane: Lane,
    witness: Option<Witness>,
}

impl Transport {
    /// Only the hosts of the `known` base addresses may be private; a request may take as long as `timeout`.
    pub(crate) fn new(
        known: &[String],
        scheduler: Scheduler,
        timeout: Duration,
    ) -> Result<Self, reqwest::Error> {
        if CryptoProvider::get_default().is_none() {
            // Losing the race to another caller is fine: then there is a provider.
            drop(ring::default_provider().install_default());
        }
        let hosts =
            known.iter().filter_map(|it| Url::parse(it).ok()?.host_str().map(str::to_owned));
        let known: Arc<HashSet<String>> = Arc::new(hosts.collect());
        let http = reqwest::Client::builder()
            .timeout(timeout)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .dns_resolver(Resolver { known: known.clone() })
            .build()?;
        let (pause, lane) = (Duration::ZERO, Lane::default());
        Ok(Self { http, known, scheduler, timeout, pause, lane, witness: None })
    }

    /// The same way out, which rests for `pause` before it asks for a further page of a list.
    pub(crate) fn pausing(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// The same way out, in another lane, with somebody who sees what was written.
    pub(crate) fn with(&self, lane: Lane, witness: Witness) -> Self {
        Self { lane, witness: Some(witness), ..self.clone() }
    }

    /// A request of our own, within the same limits.
    pub(crate) fn request(&self, method: reqwest::Method, url: &str) -> reqwest::RequestBuilder {
        self.http.request(method, url)
    }

    /// An address written into the URL never reaches the resolver, so it is judged here.
    fn judge(&self, uri: &str) -> Result<(), Error> {
        let url = Url::parse(uri).map_err(|_| Error::usage("the address is not a URL"))?;
        let address = match url.host() {
            Some(Host::Ipv4(it)) => IpAddr::V4(it),
            Some(Host::Ipv6(it)) => IpAddr::V6(it),
            _ => return Ok(()),
        };
        let is_known = url.host_str().is_some_and(|it| self.known.contains(it));
        if is_known || is_public(address) {
            Ok(())
        } else {
            Err(Error::usage("the address is private"))
        }
    }
}

#[async_trait]
impl HttpClient for Transport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, Error> {
        self.judge(&request.uri().to_string())?;
        let mut request = reqwest::Request::try_from(request).map_err(failed)?;
        let (origin, path) =
            (request.url().origin().ascii_serialization(), request.url().path().to_owned());
        let method = request.method().clone();
        let carried = self.witness.as_ref().and_then(Witness::carried);
        let length = match carried.filter(|_| path.ends_with(FILES)) {
            Some(file) => {
                file.fill(&mut request)?;
                file.length()
            }
            None => {
                let bytes = request.body().and_then(reqwest::Body::as_bytes);
                u64::try_from(bytes.map_or(0, <[u8]>::len)).unwrap_or(u64::MAX)
            }
        };
        let more = Duration::from_secs(length / SLOWEST);
        *request.timeout_mut() = Some(self.timeout + more);
        if !self.pause.is_zero() && is_further_page(request.url()) {
            tokio::time::sleep(self.pause).await;
        }
        self.scheduler.admit(&origin, self.lane).await;
        let witness = self.witness.as_ref().filter(|_| method != reqwest::Method::GET);
        if let Some(witness) = witness {
            let body = request.body().and_then(reqwest::Body::as_bytes);
            witness.post(&method, &path, body.filter(|_| !path.ends_with(FILES))).await?;
        }
        let again = (method == reqwest::Method::GET).then(|| request.try_clone()).flatten();
        let answer = self.http.execute(request).await.map_err(|error| {
            if let Some(witness) = witness.filter(|_| error.is_connect()) {
                witness.not_sent();
            }
            failed(error)
        })?;
        self.scheduler.note(&origin, too_much(&answer));
        let answer = match again.and_then(|it| occurrence(it, &answer)) {
            Some(next) => {
                self.scheduler.admit(&origin, self.lane).await;
                let answer = self.http.execute(next).await.map_err(failed)?;
                self.scheduler.note(&origin, too_much(&answer));
                answer
            }
            None => answer,
        };
        if failure::says_inactive(answer.status(), answer.headers()) {
            return Ok(failure::inactive());
        }
        if let Some(witness) = witness.filter(|_| answer.status().is_success()) {
            return witness.see(&method, &path, answer).await.map_err(failed);
        }
        let (status, headers, length) =
            (answer.status(), answer.headers().clone(), answer.content_length());
        let chunks = try_unfold(answer, |mut answer| async move {
            let chunk = answer.chunk().await.map_err(failed)?;
            Ok(chunk.map(|it| (it, answer)))
        });
        let mut response = Response::new(Body::from_stream(chunks, length));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

/// Whether this is the address of a page that another one led to.
fn is_further_page(url: &Url) -> bool {
    url.query_pairs().any(|(name, number)| name == "page" && number != "1")
}

/// The request for the occurrence that a date which repeats is answered with: the one redirect that belongs to the API.
/// It leads to the same entry on the same server, or is not followed.
fn occurrence(mut asked: reqwest::Request, answer: &reqwest::Response) -> Option<reqwest::Request> {
    if answer.status() != StatusCode::FOUND {
        return None;
    }
    let path = asked.url().path().trim_end_matches(".json").to_owned();
    let place = answer.headers().get(LOCATION)?.to_str().ok()?;
    let next = asked.url().join(place).ok()?;
    let entry = path.rsplit_once("/schedule_entries/").map(|it| it.1)?;
    let wanted = format!("/schedule_entries/{entry}/occurrences/");
    let is_same = next.origin() == asked.url().origin() && next.path().contains(&wanted);
    is_same.then(|| {
        *asked.url_mut() = next;
        asked
    })
}

/// How long to hold back, when the answer says that it was too much.
fn too_much(answer: &reqwest::Response) -> Option<Duration> {
    /// When it does not say how long.
    const DEFAULT: u64 = 10;
    let told = || answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok();
    let is_too_much = answer.status() == StatusCode::TOO_MANY_REQUESTS;
    is_too_much.then(|| Duration::from_secs(told().filter(|it| *it > 0).unwrap_or(DEFAULT)))
}

/// Without the address, which may carry a credential.
fn failed(error: reqwest::Error) -> Error {
    let error = error.without_url();
    if error.is_timeout() { Error::network_timeout(error) } else { Error::network(error) }
}

/// Looks names up, and refuses those that lead into a private network.
struct Resolver {
    known: Arc<HashSet<String>>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let is_known = self.known.contains(name.as_str());
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !is_known && !found.iter().all(|it| is_public(it.ip())) {
                return Err(io::Error::other("the name leads to a private address").into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::Method;

    const ENTRY: &str = "https://3.example.test/1/buckets/2/schedule_entries/3.json";

    fn followed(from: &str, to: &str) -> Option<String> {
        let asked = reqwest::Request::new(Method::GET, Url::parse(from).ok()?);
        let mut answer = Response::new("");
        *answer.status_mut() = StatusCode::FOUND;
        answer.headers_mut().insert(LOCATION, to.parse().ok()?);
        let next = occurrence(asked, &reqwest::Response::from(answer))?;
        Some(next.url().to_string())
    }

    #[test]
    fn only_an_occurrence_of_the_same_entry_on_the_same_server_is_followed() {
        let right =
            "https://3.example.test/1/buckets/2/schedule_entries/3/occurrences/20260218.json";
        assert_eq!(followed(ENTRY, right).as_deref(), Some(right));
        let relative = "/1/buckets/2/schedule_entries/3/occurrences/20260218.json";
        assert_eq!(followed(ENTRY, relative).as_deref(), Some(right));
        for wrong in [
            "https://elsewhere.example/1/buckets/2/schedule_entries/3/occurrences/20260218.json",
            "http://3.example.test/1/buckets/2/schedule_entries/3/occurrences/20260218.json",
            "https://3.example.test:444/1/schedule_entries/3/occurrences/20260218.json",
            "https://3.example.test/1/buckets/2/schedule_entries/4/occurrences/20260218.json",
            "https://3.example.test/1/buckets/2/schedule_entries/3.json",
        ] {
            assert_eq!(followed(ENTRY, wrong), None, "{wrong}");
        }
        assert_eq!(followed("https://3.example.test/1/todos/3.json", right), None);
    }
}
