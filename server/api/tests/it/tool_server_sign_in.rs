//! Acceptance: another MCP server that a person signs in to with the browser: found, registered at, entered, renewed,
//! left again.

use crate::caller::{Answer, Caller, Server};
use crate::mcp::{HERE, rpc};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use url::Url;

const ALL: &str = "/api/pmos/tool-servers";
const CONNECTIONS: &str = "/api/pmos/connections";

/// A server with its own place to sign in, and what it was asked.
struct Place {
    address: SocketAddr,
    /// What it says in place of what is right: path and document.
    lies: Mutex<HashMap<&'static str, Value>>,
    /// Forms of its token address.
    exchanged: Mutex<Vec<HashMap<String, String>>>,
    registered: Mutex<Vec<Value>>,
}

impl Place {
    async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = Arc::new(Self {
            address: listener.local_addr().unwrap(),
            lies: Mutex::default(),
            exchanged: Mutex::default(),
            registered: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&place));
        tokio::spawn(async move { axum::serve(listener, router).await });
        place
    }

    fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    fn lies(&self, path: &'static str, document: Value) {
        self.lies.lock().unwrap().insert(path, document);
    }

    fn document(&self, path: &str) -> Option<Value> {
        if let Some(lie) = self.lies.lock().unwrap().get(path) {
            return Some(lie.clone()).filter(|it| !it.is_null());
        }
        let root = format!("http://{}", self.address);
        match path {
            "/.well-known/oauth-protected-resource/mcp" => Some(json!({
                "resource": self.url(), "authorization_servers": [root], "scopes_supported": ["read", "write"],
            })),
            "/.well-known/oauth-authorization-server" => Some(json!({
                "issuer": root, "authorization_endpoint": format!("{root}/authorize"),
                "token_endpoint": format!("{root}/token"), "registration_endpoint": format!("{root}/register"),
                "code_challenge_methods_supported": ["S256"],
            })),
            _ => None,
        }
    }

    /// The access token that counts now.
    fn access(&self) -> String {
        format!("access-secret-{}", self.exchanged.lock().unwrap().len())
    }

    fn tokens(&self, body: &Bytes) -> Response {
        let form: HashMap<String, String> =
            url::form_urlencoded::parse(body).into_owned().collect();
        let is_good = form.get("code").is_some_and(|it| it == "good")
            || form.get("refresh_token").is_some_and(|it| it.starts_with("refresh-secret"));
        if !is_good {
            let refused = json!({"error": "invalid_grant"}).to_string();
            return (StatusCode::BAD_REQUEST, refused).into_response();
        }
        self.exchanged.lock().unwrap().push(form);
        let number = self.exchanged.lock().unwrap().len();
        // It ends at once, so every use renews it.
        json!({
            "access_token": self.access(), "refresh_token": format!("refresh-secret-{number}"),
            "token_type": "Bearer", "expires_in": 1,
        })
        .to_string()
        .into_response()
    }

    fn mcp(&self, headers: &HeaderMap, body: &Bytes) -> Response {
        let shown = headers.get("authorization").and_then(|it| it.to_str().ok());
        if shown != Some(&format!("Bearer {}", self.access())) {
            let metadata = format!(
                "Bearer resource_metadata=\"http://{}/.well-known/oauth-protected-resource/mcp\", scope=\"read\"",
                self.address
            );
            return (StatusCode::UNAUTHORIZED, [("www-authenticate", metadata)]).into_response();
        }
        let message: Value = serde_json::from_slice(body).unwrap_or_default();
        let Some(id) = message.get("id") else { return StatusCode::ACCEPTED.into_response() };
        let result = match message["method"].as_str().unwrap_or_default() {
            "initialize" => json!({
                "protocolVersion": "2025-11-25", "capabilities": {"tools": {}},
                "serverInfo": {"name": "crm", "version": "1"},
            }),
            "tools/list" => json!({"tools": [{
                "name": "find", "description": "Finds a contact", "inputSchema": {"type": "object"},
            }]}),
            _ => json!({"content": [{"type": "text", "text": "On the 4th floor"}]}),
        };
        let whole = json!({"jsonrpc": "2.0", "id": id, "result": result});
        ([("content-type", "application/json")], whole.to_string()).into_response()
    }
}

