//! Acceptance: two workspaces never touch. The list of routes is walked, so a route with an id needs a case here.

use crate::apps;
use crate::caller::{Caller, Server};
use crate::hooks;
use api::routes::{Route, Who};
use axum::body::Body;
use domain::actor::{Actor, Permission, Role, Via};
use domain::approval::RuleScope;
use domain::flow::listing::FlowFilter;
use domain::ids::{UserId, WorkspaceId};
use serde_json::{Value, json};
use store::approval_rules::{self, NewRule};
use store::payloads::{self, Payload};
use store::plans::{self, PlanRow};
use store::tool_servers::{self, ServerRow};

/// What a caller finds about a record of the other workspace: an id for each route that takes one, and a body.
async fn foreign(server: &Server, other: &Caller<'_>) -> Vec<(&'static str, String, Value)> {
    let me = other.me().await;
    let user = me["id"].as_str().unwrap().to_owned();
    let invitation = invitation(other).await;
    let chat = conversation(other).await;
    let made = other.post("/api/pmos/keys", json!({"label": "Script"})).await;
    let key = &made["meta"]["id"];
    let case = |route, id: &Value, body| (route, id.as_str().unwrap().to_owned(), body);
    let mut cases = vec![
        case("GET /api/chat/sessions/{id}", &chat.session, json!({})),
        case("PATCH /api/chat/sessions/{id}", &chat.session, json!({"title": "Mine now"})),
        case("DELETE /api/chat/sessions/{id}", &chat.session, json!({})),
        case("GET /api/chat/sessions/{id}/events", &chat.session, json!({})),
        case("GET /api/chat/sessions/{id}/export", &chat.session, json!({})),
        case("GET /api/chat/sessions/{id}/attachments/{file}", &chat.session, json!({})),
        case("GET /api/chat/runs/{id}", &chat.run, json!({})),
        case("GET /api/chat/runs/{id}/events", &chat.run, json!({})),
        case("POST /api/chat/runs/{id}/cancel", &chat.run, json!({})),
        case("GET /api/approvals/{id}", &chat.approval, json!({})),
        case("POST /api/approvals/{id}/approve", &chat.approval, json!({})),
        case("POST /api/approvals/{id}/reject", &chat.approval, json!({})),
        case("GET /api/operations/{id}", &chat.operation, json!({})),
        case("POST /api/operations/{id}/undo", &chat.operation, json!({})),
        case("POST /api/operations/{id}/approve", &chat.operation, json!({})),
        case("POST /api/operations/{id}/reject", &chat.operation, json!({})),
        case("PATCH /api/pmos/keys/{id}", key, json!({"label": "Mine now"})),
        case("DELETE /api/pmos/keys/{id}", key, json!({})),
    ];
    let new = json!({"name": "CRM", "pieceName": "@activepieces/piece-http", "value": {"secret_text": "s3cret-s3cret"}});
    let made = other.post("/api/pmos/connections", new).await;
    let connection = &made["connection"]["id"];
    cases.extend([
        case("GET /api/pmos/connections/{id}", connection, json!({})),
        case("PATCH /api/pmos/connections/{id}", connection, json!({"name": "Mine now"})),
        case("DELETE /api/pmos/connections/{id}", connection, json!({})),
        case("POST /api/pmos/connections/{id}/test", connection, json!({})),
        case("POST /api/pmos/connections/{id}/sign-in", connection, json!({})),
    ]);
    cases.push(("POST /api/plan/{id}/execute", plan(server, &me).await, json!({})));
    let server_id = tool_server(server, &me).await;
    cases.extend([
        ("PATCH /api/pmos/tool-servers/{id}", server_id.clone(), json!({"name": "Mine now"})),
        ("DELETE /api/pmos/tool-servers/{id}", server_id.clone(), json!({})),
        ("POST /api/pmos/tool-servers/{id}/test", server_id.clone(), json!({})),
        ("POST /api/pmos/tool-servers/{id}/sign-in", server_id.clone(), json!({})),
        ("PATCH /api/pmos/tool-servers/{id}/tools", server_id, json!({"name": "a"})),
    ]);
    let app = apps::app_of(server, other, "internal").await;
    cases.extend([
        ("POST /api/pmos/flows/{id}/copy", their_flow(server, &me).await, json!({})),
        ("POST /api/pmos/flows/{id}/renew-address", their_flow(server, &me).await, json!({})),
        ("PATCH /api/pmos/members/{id}", user.clone(), json!({"role": "viewer"})),
        ("DELETE /api/pmos/members/{id}", user, json!({})),
        ("DELETE /api/pmos/invitations/{id}", invitation, json!({})),
        ("GET /api/exports/{id}", large_result(server, &me).await, json!({})),
        ("DELETE /api/approvals/rules/{id}", remembered(server, other, &me).await, json!({})),
        // Apps of their workspace alone.
        ("GET /apps/api/apps/{id}", app.clone(), json!({})),
        ("GET /apps/api/apps/{id}/stats", app.clone(), json!({})),
        ("GET /apps/api/apps/{id}/runs", app.clone(), json!({})),
        ("GET /apps/api/apps/{id}/runs/{run}", app.clone(), json!({})),
        ("POST /apps/{id}/execute", app.clone(), json!({"inputs": {"text": "a"}})),
        ("PUT /apps/api/publisher/apps/{id}", app.clone(), json!({"featured": true})),
        ("DELETE /apps/api/publisher/apps/{id}", app, json!({})),
        // No project of the sample has this id; both see a sample of their own.
        ("GET /api/health/project/{id}", "999999999".to_owned(), json!({})),
        ("GET /api/projects/{id}", "999999999".to_owned(), json!({})),
        ("POST /api/pmos/projects/{id}/files", "999999999".to_owned(), json!({})),
        ("GET /api/predict/completion/{id}", "999999999".to_owned(), json!({})),
    ]);
    cases
}

