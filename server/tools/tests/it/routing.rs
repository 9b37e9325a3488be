//! `smart_action`, `mcp_call` and looking for tools.

use crate::world::{PROJECT, World};
use serde_json::json;

#[tokio::test]
async fn phrases_go_to_the_tools_they_mean() {
    let world = World::new().await;
    for (phrase, action) in [
        ("show my automations", "flow_list"),
        ("is the workflow engine connected", "flow_status"),
        ("create a flow that posts to Slack", "flow_create"),
        ("show the flow runs", "flow_runs_list"),
        ("delete the old flow", "flow_delete"),
        ("daily report", "daily_report"),
        ("summarize project Website relaunch", "project_summary"),
        ("summarize project Website", "project_summary"),
        ("what is assigned to me", "list_assigned_to_me"),
        ("what did Priya Raman do recently in comments", "person_audit"),
        ("summary of Priya Raman", "summarize_person"),
        ("find project Website", "search_projects"),
        ("find card logo", "search_cards"),
        ("to-dos due tomorrow", "list_todos_due"),
        ("invoices", "search_recordings"),
    ] {
        let said = world.ok("smart_action", json!({ "query": phrase })).await;
        assert_eq!(said["action"], action, "{phrase}: {said}");
        assert!(said.get("error").is_none(), "{phrase}: {said}");
    }
    let board = json!({ "query": "list the cards of Website", "project": PROJECT });
    let said = world.ok("smart_action", board).await;
    assert_eq!(said["action"], "list_project_card_table_contents");
}

#[tokio::test]
async fn a_write_in_plain_words_is_only_planned_and_a_vague_word_is_a_question() {
    let world = World::new().await;
    let said =
        world.ok("smart_action", json!({ "query": "create a flow that posts to Slack" })).await;
    assert_eq!(said["planned"]["tool"], "flow_create");
    assert_eq!(said["planned"]["missing"], json!(["name"]));
    assert_eq!(world.ok("flow_list", json!({})).await["data"], json!([]));
    let vague = world.ok("smart_action", json!({ "query": "invoices" })).await;
    assert_eq!(vague["ambiguous"], true);
    let card = world.ok("smart_action", json!({ "query": "find card logo" })).await;
    assert_eq!(card["result"]["cards"][0]["title"], "Logo on dark background");
}

#[tokio::test]
async fn a_tool_runs_another_by_name_but_never_itself() {
    let world = World::new().await;
    let status = world.ok("mcp_call", json!({ "tool": "pmos_status" })).await;
    assert_eq!(status["status"], "operational");
    let nested = json!({ "tool": "mcp_call", "args": { "tool": "pmos_status" } });
    assert_eq!(world.code("mcp_call", nested).await, "INVALID_TOOL");
    assert_eq!(world.code("mcp_call", json!({ "tool": "nothing" })).await, "UNKNOWN_TOOL");
    let write = json!({ "tool": "create_todo", "args": { "project": PROJECT, "task": "No" } });
    let refused = world.call_as("vera", "mcp_call", write).await.unwrap_err();
    assert_eq!(refused.code(), "FORBIDDEN");
}

#[tokio::test]
async fn words_find_a_tool_and_its_schema() {
    let world = World::new().await;
    let found = world.ok("tools_search", json!({ "query": "archive card" })).await;
    let first: Vec<&str> = found["tools"]
        .as_array()
        .unwrap()
        .iter()
        .take(3)
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert!(first.contains(&"archive_card"), "{first:?}");
    let told = world.ok("tools_describe", json!({ "names": ["archive_card", "nothing"] })).await;
    assert_eq!(told["tools"][0]["inputSchema"]["required"], json!(["project", "card_id"]));
    assert_eq!(told["unknown"], json!(["nothing"]));
}
