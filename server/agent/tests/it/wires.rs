//! Models over HTTP: the same work on every wire, and every way they fail.

use crate::provider::{Chunk, FakeProvider, Reply, Wire};
use crate::world::{KEY, World, amara};
use agent::config::Config;
use agent::runtime::Runtime;
use agent::sending::NewTurn;
use domain::chat::{ChatEvent, ChatRunStatus};
use domain::trace::TraceStep;
use sandbox::faults::Fault;
use serde_json::{Value, json};
use std::time::Duration;
use store::settings::{self, INSTALLATION};

fn quick() -> Config {
    Config { retry_base: Duration::from_millis(1), ..Config::default() }
}

async fn world_with(wire: Wire, replies: Vec<Reply>, config: Config) -> (World, FakeProvider) {
    let provider = FakeProvider::start(replies).await;
    let world = World::with_models(config).await;
    world.allow(&[&provider]).await;
    world.put_key(wire, &provider).await;
    (world, provider)
}

fn lines(events: &[ChatEvent]) -> Vec<TraceStep> {
    let trace = events.iter().filter(|it| it.event == "trace");
    trace.map(|it| serde_json::from_value(it.data.clone()).unwrap()).collect()
}

#[tokio::test]
async fn the_same_task_runs_alike_on_every_wire() {
    let mut seen: Vec<Vec<(String, String, String)>> = Vec::new();
    for wire in Wire::ALL {
        let calls =
            [("list_projects", json!({})), ("search_todos", json!({"query": "é \"menu\""}))];
        let replies = vec![wire.calls(&calls), wire.says("There are three.")];
        let (world, provider) = world_with(wire, replies, quick()).await;
        let answered = world.say(None, "which projects are there?").await;
        assert_eq!(answered.response, "There are three.", "{wire:?}");
        assert_eq!(answered.run.status, ChatRunStatus::Succeeded);
        assert_eq!(answered.run.model, format!("{}/small", wire.provider()));
        let mut used = answered.run.tools_used.clone();
        used.sort();
        assert_eq!(used, ["list_projects", "search_todos"], "{wire:?}");
        let asked = provider.asked();
        assert_eq!(asked.len(), 2);
        let header = asked[0].headers[wire.key_header()].to_str().unwrap();
        assert!(header.ends_with(KEY), "{wire:?}");
        let sent = asked[1].body.to_string();
        assert!(sent.contains("Website relaunch"));
        // As they stand in a result, not in the schema of the tool that reads on.
        let (key, cut) = ("payload_key\\\":", "shortened\\\":");
        assert_eq!(sent.contains(key), sent.contains(cut));
        if wire != Wire::Chat {
            assert!(sent.contains("sealed"), "what {wire:?} wants back is sent back");
        }
        let events = world.events(&answered.run.id).await;
        let usage: Vec<&Value> =
            events.iter().filter(|it| it.event == "usage").map(|it| &it.data).collect();
        assert_eq!(usage.len(), 3, "{wire:?}");
        assert_eq!(usage[2]["inputTokens"], 22, "{wire:?} {usage:?}");
        assert_eq!((&usage[2]["outputTokens"], &usage[2]["total"]), (&json!(14), &json!(true)));
        assert_eq!(usage[2]["costUsd"], json!(0.000_036));
        let mut kinds: Vec<(String, String, String)> = lines(&events)
            .into_iter()
            .map(|it| (it.kind, it.title, format!("{:?}", it.status)))
            .collect();
        kinds.sort();
        seen.push(kinds);
        let told = format!("{events:?}");
        assert!(!told.contains(KEY), "no event holds the key");
    }
    assert!(seen.iter().all(|it| *it == seen[0]), "{seen:#?}");
}

#[tokio::test]
async fn text_is_shown_as_it_comes_and_the_answer_once() {
    for wire in Wire::ALL {
        let mut chunks = wire.pieces(&["Two ", "late "]);
        chunks.push(Chunk::Gate);
        chunks.extend(wire.pieces(&["to-dos"]).pop());
        chunks.extend(wire.end());
        let (world, provider) = world_with(wire, vec![Reply::Stream(chunks)], quick()).await;
        let turn = NewTurn { text: "what is late?".into(), ..NewTurn::default() };
        let sent = world.agent.send(&amara(), turn).await.unwrap();
        let mut page = world.agent.follow(&amara(), &sent.run.id, 0).await.unwrap();
        let (mut shown, mut message) = (String::new(), Value::Null);
        while shown != "Two late " {
            let event = page.next().await.unwrap().unwrap();
            if event.event == "delta" {
                shown.push_str(event.data["text"].as_str().unwrap());
                message = event.data["messageId"].clone();
            }
        }
        provider.open_gate();
        let mut last = None;
        while let Some(event) = page.next().await.unwrap() {
            if event.event == "response" {
                last = Some(event.data);
            }
        }
        let last = last.unwrap();
        assert_eq!((&last["content"], &last["messageId"]), (&json!("Two late to-dos"), &message));
    }
}

