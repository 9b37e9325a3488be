//! Acceptance: who may call what. The list of routes is walked, so a new route without a case fails.

use crate::caller::{Answer, Caller, Server};
use api::routes::{Route, Who};
use axum::body::Body;
use domain::actor::Permission;
use serde_json::json;

/// Everything that needs no session. A route is added here only after thinking about who will call it.
const PUBLIC: &[&str] = &[
    "GET /health",
    "GET /api/info",
    "GET /api/status",
    "GET /api/tools",
    "GET /api/pmos/auth/state",
    "POST /api/pmos/auth/signup",
    "POST /api/pmos/auth/login",
    "POST /api/pmos/auth/logout",
    "POST /api/pmos/invitations/lookup",
    "POST /api/pmos/invitations/accept",
    "GET /auth/basecamp/start",
    "GET /auth/basecamp/callback",
    "GET /connect",
    "GET /startbcgpt",
    "POST /select_account",
    "GET /api/v1/flags",
    "GET /oauth/callback",
    "GET /oauth/client",
    "POST /action/{op}",
    "GET /openapi.json",
    "GET /.well-known/openapi.json",
    "POST /mcp",
    "GET /mcp",
    "DELETE /mcp",
    "GET /.well-known/oauth-protected-resource/mcp",
    "GET /.well-known/oauth-protected-resource",
    "GET /.well-known/oauth-authorization-server",
    "GET /oauth/authorize",
    "POST /oauth/token",
    "POST /oauth/revoke",
    "POST /oauth/register",
    "GET /apps/api/apps",
    "GET /apps/api/apps/{id}",
    "GET /apps/api/apps/{id}/stats",
    "GET /apps/api/apps/{id}/runs",
    "GET /apps/api/apps/{id}/runs/{run}",
    "POST /apps/{id}/execute",
    "GET /apps/api/publisher/apps",
    "GET /apps/api/publisher/templates",
    "POST /apps/api/publisher/templates",
    "POST /apps/api/publisher/publish",
    "PUT /apps/api/publisher/apps/{id}",
    "DELETE /apps/api/publisher/apps/{id}",
    "POST /apps/api/publisher/seed-defaults",
    "GET /apps/api/telemetry/platform",
    "GET /apps/api/telemetry/top-apps",
    "GET /apps/api/telemetry/execution-distribution",
    "POST /hooks/{flow}/{secret}",
    "POST /hooks/basecamp/{token}",
    "GET /api/v1/webhooks/{hook}",
    "POST /api/v1/webhooks/{hook}",
    "PUT /api/v1/webhooks/{hook}",
    "PATCH /api/v1/webhooks/{hook}",
    "DELETE /api/v1/webhooks/{hook}",
    "GET /api/v1/webhooks/{hook}/sync",
    "POST /api/v1/webhooks/{hook}/sync",
    "PUT /api/v1/webhooks/{hook}/sync",
    "PATCH /api/v1/webhooks/{hook}/sync",
    "DELETE /api/v1/webhooks/{hook}/sync",
    "GET /forms/style.css",
    "GET /forms/{hook}",
    "POST /forms/{hook}",
    "GET /api/v1/flow-runs/{run}/requests/{id}",
    "POST /api/v1/flow-runs/{run}/requests/{id}",
    "PUT /api/v1/flow-runs/{run}/requests/{id}",
];

fn needs_nobody(route: &Route) -> bool {
    matches!(route.who, Who::Public | Who::Anybody)
}

pub(crate) fn name(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
}

pub(crate) async fn call(caller: &Caller<'_>, route: &Route) -> Answer {
    let path = route.path.split('/').map(|it| if it.starts_with('{') { "x" } else { it });
    let path = path.collect::<Vec<_>>().join("/");
    let request =
        caller.request(route.method.as_str(), &path).header("content-type", "application/json");
    caller.send(request.body(Body::from("{}")).unwrap()).await
}

#[test]
fn the_public_routes_are_a_short_written_list() {
    let public: Vec<_> =
        api::routes::all().iter().filter(|it| needs_nobody(it)).map(name).collect();
    assert_eq!(public, PUBLIC);
}

#[tokio::test]
async fn without_a_session_every_other_route_asks_to_sign_in() {
    for server in Server::all().await {
        server.signs_up("Owner").await;
        let mut forged = server.visitor();
        forged.cookie = Some("0".repeat(64));
        for route in api::routes::all().iter().filter(|it| !needs_nobody(it)) {
            for caller in [&server.visitor(), &forged] {
                let answer = call(caller, route).await;
                assert_eq!(answer.status, 401, "{}", name(route));
                assert_eq!(answer["code"], "NOT_AUTHENTICATED", "{}", name(route));
                assert!(answer.header("set-cookie").is_none());
            }
        }
    }
}

