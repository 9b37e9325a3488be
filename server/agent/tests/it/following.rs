//! The events of a run: numbered, ordered, each once, also after a cut.

use crate::world::{World, actor, amara};
use agent::config::Config;
use agent::follow::Following;
use agent::planner::Planner;
use domain::chat::ChatEvent;
use domain::ids::{ChatRunId, SessionId};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use store::chat::journal::{self, Place};
use store::chat::runs::{self, NewRun};
use store::chat::{self, NewSession, Owner};
use store::db::Db;
use store::error::StoreError;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);
/// Events that one run tells, one commit each.
const MANY: i64 = 200;
/// Open pages of one conversation.
const PAGES: usize = 10;

/// A conversation of Amara's with a run that has begun.
async fn begun(db: &Db) -> Place {
    let owner = Owner { workspace: "w1".into(), user: "amara".into() };
    let work = db.write(move |tx| {
        Box::pin(async move {
            let session = chat::insert_session(tx, &owner, &NewSession::default()).await?;
            let run = new_run(&session, "c1");
            assert!(runs::insert(tx, &owner, &run).await?);
            Ok::<_, StoreError>(Place { workspace: owner.workspace, session, run: run.id })
        })
    });
    work.await.unwrap()
}

fn new_run(session: &SessionId, id: &str) -> NewRun {
    NewRun {
        id: ChatRunId::from(id),
        user_name: "Amara Osei".to_owned(),
        session: session.clone(),
        root: ChatRunId::from(id),
        parent: None,
        runtime: "v2".to_owned(),
        model: "builtin".to_owned(),
        flow: None,
        project: None,
        today: "2026-11-22".to_owned(),
        request_id: "r1".to_owned(),
    }
}

/// Stores `count` events of a run, one commit each.
async fn told(db: &Db, place: &Place, count: i64) {
    for number in 0..count {
        let place = place.clone();
        let work = db.write(move |tx| {
            let data = json!({ "text": format!("word {number}") });
            Box::pin(async move { journal::append(tx, &place, "delta", data).await })
        });
        let stored: Result<ChatEvent, StoreError> = work.await;
        stored.unwrap();
    }
}

/// The numbers of the next `count` events.
async fn heard(page: &mut Following, count: i64) -> Vec<i64> {
    let mut numbers = Vec::new();
    for _ in 0..count {
        let event = tokio::time::timeout(PATIENCE, page.next()).await.unwrap();
        numbers.push(event.unwrap().unwrap().seq);
    }
    numbers
}

#[tokio::test]
async fn events_come_in_the_order_of_the_contract() {
    for world in World::both().await {
        let answered = world.say(None, "what is overdue?").await;
        let events = world.events(&answered.run.id).await;
        let numbers: Vec<i64> = events.iter().map(|it| it.seq).collect();
        assert_eq!(
            numbers,
            (1..=i64::try_from(events.len()).unwrap()).collect::<Vec<_>>(),
            "{}",
            world.test.name
        );
        let names: Vec<&str> =
            events.iter().map(|it| it.event.as_str()).filter(|it| *it != "trace").collect();
        assert_eq!(names, ["start", "tool", "response", "done"]);
        let start = &events[0].data;
        assert_eq!(
            (start["runtime"].as_str(), start["model"].as_str()),
            (Some("v2"), Some("builtin"))
        );
        assert_eq!(start["runId"], answered.run.id.as_str());
        let tool = events.iter().find(|it| it.event == "tool").unwrap();
        assert_eq!(
            (tool.data["name"].as_str(), tool.data["success"].as_bool()),
            (Some("report_todos_overdue"), Some(true))
        );
        let kinds: Vec<&str> = events.iter().filter_map(|it| it.data["kind"].as_str()).collect();
        assert_eq!(
            kinds,
            ["chat.run", "model.call", "tool.call", "tool.call", "model.call", "chat.run"]
        );
        let done = &events.last().unwrap().data;
        assert_eq!(
            (done["status"].as_str(), done["sessionId"].as_str()),
            (Some("succeeded"), Some(answered.run.session_id.as_str()))
        );
    }
}

