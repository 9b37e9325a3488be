//! Steps that change what is in Basecamp already, and what can be done with a record of any kind.

use crate::places::step;
use crate::triggers::Studio;
use serde_json::{Value, json};

/// The input of a step in the project: `more` beside it, `inputs` as its details.
pub(crate) fn at(studio: &Studio, mut more: Value, inputs: Value) -> Value {
    more["project"] = studio.project.into();
    more["inputs"] = inputs;
    more
}

#[tokio::test]
async fn lists_are_changed() {
    for studio in Studio::all().await {
        let list = json!({ "todolist": "{{step_1.id}}" });
        let todo = json!({ "todo": "{{step_4.id}}" });
        let gave = studio
            .run_of(vec![
                step(
                    "step_1",
                    "todos",
                    "create_todolist",
                    at(&studio, json!({}), json!({ "name": "A" })),
                ),
                step(
                    "step_2",
                    "todos",
                    "update_todolist",
                    at(&studio, list.clone(), json!({ "name": "B" })),
                ),
                step(
                    "step_3",
                    "todos",
                    "create_todo",
                    at(&studio, list.clone(), json!({ "content": "1" })),
                ),
                step(
                    "step_4",
                    "todos",
                    "create_todo",
                    at(&studio, list.clone(), json!({ "content": "2" })),
                ),
                step(
                    "step_5",
                    "todos",
                    "reposition_todo",
                    at(&studio, todo, json!({ "position": 1 })),
                ),
                step(
                    "step_6",
                    "todos",
                    "create_todolist_group",
                    at(&studio, list, json!({ "name": "G" })),
                ),
            ])
            .await;
        assert_eq!(gave["step_2"]["name"], "B", "{}: {gave:#}", studio.world.name);
        assert_eq!(gave["step_5"]["position"], 1, "{gave:#}");
        assert_eq!(gave["step_6"]["name"], "G");
    }
}

#[tokio::test]
async fn cards_and_columns_are_changed() {
    for studio in Studio::all().await {
        let boards = studio.choices("card_table", json!({ "project": studio.project })).await;
        let board = boards[0].value.clone();
        let on = |column: &str, card: &str| {
            let mut place = json!({ "card_table": board });
            for (name, value) in [("column", column), ("card", card)] {
                if !value.is_empty() {
                    place[name] = value.into();
                }
            }
            place
        };
        let column = "{{step_1.id}}";
        let card = "{{step_4.id}}";
        let gave = studio
            .run_of(vec![
                step(
                    "step_1",
                    "cards",
                    "create_card_table_column",
                    at(&studio, on("", ""), json!({ "title": "C" })),
                ),
                step(
                    "step_2",
                    "cards",
                    "update_card_table_column",
                    at(&studio, on(column, ""), json!({ "title": "D" })),
                ),
                step(
                    "step_3",
                    "cards",
                    "update_card_table_column_color",
                    at(&studio, on(column, ""), json!({ "color": "blue" })),
                ),
                step(
                    "step_4",
                    "cards",
                    "create_card",
                    at(&studio, on(column, ""), json!({ "title": "Poster" })),
                ),
                step(
                    "step_5",
                    "cards",
                    "create_card_step",
                    at(&studio, on("", card), json!({ "title": "Sketch" })),
                ),
                step("step_6", "cards", "archive_card", at(&studio, on("", card), json!({}))),
                step("step_7", "cards", "trash_card", at(&studio, on("", card), json!({}))),
            ])
            .await;
        assert_eq!(gave["step_2"]["title"], "D", "{gave:#}");
        assert_eq!(gave["step_5"]["title"], "Sketch");
        assert_eq!(gave["step_6"]["status"], "archived");
        assert_eq!(gave["step_7"]["status"], "trashed");
    }
}

#[tokio::test]
async fn messages_comments_and_events_are_changed() {
    for studio in Studio::all().await {
        let (project, name) = (studio.project, studio.world.name);
        let day = |hour: &str| format!("2027-03-31T{hour}:00:00Z");
        let event = json!({ "summary": "Review", "starts_at": day("14"), "ends_at": day("15") });
        let letter = json!({ "subject": "S", "content": "C" });
        let (message, comment) = (json!({ "message": "{{step_1.id}}" }), "{{step_5.id}}");
        let said =
            json!({ "project": project, "recording_id": "{{step_1.id}}", "content": "Read" });
        let gave = studio
            .run_of(vec![
                step("step_1", "messages", "create_message", at(&studio, json!({}), letter)),
                step(
                    "step_2",
                    "messages",
                    "update_message",
                    at(&studio, message.clone(), json!({ "subject": "T" })),
                ),
                step(
                    "step_3",
                    "messages",
                    "pin_recording",
                    at(&studio, message.clone(), json!({})),
                ),
                step("step_4", "messages", "unpin_recording", at(&studio, message, json!({}))),
                step("step_5", "comments", "create_comment", json!({ "inputs": said })),
                step(
                    "step_6",
                    "comments",
                    "update_comment",
                    json!({ "inputs": { "comment_id": comment, "content": "Done" } }),
                ),
                step("step_7", "schedule", "create_schedule_entry", at(&studio, json!({}), event)),
                step(
                    "step_8",
                    "schedule",
                    "update_schedule_entry",
                    at(&studio, json!({ "entry": "{{step_7.id}}" }), json!({ "summary": "Show" })),
                ),
            ])
            .await;
        assert_eq!(gave["step_2"]["subject"], "T", "{name}: {gave:#}");
        assert!(gave["step_2"]["content"].as_str().unwrap().contains('C'), "the text stays");
        assert!(gave["step_6"]["content"].as_str().unwrap().contains("Done"));
        assert_eq!(gave["step_8"]["summary"], "Show");
        assert_eq!(gave["step_8"]["starts_at"], gave["step_7"]["starts_at"], "the time stays");
        for (field, label) in [("message", "T"), ("entry", "Show")] {
            let choices = studio.choices(field, json!({ "project": project })).await;
            assert!(choices.iter().any(|it| it.label == label), "{field}: {choices:?}");
        }
    }
}

