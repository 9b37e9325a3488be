//! Transactions, group commit, events.

use domain::actor::{Actor, Role, Via};
use domain::event::{Event, EventKind, Topic};
use domain::ids::{UserId, WorkspaceId};
use serde_json::json;
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::sync::atomic::{AtomicUsize, Ordering};
use store::chain;
use store::db::{Conn, Db, Record};
use store::error::StoreError;
use store::events;
use store::memo::Memo;
use store::settings;
use store::testing::TestDb;

pub(crate) fn actor(workspace: &str) -> Actor {
    Actor {
        user: UserId::from("u1"),
        name: "Mira".to_owned(),
        workspace: WorkspaceId::from(workspace),
        role: Role::Member,
        via: Via::Ui,
        request_id: "r1".to_owned(),
        ip: None,
    }
}

async fn record(db: &Db, workspace: &str, target: &str) -> Result<i64, StoreError> {
    let (actor, event) = (actor(workspace), Event::new(EventKind::FlowCreated, target, "A flow"));
    db.write(move |tx| Box::pin(async move { events::record(tx, &actor, &event).await })).await
}

async fn numbers(db: &Db, workspace: &str) -> Vec<i64> {
    let mut conn = db.read().await.unwrap();
    let all = events::after(&mut conn, &WorkspaceId::from(workspace), 0, 1_000).await.unwrap();
    all.iter().map(|it| it.seq).collect()
}

#[tokio::test]
async fn events_are_numbered_without_gaps_in_each_workspace() {
    for test in TestDb::both().await {
        let all = (0..40).map(|n| {
            let db = test.db.clone();
            async move { record(&db, if n % 2 == 0 { "w1" } else { "w2" }, "f").await }
        });
        for result in futures::future::join_all(all).await {
            result.unwrap();
        }
        for workspace in ["w1", "w2"] {
            assert_eq!(
                numbers(&test.db, workspace).await,
                (1..=20).collect::<Vec<_>>(),
                "{}",
                test.name
            );
        }
    }
}

#[tokio::test]
async fn refused_work_leaves_nothing_and_does_not_disturb_its_neighbours() {
    for test in TestDb::both().await {
        let refused = test.db.write(|tx| {
            Box::pin(async move {
                events::record(tx, &actor("w1"), &Event::new(EventKind::FlowCreated, "f", ""))
                    .await?;
                Err::<(), _>(StoreError::Unreadable("on purpose".to_owned()))
            })
        });
        let (refused, kept) = tokio::join!(refused, record(&test.db, "w1", "g"));
        assert!(matches!(refused, Err(StoreError::Unreadable(_))));
        assert_eq!(kept.unwrap(), 1);
        assert_eq!(numbers(&test.db, "w1").await, [1], "{}", test.name);
    }
}

#[tokio::test]
async fn a_panic_in_one_piece_of_work_does_not_end_the_writer() {
    for test in TestDb::both().await {
        fn broken(_: &mut Conn) -> futures::future::BoxFuture<'_, Result<(), StoreError>> {
            Box::pin(async { panic!("on purpose") })
        }
        assert!(test.db.write(broken).await.is_err());
        assert_eq!(record(&test.db, "w1", "f").await.unwrap(), 1, "{}", test.name);
    }
}

#[tokio::test]
async fn a_committed_change_reaches_those_who_listen() {
    for test in TestDb::both().await {
        let mut changes = test.db.changes();
        record(&test.db, "w1", "f7").await.unwrap();
        let change = changes.recv().await.unwrap();
        assert_eq!((change.topic, change.target.as_str()), (Topic::Flow, "f7"));
        assert_eq!(change.workspace, WorkspaceId::from("w1"));
        let mut conn = test.db.read().await.unwrap();
        let stored = events::after(&mut conn, &change.workspace, 0, 10).await.unwrap();
        let Record::Event(event) = change.record else { panic!("{}", test.name) };
        assert_eq!(stored, [event.as_ref().clone()], "what is told is what is stored");
    }
}

#[tokio::test]
async fn a_change_reaches_the_other_nodes_of_a_shared_database() {
    let Some(test) = TestDb::postgres().await else { return };
    let other = test.reopen().await;
    let mut changes = other.changes();
    record(&test.db, "w1", "f7").await.unwrap();
    let change = changes.recv().await.unwrap();
    assert_eq!((change.target.as_str(), change.record), ("f7", Record::Elsewhere(1)));
}