#[tokio::test]
async fn a_page_read_while_a_run_ends_has_the_run_or_its_answer() {
    for world in World::both().await {
        for _ in 0..20 {
            let words = ("hello".to_owned(), vec![], false);
            let sent = world.agent.say(&amara(), None, words, None).await.unwrap();
            loop {
                let page = world.agent.conversation(&amara(), &sent.session_id, 10).await.unwrap();
                let answer = page.turns.iter().find(|it| !it.is_mine);
                assert!(page.active.is_some() || answer.is_some(), "{}", world.test.name);
                if page.active.is_none() {
                    break;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_reader_that_was_cut_off_gets_every_later_event_once() {
    let world = World::new().await;
    let answered = world.say(None, "what is overdue?").await;
    let all = world.events(&answered.run.id).await;
    let mut again = world.agent.follow(&amara(), &answered.run.id, 3).await.unwrap();
    let mut rest = Vec::new();
    while let Some(event) = again.next().await.unwrap() {
        rest.push(event);
    }
    assert_eq!(rest, all[3..]);
    assert!(world.agent.follow(&actor("mika"), &answered.run.id, 0).await.is_err());
}

#[tokio::test]
async fn a_page_that_stays_open_hears_every_run_of_its_session() {
    let world = World::new().await;
    let first = world.say(None, "hello").await;
    let session = first.run.session_id.clone();
    let mut page = world.agent.follow_session(&amara(), &session, None).await.unwrap();
    let second = world.say(Some(&session), "list projects").await;
    let mut heard = Vec::new();
    while let Some(event) = page.next().await.unwrap() {
        assert_eq!(event.run_id, second.run.id);
        let is_last = event.event == "done";
        heard.push(event);
        if is_last {
            break;
        }
    }
    assert_eq!(heard, world.events(&second.run.id).await);
    assert_eq!(heard[0].data["message"], Value::from("list projects"));
}

#[tokio::test]
async fn open_pages_hear_of_every_event_without_reading_the_table_for_each() {
    for world in World::both().await {
        let place = begun(&world.db).await;
        let mut pages = Vec::new();
        for _ in 0..PAGES {
            let mut page =
                world.agent.follow_session(&amara(), &place.session, None).await.unwrap();
            pages.push(tokio::spawn(async move { heard(&mut page, MANY).await }));
        }
        let before = world.db.reads();
        told(&world.db, &place, MANY).await;
        for page in pages {
            let all: Vec<i64> = (1..=MANY).collect();
            assert_eq!(page.await.unwrap(), all, "{}", world.test.name);
        }
        // A read for each event and page would be 2,000. Each page looks once when it opens; one that the machine keeps
        // waiting looks again.
        let reads = world.db.reads() - before;
        assert!(reads < 1_000, "{reads} reads for {PAGES} pages on {}", world.test.name);
    }
}

#[tokio::test]
async fn open_pages_hear_of_a_new_run_without_reading_where_no_other_node_writes() {
    let world = World::new().await;
    let session = world.say(None, "hello").await.run.session_id;
    let before = world.db.reads();
    world.say(Some(&session), "list projects").await;
    let alone = world.db.reads() - before;
    let mut pages = Vec::new();
    for _ in 0..PAGES {
        let mut page = world.agent.follow_session(&amara(), &session, None).await.unwrap();
        // The first look, which finds nothing.
        let look = tokio::time::timeout(Duration::from_millis(300), page.next());
        assert!(look.await.is_err());
        pages.push(tokio::spawn(async move {
            while page.next().await.unwrap().is_some_and(|it| it.event != "done") {}
        }));
    }
    let before = world.db.reads();
    world.say(Some(&session), "list projects").await;
    for page in pages {
        page.await.unwrap();
    }
    let reads = world.db.reads() - before;
    assert!(reads < alone + u64::try_from(PAGES).unwrap(), "{reads} reads, {alone} alone");
}

#[tokio::test]
async fn a_page_that_was_too_slow_reads_what_it_missed() {
    for world in World::both().await {
        let place = begun(&world.db).await;
        let mut page = world.agent.follow(&amara(), &place.run, 0).await.unwrap();
        told(&world.db, &place, 2).await;
        assert_eq!(heard(&mut page, 1).await, [1]);
        // More than is kept for it.
        told(&world.db, &place, 300).await;
        assert_eq!(heard(&mut page, 301).await, (2..=302).collect::<Vec<_>>());
        told(&world.db, &place, 1).await;
        assert_eq!(heard(&mut page, 1).await, [303], "{}", world.test.name);
    }
}

#[tokio::test]
async fn one_event_that_is_too_long_to_be_kept_is_read() {
    for world in World::both().await {
        let place = begun(&world.db).await;
        let mut page = world.agent.follow(&amara(), &place.run, 0).await.unwrap();
        told(&world.db, &place, 1).await;
        assert_eq!(heard(&mut page, 1).await, [1]);
        let at = place.clone();
        let long = "x".repeat(100_000);
        let text = long.clone();
        let work = world.db.write(move |tx| {
            Box::pin(
                async move { journal::append(tx, &at, "delta", json!({ "text": text })).await },
            )
        });
        let stored: Result<ChatEvent, StoreError> = work.await;
        stored.unwrap();
        told(&world.db, &place, 1).await;
        let event = tokio::time::timeout(PATIENCE, page.next()).await.unwrap().unwrap().unwrap();
        assert_eq!((event.seq, event.data["text"].as_str()), (2, Some(long.as_str())));
        assert_eq!(heard(&mut page, 1).await, [3], "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_page_of_another_node_hears_it_too() {
    for world in World::both().await.into_iter().filter(|it| it.db.is_shared()) {
        let place = begun(&world.db).await;
        let other = world.second_node(Arc::new(Planner), Config::default()).await;
        let mut page = other.follow_session(&amara(), &place.session, None).await.unwrap();
        let hearing = tokio::spawn(async move { heard(&mut page, MANY).await });
        told(&world.db, &place, MANY).await;
        assert_eq!(hearing.await.unwrap(), (1..=MANY).collect::<Vec<_>>());
    }
}
