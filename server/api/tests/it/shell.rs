//! Acceptance: the shell of super admins. Its commands are PM OS's own, each leaves a row, nobody else finds it.

use crate::caller::{Answer, Caller, Server};
use domain::actor::Actor;
use domain::flow::edit::{FlowEdit, ImportFlow};
use domain::flow::listing::NewFlow;
use domain::flow::run::{RunStatus, Which};
use domain::ids::RunId;
use serde_json::{Value, json};
use std::time::Duration;

const SESSIONS: &str = "/api/pmos/shell/sessions";

async fn opened(caller: &Caller<'_>) -> String {
    let answer = caller.post(SESSIONS, json!({})).await;
    assert_eq!((answer.status, &answer["closesAfterIdleMs"]), (201, &json!(900_000)));
    answer["sessionId"].as_str().unwrap().to_owned()
}

async fn run(caller: &Caller<'_>, session: &str, command: &str) -> Answer {
    caller.post(&format!("{SESSIONS}/{session}/run"), json!({ "command": command })).await
}

/// The output of a command that worked.
async fn output(caller: &Caller<'_>, session: &str, command: &str) -> String {
    let answer = run(caller, session, command).await;
    assert_eq!(
        (answer.status, &answer["exitCode"]),
        (200, &json!(0)),
        "{command}: {}",
        answer.body
    );
    answer["output"].as_str().unwrap().to_owned()
}

async fn rows(caller: &Caller<'_>, action: &str) -> Vec<Value> {
    let log = caller.get(&format!("/api/pmos/audit?action={action}")).await;
    log["events"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_command_answers_and_is_a_row_with_its_output() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let session = opened(&owner).await;
        assert!(output(&owner, &session, "pmos help").await.contains("pmos backup make"));
        let status = output(&owner, &session, "pmos status").await;
        assert!(status.contains("workspaces: 1, people: 1"), "{status}");
        let steps = output(&owner, &session, "migrations").await;
        assert!(steps.contains("0165  applied  super admins have a shell"), "{steps}");
        assert!(output(&owner, &session, "audit verify").await.starts_with("complete: "));
        let doctor = output(&owner, &session, "doctor").await;
        assert!(doctor.contains("good  the database answers"), "{doctor}");
        let listed = output(&owner, &session, "workspaces --last 5").await;
        assert!(listed.contains("1 person"), "{listed}");
        assert_eq!(run(&owner, &session, "logs --last 2").await["exitCode"], 0);
        let wrong = run(&owner, &session, "logs --last many").await;
        assert_eq!((wrong.status, &wrong["exitCode"]), (200, &json!(2)));
        let kept = rows(&owner, "shell.used").await;
        assert_eq!(kept.len(), 8, "{}", server.name);
        assert_eq!(kept[0]["status"], "failed");
        assert_eq!(kept[6]["target"]["name"], "pmos status");
        assert_eq!(kept[6]["detail"]["output"], status.as_str());
        assert_eq!(rows(&owner, "shell.opened").await.len(), 1);
    }
}

#[tokio::test]
async fn what_is_no_command_is_refused_with_the_list_and_secrets_are_never_printed() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let session = opened(&owner).await;
        for typed in ["ls -la /", "hunter2hunter2", "status; cat /etc/passwd", "$(id)", "backup"] {
            let refused = run(&owner, &session, typed).await;
            assert_eq!((refused.status, &refused["details"][0]["field"]), (400, &json!("command")));
            let told = refused["details"][0]["message"].as_str().unwrap();
            assert!(told.contains("help, status, doctor"), "{told}");
        }
        assert_eq!(run(&owner, &session, " ").await.status, 400);
        let secrets = run(&owner, &session, "pmos secrets show anthropic").await;
        assert_eq!((secrets.status, &secrets["exitCode"]), (200, &json!(1)));
        assert!(secrets["output"].as_str().unwrap().starts_with("Refused"));
        let elsewhere = run(&owner, &session, "backup verify ../secret.key").await;
        assert_eq!(elsewhere["exitCode"], 1);
        let kept = rows(&owner, "shell.used").await;
        assert_eq!(kept.len(), 7);
        assert!(!json!(kept).to_string().contains("hunter2"), "a password in the wrong window");
    }
}

