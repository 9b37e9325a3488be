//! Acceptance (AC-33): no server function reaches a record of another workspace. Every one that is registered is
//! looked for in the list of `cases`, so that a new one without a case fails.

use crate::Place;
use crate::cases::{Ask, Wanted, cases};
use axum::body::Body;
use axum::http::{Method, Request, header};
use http_body_util::BodyExt;
use leptos::server_fn::axum::server_fn_paths;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tower::ServiceExt;

/// A word in everything the other workspace has, and in nothing that is sent.
pub(crate) const MARK: &str = "Gooseberry";

/// Ids of the other workspace, by what they are of.
pub(crate) type Ids = BTreeMap<&'static str, String>;

/// Every server function of the product: its path and its method.
pub(crate) fn registered() -> impl Iterator<Item = (&'static str, Method)> {
    server_fn_paths()
}

impl Place {
    /// Calls a server function; gives the status and the answer.
    pub(crate) async fn call(&self, cookie: &str, name: &str, ask: &Ask) -> (u16, String) {
        let (kind, body) = match ask {
            Ask::Json(body) => ("application/json", body.to_string()),
            Ask::Form(body) => {
                let pairs = body.as_object().unwrap().iter();
                let pairs = pairs.map(|(name, value)| match value {
                    Value::String(text) => format!("{name}={}", text.replace(' ', "%20")),
                    other => format!("{name}={other}"),
                });
                ("application/x-www-form-urlencoded", pairs.collect::<Vec<_>>().join("&"))
            }
        };
        let request = Request::post(format!("/fn/{name}")).header(header::HOST, "pmos.test");
        let request = request.header(header::COOKIE, format!("pmos_session={cookie}"));
        let request = request.header(header::CONTENT_TYPE, kind);
        let request = request.header(header::ACCEPT, "application/json");
        let request = request.body(Body::from(body)).unwrap();
        // Nobody is held up for calling often.
        let clock = self.backend.auth.clock();
        clock.advance(Duration::from_secs(5));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn get(&self, path: &str, cookie: &str) -> Value {
        let text = self.open(path, cookie).await.text;
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {text}"))
    }

    async fn tool(&self, cookie: &str, name: &str, args: Value) -> Value {
        let call = json!({"name": name, "arguments": args});
        let answer = self.post("/api/mcp-call", cookie, call).await;
        assert_eq!(answer["ok"], true, "{name}: {answer}");
        answer["result"].clone()
    }

    /// This product on a port of this machine, as another MCP server.
    async fn served(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/mcp")
    }
}

fn text(value: &Value) -> String {
    assert!(value.is_string(), "an id: {value}");
    value.as_str().unwrap_or_default().to_owned()
}

/// A flow with a step, published; its version, one of its runs, and its app.
async fn flow_of(place: &Place, there: &str, ids: &mut Ids) {
    let trigger = json!({
        "name": "trigger", "displayName": "Catch webhook", "type": "PIECE_TRIGGER",
        "settings": {
            "pieceName": "@activepieces/piece-webhook", "pieceVersion": "~0.1.27", "triggerName": "catch_webhook",
            "input": {"authType": "none"},
        },
    });
    let step = json!({
        "name": "step_1", "displayName": MARK, "type": "PIECE",
        "settings": {
            "pieceName": "@activepieces/piece-text-helper", "pieceVersion": "~0.1.0", "actionName": "change_case",
            "input": {"text": "{{trigger.body.text}}", "case": "upper"},
        },
    });
    let new = json!({"name": MARK, "trigger": trigger, "actions": [step]});
    let made = place.tool(there, "flow_create", new).await;
    let flow = text(&made["flow"]["id"]);
    let sample = json!({"flow_id": flow, "payload": {"body": {"text": MARK}}});
    place.tool(there, "flow_trigger_test", sample).await;
    let step = json!({"flow_id": flow, "step_name": "step_1"});
    let tried = place.tool(there, "flow_step_test", step).await;
    place.tool(there, "flow_publish", json!({"flow_id": flow})).await;
    ids.insert("version", text(&made["flow"]["version"]["id"]));
    ids.insert("run", text(&tried["runId"]));
    let kept = json!({"flowId": flow, "name": MARK, "visibility": "shared"});
    let kept = place.post("/apps/api/publisher/templates", there, kept).await;
    let app = json!({
        "templateId": kept["id"], "category": "writing", "description": MARK, "outputType": "text",
        "inputSchema": {"fields": [{"name": "text", "type": "text"}]},
        "outputSchema": {"publisher": {"audience": "internal"}},
    });
    let app = place.post("/apps/api/publisher/publish", there, app).await;
    ids.insert("app", text(&app["id"]));
    ids.insert("flow", flow);
}

/// A conversation with its run, an approval that waits, and an answer that is remembered.
async fn conversation(place: &Place, there: &str, ids: &mut Ids) {
    let say = |message: &str, session: &Value| json!({"message": message, "sessionId": session});
    let built = say("When a webhook arrives, tell me Gooseberry", &Value::Null);
    let built = place.post("/api/chat", there, built).await;
    let asked = say("publish it", &built["sessionId"]);
    let asked = place.post("/api/chat", there, asked).await;
    ids.insert("session", text(&built["sessionId"]));
    ids.insert("chat_run", text(&built["runId"]));
    ids.insert("approval", text(&asked["approval_id"]));
    let todo = "add a to-do called Gooseberry to the Build list of the Website relaunch project";
    let todo = place.post("/api/chat", there, json!({"message": todo})).await;
    let path = format!("/api/approvals/{}/approve", text(&todo["approval_id"]));
    place.post(&path, there, json!({"remember": "workspace"})).await;
    let rules = place.get("/api/approvals/rules", there).await;
    ids.insert("rule", text(&rules["rules"][0]["id"]));
}

/// One of everything that has an id.
pub(crate) async fn seeded(place: &Place, there: &str) -> Ids {
    let mut ids = Ids::new();
    place.post("/api/pmos/setup/sample", there, json!({})).await;
    flow_of(place, there, &mut ids).await;
    conversation(place, there, &mut ids).await;
    let user = place.get("/api/pmos/auth/me", there).await["user"].clone();
    ids.insert("member", text(&user["id"]));
    ids.insert("workspace", text(&user["workspaceId"]));
    let guest = json!({"email": "gooseberry@example.com", "role": "member"});
    let guest = place.post("/api/pmos/invitations", there, guest).await;
    ids.insert("invitation", text(&guest["invitation"]["id"]));
    let key = place.post("/api/pmos/keys", there, json!({"label": MARK})).await;
    ids.insert("key", text(&key["meta"]["id"]));
    let folder = place.tool(there, "flow_folder_create", json!({"name": MARK})).await;
    ids.insert("folder", text(&folder["id"]));
    let secret = json!({"secret_text": "hunter22-hunter22"});
    let new = json!({"name": MARK, "piece_name": "@activepieces/piece-http", "value": secret});
    let connection = place.tool(there, "flow_connection_create", new).await;
    ids.insert("connection", text(&connection["id"]));
    let note = json!({"memory_type": "fact", "content": MARK});
    let note = place.tool(there, "pmos_memory_save", note).await;
    ids.insert("note", text(&note["memory"]["id"]));
    let agent = json!({"name": MARK, "goal": "Look at what is late"});
    let agent = place.tool(there, "create_agent", agent).await;
    ids.insert("agent", text(&agent["agent"]["id"]));
    let policy = json!({"name": MARK, "rule": "refuse what deletes for viewers"});
    let policy = place.tool(there, "create_policy", policy).await;
    ids.insert("policy", text(&policy["policy"]["id"]));
    let server = json!({"name": MARK, "url": place.served().await});
    let server = place.post("/api/pmos/tool-servers", there, server).await;
    ids.insert("server", text(&server["server"]["id"]));
    let operations = place.get("/api/operations", there).await;
    ids.insert("operation", text(&operations["operations"][0]["id"]));
    let shell = place.post("/api/pmos/shell/sessions", there, json!({})).await;
    ids.insert("shell", text(&shell["sessionId"]));
    let plan = json!({"objective": "Find what is overdue"});
    let plan = place.post("/api/plan", there, plan).await;
    ids.insert("plan", text(&plan["plan_id"]));
    let (_, access) = place.call(there, "load_accesses", &Ask::Form(json!({}))).await;
    let access: Value = serde_json::from_str(&access).unwrap();
    ids.insert("access", text(&access["connections"][0]["id"]));
    let row = json!({"name": "ledger", "edit": {"add": [{"word": MARK}]}});
    let (status, answer) = place.call(there, "change_table", &Ask::Json(row)).await;
    assert_eq!(status, 200, "{answer}");
    ids
}

/// What the other workspace has, without what its audit log says of who tried.
pub(crate) async fn state(place: &Place, there: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for path in [
        "/api/pmos/members",
        "/api/pmos/invitations",
        "/api/pmos/workspace",
        "/api/pmos/keys",
        "/api/pmos/connections",
        "/api/pmos/tool-servers",
        "/api/approvals?status=all",
        "/api/approvals/rules",
        "/api/operations",
        "/api/chat/sessions",
    ] {
        all.push(place.get(path, there).await);
    }
    // Looking is being here.
    for member in all.iter_mut().filter_map(|it| it.get_mut("members")?.as_array_mut()).flatten() {
        member.as_object_mut().map(|it| it.remove("lastSeenAtMs"));
    }
    for name in ["flow_list", "flow_folders_list", "pmos_memory_recall", "list_policies"] {
        all.push(place.tool(there, name, json!({})).await);
    }
    let table = Ask::Form(json!({"name": "ledger", "page": 1}));
    all.push(place.call(there, "open_table", &table).await.1.into());
    let limits = place.call(there, "load_limits", &Ask::Form(json!({}))).await.1;
    let limits: Value = serde_json::from_str(&limits).unwrap();
    all.push(limits["limits"].clone());
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn no_server_function_reaches_another_workspace() {
    let place = Place::new().await;
    place.backend.auth.clock().stop();
    // The first account may do most: what it has is the hardest to keep apart.
    let there = place.signs_up("owner").await;
    let here = place.signs_up("team").await;
    place.post("/api/pmos/setup/sample", &here, json!({})).await;
    let ids = seeded(&place, &there).await;
    let nothing: Ids = ids.keys().map(|it| (*it, "11111111-missing".to_owned())).collect();
    let (foreign, missing) = (cases(&ids), cases(&nothing));
    let listed: BTreeSet<&str> = foreign.iter().map(|it| it.0).collect();
    let paths: BTreeSet<&str> = registered().map(|it| it.0).collect();
    let names: BTreeSet<&str> = paths.iter().filter_map(|it| it.strip_prefix("/fn/")).collect();
    assert_eq!((listed.len(), names.len()), (foreign.len(), paths.len()), "each of them once");
    let unlisted: Vec<_> = names.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&names).collect();
    assert!(unlisted.is_empty() && gone.is_empty(), "without a case: {unlisted:?}; gone: {gone:?}");

    let log = async || place.get("/api/pmos/audit", &there).await;
    let before = (state(&place, &there).await, log().await);
    let mut wrong = Vec::new();
    for ((name, ask, wanted), (_, other, _)) in foreign.iter().zip(&missing) {
        let Some((ask, other)) = ask.as_ref().zip(other.as_ref()) else { continue };
        let (status, answer) = place.call(&here, name, ask).await;
        let is_told = answer.contains(MARK);
        let is_kept = match wanted {
            Wanted::Missing | Wanted::Wrong => {
                let wanted = if *wanted == Wanted::Missing { 404 } else { 400 };
                status == wanted && answer == place.call(&here, name, other).await.1
            }
            Wanted::Nothing => status < 500,
            Wanted::Refusal => status == 403,
            Wanted::Own => true,
        };
        if is_told || !is_kept {
            wrong.push(format!("{name}: {status} {answer}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!((state(&place, &there).await, log().await), before);
}
