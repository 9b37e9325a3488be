//! Taking writes back, and large results as files, over HTTP.

use crate::caller::{Caller, Server};
use serde_json::{Value, json};

async fn call(caller: &Caller<'_>, name: &str, arguments: Value) -> Value {
    let answer = caller.post("/api/mcp-call", json!({"name": name, "arguments": arguments})).await;
    assert_eq!(answer.body["ok"], true, "{name}: {}", answer.body);
    answer.body["result"].clone()
}

#[tokio::test]
async fn a_write_is_undone_once_and_only_in_its_workspace() {
    for server in Server::all().await {
        let owner = server.signs_up("Olive").await;
        owner.post("/api/pmos/setup/sample", json!({})).await;
        let args = json!({"project": "Website relaunch", "task": "For a moment"});
        let made = call(&owner, "create_todo", args).await;
        let path = format!("/api/operations/{}/undo", made["operation_id"].as_str().unwrap());
        let stranger = server.signs_up("Sam").await;
        assert_eq!(stranger.post(&path, json!({})).await.status, 404);
        let viewer = server.joins(&owner, "Vic", "viewer").await;
        assert_eq!(viewer.post(&path, json!({})).await.status, 403);
        let undone = owner.post(&path, json!({})).await;
        assert_eq!((undone.status, &undone.body["ok"]), (200, &json!(true)), "{}", undone.body);
        assert!(
            undone.body["undo_operation_id"].is_string() && undone.body["undone_at"].is_string()
        );
        assert_eq!(owner.post(&path, json!({})).await.status, 409);
        let found = call(&owner, "search_todos", json!({"query": "For a moment"})).await;
        assert_eq!(found["count"], 0);
    }
}

#[tokio::test]
async fn what_cannot_be_undone_is_refused_with_the_reason() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Olive").await;
    owner.post("/api/pmos/setup/sample", json!({})).await;
    let project = json!({"project": "Website relaunch"});
    let chat = call(&owner, "list_campfires", project).await["campfires"][0]["id"].clone();
    let line = json!({"project": "Website relaunch", "chat_id": chat, "content": "Oops"});
    let line = call(&owner, "create_campfire_line", line).await["line"]["id"].clone();
    let gone = json!({"project": "Website relaunch", "chat_id": chat, "line_id": line});
    let gone = call(&owner, "delete_campfire_line", gone).await;
    let path = format!("/api/operations/{}/undo", gone["operation_id"].as_str().unwrap());
    let refused = owner.post(&path, json!({})).await;
    assert_eq!((refused.status, &refused.body["code"]), (422, &json!("NOT_UNDOABLE")));
    assert!(refused.body["reason"].is_string());
    assert_eq!(owner.get("/api/exports/nothing").await.status, 404);
}
