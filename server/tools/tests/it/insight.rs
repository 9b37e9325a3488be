//! The formulas over real to-dos and posts, live and from the mirror.

use crate::world::{PROJECT, World, actor};
use serde_json::{Value, json};

fn here(more: Value) -> Value {
    let mut args = json!({ "project": PROJECT });
    args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    args
}

/// Every tool that computes, each with all it takes.
async fn questions(world: &World) -> Vec<(&'static str, Value)> {
    let id = json!({ "project_id": world.project().await.to_string() });
    let todo = world.first("list_assigned_to_me", json!({}), "todos").await;
    let todo = world.ok("basecamp_raw", json!({ "path": format!("/todos/{todo}") })).await;
    let mine = json!({
        "project": todo["data"]["bucket"]["name"], "task": todo["data"]["content"]
    });
    vec![
        ("pmos_health_project", id.clone()),
        ("pmos_predict_completion", id.clone()),
        ("pmos_predict_deadline_risk", id.clone()),
        ("pmos_predict_blockers", id),
        ("pmos_pulse", here(json!({ "period": "a month" }))),
        ("pmos_pulse", json!({ "sort_by": "risk", "limit": 3 })),
        ("get_project_pulse", here(json!({ "period": "7 days" }))),
        ("get_portfolio_pulse", json!({ "sort_by": "name", "limit": 2 })),
        ("detect_ghost_work", here(json!({ "stale_days": 1, "include_completed": true }))),
        ("detect_ghost_work", json!({})),
        ("what_should_i_work_on", here(json!({ "limit": 2, "energy_level": "low" }))),
        ("pmos_my_day", json!({ "person": "Theo Marsh" })),
        ("my_day", json!({})),
        ("predict_deadline", here(json!({ "confidence": "pessimistic" }))),
        ("predict_deadline", mine),
    ]
}

/// Without what differs from moment to moment.
fn still(mut answer: Value) -> Value {
    for field in ["source", "as_of", "stale", "timestamp", "changes_since_yesterday"] {
        answer.as_object_mut().unwrap().shift_remove(field);
    }
    answer
}

#[tokio::test]
async fn the_mirror_computes_what_basecamp_itself_does() {
    for world in World::both().await {
        let asked = questions(&world).await;
        let mut live = Vec::new();
        for (tool, args) in &asked {
            let answer = world.ok(tool, args.clone()).await;
            assert_eq!(answer["source"], "basecamp", "{tool}");
            assert!(answer["as_of"].is_string() && answer.get("ignored").is_none(), "{tool}");
            live.push(still(answer));
        }
        world.sync().await;
        for ((tool, args), live) in asked.into_iter().zip(live) {
            let answer = world.ok(tool, args).await;
            assert_eq!(answer["source"], "mirror", "{tool}");
            assert_eq!(still(answer), live, "{} {tool}", world.test.name);
        }
    }
}

#[tokio::test]
async fn how_people_stand_is_the_same_from_what_still_counts_as_from_everything() {
    for world in World::both().await {
        let live = world.tools.people_standing(&actor("amara")).await.unwrap();
        assert!(live.people.iter().any(|it| it.health.is_some()), "{}", world.test.name);
        assert!(live.unassigned > 0 && live.people[0].load.open > 10, "{}", world.test.name);
        world.sync().await;
        let mirrored = world.tools.people_standing(&actor("amara")).await.unwrap();
        assert_eq!(mirrored, live, "{}", world.test.name);
    }
}

#[tokio::test]
async fn real_work_moves_the_numbers() {
    let world = World::new().await;
    let pulse = async || world.ok("pmos_pulse", here(json!({}))).await;
    let list = world.first("list_todolists", here(json!({})), "todolists").await;
    let people = world.ok("list_project_people", here(json!({}))).await;
    let person = people["people"][0]["id"].clone();
    let before = pulse().await;
    let free = world.ok("create_todo", here(json!({ "task": "Nobody has this" }))).await;
    let theirs = json!({ "task": "Somebody has this", "assignee_ids": [person] });
    let theirs = world.ok("create_todo", here(theirs)).await;
    let made = pulse().await;
    let count = |it: &Value, name: &str| it["inputs"][name].as_i64().unwrap();
    assert_eq!(count(&made, "created"), count(&before, "created") + 2);
    assert_eq!(count(&made, "unassigned"), count(&before, "unassigned") + 1);
    assert_ne!(made["inputs"]["open_per_person"], before["inputs"]["open_per_person"]);
    world.ok("complete_todo", here(json!({ "todo_id": theirs["todo"]["id"] }))).await;
    let done = pulse().await;
    assert_eq!(count(&done, "completed"), count(&made, "completed") + 1);
    let parts = |it: &Value| it["breakdown"]["velocity"].as_i64().unwrap();
    assert!(parts(&done) >= parts(&made));
    let late = json!({ "todo_id": free["todo"]["id"], "due_on": "2020-01-01" });
    world.ok("update_todo_details", here(late)).await;
    assert_eq!(count(&pulse().await, "overdue"), count(&done, "overdue") + 1);
    let ghost = world.ok("detect_ghost_work", here(json!({}))).await;
    let assigned = ghost["unassigned"]["items"].as_array().unwrap();
    assert!(assigned.iter().all(|it| it["assignees"] == json!([])), "{list}");
}

