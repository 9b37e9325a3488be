//! Every sort of write is taken back once, and only while the record is as it left it.

use crate::world::{PROJECT, World, actor};
use domain::event::{EventKind, StoredEvent};
use domain::ids::OperationId;
use serde_json::{Value, json};
use store::operations::{self, OperationFilter};
use store::{events, undos};
use tools::error::ToolError;
use tools::tool::CallContext;

/// What a tool and its arguments change, and how the record is read.
struct Case {
    tool: &'static str,
    args: Value,
    read: (&'static str, Value),
}

fn case(tool: &'static str, args: Value, read: (&'static str, Value)) -> Case {
    Case { tool, args, read }
}

pub(crate) fn here(more: Value) -> Value {
    let mut args = json!({ "project": PROJECT });
    args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    args
}

/// Changes to to-dos and boards.
async fn work(world: &World) -> Vec<Case> {
    let list = world.first("list_todolists", here(json!({})), "todolists").await;
    let todo =
        world.first("list_todos_for_list", here(json!({ "todolist_id": list })), "todos").await;
    let card = world.first("list_card_table_cards", here(json!({})), "cards").await;
    let table = world.tool("kanban_board").await;
    let columns =
        world.ok("list_card_table_columns", here(json!({ "card_table_id": table }))).await;
    let column = columns["columns"][2]["id"].as_i64().unwrap();
    let project = world.project().await;
    let a_todo = || ("basecamp_raw", json!({ "path": format!("/todos/{todo}") }));
    let a_card = || of("get_card", "card_id", card);
    let a_column = || of("get_card_table_column", "column_id", column);
    let new_name = json!({ "name": "X" });
    let moved = json!({ "source_id": column, "target_id": column, "position": 0 });
    let details = json!({ "todo_id": todo, "description": "New", "due_on": "" });
    let fresh = json!({ "card_id": card, "body": { "title": "X", "due_on": "" } });
    vec![
        case("complete_todo", here(json!({ "todo_id": todo })), a_todo()),
        case("update_todo_details", here(details), a_todo()),
        case("reposition_todo", here(json!({ "todo_id": todo, "position": 3 })), a_todo()),
        case(
            "update_todolist",
            here(json!({ "todolist_id": list, "body": new_name })),
            of("get_todolist", "todolist_id", list),
        ),
        case("move_card", here(json!({ "card_id": card, "column_id": column })), a_card()),
        case("update_card", here(fresh), a_card()),
        case("archive_card", here(json!({ "card_id": card })), a_card()),
        case("trash_card", here(json!({ "card_id": card })), a_card()),
        case(
            "update_card_table_column",
            here(json!({ "column_id": column, "body": { "title": "X" } })),
            a_column(),
        ),
        case(
            "move_card_table_column",
            here(json!({ "card_table_id": table, "body": moved })),
            a_column(),
        ),
        case(
            "update_project",
            json!({ "project_id": project, "body": { "description": "X" } }),
            ("get_project", json!({ "project_id": project })),
        ),
    ]
}

fn of(tool: &'static str, name: &str, id: i64) -> (&'static str, Value) {
    (tool, here(json!({ name: id })))
}

/// Changes to messages, files, dates and check-ins.
async fn places(world: &World) -> Vec<Case> {
    let message = world.first("list_messages", here(json!({})), "messages").await;
    let document = world.first("list_documents", here(json!({})), "documents").await;
    let entry = world.first("list_schedule_entries", here(json!({})), "entries").await;
    let upload = world.first("list_uploads", here(json!({})), "uploads").await;
    let set = world.tool("questionnaire").await;
    let questions = here(json!({ "questionnaire_id": set }));
    let question = world.first("list_questions", questions, "questions").await;
    let a_message = || of("get_message", "message_id", message);
    let change = |name: &str, id: i64, body: Value| here(json!({ name: id, "body": body }));
    let shown = json!({ "visible_to_clients": true });
    let words = json!({ "content": "<div>X</div>" });
    vec![
        case("update_message", here(json!({ "message_id": message, "subject": "X" })), a_message()),
        case("trash_recording", here(json!({ "recording_id": message })), a_message()),
        case("archive_recording", here(json!({ "recording_id": message })), a_message()),
        case("update_client_visibility", change("recording_id", message, shown), a_message()),
        case(
            "subscribe_recording",
            here(json!({ "recording_id": message })),
            of("get_subscription", "recording_id", message),
        ),
        case(
            "update_document",
            change("document_id", document, words),
            of("get_document", "document_id", document),
        ),
        case(
            "update_upload",
            change("upload_id", upload, json!({ "base_name": "x" })),
            of("get_upload", "upload_id", upload),
        ),
        case(
            "update_schedule_entry",
            change("entry_id", entry, json!({ "summary": "X" })),
            of("get_schedule_entry", "entry_id", entry),
        ),
        case(
            "pause_question",
            here(json!({ "question_id": question })),
            of("get_question", "question_id", question),
        ),
    ]
}

