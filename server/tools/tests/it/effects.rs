//! What is asked for has its effect: no argument of a write goes unread, and answers say what changed.

use crate::world::{PROJECT, World};
use domain::approval::Risk;
use serde_json::{Value, json};

fn here(more: Value) -> Value {
    let mut args = json!({ "project": PROJECT });
    args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    args
}

const FLOW: &str = "flow_id";

/// A new chatbot of a chat: its id, and the key in its address.
async fn chatbot(world: &World, chat: i64) -> (Value, Value) {
    let new = here(json!({ "chat_id": chat, "body": { "service_name": "butler" } }));
    let bot = world.ok("create_chatbot", new).await["chatbot"]["id"].clone();
    let found = here(json!({ "chat_id": chat, "chatbot_id": bot }));
    let found = world.ok("get_chatbot", found).await["chatbot"]["lines_url"].clone();
    let key = found.as_str().unwrap().split('/').skip_while(|it| *it != "integrations").nth(1);
    (bot, key.unwrap().into())
}

/// Calls that between them name every argument a write takes besides those it needs.
async fn writes(world: &World) -> Vec<(&'static str, Value)> {
    let person = world.first("list_project_people", here(json!({})), "people").await;
    let list = world.ok("list_todolists", here(json!({}))).await["todolists"][1].clone();
    let todo =
        world.first("list_todos_for_list", here(json!({ "todolist_id": list["id"] })), "todos");
    let todo = todo.await;
    let chat = world.tool("chat").await;
    let (bot, key) = chatbot(world, chat).await;
    let comment = here(json!({ "recording_id": todo, "content": "Hm" }));
    let comment = world.ok("create_comment", comment).await["comment"]["id"].clone();
    let (table, board) = (world.tool("kanban_board").await, world.tool("message_board").await);
    let columns =
        world.ok("list_card_table_columns", here(json!({ "card_table_id": table }))).await;
    let column = columns["columns"][1]["id"].clone();
    let card = world.first("list_card_table_cards", here(json!({})), "cards").await;
    let message = world.first("list_messages", here(json!({})), "messages").await;
    let days = json!({ "starts_on": "2026-05-01", "due_on": "2026-05-04" });
    let add = json!({
        "task": "Order paper", "todolist": list["name"], "description": "Thick", "assignee_ids": [person],
        "starts_on": days["starts_on"], "due_on": days["due_on"], "notify": true
    });
    let change = json!({
        "todo_id": todo, "content": "X", "description": "Y", "assignee_ids": [person], "completion_subscriber_ids": [person],
        "starts_on": days["starts_on"], "due_on": days["due_on"], "notify": true
    });
    let put = json!({
        "card_table_id": table, "title": "C", "content": "Z", "column_id": column, "due_on": days["due_on"], "position": 1
    });
    let said = json!({ "subject": "S", "content": "T", "status": "active", "body": { "category_id": null } });
    let with = |more: Value| here(more);
    vec![
        ("create_todo", here(add)),
        ("create_todo", here(json!({ "content": "Order more paper" }))),
        ("update_todo_details", here(change)),
        ("create_card", here(put)),
        ("create_campfire_line", here(json!({ "chat_id": chat, "content": "Hello" }))),
        ("post_chatbot_line", here(json!({ "chat_id": chat, "chatbot_id": bot, "content": "A" }))),
        (
            "post_chatbot_line",
            here(json!({ "chat_id": chat, "integration_key": key, "content": "A" })),
        ),
        ("update_comment", here(json!({ "comment_id": comment, "content": "Aha" }))),
        ("create_card", here(json!({ "card_table_id": table, "title": "D", "description": "Z" }))),
        ("move_card", here(json!({ "card_id": card, "column_id": column, "position": 1 }))),
        ("create_message", and(with(json!({ "board_id": board })), &said)),
        ("update_message", and(with(json!({ "message_id": message })), &said)),
        (
            "create_message_type",
            here(json!({ "message_board_id": board, "body": { "name": "N", "icon": "!" } })),
        ),
        ("create_comment", here(json!({ "recording_id": todo, "content": "Yes", "body": {} }))),
        (
            "create_comment",
            here(
                json!({ "recording_id": "?", "recording_title": "Order more paper", "content": "Yes" }),
            ),
        ),
        (
            "create_comment",
            here(json!({ "recording_id": todo, "recording_query": "X", "content": "Yes" })),
        ),
        (
            "pmos_memory_save",
            json!({ "memory_type": "fact", "content": "F", "tags": ["t"], "importance": 0.9 }),
        ),
    ]
}

fn and(mut args: Value, more: &Value) -> Value {
    args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    args
}

#[tokio::test]
async fn no_argument_of_a_write_goes_unread() {
    let world = World::new().await;
    let mut left: Vec<(String, String)> = Vec::new();
    let own = ["idempotency_key", "request_id", "body"];
    for spec in world.tools.list().filter(|it| it.risk != Risk::Read && it.is_basecamp()) {
        // Raw calls take what their method takes; the other one takes what its target takes.
        if spec.group == "api" || spec.name.starts_with("basecamp_r") || spec.name == "mcp_call" {
            continue;
        }
        let schema = spec.input_schema();
        let required = schema["required"].as_array().unwrap();
        let names = schema["properties"].as_object().unwrap().keys();
        let optional =
            names.filter(|it| !required.contains(&json!(it)) && !own.contains(&it.as_str()));
        left.extend(optional.map(|it| (spec.name.to_owned(), it.clone())));
    }
    for (tool, args) in writes(&world).await {
        let done = world.ok(tool, args.clone()).await;
        assert_eq!(done.get("ignored"), None, "{tool}");
        left.retain(|(name, field)| name != tool || args.get(field).is_none());
    }
    assert_eq!(left, [], "these have no call here");
}

