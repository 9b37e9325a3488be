//! Acceptance: what is secret goes in and never comes out (AC-09). Marked secrets are put everywhere one can be put;
//! then every answer, stream, log line and stored row is searched for them.

use crate::caller::{Answer, Caller, Server};
use crate::walls::conversation;
use axum::body::Body;
use serde_json::{Value, json};
use std::io::Write;
use std::sync::{Arc, Mutex};

const PASSWORD: &str = "cnry-password-4f81d2";
const WRONG: &str = "cnry-wrong-password-77ab01";
const PROVIDER: &str = "sk-cnry-provider-19c2d47a55";
const PERSONAL: &str = "sk-cnry-personal-8e3f10bb62";
const CONNECTION: &str = "cnry-connection-5d2e90c1";
const ACCESS: &str = "cnry-access-token-b7714c";
const SHELL: &str = "cnry-shell-token-6610aa";
const CLIENT: &str = "cnry-client-secret-93be21";
const ENCRYPTING: &str = "cnry-encrypting-key-40d6c8-0123456789";

/// Secrets that the environment gives.
const SETTINGS: &[(&str, &str)] = &[
    ("PMOS_SHELL_TOKEN", SHELL),
    ("BASECAMP_CLIENT_ID", "pmos-of-the-tests"),
    ("BASECAMP_CLIENT_SECRET", CLIENT),
    ("PMOS_SECRET_KEY", ENCRYPTING),
];

/// Keeps what is logged on this thread, where all of a test runs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// What is searched for, and what was searched.
struct Search {
    secrets: Vec<String>,
    searched: usize,
}

impl Search {
    fn through(&mut self, place: &str, text: &str) {
        for secret in &self.secrets {
            assert!(!text.contains(secret.as_str()), "{place} shows {secret}: {text}");
        }
        self.searched += 1;
    }

    /// What is stored: also as bytes, which are written in hex.
    fn through_rows(&mut self, rows: &[String]) {
        let hex: Vec<String> = self.secrets.iter().map(|it| hex(it)).collect();
        for row in rows {
            self.through("a stored row", row);
            let row = row.to_lowercase();
            assert!(!hex.iter().any(|it| row.contains(it)), "a stored row shows bytes: {row}");
        }
    }
}

fn hex(text: &str) -> String {
    text.bytes().map(|it| format!("{it:02x}")).collect()
}

async fn ok(answer: impl Future<Output = Answer>) -> Answer {
    let answer = answer.await;
    assert!((200..300).contains(&answer.status), "{} {}", answer.status, answer.text);
    answer
}

