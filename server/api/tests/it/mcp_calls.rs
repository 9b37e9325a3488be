//! Acceptance: tools over `/mcp` and the doors beside it: what is listed, who may call, what waits for a person.

use crate::caller::{Caller, Server};
use crate::mcp::{HERE, Reply, rpc, rpc_at};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn call(caller: &Caller<'_>, name: &str, args: Value) -> Reply {
    rpc(caller, "tools/call", json!({"name": name, "arguments": args})).await
}

async fn listed(caller: &Caller<'_>, path: &str) -> Vec<Value> {
    let answer = rpc_at(caller, path, "tools/list", json!({})).await;
    assert_eq!(answer.result()["nextCursor"], Value::Null);
    answer.result()["tools"].as_array().unwrap().clone()
}

fn names(tools: &[Value]) -> BTreeSet<String> {
    tools.iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_tool_is_described_in_full_and_listed_once() {
    let servers = Server::all_with(HERE).await;
    let visitor = servers[0].visitor();
    let focused = listed(&visitor, "/mcp").await;
    let full = listed(&visitor, "/mcp?profile=full").await;
    assert_eq!((names(&focused).len(), names(&full).len()), (focused.len(), full.len()));
    assert!(names(&full).is_superset(&names(&focused)) && full.len() > focused.len());
    for tool in &full {
        let name = &tool["name"];
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(tool["annotations"][hint].is_boolean(), "{name} {hint}");
        }
        assert_eq!(tool["inputSchema"]["type"], "object", "{name}");
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{name}");
        assert_eq!(tool["outputSchema"]["type"], "object", "{name}");
        assert!(tool["title"].is_string() && tool["description"].is_string(), "{name}");
    }
    assert!(focused.iter().map(|it| it["name"].to_string()).eq(
        listed(&visitor, "/mcp?profile=focused").await.iter().map(|it| it["name"].to_string())
    ));
    for tool in listed(&visitor, "/mcp?toolsets=flow").await {
        let name = tool["name"].as_str().unwrap();
        assert!(name.starts_with("flow_") || name.starts_with("tools_"), "{name}");
    }
    for wrong in ["/mcp?profile=all", "/mcp?toolsets=nothing"] {
        let answer = rpc_at(&visitor, wrong, "tools/list", json!({})).await;
        assert_eq!(answer.error(), (&json!(-32602), &json!("BAD_REQUEST")), "{wrong}");
    }
}

#[tokio::test]
async fn the_list_follows_the_key_and_the_address_wins() {
    let servers = Server::all_with(HERE).await;
    let owner = servers[0].signs_up("Owner").await;
    let full = owner.script(json!({"profile": "full"})).await;
    let visitor = servers[0].visitor();
    assert_eq!(listed(&full, "/mcp").await, listed(&visitor, "/mcp?profile=full").await);
    assert_eq!(listed(&full, "/mcp?profile=focused").await, listed(&visitor, "/mcp").await);
    let viewer = owner.script(json!({"role": "viewer"})).await;
    for tool in listed(&viewer, "/mcp?profile=full").await {
        let is_read = tool["annotations"]["readOnlyHint"] == true;
        assert!(is_read || tool["name"] == "mcp_call", "{}", tool["name"]);
    }
    let limited = owner.script(json!({"tools": ["list_projects"]})).await;
    assert!(names(&listed(&limited, "/mcp").await).contains("list_projects"));
    assert!(!names(&listed(&limited, "/mcp").await).contains("flow_list"));
}

#[tokio::test]
async fn without_a_key_only_the_catalogue_can_be_called() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let visitor = server.visitor();
        for caller in [&visitor, &visitor.showing("wrong"), &owner.showing("wrong")] {
            for name in ["list_projects", "flow_list", "pmos_status", "create_todo", "flow_create"]
            {
                for (name, args) in [(name, json!({})), ("mcp_call", json!({"tool": name}))] {
                    let answer = call(caller, name, args).await;
                    let content = &answer.result()["structuredContent"];
                    assert_eq!((answer.status, &answer.result()["isError"]), (200, &json!(true)));
                    assert_eq!(content["code"], "NOT_AUTHENTICATED", "{name}");
                    assert_eq!(content["connect_url"], "http://pmos.test/connect");
                }
            }
            let found = call(caller, "tools_search", json!({"query": "projects"})).await;
            assert_eq!(found.result()["isError"], false, "{}", found.last());
        }
        assert_eq!(owner.get("/api/operations").await["count"], 0);
    }
}

#[tokio::test]
async fn a_tool_runs_another_by_its_name() {
    for server in Server::all_with(HERE).await {
        let script = server.signs_up("Owner").await.script(json!({})).await;
        for tool in ["pmos_status", "flow_list"] {
            let nested = call(&script, "mcp_call", json!({"tool": tool, "args": {}})).await;
            assert_eq!(nested.result()["isError"], false, "{tool}: {}", nested.last());
        }
        let nested = call(&script, "mcp_call", json!({"tool": "mcp_call", "args": {}})).await;
        assert_eq!(nested.result()["structuredContent"]["code"], "INVALID_TOOL");
        let nameless = call(&script, "mcp_call", json!({})).await;
        assert_eq!(nameless.result()["structuredContent"]["code"], "MISSING_PARAM");
        let wrong = call(&script, "flow_get", json!({"flow": 7})).await;
        let content = &wrong.result()["structuredContent"];
        assert_eq!(
            (&content["code"], &wrong.result()["isError"]),
            (&json!("INVALID_INPUT"), &json!(true))
        );
        let text = wrong.result()["content"][0]["text"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), *content);
    }
}

