//! Acceptance: what fails is told to those who manage it, once, and to nobody else (AC-39, N-12).

use crate::caller::{Caller, Server};
use crate::shell::failed_run;
use backend::alerting;
use domain::ids::WorkspaceId;
use serde_json::Value;

async fn look(server: &Server) {
    alerting::look(&server.backend.db, &server.backend.meter).await.unwrap();
}

/// The titles of what somebody was told.
async fn told(caller: &Caller<'_>) -> Vec<Value> {
    let inbox = caller.get("/api/pmos/notifications").await;
    inbox["notifications"].as_array().unwrap().clone()
}

#[tokio::test]
async fn runs_that_fail_are_told_to_the_admins_of_their_workspace_once() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let team = server.signs_up("Team").await;
        let admin = server.joins(&team, "Admin", "workspace_admin").await;
        let member = server.joins(&team, "Member", "member").await;
        look(&server).await;
        assert!(told(&team).await.is_empty());
        failed_run(&server, &team.actor().await).await;
        look(&server).await;
        for caller in [&team, &admin] {
            let inbox = told(caller).await;
            assert_eq!(inbox.len(), 1, "{} {inbox:?}", server.name);
            assert_eq!(inbox[0]["title"], "1 of 1 run failed in the last five minutes");
            let body = inbox[0]["body"].as_str().unwrap();
            assert!(body.starts_with("“Ask” (1): "), "{body}");
            assert_eq!(inbox[0]["link"], "/runs");
        }
        for _ in 0..3 {
            failed_run(&server, &team.actor().await).await;
            look(&server).await;
        }
        assert_eq!(told(&team).await.len(), 1, "{}: one alert for a storm", server.name);
        for caller in [&owner, &member] {
            assert!(told(caller).await.is_empty(), "{}", server.name);
        }
    }
}

#[tokio::test]
async fn requests_that_fail_are_told_to_super_admins() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let team = server.signs_up("Team").await;
        let workspace = WorkspaceId::from(team.me().await["workspaceId"].as_str().unwrap());
        for _ in 0..30 {
            server.backend.meter.count(workspace.clone(), 404, 3);
        }
        look(&server).await;
        assert!(told(&owner).await.is_empty(), "refusing is no failure");
        for _ in 0..30 {
            server.backend.meter.count(workspace.clone(), 500, 3);
        }
        look(&server).await;
        look(&server).await;
        let inbox = told(&owner).await;
        assert_eq!(inbox.len(), 1, "{} {inbox:?}", server.name);
        let title = inbox[0]["title"].as_str().unwrap();
        assert!(title.starts_with("30 of "), "{title}");
        assert!(title.ends_with(" requests failed through our own fault in the last five minutes"));
        assert!(told(&team).await.is_empty(), "{}", server.name);
    }
}
