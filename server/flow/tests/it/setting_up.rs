//! Steps that change what is set up once: tools, templates, markers, kinds of messages, check-ins, columns, access.

use crate::changing::at;
use crate::places::step;
use crate::triggers::Studio;
use crate::world::{admin, chain, on_webhook};
use domain::flow::run::RunStatus;
use serde_json::{Map, Value, json};

/// Steps from rows of name, noun, operation, what stands beside the project, and details.
fn steps(studio: &Studio, rows: &Value) -> Vec<Value> {
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let made = |row: &Value| {
        let [name, noun, operation] = [0, 1, 2].map(|at| text(&row[at]));
        step(&name, &noun, &operation, at(studio, row[3].clone(), row[4].clone()))
    };
    rows.as_array().unwrap().iter().map(made).collect()
}

/// Whether the picker of `field` offers `label`.
async fn offers(studio: &Studio, field: &str, beside: Value, label: &str) -> bool {
    studio.choices(field, beside).await.iter().any(|it| it.label == label)
}

#[tokio::test]
async fn a_to_do_is_completed_by_its_title_where_one_is_meant() {
    for studio in Studio::all().await {
        let list = json!({ "todolist": studio.list });
        let new = |name: &str| json!([name, "todos", "create_todo", list, { "content": "Count the pens" }]);
        let tick = |name: &str, title: &str| json!([name, "todos", "complete_task_by_name", {}, { "task": title }]);
        let one = json!([new("step_1"), tick("step_2", "count the pens ")]);
        let gave = studio.run_of(steps(&studio, &one)).await;
        assert_eq!(gave["step_2"]["id"], gave["step_1"]["id"], "{}: {gave:#}", studio.world.name);
        assert_eq!(gave["step_2"]["completed"], true);
        let two = json!([new("step_1"), new("step_2"), tick("step_3", "Count the pens")]);
        let none = json!([tick("step_3", "Nothing")]);
        for (rows, wanted) in [(two, "More than one"), (none, "No open to-do")] {
            let flow = studio.world.published(on_webhook(chain(steps(&studio, &rows)))).await;
            let run = studio.world.fire(&flow, json!({})).await;
            let run = studio.world.ended(&run).await;
            assert_eq!(run.status, RunStatus::Failed);
            let why = run.steps["step_3"]["errorMessage"].as_str().unwrap();
            assert!(why.contains(wanted), "{why}");
        }
    }
}

#[tokio::test]
async fn groups_columns_and_steps_of_cards_are_set_up() {
    for studio in Studio::all().await {
        let name = studio.world.name;
        let boards = studio.choices("card_table", json!({ "project": studio.project })).await;
        let (board, list) = (boards[0].value.clone(), studio.list);
        let column = json!({ "card_table": board, "column": "{{step_1.id}}" });
        let line =
            json!({ "card_table": board, "card": "{{step_6.id}}", "card_step": "{{step_7.id}}" });
        let card = json!({ "card_table": board, "card": "{{step_6.id}}" });
        let group = json!({ "todolist": list, "group": "{{step_15.id}}" });
        let rows = json!([
            ["step_1", "cards", "create_card_table_column", { "card_table": board }, { "title": "C" }],
            ["step_2", "cards", "subscribe_card_table_column", column, {}],
            ["step_3", "cards", "unsubscribe_card_table_column", column, {}],
            ["step_4", "cards", "create_card_table_on_hold", column, {}],
            ["step_5", "cards", "move_card_table_column", column, { "position": 1 }],
            ["step_6", "cards", "create_card", column, { "title": "Poster" }],
            ["step_7", "cards", "create_card_step", card, { "title": "Sketch" }],
            ["step_8", "cards", "complete_card_step", line, {}],
            ["step_9", "cards", "uncomplete_card_step", line, {}],
            ["step_10", "cards", "update_card_step", line, { "title": "Draw" }],
            ["step_11", "cards", "reposition_card_step", line, { "position": 1 }],
            ["step_12", "cards", "archive_card", line, {}],
            ["step_13", "cards", "unarchive_card", {}, { "record": "{{step_6.id}}" }],
            ["step_14", "cards", "delete_card_table_on_hold", column, {}],
            ["step_15", "todos", "create_todolist_group", { "todolist": list }, { "name": "G" }],
            ["step_16", "todos", "reposition_todolist_group", group, { "position": 1 }],
        ]);
        let gave = studio.run_of(steps(&studio, &rows)).await;
        assert_eq!(gave["step_8"]["completed"], true, "{name}: {gave:#}");
        assert_eq!(gave["step_9"]["completed"], false);
        assert_eq!(gave["step_10"]["title"], "Draw");
        assert_eq!(gave["step_16"]["id"], gave["step_15"]["id"]);
        let of_card = json!({ "card": gave["step_6"]["id"] });
        assert!(offers(&studio, "card_step", of_card, "Draw").await, "{name}");
        assert!(offers(&studio, "group", json!({ "todolist": list }), "G").await, "{name}");
    }
}