#[tokio::test]
async fn a_tool_is_told_the_moment_it_ends_while_a_slow_one_goes_on() {
    for runtime in [Runtime::V1, Runtime::V2] {
        let calls = [("list_projects", json!({})), ("api_get_people", json!({}))];
        let config = Config { runtime, ..quick() };
        let (world, _provider) =
            world_with(Wire::Chat, vec![Wire::Chat.calls(&calls)], config).await;
        let hour = Fault::Slow(Duration::from_secs(3_600));
        world.running.sandbox.fail_while("/people.json", hour);
        let turn = NewTurn { text: "who am I?".into(), ..NewTurn::default() };
        let sent = world.agent.send(&amara(), turn).await.unwrap();
        let mut page = world.agent.follow(&amara(), &sent.run.id, 0).await.unwrap();
        let mut seen = Vec::new();
        while !seen.iter().any(|it| it == "tool:list_projects") {
            let event = page.next().await.unwrap().unwrap();
            let name = event.data["name"].as_str().unwrap_or_default();
            seen.push(format!("{}:{name}", event.event));
        }
        assert!(
            seen.iter().all(|it| !it.starts_with("tool:api") && !it.starts_with("done")),
            "{seen:?}"
        );
        world.agent.cancel(&amara(), &sent.run.id).await.unwrap();
    }
}

#[tokio::test]
async fn half_an_answer_is_never_an_answer() {
    for wire in Wire::ALL {
        let call = ("create_todo", json!({"project": "Website relaunch", "task": "Never"}));
        let Reply::Stream(whole) = wire.calls(std::slice::from_ref(&call)) else { panic!() };
        let without_end = whole.len() - wire.end().len();
        let mut broken = whole.clone();
        broken.insert(without_end, Chunk::Text("data: {\"choices\": [{\n\n".to_owned()));
        let mut dropped = whole[..without_end].to_vec();
        dropped.push(Chunk::Drop);
        let mut failed = whole[..without_end].to_vec();
        failed.push(wire.error("no more"));
        let mut flooded = wire.pieces(&[]);
        flooded.push(Chunk::Flood(10));
        for (name, chunks) in [
            ("cut", whole[..without_end].to_vec()),
            ("broken", broken),
            ("dropped", dropped),
            ("failed", failed),
            ("flooded", flooded),
            ("empty", Vec::new()),
        ] {
            let (world, provider) = world_with(wire, vec![Reply::Stream(chunks)], quick()).await;
            let answered = world.say(None, "projects").await;
            assert_eq!(provider.asked().len(), 3, "{wire:?} {name}: tried three times");
            assert_eq!(answered.run.status, ChatRunStatus::Failed, "{wire:?} {name}");
            assert!(
                answered.run.tools_used.is_empty() && answered.code.is_some(),
                "{wire:?} {name}"
            );
            assert!(world.pending().await.is_empty());
        }
    }
}

#[tokio::test]
async fn what_was_said_is_kept_when_the_rest_never_comes() {
    for wire in Wire::ALL {
        let mut chunks = wire.pieces(&["So far so good"]);
        chunks.push(Chunk::Gate);
        chunks.push(Chunk::Drop);
        let (world, provider) = world_with(wire, vec![Reply::Stream(chunks)], quick()).await;
        let turn = NewTurn { text: "tell me".into(), ..NewTurn::default() };
        let sent = world.agent.send(&amara(), turn).await.unwrap();
        let mut page = world.agent.follow(&amara(), &sent.run.id, 0).await.unwrap();
        while page.next().await.unwrap().unwrap().event != "delta" {}
        provider.open_gate();
        let answered = world.agent.answer_of(&amara(), &sent.run.id).await.unwrap();
        assert_eq!(answered.run.status, ChatRunStatus::Failed, "{wire:?}");
        assert!(answered.response.starts_with("So far so good\n\n"), "{}", answered.response);
        assert_eq!(provider.asked().len(), 1, "nothing is asked twice once it was shown");
    }
}

