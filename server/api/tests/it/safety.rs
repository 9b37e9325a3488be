//! Acceptance: what nobody may do to others, walked over the list of routes (AC-05, AC-06, AC-13, AC-33).

use crate::caller::{Caller, Server};
use crate::roles::{call, name};
use crate::walls::conversation;
use api::routes::{Route, Who};
use axum::body::Body;
use domain::actor::Permission;
use serde_json::{Value, json};
use std::time::Duration;

fn permission(route: &Route) -> Option<Permission> {
    match route.who {
        Who::Signed(it) | Who::Tools(it) | Who::Person(it) => Some(it),
        Who::Public | Who::Anybody => None,
    }
}

/// What is stored, without the log of what was refused.
async fn state(server: &Server) -> Vec<String> {
    let mut rows = server.stored(None).await;
    rows.retain(|row| !row.starts_with("events:") && !row.starts_with("event_counters:"));
    rows
}

#[tokio::test]
async fn tools_of_super_admins_refuse_every_other_role_without_effect_and_with_one_row() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let admin = server.joins(&owner, "Admin", "workspace_admin").await;
        let member = server.joins(&owner, "Member", "member").await;
        let viewer = server.joins(&owner, "Viewer", "viewer").await;
        let before = state(&server).await;
        let mut refused = Vec::new();
        for route in api::routes::all() {
            if permission(&route) != Some(Permission::Platform) {
                continue;
            }
            for caller in [&admin, &member, &viewer] {
                let answer = call(caller, &route).await;
                let told = (answer.status, &answer["error"]);
                assert_eq!(told, (403, &json!("super_admin role required")), "{}", name(&route));
                refused.push(name(&route));
            }
        }
        assert!(refused.len() >= 15, "{refused:?}");
        assert_eq!(state(&server).await, before, "{}", server.name);
        let log = owner.get("/api/pmos/audit?action=auth.refused&limit=200").await;
        let rows = log["events"].as_array().unwrap();
        let noted: Vec<_> =
            rows.iter().rev().map(|it| it["target"]["id"].as_str().unwrap()).collect();
        assert_eq!(noted, refused, "{}", server.name);
        assert!(rows.iter().all(|it| it["status"] == "denied"));
    }
}

/// What `caller` gets from a route that only reads, with or without `claims`; none for a stream.
async fn read(caller: &Caller<'_>, path: &str, claims: Option<&Value>) -> Option<(u16, String)> {
    let request = match claims {
        None => caller.request("GET", path),
        Some(claims) => {
            let (workspace, user) = (text(&claims["workspace"]), text(&claims["user"]));
            let query = format!(
                "workspaceId={workspace}&workspace_id={workspace}&userId={user}&user_id={user}&user_key={user}\
                 &role=super_admin&scope=all&isSuperAdmin=true"
            );
            let request = caller.request("GET", &format!("{path}?{query}"));
            let request = request.header("x-role", "super_admin").header("x-scope", "platform");
            let request = request.header("x-workspace-id", &workspace).header("x-user-id", user);
            request.header("cookie", format!("role=super_admin; workspaceId={workspace}"))
        }
    };
    let response = caller.open(request.body(Body::empty()).unwrap()).await;
    let kind = response.headers().get("content-type").map(|it| it.to_str().unwrap().to_owned());
    if kind.is_some_and(|it| it.starts_with("text/event-stream")) {
        return None;
    }
    let answer = crate::caller::Answer::read(response).await;
    Some((answer.status, answer.text))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn claims_beside_a_request_open_no_route_and_no_workspace() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let viewer = server.joins(&owner, "Viewer", "viewer").await;
        let third = server.signs_up("Third").await;
        third.patch("/api/pmos/workspace", json!({"name": "Marked Atelier"})).await;
        let chat = conversation(&third).await;
        assert!(chat.session.is_string());
        let them = third.me().await;
        let claims = json!({"workspace": them["workspaceId"], "user": them["id"]});
        let mut walked = 0;
        for route in api::routes::all() {
            if route.method != "GET" || route.path.contains('{') || permission(&route).is_none() {
                continue;
            }
            let Some((plain, _)) = read(&viewer, route.path, None).await else { continue };
            let (claimed, told) = read(&viewer, route.path, Some(&claims)).await.unwrap();
            // Where a route names the field, naming another workspace is refused.
            assert!(claimed == plain || matches!(claimed, 400 | 403), "{} {claimed}", route.path);
            for theirs in ["Marked Atelier", "third@example.com", &text(&chat.session)] {
                assert!(!told.contains(theirs), "{}: {told}", route.path);
            }
            walked += 1;
        }
        assert!(walked > 20, "{walked}");
        assert_eq!(viewer.me().await["role"], "viewer");
    }
}

