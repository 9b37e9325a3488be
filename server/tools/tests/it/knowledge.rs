//! Pages, context, knowledge and reports over what was planted in the sample.

use crate::world::{PROJECT, World};
use serde_json::{Value, json};

const MARLOWE: &str = "Marlowe & Sons packaging";
const HALDEN: &str = "Halden Coffee rebrand";

fn len(value: &Value) -> usize {
    value.as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_project_and_the_workspace_come_in_one_answer() {
    for world in World::both().await {
        let live = world.ok("pmos_project_sync", json!({ "project": PROJECT })).await;
        world.sync().await;
        let whole = world.ok("pmos_project_sync", json!({ "project": PROJECT })).await;
        assert_eq!((&live["source"], &whole["source"]), (&json!("basecamp"), &json!("mirror")));
        for field in ["todos_count", "todos_open", "messages_count", "people_count"] {
            assert_eq!(live[field], whole[field], "{field}");
        }
        assert_eq!((&whole["todos_count"], &whole["todos_open"]), (&json!(22), &json!(16)));
        let columns = &whole["card_tables"][0]["columns"];
        let cards: u64 =
            columns.as_array().unwrap().iter().filter_map(|it| it["cards_count"].as_u64()).sum();
        assert_eq!((cards, len(&whole["messages"])), (5, 2));
        assert_eq!(whole["campfires"][0]["lines_count"], 4);
        let small = json!({
            "project": PROJECT, "include_todos": false, "include_cards": false, "include_people": false,
            "include_campfires": false, "message_limit": 1, "include_details": true
        });
        let small = world.ok("pmos_project_sync", small).await;
        assert!(small.get("todos").is_none() && small.get("card_tables").is_none());
        assert_eq!((len(&small["messages"]), &small["messages_count"]), (1, &json!(2)));
        assert!(small["messages"][0]["text"].is_string());
        let all = world.ok("pmos_workspace_sync", json!({ "max_projects": 2 })).await;
        assert_eq!(
            all["totals"],
            json!({
                "projects": 3, "people": 8, "open": 44, "overdue": 9, "due_today": 3, "unassigned": 5, "completed": 16
            })
        );
        assert_eq!((len(&all["projects"]), &all["projects_count"]), (2, &json!(3)));
        assert_eq!(all["mine"]["open"]["count"], 3);
    }
}

#[tokio::test]
async fn a_record_is_read_by_its_id_or_its_address() {
    let world = World::new().await;
    world.sync().await;
    let found = world.ok("search_todos", json!({ "query": "Second-round logo" })).await;
    let id = found["todos"][0]["id"].clone();
    let told = world.ok("pmos_entity_detail", json!({ "project": HALDEN, "id": id })).await;
    assert_eq!((&told["type"], &told["comments_count"]), (&json!("Todo"), &json!(3)));
    assert!(told["events_count"].as_u64().unwrap() > 0);
    let url = format!("https://3.basecamp.com/1/buckets/{}/todos/{id}", told["project"]["id"]);
    let same =
        world.ok("pmos_entity_detail", json!({ "url": url, "include_comments": false })).await;
    assert_eq!(same["record"]["id"], id);
    assert!(same.get("comments").is_none());
    let wrong = json!({ "project": PROJECT, "id": id });
    assert_eq!(world.code("pmos_entity_detail", wrong).await, "RESOURCE_NOT_FOUND");
    let wrong = json!({ "id": id, "type": "message" });
    assert_eq!(world.code("pmos_entity_detail", wrong).await, "RESOURCE_NOT_FOUND");
    assert_eq!(world.code("pmos_entity_detail", json!({})).await, "INVALID_INPUT");
}

#[tokio::test]
async fn context_names_people_days_topics_and_neighbours() {
    let world = World::new().await;
    world.sync().await;
    let halden =
        world.ok("find_project", json!({ "name": HALDEN })).await["project"]["id"].to_string();
    let told = world.ok("pmos_context_analyze", json!({ "project_id": halden })).await;
    assert_eq!(
        (&told["people"][0]["name"], &told["people"][0]["relevance"]),
        (&json!("Lucía Ferrer"), &json!(1.0))
    );
    assert_eq!(told["dates"][0]["title"], "Send packaging dielines to printer");
    assert_eq!((&told["status"]["open"], &told["status"]["posts"]), (&json!(17), &json!(6)));
    let near = world
        .ok("pmos_context_related_projects", json!({ "project_id": halden, "limit": 1 }))
        .await;
    // The same people make the jars: Marlowe shares more than the studio's own site.
    assert_eq!((len(&near["projects"]), &near["projects"][0]["project"]), (1, &json!(MARLOWE)));
    let found = world.ok("pmos_context_smart_search", json!({ "query": "dielines" })).await;
    assert_eq!(found["results"][0]["title"], "Send packaging dielines to printer");
    assert_eq!(
        (&found["results"][0]["relevance"], &found["notes_count"]),
        (&json!(1.0), &json!(0))
    );
    let cards = world.ok("search_cards", json!({ "query": "lid emboss" })).await;
    assert_eq!((&cards["count"], &cards["source"]), (&json!(1), &json!("mirror")));
    assert_eq!(cards["cards"][0]["assignees"][0]["name"], "Lucía Ferrer");
}

#[tokio::test]
async fn knowledge_is_found_with_its_source() {
    let world = World::new().await;
    let asked = json!({ "query": "route B" });
    assert_eq!(world.code("search_knowledge", asked.clone()).await, "NOT_READY");
    world.sync().await;
    let found = world.ok("search_knowledge", asked).await;
    let kinds: Vec<&str> =
        found["results"].as_array().unwrap().iter().filter_map(|it| it["type"].as_str()).collect();
    assert!(kinds.contains(&"Message") && kinds.contains(&"Comment"), "{kinds:?}");
    let only = json!({ "query": "route B", "scope": "messages", "project": HALDEN, "limit": 3 });
    let only = world.ok("search_knowledge", only).await;
    assert_eq!(
        (&only["count"], &only["results"][0]["title"]),
        (&json!(1), &json!("Halden review notes"))
    );
    assert!(only["results"][0]["app_url"].is_string());
    let who = world.ok("find_expert", json!({ "topic": "barcode" })).await;
    // Jonas completed the barcodes (2), Sofia wrote under the proof (1).
    let ranked: Vec<(&Value, &Value)> =
        who["experts"].as_array().unwrap().iter().map(|it| (&it["person"], &it["score"])).collect();
    assert_eq!(
        ranked,
        [(&json!("Jonas Lindqvist"), &json!(2)), (&json!("Sofia Duarte"), &json!(1))]
    );
    let said = json!({ "project": HALDEN, "period": "1 month" });
    let said = world.ok("extract_decisions", said).await;
    assert_eq!(said["decisions"][0]["text"], "Decision on Friday.");
    assert_eq!(said["decisions"][0]["who"], "Sofia Duarte");
    let only = json!({ "project": HALDEN, "period": "1 month", "type": "outcomes" });
    assert!(world.ok("extract_decisions", only).await.get("decisions").is_none());
}

#[tokio::test]
async fn a_reference_is_the_last_change_or_a_name() {
    let world = World::new().await;
    world.sync().await;
    let made =
        world.ok("create_todo", json!({ "project": PROJECT, "task": "Order the cake" })).await;
    let it = world.ok("resolve_reference", json!({ "ref": "that" })).await;
    assert_eq!(
        (&it["resolved"]["name"], &it["resolved"]["id"]),
        (&json!("Order the cake"), &made["todo"]["id"])
    );
    let project = world.ok("resolve_reference", json!({ "ref": "that project" })).await;
    assert_eq!(project["resolved"]["name"], PROJECT);
    let person = world.ok("resolve_reference", json!({ "ref": "Lucía", "type": "person" })).await;
    assert_eq!(
        (&person["resolved"]["name"], &person["confidence"]),
        (&json!("Lucía Ferrer"), &json!(0.8))
    );
    let several = world.ok("resolve_reference", json!({ "ref": "artwork", "type": "todo" })).await;
    assert_eq!((&several["resolved"], len(&several["candidates"])), (&Value::Null, 2));
    let other = world.call_as("mika", "resolve_reference", json!({ "ref": "it" })).await.unwrap();
    assert_eq!(other["resolved"], Value::Null, "another person's change is not theirs");
}

#[tokio::test]
async fn what_was_done_is_told_by_day_and_by_person() {
    let world = World::new().await;
    world.sync().await;
    let made =
        world.ok("create_todo", json!({ "project": PROJECT, "task": "Count the cups" })).await;
    world.ok("complete_todo", json!({ "project": PROJECT, "todo_id": made["todo"]["id"] })).await;
    let day = world.ok("end_of_day", json!({})).await;
    assert_eq!((&day["completed_count"], &day["created_count"]), (&json!(1), &json!(1)), "{day}");
    assert_eq!(day["projects"][0]["project"]["name"], PROJECT);
    let done = world.ok("who_did_what", json!({ "since": "today" })).await;
    assert_eq!((&done["count"], &done["by_tool"]["create_todo"]), (&json!(2), &json!(1)));
    let named = json!({ "person": "Amara Osei", "since": "today", "project": PROJECT });
    assert_eq!(world.ok("who_did_what", named).await["count"], 2);
    let none = json!({ "person": "Nobody Known", "since": "today" });
    assert_eq!(world.code("who_did_what", none).await, "NO_MATCH");
    let writes =
        world.ok("what_changed_since", json!({ "entity_type": "todo", "since": "today" })).await;
    assert_eq!(writes["count"], 2);
    let id = made["todo"]["id"].to_string();
    let one = json!({ "entity_type": "todo", "entity_id": id, "since": "today" });
    assert!(len(&world.ok("what_changed_since", one).await["changes"]) >= 2);
    let two = json!({ "entity_type": "todo", "entity_id": id, "from_date": "yesterday" });
    let two = world.ok("compare_snapshots", two).await;
    assert_eq!((&two["created_count"], &two["completed_count"]), (&json!(1), &json!(1)));
    let rows = world.ok("audit_log", json!({ "operation": "tool.used", "entity": "cups" })).await;
    assert_eq!(rows["count"], 2);
    let refused = world.call_as("mika", "audit_log", json!({})).await.unwrap_err();
    assert_eq!(refused.code(), "FORBIDDEN");
}

#[tokio::test]
async fn boards_and_reports_have_the_figures_of_the_formulas() {
    let world = World::new().await;
    world.sync().await;
    let board =
        world.ok("generate_dashboard", json!({ "type": "overview", "period": "a month" })).await;
    assert_eq!((&board["totals"]["open"], &board["totals"]["overdue"]), (&json!(44), &json!(9)));
    let weeks = board["weeks"].as_array().unwrap();
    let done: u64 = weeks.iter().filter_map(|it| it["completed"].as_u64()).sum();
    // Of sixteen completions all but none lie in the last five weeks.
    assert_eq!((weeks.len(), done), (5, 16));
    assert_eq!(
        world.code("generate_dashboard", json!({ "type": "project" })).await,
        "INVALID_INPUT"
    );
    for kind in ["project", "team", "velocity", "risk"] {
        let asked = json!({ "type": kind, "project": PROJECT });
        let told = world.ok("generate_dashboard", asked).await;
        assert_eq!((&told["type"], told.get("ignored")), (&json!(kind), None));
    }
    for kind in ["status", "velocity", "team", "executive", "custom"] {
        let told = world.ok("generate_report", json!({ "type": kind, "format": "detailed" })).await;
        assert!(len(&told["summary"]) >= 5 && told["figures"].is_object(), "{kind}");
        assert!(!told.to_string().contains("risk_score"), "what wears out is in no report");
    }
    let bare = json!({ "type": "status", "format": "data_only", "project": PROJECT });
    assert!(world.ok("generate_report", bare).await.get("summary").is_none());
    let back = world
        .ok("generate_retrospective", json!({ "project": PROJECT, "period": "2 weeks" }))
        .await;
    // Gather quotes, tokens, wireframes, hosting and components: five in two weeks, the page list was before.
    assert_eq!(
        (&back["figures"]["completed"], &back["figures"]["overdue"]),
        (&json!(5), &json!(3))
    );
    assert!(len(&back["sections"]["went_badly"]) > 0);
    for form in ["start_stop_continue", "4ls", "brief"] {
        let told =
            world.ok("generate_retrospective", json!({ "project": PROJECT, "format": form })).await;
        assert_eq!(told["format"], form);
    }
}