#[tokio::test]
async fn a_busy_provider_is_asked_again_and_a_wrong_key_is_not() {
    let busy = json!({"error": {"message": "slow down", "type": "rate_limit_error"}});
    let wrong =
        json!({"error": {"message": format!("bad key {KEY}"), "type": "authentication_error"}});
    for wire in Wire::ALL {
        let replies = vec![
            Reply::Status(429, &[("retry-after", "0")], busy.clone()),
            Reply::Status(500, &[], json!("oops")),
            wire.says("Here I am"),
        ];
        let (world, provider) = world_with(wire, replies, quick()).await;
        let answered = world.say(None, "hello model").await;
        assert_eq!((answered.response.as_str(), provider.asked().len()), ("Here I am", 3));
        let events = world.events(&answered.run.id).await;
        assert_eq!(lines(&events).iter().filter(|it| it.kind == "retry").count(), 2);

        let (world, provider) =
            world_with(wire, vec![Reply::Status(401, &[], wrong.clone())], quick()).await;
        let answered = world.say(None, "projects").await;
        assert_eq!((answered.code.as_deref(), provider.asked().len()), (Some("MODEL_AUTH"), 1));
        let events = world.events(&answered.run.id).await;
        let told = format!("{events:?}");
        assert!(told.contains("does not accept the key") && !told.contains(KEY), "{told}");
        let rules = json!({"assistant": {"fallback": true}});
        world.agent.change_workspace_settings(&amara(), rules, false).await.unwrap();
        assert_eq!(world.say(None, "projects").await.run.model, "builtin");
        assert_eq!(provider.asked().len(), 1, "a provider that failed is left alone for a while");
    }
}

