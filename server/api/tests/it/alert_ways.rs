//! Acceptance: alerts go where a workspace wants them besides the app, once for a storm, and what does not arrive is said.

use crate::caller::{Caller, Server};
use crate::shell::failed_run;
use backend::alerting;
use domain::problem::Problem;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::ids::now_ms;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail server that takes everything; gives its address and what it was told.
async fn mail_server() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, heard) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
    let told = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, Arc::clone(&told)));
        }
    });
    (address, heard)
}

async fn talk(stream: TcpStream, heard: Arc<Mutex<Vec<String>>>) {
    let mut lines = BufReader::new(stream).lines();
    let mut answer = "220 mail.test ESMTP";
    let mut is_text = false;
    loop {
        if !answer.is_empty()
            && lines.get_mut().write_all(format!("{answer}\r\n").as_bytes()).await.is_err()
        {
            return;
        }
        let Ok(Some(line)) = lines.next_line().await else { return };
        heard.lock().unwrap().push(line.clone());
        let word = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        answer = match (is_text, word.as_str()) {
            (true, ".") => {
                is_text = false;
                "250 queued"
            }
            (true, _) => "",
            (false, "EHLO") => "250-mail.test\r\n250 AUTH PLAIN LOGIN",
            (false, "AUTH") => "235 welcome",
            (false, "DATA") => {
                is_text = true;
                "354 go on"
            }
            (false, "QUIT") => "221 bye",
            _ => "250 fine",
        };
    }
}

/// Too much fails, is noticed, and goes out; more of it fails in the same hour.
async fn storm(server: &Server, team: &Caller<'_>) {
    let actor = team.actor().await;
    for _ in 0..2 {
        failed_run(server, &actor).await;
        alerting::look(&server.backend.db, &server.backend.meter).await.unwrap();
        server.backend.alert_sending().send_due(now_ms()).await.unwrap();
    }
}

/// Calls of the tool that sends messages, once there are so many that ended.
async fn sent(caller: &Caller<'_>, count: usize) -> Vec<Value> {
    let mut found = Vec::new();
    for _ in 0..1_500 {
        let all = caller.get("/api/operations").await["operations"].as_array().unwrap().clone();
        found = all.into_iter().filter(|it| it["tool"] == "send_notification").collect();
        if found.len() >= count {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{count} messages were to be sent: {found:?}");
}

/// The titles of what somebody was told.
async fn told(caller: &Caller<'_>) -> Vec<String> {
    let inbox = caller.get("/api/pmos/notifications").await;
    let title = |it: &Value| it["title"].as_str().unwrap().to_owned();
    inbox["notifications"].as_array().unwrap().iter().map(title).collect()
}

#[tokio::test]
async fn an_alert_is_mailed_and_posted_once_for_a_storm() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        owner.post("/api/pmos/setup/sample", json!({})).await;
        let (address, heard) = mail_server().await;
        let opened = json!({"outgoingAllowList": [address.to_string()]});
        assert_eq!(owner.put("/api/pmos/platform/settings", opened).await.status, 200);
        let props = json!({
            "host": "127.0.0.1", "port": address.port(), "email": "pmos@example.com",
            "password": "hunter2hunter2",
        });
        let new = json!({
            "name": "Mail", "pieceName": "@activepieces/piece-smtp",
            "value": {"type": "CUSTOM_AUTH", "props": props},
        });
        let made = owner.post("/api/pmos/connections", new).await;
        assert_eq!(made.status, 201, "{} {}", server.name, made.body);
        let actor = owner.actor().await;
        let project = server.backend.alert_settings(&actor).await.unwrap().projects[0].clone();
        let emails = [" Ops@example.com ".to_owned()];
        server.backend.save_alert_places(&actor, &emails, Some(project.id)).await.unwrap();
        let saved = server.backend.alert_settings(&actor).await.unwrap();
        assert_eq!(saved.places.emails, ["ops@example.com"]);
        assert_eq!(
            (saved.places.project, saved.chosen_by.as_deref()),
            (Some(project), Some("Owner"))
        );

        storm(&server, &owner).await;
        let calls = sent(&owner, 2).await;
        assert!(calls.iter().all(|it| it["status"] == "completed"), "{} {calls:?}", server.name);
        let text = heard.lock().unwrap().join("\n");
        assert!(text.contains("RCPT TO:<ops@example.com>"), "{text}");
        assert!(text.contains("Subject: 1 of 1 run failed in the last five minutes"), "{text}");
        assert!(text.contains("/runs"), "it leads somewhere: {text}");
        storm(&server, &owner).await;
        assert_eq!(sent(&owner, 2).await.len(), 2, "{}: one message for a storm", server.name);
        let mails = heard.lock().unwrap().iter().filter(|it| *it == "DATA").count();
        assert_eq!(mails, 1, "{}", server.name);
        assert!(saved.undelivered.is_empty());
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_in_the_app_once() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let backend = &server.backend;
        let (actor, by_member) = (owner.actor().await, member.actor().await);
        let refused = backend.save_alert_places(&by_member, &[], None).await;
        assert!(matches!(refused, Err(Problem::Forbidden { .. })), "{}", server.name);
        assert!(backend.alert_settings(&by_member).await.is_err());
        assert!(backend.send_test_alert(&by_member).await.is_err());
        let nowhere = backend.send_test_alert(&actor).await;
        assert!(matches!(nowhere, Err(Problem::Invalid { .. })), "{nowhere:?}");
        let wrong = backend.save_alert_places(&actor, &["ops".to_owned()], None).await;
        assert!(matches!(wrong, Err(Problem::Invalid { .. })), "{wrong:?}");
        let emails = ["ops@example.com".to_owned()];
        backend.save_alert_places(&actor, &emails, None).await.unwrap();
        let tried = backend.send_test_alert(&actor).await.unwrap();
        let error = tried[0].error.clone().unwrap();
        assert_eq!(tried[0].target, "ops@example.com");
        assert!(error.contains("connection to email") || error.contains("smtp"), "{error}");

        storm(&server, &owner).await;
        let mut settings = backend.alert_settings(&actor).await.unwrap();
        for _ in 0..1_500 {
            if !settings.undelivered.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
            settings = backend.alert_settings(&actor).await.unwrap();
        }
        let undelivered = &settings.undelivered;
        assert_eq!(undelivered.len(), 1, "{} {undelivered:?}", server.name);
        assert_eq!(undelivered[0].target, "ops@example.com");
        assert!(undelivered[0].error.contains("nothing was sent"), "{undelivered:?}");
        let titles = told(&owner).await;
        let failed = titles.iter().filter(|it| it.starts_with("An alert could not be sent to "));
        assert_eq!(failed.count(), 1, "{titles:?}");
        assert!(told(&member).await.is_empty(), "{}", server.name);
    }
}
