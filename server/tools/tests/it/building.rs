//! Who should take what, projects from descriptions, and one question to everything connected.

use crate::world::{PROJECT, World};
use serde_json::{Value, json};

const MARLOWE: &str = "Marlowe & Sons packaging";

fn here(more: Value) -> Value {
    let mut args = json!({ "project": PROJECT });
    args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    args
}

#[tokio::test]
async fn the_cheapest_person_is_suggested_and_given_the_to_do() {
    let world = World::new().await;
    world.sync().await;
    let asked = json!({ "task": "Search across case studies" });
    let told = world.ok("smart_assign", here(asked)).await;
    // Nobody completed anything like it, so load and history decide: Priya has three items of ten and is on the project.
    let best = &told["recommendation"];
    assert_eq!(told["alternatives"].as_array().unwrap().len(), 3);
    let cost = |it: &Value| it["cost"].as_f64().unwrap();
    let others: Vec<f64> = told["alternatives"].as_array().unwrap().iter().map(cost).collect();
    assert!(others.iter().all(|it| *it >= cost(best)) && others.is_sorted(), "{told}");
    let parts = best["parts"].as_object().unwrap().values().filter_map(Value::as_f64).sum::<f64>();
    assert!((100.0 - parts - cost(best)).abs() < 0.05, "{best}");
    assert!(told.get("operation_id").is_none(), "a suggestion writes nothing");
    let all = world.ok("smart_assign", here(json!({}))).await;
    assert_eq!(
        (&all["unassigned_count"], all["suggestions"].as_array().unwrap().len()),
        (&json!(2), 2)
    );
    let given = json!({ "task": "Search across case studies", "mode": "assign" });
    let done = world.ok("smart_assign", here(given)).await;
    assert_eq!(done["todo"]["assignees"][0]["name"], best["person"]);
    assert_eq!(done["undoable"], true);
    assert_eq!(world.ok("smart_assign", here(json!({}))).await["unassigned_count"], 1);
    world.ok("pmos_undo", json!({})).await;
    assert_eq!(world.ok("smart_assign", here(json!({}))).await["unassigned_count"], 2);
    let none = json!({ "task": "Paint the moon", "mode": "assign" });
    assert_eq!(world.code("smart_assign", here(none)).await, "NO_MATCH");
    let refused = json!({ "task": "Search across case studies", "mode": "assign" });
    let refused = world.call_as("vera", "smart_assign", here(refused)).await.unwrap_err();
    assert_eq!(refused.code(), "FORBIDDEN");
}

#[tokio::test]
async fn too_much_is_moved_until_it_is_even() {
    let world = World::new().await;
    world.sync().await;
    let told = world.ok("smart_assign", json!({ "project": MARLOWE, "mode": "rebalance" })).await;
    // Ten items of five people among eight: the mean is 1.25, so nobody may keep two.
    let moves = told["moves"].as_array().unwrap();
    assert!(!moves.is_empty() && told["moves_count"] == moves.len(), "{told}");
    let mut loads: std::collections::HashMap<String, i64> = std::collections::HashMap::new();
    let open = world.ok("assignment_report", json!({ "project": MARLOWE })).await;
    for group in open["assignees"].as_array().unwrap() {
        if let Some(name) = group["person"]["name"].as_str() {
            loads.insert(name.to_owned(), group["todos_count"].as_i64().unwrap());
        }
    }
    for it in moves {
        *loads.entry(it["from"]["name"].as_str().unwrap().to_owned()).or_default() -= 1;
        *loads.entry(it["to"]["name"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let most = loads.values().max().copied().unwrap();
    assert!(most <= 2, "{loads:?}");
    let again = world.ok("assignment_report", json!({ "project": MARLOWE })).await;
    assert_eq!(again["assignees"], open["assignees"], "a proposal moves nothing");
}

#[tokio::test]
async fn a_description_becomes_a_plan_and_then_a_project() {
    let world = World::new().await;
    let text = "A project called “Spring menu” with Ben Okafor.\n# Kitchen\n- Taste the soups\n- Price the plates\nPrint: layout, proof";
    let planned = world.ok("build_project", json!({ "description": text })).await;
    assert_eq!((&planned["dry_run"], &planned["plan"]["todos_count"]), (&json!(true), &json!(4)));
    assert_eq!(planned["plan"]["people"][0]["name"], "Ben Okafor");
    assert_eq!(world.code("find_project", json!({ "name": "Spring menu" })).await, "NO_MATCH");
    let made = world.ok("build_project", json!({ "description": text, "dry_run": false })).await;
    assert_eq!((&made["lists_made"], &made["todos_made"]), (&json!(2), &json!(4)));
    assert_eq!(made["left_to_do"].as_array().unwrap().len(), 1, "nobody was given access");
    let lists = world.ok("list_todos_for_project", json!({ "project": "Spring menu" })).await;
    let text = lists.to_string();
    for word in ["Kitchen", "Print", "Taste the soups", "proof"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let undo = json!({ "operation_id": made["operation_id"] });
    world.ok("pmos_undo", undo).await;
    assert_eq!(world.code("find_project", json!({ "name": "Spring menu" })).await, "NO_MATCH");
    let empty = json!({ "description": "# " });
    assert!(world.call("build_project", empty).await.is_err());
}

#[tokio::test]
async fn what_was_not_searched_is_named() {
    let world = World::new().await;
    let early = world.ok("cross_query", json!({ "query": "dielines" })).await;
    assert_eq!((&early["count"], &early["searched"]), (&json!(0), &json!([])));
    assert_eq!(early["not_searched"][0]["platform"], "basecamp");
    world.sync().await;
    let new = json!({
        "name": "Code", "piece_name": "@activepieces/piece-github", "type": "SECRET_TEXT",
        "value": { "secret_text": "s3cret" }
    });
    let is_known = world.call("flow_connection_create", new).await.is_ok();
    let asked =
        json!({ "query": "dielines", "platforms": ["basecamp", "GitHub", "jira"], "limit": 1 });
    let told = world.ok("cross_query", asked).await;
    assert_eq!((&told["count"], &told["searched"]), (&json!(1), &json!(["basecamp"])));
    assert_eq!(told["results"][0]["title"], "Send packaging dielines to printer");
    let skipped: Vec<&Value> =
        told["not_searched"].as_array().unwrap().iter().map(|it| &it["platform"]).collect();
    assert_eq!(skipped, [&json!("github"), &json!("jira")], "connected: {is_known}");
    let none =
        world.call_as("otto", "cross_query", json!({ "query": "x", "platforms": ["jira"] })).await;
    assert_eq!(none.unwrap()["searched"], json!([]));
}
