//! The assistant over HTTP: asking, streams that resume, approvals, direct tool calls.

use crate::caller::{Caller, PASSWORD, Server};
use axum::body::Body;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// What comes at all comes sooner.
const LIMIT: Duration = Duration::from_secs(30);

/// Signed up, with the sample Basecamp.
async fn connected<'a>(server: &'a Server, name: &str) -> Caller<'a> {
    let caller = server.signs_up(name).await;
    assert_eq!(caller.post("/api/pmos/setup/sample", json!({})).await.status, 200);
    caller
}

/// Every frame of a stream that ends: id, event, data.
async fn frames(
    caller: &Caller<'_>,
    path: &str,
    after: Option<&str>,
) -> Vec<(String, String, Value)> {
    let request = caller.request("GET", path);
    let request = match after {
        Some(id) => request.header("last-event-id", id),
        None => request,
    };
    let response = caller.open(request.body(Body::empty()).unwrap()).await;
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    assert_eq!(response.headers()["cache-control"], "no-store");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let (retry, rest) = text.split_once("\n\n").unwrap();
    assert_eq!(retry, "retry: 2000");
    let frame = |block: &str| {
        let line =
            |name: &str| block.lines().find_map(|it| it.strip_prefix(name)).unwrap().to_owned();
        (line("id: "), line("event: "), serde_json::from_str(&line("data: ")).unwrap())
    };
    rest.split("\n\n")
        .filter(|it| it.starts_with("id:") || it.contains("\nid:"))
        .map(frame)
        .collect()
}

#[tokio::test]
async fn a_question_is_answered_and_kept() {
    for server in Server::all().await {
        let owner = connected(&server, "Owner").await;
        let answer = owner.post("/api/chat", json!({"message": "what is overdue?"})).await;
        assert_eq!(
            (answer.status, &answer["ok"], &answer["status"]),
            (200, &json!(true), &json!("succeeded"))
        );
        assert!(answer["response"].as_str().unwrap().contains("overdue"), "{}", server.name);
        assert_eq!(answer["toolsUsed"], json!(["report_todos_overdue"]));
        let path = format!("/api/chat/sessions/{}", answer["sessionId"].as_str().unwrap());
        let session = owner.get(&path).await;
        assert_eq!(
            (&session["message_count"], &session["title"]),
            (&json!(2), &json!("what is overdue?"))
        );
        assert_eq!(session["messages"][1]["run_id"], answer["runId"]);
        let list = owner.get("/api/chat/sessions").await;
        assert_eq!(list.body.as_array().unwrap().len(), 1);
        let renamed = owner.patch(&path, json!({"title": "Late things"})).await;
        assert_eq!(renamed["title"], "Late things");
        assert_eq!(owner.delete(&path).await["deleted"], true);
        let gone = owner.get(&path).await;
        assert_eq!((gone.status, &gone["error"]), (404, &json!("Session not found")));
        let command = owner.post("/api/chat", json!({"message": "/status"})).await;
        assert_eq!(
            (&command["confidence"], &command["toolsUsed"]),
            (&json!(1.0), &json!(["pmos_status"]))
        );
        let id = command["operation_id"].as_str().expect("a command is an operation");
        let kept = owner.get(&format!("/api/operations/{id}")).await;
        assert_eq!(
            (&kept["source"], &kept["command"], &kept["status"], &kept["run_id"]),
            (&json!("chat"), &json!("status"), &json!("completed"), &command["runId"])
        );
        assert_eq!(answer["confidence"], Value::Null, "a question is no command");
        let empty = owner.post("/api/chat", json!({"message": " "})).await;
        assert_eq!((empty.status, &empty["error"]), (400, &json!("Message is required")));
    }
}

#[tokio::test]
async fn a_stream_that_was_cut_off_goes_on_and_starts_no_second_run() {
    let server = Server::sqlite().await;
    let owner = connected(&server, "Owner").await;
    let path = "/api/chat/stream?message=list%20projects";
    let all = frames(&owner, path, None).await;
    let names: Vec<&str> = all.iter().map(|it| it.1.as_str()).filter(|it| *it != "trace").collect();
    assert_eq!(names, ["start", "tool", "response", "done"]);
    let rest = frames(&owner, path, Some(&all[2].0)).await;
    assert_eq!(rest, all[3..]);
    let run = all[0].2["runId"].as_str().unwrap();
    let again = frames(&owner, &format!("/api/chat/runs/{run}/events?after={run}:4"), None).await;
    assert_eq!(again, all[4..]);
    assert_eq!(owner.get("/api/chat/sessions").await.body.as_array().unwrap().len(), 1);
    assert_eq!(owner.get(&format!("/api/chat/runs/{run}")).await["status"], "succeeded");
    let cancelled = owner.post(&format!("/api/chat/runs/{run}/cancel"), json!({})).await;
    assert_eq!(cancelled.body, json!({"ok": true, "status": "succeeded"}));
}