#[tokio::test]
async fn a_new_to_do_begins_when_it_was_said_to() {
    let world = World::new().await;
    let args = here(json!({ "task": "Later", "starts_on": "2026-05-01", "due_on": "2026-05-04" }));
    let made = world.ok("create_todo", args).await;
    let path = format!("/todos/{}", made["todo"]["id"]);
    let todo = world.ok("basecamp_raw", json!({ "path": path })).await;
    assert_eq!(todo["data"]["starts_on"], "2026-05-01");
    let wrong = here(json!({ "task": "Never", "starts_on": "soon" }));
    assert_eq!(world.code("create_todo", wrong).await, "INVALID_INPUT");
}

#[tokio::test]
async fn what_has_no_effect_is_named() {
    let world = World::new().await;
    let both = json!({ "person": "Theo Marsh", "assignee": "Priya Raman" });
    let said = world.ok("report_todos_assigned_person", both).await;
    assert_eq!(said["ignored"], json!(["assignee"]));
}

#[tokio::test]
async fn boards_come_in_parts_and_are_kept_table_by_table() {
    let world = World::new().await;
    let args = |more: Value| here(more);
    let whole = world.ok("list_project_card_table_contents", args(json!({}))).await;
    let none = world.ok("list_project_card_table_contents", args(json!({ "max_boards": 0 }))).await;
    assert_eq!((&none["count"], &none["next_cursor"]), (&json!(0), &json!(0)));
    let all =
        json!({ "max_boards": 0, "auto_all": true, "cache_output": true, "cache_chunk_boards": 1 });
    let all = world.ok("list_project_card_table_contents", args(all)).await;
    assert_eq!(all["card_tables"], whole["card_tables"]);
    let chunk = json!({ "payload_key": all["payload_key"] });
    let chunk = world.ok("get_cached_payload_chunk", chunk).await;
    assert_eq!(chunk["chunk"], json!([whole["card_tables"][0]]));
    let short = world.ok("list_card_table_cards", here(json!({}))).await;
    assert!(short["cards"][0].get("creator").is_none() && short["cards"][0]["column_id"].is_i64());
    let full = world.ok("list_card_table_cards", here(json!({ "include_details": true }))).await;
    assert!(full["cards"][0]["creator"].is_object());
}

#[tokio::test]
async fn only_so_many_items_are_inline_as_are_asked_for() {
    let world = World::new().await;
    let whole = world.ok("list_todos_for_project", here(json!({}))).await;
    let cut = here(json!({ "inlineLimit": 3, "preview_limit": 2 }));
    let cut = world.ok("list_todos_for_project", cut).await;
    assert_eq!((&cut["count"], &cut["chunk_required"]), (&whole["count"], &json!(true)));
    assert_eq!(cut["todolists"][0]["todos_preview"].as_array().unwrap().len(), 2);
    let chunk = json!({ "payload_key": cut["payload_key"] });
    let chunk = world.ok("get_cached_payload_chunk", chunk).await;
    assert_eq!(chunk["chunk"][0], whole["todolists"][0]["todos"][0]);
    let lists = world.ok("list_todolists", here(json!({ "inlineLimit": 1 }))).await;
    assert_eq!(lists["todolists"].as_array().unwrap().len(), 1);
    assert!(lists["count"].as_u64() > Some(1) && lists["chunk_required"] == true);
}

#[tokio::test]
async fn a_change_to_a_flow_says_what_changed_and_not_what_was_sent() {
    let world = World::new().await;
    let secret = "a very long text that was sent";
    let step = json!({
        "name": "step_1", "displayName": "Tell", "valid": true, "type": "PIECE",
        "settings": { "pieceName": "@activepieces/piece-http", "pieceVersion": "0.0.1", "actionName": "send_request", "input": { "body": secret } }
    });
    let made = world.ok("flow_create", json!({ "name": "F" })).await;
    let id = made["flow"]["id"].clone();
    let added = world.ok("flow_step_add", json!({ FLOW: id, "step": step })).await;
    assert!(!added.to_string().contains(secret), "{added}");
    assert_eq!(added["flow"]["steps"][0]["displayName"], "Tell");
    assert_eq!(added["flow"]["version"]["displayName"], "F");
    let whole = world.ok("flow_get", json!({ FLOW: id })).await;
    assert!(whole.to_string().contains(secret));
    let old = json!({ FLOW: id, "operations": [], "base_version_id": "another" });
    assert_eq!(world.code("flow_apply", old).await, "CONFLICT");
    let nowhere = json!({ FLOW: id, "data": { "folderId": "f1" } });
    assert_eq!(world.code("flow_update", nowhere).await, "RESOURCE_NOT_FOUND");
    let folder = world.ok("flow_folder_create", json!({ "name": "Clients" })).await["id"].clone();
    let moved = world.ok("flow_update", json!({ FLOW: id, "data": { "folderId": folder } })).await;
    assert_eq!(moved["flow"]["folderId"], folder);
    world.ok("pmos_undo", json!({ "operation_id": moved["operation_id"] })).await;
    assert_eq!(world.ok("flow_get", json!({ FLOW: id })).await["folderId"], Value::Null);
    let elsewhere = json!({ "project_id": "w2" });
    let listed = world.ok("flow_list", elsewhere).await;
    assert_eq!(listed["data"], json!([]));
    assert!(listed["notice"].is_string(), "{listed}");
}
