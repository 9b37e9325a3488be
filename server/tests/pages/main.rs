//! Pages as the server draws them, through the router of the product.

#![cfg(test)]

mod cases;
mod deciding;
mod frame;
mod packing;
mod roles;
mod runs;
mod scripts;
mod studio;
mod supers;
mod walls;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Request, header};
use backend::Backend;
use backend::config::Config;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

struct Place {
    backend: Backend,
    router: Router,
    _folder: TempDir,
}

/// What came back.
struct Page {
    status: u16,
    location: Option<String>,
    cookie: Option<String>,
    headers: HeaderMap,
    text: String,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().display().to_string();
        let config = Config::from_lookup(|name| (name == "PMOS_DATA").then(|| data.clone()));
        let backend = Backend::start(config.unwrap()).await.unwrap();
        Self { router: server::router(backend.clone()), backend, _folder: folder }
    }

    async fn ask(&self, method: &str, path: &str, cookie: &str, body: Value) -> Page {
        self.ask_with(&[], (method, path), cookie, body).await
    }

    async fn ask_with(
        &self,
        more: &[(HeaderName, &str)],
        (method, path): (&str, &str),
        cookie: &str,
        body: Value,
    ) -> Page {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "pmos.test");
        let request = request.header(header::COOKIE, format!("pmos_session={cookie}"));
        let request = request.header(header::CONTENT_TYPE, "application/json");
        // As a browser that opens a page.
        let request = request.header(header::ACCEPT, "text/html");
        let request = more.iter().fold(request, |it, (name, value)| it.header(name, *value));
        let request = request.body(Body::from(body.to_string())).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let text = |name| parts.headers.get(name).map(|it| it.to_str().unwrap().to_owned());
        let cookie = text(header::SET_COOKIE);
        let cookie = cookie
            .and_then(|it| Some(it.strip_prefix("pmos_session=")?.split(';').next()?.to_owned()));
        let bytes = body.collect().await.unwrap().to_bytes();
        Page {
            status: parts.status.as_u16(),
            location: text(header::LOCATION),
            cookie,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    async fn open(&self, path: &str, cookie: &str) -> Page {
        self.ask("GET", path, cookie, json!({})).await
    }

    async fn post(&self, path: &str, cookie: &str, body: Value) -> Value {
        serde_json::from_str(&self.ask("POST", path, cookie, body).await.text).unwrap()
    }

    async fn signs_up(&self, name: &str) -> String {
        let account = json!({"name": name, "email": format!("{name}@example.com"), "password": "correct horse"});
        self.ask("POST", "/api/pmos/auth/signup", "", account).await.cookie.unwrap()
    }

    async fn joins(&self, admin: &str, name: &str, role: &str) -> String {
        let email = format!("{name}@example.com");
        let invited = json!({"email": email, "role": role});
        let invited = self.post("/api/pmos/invitations", admin, invited).await;
        let token = invited["link"].as_str().unwrap().rsplit('/').next().unwrap();
        let given = json!({"token": token, "name": name, "password": "correct horse"});
        let path = "/api/pmos/invitations/accept";
        self.ask("POST", path, "", given).await.cookie.unwrap()
    }
}

const OF_EVERYBODY: [&str; 6] =
    ["/", "/flows", "/runs", "/approvals", "/settings/profile", "/settings/keys"];