#[tokio::test]
async fn a_question_the_provider_refuses_ends_with_its_reason() {
    let refused = json!({"error": {"message": "model not found", "code": "model_not_found"}});
    for wire in Wire::ALL {
        let reply = Reply::Status(404, &[], refused.clone());
        let (world, provider) = world_with(wire, vec![reply], quick()).await;
        let answered = world.say(None, "projects").await;
        assert_eq!(answered.run.status, ChatRunStatus::Failed);
        assert!(answered.response.contains("model not found"), "{}", answered.response);
        assert_eq!(provider.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_provider_that_stalls_is_given_up() {
    let config = Config {
        model_idle: Duration::from_millis(200),
        first_byte: Duration::from_secs(20),
        tries: 1,
        ..quick()
    };
    for wire in Wire::ALL {
        let reply = Reply::Stream(vec![Chunk::Text(": hello\n\n".into()), Chunk::Stall]);
        let (world, _provider) = world_with(wire, vec![reply], config.clone()).await;
        let answered = world.say(None, "projects").await;
        assert_eq!(answered.code.as_deref(), Some("IDLE_TIMEOUT"), "{wire:?}");
    }
}

#[tokio::test]
async fn broken_arguments_are_never_called_with_and_end_the_turn_with_a_cause() {
    for wire in Wire::ALL {
        let whole = wire.calls(&[("search_todos", json!({"query": "menu"}))]);
        let Reply::Stream(chunks) = whole else { panic!() };
        // Cut in the middle, or no object at all; where arguments are no text, the latter.
        let cut = chunks.into_iter().map(|it| match it {
            Chunk::Text(text) => Chunk::Text(
                text.replace(r#"menu\"}"#, "menu").replace(r#"{"query":"menu"}"#, "\"menu\""),
            ),
            other => other,
        });
        let (world, provider) = world_with(wire, vec![Reply::Stream(cut.collect())], quick()).await;
        let answered = world.say(None, "look for menu").await;
        assert_eq!(answered.run.status, ChatRunStatus::Failed, "{wire:?}");
        assert!(answered.run.tools_used.is_empty() && answered.code.is_some(), "{wire:?}");
        assert!(!answered.response.is_empty(), "{wire:?}: the cause is said");
        assert_eq!(provider.asked().len(), 3, "{wire:?}");
    }
}

#[tokio::test]
async fn an_unknown_tool_is_told_and_a_loop_of_it_is_ended_on_every_wire() {
    for wire in Wire::ALL {
        let replies = vec![wire.calls(&[("no_such_tool", json!({}))]), wire.says("Sorry")];
        let (world, provider) = world_with(wire, replies, quick()).await;
        let answered = world.say(None, "do it").await;
        assert_eq!(answered.response, "Sorry", "{wire:?}");
        assert!(provider.asked()[1].body.to_string().contains("UNKNOWN_TOOL"), "{wire:?}");

        let always = vec![wire.calls(&[("list_projects", json!({}))])];
        let (world, provider) = world_with(wire, always, quick()).await;
        let answered = world.say(None, "go on").await;
        assert_eq!(answered.run.status, ChatRunStatus::Succeeded, "{wire:?}");
        assert!(answered.response.contains("three times"), "{wire:?} {}", answered.response);
        assert_eq!(provider.asked().len(), 3, "{wire:?}");
    }
}

#[tokio::test]
async fn another_key_of_the_workspace_answers_before_the_built_in_assistant() {
    let (world, first) = world_with(
        Wire::Messages,
        vec![Reply::Status(529, &[], json!({"error": {"type": "overloaded_error"}}))],
        quick(),
    )
    .await;
    let second = FakeProvider::start(vec![Wire::Chat.says("Second here")]).await;
    world.allow(&[&first, &second]).await;
    world.put_key(Wire::Chat, &second).await;
    let answered = world.say(None, "hello").await;
    assert_eq!(answered.response, "Second here");
    assert_eq!(answered.run.model, "openai_compatible/small");
}

#[tokio::test]
async fn once_something_was_done_the_built_in_assistant_does_not_begin_again() {
    let wire = Wire::Chat;
    let replies = vec![
        wire.calls(&[("list_projects", json!({}))]),
        Reply::Status(500, &[], json!({"error": {"message": "gone"}})),
    ];
    let (world, _provider) = world_with(wire, replies, quick()).await;
    let rules = json!({"assistant": {"fallback": true}});
    world.agent.change_workspace_settings(&amara(), rules, false).await.unwrap();
    let answered = world.say(None, "projects").await;
    assert_eq!(answered.run.status, ChatRunStatus::Failed);
    assert!(answered.response.contains("busy or broken"), "{}", answered.response);
}

#[tokio::test]
async fn a_private_address_is_closed_until_a_super_admin_opens_it() {
    let provider = FakeProvider::start(vec![Wire::Chat.says("hi")]).await;
    let world = World::with_models(quick()).await;
    let refused = world.try_put_key(Wire::Chat, &provider).await.unwrap_err();
    assert!(
        refused.to_string().contains("may be reached") || refused.to_string().contains("private"),
        "{refused}"
    );
    world.allow(&[&provider]).await;
    world.put_key(Wire::Chat, &provider).await;
    assert_eq!(world.say(None, "hello").await.response, "hi");
    // Closing it again counts at once.
    let write = world.db.write(|tx| {
        Box::pin(
            async move { settings::set(tx, INSTALLATION, "outgoingAllowList", &json!([])).await },
        )
    });
    write.await.unwrap();
    let answered = world.say(None, "projects").await;
    assert_eq!((answered.run.status, provider.asked().len()), (ChatRunStatus::Failed, 1));
}

#[tokio::test]
async fn tool_calls_are_read_however_a_compatible_server_writes_them() {
    let frame = |value: Value| Chunk::Text(format!("data: {value}\n\n"));
    let call = |value: Value| frame(json!({"choices": [{"delta": {"tool_calls": [value]}}]}));
    let end = || {
        vec![
            frame(json!({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]})),
            Chunk::Text("data: [DONE]\n\n".into()),
        ]
    };
    let name = "search_todos";
    let variants: Vec<Vec<Chunk>> = vec![
        // no index, whole arguments as an object, as Ollama once did
        vec![call(json!({"function": {"name": name, "arguments": {"query": "menu"}}}))],
        // no id, name repeated in every piece
        vec![
            call(json!({"index": 0, "function": {"name": name, "arguments": "{\"query\":"}})),
            call(json!({"index": 0, "function": {"name": name, "arguments": "\"menu\"}"}})),
        ],
        // an id instead of an index
        vec![
            call(json!({"id": "a", "function": {"name": name, "arguments": "{\"query\":"}})),
            call(json!({"id": "a", "function": {"arguments": "\"menu\"}"}})),
        ],
    ];
    for mut chunks in variants {
        chunks.insert(0, Chunk::Text(": PROCESSING\n\n".into()));
        chunks.extend(end());
        let replies = vec![Reply::Stream(chunks), Wire::Chat.says("Found it")];
        let (world, provider) = world_with(Wire::Chat, replies, quick()).await;
        let answered = world.say(None, "look for menu").await;
        assert_eq!(
            (answered.response.as_str(), answered.run.tools_used),
            ("Found it", vec![name.to_owned()])
        );
        let sent = provider.asked()[1].body["messages"].to_string();
        assert!(sent.contains(r#"{\"query\":\"menu\"}"#), "{sent}");
    }
}