/// Without what every write moves.
fn still(mut answer: Value) -> String {
    fn clean(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.shift_remove("updated_at");
                fields.values_mut().for_each(clean);
            }
            Value::Array(items) => items.iter_mut().for_each(clean),
            _ => {}
        }
    }
    clean(&mut answer);
    answer.to_string()
}

#[tokio::test]
async fn every_change_is_taken_back_once() {
    for world in World::both().await {
        let mut changes = work(&world).await;
        changes.extend(places(&world).await);
        for it in changes {
            let (read, args) = it.read;
            let before = still(world.ok(read, args.clone()).await);
            let done = world.ok(it.tool, it.args).await;
            assert_eq!(done["undoable"], true, "{}", it.tool);
            assert_ne!(
                still(world.ok(read, args.clone()).await),
                before,
                "{} changed nothing",
                it.tool
            );
            let undo = json!({ "operation_id": done["operation_id"] });
            world.ok("pmos_undo", undo.clone()).await;
            assert_eq!(still(world.ok(read, args).await), before, "{}", it.tool);
            assert_eq!(world.code("pmos_undo", undo).await, "CONFLICT", "{}", it.tool);
        }
    }
}

#[tokio::test]
async fn a_change_is_taken_back_once_whichever_door_it_came_through() {
    for world in World::both().await {
        for source in ["chat", "ui", "mcp"] {
            let made = world.ok("create_todo", here(json!({ "task": source }))).await;
            let todo = made["todo"]["id"].as_i64().unwrap();
            let card = world.first("list_card_table_cards", here(json!({})), "cards").await;
            let table = here(json!({ "card_table_id": world.tool("kanban_board").await }));
            let columns = world.ok("list_card_table_columns", table).await;
            let column = columns["columns"][2]["id"].clone();
            let a_todo = || ("basecamp_raw", json!({ "path": format!("/todos/{todo}") }));
            let new = json!({ "task": "Another" });
            for it in [
                case("create_todo", here(new), ("search_todos", json!({ "query": "Another" }))),
                case("complete_todo", here(json!({ "todo_id": todo })), a_todo()),
                case(
                    "move_card",
                    here(json!({ "card_id": card, "column_id": column })),
                    of("get_card", "card_id", card),
                ),
                case(
                    "update_todo_details",
                    here(json!({ "todo_id": todo, "description": "New" })),
                    a_todo(),
                ),
            ] {
                let place = format!("{}, {source}, {}", world.test.name, it.tool);
                let (read, args) = it.read;
                let before = without_age(world.ok(read, args.clone()).await);
                let context = CallContext { source, ..CallContext::default() };
                let done =
                    world.tools.call(&actor("amara"), it.tool, &it.args, &context).await.unwrap();
                let now = without_age(world.ok(read, args.clone()).await);
                assert_ne!(now, before, "{place} changed nothing");
                let undo = json!({ "operation_id": done["operation_id"] });
                world.ok("pmos_undo", undo.clone()).await;
                assert_eq!(without_age(world.ok(read, args).await), before, "{place}");
                assert_eq!(world.code("pmos_undo", undo).await, "CONFLICT", "{place}");
            }
        }
    }
}