#[tokio::test]
async fn a_session_closes_by_hand_or_after_fifteen_idle_minutes() {
    for mut server in Server::all().await {
        server.backend.auth.clock().stop();
        let cookie = server.signs_up("Owner").await.cookie.clone();
        let session = opened(&server.person(&cookie)).await;
        let minutes = |it: u64| Duration::from_secs(it * 60);
        server.backend.auth.clock().advance(minutes(14));
        output(&server.person(&cookie), &session, "help").await;
        server.restart();
        server.backend.auth.clock().advance(minutes(14));
        output(&server.person(&cookie), &session, "help").await;
        server.backend.auth.clock().advance(minutes(15));
        let owner = server.person(&cookie);
        for _ in 0..2 {
            let closed = run(&owner, &session, "help").await;
            assert_eq!((closed.status, &closed["status"]), (409, &json!("closed")));
        }
        assert_eq!(rows(&owner, "shell.closed").await.len(), 1, "{}", server.name);
        let other = opened(&owner).await;
        let path = format!("{SESSIONS}/{other}");
        assert_eq!(owner.delete(&path).await.status, 204);
        assert_eq!(run(&owner, &other, "help").await.status, 409);
        assert_eq!(owner.delete(&format!("{SESSIONS}/missing")).await.status, 404);
        assert_eq!(run(&owner, "missing", "help").await.status, 404);
        assert_eq!(rows(&owner, "shell.closed").await.len(), 2);
    }
}

#[tokio::test]
async fn others_are_refused_once_in_the_log_and_find_nothing_of_it_there() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let session = opened(&owner).await;
        output(&owner, &session, "status").await;
        let admin = server.joins(&owner, "Admin", "workspace_admin").await;
        let member = server.joins(&owner, "Member", "member").await;
        let viewer = server.joins(&owner, "Viewer", "viewer").await;
        for caller in [&admin, &member, &viewer] {
            let refused = caller.post(SESSIONS, json!({})).await;
            assert_eq!(
                (refused.status, &refused["error"]),
                (403, &json!("super_admin role required"))
            );
            assert_eq!(run(caller, &session, "backup make").await.status, 403);
            assert_eq!(caller.delete(&format!("{SESSIONS}/{session}")).await.status, 403);
        }
        assert_eq!(rows(&owner, "auth.refused").await.len(), 9, "{}", server.name);
        let log = admin.get("/api/pmos/audit").await.body.to_string();
        assert!(!log.contains("shell.used") && !log.contains("workspaces: "), "{log}");
        assert!(rows(&admin, "shell.").await.is_empty());
        assert_eq!(rows(&owner, "shell.").await.len(), 2);
        assert_eq!(output(&owner, &session, "backup list").await.matches(".db").count(), 0);
        let script = owner.script(json!({})).await;
        assert_eq!(script.post(SESSIONS, json!({})).await.status, 403, "a key is not enough");
    }
}

#[tokio::test]
async fn a_session_belongs_to_the_workspace_it_was_opened_in() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let session = opened(&owner).await;
        let team = server.signs_up("Team").await;
        let there = team.me().await["workspaceId"].clone();
        owner.post("/api/pmos/workspaces/switch", json!({ "workspaceId": there })).await;
        assert_eq!(run(&owner, &session, "help").await.status, 404, "{}", server.name);
        assert_eq!(owner.delete(&format!("{SESSIONS}/{session}")).await.status, 404);
    }
}

