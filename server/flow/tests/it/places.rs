//! Steps on the other places of Basecamp: lists, cards, messages, the schedule, documents, projects, reports.

use crate::triggers::Studio;
use crate::world::{admin, chain, on_webhook, piece, workspace};
use domain::actor::{Actor, Role};
use domain::flow::listing::{Choice, OptionsRequest};
use domain::flow::run::RunStatus;
use domain::ids::ConnectionId;
use serde_json::{Value, json};
use store::connections::{self, NewConnection};
use store::error::StoreError;
use store::ids;
use store::secrets::SecretKey;

const BASECAMP: &str = "@activepieces/piece-basecamp";

pub(crate) fn step(name: &str, action: &str, operation: &str, mut input: Value) -> Value {
    input["operation"] = operation.into();
    piece(name, BASECAMP, action, input)
}

impl Studio {
    pub(crate) async fn choices(&self, prop: &str, input: Value) -> Vec<Choice> {
        let request = OptionsRequest {
            piece: BASECAMP.to_owned(),
            prop: prop.to_owned(),
            input: input.as_object().unwrap().clone(),
            ..OptionsRequest::default()
        };
        self.world.flows.options(&admin(), &request).await.unwrap()
    }

    /// Runs the steps and gives what each gave.
    pub(crate) async fn run_of(&self, steps: Vec<Value>) -> Value {
        let flow = self.world.published(on_webhook(chain(steps))).await;
        let run = self.world.fire(&flow, json!({})).await;
        let run = self.world.ended(&run).await;
        assert_eq!(run.status, RunStatus::Succeeded, "{run:#?}");
        Value::Object(
            run.steps.into_iter().map(|(name, it)| (name, it["output"].clone())).collect(),
        )
    }
}

#[tokio::test]
async fn a_step_chooses_among_the_connections_that_its_person_may_use() {
    let studio = Studio::all().await.remove(0);
    let found = studio.choices("auth", json!({})).await;
    let basecamp = studio.basecamp.accesses(&admin()).await.unwrap().connections;
    assert_eq!((found.len(), basecamp.len()), (1, 1));
    assert_eq!(found[0].value, json!(format!("{{{{connections['{}']}}}}", basecamp[0].id)));
    assert!(found[0].label.ends_with(", the workspace's"), "{}", found[0].label);
    let viewer = Actor { role: Role::Viewer, ..admin() };
    let request = OptionsRequest {
        piece: BASECAMP.to_owned(),
        prop: "auth".to_owned(),
        ..OptionsRequest::default()
    };
    assert_eq!(studio.world.flows.options(&viewer, &request).await.unwrap(), []);
}

/// A connection of the admin's own, to another account than the workspace's.
async fn own_connection(studio: &Studio) -> ConnectionId {
    let (key, db) = (SecretKey::from_text("key of the tests"), &studio.world.db);
    let other = Actor { workspace: "w2".into(), ..admin() };
    workspace(db, "w2").await;
    studio.basecamp.connect_sample(&other).await.unwrap();
    let mut conn = db.read().await.unwrap();
    let found = connections::usable_by(&mut conn, &other.workspace, "nobody").await.unwrap();
    drop(conn);
    let row = found.into_iter().next().unwrap();
    let token = key.open(&row.secret, &format!("w2|{}|secret", row.id)).unwrap();
    let id = ids::fresh();
    let new = NewConnection {
        id: id.as_str().into(),
        owner_id: Some(admin().user.to_string()),
        app: row.app,
        name: row.name,
        secret: key.seal(&token, &format!("w1|{id}|secret")),
        meta: row.meta,
    };
    let stored: Result<_, StoreError> = db
        .write(move |conn| {
            Box::pin(async move { connections::insert(conn, &admin().workspace, &new).await })
        })
        .await;
    stored.unwrap();
    ConnectionId::new(id)
}

