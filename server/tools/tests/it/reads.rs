//! Every tool that reads answers on the sample.

use crate::world::{PROJECT, World};
use domain::approval::Risk;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use tools::tool::ToolSpec;

/// Tools whose places the sample has not.
const NOT_IN_THE_SAMPLE: [&str; 2] = ["get_cached_payload_chunk", "export_cached_payload"];

/// An id of every sort, by the name of the argument.
async fn ids(world: &World) -> BTreeMap<&'static str, i64> {
    let here = || json!({ "project": PROJECT });
    let with = |name: &str, id: i64| json!({ "project": PROJECT, name: id });
    let mut ids = BTreeMap::new();
    ids.insert("project_id", world.project().await);
    for (name, tool) in [
        ("todoset_id", "todoset"),
        ("board_id", "message_board"),
        ("chat_id", "chat"),
        ("vault_id", "vault"),
        ("schedule_id", "schedule"),
        ("questionnaire_id", "questionnaire"),
        ("card_table_id", "kanban_board"),
        ("inbox_id", "inbox"),
    ] {
        ids.insert(name, world.tool(tool).await);
    }
    ids.insert("tool_id", ids["vault_id"]);
    ids.insert("message_board_id", ids["board_id"]);
    ids.insert("campfire_id", ids["chat_id"]);
    ids.insert("todolist_id", world.first("list_todolists", here(), "todolists").await);
    let todos = with("todolist_id", ids["todolist_id"]);
    let todo = world.first("list_todos_for_list", todos, "todos").await;
    ids.extend([("todo_id", todo), ("recording_id", todo)]);
    let columns = with("card_table_id", ids["card_table_id"]);
    ids.insert("column_id", world.first("list_card_table_columns", columns, "columns").await);
    ids.insert("card_id", world.first("list_card_table_cards", here(), "cards").await);
    ids.insert("message_id", world.first("list_messages", here(), "messages").await);
    ids.insert("message_type_id", world.first("list_message_types", here(), "message_types").await);
    let lines = with("chat_id", ids["chat_id"]);
    ids.insert("line_id", world.first("list_campfire_lines", lines, "lines").await);
    ids.insert("document_id", world.first("list_documents", here(), "documents").await);
    ids.insert("upload_id", world.first("list_uploads", here(), "uploads").await);
    ids.insert("entry_id", world.first("list_schedule_entries", here(), "entries").await);
    ids.insert("schedule_entry_id", ids["entry_id"]);
    let questions = with("questionnaire_id", ids["questionnaire_id"]);
    ids.insert("question_id", world.first("list_questions", questions, "questions").await);
    let answers = with("question_id", ids["question_id"]);
    ids.insert("answer_id", world.first("list_question_answers", answers.clone(), "answers").await);
    ids.insert("person_id", world.first("list_question_answers_by", answers, "people").await);
    let forwards = with("inbox_id", ids["inbox_id"]);
    ids.insert("forward_id", world.first("list_inbox_forwards", forwards, "forwards").await);
    ids.insert("template_id", world.first("list_templates", json!({}), "templates").await);
    ids.insert("approval_id", world.first("list_client_approvals", here(), "approvals").await);
    let letters = world.first("list_client_correspondences", here(), "correspondences").await;
    ids.insert("correspondence_id", letters);
    made(world, &mut ids).await;
    ids
}

