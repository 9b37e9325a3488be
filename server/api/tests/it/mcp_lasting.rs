//! Acceptance: what `/mcp` keeps: answers that follow every change at once, subscriptions and tasks that survive a
//! restart.

use crate::caller::{Caller, Server};
use crate::mcp::{HERE, Reply, rpc, send};
use crate::mcp_watching::{BOTH, Stream, message, session};
use axum::body::Body;
use domain::ids::{UserId, WorkspaceId};
use mcp::tasks::{Owner, Tasks};
use rmcp::model::{CallToolResponse, CallToolResult, TaskStatus};
use rmcp::task_manager::TaskExit;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use store::testing::TestDb;
use store::{ids, mcp_tasks};

const STATELESS: &str = "2026-07-28";

fn kind(reply: &Reply) -> String {
    reply.headers["content-type"].to_str().unwrap().to_owned()
}

async fn in_session(script: &Caller<'_>, session: &str, params: &Value) -> Reply {
    let headers = [BOTH, ("mcp-session-id", session)];
    send(script, ("POST", "/mcp"), &headers, message(7, "tools/call", params)).await
}

async fn stateless(script: &Caller<'_>, mut params: Value, meta: Value) -> Reply {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": STATELESS,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
    });
    params["_meta"].as_object_mut().unwrap().extend(meta.as_object().unwrap().clone());
    let name = params["name"].as_str().unwrap().to_owned();
    let headers = [
        BOTH,
        ("mcp-protocol-version", STATELESS),
        ("mcp-method", "tools/call"),
        ("mcp-name", name.as_str()),
    ];
    send(script, ("POST", "/mcp"), &headers, message(7, "tools/call", &params)).await
}

#[tokio::test]
async fn a_quick_answer_says_what_the_long_way_says() {
    for server in Server::all_with(HERE).await {
        let script = server.signs_up("Owner").await.script(json!({})).await;
        let session = session(&script).await;
        for (name, args) in [
            ("tools_describe", json!({"names": ["list_projects", "nothing"]})),
            ("flow_get", json!({"flow": 7})),
            ("list_projects", json!({})),
        ] {
            let plain = json!({"name": name, "arguments": args});
            // Progress is told on the way that everything but a plain call takes.
            let token = json!({"progressToken": "t1"});
            let mut slow = plain.clone();
            slow["_meta"] = token.clone();
            let quick = in_session(&script, &session, &plain).await;
            let long = in_session(&script, &session, &slow).await;
            assert_eq!(kind(&quick), "application/json", "{name}");
            assert_eq!(kind(&long), "text/event-stream", "{name}");
            assert_eq!((quick.status, quick.last()), (200, long.last()), "{name}");
            let quick = stateless(&script, plain.clone(), json!({})).await;
            let long = stateless(&script, plain, token).await;
            assert_eq!(quick.result()["resultType"], "complete", "{}", quick.last());
            assert_eq!((quick.status, quick.last()), (200, long.last()), "{name}");
        }
    }
}

#[tokio::test]
async fn a_change_counts_for_the_next_call() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({})).await;
        let key = owner.get("/api/pmos/keys").await["keys"][0]["id"].clone();
        let session = session(&script).await;
        let params = json!({"name": "flow_list", "arguments": {}});
        let ask = async || {
            let answer = in_session(&script, &session, &params).await;
            (answer.status, answer.result()["structuredContent"]["code"].clone())
        };
        assert_eq!((ask().await, ask().await), ((200, Value::Null), (200, Value::Null)));
        let rule = json!({"name": "create_policy", "arguments": {
            "name": "None", "rule": "refuse flow_list"
        }});
        let made = rpc(&script, "tools/call", rule).await;
        assert_eq!(made.result()["isError"], false, "{}", made.last());
        assert_eq!(ask().await, (200, json!("POLICY_BLOCKED")), "{}", server.name);
        let path = format!("/api/pmos/keys/{}", key.as_str().unwrap());
        assert_eq!(owner.delete(&path).await.status, 204);
        // The session is its person's; nobody else has one.
        assert_eq!(ask().await.0, 404, "{}", server.name);
        let single = rpc(&script, "tools/call", params.clone()).await;
        let code = &single.result()["structuredContent"]["code"];
        assert_eq!(code, "NOT_AUTHENTICATED", "{}", server.name);
    }
}

#[tokio::test]
async fn a_session_is_told_of_what_it_subscribed_to_after_a_restart() {
    for mut server in Server::all_with(HERE).await {
        let key = server.signs_up("Owner").await.script(json!({})).await.key.unwrap();
        let script = server.visitor().showing(&key);
        let session = session(&script).await;
        let headers = [BOTH, ("mcp-session-id", session.as_str())];
        for (id, method, uri) in [
            (2, "resources/subscribe", "pmos://runs"),
            (3, "resources/subscribe", "pmos://flows"),
            (4, "resources/unsubscribe", "pmos://runs"),
        ] {
            let body = message(id, method, &json!({ "uri": uri }));
            let done = send(&script, ("POST", "/mcp"), &headers, body).await;
            assert_eq!(done.result(), &json!({}), "{}", done.last());
        }
        server.restart();
        let script = server.visitor().showing(&key);
        let get = script.request("GET", "/mcp").header("accept", "text/event-stream");
        let get = get.header("mcp-session-id", &session).body(Body::empty()).unwrap();
        let mut stream = Stream::of(script.open(get).await);
        let new = json!({"name": "flow_create", "arguments": {"name": "Ours"}});
        assert_eq!(rpc(&script, "tools/call", new).await.result()["isError"], false);
        let told = stream.next().await;
        assert_eq!(told["method"], "notifications/resources/updated", "{told}");
        assert_eq!(told["params"]["uri"], "pmos://flows", "{told}");
    }
}