/// Puts a secret wherever one can be put; gives the id of a connection and what else is secret now.
async fn fill(owner: &Caller<'_>) -> (Value, Vec<String>) {
    let byok = json!({"provider": "openai", "apiKey": PROVIDER, "label": "Ours"});
    ok(owner.post("/api/pmos/byok", byok)).await;
    let own = json!({"llmProvider": "anthropic", "llmApiKey": PERSONAL});
    ok(owner.put("/api/config", own)).await;
    let http = |name: &str, value: Value| {
        let piece = "@activepieces/piece-http";
        owner.post(
            "/api/pmos/connections",
            json!({"name": name, "pieceName": piece, "value": value}),
        )
    };
    let made = ok(http("CRM", json!({"secret_text": CONNECTION}))).await;
    let key = ok(owner.post("/api/pmos/keys", json!({"label": "Script"}))).await;
    let guest = json!({"email": "guest@example.com", "role": "member"});
    let invited = ok(owner.post("/api/pmos/invitations", guest)).await;
    let secret = vec![text(&key["key"]), invited.token()];
    (made["connection"]["id"].clone(), secret)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Somebody whose password is a marked one, with a session.
async fn signs_up(server: &Server, name: &str) -> Option<String> {
    let email = format!("{}@example.com", name.to_lowercase());
    let new = json!({"name": name, "email": email, "password": PASSWORD});
    ok(server.visitor().post("/api/pmos/auth/signup", new)).await.session()
}

/// Every route that reads, as one caller, with ids where there are some.
async fn read_everything(search: &mut Search, caller: &Caller<'_>, ids: &[(&str, String)]) {
    for route in api::routes::all().iter().filter(|it| it.method == "GET") {
        let id = ids.iter().find(|it| route.path.starts_with(it.0)).map_or("x", |it| it.1.as_str());
        let path = route.path.split('/').map(|it| if it.starts_with('{') { id } else { it });
        let path = path.collect::<Vec<_>>().join("/");
        let request = caller.request("GET", &path).body(Body::empty()).unwrap();
        let response = caller.open(request).await;
        let kind = response.headers().get("content-type").cloned();
        let is_stream = kind.is_some_and(|it| it.as_bytes().starts_with(b"text/event-stream"));
        // Streams that stay open tell stored events, which are searched as rows; that of one run ends.
        if is_stream && !path.starts_with("/api/chat/runs/") {
            continue;
        }
        let answer = Answer::read(response).await;
        guarded(&path, &answer);
        let headers = format!("{:?}", answer.headers);
        let set = answer.session().unwrap_or_default();
        let headers = if set.is_empty() { headers } else { headers.replace(&set, "") };
        search.through(&path, &answer.text);
        search.through(&path, &headers);
    }
}

/// Whatever is answered, a browser is told what it may do with it.
fn guarded(path: &str, answer: &Answer) {
    let policy = answer.header("content-security-policy").unwrap_or_default();
    let is_closed = policy.starts_with("default-src 'none'");
    assert!(is_closed || policy.contains("object-src 'none'"), "{path}: {policy}");
    for part in ["frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(part), "{path} {}: {policy}", answer.status);
    }
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
}

/// Wrong requests that hold a secret: no answer repeats it.
async fn ask_wrongly(search: &mut Search, caller: &Caller<'_>) {
    let wrong = json!({
        "password": [PASSWORD], "currentPassword": {"a": PASSWORD}, "newPassword": [PASSWORD], "apiKey": [PROVIDER],
        "llmApiKey": [PERSONAL], "secret": [CONNECTION], "token": [ACCESS], "value": [CONNECTION], "api_key": SHELL,
        "email": ["nobody"], "name": 7, "label": 7, "provider": 7,
    });
    for route in api::routes::all() {
        let changes = matches!(route.method.as_str(), "POST" | "PUT" | "PATCH");
        // What ends the session, and what would ask a provider for real.
        let is_left_out = ["/logout", "/connectors/test"].iter().any(|it| route.path.ends_with(it));
        if !changes || is_left_out {
            continue;
        }
        let path = route.path.split('/').map(|it| if it.starts_with('{') { "x" } else { it });
        let path = path.collect::<Vec<_>>().join("/");
        let request = caller.request(route.method.as_str(), &format!("{path}?api_key={SHELL}"));
        let request = request.header("content-type", "application/json");
        let answer = caller.send(request.body(Body::from(wrong.to_string())).unwrap()).await;
        assert_ne!(answer.status, 500, "{path}: {}", answer.text);
        search.through(&path, &answer.text);
    }
    for malformed in [format!("{{\"password\": \"{PASSWORD}"), format!("[\"{PROVIDER}\"]")] {
        for path in ["/api/pmos/auth/login", "/api/pmos/byok", "/api/pmos/connections", "/mcp"] {
            let answer = caller.json("POST", path, &malformed).await;
            search.through(path, &answer.text);
        }
    }
}

#[tokio::test]
async fn no_secret_comes_out_of_any_answer_log_or_row() {
    for server in Server::all_with(SETTINGS).await {
        let log = Log::default();
        let listening = log.listen();
        let cookie = signs_up(&server, "Owner").await;
        let owner = server.person(&cookie);
        let wrong = json!({"email": "owner@example.com", "password": WRONG});
        assert_eq!(server.visitor().post("/api/pmos/auth/login", wrong).await.status, 401);
        let member = server.joins(&owner, "Member", "member").await;
        // Before a model is chosen: the built-in assistant answers.
        let chat = conversation(&owner).await;
        let (connection, made) = fill(&owner).await;
        let mut secrets: Vec<String> =
            [PASSWORD, WRONG, PROVIDER, PERSONAL, CONNECTION, ACCESS, SHELL, CLIENT, ENCRYPTING]
                .map(str::to_owned)
                .into();
        secrets.extend(made);
        secrets.extend([cookie.clone().unwrap(), member.cookie.clone().unwrap()]);
        let mut search = Search { secrets, searched: 0 };
        let ids = [
            ("/api/chat/sessions/", text(&chat.session)),
            ("/api/chat/runs/", text(&chat.run)),
            ("/api/approvals/", text(&chat.approval)),
            ("/api/operations/", text(&chat.operation)),
            ("/api/pmos/connections/", text(&connection)),
        ];
        for caller in [&owner, &member, &server.visitor()] {
            read_everything(&mut search, caller, &ids).await;
        }
        ask_wrongly(&mut search, &member).await;
        ask_wrongly(&mut search, &server.visitor()).await;
        drop(listening);
        search.through("the log", &log.text());
        assert!(log.text().len() > 100, "something was logged");
        search.through_rows(&server.db.rows(None).await);
        assert!(search.searched > 400, "{}", search.searched);
    }
}

#[tokio::test]
async fn a_blank_secret_keeps_what_is_stored() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let byok = json!({"provider": "openai", "apiKey": PROVIDER});
        ok(owner.post("/api/pmos/byok", byok)).await;
        for blank in ["", "***"] {
            let again = json!({"provider": "openai", "apiKey": blank, "label": "Ours"});
            owner.post("/api/pmos/byok", again).await;
            let keys = owner.get("/api/pmos/byok").await;
            let kept = &keys["keys"][0];
            let last4 = kept["last4"].as_str().unwrap_or("none");
            assert!(last4.len() == 4 && PROVIDER.ends_with(last4), "{}", keys.body);
        }
        ok(owner.delete("/api/pmos/byok/openai")).await;
        assert_eq!(owner.get("/api/pmos/byok").await["keys"], json!([]));
    }
}

#[tokio::test]
async fn malformed_json_is_one_line_in_the_log_without_what_was_sent() {
    let server = Server::sqlite().await;
    let log = Log::default();
    let listening = log.listen();
    let sent = format!("{{\"password\": \"{PASSWORD}\nINFO forged: a line of its own");
    let answer = server.visitor().json("POST", "/api/pmos/auth/login", &sent).await;
    assert_eq!((answer.status, &answer["error"]), (400, &json!("INVALID_JSON")));
    drop(listening);
    let text = log.text();
    assert_eq!(text.matches("a body is not JSON").count(), 1, "{text}");
    assert!(!text.contains(PASSWORD) && !text.contains("forged"), "{text}");
}
