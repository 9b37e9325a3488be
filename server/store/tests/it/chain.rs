//! The chain of events: whatever is done to one of them afterwards shows.

use domain::actor::{Actor, Role, Via};
use domain::event::{Event, EventKind};
use domain::ids::{UserId, WorkspaceId};
use serde_json::json;
use store::chain::{self, Chain, Head};
use store::events;
use store::testing::TestDb;

fn actor() -> Actor {
    Actor {
        user: UserId::from("u1"),
        name: "Mira".to_owned(),
        workspace: WorkspaceId::from("w1"),
        role: Role::Member,
        via: Via::Ui,
        request_id: "r1".to_owned(),
        ip: Some("127.0.0.1".to_owned()),
    }
}

async fn record(test: &TestDb, target: String) {
    let event = Event::new(EventKind::FlowCreated, target, "Flüsse “und” mehr");
    let event = event.with(json!({ "before": { "name": null }, "after": { "name": "x" } }));
    let work = test
        .db
        .write(move |tx| Box::pin(async move { events::record(tx, &actor(), &event).await }));
    work.await.unwrap();
}

async fn verified(test: &TestDb, kept: Option<&Head>) -> Chain {
    let mut conn = test.db.read().await.unwrap();
    chain::verify(&mut conn, &WorkspaceId::from("w1"), kept).await.unwrap()
}

/// A database with as many events, and the head of half of them.
async fn filled(test: &TestDb, count: usize) -> Head {
    let all = (0..count / 2).map(|at| record(test, format!("f{at}")));
    futures::future::join_all(all).await;
    let half = verified(test, None).await.head;
    for at in count / 2..count {
        record(test, format!("f{at}")).await;
    }
    half
}

/// Takes the guards of the database away, as whoever owns its file can.
async fn unguarded(test: &TestDb) {
    let on = if test.name == "postgres" { " ON events" } else { "" };
    test.run(&format!("DROP TRIGGER events_are_not_changed{on}")).await.unwrap();
    if test.name == "sqlite" {
        test.run("DROP TRIGGER events_are_not_removed").await.unwrap();
    }
}

#[tokio::test]
async fn a_chain_is_whole_whoever_wrote_at_once() {
    for test in TestDb::both().await {
        // More than is read at once.
        let half = filled(&test, 1_050).await;
        let whole = verified(&test, Some(&half)).await;
        assert_eq!((whole.events, whole.older, whole.broken), (1_050, 0, None), "{}", test.name);
        assert_eq!((half.seq, whole.head.seq, whole.head.hash.len()), (525, 1_050, 64));
        let mut conn = test.db.read().await.unwrap();
        let nothing = chain::verify(&mut conn, &WorkspaceId::from("w2"), None).await.unwrap();
        assert_eq!(nothing, Chain::default());
    }
}

#[tokio::test]
async fn the_database_itself_only_adds_events() {
    for test in TestDb::both().await {
        filled(&test, 4).await;
        let mut tries = vec!["UPDATE events SET actor = 'Eve' WHERE seq = 2", "DELETE FROM events"];
        if test.name == "postgres" {
            tries.push("TRUNCATE events");
        }
        for sql in tries {
            let refused = test.run(sql).await.unwrap_err();
            assert!(format!("{refused:?}").contains("events are only added"), "{sql}: {refused:?}");
        }
        assert_eq!(verified(&test, None).await.broken, None, "{}", test.name);
    }
}

#[tokio::test]
async fn what_is_changed_behind_our_back_is_named() {
    let tampered = [
        ("UPDATE events SET actor = 'Eve' WHERE seq = 5", 5),
        ("UPDATE events SET outcome = 'failed' WHERE seq = 1", 1),
        ("UPDATE events SET at_ms = at_ms + 1 WHERE seq = 8", 8),
        ("UPDATE events SET hash = NULL WHERE seq = 5", 6),
        ("DELETE FROM events WHERE seq = 3", 3),
        ("DELETE FROM events WHERE seq > 7", 8),
        ("UPDATE events SET seq = 100 WHERE seq = 4", 4),
        ("UPDATE event_counters SET seq = 9", 9),
    ];
    for (sql, broken) in tampered {
        for test in TestDb::both().await {
            filled(&test, 8).await;
            unguarded(&test).await;
            assert_eq!(verified(&test, None).await.broken, None);
            test.run(sql).await.unwrap();
            assert_eq!(verified(&test, None).await.broken, Some(broken), "{} {sql}", test.name);
        }
    }
}

#[tokio::test]
async fn an_end_that_was_cut_off_shows_to_whoever_kept_the_head() {
    for test in TestDb::both().await {
        let half = filled(&test, 8).await;
        let kept = verified(&test, None).await.head;
        unguarded(&test).await;
        test.run("DELETE FROM events WHERE seq > 6").await.unwrap();
        let sql =
            "UPDATE event_counters SET seq = 6, head = (SELECT hash FROM events WHERE seq = 6)";
        test.run(sql).await.unwrap();
        assert_eq!(verified(&test, None).await.broken, None, "alone it looks whole");
        assert_eq!(verified(&test, Some(&half)).await.broken, None, "{}", test.name);
        assert_eq!(verified(&test, Some(&kept)).await.broken, Some(8), "{}", test.name);
    }
}

#[tokio::test]
async fn events_of_releases_without_hashes_are_counted_and_the_chain_goes_on() {
    for test in TestDb::both().await {
        filled(&test, 4).await;
        // What the release before writes.
        test.run(
            "INSERT INTO events (workspace_id, seq, at_ms, kind, topic, audited, actor_id, actor, via, target, label,
                                 outcome, detail, request_id)
             VALUES ('w1', 5, 1, 'flow.created', 'flow', 1, 'u', 'Mira', 'ui', 'f', '', 'success', '{}', 'r')",
        )
        .await
        .unwrap();
        test.run("UPDATE event_counters SET seq = 5").await.unwrap();
        record(&test, "f6".to_owned()).await;
        let chain = verified(&test, None).await;
        assert_eq!((chain.events, chain.older, chain.broken), (6, 1, None), "{}", test.name);
    }
}