#[tokio::test(flavor = "multi_thread")]
async fn tools_of_super_admins_are_in_nobody_elses_pages() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let opened = place.post("/api/pmos/shell/sessions", &owner, json!({})).await;
    let path = format!("/api/pmos/shell/sessions/{}/run", opened["sessionId"].as_str().unwrap());
    place.post(&path, &owner, json!({"command": "pmos status"})).await;
    let admin = place.joins(&owner, "admin", "workspace_admin").await;
    let member = place.joins(&owner, "member", "member").await;
    let viewer = place.joins(&owner, "viewer", "viewer").await;
    for cookie in [&admin, &member, &viewer] {
        for path in OF_EVERYBODY.into_iter().chain(["/audit", "/settings/workspace"]) {
            let page = place.open(path, cookie).await;
            let text = page.text.to_lowercase();
            assert!(text.contains("</html>"), "{path}: {text}");
            let hidden = ["shell", "href=\"/workspaces\"", "/settings/server", "pmos status"];
            for word in hidden {
                assert!(!text.contains(word), "{path} says {word}: {text}");
            }
        }
    }
    let home = place.open("/", &owner).await.text;
    for path in ["/shell", "/workspaces"] {
        assert!(home.contains(&format!("href=\"{path}\"")), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_drawn_for_admins_and_nobody_else() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let team = place.signs_up("team").await;
    let member = place.joins(&owner, "member", "member").await;
    for range in ["1h", "24h", "7d", "30d"] {
        let page = place.open(&format!("/telemetry?range={range}"), &owner).await;
        assert_eq!(page.status, 200);
        for words in ["across every workspace", "Flow runs", "Response time, ms", "Services"] {
            assert!(page.text.contains(words), "{range} {words}: {}", page.text);
        }
    }
    let own = place.open("/telemetry", &team).await.text;
    assert!(own.contains("How this workspace is doing") && !own.contains("Services"), "{own}");
    assert_eq!(place.open("/telemetry", &member).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_earlier_releases_lead_on() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let moved = [
        ("/today", "/"),
        ("/automations", "/flows"),
        ("/admin", "/settings/workspace"),
        ("/team", "/people"),
    ];
    for (old, new) in moved {
        let moved = place.open(old, &owner).await;
        assert_eq!((moved.status, moved.location.as_deref()), (302, Some(new)), "{old}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_people_and_reports_show_what_there_is() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    assert!(place.open("/agents", &owner).await.text.contains("No agents yet"));
    for path in ["/people", "/reports"] {
        let page = place.open(path, &owner).await;
        assert!(page.text.contains("Basecamp is not connected"), "{path}: {}", page.text);
    }
    place.post("/api/pmos/setup/sample", &owner, json!({})).await;
    let change = json!({
        "name": "Late things", "goal": "What is overdue?", "strategy": "", "kind": "pm", "schedule": "daily",
        "auto_execute": false
    });
    let made = place.ask("POST", "/fn/save_agent", &owner, json!({"change": change})).await;
    let id: String = serde_json::from_str(&made.text).unwrap();
    let viewer = place.joins(&owner, "viewer", "viewer").await;
    for (cookie, may) in [(&owner, true), (&viewer, false)] {
        let page = place.open("/agents", cookie).await;
        assert!(page.text.contains("Late things"), "{}", page.text);
        assert_eq!(page.text.contains("New agent"), may, "{}", page.text);
        assert_eq!(page.text.contains("Run now"), may, "{}", page.text);
        let people = place.open("/people", cookie).await.text;
        assert!(people.contains("Moves proposed") && people.contains("Amara Osei"), "{people}");
        let report = place.open("/reports", cookie).await.text;
        assert!(report.contains("What it says") && report.contains("Website relaunch"), "{report}");
    }
    let decisions = place.open("/reports?report=decisions", &owner).await;
    assert!(decisions.text.contains("report is about one project"), "{}", decisions.text);
    let run = json!({"name": "run_agent", "arguments": {"agent_id": id}});
    place.post("/api/mcp-call", &owner, run).await;
    let mut found = String::new();
    for _ in 0..600 {
        found = place.open(&format!("/agents/{id}"), &owner).await.text;
        if found.contains("overdue.</strong>") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(found.contains("to-dos are overdue.</strong>"), "{found}");
    let missing = place.open("/agents/no-such-agent", &owner).await;
    assert_eq!(missing.status, 404, "{}", missing.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_drawn_with_its_newest_turns() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let said = place.post("/api/chat", &owner, json!({"message": "hello there"})).await;
    let path = format!("/chat/{}", said["sessionId"].as_str().unwrap());
    let page = place.open(&path, &owner).await;
    assert!(page.text.contains("<p>hello there"), "{}", page.text);
    assert_eq!(page.text.matches("id=\"turn-").count(), 2, "{}", page.text);
    assert!(!page.text.contains("Show earlier"), "{}", page.text);
    assert_eq!(page.status, 200);
    let other = place.signs_up("other").await;
    for (path, cookie) in
        [(path.as_str(), &other), ("/chat/none", &owner), ("/approvals/none", &owner)]
    {
        let missing = place.open(path, cookie).await;
        assert_eq!(missing.status, 404, "{path}");
        assert!(missing.text.contains("</html>") && !missing.text.contains("<p>hello there"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_approval_stands_beside_the_list() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let empty = place.open("/approvals", &owner).await;
    assert!(empty.text.contains("What an approval would do is shown here"), "{}", empty.text);
    place.post("/api/pmos/setup/sample", &owner, json!({})).await;
    place.post("/api/chat", &owner, json!({"message": "complete Menu board copy"})).await;
    let waiting = place.open("/approvals", &owner).await;
    assert!(waiting.text.contains("What will happen"), "{}", waiting.text);
    let rules = place.open("/approvals?tab=rules", &owner).await;
    assert!(!rules.text.contains("What will happen"), "{}", rules.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_says_in_one_line_how_the_workspace_is() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let line = async |words: &str| {
        let page = place.open("/", &owner).await;
        let all = [
            "Project setup required",
            "Connector risk",
            "Failures need review",
            "Ready to build",
            "Healthy",
        ];
        let said: Vec<_> = all.into_iter().filter(|it| page.text.contains(it)).collect();
        assert_eq!(said, [words], "{}", page.text);
    };
    line("Project setup required").await;
    let named = json!({"name": "Fernhill"});
    place.ask("PATCH", "/api/pmos/workspace", &owner, named).await;
    line("Project setup required").await;
    place.post("/api/pmos/setup/sample", &owner, json!({})).await;
    line("Project setup required").await;
    place.post("/api/pmos/setup/check", &owner, json!({"step": "engine"})).await;
    line("Ready to build").await;
    let ask = json!({"message": "When a webhook arrives, tell me Hello"});
    place.post("/api/chat", &owner, ask).await;
    line("Healthy").await;
    let member = place.joins(&owner, "member", "member").await;
    let theirs = place.open("/", &member).await.text;
    assert!(theirs.contains("Healthy") && !theirs.contains("setup required"), "{theirs}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_holds_a_secret() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let secrets =
        ["sk-cnry-provider-19c2d47a55", "cnry-connection-5d2e90c1", "sk-cnry-personal-8e3f10"];
    let [provider, connection, personal] = secrets;
    place.post("/api/pmos/byok", &owner, json!({"provider": "openai", "apiKey": provider})).await;
    let own = json!({"llmProvider": "anthropic", "llmApiKey": personal});
    place.ask("PUT", "/api/config", &owner, own).await;
    let crm = json!({
        "name": "CRM", "pieceName": "@activepieces/piece-http", "value": {"secret_text": connection},
    });
    assert!(place.post("/api/pmos/connections", &owner, crm).await["connection"]["id"].is_string());
    let key = place.post("/api/pmos/keys", &owner, json!({"label": "Script"})).await;
    let key = key["key"].as_str().unwrap().to_owned();
    let pages = [
        "/",
        "/flows",
        "/runs",
        "/chat",
        "/approvals",
        "/projects",
        "/integrations",
        "/audit",
        "/telemetry",
        "/settings/profile",
        "/settings/assistant",
        "/settings/keys",
        "/settings/engine",
        "/settings/workspace",
        "/settings/members",
        "/settings/server",
        "/setup/assistant",
        "/no-such-page",
    ];
    for path in pages {
        let page = place.open(path, &owner).await.text;
        assert!(page.contains("</html>"), "{path}");
        for secret in secrets.into_iter().chain([key.as_str(), owner.as_str(), "correct horse"]) {
            assert!(!page.contains(secret), "{path} holds {secret}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_no_routes_for_developers() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    for path in [
        "/debug",
        "/debug/vars",
        "/dev",
        "/dev/mail",
        "/db",
        "/db/users",
        "/metrics",
        "/.env",
        "/.git/config",
    ] {
        let page = place.open(path, &owner).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(!page.text.contains("DATABASE_URL"), "{path}");
        let trace = place.ask("TRACE", path, &owner, json!({})).await;
        assert!(matches!(trace.status, 404 | 405), "{path} {}", trace.status);
        assert!(!trace.text.contains(&owner), "{path} gives the cookie back");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_admins_look_after_is_on_their_pages() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let member = place.joins(&owner, "member", "member").await;
    let pages = [
        ("/audit", ["export?format=csv", "export?format=jsonl", "Verify"]),
        ("/settings/alerts", ["E-mail addresses", "Nowhere", "Send a test alert"]),
        ("/workspaces", ["Check that they are apart", "You are here", "Workspaces"]),
    ];
    for (path, words) in pages {
        let (page, refused) = (place.open(path, &owner).await, place.open(path, &member).await);
        assert_eq!(page.status, 200, "{path}");
        for words in words {
            assert!(page.text.contains(words), "{path} {words}: {}", page.text);
        }
        assert!(!refused.text.contains(words[0]), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_the_api_that_ends_early_is_refused_in_a_whole_answer() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    for path in ["/api/", "/mcp/", "/action/", "/apps/api/", "/hooks/", "/fn/", "/.well-known/"] {
        for (method, cookie) in [("GET", ""), ("POST", owner.as_str())] {
            let answer = place.ask(method, path, cookie, json!({})).await;
            let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
            assert_eq!(
                (answer.status, &body["code"]),
                (404, &json!("NOT_FOUND")),
                "{method} {path}: {}",
                answer.text
            );
            // A length that is not the body's ends the connection.
            let said = answer.headers.get(header::CONTENT_LENGTH).map(|it| it.to_str().unwrap());
            let length = answer.text.len().to_string();
            assert_eq!(said.unwrap_or(&length), length, "{method} {path}");
        }
    }
}