#[tokio::test]
async fn a_write_over_mcp_is_an_operation_of_that_door_and_happens_once_for_a_key() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({})).await;
        let new = json!({"name": "Greet", "idempotency_key": "k1"});
        let (one, two) = tokio::join!(
            call(&script, "flow_create", new.clone()),
            call(&script, "flow_create", new.clone())
        );
        assert_eq!(one.result()["structuredContent"], two.result()["structuredContent"]);
        assert_eq!(one.result()["isError"], false, "{}", one.last());
        let operations = owner.get("/api/operations").await;
        assert_eq!(
            (&operations["count"], &operations["operations"][0]["source"]),
            (&json!(1), &json!("mcp"))
        );
        let viewer = owner.script(json!({"role": "viewer"})).await;
        let refused = call(&viewer, "flow_create", json!({"name": "No"})).await;
        assert_eq!(refused.result()["structuredContent"]["code"], "FORBIDDEN");
    }
}

#[tokio::test]
async fn what_a_policy_asks_about_waits_for_every_key() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({})).await;
        let rule = json!({"name": "Slowly", "rule": "ask before flow_create"});
        call(&script, "create_policy", rule).await;
        let asked = call(&script, "flow_create", json!({"name": "Greet"})).await;
        let content = asked.result()["structuredContent"].clone();
        assert_eq!(content["code"], "CONFIRM_REQUIRED", "{}", asked.last());
        let id = content["approval_id"].as_str().unwrap();
        let approved = owner.post(&format!("/api/approvals/{id}/approve"), json!({})).await;
        assert_eq!(approved.status, 200, "{}", approved.body);
        let named = json!({"name": "Greet", "approval_id": id});
        let done = call(&script, "flow_create", named).await;
        assert_eq!(done.result()["isError"], false, "{}", done.last());
    }
}

#[tokio::test]
async fn a_key_that_asks_first_waits_for_a_person_and_then_does_it_once() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({"askFirst": true, "canApprove": true})).await;
        let made = call(&script, "flow_create", json!({"name": "Greet"})).await;
        let flow = made.result()["structuredContent"]["flow"]["id"].clone();
        assert!(flow.is_string(), "{}", made.last());
        let asked = call(&script, "flow_delete", json!({"flow_id": flow})).await;
        let content = asked.result()["structuredContent"].clone();
        assert_eq!(content["code"], "CONFIRM_REQUIRED", "{}", asked.last());
        let id = content["approval_id"].as_str().unwrap();
        assert_eq!(content["approve_url"], format!("http://pmos.test/approvals/{id}"));
        assert!(content["expires_at"].is_string());
        let again = call(&script, "flow_delete", json!({"flow_id": flow})).await;
        assert_eq!(again.result()["structuredContent"]["approval_id"], id);
        let named = json!({"flow_id": flow, "approval_id": id});
        let early = call(&script, "flow_delete", named.clone()).await;
        assert_eq!(early.result()["structuredContent"]["code"], "CONFIRM_REQUIRED");
        assert_eq!(
            call(&script, "flow_get", json!({"flow_id": flow})).await.result()["isError"],
            false
        );
        let itself = script.post(&format!("/api/approvals/{id}/approve"), json!({})).await;
        assert_eq!((itself.status, &itself["code"]), (403, &json!("FORBIDDEN")));
        let approved = owner.post(&format!("/api/approvals/{id}/approve"), json!({})).await;
        assert_eq!(approved.status, 200, "{}", approved.body);
        let other = json!({"flow_id": "another", "approval_id": id});
        let refused = call(&script, "flow_delete", other).await;
        assert_eq!(refused.result()["structuredContent"]["code"], "CONFLICT");
        let done = call(&script, "flow_delete", named.clone()).await;
        assert_eq!(done.result()["isError"], false, "{}", done.last());
        let repeated = call(&script, "flow_delete", named).await;
        assert_eq!(repeated.result()["structuredContent"], done.result()["structuredContent"]);
        let gone = call(&script, "flow_get", json!({"flow_id": flow})).await;
        assert_eq!(gone.result()["structuredContent"]["code"], "RESOURCE_NOT_FOUND");
    }
}

/// Acceptance: the catalogue is walked, so a new tool is covered without a case.
#[tokio::test]
async fn no_tool_works_without_a_key_and_no_write_for_a_viewer() {
    for server in Server::all_with(HERE).await {
        server.backend.auth.clock().stop();
        let owner = server.signs_up("Owner").await;
        let viewer = owner.script(json!({"role": "viewer"})).await;
        let visitor = server.visitor();
        let open = ["startbcgpt", "tools_search", "tools_describe", "mcp_call"];
        for tool in server.backend.tools.list().filter(|it| !open.contains(&it.name)) {
            server.backend.auth.clock().advance(std::time::Duration::from_secs(1));
            let refused = call(&visitor, tool.name, json!({})).await;
            let content = &refused.result()["structuredContent"];
            assert_eq!(content["code"], "NOT_AUTHENTICATED", "{}", tool.name);
            if tool.risk == domain::approval::Risk::Read {
                continue;
            }
            let refused = call(&viewer, tool.name, json!({})).await;
            let content = &refused.result()["structuredContent"];
            assert_eq!(content["code"], "FORBIDDEN", "{}", tool.name);
        }
        assert_eq!(owner.get("/api/operations").await["count"], 0);
    }
}