#[tokio::test]
async fn a_role_without_the_permission_is_refused_before_anything_is_read() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let team = server.signs_up("Team").await;
        let viewer = server.joins(&owner, "Viewer", "viewer").await;
        let member = server.joins(&owner, "Member", "member").await;
        for route in api::routes::all() {
            let (Who::Signed(permission) | Who::Tools(permission) | Who::Person(permission)) =
                route.who
            else {
                continue;
            };
            let (caller, expected) = match permission {
                Permission::Read => continue,
                Permission::Platform => (&team, "super_admin role required".to_owned()),
                Permission::Write | Permission::ApproveWrites => {
                    (&viewer, format!("missing permission: {}", permission.as_str()))
                }
                Permission::Manage | Permission::ApproveDestructive => {
                    (&member, format!("missing permission: {}", permission.as_str()))
                }
            };
            let answer = call(caller, &route).await;
            assert_eq!(
                (answer.status, &answer["code"]),
                (403, &json!("FORBIDDEN")),
                "{}",
                name(&route)
            );
            assert_eq!(answer["error"], expected, "{}", name(&route));
        }
    }
}

#[tokio::test]
async fn a_refused_platform_route_leaves_one_row_in_the_audit_log() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let team = server.signs_up("Team").await;
        let change = json!({"signup": "closed"});
        let refused = team.put("/api/pmos/platform/settings", change).await;
        assert_eq!((refused.status, &refused["error"]), (403, &json!("super_admin role required")));
        let log = team.get("/api/pmos/audit?action=auth.refused").await;
        let rows = log["events"].as_array().unwrap();
        assert_eq!(rows.len(), 1, "{}", server.name);
        assert_eq!(
            (&rows[0]["status"], &rows[0]["actor"]["name"]),
            (&json!("denied"), &json!("Team"))
        );
        assert_eq!(rows[0]["target"]["id"], "PUT /api/pmos/platform/settings");
        assert_eq!(owner.get("/api/pmos/platform/settings").await["signup"], "open");
    }
}

#[tokio::test]
async fn claims_in_a_request_change_nothing() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let me = owner.me().await;
        let viewer = server.joins(&owner, "Viewer", "viewer").await;
        let claims = json!({
            "name": "Taken over", "role": "super_admin", "scope": "platform", "userId": me["id"],
            "workspaceId": me["workspaceId"],
        });
        let path = "/api/pmos/workspace?role=super_admin&userId=1";
        let request = viewer.request("PATCH", path).header("content-type", "application/json");
        let request = request.header("x-role", "super_admin").header("cookie", "role=super_admin");
        let answer = viewer.send(request.body(Body::from(claims.to_string())).unwrap()).await;
        assert_eq!(answer.status, 403);
        assert_eq!(viewer.me().await["role"], "viewer");
        let team = server.signs_up("Team").await;
        let before = team.me().await;
        assert_eq!(team.patch("/api/pmos/workspace", claims).await.status, 200);
        assert_eq!(team.me().await["workspaceId"], before["workspaceId"]);
        assert_eq!(
            owner.get("/api/pmos/workspace").await["workspace"]["name"],
            "Owner's workspace"
        );
    }
}

#[tokio::test]
async fn claims_in_a_sign_up_change_nothing() {
    for server in Server::all().await {
        server.signs_up("Owner").await;
        let mut account = crate::caller::sign_up("Team");
        account["role"] = json!("super_admin");
        account["isSuperAdmin"] = json!(true);
        let answer = server.visitor().post("/api/pmos/auth/signup", account).await;
        assert_eq!(answer["user"]["role"], "workspace_admin");
    }
}

#[tokio::test]
async fn a_new_role_counts_from_the_next_request_on() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let admin = server.joins(&owner, "Admin", "workspace_admin").await;
        assert_eq!(
            admin.patch("/api/pmos/workspace", json!({"name": "Atelier"})).await.status,
            200
        );
        let path = format!("/api/pmos/members/{}", admin.me().await["id"].as_str().unwrap());
        let changed = owner.patch(&path, json!({"role": "viewer"})).await;
        assert_eq!(changed["member"]["role"], "viewer");
        let refused = admin.patch("/api/pmos/workspace", json!({"name": "Mine"})).await;
        assert_eq!(
            (refused.status, &refused["error"]),
            (403, &json!("missing permission: manage"))
        );
        assert_eq!(admin.me().await["role"], "viewer");
    }
}