fn owner(user: &str) -> Owner {
    (WorkspaceId::from("w1"), UserId::from(user))
}

fn id_of(begun: CallToolResponse) -> String {
    match begun {
        CallToolResponse::Task(it) => it.task.task_id,
        other => panic!("no task: {other:?}"),
    }
}

async fn settled(tasks: &Tasks, id: &str) -> Value {
    let since = Instant::now();
    loop {
        let task = tasks.get(&owner("amara"), id).await.unwrap();
        if task.status().is_terminal() {
            return serde_json::to_value(task).unwrap();
        }
        assert!(since.elapsed() < Duration::from_secs(30), "the task did not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_task_is_known_on_every_node_and_by_whoever_began_it_only() {
    for test in TestDb::both().await {
        let (here, there) = (Tasks::new(test.db.clone()), Tasks::new(test.db.clone()));
        let amara = owner("amara");
        let begun = here.begin(&amara, |_| {
            Box::pin(async { Ok(CallToolResult::structured(json!({"done": true}))) })
        });
        let id = id_of(begun.await.unwrap());
        for tasks in [&here, &there] {
            let task = settled(tasks, &id).await;
            assert_eq!(task["status"], "completed", "{task}");
            assert_eq!(task["result"]["structuredContent"], json!({"done": true}), "{task}");
            for stranger in [owner("mika"), ("w2".into(), "amara".into()), Owner::default()] {
                let refused = tasks.get(&stranger, &id).await.unwrap_err();
                assert_eq!(refused.data, Some(json!({"code": "RESOURCE_NOT_FOUND"})));
                assert!(tasks.cancel(&stranger, &id).await.is_err());
                assert!(tasks.update(&stranger, &id, Default::default()).await.is_err());
            }
        }
    }
}

#[tokio::test]
async fn a_task_is_stopped_from_every_node() {
    for test in TestDb::both().await {
        let (here, there) = (Tasks::new(test.db.clone()), Tasks::new(test.db.clone()));
        for tasks in [&here, &there] {
            let amara = owner("amara");
            let begun = here.begin(&amara, |context| {
                Box::pin(async move {
                    context.cancelled().await;
                    Err(TaskExit::Cancelled)
                })
            });
            let id = id_of(begun.await.unwrap());
            assert_eq!(
                there.get(&owner("amara"), &id).await.unwrap().status(),
                TaskStatus::Working
            );
            tasks.cancel(&owner("amara"), &id).await.unwrap();
            assert_eq!(settled(&there, &id).await["status"], "cancelled", "{}", test.name);
        }
    }
}

#[tokio::test]
async fn a_task_whose_process_died_is_told_as_failed() {
    for test in TestDb::both().await {
        let long_ago = ids::now_ms() - 120_000;
        let stored = test.db.write(move |tx| {
            Box::pin(async move {
                let (workspace, user) = owner("amara");
                mcp_tasks::insert(tx, "t1", (&workspace, &user), None, (long_ago, 0)).await
            })
        });
        stored.await.unwrap();
        let task = settled(&Tasks::new(test.db.clone()), "t1").await;
        assert_eq!(task["status"], "failed", "{task}");
        assert_eq!(task["error"]["data"]["code"], "INTERRUPTED", "{task}");
    }
}

#[tokio::test]
async fn a_task_that_only_reads_is_begun_again_with_the_rights_of_now() {
    for server in Server::all_with(HERE).await {
        let person = server.signs_up("Owner").await;
        let me = person.get("/api/pmos/auth/me").await["user"].clone();
        let script = person.script(json!({})).await;
        let text = |name: &str| me[name].as_str().unwrap().to_owned();
        let of = (WorkspaceId::from(text("workspaceId")), UserId::from(text("id")));
        let long_ago = ids::now_ms() - 120_000;
        let call = json!({"name": "flow_list", "args": {}}).to_string();
        let stored = server.backend.db.write(move |tx| {
            Box::pin(async move {
                let whose = (&of.0, &of.1);
                mcp_tasks::insert(tx, "t1", whose, Some(&call), (long_ago, 0)).await
            })
        });
        stored.await.unwrap();
        let ask = async |caller: &Caller<'_>| {
            let params = json!({"taskId": "t1", "_meta": {
                "io.modelcontextprotocol/protocolVersion": STATELESS,
                "io.modelcontextprotocol/clientCapabilities":
                    {"extensions": {"io.modelcontextprotocol/tasks": {}}},
            }});
            let headers = [
                BOTH,
                ("mcp-protocol-version", STATELESS),
                ("mcp-method", "tasks/get"),
                ("mcp-name", "t1"),
            ];
            send(caller, ("POST", "/mcp"), &headers, message(9, "tasks/get", &params)).await
        };
        let stranger = server.signs_up("Other").await.script(json!({})).await;
        assert_eq!(ask(&stranger).await.error().1, &json!("RESOURCE_NOT_FOUND"));
        let since = Instant::now();
        let task = loop {
            let told = ask(&script).await.last().clone();
            match told["result"]["status"].as_str() {
                Some("working") => {}
                Some("completed") => break told["result"]["result"].clone(),
                _ => panic!("{}: {told}", server.name),
            }
            assert!(since.elapsed() < Duration::from_secs(30), "the task did not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(task["structuredContent"]["data"], json!([]), "{}: {task}", server.name);
        let again = ask(&script).await;
        assert_eq!(again.result()["status"], "completed", "it ends once");
    }
}