async fn invitation(other: &Caller<'_>) -> String {
    let new = json!({"email": "guest@example.com", "role": "member"});
    let invited = other.post("/api/pmos/invitations", new).await;
    invited["invitation"]["id"].as_str().unwrap().to_owned()
}

/// The key of a result that is kept for this person.
async fn large_result(server: &Server, me: &Value) -> String {
    let text = |name: &str| me[name].as_str().unwrap().to_owned();
    let (workspace, user) = (WorkspaceId::from(text("workspaceId")), UserId::from(text("id")));
    let kept = server.backend.db.write(move |conn| {
        Box::pin(async move {
            let kept = Payload {
                collection: "todos".to_owned(),
                items: vec![json!({"title": "Theirs"})],
                chunk: 50,
                expires_at: 0,
            };
            payloads::keep(conn, (&workspace, &user), "kept", &kept).await
        })
    });
    kept.await.unwrap();
    "kept".to_owned()
}

fn actor(me: &Value) -> Actor {
    let text = |name: &str| me[name].as_str().unwrap().to_owned();
    Actor {
        user: UserId::from(text("id")),
        name: "Third".to_owned(),
        workspace: WorkspaceId::from(text("workspaceId")),
        role: Role::WorkspaceAdmin,
        via: Via::Ui,
        request_id: "r1".to_owned(),
        ip: None,
    }
}

/// A flow that this person built.
async fn their_flow(server: &Server, me: &Value) -> String {
    let all = server.backend.flows.list(&actor(me), &FlowFilter::default()).await.unwrap();
    all.data[0].id.to_string()
}

