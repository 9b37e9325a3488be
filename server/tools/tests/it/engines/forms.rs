//! Every accepted form of the published tools (AC-18).

use super::{Engine, engines, mapping, webhook};
use serde_json::{Value, json};

#[tokio::test]
async fn every_accepted_form_of_the_published_tools_works_on_both_engines() {
    for engine in engines().await {
        let name = engine.name;
        assert_eq!(engine.ok("flow_status", json!({})).await["engine"], name);
        let mut ids = Vec::new();
        for (tool, args) in [
            ("flow_create", json!({ "name": "One" })),
            ("flow_create", json!({ "displayName": "One", "projectId": "somewhere" })),
            (
                "flow_flow_create",
                json!({ "name": "One", "trigger": webhook(), "actions": [mapping("x", "1")] }),
            ),
        ] {
            let made = engine.ok(tool, args).await;
            assert_eq!(
                (&made["flow"]["version"]["displayName"], &made["flow"]["engine"]),
                (&json!("One"), &json!(name))
            );
            ids.push(made["flow"]["id"].clone());
        }
        let id = ids[2].clone();
        names(&engine, &id, &ids[0]).await;
        switches(&engine, &id).await;
        reads(&engine, &id).await;
        connections(&engine).await;
        assert_eq!(engine.ok("flow_delete", json!({ "flowId": ids[0] })).await["success"], true);
        assert_eq!(
            engine.ok("flow_flow_delete", json!({ "flow_id": ids[1] })).await["success"],
            true
        );
        assert_eq!(
            engine.code("flow_get", json!({ "flow_id": ids[0] })).await,
            "RESOURCE_NOT_FOUND"
        );
    }
}

/// A name in every form, and forms that are refused.
async fn names(engine: &Engine, id: &Value, other: &Value) {
    let name = engine.name;
    for (tool, args) in [
        ("flow_update", json!({ "flow_id": id, "data": { "displayName": "A" } })),
        ("flow_update", json!({ "flowId": id, "displayName": "B" })),
        ("flow_update", json!({ "flow_id": id, "name": "C" })),
        (
            "flow_update",
            json!({ "flow_id": id, "operation": { "type": "CHANGE_NAME", "request": { "displayName": "D" } } }),
        ),
        (
            "flow_flow_operation",
            json!({ "flowId": id, "operation": { "type": "CHANGE_NAME", "request": { "displayName": "E" } } }),
        ),
    ] {
        let before =
            engine.ok("flow_get", json!({ "flow_id": id })).await["version"]["displayName"].clone();
        let changed = engine.ok(tool, args.clone()).await;
        assert_ne!(changed["flow"]["version"]["displayName"], before, "{name} {args}");
    }
    for wrong in [
        json!({ "flow_id": id, "displayName": "A", "data": { "displayName": "B" } }),
        json!({ "flow_id": id, "flowId": other, "name": "A" }),
        json!({ "flow_id": id, "data": { "color": "red" } }),
        json!({ "flow_id": id, "operation": { "type": "DELETE_ACTION", "request": { "names": ["step_9"] } } }),
        json!({ "flow_id": id, "operation": { "type": "ADD_ACTION", "request": { "parentStep": "trigger", "action": mapping("step_1", "x") } } }),
        json!({ "flow_id": id, "operation": { "type": "NOTHING", "request": {} } }),
        json!({ "flow_id": id }),
    ] {
        assert_eq!(
            engine.code("flow_update", wrong.clone()).await,
            "INVALID_INPUT",
            "{name} {wrong}"
        );
    }
}

/// Several things at once, and a flow on and off in every form.
async fn switches(engine: &Engine, id: &Value) {
    let name = engine.name;
    let several = json!({ "flow_id": id, "data": {
        "displayName": "Whole", "metadata": { "k": "v" }, "trigger": webhook(),
        "actions": [mapping("x", "{{trigger.body.n}}"), mapping("y", "2")],
    } });
    let whole = engine.ok("flow_update", several).await["flow"].clone();
    assert_eq!(
        (&whole["version"]["displayName"], &whole["metadata"]),
        (&json!("Whole"), &json!({ "k": "v" }))
    );
    assert_eq!(whole["steps"].as_array().unwrap().len(), 2, "{name}");
    let published =
        json!({ "flow_id": id, "operation": { "type": "LOCK_AND_PUBLISH", "request": {} } });
    assert_eq!(engine.ok("flow_update", published).await["flow"]["status"], "ENABLED");
    for (args, wanted) in [
        (json!({ "flow_id": id, "status": "DISABLED" }), "DISABLED"),
        (json!({ "flow_id": id, "data": { "status": "ENABLED" } }), "ENABLED"),
        (
            json!({ "flow_id": id, "operation": { "type": "CHANGE_STATUS", "request": { "status": "DISABLED" } } }),
            "DISABLED",
        ),
        (
            json!({ "flow_id": id, "operation": { "type": "CHANGE_STATUS", "request": { "status": "ENABLED" } } }),
            "ENABLED",
        ),
    ] {
        assert_eq!(engine.ok("flow_update", args).await["flow"]["status"], wanted, "{name}");
    }
}

