//! Tools about flows: connections, versions, runs and steps (AC-18).

use crate::world::World;
use serde_json::{Value, json};

const SECRET: &str = "hunter22-hunter22";

/// A draft that sets one field, started by a request.
pub(crate) async fn drafted(world: &World) -> Value {
    let trigger = json!({
        "name": "trigger", "displayName": "Catch webhook", "type": "PIECE_TRIGGER",
        "settings": {
            "pieceName": "@activepieces/piece-webhook", "pieceVersion": "~0.1.27", "triggerName": "catch_webhook",
            "input": { "authType": "none", "authFields": {} },
        },
    });
    let step = json!({
        "name": "step_1", "displayName": "Set", "type": "PIECE",
        "settings": {
            "pieceName": "@activepieces/piece-data-mapper", "pieceVersion": "~0.1.0",
            "actionName": "advanced_mapping", "input": { "mapping": { "a": 1 } },
        },
    });
    let made = world
        .ok("flow_create", json!({ "name": "Flow", "trigger": trigger, "actions": [step] }))
        .await;
    made["flow"].clone()
}

#[tokio::test]
async fn a_secret_goes_in_by_both_shapes_and_never_comes_out() {
    for world in World::both().await {
        let plain = json!({
            "name": "CRM", "piece_name": "@activepieces/piece-http", "value": { "secret_text": SECRET },
        });
        let made = world.ok("flow_connection_create", plain).await;
        assert_eq!(
            (&made["externalId"], &made["status"], &made["scope"]),
            (&json!("crm"), &json!("ACTIVE"), &json!("workspace"))
        );
        let object = json!({ "connection": {
            "displayName": "Mail", "pieceName": "@activepieces/piece-http", "type": "BASIC_AUTH", "externalId": "mail-1",
            "value": { "username": "ann", "password": SECRET },
        } });
        let mail = world.ok("flow_connection_create", object).await;
        assert_eq!((&mail["externalId"], &mail["type"]), (&json!("mail-1"), &json!("BASIC_AUTH")));
        let listed = world.ok("flow_connections_list", json!({})).await;
        assert_eq!(listed["data"].as_array().unwrap().len(), 2);
        let renamed = json!({ "connectionId": made["id"], "name": "Our CRM", "value": { "secret_text": SECRET } });
        assert_eq!(world.ok("flow_connection_update", renamed).await["displayName"], "Our CRM");
        let tested = world.ok("flow_connection_test", json!({ "connection_id": made["id"] })).await;
        assert_eq!((&tested["passed"], &tested["called"]), (&json!(true), &json!(false)));
        let log = world.ok("list_recent_operations", json!({})).await;
        for seen in [&made, &mail, &listed, &tested, &log] {
            assert!(!seen.to_string().contains("hunter22"), "{seen}");
        }
        for (tool, more) in [
            ("flow_connection_update", json!({ "name": "Mine" })),
            ("flow_connection_delete", json!({ "force": true })),
            ("flow_connection_test", json!({})),
        ] {
            let mut args = more;
            args["connection_id"] = made["id"].clone();
            let refused = world.call_as("otto", tool, args).await.unwrap_err();
            assert_eq!(refused.code(), "RESOURCE_NOT_FOUND", "{tool}");
        }
        let theirs = world.call_as("otto", "flow_connections_list", json!({})).await.unwrap();
        assert_eq!(theirs["data"], json!([]));
        let gone = world.ok("flow_connection_delete", json!({ "connection_id": mail["id"] })).await;
        assert_eq!(gone["success"], true);
    }
}

#[tokio::test]
async fn what_the_type_needs_is_named_and_nothing_is_stored() {
    let world = World::new().await;
    let wrong = json!({ "name": "X", "piece_name": "@activepieces/piece-http", "value": { "secret_text": "abc" } });
    assert_eq!(world.code("flow_connection_create", wrong.clone()).await, "INVALID_INPUT");
    let refused = world.call_as("mika", "flow_connection_create", json!({
        "name": "X", "piece_name": "@activepieces/piece-http", "value": { "secret_text": SECRET },
    })).await;
    assert_eq!(refused.unwrap_err().code(), "FORBIDDEN");
    assert_eq!(world.ok("flow_connections_list", json!({})).await["data"], json!([]));
}

