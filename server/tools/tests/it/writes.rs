//! Writes keep what they do not name, and a repeated one happens once.

use crate::world::{PROJECT, World, actor};
use sandbox::faults::Fault;
use serde_json::json;
use store::testing::TestDb;
use tools::tool::CallContext;

async fn titles(world: &World) -> Vec<String> {
    let found = world.ok("search_todos", json!({ "query": "Only once" })).await;
    found["todos"].as_array().unwrap().iter().map(|it| it["title"].to_string()).collect()
}

#[tokio::test]
async fn the_same_key_makes_one_record_also_at_the_same_moment() {
    for test in TestDb::both().await {
        let config = sandbox::Config { keeps_log: true, ..sandbox::Config::default() };
        let world = World::beside(test, config).await;
        let args = json!({ "project": PROJECT, "task": "Only once", "idempotency_key": "k1" });
        let (one, other) = tokio::join!(
            world.call("create_todo", args.clone()),
            world.call("create_todo", args.clone())
        );
        assert_eq!(one.unwrap(), other.unwrap());
        assert_eq!(titles(&world).await.len(), 1);
        let sent = world.running.sandbox.requests();
        let sent = sent.iter().filter(|it| it.starts_with("POST"));
        assert_eq!(sent.count(), 1, "{}: one call went to Basecamp", world.test.name);
        let different = json!({ "project": PROJECT, "task": "Other", "idempotency_key": "k1" });
        assert_eq!(world.code("create_todo", different).await, "CONFLICT");
    }
}

#[tokio::test]
async fn a_message_whose_answer_is_lost_is_found_and_not_posted_twice() {
    let world = World::new().await;
    let board = world.tool("message_board").await;
    // Finding the project takes one read, the board another.
    for _ in 0..2 {
        world.running.sandbox.fail_next(Fault::Slow(std::time::Duration::ZERO));
    }
    world.running.sandbox.fail_next(Fault::LostAnswer);
    let args = json!({ "project": PROJECT, "board_id": board, "subject": "Lost and found", "content": "Here" });
    let made = world.ok("create_message", args).await;
    assert_eq!(
        (&made["message"]["subject"], &made["message"]["status"]),
        (&json!("Lost and found"), &json!("active"))
    );
    let all = world.ok("list_messages", json!({ "project": PROJECT })).await;
    let same =
        all["messages"].as_array().unwrap().iter().filter(|it| it["subject"] == "Lost and found");
    assert_eq!(same.count(), 1);
}

#[tokio::test]
async fn a_change_of_one_field_keeps_the_others() {
    let world = World::new().await;
    let document = world.first("list_documents", json!({ "project": PROJECT }), "documents").await;
    let args =
        json!({ "project": PROJECT, "document_id": document, "body": { "title": "Renamed" } });
    let after = world.ok("update_document", args).await["document"].clone();
    assert_eq!(
        (&after["title"], after["content"].as_str().unwrap().is_empty()),
        (&json!("Renamed"), false)
    );
    let entry =
        world.first("list_schedule_entries", json!({ "project": PROJECT }), "entries").await;
    let before =
        world.ok("get_schedule_entry", json!({ "project": PROJECT, "entry_id": entry })).await;
    let args = json!({ "project": PROJECT, "entry_id": entry, "body": { "summary": "Renamed" } });
    let after = world.ok("update_schedule_entry", args).await["schedule_entry"].clone();
    for field in ["starts_at", "ends_at", "participants", "all_day", "description"] {
        assert_eq!(after[field], before["schedule_entry"][field], "{field}");
    }
}

#[tokio::test]
async fn wrong_fields_come_back_with_the_reasons_of_basecamp() {
    let world = World::new().await;
    let table = world.tool("kanban_board").await;
    let args =
        json!({ "project": PROJECT, "card_table_id": table, "title": "x", "due_on": "someday" });
    assert_eq!(world.code("create_card", args).await, "INVALID_INPUT");
    let empty = json!({ "project": PROJECT, "todolist_id": 1, "body": {} });
    assert_eq!(world.code("update_todolist", empty).await, "INVALID_INPUT");
}

#[tokio::test]
async fn a_comment_goes_to_any_record_and_asks_when_several_fit() {
    let world = World::new().await;
    let card = world.first("list_card_table_cards", json!({ "project": PROJECT }), "cards").await;
    let url = format!("https://3.basecamp.com/1/buckets/2/card_tables/cards/{card}");
    let args = json!({ "project": PROJECT, "recording_id": url, "content": "On the card" });
    let made = world.ok("create_comment", args).await;
    assert_eq!(made["record"]["id"], card);
    let listed =
        world.ok("list_comments", json!({ "project": PROJECT, "recording_id": card })).await;
    assert_eq!(listed["count"], 1);
    let vague = json!({ "project": PROJECT, "recording_id": "none", "recording_query": "page", "content": "x" });
    assert_eq!(world.code("create_comment", vague).await, "AMBIGUOUS_MATCH");
}

#[tokio::test]
async fn a_viewer_changes_nothing() {
    let world = World::new().await;
    for spec in world.tools.list().filter(|it| it.is_basecamp() && it.name != "mcp_call") {
        if spec.risk == domain::approval::Risk::Read {
            continue;
        }
        let context = CallContext::default();
        let args = json!({ "path": "/todos/1", "method": "PUT" });
        let refused = world.tools.call(&actor("vera"), spec.name, &args, &context).await;
        assert_eq!(refused.unwrap_err().code(), "FORBIDDEN", "{}", spec.name);
    }
}

#[tokio::test]
async fn webhooks_are_made_changed_and_taken_away() {
    for world in World::both().await {
        let here = json!({ "project": PROJECT });
        let body = json!({ "payload_url": "https://hooks.example.com/a", "types": ["Todo"] });
        let args = json!({ "project": PROJECT, "body": body });
        let made = world.ok("create_webhook", args).await;
        assert_eq!((&made["webhook"]["active"], &made["undoable"]), (&json!(true), &json!(true)));
        let listed = world.ok("list_webhooks", here.clone()).await;
        assert_eq!(
            (&listed["count"], &listed["webhooks"][0]["id"]),
            (&json!(1), &made["webhook"]["id"])
        );
        let id = &made["webhook"]["id"];
        let off = json!({ "webhook_id": id, "project": PROJECT, "body": { "active": false } });
        let off = world.ok("update_webhook", off).await;
        assert_eq!(off["webhook"]["active"], false, "{off}");
        let plain = json!({ "payload_url": "http://example.com/a", "types": ["Todo"] });
        let plain = json!({ "project": PROJECT, "body": plain });
        assert_eq!(world.code("create_webhook", plain).await, "INVALID_INPUT");
        let operation = made["operation_id"].as_str().unwrap().into();
        world.tools.undo(&actor("amara"), &operation, None).await.unwrap();
        assert_eq!(world.ok("list_webhooks", here).await["count"], 0);
    }
}
