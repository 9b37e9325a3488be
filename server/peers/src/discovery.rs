//! Where to sign in for a server: what it says of itself (RFC 9728), what the place that gives access says (RFC 8414),
//! and who we are to it. Nothing of it is believed that another place could have said as well.

use crate::wire::shortened;
use domain::problem::Problem;
use flow::outgoing::allowed::Allowed;
use flow::outgoing::dial;
use http::header::{ACCEPT, CONTENT_TYPE, WWW_AUTHENTICATE};
use reqwest::{Client, Response};
use serde_json::{Map, Value, json};
use std::time::Duration;
use url::Url;

/// Bytes of one document, and how long one may take.
const DOCUMENT: usize = 256 * 1024;
const PATIENCE: Duration = Duration::from_secs(15);
const METHOD: &str = "S256";

/// Who asks, and where the person comes back to.
pub(crate) struct Ourselves {
    /// Our own address, without a slash at its end.
    pub(crate) base_url: String,
    /// Where people are sent back.
    pub(crate) redirect_uri: String,
}

/// What finds out. Every address passes the rules of outgoing requests.
pub(crate) struct Discovery<'a> {
    pub(crate) client: &'a Client,
    pub(crate) allowed: &'a Allowed,
    /// Where tokens are fetched and renewed: the server's own address opens nothing there.
    pub(crate) listed: &'a Allowed,
    /// A super admin chose the address, which then needs no encryption.
    pub(crate) is_trusted: bool,
    pub(crate) ourselves: &'a Ourselves,
}

/// Where our description of ourselves is, for places that read it instead of registering us.
const CLIENT_DOCUMENT: &str = "/oauth/client";

/// What we are to places where people sign in for us.
pub(crate) fn client_document(base_url: &str, redirect_uri: &str) -> Value {
    json!({
        "client_id": format!("{base_url}{CLIENT_DOCUMENT}"),
        "client_name": "PM OS",
        "client_uri": base_url,
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "application_type": "web",
    })
}

fn wrong(words: impl Into<String>) -> Problem {
    Problem::invalid("url", words.into())
}

