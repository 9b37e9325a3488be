//! Acceptance: commands by name or in plain words, with and without a person who must agree.

use crate::caller::Server;
use serde_json::json;

#[tokio::test]
async fn a_command_runs_by_name_or_in_plain_words_and_leaves_an_operation() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        for text in ["status", "what is the status?"] {
            let done = owner.post("/api/command", json!({"command": text})).await;
            assert_eq!(
                (done.status, &done["ok"], &done["tool"]),
                (200, &json!(true), &json!("pmos_status"))
            );
            let path = format!("/api/operations/{}", done["operation_id"].as_str().unwrap());
            let row = owner.get(&path).await;
            let told = [&row["source"], &row["command"], &row["status"], &row["risk"]];
            assert_eq!(told, ["command_api", "status", "completed", "low"], "{}", row.body);
        }
        let log = owner.get("/api/pmos/audit?action=tool.").await;
        assert_eq!(log["events"].as_array().unwrap().len(), 2, "{}", log.body);
    }
}

#[tokio::test]
async fn what_is_no_command_or_lacks_its_project_is_told_what_to_do() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let unknown = owner.post("/api/command", json!({"command": "dance"})).await;
    assert_eq!(unknown.status, 400);
    let supported = unknown["supported_commands"].as_array().unwrap();
    assert!(supported.contains(&json!("health_project")), "{}", unknown.body);
    let missing = owner.post("/api/command", json!({"command": "health_project"})).await;
    assert_eq!((missing.status, &missing["details"][0]["field"]), (400, &json!("project_id")));
    let named = json!({"command": "how is the health of project Website relaunch?"});
    let unready = owner.post("/api/command", named.clone()).await;
    assert_eq!((unready.status, &unready["code"]), (400, &json!("NOT_READY")));
    assert!(unready["hint"].is_string());
    owner.post("/api/pmos/setup/sample", json!({})).await;
    let done = owner.post("/api/command", named).await;
    assert_eq!((done.status, &done["args"]["project_id"]), (200, &json!("Website relaunch")));
    let failed = owner.get("/api/operations?status=failed").await;
    assert_eq!(failed["count"], 1, "the one without Basecamp: {}", failed.body);
}

#[tokio::test]
async fn one_that_must_be_allowed_runs_once_after_the_yes() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let ask = json!({"command": "status", "require_approval": true, "approved": true});
        let asked = member.post("/api/command", ask.clone()).await;
        assert_eq!((asked.status, &asked["pending_approval"]), (202, &json!(true)));
        let operation = asked["operation_id"].as_str().unwrap().to_owned();
        let path = format!("/api/operations/{operation}");
        assert_eq!(member.get(&path).await["status"], "pending_approval");
        let again = member.post("/api/command", json!({"operation_id": operation})).await;
        assert_eq!((again.status, &again["operation_id"]), (202, &json!(operation)));
        let done = owner.post(&format!("{path}/approve"), json!({"note": "fine"})).await;
        assert_eq!((done.status, &done["command"]), (200, &json!("status")), "{}", done.body);
        assert!(done["result"].is_object(), "{}", done.body);
        let row = owner.get(&path).await;
        assert_eq!(row["status"], "completed");
        assert!(row["approved_at"].is_string());
        let late = owner.post(&format!("{path}/reject"), json!({})).await;
        assert_eq!((late.status, &late["status"]), (409, &json!("completed")));
        // The other door to the same approval, and a no.
        let asked = member.post("/api/command", ask).await;
        let approval = asked["approval_id"].as_str().unwrap();
        let path = format!("/api/operations/{}", asked["operation_id"].as_str().unwrap());
        let no = owner.post(&format!("/api/approvals/{approval}/reject"), json!({})).await;
        assert_eq!(no.status, 200);
        assert_eq!(member.get(&path).await["status"], "rejected");
    }
}

#[tokio::test]
async fn an_allowed_command_that_a_stop_cut_off_runs_at_the_next_start() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let ask = json!({"command": "status", "require_approval": true});
        let asked = owner.post("/api/command", ask).await;
        let id = asked["approval_id"].as_str().unwrap().to_owned();
        // Decided, and the server was gone before it ran.
        let write = server.backend.db.write(move |tx| {
            Box::pin(async move {
                let decision = store::approvals::Decision {
                    status: domain::approval::ApprovalStatus::Approved,
                    by: None,
                    note: None,
                };
                store::approvals::decide(tx, &id.as_str().into(), &decision).await?;
                store::commands::decided(tx, &id.as_str().into(), "running").await
            })
        });
        write.await.unwrap();
        server.backend.agent.start().await.unwrap();
        let path = format!("/api/operations/{}", asked["operation_id"].as_str().unwrap());
        assert_eq!(owner.get(&path).await["status"], "completed", "{}", server.name);
    }
}

#[tokio::test]
async fn a_script_shows_the_token_of_the_server_where_there_is_one() {
    let servers = Server::all_with(&[("PMOS_SHELL_TOKEN", "open sesame")]).await;
    let server = &servers[0];
    let owner = server.signs_up("Owner").await;
    let script = owner.script(json!({})).await;
    let send = async |token: Option<&str>| {
        let request =
            script.request("POST", "/api/command").header("content-type", "application/json");
        let request = token.into_iter().fold(request, |it, token| it.header("x-pmos-token", token));
        let body = axum::body::Body::from(json!({"command": "status"}).to_string());
        script.send(request.body(body).unwrap()).await
    };
    for wrong in [None, Some("sesame")] {
        let refused = send(wrong).await;
        assert_eq!((refused.status, &refused["error"]), (401, &json!("Unauthorized")));
        assert!(refused["hint"].is_string());
    }
    assert_eq!(send(Some("open sesame")).await.status, 200);
    assert_eq!(owner.post("/api/command", json!({"command": "status"})).await.status, 200);
    assert_eq!(
        server.visitor().get("/api/info").await["integration_config"]["shell_auth_configured"],
        true
    );
}

#[tokio::test]
async fn the_addresses_that_scripts_are_told_are_settings() {
    let urls =
        [("BCGPT_URL", "https://api.example.com/"), ("FLOW_URL", "https://flows.example.com")];
    let servers = Server::all_with(&urls).await;
    let visitor = servers[0].visitor();
    for (path, part) in [("/api/status", "config"), ("/api/info", "integration_config")] {
        let told = visitor.get(path).await[part].clone();
        let both = [&told["bcgpt_url"], &told["flow_url"]];
        assert_eq!(both, ["https://api.example.com", "https://flows.example.com"], "{path}");
    }
    assert!(visitor.get("/api/status").await["build"].is_string());
    let owner = servers[0].signs_up("Owner").await;
    let dashboard = owner.get("/api/dashboard").await;
    assert_eq!(dashboard["integrations"]["bcgpt"]["url"], "https://api.example.com");
    assert_eq!(dashboard["integrations"]["flow"]["url"], "https://flows.example.com");
}