/// What the sample has not and the tools can make.
async fn made(world: &World, ids: &mut BTreeMap<&'static str, i64>) {
    let here = |more: Value| {
        let mut args = json!({ "project": PROJECT });
        args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        args
    };
    let bot = here(json!({ "chat_id": ids["chat_id"], "body": { "service_name": "deploys" } }));
    ids.insert(
        "chatbot_id",
        world.ok("create_chatbot", bot).await["chatbot"]["id"].as_i64().unwrap(),
    );
    let group = here(json!({ "todolist_id": ids["todolist_id"], "body": { "name": "Later" } }));
    let group = world.ok("create_todolist_group", group).await;
    ids.insert("group_id", group["group"]["id"].as_i64().unwrap());
    let comment = here(json!({ "recording_id": ids["todo_id"], "content": "Looks good" }));
    let comment = world.ok("create_comment", comment).await;
    ids.insert("comment_id", comment["comment"]["id"].as_i64().unwrap());
    let hook = here(
        json!({ "body": { "payload_url": "https://hooks.example.com/a", "types": ["Todo"] } }),
    );
    let hook = world.ok("create_webhook", hook).await;
    ids.insert("webhook_id", hook["webhook"]["id"].as_i64().unwrap());
    let start = json!({ "template_id": ids["template_id"], "body": { "project": { "name": "From a template" } } });
    let start = world.ok("create_project_construction", start).await;
    ids.insert("construction_id", start["construction"]["id"].as_i64().unwrap());
}

/// The arguments a tool needs, and those that narrow it.
fn args(schema: &Value, ids: &BTreeMap<&'static str, i64>, name: &str) -> Value {
    let mut args = Map::new();
    for required in schema["required"].as_array().unwrap() {
        let field = required.as_str().unwrap();
        let value = match field {
            "project" => PROJECT.into(),
            "query" | "name" if name == "find_project" => PROJECT.into(),
            "query" => "logo".into(),
            "person" => "Theo Marsh".into(),
            "type" => "Message".into(),
            "url" => format!(
                "https://3.basecamp.com/4100123/buckets/{}/todos/{}",
                ids["project_id"], ids["todo_id"]
            )
            .into(),
            "cases" => json!([{ "tool": "list_projects" }]),
            "names" => json!(["get_todo"]),
            "bucket_id" => ids["project_id"].into(),
            "integration_id" => ids["chatbot_id"].into(),
            "recording_id" if name.contains("client") => ids["correspondence_id"].into(),
            "reply_id" => ids["reply"].into(),
            "id" => ids[sort(name)].into(),
            other => {
                ids.get(other).unwrap_or_else(|| panic!("{name} needs {other}")).to_owned().into()
            }
        };
        args.insert(field.to_owned(), value);
    }
    if name == "report_todos_assigned_person" {
        args.insert("person".into(), "Theo Marsh".into());
    }
    Value::Object(args)
}

/// What the `id` of a raw tool is.
fn sort(name: &str) -> &'static str {
    let sorts = [
        ("columns_by_id", "column_id"),
        ("categories_by_id", "message_type_id"),
        ("chats_by_id", "chat_id"),
        ("dock_tools_by_id", "tool_id"),
        ("inbox_forwards_by_id", "forward_id"),
        ("question_answers_by_id", "answer_id"),
        ("assigned_by_id", "person_id"),
        ("progress_by_id", "person_id"),
        ("constructions_by_id", "construction_id"),
    ];
    sorts.iter().find(|it| name.contains(it.0)).unwrap_or_else(|| panic!("{name}")).1
}

#[tokio::test]
async fn every_tool_that_reads_basecamp_answers() {
    let world = World::new().await;
    let mut ids = ids(&world).await;
    let reads: Vec<_> =
        world.tools.list().filter(|it| it.risk == Risk::Read && it.is_basecamp()).collect();
    assert!(reads.len() > 170, "{}", reads.len());
    for spec in reads.into_iter().filter(|it| !NOT_IN_THE_SAMPLE.contains(&it.name)) {
        let replies = match spec.name {
            name if name.contains("client_reply")
                || name.contains("replies_by_reply_id") && name.contains("client") =>
            {
                let args = json!({ "project": PROJECT, "recording_id": ids["correspondence_id"] });
                Some(("list_client_replies", args))
            }
            name if name.contains("inbox_reply") || name.contains("replies_by_reply_id") => Some((
                "list_inbox_replies",
                json!({ "project": PROJECT, "forward_id": ids["forward_id"] }),
            )),
            _ => None,
        };
        if let Some((tool, args)) = replies {
            ids.insert("reply", world.first(tool, args, "replies").await);
        }
        let args = args(&spec.input_schema(), &ids, spec.name);
        let answer = world.ok(spec.name, args.clone()).await;
        assert!(answer.is_object(), "{}", spec.name);
        // What a raw call takes depends on its method.
        if spec.group != "api" && !spec.name.starts_with("basecamp_r") {
            assert_eq!(answer.get("ignored"), None, "{}", spec.name);
            Box::pin(narrowed(&world, spec, (&args, &ids))).await;
        }
    }
}