/// What an answer says, without when it was asked.
fn without_age(mut answer: Value) -> String {
    if let Some(fields) = answer.as_object_mut() {
        fields.shift_remove("as_of");
    }
    still(answer)
}

#[tokio::test]
async fn what_was_made_goes_to_the_trash_or_away() {
    let world = World::new().await;
    let (set, table, board) = (
        world.tool("todoset").await,
        world.tool("kanban_board").await,
        world.tool("message_board").await,
    );
    let (vault, schedule, chat) =
        (world.tool("vault").await, world.tool("schedule").await, world.tool("chat").await);
    let times = json!({ "summary": "E", "starts_at": "2026-05-01T10:00:00Z", "ends_at": "2026-05-01T11:00:00Z" });
    for (tool, args) in [
        ("create_todo", json!({ "task": "T" })),
        ("create_todolist", json!({ "todoset_id": set, "body": { "name": "L" } })),
        ("create_card", json!({ "card_table_id": table, "title": "C", "position": 1 })),
        ("create_card_table_column", json!({ "card_table_id": table, "body": { "title": "C" } })),
        ("create_message", json!({ "board_id": board, "subject": "M", "content": "Words" })),
        ("create_document", json!({ "vault_id": vault, "body": { "title": "D" } })),
        ("create_child_vault", json!({ "vault_id": vault, "body": { "title": "V" } })),
        ("create_schedule_entry", json!({ "schedule_id": schedule, "body": times })),
        ("create_message_type", json!({ "body": { "name": "N", "icon": "!" } })),
        ("create_campfire_line", json!({ "chat_id": chat, "content": "Hello" })),
    ] {
        let done = world.ok(tool, here(args)).await;
        assert_eq!(done["undoable"], true, "{tool}: {done}");
        world.ok("undo_operation", json!({ "operation_id": done["operation_id"] })).await;
    }
    let left = world.ok("search_recordings", json!({ "query": "Hello" })).await;
    assert_eq!(left["count"], 0);
    let undone = world.ok("list_recent_operations", json!({ "type": "create_" })).await;
    assert!(undone["operations"].as_array().unwrap().iter().all(|it| it["undone_at"].is_string()));
}