#[tokio::test]
async fn tools_templates_markers_and_kinds_are_set_up() {
    for studio in Studio::all().await {
        let (here, name) = (json!({ "project": studio.project }), studio.world.name);
        let tool = json!({ "tool": "{{step_1.id}}" });
        let template = json!({ "template": "{{step_6.id}}" });
        let (kind, marker) =
            (json!({ "message_type": "{{step_11.id}}" }), json!({ "marker": "{{step_9.id}}" }));
        let rows = json!([
            ["step_1", "dock", "create_dock_tool", {}, { "tool_type": "kanban_board", "title": "Second" }],
            ["step_2", "dock", "update_dock_tool", tool, { "title": "Ideas" }],
            ["step_3", "dock", "disable_dock_tool", tool, {}],
            ["step_4", "dock", "enable_dock_tool", tool, {}],
            ["step_5", "dock", "move_dock_tool", tool, { "position": 1 }],
            ["step_6", "templates", "create_template", {}, { "name": "Launch" }],
            ["step_7", "templates", "update_template", template, { "name": "Relaunch" }],
            ["step_8", "templates", "trash_template", template, {}],
            ["step_9", "lineup", "create_lineup_marker", {}, { "name": "Fair", "date": "2027-05-01" }],
            ["step_10", "lineup", "update_lineup_marker", marker, { "name": "Big fair" }],
            ["step_11", "messages", "create_message_type", {}, { "name": "News", "icon": "📰" }],
            ["step_12", "messages", "update_message_type", kind, { "name": "Big news" }],
        ]);
        let gave = studio.run_of(steps(&studio, &rows)).await;
        assert_eq!(gave["step_2"]["title"], "Ideas", "{name}: {gave:#}");
        assert_eq!(gave["step_7"]["name"], "Relaunch");
        assert_eq!(gave["step_12"]["name"], "Big news");
        assert!(offers(&studio, "message_type", here.clone(), "Big news").await, "{name}");
        assert!(offers(&studio, "tool", here.clone(), "Ideas").await, "{name}");
        let markers = studio.choices("marker", json!({})).await;
        let fair = markers.iter().find(|it| it.label == "Big fair").unwrap();
        let rows = json!([
            ["step_1", "lineup", "delete_lineup_marker", { "marker": fair.value }, {}],
            ["step_2", "dock", "trash_dock_tool", { "tool": gave["step_1"]["id"] }, {}],
            ["step_3", "messages", "delete_message_type", { "message_type": gave["step_11"]["id"] }, {}],
        ]);
        studio.run_of(steps(&studio, &rows)).await;
        assert!(!offers(&studio, "marker", json!({}), "Big fair").await, "{name}");
        assert!(!offers(&studio, "message_type", here, "Big news").await, "{name}");
    }
}

#[tokio::test]
async fn check_ins_files_and_the_schedule_are_set_up() {
    for studio in Studio::all().await {
        let (here, name) = (json!({ "project": studio.project }), studio.world.name);
        let question = json!({ "question": "{{step_1.id}}" });
        let asked =
            json!({ "title": "How?", "frequency": "every_week", "days": ["Friday"], "hour": 15 });
        let rows = json!([
            ["step_1", "checkins", "create_question", {}, asked],
            ["step_2", "checkins", "update_question", question, { "title": "Well?" }],
            ["step_3", "checkins", "update_question_notification_settings", question, { "notify_on_answer": true, "digest_include_unanswered": false }],
            ["step_4", "checkins", "create_question_answer", question, { "content": "Yes" }],
            ["step_5", "checkins", "update_question_answer", {}, { "answer_id": "{{step_4.id}}", "content": "Very" }],
            ["step_6", "documents", "create_upload", {}, { "name": "list.csv", "file": "a,b\n1,2" }],
            ["step_7", "documents", "update_upload", { "upload": "{{step_6.id}}" }, { "base_name": "people" }],
            ["step_8", "documents", "create_child_vault", {}, { "title": "Old" }],
            ["step_9", "documents", "update_vault", { "folder": "{{step_8.id}}" }, { "title": "New" }],
            ["step_10", "schedule", "update_schedule", {}, { "include_due_assignments": true }],
        ]);
        let gave = studio.run_of(steps(&studio, &rows)).await;
        assert_eq!(gave["step_2"]["title"], "Well?", "{name}: {gave:#}");
        assert_eq!(gave["step_2"]["schedule"]["days"], json!([5]), "the days stay");
        assert!(gave["step_5"]["content"].as_str().unwrap().contains("Very"));
        assert_eq!(gave["step_7"]["filename"], "people.csv");
        assert!(offers(&studio, "folder", here.clone(), "New").await, "{name}");
        assert!(offers(&studio, "upload", here, "people.csv").await, "{name}");
    }
}

#[tokio::test]
async fn who_sees_follows_and_belongs_is_set_up() {
    for studio in Studio::all().await {
        let people = studio.choices("inputs.assignee_ids", json!({})).await;
        let person = people.last().unwrap().value.clone();
        let record = "{{step_1.id}}";
        let rows = json!([
            ["step_1", "messages", "create_message", {}, { "subject": "S", "content": "C" }],
            ["step_2", "records", "update_subscription", {}, { "record": record, "subscriptions": [person] }],
            ["step_3", "records", "update_client_visibility", {}, { "record": record, "visible_to_clients": true }],
            ["step_4", "chats", "create_chat_line", {}, { "content": "Hello" }],
            ["step_5", "chats", "delete_campfire_line", {}, { "line_id": "{{step_4.id}}" }],
            ["step_6", "projects", "update_project_people", {}, { "grant": [person] }],
        ]);
        let gave = studio.run_of(steps(&studio, &rows)).await;
        for step in ["step_2", "step_3", "step_5", "step_6"] {
            assert!(gave[step].is_object(), "{}: {gave:#}", studio.world.name);
        }
    }
}

#[tokio::test]
async fn a_change_of_nothing_is_refused() {
    let studio = Studio::all().await.remove(0);
    let nobody = steps(&studio, &json!([["step_1", "projects", "update_project_people", {}, {}]]));
    let flow = studio.world.drafted(on_webhook(chain(nobody))).await.unwrap();
    let tested = studio.world.runs.test_step(&admin(), &flow.id, "step_1", Map::new()).await;
    let why = tested.unwrap().run.steps["step_1"]["errorMessage"].to_string();
    assert!(why.contains("Nothing is filled in"), "{why}");
}