/// Whatever a tool takes besides what it needs, it looks at.
async fn narrowed(
    world: &World,
    spec: &ToolSpec,
    (args, ids): (&Value, &BTreeMap<&'static str, i64>),
) {
    let schema = spec.input_schema();
    for (field, property) in schema["properties"].as_object().unwrap() {
        if args.get(field).is_some() || field == "api_key" {
            continue;
        }
        let value = match field.as_str() {
            "project" | "bucket" => PROJECT.into(),
            "person" | "assignee" | "creator_id" => "Theo Marsh".into(),
            "date" | "start" | "end" | "start_date" | "end_date" => "2026-02-18".into(),
            "bucket_id" => ids["project_id"].into(),
            "file_type" => "image".into(),
            "type" => "Message".into(),
            other => match (&property["type"], property["enum"].get(0)) {
                (_, Some(first)) => first.clone(),
                (kind, _) if kind == "boolean" => true.into(),
                (kind, _) if kind == "integer" || kind[0] == "integer" => {
                    ids.get(other).copied().unwrap_or(1).into()
                }
                _ => "logo".into(),
            },
        };
        let mut more = args.clone();
        if spec.name == "report_todos_assigned_person" {
            more = json!({});
        }
        more[field] = value;
        if spec.name == "report_todos_assigned_person" && more.get("person").is_none() {
            let is_named = ["person_id", "assignee"].contains(&field.as_str());
            more["person"] = if is_named { Value::Null } else { "Theo Marsh".into() };
        }
        let answer = world.ok(spec.name, more).await;
        assert_eq!(answer.get("ignored"), None, "{}: {field}", spec.name);
    }
}

#[tokio::test]
async fn a_record_of_another_project_is_not_found() {
    let world = World::new().await;
    let card = world
        .first("list_card_table_cards", json!({ "project": "Halden Coffee rebrand" }), "cards")
        .await;
    let args = json!({ "project": PROJECT, "card_id": card });
    assert_eq!(world.code("get_card", args.clone()).await, "RESOURCE_NOT_FOUND");
    assert_eq!(world.code("trash_card", args).await, "RESOURCE_NOT_FOUND");
}

#[tokio::test]
async fn a_tool_that_is_switched_off_gives_an_empty_list_and_says_so() {
    let world = World::new().await;
    let found = world.ok("list_inboxes", json!({ "project": PROJECT })).await;
    assert_eq!(
        (&found["count"], &found["notice"]["reason"]),
        (&json!(0), &json!("TOOL_NOT_ENABLED"))
    );
}

#[tokio::test]
async fn names_lead_to_one_project_or_to_a_question() {
    let world = World::new().await;
    let id = world.project().await;
    for name in
        [id.to_string(), "WEBSITE RELAUNCH".into(), "relaunch".into(), "Websit relanch".into()]
    {
        let found = world.ok("get_project_structure", json!({ "project": name })).await;
        assert_eq!(found["project"]["id"], id, "{name}");
    }
    let error = world.call("get_project_structure", json!({ "project": "re" })).await.unwrap_err();
    let told = error.to_value("basecamp");
    assert_eq!(
        (&told["code"], told["options"].as_array().unwrap().len()),
        (&json!("AMBIGUOUS_MATCH"), 2)
    );
    assert_eq!(
        world.code("get_project_structure", json!({ "project": "qqqqqqqqqqqq" })).await,
        "NO_MATCH"
    );
    let write = json!({ "project": "Websit relanch", "task": "Never" });
    assert_eq!(world.code("create_todo", write).await, "NO_MATCH");
}
