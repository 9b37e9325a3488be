//! What a chat client asks when it sends a person to us, and where the answer goes.

use crate::oauth_clients::OauthClient;
use domain::problem::Problem;
use url::Url;
use url::form_urlencoded::parse;

const STATE_MAX: usize = 4000;
const CHALLENGE: std::ops::RangeInclusive<usize> = 43..=128;
/// Reads only.
pub const READ: &str = "read";
/// Changes things too.
pub const WRITE: &str = "write";

/// The query of a request to act for a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Who asks.
    pub client_id: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    response_type: String,
    challenge: String,
    challenge_method: String,
    scope: String,
    state: Option<String>,
    resource: Option<String>,
}

/// A wish that can be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What proves later that the code came back to who asked for it.
    pub challenge: String,
    /// The address the tokens will be for.
    pub resource: String,
    /// Whether it asks to change things.
    pub wants_write: bool,
}

/// Why a wish cannot be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Told to the person: nothing is sent to an address that the client did not name before.
    Here(Problem),
    /// Told to the client.
    There(&'static str, &'static str),
}

impl Wish {
    /// Reads the query.
    pub fn of(query: &str) -> Self {
        let mut wish = Self::default();
        for (name, value) in parse(query.as_bytes()) {
            let value = value.into_owned();
            match name.as_ref() {
                "client_id" => wish.client_id = value,
                "redirect_uri" => wish.redirect_uri = value,
                "response_type" => wish.response_type = value,
                "code_challenge" => wish.challenge = value,
                "code_challenge_method" => wish.challenge_method = value,
                "scope" => wish.scope = value,
                "state" => wish.state = Some(value),
                "resource" => wish.resource = Some(value),
                _ => {}
            }
        }
        wish
    }

    /// Checks the wish of `client` for the address `ours`.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn check(&self, client: &OauthClient, ours: &str) -> Result<Checked, Unfit> {
        if !client.may_answer_to(&self.redirect_uri) {
            let message = "The chat client asked for an answer to an address that is not its own";
            return Err(Unfit::Here(Problem::invalid("redirect_uri", message)));
        }
        if self.response_type != "code" {
            return Err(Unfit::There("unsupported_response_type", "response_type must be code"));
        }
        let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"-._~".contains(&it);
        let is_proof = CHALLENGE.contains(&self.challenge.len())
            && self.challenge.bytes().all(is_plain)
            && self.challenge_method == "S256";
        if !is_proof {
            return Err(Unfit::There("invalid_request", "PKCE with S256 is needed"));
        }
        if self.state.as_ref().is_some_and(|it| it.len() > STATE_MAX) {
            return Err(Unfit::There("invalid_request", "state is too long"));
        }
        let scopes: Vec<&str> = self.scope.split_whitespace().collect();
        let has = |word: &str| scopes.contains(&word);
        if !scopes.is_empty() && !has(READ) && !has(WRITE) {
            return Err(Unfit::There("invalid_scope", "The scopes are read and write"));
        }
        let Some(resource) = resource(self.resource.as_deref(), ours) else {
            return Err(Unfit::There("invalid_target", "resource must be the address of /mcp"));
        };
        let wants_write = scopes.is_empty() || has(WRITE);
        Ok(Checked { challenge: self.challenge.clone(), resource, wants_write })
    }

    /// The client's address with an answer: `code`, or `error` with its description.
    ///
    /// # Errors
    /// [`Problem::Invalid`] when the address is none.
    pub fn answer(&self, fields: &[(&str, &str)], issuer: &str) -> Result<String, Problem> {
        let wrong = |_| {
            Problem::invalid(
                "redirect_uri",
                "redirect_uri is not an address. Send the one the client registered",
            )
        };
        let mut url = Url::parse(&self.redirect_uri).map_err(wrong)?;
        let mut query = url.query_pairs_mut();
        query.extend_pairs(fields);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", issuer);
        drop(query);
        Ok(url.into())
    }

    /// Where the answer goes, for people: a host, or the scheme of an app.
    pub fn returns_to(&self) -> String {
        let url = Url::parse(&self.redirect_uri).ok();
        let host = url.as_ref().filter(|it| it.scheme().starts_with("http"));
        let host = host.and_then(|it| it.host_str().map(str::to_owned));
        host.or_else(|| url.map(|it| it.scheme().to_owned())).unwrap_or_default()
    }
}

/// The address that tokens are for, when it is ours or, with an older client, not named. A query of the address says
/// which tools are listed, so it does not count.
pub(crate) fn resource(given: Option<&str>, ours: &str) -> Option<String> {
    let Some(given) = given.filter(|it| !it.is_empty()) else { return Some(ours.to_owned()) };
    let address = given.split_once('?').map_or(given, |it| it.0);
    (address.strip_suffix('/').unwrap_or(address) == ours).then(|| ours.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const OURS: &str = "https://pmos.example.com/mcp";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn check(more: &str) -> Result<Checked, Unfit> {
        let metadata = json!({"redirect_uris": ["https://chat.example/back"]});
        let client = OauthClient::of("client-1", &metadata).unwrap();
        let query = format!(
            "client_id=client-1&redirect_uri=https://chat.example/back&response_type=code&\
             code_challenge={CHALLENGE}&code_challenge_method=S256&{more}"
        );
        Wish::of(&query).check(&client, OURS)
    }

    #[test]
    fn a_wish_is_checked_field_by_field() {
        assert!(check("").unwrap().wants_write);
        assert!(!check("scope=read").unwrap().wants_write);
        assert!(check("scope=write+offline_access").unwrap().wants_write);
        assert_eq!(check("resource=https://pmos.example.com/mcp?a=b").unwrap().resource, OURS);
        let code = |more: &str| match check(more) {
            Err(Unfit::There(code, _)) => code,
            other => panic!("{more}: {other:?}"),
        };
        assert_eq!(code("response_type=token"), "unsupported_response_type");
        assert_eq!(code("code_challenge_method=plain"), "invalid_request");
        assert_eq!(code("code_challenge=short"), "invalid_request");
        assert_eq!(code("scope=everything"), "invalid_scope");
        assert_eq!(code("resource=https://other.example/mcp"), "invalid_target");
        assert!(matches!(check("redirect_uri=https://evil.example/"), Err(Unfit::Here(_))));
    }

    #[test]
    fn an_answer_keeps_the_state_and_names_the_issuer() {
        let wish = Wish::of("redirect_uri=https://chat.example/back?a=1&state=x%26y");
        let address = wish.answer(&[("code", "c")], "https://pmos.example.com").unwrap();
        let expected =
            "https://chat.example/back?a=1&code=c&state=x%26y&iss=https%3A%2F%2Fpmos.example.com";
        assert_eq!(address, expected);
    }
}
