//! The audit log: one row for each outcome, failures included, and nothing secret in any.

use crate::caller::{PASSWORD, Server};
use domain::event::{Event, EventKind};
use domain::problem::Problem;
use serde_json::{Value, json};
use store::error::StoreError;
use store::{events, settings};

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

const EXPORT: &str = "/api/pmos/audit/export";

#[tokio::test]
async fn the_whole_log_is_taken_along_and_the_log_says_so() {
    for server in Server::all().await {
        let team = server.signs_up("Owner").await;
        let actor = team.actor().await;
        // More than is read at once.
        let write = server.backend.db.write(move |conn| {
            Box::pin(async move {
                for number in 0..1_010 {
                    let label = format!("=Name {number}");
                    let event = Event::new(EventKind::WorkspaceChanged, &actor.workspace, label);
                    events::record(conn, &actor, &event).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        write.await.unwrap();
        let lines = team.get(&format!("{EXPORT}?format=jsonl&limit=3")).await;
        assert_eq!(lines.status, 200, "{} {}", server.name, lines.text);
        let disposition = lines.header("content-disposition").unwrap();
        assert_eq!(disposition, "attachment; filename=\"audit-log.jsonl\"");
        let rows: Vec<Value> =
            lines.text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
        let ids: Vec<i64> =
            rows.iter().map(|it| it["id"].as_str().unwrap().parse().unwrap()).collect();
        assert_eq!(ids, (1..=1_011).rev().collect::<Vec<_>>(), "{}: each once", server.name);
        assert_eq!(rows[0]["target"]["name"], "=Name 1009");
        assert_eq!(rows[1_010]["action"], "auth.signed_up");
        let told = team.get("/api/pmos/audit?action=audit.").await;
        assert_eq!(told["events"].as_array().unwrap().len(), 1, "{}", told.body);
        assert_eq!(told["events"][0]["detail"]["format"], "jsonl");
        let table = team.get(&format!("{EXPORT}?action=workspace.")).await;
        assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
        assert_eq!(table.text.lines().count(), 1_011, "a line of names and the rows that fit");
        assert!(table.text.starts_with("id,ts,actor,actorId,via,action,"), "{}", table.text);
        assert!(table.text.contains(",'=Name 7,"), "nothing for a spreadsheet to calculate");
        assert_eq!(team.get(&format!("{EXPORT}?actor=Nobody")).await.text.lines().count(), 1);
        assert_eq!(team.get(&format!("{EXPORT}?format=xml")).await.status, 400);
    }
}

#[tokio::test]
async fn a_file_holds_what_its_reader_may_see() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let team = server.signs_up("Team").await;
        let admin = server.joins(&owner, "Admin", "workspace_admin").await;
        let member = server.joins(&owner, "Member", "member").await;
        owner.post("/api/pmos/shell/sessions", json!({})).await;
        let file = owner.get(EXPORT).await.text;
        assert!(file.contains("shell.opened"), "{file}");
        let file = admin.get(EXPORT).await.text;
        assert!(file.contains("invitation.accepted") && !file.contains("shell."), "{file}");
        assert_eq!(member.get(EXPORT).await.status, 403);
        assert_eq!(admin.get(&format!("{EXPORT}?status=denied")).await.text.lines().count(), 2);
        let file = team.get(EXPORT).await.text;
        assert_eq!(file.lines().count(), 2, "{}: one workspace alone: {file}", server.name);
    }
}

#[tokio::test]
async fn a_line_that_was_kept_is_compared() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let (actor, auth) = (owner.actor().await, &server.backend.auth);
        let first = auth.check_audit(&actor, " ").await.unwrap();
        assert_eq!((first.first_broken, first.is_compared), (None, false), "{}", server.name);
        owner.patch("/api/pmos/workspace", json!({"name": "Two"})).await;
        let line = first.head.line();
        for kept in [line.clone(), format!("{} {line}", actor.workspace)] {
            let again = auth.check_audit(&actor, &kept).await.unwrap();
            assert_eq!((again.first_broken, again.is_compared), (None, true), "{kept}");
            assert_eq!(again.events, first.events + 1);
        }
        let other = format!("{} {}", first.head.seq, "0".repeat(64));
        let other = auth.check_audit(&actor, &other).await.unwrap();
        assert_eq!(other.first_broken, Some(first.head.seq));
        for wrong in ["one", "one two", "1 2 3 4", &format!("elsewhere {line}")] {
            let refused = auth.check_audit(&actor, wrong).await;
            assert!(matches!(refused, Err(Problem::Invalid { .. })), "{wrong}");
        }
        let refused = auth.check_audit(&member.actor().await, "").await;
        assert!(matches!(refused, Err(Problem::Forbidden { .. })), "{}", server.name);
    }
}