#[tokio::test]
async fn who_is_signed_out_reads_no_further() {
    for server in Server::all().await {
        let here = server.signs_up("Owner").await;
        let given = json!({"email": "owner@example.com", "password": PASSWORD});
        let signed = server.visitor().post("/api/pmos/auth/login", given).await;
        let there = server.person(&signed.session());
        let said = here.post("/api/chat", json!({"message": "hello"})).await;
        let session = said["sessionId"].as_str().unwrap();
        let path = format!("/api/chat/sessions/{session}/events");
        let request = there.request("GET", &path).body(Body::empty()).unwrap();
        let mut stream = there.open(request).await.into_body();
        let first = stream.frame().await.unwrap().unwrap().into_data().unwrap();
        assert!(first.starts_with(b"retry"), "{first:?}");
        there.post("/api/pmos/auth/logout", json!({})).await;
        let more = json!({"message": "what is new?", "sessionId": session});
        assert_eq!(here.post("/api/chat", more).await.status, 200);
        let rest = timeout(LIMIT, stream.collect()).await.expect("the stream ends").unwrap();
        let rest = String::from_utf8(rest.to_bytes().to_vec()).unwrap();
        assert!(!rest.contains("event: "), "{}: {rest}", server.name);
    }
}

#[tokio::test]
async fn a_change_waits_and_is_decided_once() {
    for server in Server::all().await {
        let owner = connected(&server, "Owner").await;
        let asked = owner.post("/api/chat", json!({"message": "complete Menu board copy"})).await;
        assert_eq!(
            (asked.status, &asked["pending_approval"]),
            (202, &json!(true)),
            "{}",
            server.name
        );
        let id = asked["approval_id"].as_str().unwrap();
        let listed = owner.get("/api/approvals").await;
        assert_eq!((&listed["count"], &listed["approvals"][0]["id"]), (&json!(1), &json!(id)));
        let approved =
            owner.post(&format!("/api/approvals/{id}/approve"), json!({"note": "go"})).await;
        assert_eq!((approved.status, &approved["approval"]["status"]), (200, &json!("approved")));
        assert!(approved["operation_id"].is_string() && approved["runId"].is_string());
        let again = owner.post(&format!("/api/approvals/{id}/reject"), json!({})).await;
        assert_eq!((again.status, &again["status"]), (409, &json!("approved")));
        let operations = owner.get("/api/operations").await;
        assert_eq!(
            (&operations["count"], &operations["operations"][0]["tool"]),
            (&json!(1), &json!("complete_todo"))
        );
        let audit = owner.get("/api/pmos/audit").await.body.to_string();
        for action in ["approval.asked", "approval.decided", "tool.used"] {
            assert!(audit.contains(action), "{action}");
        }
        assert_eq!(owner.get("/api/approvals").await["count"], 0);
        assert_eq!(owner.get("/api/approvals?status=nonsense").await.status, 400);
    }
}

#[tokio::test]
async fn a_change_that_waits_is_decided_by_its_operation_too() {
    for server in Server::all().await {
        let owner = connected(&server, "Owner").await;
        let complete = json!({"message": "complete Menu board copy"});
        let asked = owner.post("/api/chat", complete.clone()).await;
        let id = asked["operation_id"].as_str().unwrap();
        let path = format!("/api/operations/{id}");
        let waits = owner.get(&path).await;
        assert_eq!(
            (&waits["status"], &waits["approval_id"], &waits["source"]),
            (&json!("pending_approval"), &asked["approval_id"], &json!("chat")),
            "{}",
            server.name
        );
        let rejected = owner.post(&format!("{path}/reject"), json!({"reason": "later"})).await;
        assert_eq!((rejected.status, &rejected["status"]), (200, &json!("rejected")));
        assert_eq!(owner.get(&path).await["status"], "rejected");
        let asked = owner.post("/api/chat", complete).await;
        let path = format!("/api/operations/{}", asked["operation_id"].as_str().unwrap());
        let approved = owner.post(&format!("{path}/approve"), json!({})).await;
        assert_eq!(
            (approved.status, &approved["ok"], &approved["tool"]),
            (200, &json!(true), &json!("complete_todo"))
        );
        assert!(approved["runId"].is_string() && approved["result"].is_object());
        assert_eq!(owner.get(&path).await["status"], "completed");
        assert_eq!(owner.post(&format!("{path}/approve"), json!({})).await.status, 409);
    }
}