#[tokio::test]
async fn steps_change_move_and_copy_and_a_version_comes_back() {
    for world in World::both().await {
        let flow = drafted(&world).await;
        let id = &flow["id"];
        let published = world.ok("flow_publish", json!({ "flow_id": id })).await;
        let first = published["flow"]["version"]["id"].clone();
        let changes = json!({ "settings": { "input": { "mapping": { "a": 2 } } } });
        let changed = world
            .ok(
                "flow_step_update",
                json!({ "flowId": id, "stepName": "step_1", "changes": changes }),
            )
            .await;
        assert_eq!(changed["flow"]["version"]["displayName"], "Flow");
        let whole = world.ok("flow_get", json!({ "flow_id": id })).await;
        let step = &whole["version"]["trigger"]["nextAction"];
        assert_eq!(step["settings"]["input"]["mapping"]["a"], 2);
        assert_eq!(step["settings"]["actionName"], "advanced_mapping");
        let copied =
            world.ok("flow_step_duplicate", json!({ "flow_id": id, "step_name": "step_1" })).await;
        assert_eq!(
            copied["flow"]["version"]["trigger"]["nextAction"]["nextAction"]["name"],
            "step_2"
        );
        let moved = json!({ "flow_id": id, "step_name": "step_2", "after_step": "trigger" });
        let moved = world.ok("flow_step_move", moved).await;
        assert_eq!(moved["flow"]["version"]["trigger"]["nextAction"]["name"], "step_2");
        let versions = world.ok("flow_versions_list", json!({ "flow_id": id })).await;
        let states: Vec<_> =
            versions["data"].as_array().unwrap().iter().map(|it| it["state"].clone()).collect();
        assert_eq!(states, [json!("DRAFT"), json!("LOCKED")], "{}", world.running.address);
        let back = world.ok("flow_rollback", json!({ "flow_id": id, "version_id": first })).await;
        assert_eq!(back["flow"]["version"]["state"], "LOCKED");
        let got = json!({ "flow_id": id, "version_id": back["flow"]["publishedVersionId"] });
        let got = world.ok("flow_version_get", got).await;
        assert_eq!(got["trigger"]["nextAction"]["settings"]["input"]["mapping"]["a"], 1);
        let missing = json!({ "flow_id": id, "step_name": "step_9", "changes": {} });
        assert_eq!(world.code("flow_step_update", missing).await, "INVALID_INPUT");
    }
}

#[tokio::test]
async fn pieces_and_projects_are_those_of_the_workspace() {
    let world = World::new().await;
    let found = world.ok("flow_pieces_list", json!({ "searchQuery": "http" })).await;
    assert!(
        found["data"].as_array().unwrap().iter().any(|it| it["name"] == "@activepieces/piece-http")
    );
    let first = world.ok("flow_pieces_list", json!({ "limit": 2 })).await;
    let second = world.ok("flow_pieces_list", json!({ "limit": 2, "cursor": first["next"] })).await;
    assert_ne!(first["data"], second["data"]);
    let piece =
        world.ok("flow_piece_get", json!({ "piece_name": "@activepieces/piece-http" })).await;
    assert_eq!(piece["actions"][0]["name"], "send_request");
    assert_eq!(
        world.code("flow_piece_get", json!({ "piece_name": "nothing" })).await,
        "RESOURCE_NOT_FOUND"
    );
    let projects = world.ok("flow_projects_list", json!({})).await;
    assert_eq!(
        (projects["data"].as_array().unwrap().len(), &projects["data"][0]["id"]),
        (1, &json!("w1"))
    );
    assert_eq!(
        world.code("flow_project_create", json!({ "name": "Second" })).await,
        "NOT_UNDERSTOOD"
    );
}

#[tokio::test]
async fn how_many_runs_a_flow_has_at_once_is_set_and_taken_back() {
    for world in World::both().await {
        let id = drafted(&world).await["id"].clone();
        let limited = json!({ "flow_id": id, "data": { "runsAtOnce": 2 } });
        let set = world.ok("flow_update", limited).await;
        assert_eq!(set["flow"]["runsAtOnce"], 2, "{set}");
        assert_eq!(world.ok("flow_get", json!({ "flow_id": id })).await["runsAtOnce"], 2);
        for wrong in [json!(0), json!("many"), json!(101)] {
            let args = json!({ "flow_id": id, "data": { "runs_at_once": wrong } });
            assert_eq!(world.code("flow_update", args).await, "INVALID_INPUT");
        }
        world.ok("flow_update", json!({ "flow_id": id, "runsAtOnce": null })).await;
        let free = world.ok("flow_get", json!({ "flow_id": id })).await;
        assert_eq!(free["runsAtOnce"], Value::Null);
        assert_eq!(free["revision"], 2);
    }
}

#[tokio::test]
async fn a_secret_in_a_step_is_refused_with_where_it_belongs() {
    let world = World::new().await;
    let flow = drafted(&world).await;
    let step = |headers: Value| {
        json!({
            "name": "step_2", "displayName": "Ask", "type": "PIECE",
            "settings": {
                "pieceName": "@activepieces/piece-http", "pieceVersion": "~0.11.5", "actionName": "send_request",
                "input": { "method": "GET", "url": "https://example.com", "headers": headers, "queryParams": {}, "authType": "NONE" },
            },
        })
    };
    let plain =
        json!({ "flow_id": flow["id"], "step": step(json!({ "Authorization": "Bearer abc" })) });
    let refused = world.call("flow_step_add", plain).await.unwrap_err();
    assert_eq!(refused.code(), "INVALID_INPUT");
    assert!(refused.to_string().contains("connection"), "{refused}");
    let named = json!({ "Authorization": "Bearer {{connections.crm.secret_text}}" });
    world.ok("flow_step_add", json!({ "flow_id": flow["id"], "step": step(named) })).await;
    let problems = world.ok("flow_validate", json!({ "flow_id": flow["id"] })).await;
    assert_eq!(problems["problems"][0]["code"], "NO_CONNECTION");
}