impl Discovery<'_> {
    /// What a connection of the type `OAUTH2` has to know of the server at `url`.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with what is missing, in words.
    pub(crate) async fn of(&self, url: &Url) -> Result<Map<String, Value>, Problem> {
        let (said, scope) = self.knock(url).await?;
        let protected = self.protected(url, said.as_deref()).await?;
        let place = protected.as_ref().and_then(|it| it["authorization_servers"][0].as_str());
        // Older servers give access themselves and say nothing of it.
        let issuer = place.map_or_else(|| url.origin().ascii_serialization(), str::to_owned);
        let place = self.place(&issuer).await?;
        let text = |name: &str| place[name].as_str().unwrap_or_default().to_owned();
        let methods = place["code_challenge_methods_supported"].as_array();
        if !methods.is_some_and(|it| it.iter().any(|it| it == METHOD)) {
            return Err(wrong(
                "Signing in there is not safe: it knows no proof of who began (PKCE with S256)",
            ));
        }
        let (client, secret, way) = self.client_of(&place).await?;
        let asked = protected.as_ref().and_then(|it| it["scopes_supported"].as_array());
        let words = || {
            let all: Vec<&str> = asked?.iter().filter_map(Value::as_str).collect();
            (!all.is_empty()).then(|| all.join(" "))
        };
        let resource = protected.as_ref().and_then(|it| it["resource"].as_str());
        let mut value = Map::new();
        let mut put = |name: &str, text: String| drop(value.insert(name.to_owned(), text.into()));
        put("type", "OAUTH2".to_owned());
        put("auth_url", text("authorization_endpoint"));
        put("token_url", text("token_endpoint"));
        put("client_id", client);
        put("client_secret", secret);
        put("authorization_method", way.to_owned());
        put("scope", scope.or_else(words).unwrap_or_default());
        put("resource", resource.map_or_else(|| url.to_string(), str::to_owned));
        put("issuer", text("issuer"));
        for name in ["auth_url", "token_url"] {
            let address = value.get(name).and_then(Value::as_str).unwrap_or_default();
            let url = dial::judge(address, self.listed).map_err(|it| wrong(it.to_string()))?;
            if url.scheme() == "http" && !self.is_trusted {
                return Err(wrong(
                    "Signing in there is not encrypted, so others could read what it gives",
                ));
            }
        }
        Ok(value)
    }

    /// Asks the server without showing anything; gives where it describes itself and what it wants to be asked for.
    async fn knock(&self, url: &Url) -> Result<(Option<String>, Option<String>), Problem> {
        let hello = json!({
            "jsonrpc": "2.0", "id": 1, "method": "initialize",
            "params": {
                "protocolVersion": "2025-11-25", "capabilities": {},
                "clientInfo": {"name": "pmos", "version": env!("CARGO_PKG_VERSION")},
            },
        });
        let request = self.client.post(url.clone()).timeout(PATIENCE);
        let request = request
            .header(ACCEPT, "application/json, text/event-stream")
            .header(CONTENT_TYPE, "application/json")
            .body(hello.to_string());
        let answer = request
            .send()
            .await
            .map_err(|_| wrong("No connection to this address. Check it, or try again later"))?;
        match answer.status().as_u16() {
            401 => {}
            200..=299 => {
                return Err(wrong("This server lets everybody in: add it without signing in"));
            }
            other => {
                let words = format!("It answered with status {other}, not with a wish to sign in");
                return Err(wrong(words));
            }
        }
        let said = answer.headers().get_all(WWW_AUTHENTICATE).iter();
        let said: Vec<&str> = said.filter_map(|it| it.to_str().ok()).collect();
        let part = |name: &str| said.iter().find_map(|it| parameter(it, name));
        Ok((part("resource_metadata"), part("scope")))
    }

    /// What the server says of itself; none when it says nothing.
    async fn protected(&self, url: &Url, said: Option<&str>) -> Result<Option<Value>, Problem> {
        let origin = url.origin().ascii_serialization();
        let root = format!("{origin}/.well-known/oauth-protected-resource");
        let own = format!("{root}{}", url.path().trim_end_matches('/'));
        let usual = [own, root];
        let all: Vec<String> = match said {
            Some(said) => vec![said.to_owned()],
            None => usual.to_vec(),
        };
        for address in all {
            let Some(found) = self.document(&address).await? else { continue };
            let resource = found["resource"].as_str().and_then(|it| Url::parse(it).ok());
            // Another server's description would give our access to that one.
            let is_its = resource.is_some_and(|it| {
                it.origin() == url.origin()
                    && url.path().starts_with(it.path().trim_end_matches('/'))
            });
            if !is_its {
                return Err(wrong(
                    "The server describes another address than this one, so nobody signs in there",
                ));
            }
            return Ok(Some(found));
        }
        Ok(None)
    }

    /// What the place that gives access says of itself.
    async fn place(&self, issuer: &str) -> Result<Value, Problem> {
        let missing =
            || wrong("It does not say where people sign in. Use a secret in place of signing in");
        let url = Url::parse(issuer).map_err(|_| missing())?;
        let (origin, path) = (url.origin().ascii_serialization(), url.path().trim_end_matches('/'));
        let known = ["oauth-authorization-server", "openid-configuration"];
        let mut all: Vec<String> =
            known.iter().map(|it| format!("{origin}/.well-known/{it}{path}")).collect();
        if !path.is_empty() {
            all.push(format!("{origin}{path}/.well-known/openid-configuration"));
        }
        for address in all {
            let Some(found) = self.document(&address).await? else { continue };
            let named = found["issuer"].as_str().unwrap_or_default();
            if named.trim_end_matches('/') != issuer.trim_end_matches('/') {
                return Err(wrong(
                    "The place where people sign in calls itself by another name, so nobody signs in there",
                ));
            }
            return Ok(found);
        }
        Err(missing())
    }

    /// Who we are there: name, secret, and where the secret goes.
    async fn client_of(&self, place: &Value) -> Result<(String, String, &'static str), Problem> {
        let ourselves = self.ourselves;
        let document = client_document(&ourselves.base_url, &ourselves.redirect_uri);
        // Only an address that others reach can be read.
        let is_read = place["client_id_metadata_document_supported"] == true;
        if is_read && ourselves.base_url.starts_with("https://") {
            let id = document["client_id"].as_str().unwrap_or_default().to_owned();
            return Ok((id, String::new(), "BODY"));
        }
        let Some(address) = place["registration_endpoint"].as_str() else {
            let words = "Signing in there takes a client that is registered by hand. Use a secret in place of signing in, \
                         or add the server's key";
            return Err(wrong(words));
        };
        let url = dial::judge(address, self.allowed).map_err(|it| wrong(it.to_string()))?;
        let mut wish = document;
        if let Some(fields) = wish.as_object_mut() {
            fields.remove("client_id");
        }
        let request = self.client.post(url).timeout(PATIENCE);
        let request = request.header(CONTENT_TYPE, "application/json").body(wish.to_string());
        let refused = |why: String| wrong(format!("It does not take PM OS as a client: {why}"));
        let answer = request.send().await.map_err(|_| refused("no connection".to_owned()))?;
        let status = answer.status();
        let made = read(answer).await.unwrap_or_default();
        let Some(id) = made["client_id"].as_str().filter(|_| status.is_success()) else {
            let word = made["error"].as_str().unwrap_or("no client was made");
            return Err(refused(format!("{} ({})", shortened(word), status.as_u16())));
        };
        let secret = made["client_secret"].as_str().unwrap_or_default().to_owned();
        let is_basic = made["token_endpoint_auth_method"] == "client_secret_basic";
        Ok((id.to_owned(), secret, if is_basic { "HEADER" } else { "BODY" }))
    }

    /// A JSON document; none when there is none at this address.
    async fn document(&self, address: &str) -> Result<Option<Value>, Problem> {
        let url = dial::judge(address, self.allowed).map_err(|it| wrong(it.to_string()))?;
        let request = self.client.get(url).timeout(PATIENCE).header(ACCEPT, "application/json");
        let answer = request.send().await.map_err(|_| {
            wrong(format!("{address} does not answer, so nobody can sign in. Try again later"))
        })?;
        if !answer.status().is_success() {
            return Ok(None);
        }
        Ok(read(answer).await.filter(Value::is_object))
    }
}