#[tokio::test]
async fn a_record_that_somebody_changed_since_is_left_alone() {
    let world = World::new().await;
    let card = world.first("list_card_table_cards", here(json!({})), "cards").await;
    let change = |title: &str| here(json!({ "card_id": card, "body": { "title": title } }));
    let first = world.ok("update_card", change("Mine")).await;
    world.ok("update_card", change("Theirs")).await;
    let undo = json!({ "operation_id": first["operation_id"] });
    let error = world.call("pmos_undo", undo).await.unwrap_err();
    assert_eq!(error.code(), "CONFLICT");
    assert!(error.to_string().contains("Theirs"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_undone_says_why_and_strangers_find_nothing() {
    let world = World::new().await;
    let chat = world.tool("chat").await;
    let line =
        world.ok("create_campfire_line", here(json!({ "chat_id": chat, "content": "Oops" }))).await;
    let gone = here(json!({ "chat_id": chat, "line_id": line["line"]["id"] }));
    let gone = world.ok("delete_campfire_line", gone).await;
    assert_eq!(gone["undoable"], false);
    let undo = json!({ "operation_id": gone["operation_id"] });
    let error = world.call("pmos_undo", undo.clone()).await.unwrap_err().to_value("pmos");
    assert_eq!((&error["code"], error["reason"].is_string()), (&json!("NOT_UNDOABLE"), true));
    let theirs = world.call_as("otto", "pmos_undo", undo.clone()).await.unwrap_err();
    assert_eq!(theirs.code(), "RESOURCE_NOT_FOUND");
    let mate = world.call_as("mika", "pmos_undo", undo).await.unwrap_err();
    assert_eq!(mate.code(), "FORBIDDEN");
}

#[tokio::test]
async fn the_last_writes_are_taken_back_newest_first() {
    let world = World::new().await;
    for task in ["One", "Two", "Three"] {
        world.ok("create_todo", here(json!({ "task": task }))).await;
    }
    let undone = world.ok("pmos_undo", json!({ "count": 2 })).await;
    assert_eq!(undone["count"], 2);
    for (task, left) in [("One", 1), ("Two", 0), ("Three", 0)] {
        let found = world.ok("search_todos", json!({ "query": task })).await;
        let same = found["todos"].as_array().unwrap().iter().filter(|it| it["title"] == task);
        assert_eq!(same.count(), left, "{task}");
    }
}

/// Reversals that were sent to Basecamp, and events that say so.
pub(crate) async fn reversals(world: &World) -> (usize, usize) {
    let mut conn = world.test.db.read().await.unwrap();
    let filter = OperationFilter { limit: 50, ..OperationFilter::default() };
    let rows = operations::list(&mut conn, &"w1".into(), &filter).await.unwrap();
    let told = events::after(&mut conn, &"w1".into(), 0, 200).await.unwrap();
    let is_undone = |it: &&StoredEvent| it.event.kind == EventKind::OperationUndone;
    (
        rows.iter().filter(|it| it.tool == "trash_recording").count(),
        told.iter().filter(is_undone).count(),
    )
}

#[tokio::test]
async fn two_people_undoing_at_once_undo_once() {
    for world in World::both().await {
        let task = here(json!({ "task": "Once" }));
        let done = world.call_as("mika", "create_todo", task).await.unwrap();
        let id = OperationId::from(done["operation_id"].as_str().unwrap());
        let (author, manager) = (actor("mika"), actor("amara"));
        let (one, other, third) = tokio::join!(
            world.tools.undo(&author, &id, None),
            world.tools.undo(&manager, &id, None),
            world.tools.undo(&author, &id, None)
        );
        let outcomes = [one, other, third];
        assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1);
        let codes = outcomes.iter().filter_map(|it| it.as_ref().err()).map(ToolError::code);
        assert!(codes.into_iter().all(|it| it == "CONFLICT"));
        assert_eq!(reversals(&world).await, (1, 1));
    }
}

/// Claims the reversal of a write as a process that then died did, until `until`.
async fn dead_claim(world: &World, id: &OperationId, until: i64) {
    let id = id.clone();
    let claim = world.test.db.write::<_, store::error::StoreError, _>(move |tx| {
        Box::pin(async move { undos::claim(tx, &"w1".into(), &id, (0, until)).await })
    });
    assert_eq!(claim.await.unwrap(), Some(1));
}

#[tokio::test]
async fn what_a_dead_process_began_to_undo_is_finished_by_the_next() {
    for world in World::both().await {
        for is_sent in [false, true] {
            let done = world.ok("create_todo", here(json!({ "task": "Half" }))).await;
            let id = OperationId::from(done["operation_id"].as_str().unwrap());
            dead_claim(&world, &id, 1).await;
            if is_sent {
                let path = format!("/recordings/{}/status/trashed", done["todo"]["id"]);
                world.ok("basecamp_raw", json!({ "path": path, "method": "PUT" })).await;
            }
            let undone = world.tools.undo(&actor("amara"), &id, None).await.unwrap();
            assert_eq!(undone["ok"], true);
            let again = world.tools.undo(&actor("amara"), &id, None).await.unwrap_err();
            assert_eq!(again.code(), "CONFLICT");
            let path = format!("/todos/{}", done["todo"]["id"]);
            let todo = world.ok("basecamp_raw", json!({ "path": path })).await;
            assert_eq!(todo["data"]["status"], "trashed");
        }
    }
}

#[tokio::test]
async fn an_undo_under_way_keeps_others_out() {
    let world = World::new().await;
    let done = world.ok("create_todo", here(json!({ "task": "Busy" }))).await;
    let id = OperationId::from(done["operation_id"].as_str().unwrap());
    dead_claim(&world, &id, i64::MAX).await;
    let busy = world.tools.undo(&actor("amara"), &id, None).await.unwrap_err();
    assert_eq!(busy.code(), "CONFLICT");
    assert_eq!(reversals(&world).await, (0, 0));
}
