//! What people define and keep: recipes are done again, policies stop writes, budgets are counted.

use crate::world::{PROJECT, World};
use serde_json::{Value, json};

fn here(more: Value) -> Value {
    let mut args = json!({ "project": PROJECT });
    args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    args
}

#[tokio::test]
async fn a_recipe_does_the_last_writes_again_with_other_values() {
    for world in World::both().await {
        let none = json!({ "name": "Nothing" });
        assert_eq!(world.code("save_recipe", none).await, "CONFLICT");
        for task in ["Draft the text", "Proof the text"] {
            world.ok("create_todo", here(json!({ "task": task }))).await;
        }
        let kept = json!({ "name": "Text", "operation_count": 2 });
        let kept = world.ok("save_recipe", kept).await["recipe"].clone();
        assert_eq!(
            kept["variables"],
            json!({ "project": PROJECT, "task": "Draft the text", "task_2": "Proof the text" })
        );
        let id = kept["id"].clone();
        let other = json!({ "recipe_id": id, "variables": { "task": "Draft the card" } });
        let plan = world.ok("run_recipe", other.clone()).await;
        assert_eq!((&plan["executed"], plan.get("operation_id")), (&json!(false), None));
        assert_eq!(plan["steps"][0]["args"]["task"], "Draft the card");
        let found = json!({ "query": "Draft the card" });
        assert_eq!(world.ok("search_todos", found.clone()).await["count"], 0);
        let mut now = other.clone();
        now["auto_execute"] = true.into();
        let done = world.ok("run_recipe", now).await;
        assert_eq!(done["steps"].as_array().map(Vec::len), Some(2));
        assert_eq!(world.ok("search_todos", found).await["count"], 1);
        let wrong = json!({ "recipe_id": id, "variables": { "colour": "red" } });
        assert_eq!(world.code("run_recipe", wrong).await, "INVALID_INPUT");
        let gone =
            json!({ "recipe_id": id, "variables": { "project": "Nowhere" }, "auto_execute": true });
        assert_eq!(
            world.code("run_recipe", gone).await,
            "CONFLICT",
            "a step that fails is no success"
        );
        assert_eq!(world.ok("list_recipes", json!({})).await["count"], 1);
        let theirs = world.call_as("otto", "run_recipe", json!({ "recipe_id": id })).await;
        assert_eq!(theirs.unwrap_err().code(), "RESOURCE_NOT_FOUND");
        let refused = world.call_as("mika", "delete_recipe", json!({ "recipe_id": id })).await;
        assert_eq!(refused.unwrap_err().code(), "FORBIDDEN");
        world.ok("delete_recipe", json!({ "recipe_id": id })).await;
        assert_eq!(world.ok("list_recipes", json!({})).await["count"], 0);
    }
}

#[tokio::test]
async fn a_policy_that_blocks_stops_the_write_and_one_that_warns_says_so() {
    let world = World::new().await;
    let rule = json!({ "name": "Somebody does it", "rule": "every to-do needs an assignee", "severity": "block" });
    let made = world.ok("create_policy", rule).await;
    let free = here(json!({ "task": "Nobody has this" }));
    assert_eq!(world.code("create_todo", free.clone()).await, "POLICY_BLOCKED");
    assert_eq!(world.ok("search_todos", json!({ "query": "Nobody has this" })).await["count"], 0);
    let log = world.ok("list_recent_operations", json!({ "type": "create_todo" })).await;
    assert_eq!(log["operations"][0]["status"], "failed");
    let elsewhere = world.call_as("otto", "create_todo", free.clone()).await.unwrap();
    assert_eq!(elsewhere.get("policy_notes"), None, "it is not their policy");
    let checked = world.ok("check_compliance", json!({})).await;
    // Five to-dos and a card have nobody, of 44 to-dos and 8 cards in work.
    let one = &checked["policies"][0];
    assert_eq!((&one["violations_count"], &one["id"]), (&json!(6), &made["policy"]["id"]));
    let alerts = world.ok("get_alerts", json!({ "categories": ["quality"] })).await;
    assert_eq!(
        (&alerts["total"], &alerts["alerts"][0]["severity"]),
        (&json!(6), &json!("critical"))
    );
    world.ok("pmos_undo", json!({ "operation_id": made["operation_id"] })).await;
    let warned = json!({ "name": "Days", "rule": "every to-do needs a due date" });
    world.ok("create_policy", warned).await;
    let done = world.ok("create_todo", free).await;
    assert_eq!(done["policy_notes"], json!(["Days: it would have no due date"]));
    assert_eq!(world.ok("list_policies", json!({ "active_only": true })).await["count"], 1);
    let vague = json!({ "name": "Kind", "rule": "be kind" });
    assert_eq!(world.code("create_policy", vague).await, "NOT_UNDERSTOOD");
    let loads =
        json!({ "name": "Loads", "rule": "at most 10 open items per person", "severity": "block" });
    assert_eq!(world.code("create_policy", loads).await, "INVALID_INPUT");
    let refused = json!({ "name": "Mine", "rule": "nothing is deleted" });
    let refused = world.call_as("mika", "create_policy", refused).await;
    assert_eq!(refused.unwrap_err().code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_budget_counts_what_was_spent() {
    let world = World::new().await;
    let ask = async |more: Value| world.ok("track_budget", here(more)).await;
    let bare = ask(json!({ "action": "get_summary" })).await;
    assert_eq!((&bare["budget"], &bare["spent"]), (&Value::Null, &json!(0.0)));
    assert_eq!(bare.get("operation_id"), None, "a summary writes nothing");
    ask(json!({ "action": "set_budget", "amount": 1000 })).await;
    ask(json!({ "action": "log_expense", "amount": 250.5, "category": "print" })).await;
    let more = ask(json!({ "action": "log_expense", "amount": 100, "category": "photos", "description": "Studio" })).await;
    let told = ask(json!({ "action": "get_summary" })).await;
    assert_eq!((&told["spent"], &told["remaining"]), (&json!(350.5), &json!(649.5)));
    assert_eq!(told["by_category"], json!({ "photos": 100.0, "print": 250.5 }));
    let ahead = ask(json!({ "action": "forecast" })).await;
    assert!(ahead["forecast"]["total"].as_f64().unwrap() >= 350.5, "{ahead}");
    world.ok("pmos_undo", json!({ "operation_id": more["operation_id"] })).await;
    assert_eq!(ask(json!({ "action": "get_summary" })).await["spent"], 250.5);
    let none = here(json!({ "action": "log_expense", "amount": 0 }));
    assert_eq!(world.code("track_budget", none).await, "INVALID_INPUT");
    let refused = here(json!({ "action": "set_budget", "amount": 5 }));
    let refused = world.call_as("mika", "track_budget", refused).await;
    assert_eq!(refused.unwrap_err().code(), "FORBIDDEN");
    let theirs =
        world.call_as("otto", "track_budget", here(json!({ "action": "get_summary" }))).await;
    assert_eq!(theirs.unwrap()["spent"], 0.0);
}
