//! Acceptance: signing in at Basecamp, from the start link to the key that is shown once.

use crate::caller::{Answer, Caller, Server};
use axum::body::Body;
use sandbox::Running;
use sandbox::launchpad::Integration;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

const START: &str = "/auth/basecamp/start";
const CONNECTORS: &str = "/api/pmos/connectors";

pub(crate) async fn service() -> Running {
    let integration =
        Integration { client_id: "pmos".into(), client_secret: "only for tests".into() };
    let config = sandbox::Config { integration: Some(integration), ..sandbox::Config::default() };
    sandbox::serve(config).await.unwrap()
}

pub(crate) async fn servers(service: &Running) -> Vec<Server> {
    let url = service.sandbox.base_url();
    Server::all_with(&[
        ("BASECAMP_BASE_URL", &url),
        ("BASECAMP_LAUNCHPAD_URL", &url),
        ("BASECAMP_CLIENT_ID", "pmos"),
        ("BASECAMP_CLIENT_SECRET", "only for tests"),
        ("APP_BASE_URL", "http://pmos.test"),
    ])
    .await
}

/// What a person's browser does over there: it is sent back at once.
async fn agree(address: &str) -> Url {
    let address = Url::parse(address).unwrap();
    let authority = (address.host_str().unwrap(), address.port().unwrap());
    let mut stream = TcpStream::connect(authority).await.unwrap();
    let path = &address[url::Position::BeforePath..];
    let request = format!("GET {path} HTTP/1.1\r\nHost: launchpad\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let line = answer.lines().find_map(|it| it.strip_prefix("location: ")).unwrap();
    Url::parse(line).unwrap()
}

/// A browser on its way: where it is to go back to, and its cookie.
struct Way {
    path: String,
    cookie: String,
}

async fn leave(caller: &Caller<'_>, query: &str) -> Way {
    let sent = caller.get(&format!("{START}{query}")).await;
    assert_eq!(sent.status, 302, "{}", sent.body);
    let address = sent.header("location").unwrap().to_owned();
    let asked: std::collections::HashMap<_, _> =
        Url::parse(&address).unwrap().query_pairs().into_owned().collect();
    assert_eq!(asked["redirect_uri"], "http://pmos.test/auth/basecamp/callback");
    assert_eq!((&*asked["response_type"], &*asked["code_challenge_method"]), ("code", "S256"));
    assert!(!asked.contains_key("client_secret") && !address.contains("pmos_"), "{address}");
    let cookie = sent.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let back = agree(&address).await;
    Way { path: back[url::Position::BeforePath..].to_owned(), cookie }
}

async fn come_back(caller: &Caller<'_>, way: &Way) -> Answer {
    let session = caller.cookie.as_ref().map(|it| format!("; pmos_session={it}"));
    let request = http::Request::builder().method("GET").uri(&way.path).header("host", "pmos.test");
    let cookie = format!("{}{}", way.cookie, session.unwrap_or_default());
    caller.send(request.header("cookie", cookie).body(Body::empty()).unwrap()).await
}

pub(crate) async fn connect(caller: &Caller<'_>) -> Answer {
    let way = leave(caller, "?for=workspace&back=/setup/basecamp").await;
    let landed = come_back(caller, &way).await;
    assert_eq!((landed.status, landed.header("location")), (302, Some("/setup/basecamp")));
    caller.post("/select_account", json!({"account_id": "2914079"})).await
}

#[tokio::test]
async fn an_admin_connects_chooses_tests_and_takes_away() {
    let service = service().await;
    for server in servers(&service).await {
        let owner = server.signs_up("Owner").await;
        assert_eq!(owner.get(CONNECTORS).await["basecamp"]["state"], "not_connected");
        let chosen = connect(&owner).await;
        assert_eq!(chosen.status, 200, "{}", chosen.body);
        assert_eq!(chosen["selected_account_id"], 2_914_079);
        let known = owner.get(CONNECTORS).await;
        assert_eq!(
            (&known["basecamp"]["configured"], &known["checkedAtMs"]),
            (&json!(true), &Value::Null)
        );
        let tested =
            owner.post(&format!("{CONNECTORS}/test"), json!({"connector": "basecamp"})).await;
        assert_eq!(tested["basecamp"]["state"], "ok", "{}", tested.body);
        assert_eq!(tested["basecamp"]["account"], "Fernhill Studio");
        assert_eq!(tested["basecamp"]["checks"].as_array().unwrap().len(), 3);
        let wrong = owner.post("/select_account", json!({"account_id": 7})).await;
        assert_eq!((wrong.status, &wrong["code"]), (400, &json!("ACCOUNT_NOT_FOUND")));
        assert_eq!(wrong["accounts"].as_array().unwrap().len(), 2);
        let none = owner.post("/select_account", json!({})).await;
        assert_eq!((none.status, &none["code"]), (400, &json!("ACCOUNT_ID_REQUIRED")));
        let nobody = server.visitor().post("/select_account", json!({"account_id": 7})).await;
        assert_eq!((nobody.status, &nobody["code"]), (400, &json!("API_KEY_REQUIRED")));
        let gone = owner.post("/api/pmos/basecamp/disconnect", json!({})).await;
        assert_eq!(gone["ok"], true);
        assert_eq!(owner.get(CONNECTORS).await["basecamp"]["state"], "not_connected");
        let log = owner.get("/api/pmos/audit").await.body.to_string();
        for word in ["connection.added", "connection.changed", "connection.removed"] {
            assert!(log.contains(word), "{word}");
        }
    }
}

#[tokio::test]
async fn a_sign_in_of_another_browser_or_a_used_one_is_refused_and_stores_nothing() {
    let service = service().await;
    for server in servers(&service).await {
        let owner = server.signs_up("Owner").await;
        let way = leave(&owner, "?for=workspace").await;
        let other = Way { cookie: format!("pmos_basecamp={}", "0".repeat(64)), ..way };
        let refused = come_back(&owner, &other).await;
        assert_eq!(refused.status, 400);
        let way = leave(&owner, "?for=workspace").await;
        let foreign = server.signs_up("Other").await;
        assert_eq!(come_back(&foreign, &way).await.status, 400);
        assert_eq!(come_back(&owner, &way).await.status, 400, "it was used up");
        let bare = Way { path: "/auth/basecamp/callback?code=x".into(), ..way };
        assert_eq!(come_back(&owner, &bare).await.status, 400);
        for caller in [&owner, &foreign] {
            assert_eq!(caller.get(CONNECTORS).await["basecamp"]["configured"], false);
        }
    }
}

#[tokio::test]
async fn somebody_new_gets_one_key_once_and_comes_back_without_another() {
    let service = service().await;
    for server in servers(&service).await {
        let visitor = server.visitor();
        let first = come_back(&visitor, &leave(&visitor, "").await).await;
        assert_eq!(first.header("location"), Some("/sign-up"), "the first account has a password");
        server.signs_up("Owner").await;
        let shown = come_back(&visitor, &leave(&visitor, "").await).await;
        assert_eq!((shown.status, shown.header("cache-control")), (200, Some("no-store")));
        let page = &shown.text;
        let key = page.split("data-key=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(key.len(), 48);
        let script = server.visitor().showing(key);
        let chosen = script.post("/select_account", json!({"account_id": 2_914_080})).await;
        assert_eq!(chosen.status, 200, "{}", chosen.body);
        let again = come_back(&visitor, &leave(&visitor, "").await).await;
        assert_eq!(again.header("location"), Some("/connect?connected=1"));
        assert!(!again.text.contains("pmos_"));
        let left = script.post("/logout", json!({})).await;
        assert_eq!((left.status, &left["connected"]), (200, &json!(false)));
        assert_eq!(script.get("/api/pmos/auth/me").await.status, 200, "the key still works");
        let (first, last) = (key.get(..9).unwrap(), key.get(key.len() - 4..).unwrap());
        let masked = format!("{first}…{last}");
        assert_eq!(left["api_key"], json!(masked));
        let told = script.get("/startbcgpt").await;
        assert_eq!((&told["connected"], &told["api_key"]), (&json!(true), &json!(masked)));
        let user = &told["user"];
        assert!(user["name"].is_string() && user["email"].is_string(), "{}", told.body);
        let same = script.post("/action/startbcgpt", json!({})).await;
        assert_eq!((&same["api_key"], &same["user"]), (&json!(masked), user));
        let nobody = visitor.get("/startbcgpt").await;
        for field in ["user", "user_key", "api_key"] {
            assert_eq!(nobody[field], Value::Null, "{field}: {}", nobody.body);
        }
    }
}

#[tokio::test]
async fn an_email_links_nobody_and_a_closed_door_says_so() {
    let service = service().await;
    let mut people = service.sandbox.identities();
    people[0].email = "owner@example.com".into();
    service.sandbox.set_identities(people);
    for server in servers(&service).await {
        let owner = server.signs_up("Owner").await;
        let visitor = server.visitor();
        let refused = come_back(&visitor, &leave(&visitor, "").await).await;
        assert_eq!(refused.status, 403);
        assert!(refused.text.contains("OAuth failed: Somebody has a PM OS account"));
        owner.put("/api/pmos/platform/settings", json!({"signup": "closed"})).await;
        service.sandbox.set_identities(vec![sandbox::launchpad::Identity {
            id: 77,
            email: "new@example.net".into(),
            ..service.sandbox.identities().remove(0)
        }]);
        let closed = come_back(&visitor, &leave(&visitor, "").await).await;
        assert_eq!(closed.status, 403);
        assert!(closed.text.contains("invitation"));
        let mut people = service.sandbox.identities();
        people[0].email = "owner@example.com".into();
        service.sandbox.set_identities(people);
    }
}

#[tokio::test]
async fn without_an_app_the_start_says_what_is_missing() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let told = owner.get(START).await;
    assert_eq!(told.status, 400);
    assert!(told.text.contains("A super admin registers it"));
    let page = server.visitor().get("/connect").await;
    assert_eq!((page.status, page.header("cache-control")), (200, Some("no-store")));
}
