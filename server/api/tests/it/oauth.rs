//! Acceptance: a chat client signs a person in with a browser, acts for them at `/mcp`, and can be shut out.

use crate::caller::{Answer, Caller, Server};
use crate::mcp::{HERE, rpc, rpc_at, send};
use auth::oauth_clients::OauthClient;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;
use url::Url;
use url::form_urlencoded::Serializer;

const BACK: &str = "http://127.0.0.1:7777/back";
/// A verifier and the challenge that is its hash, from RFC 7636.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const RESOURCE: &str = "http://pmos.test/mcp";

fn encoded(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

async fn form(caller: &Caller<'_>, path: &str, fields: &[(&str, &str)]) -> Answer {
    let request = caller.request("POST", path);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    caller.send(request.body(Body::from(encoded(fields))).unwrap()).await
}

async fn registered(server: &Server) -> String {
    let metadata = json!({"client_name": "Chat", "redirect_uris": [BACK]});
    let made = server.visitor().post("/oauth/register", metadata).await;
    assert_eq!((made.status, &made["token_endpoint_auth_method"]), (201, &json!("none")));
    made["client_id"].as_str().unwrap().to_owned()
}

fn wish(client: &str, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("client_id", client),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("state", "s1"),
        ("resource", RESOURCE),
    ];
    fields.retain(|it| !more.iter().any(|other| other.0 == it.0));
    fields.extend(more);
    encoded(&fields)
}

/// What an answer sends back to the client.
fn sent_back(answer: &Answer) -> HashMap<String, String> {
    assert_eq!(answer.status, 303, "{}", answer.body);
    let address = Url::parse(answer.header("location").unwrap()).unwrap();
    assert!(address.as_str().starts_with(BACK), "{address}");
    address.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

async fn allowed(person: &Caller<'_>, client: &str, role: &str) -> String {
    let request = wish(client, &[]);
    let fields = [("request", request.as_str()), ("decision", "allow"), ("role", role)];
    let back = sent_back(&form(person, "/oauth/decide", &fields).await);
    assert_eq!((back["state"].as_str(), back["iss"].as_str()), ("s1", "http://pmos.test"));
    back["code"].clone()
}

async fn exchanged(server: &Server, client: &str, code: &str) -> Answer {
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
        ("resource", RESOURCE),
    ];
    form(&server.visitor(), "/oauth/token", &fields).await
}

async fn refreshed(server: &Server, client: &str, token: &str) -> Answer {
    let fields = [("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token)];
    form(&server.visitor(), "/oauth/token", &fields).await
}

fn text(answer: &Answer, name: &str) -> String {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", answer.body)).to_owned()
}

async fn flows(caller: &Caller<'_>) -> u16 {
    rpc(caller, "tools/call", json!({"name": "flow_list", "arguments": {}})).await.status
}

#[tokio::test]
async fn a_client_finds_everything_from_the_first_refusal() {
    for server in Server::all_with(HERE).await {
        let visitor = server.visitor();
        let refused = rpc_at(&visitor, "/mcp?auth=required", "initialize", json!({})).await;
        assert_eq!(refused.status, 401);
        let told = refused.headers["www-authenticate"].to_str().unwrap();
        let document = "http://pmos.test/.well-known/oauth-protected-resource/mcp";
        assert!(told.starts_with("Bearer ") && told.contains(document), "{told}");
        let resource = visitor.get("/.well-known/oauth-protected-resource/mcp").await;
        assert_eq!(resource["resource"], RESOURCE);
        assert_eq!(resource["authorization_servers"], json!(["http://pmos.test"]));
        let issuer = visitor.get("/.well-known/oauth-authorization-server").await;
        assert_eq!(issuer["issuer"], "http://pmos.test");
        assert_eq!(issuer["code_challenge_methods_supported"], json!(["S256"]));
        for flag in [
            "authorization_response_iss_parameter_supported",
            "client_id_metadata_document_supported",
        ] {
            assert_eq!(issuer[flag], true, "{flag}");
        }
    }
}

#[tokio::test]
async fn a_client_of_the_stateless_era_is_told_by_the_status() {
    let servers = Server::all_with(HERE).await;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
    });
    let call = async |name: &'static str| {
        let params = json!({"name": name, "arguments": {}, "_meta": meta});
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let headers = [
            ("accept", "application/json, text/event-stream"),
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/call"),
            ("mcp-name", name),
        ];
        send(&servers[0].visitor(), ("POST", "/mcp"), &headers, body.to_string()).await
    };
    let refused = call("flow_list").await;
    assert_eq!((refused.status, refused.headers.contains_key("www-authenticate")), (401, true));
    assert_eq!(refused.result()["structuredContent"]["code"], "NOT_AUTHENTICATED");
    assert_eq!(call("startbcgpt").await.status, 200);
}

