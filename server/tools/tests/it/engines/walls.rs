//! What another workspace has is not found (AC-18).

use super::{engines, mapping, webhook};
use serde_json::{Value, json};

/// An id of the other engine that nobody has.
const NOBODYS: &str = "QlDGzydPovl4U1MbfR4rK";

#[tokio::test]
async fn what_another_workspace_has_is_not_found_by_any_tool() {
    for engine in engines().await {
        let made = engine
            .ok(
                "flow_create",
                json!({ "name": "One", "trigger": webhook(), "actions": [mapping("x", "1")] }),
            )
            .await;
        let flow = made["flow"]["id"].clone();
        engine.ok("flow_publish", json!({ "flow_id": flow })).await;
        let run = engine.ok("flow_trigger", json!({ "flow_id": flow })).await["runId"].clone();
        let connection = engine
            .ok("flow_connection_create", json!({ "name": "CRM", "piece_name": "@activepieces/piece-http", "value": { "secret_text": "hunter22-hunter22" } }))
            .await["id"]
            .clone();
        let version =
            engine.ok("flow_get", json!({ "flow_id": flow })).await["version"]["id"].clone();
        let calls = naming(&[&flow, &version, &run, &connection]);
        for (tool, args) in calls {
            let refused = engine.world.call_as("otto", tool, args).await.unwrap_err();
            assert_eq!(refused.code(), "RESOURCE_NOT_FOUND", "{} {tool}: {refused}", engine.name);
        }
        for (tool, rows) in [
            ("flow_list", "data"),
            ("flow_flow_runs_list", "data"),
            ("flow_connections_list", "data"),
        ] {
            assert_eq!(
                engine.world.call_as("otto", tool, json!({})).await.unwrap()[rows],
                json!([])
            );
        }
        assert_eq!(
            engine.code("flow_run_get", json!({ "run_id": NOBODYS })).await,
            "RESOURCE_NOT_FOUND"
        );
    }
}

/// A call of every tool that names something of theirs.
fn naming([flow, version, run, connection]: &[&Value; 4]) -> Vec<(&'static str, Value)> {
    let with = |more: Value, id: &str, value: &Value| {
        let mut args = more;
        args[id] = value.clone();
        args
    };
    let mut calls = vec![
        ("flow_update", with(json!({ "name": "Mine" }), "flow_id", flow)),
        ("flow_step_add", with(json!({ "step": mapping("step_2", "x") }), "flow_id", flow)),
        (
            "flow_step_update",
            with(json!({ "step_name": "step_1", "changes": {} }), "flow_id", flow),
        ),
        ("flow_step_delete", with(json!({ "step_name": "step_1" }), "flow_id", flow)),
        ("flow_step_move", with(json!({ "step_name": "step_1" }), "flow_id", flow)),
        ("flow_step_duplicate", with(json!({ "step_name": "step_1" }), "flow_id", flow)),
        ("flow_trigger_set", with(json!({ "trigger": webhook() }), "flow_id", flow)),
        (
            "flow_apply",
            with(
                json!({ "operations": [{ "type": "CHANGE_NAME", "request": { "displayName": "Mine" } }] }),
                "flow_id",
                flow,
            ),
        ),
        ("flow_rollback", with(json!({ "flow_id": flow }), "version_id", version)),
        ("flow_version_get", with(json!({ "flow_id": flow }), "version_id", version)),
        ("flow_connection_update", with(json!({ "name": "Mine" }), "connection_id", connection)),
        ("flow_connection_delete", with(json!({ "force": true }), "connection_id", connection)),
    ];
    for tool in [
        "flow_get",
        "flow_delete",
        "flow_trigger",
        "flow_runs_list",
        "flow_publish",
        "flow_enable",
        "flow_disable",
        "flow_versions_list",
        "flow_validate",
        "flow_copy",
    ] {
        calls.push((tool, json!({ "flow_id": flow })));
    }
    for tool in ["flow_run_get", "flow_run_retry", "flow_run_cancel", "flow_run_logs"] {
        calls.push((tool, json!({ "run_id": run })));
    }
    calls.push(("flow_connection_test", json!({ "connection_id": connection })));
    calls
}
