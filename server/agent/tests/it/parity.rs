//! The two runtimes do the same work (contract.md 3.6), and two nodes never work on one run.

use crate::world::{World, amara};
use agent::config::Config;
use agent::llm::Wanted;
use agent::llm::failure::{ErrorClass, LlmError};
use agent::llm::scripted::{Scripted, Step};
use agent::runtime::{Runtime, SETTING};
use agent::sending::NewTurn;
use domain::chat::ChatRunStatus;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use store::chat::leases;
use store::settings::{self, INSTALLATION};
use store::testing::TestDb;

/// One scripted conversation each: what the model does, turn by turn.
fn conversations() -> Vec<(&'static str, Vec<Step>)> {
    let call = Wanted::new;
    let todo = json!({"project": "Website relaunch", "todolist": "Build", "task": "Same"});
    vec![
        ("text", vec![Step::Say("Hello".into())]),
        (
            "reads side by side, one twice, one that fails",
            vec![
                Step::Call(vec![
                    call("list_projects", json!({})),
                    call("search_todos", json!({"query": "menu"})),
                    call("search_todos", json!({"query": "menu"})),
                    call("get_project", json!({"project_id": 1})),
                    call("no_such_tool", json!({})),
                ]),
                Step::Say("Done".into()),
            ],
        ),
        (
            "a write that waits after a read",
            vec![
                Step::Call(vec![call("list_projects", json!({})), call("create_todo", todo)]),
                Step::Say("Added".into()),
            ],
        ),
        ("a failure", vec![Step::Fail(LlmError::new(ErrorClass::BadRequest, "No"))]),
        ("the same again and again", vec![Step::call("search_todos", json!({"query": "x"}))]),
    ]
}

/// Everything a conversation leaves that both runtimes must agree on.
async fn left_by(runtime: Runtime, steps: Vec<Step>) -> Value {
    let config = Config { runtime, ..Config::default() };
    let world = World::with(Arc::new(Scripted::new(steps)), config).await;
    let answered = world.say(None, "do it").await;
    assert_eq!(answered.run.runtime, runtime.as_str());
    let mut runs = vec![answered.run.clone()];
    for approval in world.pending().await {
        let decided = world.agent.approve(&amara(), &approval.id, None, None).await.unwrap();
        let next = decided.run.unwrap();
        runs.push(world.agent.answer_of(&amara(), &next).await.unwrap().run);
    }
    let mut told = Vec::new();
    for run in &runs {
        let mut lines: Vec<Value> = world
            .events(&run.id)
            .await
            .into_iter()
            .filter(|it| it.event != "delta" && it.event != "usage")
            .map(|it| {
                let data = |name: &str| it.data.get(name).cloned().unwrap_or_default();
                json!([
                    it.event,
                    data("kind"),
                    data("title"),
                    data("status"),
                    data("name"),
                    data("success"),
                    data("content")
                ])
            })
            .collect();
        // Reads that run side by side may end in any order.
        lines.sort_by_key(Value::to_string);
        told.push(json!({"status": run.status, "tools": sorted(&run.tools_used), "error": run.error, "lines": lines}));
    }
    let session = &answered.run.session_id;
    let (_, messages) = world.agent.session(&amara(), session, None).await.unwrap();
    let turns: Vec<Value> = messages
        .into_iter()
        .map(|it| {
            let names = |calls: Option<Value>| -> Vec<Value> {
                let calls = calls.and_then(|it| it.as_array().cloned()).unwrap_or_default();
                calls.iter().map(|it| json!([it["name"], it["arguments"], it["success"]])).collect()
            };
            json!([it.role, it.content, names(it.tool_calls), names(it.tool_results)])
        })
        .collect();
    json!({"runs": told, "turns": turns, "added": world.has_open("Same").await})
}

fn sorted(names: &[String]) -> Vec<String> {
    let mut names = names.to_vec();
    names.sort();
    names
}

#[tokio::test]
async fn both_runtimes_leave_the_same() {
    for (name, steps) in conversations() {
        let one = Box::pin(left_by(Runtime::V1, steps.clone())).await;
        let two = Box::pin(left_by(Runtime::V2, steps)).await;
        assert_eq!(one, two, "{name}");
    }
}

/// Waits for a condition, at most half a minute.
async fn until(is_met: impl Fn() -> bool) {
    for _ in 0..3_000 {
        if is_met() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to that");
}

#[tokio::test]
async fn a_switch_counts_for_the_next_run() {
    for test in TestDb::both().await {
        let model = Arc::new(Scripted::new([Step::Hang, Step::Say("Later".into())]));
        let world = World::with_on(test, model.clone(), Config::default()).await;
        let turn = NewTurn { text: "go".into(), ..NewTurn::default() };
        let sent = world.agent.send(&amara(), turn).await.unwrap();
        assert_eq!(sent.run.runtime, "v2");
        until(|| !model.seen().is_empty()).await;
        let write = world.db.write(|tx| {
            Box::pin(async move { settings::set(tx, INSTALLATION, SETTING, &json!("v1")).await })
        });
        write.await.unwrap();
        assert_eq!(world.agent.runtime().await.unwrap(), (Runtime::V1, true));
        assert_eq!(world.agent.run(&amara(), &sent.run.id).await.unwrap().runtime, "v2");
        world.agent.cancel(&amara(), &sent.run.id).await.unwrap();
        assert_eq!(world.say(None, "and now?").await.run.runtime, "v1");
    }
}

#[tokio::test]
async fn a_run_under_way_on_one_node_is_left_alone_by_another() {
    let Some(test) = TestDb::postgres().await else { return };
    let hanging = Arc::new(Scripted::new([Step::Hang]));
    let world = World::with_on(test, hanging.clone(), Config::default()).await;
    let turn = NewTurn { text: "go".into(), ..NewTurn::default() };
    let sent = world.agent.send(&amara(), turn).await.unwrap();
    until(|| !hanging.seen().is_empty()).await;
    let model = Arc::new(Scripted::new([Step::Say("Taken over".into())]));
    let config = Config { expiry_check: Duration::from_millis(50), ..Config::default() };
    let second = world.second_node(model.clone(), config).await;
    second.start().await.unwrap();
    assert_eq!(model.seen().len(), 0, "the lease of the first node holds");
    // The first node is gone: its lease is given back, and it may not write for the run any more.
    let id = sent.run.id.clone();
    let write = world.db.write(move |tx| {
        Box::pin(async move { leases::take(tx, &id, "a node that died", true).await })
    });
    assert!(write.await.unwrap());
    let id = sent.run.id.clone();
    let write = world.db.write(move |tx| {
        Box::pin(async move { leases::release(tx, &id, "a node that died").await })
    });
    write.await.unwrap();
    let answered = second.answer_of(&amara(), &sent.run.id).await.unwrap();
    assert_eq!(
        (answered.run.status, answered.response.as_str()),
        (ChatRunStatus::Succeeded, "Taken over")
    );
}