#[tokio::test]
async fn a_person_allows_a_client_and_it_acts_with_the_role_it_was_given() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let client = registered(&server).await;
        let asked = server.visitor().get(&format!("/oauth/authorize?{}", wish(&client, &[]))).await;
        assert_eq!(asked.status, 303);
        assert!(asked.header("location").unwrap().starts_with("/oauth/consent?client_id="));
        let code = allowed(&owner, &client, "viewer").await;
        let tokens = exchanged(&server, &client, &code).await;
        assert_eq!((tokens.status, &tokens["token_type"]), (200, &json!("Bearer")));
        assert_eq!(
            (tokens.header("cache-control"), &tokens["scope"]),
            (Some("no-store"), &json!("read"))
        );
        let chat = server.visitor().showing(&text(&tokens, "access_token"));
        let read = rpc(&chat, "tools/call", json!({"name": "flow_list", "arguments": {}})).await;
        assert_eq!((read.status, &read.result()["isError"]), (200, &json!(false)));
        let write = json!({"name": "flow_create", "arguments": {"name": "Greet"}});
        let refused = rpc(&chat, "tools/call", write).await;
        assert_eq!(refused.result()["structuredContent"]["code"], "FORBIDDEN");
        // It is for one address only.
        assert_eq!(chat.get("/api/operations").await.status, 401);
        let listed = server.backend.auth.connected_clients(&owner.actor().await).await.unwrap();
        assert_eq!((listed[0].name.as_str(), listed.len()), ("Chat", 1));
        let log = owner.get("/api/pmos/audit?action=client.connected").await;
        assert_eq!(log["events"].as_array().unwrap().len(), 1);
        server.backend.auth.clock().advance(Duration::from_secs(61 * 60));
        let late = rpc(&chat, "tools/list", json!({})).await;
        let told = late.headers["www-authenticate"].to_str().unwrap();
        assert!(late.status == 401 && told.contains("invalid_token"), "{told}");
    }
}

#[tokio::test]
async fn a_code_and_a_refresh_token_work_once_and_a_second_use_ends_everything() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let client = registered(&server).await;
        let code = allowed(&owner, &client, "member").await;
        let first = exchanged(&server, &client, &code).await;
        let second = refreshed(&server, &client, &text(&first, "refresh_token")).await;
        assert_eq!(second.status, 200, "{}", second.body);
        let chat = server.visitor().showing(&text(&second, "access_token"));
        assert_eq!(flows(&chat).await, 200);
        let reused = refreshed(&server, &client, &text(&first, "refresh_token")).await;
        assert_eq!((reused.status, &reused["error"]), (400, &json!("invalid_grant")));
        assert_eq!(flows(&chat).await, 401);
        let family = refreshed(&server, &client, &text(&second, "refresh_token")).await;
        assert_eq!(family["error"], "invalid_grant");
        let code = allowed(&owner, &client, "member").await;
        let tokens = exchanged(&server, &client, &code).await;
        assert_eq!(exchanged(&server, &client, &code).await["error"], "invalid_grant");
        let chat = server.visitor().showing(&text(&tokens, "access_token"));
        assert_eq!(flows(&chat).await, 401);
        let log = owner.get("/api/pmos/audit?action=client.disconnected").await;
        assert_eq!(log["events"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn nothing_is_given_for_what_does_not_fit() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let (client, other) = (registered(&server).await, registered(&server).await);
        let code = allowed(&owner, &client, "member").await;
        let right = [
            ("grant_type", "authorization_code"),
            ("client_id", client.as_str()),
            ("code", code.as_str()),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ];
        for (name, value, error) in [
            ("grant_type", "password", "unsupported_grant_type"),
            ("client_id", other.as_str(), "invalid_grant"),
            ("code", "pmoc_unknown", "invalid_grant"),
            ("redirect_uri", "https://evil.example/", "invalid_grant"),
            ("code_verifier", CHALLENGE, "invalid_grant"),
            ("resource", "https://other.example/mcp", "invalid_target"),
        ] {
            let mut fields: Vec<_> = right.into_iter().filter(|it| it.0 != name).collect();
            fields.push((name, value));
            let refused = form(&server.visitor(), "/oauth/token", &fields).await;
            assert_eq!((refused.status, &refused["error"]), (400, &json!(error)), "{name}");
        }
        server.backend.auth.clock().advance(Duration::from_secs(180));
        assert_eq!(exchanged(&server, &client, &code).await["error"], "invalid_grant");
    }
}

