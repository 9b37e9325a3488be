//! Long conversations: the newest turns first, those before them in stretches.

use crate::world::{World, actor, amara};
use agent::config::Config;
use agent::follow::Answered;
use agent::llm::scripted::{Scripted, Step};
use domain::ids::{MessageId, SessionId};
use domain::problem::Problem;
use std::sync::Arc;
use store::chat::{self, NewMessage, NewSession, Owner, summaries};
use store::testing::TestDb;

/// Messages of the conversation, by turns of the person and of the assistant.
const MESSAGES: i64 = 1_000;

/// A conversation of Amara's, stored at once.
async fn long(world: &World) -> SessionId {
    let owner = Owner { workspace: "w1".into(), user: "amara".into() };
    let write = world.db.write(move |tx| {
        Box::pin(async move {
            let session = chat::insert_session(tx, &owner, &NewSession::default()).await?;
            for number in 1..=MESSAGES {
                let role = if number % 2 == 1 { "user" } else { "assistant" };
                let content = format!("number {number}");
                let new = NewMessage { role, content, ..NewMessage::default() };
                chat::insert_message(tx, &owner, &session, &new).await?;
            }
            Ok::<_, Problem>(session)
        })
    });
    write.await.unwrap()
}

/// The lines about what was put in short words.
async fn put_away(world: &World, answered: &Answered) -> usize {
    let events = world.events(&answered.run.id).await;
    events.iter().filter(|it| it.event == "trace" && it.data["kind"] == "compaction").count()
}

#[tokio::test]
async fn the_beginning_is_put_in_short_words_once_and_kept() {
    for test in TestDb::both().await {
        let model = Arc::new(Scripted::new([Step::Say("Yes".into())]));
        let world = World::with_on(test, model.clone(), Config::default()).await;
        let session = long(&world).await;
        let first = world.say(Some(&session), "go on").await;
        assert_eq!(put_away(&world, &first).await, 1, "{}", world.test.name);
        let second = world.say(Some(&session), "and now?").await;
        assert_eq!(put_away(&world, &second).await, 0, "{}", world.test.name);
        let seen = model.seen();
        assert_eq!(seen.len(), 2, "no model is asked to make it");
        let summary = seen[0].summary.clone().unwrap();
        assert!(summary.contains("number 980"), "{summary}");
        assert_eq!(seen[1].summary.as_ref(), Some(&summary));
        assert_eq!(seen[1].history.len(), seen[0].history.len() + 2);
        world.agent.delete_session(&amara(), &session).await.unwrap();
        let mut conn = world.db.read().await.unwrap();
        let kept = summaries::find(&mut conn, &amara().workspace, &session).await.unwrap();
        assert_eq!(kept, None, "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_thousand_messages_are_read_from_the_end_in_stretches_that_meet() {
    for world in World::both().await {
        let session = long(&world).await;
        let newest = world.agent.conversation(&amara(), &session, 100).await.unwrap();
        let mut numbers: Vec<i64> = newest.turns.iter().map(|it| it.seq).collect();
        assert_eq!((numbers[0], numbers.len()), (MESSAGES - 99, 100), "{}", world.test.name);
        let mut first = newest.turns[0].clone();
        while first.seq > 1 {
            let asked = (&first.id, 100);
            let earlier = world.agent.turns_before(&amara(), &session, asked).await.unwrap();
            assert_eq!(earlier.before, first.id);
            assert_eq!(earlier.turns[0].text, format!("number {}", earlier.turns[0].seq));
            numbers.splice(0..0, earlier.turns.iter().map(|it| it.seq));
            first = earlier.turns[0].clone();
        }
        assert_eq!(numbers, (1..=MESSAGES).collect::<Vec<_>>());
        let none = world.agent.turns_before(&amara(), &session, (&first.id, 100)).await.unwrap();
        assert!(none.turns.is_empty());
    }
}

#[tokio::test]
async fn earlier_turns_are_found_by_their_owner_alone() {
    for world in World::both().await {
        let session = long(&world).await;
        let shown = world.agent.conversation(&amara(), &session, 1).await.unwrap();
        let last = shown.turns[0].id.clone();
        let mut elsewhere = amara();
        elsewhere.workspace = "w2".into();
        for other in [actor("mika"), elsewhere] {
            let refused = world.agent.turns_before(&other, &session, (&last, 10)).await;
            assert!(matches!(refused, Err(Problem::NotFound { .. })), "{refused:?}");
        }
        let unknown = MessageId::from("no-such-message");
        let refused = world.agent.turns_before(&amara(), &session, (&unknown, 10)).await;
        assert!(matches!(refused, Err(Problem::NotFound { .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn conversations_are_found_by_what_was_said_in_them_and_by_nobody_else() {
    for world in World::both().await {
        let said = world.say(None, "Which to-dos mention the 100% Linen Tote?").await;
        let other = world.say(None, "what is overdue?").await.run.session_id;
        let title = "Tote bags";
        world.agent.rename_session(&amara(), &other, title).await.unwrap();
        let found = async |words: &str| {
            let found = world.agent.sessions_about(&amara(), words, 10).await.unwrap();
            found.into_iter().map(|it| it.id).collect::<Vec<_>>()
        };
        let both = [other.clone(), said.run.session_id.clone()];
        assert_eq!(found("TOTE").await, both, "{}", world.test.name);
        assert_eq!(found(" linen tote ").await, std::slice::from_ref(&said.run.session_id));
        // Signs of the search itself stand for themselves.
        assert_eq!(found("100%").await, std::slice::from_ref(&said.run.session_id));
        assert_eq!(found("1_0").await, Vec::<SessionId>::new());
        assert_eq!(found("").await, both);
        let theirs = world.agent.sessions_about(&actor("mika"), "tote", 10).await.unwrap();
        assert!(theirs.is_empty());
    }
}
