//! Acceptance: what is wrong with a call of `/mcp` is said, nothing is done, and nobody learns of anybody else.

use crate::caller::{Caller, Server};
use crate::mcp::{HERE, Reply, send};
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

const STATELESS: &str = "2026-07-28";
const VERSION: (&str, &str) = ("mcp-protocol-version", STATELESS);
const METHOD: (&str, &str) = ("mcp-method", "tools/call");
const NAME: (&str, &str) = ("mcp-name", "flow_create");

/// A call that makes a flow, of either era.
fn making(version: Option<&str>, args: &Value) -> Value {
    let mut params = json!({"name": "flow_create", "arguments": args});
    if let Some(version) = version {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": version,
            "io.modelcontextprotocol/clientCapabilities": {},
        });
    }
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
}

fn greet() -> Value {
    json!({"name": "Greet"})
}

/// Names and values.
type Headers<'a> = &'a [(&'a str, &'a str)];

async fn sent(caller: &Caller<'_>, headers: Headers<'_>, message: &Value) -> Reply {
    let both = [("accept", "application/json, text/event-stream")];
    let all: Vec<_> = both.iter().chain(headers).copied().collect();
    send(caller, ("POST", "/mcp"), &all, message.to_string()).await
}

/// What calls of tools leave: flows, and what was done or waits.
async fn left(server: &Server) -> Vec<String> {
    let tables = ["flows:", "flow_versions:", "operations:", "approvals:"];
    let mut rows = server.db.rows(None).await;
    rows.retain(|row| tables.iter().any(|it| row.starts_with(it)));
    rows
}

/// The code of a tool that failed.
fn failure(answer: &Reply) -> &Value {
    &answer.result()["structuredContent"]["code"]
}