async fn answer(
    State(place): State<Arc<Place>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match uri.path() {
        "/mcp" => place.mcp(&headers, &body),
        "/token" => place.tokens(&body),
        "/register" => {
            place.registered.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
            let made = json!({"client_id": "client-1", "token_endpoint_auth_method": "none"});
            (StatusCode::CREATED, made.to_string()).into_response()
        }
        path => match place.document(path) {
            Some(document) => document.to_string().into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

fn new(place: &Place) -> Value {
    json!({"name": "CRM", "url": place.url(), "signIn": true})
}

async fn owner_of(server: &Server) -> Caller<'_> {
    let owner = server.signs_up("Owner").await;
    let allow = json!({ "outgoingAllowList": ["127.0.0.1"] });
    assert_eq!(owner.put("/api/pmos/platform/settings", allow).await.status, 200);
    owner
}

/// What the page to open was told.
fn query_of(answer: &Answer) -> HashMap<String, String> {
    let url = Url::parse(answer["authorizeUrl"].as_str().unwrap()).unwrap();
    assert_eq!(url.path(), "/authorize");
    url.query_pairs().into_owned().collect()
}

async fn comes_back(owner: &Caller<'_>, state: &str, more: &str) -> String {
    let answer = owner.get(&format!("/oauth/callback?state={state}&{more}")).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    answer.header("location").unwrap().to_owned()
}

#[tokio::test]
async fn a_server_is_signed_in_to_used_and_left() {
    for server in Server::all_with(HERE).await {
        let (owner, place) = (owner_of(&server).await, Place::start().await);
        let added = owner.post(ALL, new(&place)).await;
        assert_eq!(added.status, 201, "{}", added.body);
        assert_eq!(
            (&added["server"]["signsIn"], &added["server"]["tools"]),
            (&json!(true), &json!([]))
        );
        let query = query_of(&added);
        assert_eq!(query["client_id"], "client-1");
        assert_eq!(
            (query["resource"].as_str(), query["scope"].as_str()),
            (place.url().as_str(), "read")
        );
        assert_eq!(query["redirect_uri"], "http://pmos.test/oauth/callback");
        assert_eq!(query["code_challenge_method"], "S256");
        let registered = place.registered.lock().unwrap()[0].clone();
        assert_eq!(registered["redirect_uris"], json!(["http://pmos.test/oauth/callback"]));
        let path = format!("{ALL}/{}", added["server"]["id"].as_str().unwrap());
        let early = owner.post(&format!("{path}/test"), json!({})).await;
        assert_eq!(early.status, 409, "{}", early.body);

        let landed = comes_back(&owner, &query["state"], "code=good").await;
        assert!(landed.contains("connected="), "{landed}");
        let listed = owner.get(ALL).await;
        let tool = listed["servers"][0]["tools"][0].clone();
        assert_eq!(tool["name"], "find", "{}", listed.body);
        let accept = json!({"name": "find", "accept": tool["hash"], "risk": "read"});
        assert_eq!(owner.patch(&format!("{path}/tools"), accept).await.status, 200);
        let script = owner.script(json!({})).await;
        for _ in 0..2 {
            let call = json!({"name": "crm__find", "arguments": {}});
            let done = rpc(&script, "tools/call", call).await;
            let text = &done.result()["structuredContent"]["text"];
            assert_eq!(text, "On the 4th floor", "{}", done.last());
        }
        {
            let exchanged = place.exchanged.lock().unwrap();
            assert!(exchanged[0]["code_verifier"].len() >= 43);
            assert!(exchanged.len() > 2 && exchanged[1]["grant_type"] == "refresh_token");
            assert!(exchanged.iter().all(|it| it["resource"] == place.url()));
        }
        for shown in [ALL, CONNECTIONS, "/api/pmos/audit"] {
            let text = owner.get(shown).await.text;
            assert!(!text.contains("access-secret") && !text.contains("refresh-secret"), "{shown}");
        }
        assert_eq!(owner.delete(&path).await.status, 204);
        let left = owner.get(CONNECTIONS).await;
        assert!(!left.text.contains("CRM"), "{}", left.text);
    }
}

#[tokio::test]
async fn a_sign_in_counts_for_the_place_it_was_begun_at() {
    for server in Server::all_with(HERE).await {
        let (owner, place) = (owner_of(&server).await, Place::start().await);
        let member = server.joins(&owner, "Mia", "member").await;
        assert_eq!(member.post(ALL, new(&place)).await.status, 403);
        let added = owner.post(ALL, new(&place)).await;
        let path = format!("{ALL}/{}/sign-in", added["server"]["id"].as_str().unwrap());
        let evil =
            comes_back(&owner, &query_of(&added)["state"], "code=good&iss=https://evil.example")
                .await;
        assert!(evil.contains("failed="), "{evil}");
        assert_eq!(place.exchanged.lock().unwrap().len(), 0, "no code goes to another place");
        assert_eq!(member.post(&path, json!({})).await.status, 403);
        let again = owner.post(&path, json!({})).await;
        let here = format!("code=good&iss=http://{}", place.address);
        let landed = comes_back(&owner, &query_of(&again)["state"], &here).await;
        assert!(landed.contains("connected="), "{landed}");
        assert_eq!(place.registered.lock().unwrap().len(), 1, "it is registered once");
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_trusted_is_not_added() {
    let server = &Server::all_with(HERE).await[0];
    let owner = owner_of(server).await;
    let metadata = "/.well-known/oauth-authorization-server";
    let protected = "/.well-known/oauth-protected-resource/mcp";
    for (path, lie) in [
        // It speaks of another server.
        (
            protected,
            json!({"resource": "https://other.example/mcp", "authorization_servers": ["https://other.example"]}),
        ),
        // Nobody says where to sign in.
        (metadata, Value::Null),
        // It calls itself by another name.
        (
            metadata,
            json!({"issuer": "https://other.example", "code_challenge_methods_supported": ["S256"]}),
        ),
    ] {
        let place = Place::start().await;
        place.lies(path, lie);
        let refused = owner.post(ALL, new(&place)).await;
        assert_eq!(
            (refused.status, &refused["details"][0]["field"]),
            (400, &json!("url")),
            "{}",
            refused.body
        );
        assert!(place.registered.lock().unwrap().is_empty());
    }
    let place = Place::start().await;
    let mut plain = place.document(metadata).unwrap();
    plain["code_challenge_methods_supported"] = json!(["plain"]);
    place.lies(metadata, plain);
    assert_eq!(owner.post(ALL, new(&place)).await.status, 400);
    let mut both = new(&place);
    both["secret"] = "Bearer x".into();
    assert_eq!(owner.post(ALL, both).await.status, 400);
    assert_eq!(owner.get(ALL).await["servers"], json!([]));
    assert!(!owner.get(CONNECTIONS).await.text.contains("CRM"));
}

#[tokio::test]
async fn anybody_may_read_who_we_are_to_other_servers() {
    let server = &Server::all_with(HERE).await[0];
    let told = server.visitor().get("/oauth/client").await;
    assert_eq!((told.status, &told["client_id"]), (200, &json!("http://pmos.test/oauth/client")));
    assert_eq!(told["redirect_uris"], json!(["http://pmos.test/oauth/callback"]));
    assert_eq!(told["token_endpoint_auth_method"], "none");
}