#[tokio::test]
async fn documents_and_files_are_changed() {
    for studio in Studio::all().await {
        let (project, name) = (studio.project, studio.world.name);
        let file = json!({ "name": "list.csv", "file": "a,b\n1,2" });
        let gave = studio
            .run_of(vec![
                step(
                    "step_1",
                    "documents",
                    "create_document",
                    at(&studio, json!({}), json!({ "title": "T", "content": "D" })),
                ),
                step(
                    "step_2",
                    "documents",
                    "update_document",
                    at(&studio, json!({ "document": "{{step_1.id}}" }), json!({ "title": "U" })),
                ),
                step(
                    "step_3",
                    "documents",
                    "create_child_vault",
                    at(&studio, json!({}), json!({ "title": "Drafts" })),
                ),
                step("step_4", "documents", "create_upload", at(&studio, json!({}), file)),
            ])
            .await;
        assert_eq!(gave["step_2"]["title"], "U", "{name}: {gave:#}");
        assert_eq!(gave["step_3"]["title"], "Drafts");
        assert_eq!(gave["step_4"]["filename"], "list.csv", "{gave:#}");
        let choices = studio.choices("document", json!({ "project": project })).await;
        assert!(choices.iter().any(|it| it.label == "U"), "{choices:?}");
    }
}

#[tokio::test]
async fn projects_check_ins_and_any_record_are_changed() {
    for studio in Studio::all().await {
        let (project, name) = (studio.project, studio.world.name);
        let template = studio.choices("template", json!({})).await[0].value.clone();
        let question = studio.choices("question", json!({ "project": project })).await;
        let question = json!({ "question": question[0].value });
        let made = json!({ "project": "{{step_1.id}}" });
        let mut renamed = made.clone();
        renamed["inputs"] = json!({ "name": "Pier" });
        let gave = studio
            .run_of(vec![
                step(
                    "step_1",
                    "projects",
                    "create_project",
                    json!({ "inputs": { "name": "Harbour" } }),
                ),
                step("step_2", "projects", "update_project", renamed),
                step("step_3", "projects", "trash_project", made),
                step(
                    "step_4",
                    "projects",
                    "create_project_construction",
                    json!({ "template": template, "inputs": { "name": "Site" } }),
                ),
                step(
                    "step_5",
                    "checkins",
                    "create_question_answer",
                    at(&studio, question.clone(), json!({ "content": "All well" })),
                ),
                step(
                    "step_6",
                    "checkins",
                    "pause_question",
                    at(&studio, question.clone(), json!({})),
                ),
                step("step_7", "checkins", "resume_question", at(&studio, question, json!({}))),
                step("step_8", "checkins", "list_questions", at(&studio, json!({}), json!({}))),
            ])
            .await;
        assert_eq!(gave["step_2"]["name"], "Pier", "{name}: {gave:#}");
        assert!(gave["step_4"]["id"].is_i64(), "{gave:#}");
        assert!(gave["step_5"]["content"].as_str().unwrap().contains("All well"));
        assert!(gave["step_8"]["count"].as_u64().unwrap() > 0);

        let record = || json!({ "inputs": { "record": "{{step_1.id}}" } });
        let todo = json!({ "todo": "{{step_1.id}}" });
        let gave = studio
            .run_of(vec![
                step(
                    "step_1",
                    "todos",
                    "create_todo",
                    at(&studio, json!({ "todolist": studio.list }), json!({ "content": "X" })),
                ),
                step("step_2", "records", "subscribe_recording", record()),
                step("step_3", "records", "unsubscribe_recording", record()),
                step("step_4", "records", "archive_recording", record()),
                step("step_5", "records", "unarchive_recording", record()),
                step("step_6", "todos", "get_todo", at(&studio, todo, json!({}))),
                step("step_7", "records", "trash_recording", record()),
            ])
            .await;
        assert_eq!(gave["step_6"]["title"], "X", "{name}: {gave:#}");
        assert!(gave["step_7"].is_object(), "{gave:#}");
    }
}