#[tokio::test]
async fn tools_are_called_directly_and_fail_as_answers() {
    let server = Server::sqlite().await;
    let owner = connected(&server, "Owner").await;
    let call = async |body: Value| owner.post("/api/mcp-call", body).await;
    let found = call(json!({"name": "list_projects"})).await;
    assert_eq!((&found["ok"], &found["result"]["count"]), (&json!(true), &json!(3)));
    let said = call(json!({"name": "list_projects", "arguments": {"api_key": "hunter2"}})).await;
    assert_eq!((&said["ok"], &said["args"]), (&json!(true), &json!({})));
    let wrong = call(json!({"name": "find_project", "arguments": {"nom": "x"}})).await;
    assert_eq!(
        (wrong.status, &wrong["ok"], &wrong["code"]),
        (200, &json!(false), &json!("INVALID_INPUT"))
    );
    assert_eq!(wrong["details"]["details"][0]["path"], "nom");
    assert_eq!(call(json!({"name": "nothing"})).await.status, 404);
    assert_eq!(call(json!({})).await.status, 400);
    let config = owner.get("/api/config").await;
    assert_eq!(
        config["effective"],
        json!({"provider": "builtin", "model": "builtin", "source": "builtin"})
    );
}

#[tokio::test]
async fn a_repeated_key_does_a_write_once() {
    let server = Server::sqlite().await;
    let owner = connected(&server, "Owner").await;
    let args = json!({"project": "Website relaunch", "todolist": "Build", "task": "Once", "idempotency_key": "k1"});
    let body = json!({"name": "create_todo", "arguments": args});
    let first = owner.post("/api/mcp-call", body.clone()).await;
    let second = owner.post("/api/mcp-call", body).await;
    assert_eq!(first["result"], second["result"]);
    let other = json!({"project": "Website relaunch", "todolist": "Build", "task": "Twice", "idempotency_key": "k1"});
    let refused =
        owner.post("/api/mcp-call", json!({"name": "create_todo", "arguments": other})).await;
    assert_eq!(refused["code"], "CONFLICT");
    let found = owner
        .post("/api/mcp-call", json!({"name": "search_todos", "arguments": {"query": "Once"}}))
        .await;
    assert_eq!(found["result"]["count"], 1);
}

#[tokio::test]
async fn files_come_with_a_message_and_are_read_by_their_owner_alone() {
    for server in Server::all().await {
        let owner = connected(&server, "Owner").await;
        // "Item,Price\nInk,3\nPaper,4\n" and the first bytes of a PNG.
        let files = json!([
            {"name": "a.csv", "contentBase64": "SXRlbSxQcmljZQpJbmssMwpQYXBlciw0Cg=="},
            {"name": "a.png", "contentBase64": "iVBORw0KGgoAAQ=="},
        ]);
        let ask = json!({"message": "sum of Price", "attachments": files});
        let answer = owner.post("/api/chat", ask).await;
        assert!(answer["response"].as_str().unwrap().contains("**7**"), "{}", answer.body);
        let path = format!("/api/chat/sessions/{}", answer["sessionId"].as_str().unwrap());
        let session = owner.get(&path).await;
        let kept = session["messages"][0]["attachments"].clone();
        assert_eq!(
            (&kept[0]["kind"], &kept[1]["media_type"]),
            (&json!("table"), &json!("image/png"))
        );
        let file = |at: usize| format!("{path}/attachments/{}", kept[at]["id"].as_str().unwrap());
        let opened = |at: usize| owner.request("GET", &file(at)).body(Body::empty()).unwrap();
        let table = owner.open(opened(0)).await;
        let header = |name: &str| table.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(header("content-disposition"), "attachment; filename=\"a.csv\"");
        assert_eq!(header("x-content-type-options"), "nosniff");
        let picture = owner.open(opened(1)).await;
        assert_eq!(picture.headers()["content-type"], "image/png");
        for shown in [&table, &picture] {
            let policy = shown.headers()["content-security-policy"].to_str().unwrap();
            assert!(policy.ends_with("sandbox") && policy.starts_with("default-src 'none'"));
        }
        let other = server.joins(&owner, "Mika", "workspace_admin").await;
        assert_eq!(other.get(&file(0)).await.status, 404);
        assert_eq!(server.visitor().get(&file(0)).await.status, 401);
        let wrong = json!({"message": "look", "attachments": [{"name": "b.pdf", "contentBase64": "JVBERgD/"}]});
        let refused = owner.post("/api/chat", wrong).await;
        assert_eq!((refused.status, &refused["details"][0]["field"]), (400, &json!("attachments")));
    }
}