#[tokio::test]
async fn a_conversation_is_for_its_person_alone_whoever_manages() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let third = server.signs_up("Third").await;
        let admin = server.joins(&third, "Admin", "workspace_admin").await;
        let chat = conversation(&third).await;
        let mine = format!("/api/chat/sessions/{}", text(&chat.session));
        let before = third.get(&mine).await.text;
        let there = json!({"workspaceId": third.me().await["workspaceId"]});
        let entered = owner.post("/api/pmos/workspaces/switch", there).await;
        assert_eq!(entered.status, 200, "{}", entered.body);
        for caller in [&owner, &admin] {
            let mut walked = 0;
            for route in api::routes::all() {
                if !route.path.starts_with("/api/chat/") || !route.path.contains("{id}") {
                    continue;
                }
                let is_run = route.path.starts_with("/api/chat/runs/");
                let id = text(if is_run { &chat.run } else { &chat.session });
                let path = route.path.replace("{id}", &id).replace("{file}", "x");
                let body = json!({"title": "Mine now"}).to_string();
                let request = caller.request(route.method.as_str(), &path);
                let request = request.header("content-type", "application/json");
                let answer = caller.send(request.body(Body::from(body)).unwrap()).await;
                assert_eq!(answer.status, 404, "{}: {}", name(&route), answer.text);
                walked += 1;
            }
            assert!(walked >= 8, "{walked}");
            assert_eq!(caller.get("/api/chat/sessions").await.body, json!([]));
            // Nobody is held up for asking often.
            let wait = || server.backend.auth.clock().advance(Duration::from_secs(2));
            let ask = json!({"message": "hello", "sessionId": chat.session});
            wait();
            let joined = caller.post("/api/chat", ask).await;
            assert_eq!(joined.status, 404, "{}", joined.body);
            // The stream is the same door, also for who says that it was cut off.
            let (run, stream) = (text(&chat.run), "/api/chat/stream");
            let joining = format!("{stream}?message=hello&sessionId={}", text(&chat.session));
            for path in [format!("{stream}?message=hello&after={run}:0"), joining] {
                wait();
                assert_eq!(caller.get(&path).await.status, 404, "{path}");
            }
            let resumed = caller.request("GET", &format!("{stream}?message=hello"));
            let resumed = resumed.header("last-event-id", format!("{run}:0"));
            wait();
            assert_eq!(caller.send(resumed.body(Body::empty()).unwrap()).await.status, 404);
            // What the workspace shares is there for both.
            let flows = caller.post("/api/mcp-call", json!({"name": "flow_list"})).await;
            let flows = flows["result"]["data"].as_array().unwrap().len();
            assert_eq!(flows, 1, "{}", server.name);
            let operations = caller.get("/api/operations").await;
            assert!(operations.text.contains(&text(&chat.operation)), "{}", operations.text);
        }
        assert_eq!(third.get(&mine).await.text, before, "{}", server.name);
    }
}

#[tokio::test]
async fn no_change_is_made_for_another_site_and_none_by_reading() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let before = server.stored(None).await;
        let mut walked = 0;
        // Who takes the audit log along is written into it.
        let is_quiet =
            |it: &&Route| permission(it).is_some() && it.path != "/api/pmos/audit/export";
        for route in api::routes::all().iter().filter(is_quiet) {
            let path = route.path.split('/').map(|it| if it.starts_with('{') { "x" } else { it });
            let path = path.collect::<Vec<_>>().join("/");
            let request = owner.request(route.method.as_str(), &path);
            let request = request.header("content-type", "application/json");
            if route.method != "GET" || route.path == "/api/chat/stream" {
                let request = request.header("origin", "https://evil.example");
                let answer = owner.send(request.body(Body::from("{}")).unwrap()).await;
                // The protocol of chat clients has words of its own.
                let is_refused = answer["code"] == "CSRF" || route.path == "/mcp";
                assert!(answer.status == 403 && is_refused, "{} {}", name(route), answer.text);
            } else {
                // A stream is dropped where it begins.
                drop(owner.open(request.body(Body::empty()).unwrap()).await);
            }
            walked += 1;
        }
        assert!(walked > 80, "{walked}");
        assert_eq!(server.stored(None).await, before, "{}", server.name);
    }
}