/// The JSON of an answer that is not too long.
async fn read(mut answer: Response) -> Option<Value> {
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.ok()? {
        if body.len() + piece.len() > DOCUMENT {
            return None;
        }
        body.extend_from_slice(&piece);
    }
    serde_json::from_slice(&body).ok()
}

/// One parameter of a challenge: `Bearer resource_metadata="https://...", scope="read"`.
fn parameter(challenge: &str, name: &str) -> Option<String> {
    let mut rest = challenge;
    while let Some(at) = rest.find(name) {
        let (before, from) = rest.split_at(at);
        let is_whole = before.chars().next_back().is_none_or(|it| it == ' ' || it == ',');
        let after = from.strip_prefix(name)?;
        let value = after.trim_start().strip_prefix('=').map(str::trim_start);
        match value.filter(|_| is_whole) {
            Some(value) => {
                let value = match value.strip_prefix('"') {
                    Some(quoted) => quoted.split('"').next(),
                    None => value.split([',', ' ']).next(),
                };
                return value.map(str::to_owned).filter(|it| !it.is_empty());
            }
            None => rest = after,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_challenge_are_told_apart() {
        let challenge = r#"Bearer error="invalid_token", resource_metadata="https://a.example/x?scope=1", scope="read write""#;
        assert_eq!(
            parameter(challenge, "resource_metadata").unwrap(),
            "https://a.example/x?scope=1"
        );
        assert_eq!(parameter(challenge, "scope").unwrap(), "read write");
        assert_eq!(parameter("Bearer scope=read, realm=x", "scope").unwrap(), "read");
        assert_eq!(parameter("Bearer", "scope"), None);
        assert_eq!(parameter(r#"Bearer myscope="x""#, "scope"), None);
    }
}