/// A plan of this person.
async fn plan(server: &Server, me: &Value) -> String {
    let text = |name: &str| me[name].as_str().unwrap().to_owned();
    let row = PlanRow {
        id: "their-plan".to_owned(),
        workspace_id: text("workspaceId"),
        user_id: text("id"),
        objective: "Tidy up".to_owned(),
        project_id: None,
        steps: "[]".to_owned(),
        run_id: None,
        session_id: None,
        created_at: 0,
    };
    let id = row.id.clone();
    let kept = server
        .backend
        .db
        .write(move |conn| Box::pin(async move { plans::insert(conn, &row).await }));
    kept.await.unwrap();
    id
}

/// Another MCP server that this person added.
pub(crate) async fn tool_server(server: &Server, me: &Value) -> String {
    let row = ServerRow {
        id: "theirs".to_owned(),
        workspace_id: me["workspaceId"].as_str().unwrap().to_owned(),
        slug: "crm".to_owned(),
        name: "CRM".to_owned(),
        url: "https://crm.example.com/mcp".to_owned(),
        program: None,
        header: None,
        secret: None,
        is_trusted: 0,
        is_enabled: 1,
        checked: None,
        added_by: "Third".to_owned(),
        connection_id: None,
        created_at: 0,
        updated_at: 0,
    };
    let id = row.id.clone();
    let kept = server
        .backend
        .db
        .write(move |conn| Box::pin(async move { tool_servers::insert(conn, &row).await }));
    kept.await.unwrap();
    id
}

/// A remembered answer of this person.
async fn remembered(server: &Server, other: &Caller<'_>, me: &Value) -> String {
    let actor = actor(me);
    let new = NewRule {
        tool: "create_todo".to_owned(),
        scope: RuleScope::Workspace,
        user: (actor.user.clone(), actor.name.clone()),
        project: String::new(),
        label: "Add a to-do".to_owned(),
    };
    let kept = server.backend.db.write(move |conn| {
        Box::pin(async move { approval_rules::insert(conn, &actor, &new).await })
    });
    kept.await.unwrap();
    other.get("/api/approvals/rules").await["rules"][0]["id"].as_str().unwrap().to_owned()
}

/// Ids of what one conversation with the assistant leaves.
pub(crate) struct Conversation {
    pub(crate) session: Value,
    pub(crate) run: Value,
    pub(crate) approval: Value,
    pub(crate) operation: Value,
}

/// A flow is built, and publishing it waits for an approval.
pub(crate) async fn conversation(other: &Caller<'_>) -> Conversation {
    let ask = json!({"message": "When a webhook arrives, tell me Hello"});
    let built = other.post("/api/chat", ask).await;
    let ask = json!({"message": "publish it", "sessionId": built["sessionId"]});
    let asked = other.post("/api/chat", ask).await;
    let operations = other.get("/api/operations").await;
    Conversation {
        session: built["sessionId"].clone(),
        run: built["runId"].clone(),
        approval: asked["approval_id"].clone(),
        operation: operations["operations"][0]["id"].clone(),
    }
}

#[tokio::test]
async fn a_record_of_another_workspace_is_as_good_as_missing() {
    for server in Server::all().await {
        server.signs_up("Owner").await;
        let (here, there) = (server.signs_up("Team").await, server.signs_up("Third").await);
        here.post("/api/pmos/setup/sample", json!({})).await;
        let cases = foreign(&server, &there).await;
        let theirs = there.me().await["workspaceId"].as_str().unwrap().to_owned();
        let before = server.stored(Some(&theirs)).await;
        // Addresses of flows are secrets, not ids; their walls are in `hooks`.
        let takes_id = |it: &&Route| {
            // The name of a provider or a tool is the same word everywhere; what it reaches depends on the caller alone.
            let is_word = ["{provider}", "{op}"].iter().any(|word| it.path.ends_with(word));
            // What is for super admins answers 403 to everybody here; its walls are in `shell`.
            let is_platform = matches!(it.who, Who::Person(Permission::Platform));
            it.path.contains('{') && !is_word && !is_platform && !hooks::is_address(it)
        };
        for route in api::routes::all().iter().filter(takes_id) {
            let name = format!("{} {}", route.method, route.path);
            let case = cases.iter().find(|it| it.0 == name);
            let Some((_, id, body)) = case else { panic!("{name} has no case with a foreign id") };
            let ask = async |id: &str| {
                let path = route.path.replace("{id}", id).replace("{run}", id);
                let path = path.replace("{file}", "missing");
                let request = here
                    .request(route.method.as_str(), &path)
                    .header("content-type", "application/json");
                here.send(request.body(Body::from(body.to_string())).unwrap()).await
            };
            let (foreign, missing) = (ask(id).await, ask("missing").await);
            assert_eq!((foreign.status, missing.status), (404, 404), "{name}");
            assert_eq!(foreign["error"], missing["error"], "{name}");
        }
        assert!(before.len() > 20, "{before:#?}");
        assert_eq!(server.stored(Some(&theirs)).await, before, "{}", server.name);
    }
}

