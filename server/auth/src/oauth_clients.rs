//! Chat clients that sign people in: where their answers may go, and how they introduce themselves.

use crate::auth::Auth;
use crate::people;
use domain::client::Client;
use domain::event::{Event, EventKind};
use domain::problem::Problem;
use serde_json::{Value, json};
use store::{events, ids, oauth};
use url::{Host, Url};

const NAME_MAX: usize = 100;
const ADDRESSES_MAX: usize = 10;
const ADDRESS_MAX: usize = 2000;
const START: &str = "client-";
/// A client that registered itself and was never allowed anything is forgotten after this long.
const UNUSED_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// Schemes that run or read something on the person's device in place of opening an app.
const HARMFUL: [&str; 9] =
    ["javascript", "data", "file", "about", "blob", "vbscript", "ws", "wss", "ftp"];

/// Who asks to act for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OauthClient {
    /// Its public name in requests: an address of its own, or what it was given when it registered.
    pub id: String,
    /// What it calls itself.
    pub name: String,
    /// Where answers may go.
    pub redirect_uris: Vec<String>,
}

impl OauthClient {
    /// A client out of what it says about itself.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with the field.
    pub fn of(id: &str, metadata: &Value) -> Result<Self, Problem> {
        let name = metadata.get("client_name").and_then(Value::as_str).unwrap_or("A chat client");
        let name: String = name.trim().chars().filter(|it| !it.is_control()).collect();
        if name.is_empty() || name.chars().count() > NAME_MAX {
            let message = format!("Give a name of 1 to {NAME_MAX} characters");
            return Err(Problem::invalid("client_name", message));
        }
        let method = metadata.get("token_endpoint_auth_method").and_then(Value::as_str);
        if metadata.get("client_secret").is_some() || method == Some("private_key_jwt") {
            let message = "Clients are public here: give none, and prove the code with PKCE";
            return Err(Problem::invalid("token_endpoint_auth_method", message));
        }
        let given = metadata.get("redirect_uris").and_then(Value::as_array);
        let addresses: Vec<String> =
            given.into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect();
        let is_right = (1..=ADDRESSES_MAX).contains(&addresses.len())
            && given.is_some_and(|it| it.len() == addresses.len())
            && addresses.iter().all(|it| is_redirect(it));
        if !is_right {
            let message = format!(
                "Give 1 to {ADDRESSES_MAX} addresses: https, http on this device, or the scheme of an app"
            );
            return Err(Problem::invalid("redirect_uris", message));
        }
        Ok(Self { id: id.to_owned(), name, redirect_uris: addresses })
    }

    /// The host that vouches for it; none for a client that registered itself.
    pub fn vouched_by(&self) -> Option<String> {
        if self.id.starts_with(START) {
            return None;
        }
        Url::parse(&self.id).ok()?.host_str().map(str::to_owned)
    }

    /// Whether an answer may go to `address`. On this device an app takes whatever port is free.
    pub(crate) fn may_answer_to(&self, address: &str) -> bool {
        let is_same = |known: &String| {
            known == address
                || match (local(known), local(address)) {
                    (Some(known), Some(given)) => known == given,
                    _ => false,
                }
        };
        self.redirect_uris.iter().any(is_same)
    }
}

/// An address on this device without its port.
fn local(text: &str) -> Option<Url> {
    let mut url = Url::parse(text).ok()?;
    if url.scheme() != "http" || !is_loopback(&url) {
        return None;
    }
    url.set_port(None).ok()?;
    Some(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_redirect(text: &str) -> bool {
    if text.len() > ADDRESS_MAX || text.contains('#') || text.chars().any(char::is_control) {
        return false;
    }
    let Ok(url) = Url::parse(text) else { return false };
    let is_bare = url.username().is_empty() && url.password().is_none();
    is_bare
        && match url.scheme() {
            "https" => url.host().is_some(),
            "http" => is_loopback(&url),
            other => !HARMFUL.contains(&other),
        }
}

/// Whether the id of a client is the address of a document about it. Plain http is for this device only.
pub fn is_document_address(id: &str) -> bool {
    let Ok(url) = Url::parse(id) else { return false };
    let is_open = match url.scheme() {
        "https" => true,
        "http" => is_loopback(&url),
        _ => false,
    };
    let is_plain = url.as_str() == id
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    id.len() <= ADDRESS_MAX && is_open && is_plain && url.path().len() > 1
}

impl Auth {
    /// Takes in a client that introduces itself, which anybody may do.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with the field, [`Problem::RateLimited`].
    pub async fn register_client(
        &self,
        client: &Client,
        metadata: &Value,
    ) -> Result<OauthClient, Problem> {
        let made = OauthClient::of(&format!("{START}{}", ids::fresh()), metadata)?;
        self.count_registration(client)?;
        let (stored, client, now_ms) = (made.clone(), client.clone(), self.now_ms());
        let registered = self.db.write(move |conn| {
            Box::pin(async move {
                let addresses = json!(stored.redirect_uris).to_string();
                let row = (stored.id.as_str(), stored.name.as_str(), addresses.as_str());
                oauth::insert_client(conn, row, (now_ms, now_ms - UNUSED_MS)).await?;
                let actor = people::stranger(conn, &client).await?;
                let event = Event::new(EventKind::ClientRegistered, &stored.id, stored.name);
                events::record(conn, &actor, &event).await.map_err(Problem::from)
            })
        });
        registered.await?;
        Ok(made)
    }

    /// The client that registered itself with this id.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub async fn registered_client(&self, id: &str) -> Result<OauthClient, Problem> {
        let found = oauth::find_client(&mut self.db.read().await?, id).await?;
        let found = found.ok_or_else(|| Problem::not_found("Chat client"))?;
        let redirect_uris = serde_json::from_str(&found.redirect_uris)
            .map_err(|error| store::error::internal("reading a chat client", &error))?;
        Ok(OauthClient { id: found.id, name: found.name, redirect_uris })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_go_to_safe_addresses_only() {
        for right in [
            "https://chat.example/back",
            "http://127.0.0.1:8123/back",
            "http://localhost/back",
            "http://[::1]:9/back",
            "cursor://tools/back",
        ] {
            assert!(is_redirect(right), "{right}");
        }
        for wrong in [
            "http://chat.example/back",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://chat.example/back#x",
            "https://a:b@chat.example/",
            "/back",
            "",
        ] {
            assert!(!is_redirect(wrong), "{wrong}");
        }
    }

    #[test]
    fn an_app_on_this_device_takes_any_port() {
        let metadata =
            json!({"redirect_uris": ["http://127.0.0.1/back", "https://chat.example/back"]});
        let client = OauthClient::of("client-1", &metadata).unwrap();
        assert!(client.may_answer_to("http://127.0.0.1:50123/back"));
        assert!(client.may_answer_to("https://chat.example/back"));
        for wrong in [
            "http://127.0.0.1:50123/other",
            "http://localhost:50123/back",
            "https://chat.example:8443/back",
            "https://chat.example/back?x=1",
        ] {
            assert!(!client.may_answer_to(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_document_has_an_address_with_a_path() {
        assert!(is_document_address("https://chat.example/client.json"));
        assert!(is_document_address("http://127.0.0.1:8080/client.json"));
        for wrong in [
            "https://chat.example/",
            "https://chat.example",
            "http://chat.example/client.json",
            "https://chat.example/a/../client.json",
            "https://a@chat.example/client.json",
            "https://chat.example/client.json#a",
            "client-1",
        ] {
            assert!(!is_document_address(wrong), "{wrong}");
        }
    }
}