#[tokio::test]
async fn what_a_node_says_reaches_the_others_and_not_itself() {
    let Some(test) = TestDb::postgres().await else { return };
    let other = test.reopen().await;
    let (mut own, mut heard) = (test.db.heard(), other.heard());
    test.db.say("one\ntwo").await.unwrap();
    assert_eq!(heard.recv().await.unwrap(), "one\ntwo");
    other.say("three").await.unwrap();
    assert_eq!(own.recv().await.unwrap(), "three", "its own words do not come back");
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_opening_again() {
    for test in TestDb::both().await {
        record(&test.db, "w1", "f").await.unwrap();
        test.db.close().await;
        let again = test.reopen().await;
        assert_eq!(numbers(&again, "w1").await, [1], "{}", test.name);
        assert_eq!(record(&again, "w1", "g").await.unwrap(), 2);
    }
}

#[tokio::test]
async fn what_passes_is_there_for_everybody_and_after_opening_again() {
    for test in TestDb::both().await {
        let say = async || {
            let written = test.db.write_passing::<_, StoreError, _>(|tx| {
                Box::pin(async move {
                    let event = Event::new(EventKind::ChatRunChanged, "r1", "A run");
                    events::record(tx, &actor("w1"), &event).await
                })
            });
            written.await.unwrap();
        };
        say().await;
        record(&test.db, "w1", "f").await.unwrap();
        futures::future::join3(say(), say(), async { record(&test.db, "w1", "g").await.unwrap() })
            .await;
        say().await;
        assert_eq!(numbers(&test.db, "w1").await.len(), 6, "{}", test.name);
        test.db.close().await;
        let again = test.reopen().await;
        assert_eq!(numbers(&again, "w1").await.len(), 6, "{}", test.name);
    }
}

#[tokio::test]
async fn what_was_read_is_kept_until_something_is_written() {
    for test in TestDb::both().await {
        let memo: Memo<&str, usize> = Memo::new(10);
        let reads = AtomicUsize::new(0);
        let ask = async |key| {
            let read = || async {
                reads.fetch_add(1, Ordering::Relaxed);
                Ok::<_, StoreError>(numbers(&test.db, "w1").await.len())
            };
            memo.of(&test.db, key, read).await.unwrap()
        };
        assert_eq!((ask("a").await, ask("a").await, ask("b").await), (0, 0, 0));
        // Several nodes may write to PostgreSQL, so nothing is kept there.
        let expected = if test.name == "sqlite" { 2 } else { 3 };
        assert_eq!(reads.load(Ordering::Relaxed), expected, "{}", test.name);
        record(&test.db, "w1", "f").await.unwrap();
        assert_eq!((ask("a").await, ask("b").await), (1, 1), "{}", test.name);
        let refused = || async { Err::<usize, _>(StoreError::Unreadable("on purpose".to_owned())) };
        assert!(memo.of(&test.db, "c", refused).await.is_err());
        assert_eq!(ask("c").await, 1);
        // Whoever else opens the same file in this process is seen too.
        if test.name == "sqlite" {
            let other = Db::open_sqlite(&test.folder.path().join("pmos.db")).await.unwrap();
            record(&other, "w1", "g").await.unwrap();
            assert_eq!(ask("a").await, 2);
        }
    }
}

/// Runs a statement as somebody does who opens the database without us.
async fn run_behind(test: &TestDb, sql: &'static str) {
    match test.setting() {
        ("SQLITE_PATH", path) => {
            let mut file = SqliteConnection::connect(&format!("sqlite:{path}")).await.unwrap();
            sqlx::query(sql).execute(&mut file).await.unwrap();
        }
        (_, url) => {
            let mut server = PgConnection::connect(&url).await.unwrap();
            sqlx::query(sql).execute(&mut server).await.unwrap();
        }
    }
}

#[tokio::test]
async fn talk_leaves_alone_what_is_kept_of_settings() {
    for test in TestDb::both().await {
        let word = async || {
            let mut conn = test.db.read().await.unwrap();
            settings::find(&mut conn, "w1", "word").await.unwrap()
        };
        let set = |value: &'static str| {
            test.db.write(move |tx| {
                Box::pin(async move { settings::set(tx, "w1", "word", &json!(value)).await })
            })
        };
        assert_eq!(word().await, None, "{}", test.name);
        set("one").await.unwrap();
        assert_eq!(word().await, Some(json!("one")), "{}", test.name);
        // Somebody with the file changes it behind our back; that nobody sees it shows that the answer was kept.
        run_behind(&test, "UPDATE settings SET value = '\"two\"'").await;
        let said = test.db.write_talk(|tx| {
            Box::pin(async move {
                let event = Event::new(EventKind::ChatRunChanged, "r1", "A run");
                events::record(tx, &actor("w1"), &event).await
            })
        });
        said.await.unwrap();
        // Several nodes may write to PostgreSQL, so nothing is kept there.
        let kept = if test.name == "sqlite" { "one" } else { "two" };
        assert_eq!(word().await, Some(json!(kept)), "{}", test.name);
        record(&test.db, "w1", "f").await.unwrap();
        assert_eq!(word().await, Some(json!("two")), "{}", test.name);
    }
}

#[tokio::test]
async fn talk_that_writes_something_else_is_refused_under_test() {
    let test = TestDb::sqlite().await;
    let wrong = test.db.write_talk(|tx| {
        Box::pin(async move { settings::set(tx, "w1", "word", &json!("one")).await })
    });
    let refused = wrong.await.unwrap_err().to_string();
    assert!(refused.contains("talk wrote the table settings"), "{refused}");
    let found = settings::find(&mut test.db.read().await.unwrap(), "w1", "word").await.unwrap();
    assert_eq!(found, None);
    let right = test
        .db
        .write(|tx| Box::pin(async move { settings::set(tx, "w1", "word", &json!("one")).await }));
    right.await.unwrap();
}

#[tokio::test]
async fn events_of_refused_work_leave_the_chain_whole() {
    for test in TestDb::both().await {
        let all = (0..30).map(|n| {
            let (db, actor) = (test.db.clone(), actor("w1"));
            async move {
                let work = db.write(move |tx| {
                    Box::pin(async move {
                        for target in ["f", "g"] {
                            let event = Event::new(EventKind::FlowCreated, target, "A flow");
                            events::record(tx, &actor, &event).await?;
                        }
                        if n % 3 == 0 {
                            return Err(StoreError::Unreadable("on purpose".to_owned()));
                        }
                        Ok(())
                    })
                });
                assert_eq!(work.await.is_ok(), n % 3 != 0);
            }
        });
        futures::future::join_all(all).await;
        record(&test.db, "w1", "h").await.unwrap();
        assert_eq!(numbers(&test.db, "w1").await, (1..=41).collect::<Vec<_>>(), "{}", test.name);
        let mut conn = test.db.read().await.unwrap();
        let checked = chain::verify(&mut conn, &WorkspaceId::from("w1"), None).await.unwrap();
        assert_eq!((checked.broken, checked.events), (None, 41), "{}", test.name);
    }
}
