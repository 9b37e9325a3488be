//! The way to the first word of an answer: how often something is committed.

use crate::provider::{Chunk, FakeProvider, Reply, Wire};
use crate::world::{World, amara};
use agent::config::Config;
use agent::sending::NewTurn;
use domain::chat::ChatRunStatus;
use std::time::Duration;
use store::testing::TestDb;

/// Longer than any test takes.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

/// A model that says one piece and then nothing; nothing else of its run is stored meanwhile.
async fn world_on(test: TestDb) -> (World, FakeProvider) {
    let mut begun = Wire::Chat.pieces(&["Two "]);
    begun.push(Chunk::Stall);
    let provider = FakeProvider::start(vec![Reply::Stream(begun)]).await;
    let config = Config { beat: NEVER, idle: NEVER, model_idle: NEVER, ..Config::default() };
    let world = World::with_models_on(test, config).await;
    world.allow(&[&provider]).await;
    world.put_key(Wire::Chat, &provider).await;
    (world, provider)
}

#[tokio::test]
async fn the_first_word_waits_for_its_question_and_itself_to_be_committed() {
    for test in TestDb::both().await {
        let (world, provider) = world_on(test).await;
        let before = world.test.writes();
        let turn = NewTurn { text: "What is late?".into(), ..NewTurn::default() };
        let sent = world.agent.send(&amara(), turn).await.unwrap();
        let mut page = world.agent.follow(&amara(), &sent.run.id, 0).await.unwrap();
        let mut seen = Vec::new();
        while seen.last().is_none_or(|it: &String| it != "delta") {
            seen.push(page.next().await.unwrap().unwrap().event);
        }
        // On SQLite one more lets who asked wait for the disk, which the model is not kept waiting for.
        let commits = if world.test.name == "sqlite" { 3 } else { 2 };
        assert_eq!(world.test.writes() - before, commits, "{}", world.test.name);
        assert_eq!(seen, ["start", "trace", "delta"]);
        assert_eq!(provider.asked().len(), 1, "{}", world.test.name);
        let status = world.agent.cancel(&amara(), &sent.run.id).await.unwrap();
        assert_eq!(status, ChatRunStatus::Cancelled);
    }
}

#[tokio::test]
async fn a_message_is_stored_with_the_beginning_of_its_run() {
    for test in TestDb::both().await {
        let (world, _provider) = world_on(test).await;
        let turn = NewTurn { text: "What is late?".into(), ..NewTurn::default() };
        let sent = world.agent.send(&amara(), turn).await.unwrap();
        // Whatever happens from here on, a page that is opened now shows what was said and that it is worked on.
        let mut page = world.agent.follow(&amara(), &sent.run.id, 0).await.unwrap();
        let start = page.next().await.unwrap().unwrap();
        assert_eq!((start.seq, start.event.as_str()), (1, "start"));
        assert_eq!(start.data["message"], "What is late?");
        assert_eq!(start.data["provider"], "openai_compatible", "{}", world.test.name);
        assert_eq!(start.data["model"], "small");
        assert_eq!(start.data["sessionId"], sent.run.session_id.as_str());
        assert_eq!(sent.run.status, ChatRunStatus::Running);
        world.agent.cancel(&amara(), &sent.run.id).await.unwrap();
    }
}
