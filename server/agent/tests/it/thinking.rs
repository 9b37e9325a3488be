//! What steps of flows ask the model.

use crate::world::World;
use agent::config::Config;
use agent::llm::scripted::{Scripted, Step};
use domain::ids::{UserId, WorkspaceId};
use flow::thinking::{Ask, Unanswered};
use serde_json::json;
use std::sync::Arc;

fn ask() -> Ask {
    Ask {
        workspace: WorkspaceId::from("w1"),
        user: UserId::from("amara"),
        words: "Which\u{200b} one?".to_owned(),
    }
}

#[tokio::test]
async fn a_step_is_answered_by_the_model_which_is_offered_no_tool() {
    let model = Arc::new(Scripted::new([
        Step::Say("This one".to_owned()),
        Step::call("list_projects", json!({})),
    ]));
    let world = World::with(model.clone(), Config::default()).await;
    let thinker = world.agent.thinker();
    let thought = thinker(ask()).await.unwrap();
    assert_eq!(thought.text, "This one");
    let seen = model.seen();
    assert_eq!(seen[0].said, ["Which one?"]);
    assert!(seen[0].tools.is_empty() && seen[0].history.is_empty());
    let acting = thinker(ask()).await;
    assert!(matches!(acting, Err(Unanswered::Failed(_))), "{acting:?}");
}

#[tokio::test]
async fn the_built_in_rules_read_no_text_and_say_what_to_set() {
    for world in World::both().await {
        let told = world.agent.thinker()(ask()).await;
        let Err(Unanswered::NeedsSetup(message)) = told else { panic!("{told:?}") };
        assert!(message.contains("Settings, Assistant"), "{message}");
    }
}