#[tokio::test]
async fn a_wrong_request_goes_back_to_its_client_or_nowhere() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let client = registered(&server).await;
        let visitor = server.visitor();
        let plain = wish(&client, &[("code_challenge_method", "plain")]);
        let back = sent_back(&visitor.get(&format!("/oauth/authorize?{plain}")).await);
        assert_eq!((back["error"].as_str(), back["state"].as_str()), ("invalid_request", "s1"));
        let elsewhere = wish(&client, &[("redirect_uri", "https://evil.example/")]);
        let kept = visitor.get(&format!("/oauth/authorize?{elsewhere}")).await;
        assert!(kept.header("location").unwrap().starts_with("/oauth/consent?"));
        let fields = [("request", elsewhere.as_str()), ("decision", "allow"), ("role", "member")];
        assert_eq!(form(&owner, "/oauth/decide", &fields).await.status, 400);
        let asked = wish(&client, &[]);
        let fields = [("request", asked.as_str()), ("decision", "deny")];
        let denied = sent_back(&form(&owner, "/oauth/decide", &fields).await);
        assert_eq!(
            (denied["error"].as_str(), denied.contains_key("code")),
            ("access_denied", false)
        );
        let fields = [("request", asked.as_str()), ("decision", "allow"), ("role", "member")];
        assert_eq!(form(&visitor, "/oauth/decide", &fields).await.status, 401);
        let member = server.joins(&owner, "Member", "member").await;
        let fields = [("request", asked.as_str()), ("decision", "allow"), ("role", "super_admin")];
        assert_eq!(form(&member, "/oauth/decide", &fields).await.status, 403);
        let foreign =
            owner.request("POST", "/oauth/decide").header("origin", "https://evil.example");
        let foreign = foreign.header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(owner.send(foreign.body(Body::empty()).unwrap()).await["code"], "CSRF");
        for wrong in [json!({"redirect_uris": ["javascript:alert(1)"]}), json!({})] {
            let refused = visitor.post("/oauth/register", wrong).await;
            assert_eq!((refused.status, &refused["error"]), (400, &json!("invalid_redirect_uri")));
        }
    }
}

#[tokio::test]
async fn a_client_is_shut_out_by_its_person_by_itself_and_with_its_person() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let client = registered(&server).await;
        let mut chats = Vec::new();
        for person in [&owner, &owner, &member] {
            let code = allowed(person, &client, "member").await;
            let tokens = exchanged(&server, &client, &code).await;
            chats.push(server.visitor().showing(&text(&tokens, "access_token")));
        }
        let me = owner.actor().await;
        let auth = &server.backend.auth;
        let newest = auth.connected_clients(&me).await.unwrap().remove(0).id;
        auth.disconnect_client(&me, &newest).await.unwrap();
        assert_eq!((flows(&chats[0]).await, flows(&chats[1]).await), (200, 401));
        let stranger = server.signs_up("Third").await;
        let left = auth.connected_clients(&me).await.unwrap().remove(0).id;
        let them = stranger.actor().await;
        assert_eq!(auth.disconnect_client(&them, &left).await.unwrap_err().status(), 404);
        let token = chats[0].key.clone().unwrap();
        for (client_id, status) in [("another", 200), (client.as_str(), 401)] {
            let fields = [("token", token.as_str()), ("client_id", client_id)];
            assert_eq!(form(&server.visitor(), "/oauth/revoke", &fields).await.status, 200);
            assert_eq!(flows(&chats[0]).await, status, "{client_id}");
        }
        let id = member.me().await["id"].as_str().unwrap().to_owned();
        let path = format!("/api/pmos/members/{id}");
        assert_eq!(owner.patch(&path, json!({"status": "disabled"})).await.status, 200);
        assert_eq!(flows(&chats[2]).await, 401);
    }
}

