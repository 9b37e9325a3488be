//! Acceptance: no tool reaches a record of another workspace. The catalogue is walked, so a new tool with an id that is
//! known here is covered without a case.

use crate::caller::{Caller, Server};
use crate::mcp::{HERE, Reply, rpc};
use crate::walls;
use domain::approval::Risk;
use serde_json::{Map, Value, json};
use std::time::Duration;

async fn call(caller: &Caller<'_>, name: &str, args: Value) -> Reply {
    rpc(caller, "tools/call", json!({"name": name, "arguments": args})).await
}

/// The fields of tools that hold ids, and what the other workspace has under each.
async fn records(there: &Caller<'_>) -> Vec<(&'static str, Value)> {
    let sample = there.post("/api/pmos/setup/sample", json!({})).await;
    let script = there.script(json!({"askFirst": true})).await;
    let made = call(&script, "flow_create", json!({"name": "Theirs"})).await;
    let flow = made.result()["structuredContent"]["flow"]["id"].clone();
    let asked = call(&script, "flow_delete", json!({"flow_id": flow})).await;
    let found = call(&script, "pmos_insights_list", json!({})).await;
    let recipe = json!({"name": "Theirs", "operation_count": 1});
    let recipe = call(&script, "save_recipe", recipe).await;
    let policy = json!({"name": "Theirs", "rule": "no due date in the past"});
    let policy = call(&script, "create_policy", policy).await;
    let agent = json!({"name": "Theirs", "goal": "Look at what is late"});
    let agent = call(&script, "create_agent", agent).await;
    let kept = &policy.result()["structuredContent"]["policy"]["id"];
    let template = json!({"name": "Theirs", "source_type": "policy", "source_id": kept});
    let template = call(&script, "pmos_template_create", template).await;
    let operations = there.get("/api/operations").await;
    vec![
        ("flow_id", flow),
        ("approval_id", asked.result()["structuredContent"]["approval_id"].clone()),
        ("operation_id", operations["operations"][0]["id"].clone()),
        ("insight_id", found.result()["structuredContent"]["insights"][0]["id"].clone()),
        ("recipe_id", recipe.result()["structuredContent"]["recipe"]["id"].clone()),
        ("template_id", template.result()["structuredContent"]["template"]["id"].clone()),
        ("agent_id", agent.result()["structuredContent"]["agent"]["id"].clone()),
        ("policy_id", policy.result()["structuredContent"]["policy"]["id"].clone()),
        ("project_id", sample["projects"][0]["id"].clone()),
    ]
}

/// What fits a field that is needed and holds no id.
fn filler(schema: &Value) -> Value {
    if let Some(first) = schema["enum"].as_array().and_then(|it| it.first()) {
        return first.clone();
    }
    match schema["type"].as_str() {
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        Some("object") => json!({}),
        Some("array") => json!([]),
        _ => json!("1"),
    }
}

/// Arguments that name every record they can; none when the tool takes no such id.
fn arguments(schema: &Value, records: &[(&str, Value)]) -> Option<Value> {
    let fields = schema["properties"].as_object()?;
    let needed = schema["required"].as_array().cloned().unwrap_or_default();
    let id_of = |name: &str| records.iter().find(|it| it.0 == name).map(|it| it.1.clone());
    let has_id = fields.keys().any(|it| id_of(it).is_some());
    let given = fields.iter().filter_map(|(name, schema)| {
        let is_needed = needed.iter().any(|it| it == name);
        let value = id_of(name).or_else(|| is_needed.then(|| filler(schema)))?;
        Some((name.clone(), value))
    });
    has_id.then(|| Value::Object(given.collect::<Map<_, _>>()))
}

#[tokio::test]
async fn a_tool_finds_nothing_of_another_workspace() {
    for server in Server::all_with(HERE).await {
        let clock = server.backend.auth.clock();
        clock.stop();
        server.signs_up("Owner").await;
        let here = server.signs_up("Team").await.script(json!({"canApprove": true})).await;
        let there = server.signs_up("Third").await;
        let mut records = records(&there).await;
        records.push(("plugin_id", walls::tool_server(&server, &there.me().await).await.into()));
        assert!(records.iter().all(|it| !it.1.is_null()), "{records:?}");
        let state = async || {
            let mut all = Vec::new();
            for path in ["/api/operations", "/api/approvals", "/api/pmos/members"] {
                let mut body = there.get(path).await.body;
                // That they look is noted with them.
                for member in body["members"].as_array_mut().into_iter().flatten() {
                    member["lastSeenAtMs"] = Value::Null;
                }
                all.push(body);
            }
            let flows = call(&there, "flow_list", json!({})).await;
            (all, flows.result()["structuredContent"].clone())
        };
        let before = state().await;
        let mut walked = 0;
        for tool in server.backend.tools.list() {
            let Some(args) = arguments(&tool.input_schema(), &records) else { continue };
            clock.advance(Duration::from_secs(4));
            let answer = call(&here, tool.name, args).await;
            let content = &answer.result()["structuredContent"];
            let code = content["code"].as_str().unwrap_or_default();
            // A list that is asked for what is not theirs is empty.
            let is_told = match answer.result()["isError"] == false {
                true => tool.risk == Risk::Read,
                false => matches!(code, "RESOURCE_NOT_FOUND" | "NOT_READY" | "INVALID_INPUT"),
            };
            assert!(is_told, "{}: {}", tool.name, answer.last());
            let text = content.to_string();
            assert!(!text.contains("Theirs"), "{}: {text}", tool.name);
            walked += 1;
        }
        assert!(walked > 20, "{walked}");
        assert_eq!(state().await, before, "{}", server.name);
    }
}
