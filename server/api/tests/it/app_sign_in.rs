//! Acceptance: a connection of flows signs in at an app, from the form to the page that shows how it ended.

use crate::caller::{Answer, Caller, Server};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Form, Json, Router};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use url::Url;

const CONNECTIONS: &str = "/api/pmos/connections";

/// What an app was asked for tokens with; it refuses the code `wrong`.
type Asked = Arc<Mutex<Vec<HashMap<String, String>>>>;

async fn app() -> (SocketAddr, Asked) {
    let asked = Asked::default();
    let router = Router::new().route("/token", post(tokens)).with_state(Arc::clone(&asked));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, asked)
}

async fn tokens(
    State(asked): State<Asked>,
    Form(fields): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let is_wrong = fields.get("code").is_some_and(|it| it == "wrong");
    asked.lock().unwrap().push(fields);
    if is_wrong {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" })));
    }
    let tokens = json!({ "access_token": "access-secret", "refresh_token": "refresh-secret", "expires_in": 3600 });
    (StatusCode::OK, Json(tokens))
}

/// A connection that waits for its sign-in: its id, and the state that was sent along.
async fn begun(caller: &Caller<'_>, app: SocketAddr) -> (String, String) {
    let new = json!({
        "name": "CRM", "pieceName": "@activepieces/piece-http", "value": {
            "type": "OAUTH2", "client_id": "pmos", "client_secret": "client-secret", "scope": "read",
            "auth_url": "https://app.example/authorize", "token_url": format!("http://{app}/token"),
        },
    });
    let made = caller.post(CONNECTIONS, new).await;
    assert_eq!(
        (made.status, &made["connection"]["status"]),
        (201, &json!("MISSING")),
        "{}",
        made.body
    );
    let url = Url::parse(made["authorizeUrl"].as_str().unwrap()).unwrap();
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    assert!(query["redirect_uri"].ends_with("/oauth/callback"));
    assert_eq!(query["code_challenge_method"], "S256");
    assert!(!url.as_str().contains("client-secret"));
    (made["connection"]["id"].as_str().unwrap().to_owned(), query["state"].clone())
}

async fn came_back(caller: &Caller<'_>, state: &str, more: &str) -> Answer {
    caller.get(&format!("/oauth/callback?state={state}&{more}")).await
}

/// Where the browser is sent, taken apart.
fn landed(answer: &Answer) -> (String, HashMap<String, String>) {
    assert_eq!(answer.status, 303, "{}", answer.text);
    let place = answer.header("location").unwrap();
    assert!(!place.contains("secret"), "{place}");
    let url = Url::parse("http://pmos.test").unwrap().join(place).unwrap();
    (url.path().to_owned(), url.query_pairs().into_owned().collect())
}

#[tokio::test]
async fn a_sign_in_at_an_app_ends_where_it_is_shown() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let (app, asked) = app().await;
        let allow = json!({ "outgoingAllowList": [app.to_string(), "127.0.0.1"] });
        assert_eq!(owner.put("/api/pmos/platform/settings", allow).await.status, 200);
        let member = server.joins(&owner, "Mia", "member").await;

        let (id, state) = begun(&owner, app).await;
        let (page, _) = landed(&came_back(&server.visitor(), &state, "code=good").await);
        assert_eq!(page, "/sign-in", "{}", server.name);
        let (page, told) = landed(&came_back(&member, &state, "code=good").await);
        assert_eq!(page, "/integrations");
        assert!(told.contains_key("failed") && !told.contains_key("connected"), "{told:?}");
        assert_eq!(asked.lock().unwrap().len(), 0, "nobody else's answer counts");

        let (page, told) = landed(&came_back(&owner, &state, "code=good").await);
        assert_eq!((page.as_str(), &told["connected"]), ("/integrations", &id), "{told:?}");
        {
            let asked = asked.lock().unwrap();
            let first = &asked[0];
            assert_eq!(
                (first["grant_type"].as_str(), first["code"].as_str()),
                ("authorization_code", "good")
            );
            assert!(first["code_verifier"].len() >= 43);
        }
        let now = owner.get(&format!("{CONNECTIONS}/{id}")).await;
        assert_eq!(now["connection"]["status"], "ACTIVE");
        let audit = owner.get("/api/pmos/audit").await;
        for body in [&now.text, &audit.text] {
            assert!(!body.contains("access-secret") && !body.contains("client-secret"), "{body}");
        }
        let (_, again) = landed(&came_back(&owner, &state, "code=good").await);
        assert!(again.contains_key("failed"), "a state counts once: {again:?}");
        assert_eq!(asked.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_sign_in_that_was_refused_says_so() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let (app, asked) = app().await;
    let allow = json!({ "outgoingAllowList": [app.to_string(), "127.0.0.1"] });
    assert_eq!(owner.put("/api/pmos/platform/settings", allow).await.status, 200);
    let (id, state) = begun(&owner, app).await;
    let (_, told) = landed(&came_back(&owner, &state, "error=access_denied").await);
    assert!(told["failed"].contains("access_denied"), "{told:?}");
    assert_eq!(asked.lock().unwrap().len(), 0);
    let (_, state) = begun(&owner, app).await;
    let (_, told) = landed(&came_back(&owner, &state, "code=wrong").await);
    assert!(told["failed"].contains("invalid_grant"), "{told:?}");
    let (_, told) = landed(&came_back(&owner, "guessed", "code=good").await);
    assert!(told.contains_key("failed"), "{told:?}");
    assert_ne!(owner.get(&format!("{CONNECTIONS}/{id}")).await["connection"]["status"], "ACTIVE");
}