/// Serves a document about a client on this machine; gives its address.
async fn published(document: fn(&str) -> Value) -> (String, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let address = format!("http://{host}/client.json");
    let body = document(&address).to_string();
    let site = Router::new().route("/client.json", get(move || async move { body }));
    tokio::spawn(async move { axum::serve(listener, site).await });
    (host, address)
}

#[tokio::test]
async fn a_client_is_known_by_the_document_at_its_address() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let me = owner.actor().await;
        let clients = &server.backend.chat_clients;
        let right =
            |id: &str| json!({"client_id": id, "client_name": "Chat", "redirect_uris": [BACK]});
        let (host, address) = published(right).await;
        // A private address is closed until a super admin opens it.
        let closed = clients.consent(&me, &wish(&address, &[])).await.unwrap_err();
        assert_eq!(closed.status(), 400);
        let (other_host, other) =
            published(|_| json!({"client_id": "another", "redirect_uris": [BACK]})).await;
        let (large_host, large) =
            published(|id| json!({"client_id": id, "x": "x".repeat(30_000)})).await;
        let list = json!({"outgoingAllowList": [host, other_host, large_host]});
        assert_eq!(owner.put("/api/pmos/platform/settings", list).await.status, 200);
        let consent = clients.consent(&me, &wish(&address, &[])).await.unwrap();
        assert_eq!(
            (
                consent.client_name.as_str(),
                consent.vouched_by.as_deref(),
                consent.returns_to.as_str()
            ),
            ("Chat", Some("127.0.0.1"), "127.0.0.1")
        );
        for wrong in [other, large] {
            assert_eq!(clients.consent(&me, &wish(&wrong, &[])).await.unwrap_err().status(), 400);
        }
        let code = allowed(&owner, &address, "member").await;
        assert_eq!(exchanged(&server, &address, &code).await.status, 200);
        let known = OauthClient::of(&address, &right(&address)).unwrap();
        assert_eq!(known.vouched_by().as_deref(), Some("127.0.0.1"));
    }
}

#[tokio::test]
async fn a_client_that_may_only_read_is_told_what_to_ask_for() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let viewer = server.joins(&owner, "Viewer", "viewer").await;
        let client = registered(&server).await;
        let mut chats = Vec::new();
        for person in [&owner, &viewer] {
            let code = allowed(person, &client, "viewer").await;
            let tokens = exchanged(&server, &client, &code).await;
            chats.push(server.visitor().showing(&text(&tokens, "access_token")));
        }
        let direct = json!({"name": "flow_create", "arguments": {"name": "Greet"}});
        let nested = json!({"name": "mcp_call", "arguments": {"tool": "flow_create", "args": {"name": "Greet"}}});
        for write in [&direct, &nested] {
            let refused = rpc(&chats[0], "tools/call", write.clone()).await;
            assert_eq!(refused.result()["structuredContent"]["code"], "FORBIDDEN");
            let told = refused.headers["www-authenticate"].to_str().unwrap();
            assert!(
                refused.status == 403 && told.contains("error=\"insufficient_scope\""),
                "{told}"
            );
            assert!(told.contains("scope=\"read write\""), "{told}");
        }
        // Somebody who may not write either has nothing more to give, and a key cannot ask.
        let reader = owner.script(json!({"role": "viewer"})).await;
        for caller in [&chats[1], &reader] {
            let refused = rpc(caller, "tools/call", direct.clone()).await;
            assert_eq!(refused.result()["structuredContent"]["code"], "FORBIDDEN");
            assert!(refused.status == 200 && !refused.headers.contains_key("www-authenticate"));
        }
    }
}