#[tokio::test]
async fn an_empty_project_has_no_data_and_no_low_score() {
    let world = World::new().await;
    let made = world.ok("create_project", json!({ "body": { "name": "Brand new" } })).await;
    let id = made["project"]["id"].to_string();
    let health = world.ok("pmos_health_project", json!({ "project_id": id })).await;
    assert_eq!((&health["score"], &health["status"]), (&Value::Null, &json!("no_data")));
    assert!(health["reason"].is_string());
    let pulse = world.ok("pmos_pulse", json!({ "project": id })).await;
    assert_eq!((&pulse["score"], &pulse["grade"]), (&Value::Null, &Value::Null));
    let end = world.ok("pmos_predict_completion", json!({ "project_id": id })).await;
    assert_eq!(end["prediction"], "nothing to complete");
}

#[tokio::test]
async fn what_changed_is_told_with_old_and_new() {
    for world in World::both().await {
        let since = json!({ "since": "an hour ago" });
        assert_eq!(world.code("pmos_what_changed", since.clone()).await, "NOT_READY");
        world.sync().await;
        let made = world.ok("create_todo", here(json!({ "task": "Look at this" }))).await;
        let todo = made["todo"]["id"].clone();
        let change = here(json!({ "todo_id": todo, "due_on": "2026-05-01" }));
        world.ok("update_todo_details", change).await;
        world.ok("complete_todo", here(json!({ "todo_id": todo }))).await;
        world.sync().await;
        let record =
            json!({ "since": "yesterday", "entity_type": "todo", "entity_id": todo.to_string() });
        let found = world.ok("pmos_what_changed", record).await;
        let told: Vec<(&str, &Value, &Value)> = found["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (it["field"].as_str().unwrap(), &it["old"], &it["new"]))
            .collect();
        assert!(told.contains(&("created", &Value::Null, &json!("Look at this"))), "{found}");
        assert!(told.contains(&("due_on", &Value::Null, &json!("2026-05-01"))), "{found}");
        assert!(told.contains(&("completion", &json!("open"), &json!("completed"))), "{found}");
        assert!(found["changes"].as_array().unwrap().iter().all(|it| it["at"].is_string()));
        let none = json!({ "since": "2001-01-01", "until": "2001-01-02", "project": PROJECT, "person": "Theo Marsh" });
        let none = world.ok("pmos_what_changed", none).await;
        assert_eq!(none["changes"], json!([]));
        assert!(none["message"].as_str().unwrap().starts_with("Nothing changed since"));
        let vague = json!({ "since": "when it rained" });
        assert_eq!(world.code("pmos_what_changed", vague).await, "INVALID_INPUT");
    }
}

#[tokio::test]
async fn lists_over_all_projects_say_where_they_come_from() {
    let world = World::new().await;
    let asked = [
        ("search_todos", json!({ "query": "a" })),
        ("list_todos_due", json!({})),
        ("daily_report", json!({})),
        ("report_todos_overdue", json!({})),
        ("list_projects", json!({})),
        ("search_projects", json!({ "query": "Website" })),
        ("search_people", json!({ "query": "Theo" })),
        ("list_assigned_to_me", json!({})),
    ];
    let mut live = Vec::new();
    for (tool, args) in &asked {
        let answer = world.ok(tool, args.clone()).await;
        assert_eq!(answer["source"], "basecamp", "{tool}");
        live.push(still(answer));
    }
    world.sync().await;
    for ((tool, args), live) in asked.into_iter().zip(live) {
        let answer = world.ok(tool, args).await;
        assert_eq!(answer["source"], "mirror", "{tool}");
        assert_eq!(still(answer), live, "{tool}");
    }
}
