//! The audit log: one row for each outcome, failures included, and nothing secret in any.

use crate::caller::{PASSWORD, Server};
use serde_json::json;
use store::settings;

#[tokio::test]
async fn each_outcome_is_one_row() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let wrong = json!({"email": "owner@example.com", "password": "wrong marker"});
        server.visitor().post("/api/pmos/auth/login", wrong).await;
        let unknown = json!({"email": "marker@example.com", "password": "wrong marker"});
        server.visitor().post("/api/pmos/auth/login", unknown).await;
        let id = member.me().await["id"].as_str().unwrap().to_owned();
        owner.patch(&format!("/api/pmos/members/{id}"), json!({"role": "viewer"})).await;
        let reset = json!({"email": "member@example.com", "newPassword": "marker password"});
        owner.post("/api/pmos/auth/admin/reset-password", reset).await;
        owner.delete(&format!("/api/pmos/members/{id}")).await;
        owner
            .put("/api/pmos/platform/settings", json!({"outgoingAllowList": ["10.0.0.0/8"]}))
            .await;
        owner.post("/api/pmos/auth/logout", json!({})).await;
        let again = json!({"email": "owner@example.com", "password": PASSWORD});
        let mut owner = server.visitor();
        owner.cookie = owner.post("/api/pmos/auth/login", again).await.session();
        let log = owner.get("/api/pmos/audit").await;
        let rows = log["events"].as_array().unwrap();
        let actions: Vec<_> = rows.iter().rev().map(|it| it["action"].as_str().unwrap()).collect();
        let expected = [
            "auth.signed_up",
            "invitation.created",
            "invitation.accepted",
            "auth.sign_in_failed",
            "auth.sign_in_failed",
            "member.changed",
            "auth.password_reset",
            "member.removed",
            "platform.settings_changed",
            "auth.signed_out",
            "auth.signed_in",
        ];
        assert_eq!(actions, expected, "{}", server.name);
        assert_eq!(rows[7]["status"], "failed");
        assert!(!log.body.to_string().contains("marker"), "{}", log.body);
        assert!(rows.iter().all(|it| it["requestId"].as_str().unwrap().len() == 36));
    }
}

#[tokio::test]
async fn code_steps_are_off_until_a_super_admin_switches_them_on() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let path = "/api/pmos/platform/settings";
        assert_eq!(owner.get(path).await["codeSteps"], "off", "{}", server.name);
        assert_eq!(owner.put(path, json!({"codeSteps": "maybe"})).await.status, 400);
        assert_eq!(owner.put(path, json!({"codeSteps": "on"})).await["codeSteps"], "on");
        assert_eq!(owner.get(path).await["codeSteps"], "on");
        let rows = owner.get("/api/pmos/audit").await.body.to_string();
        assert!(rows.contains("codeSteps"), "{rows}");
        let workspace = owner.me().await["workspaceId"].as_str().unwrap().to_owned();
        let mut conn = server.backend.db.read().await.unwrap();
        let here = settings::find(&mut conn, &workspace, "codeSteps").await.unwrap();
        let everywhere = settings::find(&mut conn, settings::INSTALLATION, "codeSteps").await;
        assert_eq!((here, everywhere.unwrap()), (Some(json!("on")), None));
    }
}

#[tokio::test]
async fn the_log_is_searched_and_read_page_by_page() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        for name in ["One", "Two", "Three"] {
            owner.patch("/api/pmos/workspace", json!({"name": name})).await;
        }
        let first = owner.get("/api/pmos/audit?limit=3").await;
        let cursor = first["next"].as_str().unwrap();
        let second = owner.get(&format!("/api/pmos/audit?limit=3&cursor={cursor}")).await;
        assert_eq!(
            (first["events"].as_array().unwrap().len(), second["events"].as_array().unwrap().len()),
            (3, 1)
        );
        assert_eq!(
            (&second["events"][0]["action"], &second["next"]),
            (&json!("auth.signed_up"), &json!(null))
        );
        let count = async |query: &str| {
            owner.get(&format!("/api/pmos/audit?{query}")).await["events"].as_array().unwrap().len()
        };
        assert_eq!(count("action=workspace.").await, 3);
        assert_eq!(count("actor=Owner&status=success").await, 4);
        assert_eq!(count("status=failed").await, 0);
        assert_eq!(count("to=2001-01-01").await, 0);
        assert_eq!(count("from=2001-01-01T00:00:00Z").await, 4);
        assert_eq!(owner.get("/api/pmos/audit?from=yesterday").await.status, 400);
    }
}

#[tokio::test]
async fn the_log_proves_that_nobody_changed_it() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let team = server.signs_up("Team").await;
        for name in ["One", "Two", "Three"] {
            owner.patch("/api/pmos/workspace", json!({"name": name})).await;
            team.patch("/api/pmos/workspace", json!({"name": name})).await;
        }
        let path = "/api/pmos/audit/verify";
        let whole = owner.get(path).await;
        assert_eq!((&whole["complete"], &whole["withoutHash"]), (&json!(true), &json!(0)));
        let (seq, hash) = (whole["head"]["seq"].clone(), whole["head"]["hash"].clone());
        assert_eq!(json!(whole["events"].to_string()), seq, "{}", server.name);
        let kept = format!("{path}?seq={}&hash={}", seq.as_str().unwrap(), hash.as_str().unwrap());
        owner.patch("/api/pmos/workspace", json!({"name": "Four"})).await;
        assert_eq!(owner.get(&kept).await["complete"], true);
        let other = format!("{path}?seq=1&hash={}", hash.as_str().unwrap());
        assert_eq!(owner.get(&other).await["firstBroken"], "1");
        for wrong in ["?seq=1", "?hash=a", "?seq=one&hash=a"] {
            assert_eq!(owner.get(&format!("{path}{wrong}")).await.status, 400, "{wrong}");
        }
        let on = if server.name == "postgres" { " ON events" } else { "" };
        server.db.run(&format!("DROP TRIGGER events_are_not_changed{on}")).await.unwrap();
        let mine = owner.me().await["workspaceId"].as_str().unwrap().to_owned();
        let sql =
            format!("UPDATE events SET actor = 'Eve' WHERE seq = 2 AND workspace_id = '{mine}'");
        server.db.run(&sql).await.unwrap();
        let broken = owner.get(path).await;
        assert_eq!((&broken["complete"], &broken["firstBroken"]), (&json!(false), &json!("2")));
        assert_eq!(team.get(path).await["complete"], true, "another workspace is as it was");
        let session = owner.post("/api/pmos/shell/sessions", json!({})).await;
        let run =
            format!("/api/pmos/shell/sessions/{}/run", session["sessionId"].as_str().unwrap());
        let told = owner.post(&run, json!({"command": "audit verify"})).await;
        assert_eq!(told["exitCode"], 1);
        assert!(
            told["output"].as_str().unwrap().contains(&format!("{mine}: event 2")),
            "{}",
            told.body
        );
        let heads = owner.post(&run, json!({"command": "audit head"})).await;
        let line =
            heads["output"].as_str().unwrap().lines().find(|it| !it.contains(&mine)).unwrap();
        let told = owner.post(&run, json!({"command": format!("audit verify {line}")})).await;
        assert_eq!(
            told["output"].as_str().unwrap().lines().count(),
            2,
            "only the changed one: {}",
            told.body
        );
        let gone = owner.post(&run, json!({"command": "audit verify nobody 3 abc"})).await;
        assert!(gone["output"].as_str().unwrap().contains("nobody: event 3"), "{}", gone.body);
    }
}
