//! Tools that try a draft, keep flows in folders and start from templates (AC-18).

use crate::world::World;
use serde_json::{Value, json};

/// A draft whose two steps build on what a request brings.
async fn drafted(world: &World) -> Value {
    let trigger = json!({
        "name": "trigger", "displayName": "Catch webhook", "type": "PIECE_TRIGGER",
        "settings": {
            "pieceName": "@activepieces/piece-webhook", "pieceVersion": "~0.1.27", "triggerName": "catch_webhook",
            "input": { "authType": "none", "authFields": {} },
        },
    });
    let fields = |mapping: Value| {
        json!({
            "displayName": "Set", "type": "PIECE",
            "settings": {
                "pieceName": "@activepieces/piece-data-mapper", "pieceVersion": "~0.1.0",
                "actionName": "advanced_mapping", "input": { "mapping": mapping },
            },
        })
    };
    let steps = [
        fields(json!({ "name": "{{trigger.body.name}}" })),
        fields(json!({ "words": "Call {{step_1.name}}" })),
    ];
    let made =
        world.ok("flow_create", json!({ "name": "Flow", "trigger": trigger, "actions": steps }));
    made.await["flow"]["id"].clone()
}

#[tokio::test]
async fn a_step_is_tested_on_a_sample_and_leaves_one() {
    for world in World::both().await {
        let flow = drafted(&world).await;
        let step = |name: &str| json!({ "flow_id": flow, "step_name": name });
        assert_eq!(world.code("flow_step_test", step("step_1")).await, "INVALID_INPUT");
        assert_eq!(
            world.code("flow_trigger_test", json!({ "flow_id": flow })).await,
            "INVALID_INPUT"
        );
        let payload = json!({ "flowId": flow, "payload": { "body": { "name": "Ben" } } });
        let given = world.ok("flow_trigger_test", payload).await;
        assert_eq!(given["sample"]["output"]["body"]["name"], "Ben");
        let first = world.ok("flow_step_test", step("step_1")).await;
        assert_eq!((&first["success"], &first["status"]), (&json!(true), &json!("SUCCEEDED")));
        let second = world.ok("flow_step_test", step("step_2")).await;
        assert_eq!(second["sample"]["output"], json!({ "words": "Call Ben" }));
        let run = world.ok("flow_run_get", json!({ "run_id": second["runId"] })).await;
        assert_eq!(run["environment"], "TESTING");
        let refused = world.call_as("otto", "flow_step_test", step("step_1")).await.unwrap_err();
        assert_eq!(refused.code(), "RESOURCE_NOT_FOUND");
    }
}

#[tokio::test]
async fn folders_are_made_renamed_and_deleted() {
    let world = World::new().await;
    let made = world.ok("flow_folder_create", json!({ "displayName": "Clients" })).await;
    let id = made["id"].clone();
    let listed = world.ok("flow_folders_list", json!({})).await;
    assert_eq!(
        (&listed["data"][0]["displayName"], &listed["data"][0]["numberOfFlows"]),
        (&json!("Clients"), &json!(0))
    );
    world.ok("flow_create", json!({ "name": "F", "folder_id": id })).await;
    let inside = world.ok("flow_list", json!({ "folderId": id })).await;
    assert_eq!(inside["data"].as_array().unwrap().len(), 1);
    let renamed =
        world.ok("flow_folder_update", json!({ "folder_id": id, "name": "Customers" })).await;
    assert_eq!(renamed["displayName"], "Customers");
    world.ok("pmos_undo", json!({ "operation_id": renamed["operation_id"] })).await;
    let back = world.ok("flow_folders_list", json!({})).await;
    assert_eq!(back["data"][0]["displayName"], "Clients");
    let theirs = world.call_as("otto", "flow_folder_delete", json!({ "folder_id": id })).await;
    assert_eq!(theirs.unwrap_err().code(), "RESOURCE_NOT_FOUND");
    assert_eq!(world.ok("flow_folder_delete", json!({ "folder_id": id })).await["success"], true);
    assert_eq!(world.ok("flow_list", json!({})).await["data"][0]["folderId"], Value::Null);
}

#[tokio::test]
async fn a_template_becomes_a_draft_with_its_answers() {
    let world = World::new().await;
    let all = world.ok("flow_templates_list", json!({ "search": "request" })).await;
    let found = all["data"].as_array().unwrap().iter().find(|it| it["id"] == "request-to-todo");
    assert_eq!(found.unwrap()["connections"], json!(["@activepieces/piece-basecamp"]));
    let first = world.ok("flow_templates_list", json!({ "limit": 2 })).await;
    let second = json!({ "limit": 2, "cursor": first["next"] });
    assert_ne!(world.ok("flow_templates_list", second).await["data"], first["data"]);
    let empty = json!({ "template_id": "request-to-todo" });
    assert_eq!(world.code("flow_template_use", empty).await, "INVALID_INPUT");
    assert_eq!(world.ok("flow_list", json!({})).await["data"], json!([]));
    let inputs = json!({ "project": world.project().await, "todolist": 1 });
    let used = json!({ "templateId": "request-to-todo", "name": "Ask us", "inputs": inputs });
    let made = world.ok("flow_template_use", used).await;
    assert_eq!(
        (&made["flow"]["version"]["displayName"], &made["valid"]),
        (&json!("Ask us"), &json!(true))
    );
    assert_eq!(
        world.code("flow_template_use", json!({ "template_id": "none" })).await,
        "RESOURCE_NOT_FOUND"
    );
}