#[tokio::test]
async fn a_backup_is_whole_and_only_of_a_file_of_ours() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let session = opened(&owner).await;
        let made = run(&owner, &session, "pmos backup make").await;
        if server.name == "postgres" {
            assert_eq!(made["exitCode"], 1);
            assert!(made["output"].as_str().unwrap().contains("pg_dump"));
            continue;
        }
        assert_eq!(made["exitCode"], 0, "{}", made.body);
        let name = made["output"].as_str().unwrap().split(' ').next().unwrap().to_owned();
        let list = output(&owner, &session, "backup list --last 3").await;
        assert!(list.contains(&name), "{list}");
        let whole = output(&owner, &session, &format!("backup verify {name}")).await;
        assert_eq!(whole, format!("{name} is whole"));
        let path = server.backend.config.data.join("backups").join(&name);
        let copy = store::db::Db::open_sqlite(&path).await.unwrap();
        let mut conn = copy.read().await.unwrap();
        let found = store::workspaces::search(&mut conn, "", ("", 10), (0, String::new())).await;
        assert_eq!(found.unwrap()[0].name, "Owner's workspace");
        drop(conn);
        copy.close().await;
        std::fs::write(&path, "no database").unwrap();
        assert_eq!(run(&owner, &session, &format!("backup verify {name}")).await["exitCode"], 1);
    }
}

/// A run of a published flow that fails, because it asks an address that flows may not reach.
pub(crate) async fn failed_run(server: &Server, actor: &Actor) -> RunId {
    let import: ImportFlow = serde_json::from_value(json!({
        "displayName": "Ask",
        "trigger": {
            "name": "trigger", "displayName": "Catch webhook", "type": "PIECE_TRIGGER",
            "settings": {
                "pieceName": "@activepieces/piece-webhook", "pieceVersion": "~0.1.27",
                "triggerName": "catch_webhook", "input": { "authType": "none" },
            },
            "nextAction": {
                "name": "step_1", "displayName": "Ask", "type": "PIECE",
                "settings": {
                    "pieceName": "@activepieces/piece-http", "pieceVersion": "~0.1.27",
                    "actionName": "send_request",
                    "input": {
                        "method": "GET", "url": "http://127.0.0.1:9/", "headers": {}, "queryParams": {},
                        "authType": "NONE", "authFields": {}, "body_type": "none", "body": {},
                    },
                },
            },
        },
    }))
    .unwrap();
    let edits = vec![FlowEdit::ImportFlow(Box::new(import))];
    let new = NewFlow { name: "Ask".to_owned(), edits, ..NewFlow::default() };
    let flow = server.backend.flows.create(actor, new).await.unwrap();
    server.backend.flows.publish(actor, &flow.id).await.unwrap();
    let run =
        server.backend.runs.start(actor, &flow.id, json!({}), Which::Published).await.unwrap();
    ended(server, actor, &run.id).await;
    run.id
}

async fn ended(server: &Server, actor: &Actor, run: &RunId) -> RunStatus {
    for _ in 0..3000 {
        let status = server.backend.runs.get(actor, run).await.unwrap().status;
        if status.is_terminal() {
            return status;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the run did not end");
}

#[tokio::test]
async fn failed_runs_start_again_once_and_a_dry_run_starts_none() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let session = opened(&owner).await;
        let me = owner.actor().await;
        let failed = failed_run(&server, &me).await;
        let listed = output(&owner, &session, "flow failed --since 2h").await;
        assert!(listed.contains(failed.as_str()) && listed.contains("“Ask”"), "{listed}");
        let dry = output(&owner, &session, "pmos flow rerun --failed --since 2h --dry-run").await;
        assert!(dry.starts_with("1 run of “Ask” would start again"), "{dry}");
        let count = async || {
            let all = server.backend.runs.list(&me, &Default::default()).await.unwrap();
            all.data.len()
        };
        assert_eq!(count().await, 1, "{}", server.name);
        let started = output(&owner, &session, "flow rerun --failed --since 2h").await;
        assert_eq!(started, "1 run of “Ask” started again");
        assert_eq!(count().await, 2);
        let newest =
            server.backend.runs.list(&me, &Default::default()).await.unwrap().data.remove(0);
        ended(&server, &me, &newest.id).await;
        let again = output(&owner, &session, "flow rerun --failed --since 2h").await;
        assert_eq!(again, "1 run of “Ask” started again", "the first one is not started twice");
        assert_eq!(count().await, 3);
        assert_eq!(run(&owner, &session, "flow rerun").await["exitCode"], 2);
        assert_eq!(run(&owner, &session, "flow failed --since soon").await["exitCode"], 2);
    }
}
