//! The loop around a model that misbehaves.

use crate::world::{World, amara};
use agent::config::Config;
use agent::llm::Wanted;
use agent::llm::failure::{ErrorClass, LlmError};
use agent::llm::scripted::{Scripted, Step};
use agent::sending::{NewTurn, WhenBusy};
use domain::chat::ChatRunStatus;
use domain::problem::Problem;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

async fn world(steps: Vec<Step>) -> (World, Arc<Scripted>) {
    let model = Arc::new(Scripted::new(steps));
    (World::with(model.clone(), Config::default()).await, model)
}

fn search(query: &str) -> Wanted {
    Wanted::new("search_todos", json!({ "query": query }))
}

#[tokio::test]
async fn a_model_that_never_stops_is_stopped_with_an_answer() {
    let steps = (0..40).map(|it| Step::Call(vec![search(&it.to_string())])).collect();
    let (world, _) = world(steps).await;
    let answered = world.say(None, "go on").await;
    assert_eq!((answered.run.status, answered.run.iterations), (ChatRunStatus::Succeeded, 25));
    assert!(answered.response.contains("stopped after 25 rounds"), "{}", answered.response);
}

#[tokio::test]
async fn the_same_call_again_and_again_ends_the_run() {
    let (world, _) = world(vec![Step::Call(vec![search("x")])]).await;
    let answered = world.say(None, "go on").await;
    assert!(answered.response.contains("three times"), "{}", answered.response);
}

#[tokio::test]
async fn the_same_call_twice_in_one_round_runs_once() {
    let (world, model) =
        world(vec![Step::Call(vec![search("x"), search("x")]), Step::Say("Done".into())]).await;
    let answered = world.say(None, "look").await;
    assert_eq!(answered.response, "Done");
    let events = world.events(&answered.run.id).await;
    assert_eq!(events.iter().filter(|it| it.event == "tool").count(), 1);
    assert_eq!(model.seen()[1].done.len(), 1);
}

#[tokio::test]
async fn a_tool_that_fails_is_told_to_the_model_and_shown_as_an_error() {
    let steps = vec![
        Step::Call(vec![
            Wanted::new("get_project", json!({ "project_id": 1 })),
            Wanted::new("create_todo", json!({ "colour": "red" })),
            Wanted::new("no_such_tool", json!({})),
        ]),
        Step::Say("That did not work".into()),
    ];
    let (world, model) = world(steps).await;
    let answered = world.say(None, "try").await;
    assert_eq!(answered.run.status, ChatRunStatus::Succeeded);
    let codes: Vec<Value> = model.seen()[1]
        .done
        .iter()
        .map(|it| it.outcome.clone().unwrap_err()["code"].clone())
        .collect();
    assert_eq!(codes, ["RESOURCE_NOT_FOUND", "INVALID_INPUT", "UNKNOWN_TOOL"]);
    let events = world.events(&answered.run.id).await;
    let ended: Vec<&Value> =
        events.iter().filter(|it| it.event == "tool").map(|it| &it.data["success"]).collect();
    assert_eq!(ended, [false, false, false]);
    assert!(
        !events.iter().any(|it| it.data["kind"] == "tool.call" && it.data["status"] == "success")
    );
}

#[tokio::test]
async fn a_model_that_fails_ends_the_run_with_a_reason() {
    let error = LlmError::new(ErrorClass::Overloaded, "The model is busy");
    let (world, _) = world(vec![Step::Fail(error)]).await;
    let answered = world.say(None, "hello").await;
    assert_eq!(answered.run.status, ChatRunStatus::Failed);
    let names: Vec<String> = world
        .events(&answered.run.id)
        .await
        .into_iter()
        .map(|it| it.event)
        .filter(|it| it != "trace")
        .collect();
    assert_eq!(names, ["start", "error", "response", "done"]);
    let (_, messages) =
        world.agent.session(&amara(), &answered.run.session_id, None).await.unwrap();
    assert_eq!(messages[1].content, "The model is busy");
}

#[tokio::test]
async fn a_model_that_says_nothing_fails_in_time() {
    let config = Config { idle: Duration::from_millis(20), ..Config::default() };
    let world = World::with(Arc::new(Scripted::new([Step::Hang])), config).await;
    let answered = world.say(None, "hello").await;
    assert_eq!(
        (answered.run.status, answered.code.as_deref()),
        (ChatRunStatus::Failed, Some("IDLE_TIMEOUT"))
    );
}

#[tokio::test]
async fn the_model_hears_earlier_turns_with_their_tools() {
    let (world, model) = world(vec![
        Step::Call(vec![search("menu")]),
        Step::Say("Found".into()),
        Step::Say("Yes".into()),
    ])
    .await;
    let first = world.say(None, "find menu").await;
    world.say(Some(&first.run.session_id), "sure?").await;
    let heard = model.seen().pop().unwrap();
    let texts: Vec<&str> = heard.history.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(texts, ["find menu", "Found"]);
    assert_eq!(heard.history[1].calls[0].name, "search_todos");
    assert_eq!(heard.said, ["sure?"]);
}

#[tokio::test]
async fn a_stopped_run_ends_at_once_and_the_session_is_free() {
    let (world, _) = world(vec![Step::Hang]).await;
    let turn = || NewTurn { text: "hello".into(), ..NewTurn::default() };
    let sent = world.agent.send(&amara(), turn()).await.unwrap();
    let session = Some(sent.run.session_id.clone());
    let joined =
        world.agent.send(&amara(), NewTurn { session: session.clone(), ..turn() }).await.unwrap();
    assert!(joined.is_steered && joined.run.id == sent.run.id);
    let refused = NewTurn { session: session.clone(), when_busy: WhenBusy::Refuse, ..turn() };
    let told = world.agent.send(&amara(), refused).await;
    assert!(matches!(told, Err(Problem::Busy { run_id }) if run_id == sent.run.id.to_string()));
    assert_eq!(world.agent.cancel(&amara(), &sent.run.id).await.unwrap(), ChatRunStatus::Cancelled);
    assert_eq!(world.agent.cancel(&amara(), &sent.run.id).await.unwrap(), ChatRunStatus::Cancelled);
    let events = world.events(&sent.run.id).await;
    assert_eq!(events.last().unwrap().data["status"], "cancelled");
    assert!(world.agent.active_run(&amara(), &sent.run.session_id).await.unwrap().is_none());
}