/// The tools that read, and the one that starts a flow.
async fn reads(engine: &Engine, id: &Value) {
    for (tool, args) in [
        ("flow_trigger", json!({ "flow_id": id, "payload": { "body": { "n": 7 } }, "sync": true })),
        ("flow_flow_trigger", json!({ "flowId": id, "payload": { "body": { "n": 7 } } })),
    ] {
        let started = engine.ok(tool, args).await;
        assert_eq!(started["triggered"], true);
        let run = engine.ended(&started["runId"], "SUCCEEDED").await;
        assert_eq!(run["steps"]["step_1"]["output"], json!({ "a": 7 }), "{}", engine.name);
        for (tool, args) in [
            ("flow_run_get", json!({ "runId": started["runId"] })),
            ("flow_flow_run_get", json!({ "run_id": started["runId"] })),
        ] {
            assert_eq!(engine.ok(tool, args).await["status"], "SUCCEEDED");
        }
    }
    for (tool, args, rows) in [
        ("flow_list", json!({}), 3),
        ("flow_list", json!({ "status": "ENABLED" }), 1),
        ("flow_flows_list", json!({ "displayName": "whol" }), 1),
        ("flow_list", json!({ "project_id": "w1", "limit": 2 }), 2),
        ("flow_list", json!({ "projectId": "elsewhere" }), 0),
        ("flow_runs_list", json!({ "flow_id": id }), 2),
        ("flow_runs_list", json!({ "flowId": id, "status": ["FAILED"] }), 0),
        ("flow_flow_runs_list", json!({}), 2),
        ("flow_projects_list", json!({}), 1),
    ] {
        let found = engine.ok(tool, args.clone()).await;
        assert_eq!(found["data"].as_array().unwrap().len(), rows, "{} {tool} {args}", engine.name);
    }
    for (tool, args) in
        [("flow_get", json!({ "flowId": id })), ("flow_flow_get", json!({ "flow_id": id }))]
    {
        let flow = engine.ok(tool, args).await;
        assert_eq!((&flow["id"], &flow["engine"]), (id, &json!(engine.name)));
        assert!(flow["webhookUrl"].as_str().unwrap().contains("/webhooks/"));
    }
    for args in [json!({ "search": "webhook" }), json!({ "searchQuery": "webhook" })] {
        let found = engine.ok("flow_pieces_list", args).await;
        let is_webhook = |it: &Value| it["name"] == "@activepieces/piece-webhook";
        assert!(found["data"].as_array().unwrap().iter().any(is_webhook));
    }
    let refused = engine.code("flow_project_create", json!({ "name": "Second" })).await;
    assert!(matches!(refused.as_str(), "NOT_UNDERSTOOD" | "TOOL_UNAVAILABLE"), "{refused}");
}

async fn connections(engine: &Engine) {
    let value = json!({ "secret_text": "hunter22-hunter22" });
    let piece = "@activepieces/piece-http";
    for (args, external) in [
        (json!({ "name": "CRM", "piece_name": piece, "value": value }), "crm"),
        (json!({ "displayName": "CRM", "pieceName": piece, "value": value }), "crm_2"),
        (
            json!({ "connection": { "displayName": "Mail", "pieceName": piece, "type": "SECRET_TEXT", "value": value, "externalId": "mail" } }),
            "mail",
        ),
    ] {
        let made = engine.ok("flow_connection_create", args).await;
        assert_eq!(
            (&made["externalId"], &made["status"]),
            (&json!(external), &json!("ACTIVE")),
            "{}",
            engine.name
        );
        assert!(!made.to_string().contains("hunter22"));
    }
    for (args, rows) in [
        (json!({}), 3),
        (json!({ "piece_name": piece }), 3),
        (json!({ "pieceName": "@activepieces/piece-slack" }), 0),
        (json!({ "projectId": "elsewhere" }), 0),
    ] {
        let found = engine.ok("flow_connections_list", args).await;
        assert_eq!(found["data"].as_array().unwrap().len(), rows);
        assert!(!found.to_string().contains("hunter22"));
    }
}