#[tokio::test]
async fn a_step_works_with_the_connection_that_is_chosen_in_it() {
    for studio in Studio::all().await {
        let shared = studio.basecamp.usable(&admin()).await.unwrap()[0].id.clone();
        let own = own_connection(&studio).await;
        let named = |id: &str| json!({ "auth": format!("{{{{connections['{id}']}}}}") });
        let list = |name: &str, input| step(name, "projects", "list_projects", input);
        let gave = studio
            .run_of(vec![
                list("step_1", json!({})),
                list("step_2", named(shared.as_str())),
                list("step_3", named(own.as_str())),
                list("step_4", named("fRQ2xAbC9kLm3NoPqRsTu")),
            ])
            .await;
        let project = |step: &str| gave[step]["projects"][0]["id"].clone();
        assert_ne!(project("step_2"), project("step_3"), "{gave:#}");
        assert_eq!(project("step_1"), project("step_3"), "their own is the usual one");
        assert_eq!(project("step_4"), project("step_1"), "what another engine had is passed over");
        assert_eq!(studio.choices("auth", named(own.as_str())).await.len(), 2);
        let listed = studio.choices("project", named(shared.as_str())).await;
        assert!(listed.iter().any(|it| it.value == json!(studio.project)));
        let listed = studio.choices("project", named(own.as_str())).await;
        assert!(listed.iter().all(|it| it.value != json!(studio.project)));
    }
}

#[tokio::test]
async fn a_trigger_is_told_by_the_connection_that_is_chosen_in_it() {
    for mut studio in Studio::all().await {
        let shared = studio.basecamp.usable(&admin()).await.unwrap()[0].id.clone();
        let own = own_connection(&studio).await;
        let named = |id: &str| json!({ "auth": format!("{{{{connections['{id}']}}}}") });
        let usual = studio.when("new_todo", json!({})).await;
        let of_own = studio.when("new_todo", named(own.as_str())).await;
        let of_shared = studio.when("new_todo", named(shared.as_str())).await;
        studio.basecamp = studio.basecamp.through(shared);
        studio.add("In the workspace's account").await;
        assert_eq!(studio.started(&of_shared, 1).await.len(), 1, "{}", studio.world.name);
        assert!(studio.started(&of_own, 0).await.is_empty());
        assert!(studio.started(&usual, 0).await.is_empty());
    }
}

#[tokio::test]
async fn a_connection_that_is_gone_is_named_before_publishing_and_when_a_run_needs_it() {
    for studio in Studio::all().await {
        let own = own_connection(&studio).await;
        let input = json!({ "auth": format!("{{{{connections['{own}']}}}}") });
        let steps = chain(vec![step("step_1", "projects", "list_projects", input)]);
        let flow = studio.world.published(on_webhook(steps)).await;
        let gone = own.clone();
        let deleted: Result<bool, StoreError> = studio
            .world
            .db
            .write(move |conn| {
                Box::pin(async move { connections::delete(conn, &admin().workspace, &gone).await })
            })
            .await;
        assert!(deleted.unwrap());
        let run = studio.world.fire(&flow, json!({})).await;
        let run = studio.world.ended(&run).await;
        assert_eq!(run.status, RunStatus::Failed);
        let why = run.steps["step_1"]["errorMessage"].to_string();
        assert!(why.contains("The Basecamp connection of this step is gone"), "{why}");
        let problems = studio.world.flows.problems(&admin(), &flow.id).await.unwrap();
        assert_eq!((problems.len(), problems[0].path.as_str()), (1, "input.auth"), "{problems:?}");
    }
}

#[tokio::test]
async fn cards_are_added_moved_and_changed_with_choices_that_narrow() {
    let studio = Studio::all().await.remove(0);
    let project = studio.project;
    let boards = studio.choices("card_table", json!({ "project": project })).await;
    let board = boards[0].value.clone();
    let columns = studio.choices("column", json!({ "card_table": board })).await;
    let (one, other) = (columns[0].value.clone(), columns[1].value.clone());
    let person = studio.choices("inputs.assignee_ids", json!({})).await[0].value.clone();
    let place = json!({ "project": project, "card_table": board, "column": one });
    let mut create = place.clone();
    create["inputs"] = json!({ "title": "Poster", "content": "A3", "assignee_ids": [person] });
    let on_card = json!({ "project": project, "card_table": board, "card": "{{step_1.id}}", "column": other });
    let mut change = on_card.clone();
    change["inputs"] = json!({ "title": "Poster, large" });
    let gave = studio
        .run_of(vec![
            step("step_1", "cards", "create_card", create),
            step("step_2", "cards", "move_card", on_card.clone()),
            step("step_3", "cards", "update_card", change),
            step("step_4", "cards", "get_card", on_card),
            step("step_5", "cards", "list_cards", place),
        ])
        .await;
    assert_eq!(gave["step_1"]["assignees"][0]["id"], person, "{gave:#}");
    assert_eq!(gave["step_2"]["parent"]["id"], other);
    assert_eq!(gave["step_4"]["title"], "Poster, large");
    assert_eq!(gave["step_4"]["assignees"][0]["id"], person);
    let cards = gave["step_5"]["cards"].as_array().unwrap();
    assert!(cards.iter().all(|it| it["id"] != gave["step_1"]["id"]));
    let cards = studio.choices("card", json!({ "card_table": board })).await;
    assert!(cards.iter().any(|it| it.label == "Poster, large"));
}