#[tokio::test]
async fn operations_that_leave_no_valid_tree_are_refused_and_change_nothing() {
    for world in World::both().await {
        let flow = drafted(&world).await;
        let id = &flow["id"];
        let step = flow["version"]["trigger"]["nextAction"].clone();
        let operate = |kind: &str, request: Value| json!({ "flow_id": id, "operation": { "type": kind, "request": request } });
        let named = |name: &str| {
            let mut step = step.clone();
            step["name"] = json!(name);
            step
        };
        let branch = json!({ "branchType": "FALLBACK", "branchName": "Otherwise" });
        let router = |children: Value| {
            json!({
                "name": "step_3", "displayName": "Choose", "type": "ROUTER", "valid": true, "children": children,
                "settings": { "executionType": "EXECUTE_FIRST_MATCH", "branches": [branch] },
            })
        };
        let round = json!({ "name": "step_2", "displayName": "Each", "type": "LOOP_ON_ITEMS", "valid": true, "settings": { "items": "{{[1]}}" } });
        let added = operate("ADD_ACTION", json!({ "parentStep": "step_1", "action": round }));
        world.ok("flow_update", added).await;
        let whole = |next: Value| {
            let mut trigger = flow["version"]["trigger"].clone();
            trigger["nextAction"] = next;
            json!({ "displayName": "Flow", "trigger": trigger, "schemaVersion": null, "notes": null })
        };
        let mut twice = step.clone();
        twice["nextAction"] = step.clone();
        let before = world.ok("flow_get", json!({ "flow_id": id })).await;
        for (kind, request) in [
            ("ADD_ACTION", json!({ "parentStep": "step_9", "action": named("step_4") })),
            ("ADD_ACTION", json!({ "parentStep": "step_1", "action": named("step_1") })),
            ("ADD_ACTION", json!({ "parentStep": "step_1", "action": named("trigger") })),
            (
                "ADD_ACTION",
                json!({ "parentStep": "step_1", "stepLocationRelativeToParent": "INSIDE_LOOP", "action": named("step_4") }),
            ),
            ("UPDATE_ACTION", named("step_9")),
            ("DELETE_ACTION", json!({ "names": ["step_9"] })),
            ("SET_SKIP_ACTION", json!({ "names": ["step_9"], "skip": true })),
            ("DUPLICATE_ACTION", json!({ "stepName": "step_9" })),
            ("MOVE_ACTION", json!({ "name": "step_1", "newParentStep": "step_9" })),
            (
                "MOVE_ACTION",
                json!({ "name": "step_2", "newParentStep": "step_2", "stepLocationRelativeToNewParent": "INSIDE_LOOP" }),
            ),
            (
                "ADD_BRANCH",
                json!({ "stepName": "step_1", "branchIndex": 0, "branchName": "One", "conditions": [] }),
            ),
            ("DELETE_BRANCH", json!({ "stepName": "step_1", "branchIndex": 0 })),
            ("IMPORT_FLOW", whole(twice)),
            ("IMPORT_FLOW", whole(router(json!([null, null])))),
            ("IMPORT_FLOW", whole(router(json!([])))),
            ("WORMHOLE", json!({})),
        ] {
            let refused = world.code("flow_update", operate(kind, request.clone())).await;
            assert_eq!(refused, "INVALID_INPUT", "{kind} {request}");
            let now = world.ok("flow_get", json!({ "flow_id": id })).await;
            assert_eq!(now, before, "{kind} {request}");
        }
    }
}

#[tokio::test]
async fn a_trigger_alone_is_not_published_and_the_tools_say_why() {
    for world in World::both().await {
        let flow = drafted(&world).await;
        let id = &flow["id"];
        let gone = json!({ "flow_id": id, "step_name": "step_1" });
        world.ok("flow_step_delete", gone).await;
        let refused = world.call("flow_publish", json!({ "flow_id": id })).await.unwrap_err();
        assert_eq!(refused.code(), "INVALID_INPUT");
        assert!(refused.to_string().contains("Add a step first"), "{refused}");
        let said = world.ok("flow_validate", json!({ "flow_id": id })).await;
        assert_eq!(
            (&said["valid"], &said["problems"][0]["code"]),
            (&json!(false), &json!("NO_STEPS"))
        );
        let now = world.ok("flow_get", json!({ "flow_id": id })).await;
        assert_eq!(now["status"], "DISABLED", "{now}");
    }
}