#[tokio::test]
async fn headers_that_do_not_fit_the_body_make_nothing() {
    for server in Server::all_with(HERE).await {
        let script = server.signs_up("Owner").await.script(json!({})).await;
        let before = left(&server).await;
        let right = making(Some(STATELESS), &greet());
        let wrong: [(Headers<'_>, &Value, i64); 7] = [
            (&[VERSION, METHOD, ("mcp-name", "flow_list")], &right, -32020),
            (&[VERSION, METHOD, ("mcp-name", "FLOW_CREATE")], &right, -32020),
            (&[VERSION, METHOD], &right, -32020),
            (&[VERSION, NAME], &right, -32020),
            (&[VERSION, ("mcp-method", "tools/list"), NAME], &right, -32020),
            (&[("mcp-protocol-version", "2025-11-25"), METHOD, NAME], &right, -32020),
            (
                &[("mcp-protocol-version", "2031-01-01"), METHOD, NAME],
                &making(Some("2031-01-01"), &greet()),
                -32022,
            ),
        ];
        for (headers, message, code) in wrong {
            let answer = sent(&script, headers, message).await;
            assert_eq!((answer.status, answer.error().0), (400, &json!(code)), "{headers:?}");
        }
        assert_eq!(left(&server).await, before);
        let made = sent(&script, &[VERSION, METHOD, NAME], &right).await;
        assert_eq!(made.result()["isError"], false, "{}", made.last());
    }
}

#[tokio::test]
async fn batches_wrong_types_and_other_sites_make_nothing() {
    for server in Server::all_with(HERE).await {
        let script = server.signs_up("Owner").await.script(json!({})).await;
        let before = left(&server).await;
        let right = making(None, &greet());
        for batch in [json!([right]), json!([right, right]), json!([])] {
            let answer = sent(&script, &[], &batch).await;
            assert_eq!((answer.status, answer.error().0), (400, &json!(-32600)), "{batch}");
        }
        for args in [json!({"name": 7}), json!({"name": ["Greet"]}), json!({}), json!({"nam": "x"})]
        {
            let answer = sent(&script, &[], &making(None, &args)).await;
            assert_eq!(answer.result()["isError"], true, "{args}");
            let code = failure(&answer).as_str().unwrap_or_default();
            assert!(["INVALID_INPUT", "MISSING_FIELDS"].contains(&code), "{args}: {code}");
        }
        for args in [json!("Greet"), json!([1]), json!(7)] {
            let answer = sent(&script, &[], &making(None, &args)).await;
            assert_eq!(answer.error().0, &json!(-32602), "{args}");
        }
        for origin in ["https://evil.example", "null", "http://pmos.test.evil.example"] {
            let answer = sent(&script, &[("origin", origin)], &right).await;
            assert_eq!(answer.status, 403, "{origin}");
        }
        assert_eq!(left(&server).await, before);
    }
}

#[tokio::test]
async fn keys_that_ended_or_may_not_make_nothing_and_learn_nothing() {
    for server in Server::all_with(HERE).await {
        let clock = server.backend.auth.clock();
        clock.stop();
        let owner = server.signs_up("Owner").await;
        let stranger = server.signs_up("Team").await.script(json!({})).await;
        let expired = owner.script(json!({"expiresInDays": 1})).await;
        clock.advance(Duration::from_secs(24 * 60 * 60));
        let revoked = owner.script(json!({})).await;
        let keys = owner.get("/api/pmos/keys").await;
        let id = keys["keys"][0]["id"].as_str().unwrap();
        assert_eq!(owner.delete(&format!("/api/pmos/keys/{id}")).await.status, 204);
        let viewer = owner.script(json!({"role": "viewer"})).await;
        let narrow = owner.script(json!({"tools": ["list_projects"]})).await;
        let script = owner.script(json!({})).await;
        let made = sent(&script, &[], &making(None, &greet())).await;
        let flow = made.result()["structuredContent"]["flow"]["id"].as_str().unwrap().to_owned();
        let delete = json!({
            "jsonrpc": "2.0", "id": 2, "method": "tools/call",
            "params": {"name": "flow_delete", "arguments": {"flow_id": flow}},
        });
        let hidden = json!({
            "jsonrpc": "2.0", "id": 2, "method": "tools/call",
            "params": {"name": "mcp_call", "arguments": {"tool": "flow_delete", "args": {"flow_id": flow}}},
        });
        let before = left(&server).await;
        for (who, code) in [
            (&expired, "NOT_AUTHENTICATED"),
            (&revoked, "NOT_AUTHENTICATED"),
            (&server.visitor().showing("pmos_nothing"), "NOT_AUTHENTICATED"),
            (&viewer, "FORBIDDEN"),
            (&narrow, "FORBIDDEN"),
        ] {
            for message in [&delete, &hidden, &making(None, &greet())] {
                let answer = sent(who, &[], message).await;
                assert_eq!(failure(&answer), code, "{}", answer.last());
                assert!(!answer.last().to_string().contains("Greet"), "{}", answer.last());
            }
        }
        for message in [&delete, &hidden] {
            let answer = sent(&stranger, &[], message).await;
            assert_eq!(failure(&answer), "RESOURCE_NOT_FOUND", "{}", answer.last());
            assert!(!answer.last().to_string().contains("Greet"), "{}", answer.last());
        }
        let after = left(&server).await;
        let new: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
        // What was tried is written down with who tried; no flow came or went.
        assert!(new.iter().all(|row| row.starts_with("operations:")), "{new:?}");
        assert!(before.iter().all(|row| after.contains(row)));
    }
}

#[tokio::test]
async fn of_a_thousand_calls_at_once_those_within_the_limits_happen() {
    const CALLS: usize = 1_000;
    for server in Server::all_with(HERE).await {
        server.backend.auth.clock().stop();
        let owner = server.signs_up("Owner").await;
        let (script, other) = (owner.script(json!({})).await, server.signs_up("Team").await);
        let other = other.script(json!({})).await;
        let message = making(None, &greet());
        let all = join_all((0..CALLS).map(|_| sent(&script, &[], &message)));
        let theirs = sent(&other, &[], &message);
        let (all, theirs) = tokio::join!(all, theirs);
        assert_eq!(theirs.result()["isError"], false, "{}", theirs.last());
        let refused = all.iter().filter(|it| it.status == 429).count();
        assert_eq!(refused, 400, "beyond the calls of a minute");
        assert!(all.iter().all(|it| it.status != 429 || it.headers.contains_key("retry-after")));
        let answered: Vec<_> = all.iter().filter(|it| it.status == 200).collect();
        assert_eq!(answered.len(), 600);
        let made = answered.iter().filter(|it| it.result()["isError"] == false).count();
        assert_eq!(made, 20, "the flows of a minute");
        let limited = answered.iter().filter(|it| failure(it) == "RATE_LIMITED").count();
        assert_eq!(made + limited, answered.len());
        let flows = server.db.rows(None).await;
        assert_eq!(flows.iter().filter(|row| row.starts_with("flows:")).count(), 21);
    }
}
