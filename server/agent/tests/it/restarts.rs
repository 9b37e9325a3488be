//! A stop of the server loses nothing and repeats nothing.

use crate::world::{World, amara};
use agent::config::Config;
use agent::llm::scripted::{Scripted, Step};
use agent::planner::Planner;
use agent::sending::NewTurn;
use domain::chat::ChatRunStatus;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use store::testing::TestDb;

#[tokio::test]
async fn a_run_that_was_under_way_goes_on_after_a_start() {
    let model = Scripted::new([Step::call("list_projects", json!({})), Step::Hang]);
    let world = World::with(Arc::new(model), Config::default()).await;
    let turn = NewTurn { text: "go".into(), ..NewTurn::default() };
    let sent = world.agent.send(&amara(), turn).await.unwrap();
    let mut page = world.agent.follow(&amara(), &sent.run.id, 0).await.unwrap();
    while page.next().await.unwrap().unwrap().event != "tool" {}
    let model = Arc::new(Scripted::new([Step::Say("Here I am again".into())]));
    let world = world.reopened(model.clone(), Config::default()).await;
    let answered = world.agent.answer_of(&amara(), &sent.run.id).await.unwrap();
    assert_eq!(
        (answered.run.status, answered.response.as_str()),
        (ChatRunStatus::Succeeded, "Here I am again")
    );
    assert_eq!(model.seen()[0].done.len(), 1, "what was done is known");
    let events = world.events(&sent.run.id).await;
    assert_eq!(events.iter().filter(|it| it.event == "start").count(), 1);
    assert_eq!(events.iter().filter(|it| it.event == "tool").count(), 1);
}

#[tokio::test]
async fn a_run_that_is_interrupted_again_and_again_ends_with_a_reason() {
    let mut world = World::with(Arc::new(Scripted::new([Step::Hang])), Config::default()).await;
    let turn = NewTurn { text: "go".into(), ..NewTurn::default() };
    let sent = world.agent.send(&amara(), turn).await.unwrap();
    for _ in 0..4 {
        world = world.reopened(Arc::new(Scripted::new([Step::Hang])), Config::default()).await;
    }
    let answered = world.agent.answer_of(&amara(), &sent.run.id).await.unwrap();
    assert_eq!(answered.run.status, ChatRunStatus::Failed);
    assert!(answered.response.contains("Ask again"), "{}", answered.response);
}

#[tokio::test]
async fn a_run_that_nobody_works_on_is_taken_up_without_a_restart() {
    for test in TestDb::both().await {
        // It neither answers nor says that it still works.
        let stuck = Config { beat: Duration::from_secs(24 * 60 * 60), ..Config::default() };
        let world = World::with_on(test, Arc::new(Scripted::new([Step::Hang])), stuck).await;
        let looking = Config { expiry_check: Duration::from_millis(20), ..Config::default() };
        let model = Arc::new(Scripted::new([Step::Say("Here I am".into())]));
        let other = world.second_node(model, looking).await;
        other.start().await.unwrap();
        let turn = NewTurn { text: "go".into(), ..NewTurn::default() };
        let sent = world.agent.send(&amara(), turn).await.unwrap();
        world.test.run("UPDATE chat_runs SET lease_until = 0").await.unwrap();
        let answered = other.answer_of(&amara(), &sent.run.id).await.unwrap();
        assert_eq!(answered.response, "Here I am", "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_question_that_was_asked_before_a_restart_can_be_answered_after() {
    let world = World::new().await;
    let asked =
        world.say(None, "add a to-do called Send the brief to the Website relaunch project").await;
    assert!(asked.response.starts_with("Which list?"), "{}", asked.response);
    let world = world.reopened(Arc::new(Planner), Config::default()).await;
    let answered = world.say(Some(&asked.run.session_id), "Build").await;
    assert_eq!(answered.run.status, ChatRunStatus::WaitingApproval, "{}", answered.response);
    assert!(world.pending().await[0].summary.contains("list Build"));
}