#[tokio::test]
async fn lists_messages_events_documents_and_projects_are_made() {
    let studio = Studio::all().await.remove(0);
    let at = json!({ "project": studio.project });
    let with = |inputs: Value| {
        let mut input = at.clone();
        input["inputs"] = inputs;
        input
    };
    let day = |hour: &str| format!("2027-03-31T{hour}:00:00Z");
    let event = json!({ "summary": "Review", "starts_at": day("14"), "ends_at": day("15") });
    let person = studio.choices("inputs.assignee_ids", json!({})).await[0].value.clone();
    let add = json!({
        "project": studio.project, "todolist": "{{step_1.id}}", "inputs": { "content": "First" },
    });
    let give = json!({
        "project": studio.project, "todo": "{{step_2.id}}", "inputs": { "assignee_ids": [person] },
    });
    let gave = studio
        .run_of(vec![
            step("step_1", "todos", "create_todolist", with(json!({ "name": "Launch" }))),
            step("step_2", "todos", "create_todo", add),
            step("step_3", "todos", "assign_todo", give.clone()),
            step(
                "step_4",
                "messages",
                "create_message",
                with(json!({ "subject": "S", "content": "C" })),
            ),
            step(
                "step_5",
                "comments",
                "create_comment",
                with(json!({
                    "project": studio.project, "recording_id": "{{step_4.id}}", "content": "Read",
                })),
            ),
            step("step_6", "schedule", "create_schedule_entry", with(event)),
            step(
                "step_7",
                "documents",
                "create_document",
                with(json!({ "title": "T", "content": "D" })),
            ),
            step(
                "step_8",
                "projects",
                "create_project",
                json!({ "inputs": { "name": "Harbour" } }),
            ),
            step("step_9", "messages", "list_messages", at.clone()),
            step("step_10", "todos", "assign_todo", give),
            step("step_11", "chats", "create_chat_line", with(json!({ "content": "Lunch?" }))),
        ])
        .await;
    assert_eq!(gave["step_1"]["name"], "Launch", "{gave:#}");
    assert_eq!(gave["step_2"]["list_id"], gave["step_1"]["id"]);
    assert_eq!(gave["step_3"]["assignees"][0]["id"], person);
    assert_eq!(gave["step_5"]["content"], "Read");
    assert_eq!(gave["step_6"]["summary"], "Review");
    assert_eq!(
        (&gave["step_7"]["title"], &gave["step_7"]["status"]),
        (&json!("T"), &json!("active"))
    );
    assert_eq!(gave["step_8"]["name"], "Harbour");
    let posted = gave["step_9"]["messages"].as_array().unwrap();
    assert!(posted.iter().any(|it| it["id"] == gave["step_4"]["id"]));
    assert_eq!(gave["step_10"]["assignees"].as_array().unwrap().len(), 1);
    assert_eq!(gave["step_11"]["content"], "Lunch?");
}

#[tokio::test]
async fn reports_answer_over_all_projects() {
    let studio = Studio::all().await.remove(0);
    let report = |name: &str, operation: &str, inputs: Value| {
        step(name, "reports", operation, json!({ "inputs": inputs }))
    };
    let gave = studio
        .run_of(vec![
            report("step_1", "open_todos", json!({})),
            report("step_2", "overdue_todos", json!({})),
            report("step_3", "unassigned_todos", json!({})),
            report("step_4", "workload", json!({})),
            report("step_5", "project_status", json!({})),
            report("step_6", "recent_records", json!({ "kind": "Comment", "days": 3_650 })),
            report("step_7", "due_todos", json!({ "days": 60 })),
            step("step_8", "reports", "open_todos", json!({ "project": studio.project })),
        ])
        .await;
    let count = |step: &str| gave[step]["count"].as_u64().unwrap();
    assert!(count("step_1") > count("step_8") && count("step_8") > 0, "{gave:#}");
    assert!(count("step_2") > 0 && count("step_2") < count("step_1"));
    let free = gave["step_3"]["todos"].as_array().unwrap();
    assert!(free.iter().all(|it| it["assignees"].as_array().unwrap().is_empty()));
    assert!(count("step_4") > 1 && count("step_5") > 1 && count("step_6") > 0);
    assert!(gave["step_2"]["text"].as_str().unwrap().starts_with("• "));
}