#[tokio::test]
async fn lists_hold_the_own_workspace_only() {
    for server in Server::all().await {
        server.signs_up("Owner").await;
        let (here, there) = (server.signs_up("Team").await, server.signs_up("Third").await);
        foreign(&server, &there).await;
        for path in ["/api/pmos/members", "/api/pmos/audit"] {
            let list = here.get(path).await.body.to_string();
            assert!(!list.contains("Third") && !list.contains("guest@example.com"), "{path}");
        }
        assert_eq!(here.get("/api/pmos/invitations").await["invitations"], json!([]));
    }
}

#[tokio::test]
async fn only_own_workspaces_can_be_entered() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let (here, there) = (server.signs_up("Team").await, server.signs_up("Third").await);
        let other = there.me().await["workspaceId"].clone();
        let switch = json!({"workspaceId": other});
        let path = "/api/pmos/workspaces/switch";
        let refused = here.post(path, switch.clone()).await;
        assert_eq!((refused.status, &refused["error"]), (404, &json!("Workspace not found")));
        let entered = owner.post(path, switch).await;
        assert_eq!(
            (&entered["user"]["workspaceId"], &entered["user"]["role"]),
            (&other, &json!("super_admin"))
        );
        assert_eq!(owner.get("/api/pmos/workspace").await["workspace"]["id"], other);
        let log = there.get("/api/pmos/audit?action=workspace.entered").await;
        assert_eq!(log["events"][0]["actor"]["name"], "Owner");
    }
}

#[tokio::test]
async fn a_super_admin_finds_every_workspace() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        server.signs_up("Team").await;
        let all = owner.get("/api/pmos/workspaces").await;
        assert_eq!((all["workspaces"].as_array().unwrap().len(), &all["next"]), (2, &Value::Null));
        let found = owner.get("/api/pmos/workspaces?search=TEAM").await;
        let row = &found["workspaces"][0];
        assert_eq!((&row["name"], &row["members"]), (&json!("Team's workspace"), &json!(1)));
        assert!(row["lastActiveAtMs"].as_i64() >= row["createdAtMs"].as_i64());
    }
}

#[tokio::test]
async fn a_workspace_has_a_time_zone_and_working_days() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let change =
            json!({"name": "Atelier", "timezone": "Europe/Vienna", "workingDays": [1, 2, 3, 4]});
        let changed = owner.patch("/api/pmos/workspace", change).await;
        let read = owner.get("/api/pmos/workspace").await;
        assert_eq!(changed["workspace"], read["workspace"]);
        assert_eq!(
            (&read["workspace"]["name"], &read["workspace"]["workingDays"]),
            (&json!("Atelier"), &json!([1, 2, 3, 4]))
        );
        assert_eq!(owner.me().await["timezone"], "Europe/Vienna");
        let wrong = owner.patch("/api/pmos/workspace", json!({"timezone": "Moon"})).await;
        assert_eq!((wrong.status, &wrong["details"][0]["field"]), (400, &json!("timezone")));
    }
}
