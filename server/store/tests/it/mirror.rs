//! The mirror's own rules, without Basecamp: who sees what, what is newer, what is gone.

use crate::core::actor;
use domain::event::{Event, EventKind};
use store::db::Db;
use store::error::StoreError;
use store::mirror::{self, Key, PersonRow, ProjectRow, Reading, Record};
use store::mirror_scopes::Walked;
use store::mirror_sync::{self, Holder};
use store::testing::TestDb;
use store::{events, mirror_formulas, mirror_questions, mirror_scopes, mirror_words};

const PAGE: Reading = Reading { run: 10, asked_at: 10, is_ours: false };

fn key(connection: &str) -> Key {
    mirror_sync::key("a", connection, 1)
}

fn project(id: i64) -> ProjectRow {
    ProjectRow {
        id,
        name: format!("Project {id}"),
        description: String::new(),
        status: "active".into(),
        app_url: String::new(),
        todoset_id: None,
        updated_at: 1,
        raw: "{}".into(),
    }
}

fn todo(id: i64, bucket_id: i64, title: &str, updated_at: i64) -> Record {
    Record {
        id,
        kind: "Todo".into(),
        bucket_id,
        parent_id: None,
        parent_kind: "Todoset".into(),
        parent_title: String::new(),
        parent_url: String::new(),
        title: title.into(),
        body: String::new(),
        status: "active".into(),
        completed: false,
        completed_at: None,
        completer_id: None,
        due_on: Some("2026-02-01".into()),
        starts_on: None,
        position: 1,
        creator_id: None,
        assignees: vec![7],
        comments: 0,
        for_clients: false,
        app_url: String::new(),
        created_at: 1,
        updated_at,
        raw: format!("{{\"title\": \"{title}\", \"at\": {updated_at}}}"),
    }
}

async fn put(db: &Db, key: &Key, record: Record, reading: Reading) {
    let key = key.clone();
    let write = db.write::<(), StoreError, _>(move |conn| {
        Box::pin(async move {
            mirror::put_record(conn, &key, &record, reading).await?;
            Ok(())
        })
    });
    write.await.unwrap();
}

/// Connection `one` sees projects 1 and 2, `other` only 2.
async fn filled(db: &Db) {
    let write = db.write::<(), StoreError, _>(move |conn| {
        Box::pin(async move {
            let (one, other) = (key("one"), key("other"));
            mirror::put_project(conn, &one, &project(1), 10).await?;
            mirror::put_project(conn, &one, &project(2), 10).await?;
            mirror::put_project(conn, &other, &project(2), 10).await?;
            for key in [&one, &other] {
                let person = PersonRow {
                    id: 7,
                    name: "Sofia Duarte".into(),
                    email: None,
                    title: None,
                    client: 0,
                    raw: "{}".into(),
                };
                mirror::put_person(conn, key, &person, 10, true).await?;
            }
            Ok(())
        })
    });
    write.await.unwrap();
    put(db, &key("one"), todo(11, 1, "Secret plan", 5), PAGE).await;
    put(db, &key("one"), todo(12, 2, "Open plan", 5), PAGE).await;
}

async fn overdue(db: &Db, key: &Key) -> Vec<i64> {
    let mut conn = db.read().await.unwrap();
    let found = mirror_questions::overdue(&mut conn, key, "2026-02-18").await.unwrap();
    found.into_iter().map(|(it, _)| it.id).collect()
}

#[tokio::test]
async fn each_connection_sees_its_own_projects_only() {
    for test in TestDb::both().await {
        filled(&test.db).await;
        let (one, other) = (key("one"), key("other"));
        assert_eq!(overdue(&test.db, &one).await, [11, 12], "{}", test.name);
        assert_eq!(overdue(&test.db, &other).await, [12], "{}", test.name);
        let stranger = mirror_sync::key("b", "one", 1);
        assert!(overdue(&test.db, &stranger).await.is_empty(), "{}", test.name);
        let mut conn = test.db.read().await.unwrap();
        let loads = mirror_questions::loads(&mut conn, &other, "2026-02-18", "2026-02-24").await;
        assert_eq!(loads.unwrap()[0].open, 1, "{}", test.name);
        let mut found = mirror_words::find(&mut conn, &one, "PLAN", 9).await.unwrap();
        found.sort_unstable();
        assert_eq!(found, [11, 12], "{}", test.name);
        assert_eq!(mirror_words::find(&mut conn, &other, "pla", 9).await.unwrap(), [12]);
    }
}

#[tokio::test]
async fn what_is_older_never_replaces_what_is_newer() {
    for test in TestDb::both().await {
        filled(&test.db).await;
        let one = key("one");
        put(&test.db, &one, todo(12, 2, "Newer", 9), PAGE).await;
        put(&test.db, &one, todo(12, 2, "Older", 8), PAGE).await;
        let ours = Reading { run: 0, asked_at: 20, is_ours: true };
        put(&test.db, &one, todo(11, 1, "Ours", 5), ours).await;
        // This page was asked for before our write.
        put(&test.db, &one, todo(11, 1, "Secret plan", 6), PAGE).await;
        let mut conn = test.db.read().await.unwrap();
        let found = mirror_questions::overdue(&mut conn, &one, "2026-02-18").await.unwrap();
        let titles: Vec<&str> = found.iter().map(|(it, _)| it.title.as_str()).collect();
        assert_eq!(titles, ["Ours", "Newer"], "{}", test.name);
        let happened = mirror_formulas::happened(&mut conn, &one, (0, i64::MAX)).await.unwrap();
        let changes = happened.iter().filter(|it| it.record_id == 12 && it.field != "created");
        let changes: Vec<_> =
            changes.map(|it| (it.field.as_str(), it.old.as_deref(), it.new.as_deref())).collect();
        assert_eq!(changes, [("title", Some("Open plan"), Some("Newer"))], "{}", test.name);
    }
}

#[tokio::test]
async fn a_record_goes_after_it_was_missed_by_two_whole_walks() {
    for test in TestDb::both().await {
        filled(&test.db).await;
        let one = key("one");
        for (run, left) in [(20, vec![11, 12]), (30, vec![12])] {
            let again = Reading { run, asked_at: run, is_ours: false };
            put(&test.db, &one, todo(12, 2, "Open plan", 5), again).await;
            let walked = one.clone();
            let write = test.db.write::<(), StoreError, _>(move |conn| {
                Box::pin(async move {
                    let todos =
                        Walked { kind: "Todo", status: "active", projects: "active", since: "" };
                    mirror_scopes::settle(conn, &walked, todos, run).await
                })
            });
            write.await.unwrap();
            assert_eq!(overdue(&test.db, &one).await, left, "{}", test.name);
        }
        let mut conn = test.db.read().await.unwrap();
        let loads = mirror_questions::loads(&mut conn, &one, "2026-02-18", "2026-02-24").await;
        assert_eq!(loads.unwrap()[0].open, 1, "{}", test.name);
        drop(conn);
        // It comes back when it is seen again.
        let back = Reading { run: 40, asked_at: 40, is_ours: false };
        put(&test.db, &one, todo(11, 1, "Secret plan", 5), back).await;
        assert_eq!(overdue(&test.db, &one).await, [11, 12], "{}", test.name);
    }
}

#[tokio::test]
async fn what_was_asked_for_later_counts_though_basecamps_clock_fell_behind() {
    for test in TestDb::both().await {
        filled(&test.db).await;
        let one = key("one");
        let later = Reading { run: 20, asked_at: 20, is_ours: false };
        put(&test.db, &one, todo(12, 2, "Stamped an hour ago", 3), later).await;
        // A page that was asked for before is not news, whatever its stamp.
        put(&test.db, &one, todo(12, 2, "Asked for before", 9), PAGE).await;
        let mut conn = test.db.read().await.unwrap();
        let found = mirror_questions::todo(&mut conn, &one, 12).await.unwrap();
        assert_eq!(found[0].0.title, "Stamped an hour ago", "{}", test.name);
    }
}

async fn lease(db: &Db, owner: &str, is_alone: bool) -> bool {
    let holder = Holder { owner: owner.to_owned(), lease_ms: 60_000 };
    let write = db.write::<bool, StoreError, _>(move |conn| {
        Box::pin(async move { mirror_sync::lease(conn, &key("one"), &holder, is_alone).await })
    });
    write.await.unwrap()
}

async fn connected(db: &Db) {
    let new = store::connections::NewConnection {
        id: "one".into(),
        owner_id: None,
        app: "basecamp".into(),
        name: "Basecamp".into(),
        secret: String::new(),
        meta: "{}".into(),
    };
    let write = db.write::<(), StoreError, _>(move |conn| {
        Box::pin(async move { store::connections::insert(conn, &"a".into(), &new).await })
    });
    write.await.unwrap();
}

/// A page is stored by taking the sync first and then its part; somebody who hurries in between waits for both.
#[tokio::test]
async fn a_page_and_somebody_who_hurries_never_wait_for_each_other() {
    for test in TestDb::both().await {
        connected(&test.db).await;
        assert!(lease(&test.db, "n1", false).await);
        let begun = test.db.write::<(), StoreError, _>(|conn| {
            Box::pin(async move { mirror_scopes::add_scope(conn, &key("one"), "Todo", 1).await })
        });
        begun.await.unwrap();
        let (holds, held) = tokio::sync::oneshot::channel();
        let page = test.db.write::<(), StoreError, _>(move |conn| {
            Box::pin(async move {
                let holder = Holder { owner: "n1".to_owned(), lease_ms: 60_000 };
                assert!(mirror_sync::renew(conn, &key("one"), &holder, 1).await?);
                holds.send(()).expect("the other one waits for it");
                // As long as the other one needs to come to what this one holds.
                tokio::time::sleep(std::time::Duration::from_millis(300)).await;
                mirror_scopes::hurry_scope(conn, &key("one"), "Todo").await
            })
        });
        let hurried = async {
            held.await.unwrap();
            let write = test.db.write::<(), StoreError, _>(|conn| {
                Box::pin(async move { mirror_sync::hurry(conn, &key("one")).await })
            });
            write.await
        };
        let (page, hurried) = tokio::join!(page, hurried);
        assert!(page.is_ok() && hurried.is_ok(), "{}: {page:?} {hurried:?}", test.name);
    }
}

#[tokio::test]
async fn one_node_at_a_time_syncs_a_connection() {
    for test in TestDb::both().await {
        assert!(!lease(&test.db, "n1", false).await, "{}: there is no connection", test.name);
        connected(&test.db).await;
        assert!(lease(&test.db, "n1", false).await, "{}", test.name);
        assert!(!lease(&test.db, "n2", false).await, "{}", test.name);
        assert!(lease(&test.db, "n1", false).await, "{}", test.name);
        assert!(lease(&test.db, "n3", true).await, "{}: alone on its file", test.name);
    }
}

/// Words of the search are written late, when the next piece of work of the batch begins.
#[tokio::test]
async fn talk_beside_records_that_are_found_by_words_is_stored() {
    for test in TestDb::both().await {
        filled(&test.db).await;
        let both = (0..40).map(|n| {
            let db = test.db.clone();
            async move {
                let said = db.write_talk(|tx| {
                    Box::pin(async move {
                        let event = Event::new(EventKind::ChatRunChanged, "r1", "A run");
                        events::record(tx, &actor("w1"), &event).await
                    })
                });
                let (one, record) = (key("one"), todo(100 + n, 1, &format!("Plan {n}"), 5));
                let ((), said) = futures::join!(put(&db, &one, record, PAGE), said);
                said.unwrap();
            }
        });
        futures::future::join_all(both).await;
        let mut conn = test.db.read().await.unwrap();
        let found = mirror_words::find(&mut conn, &key("one"), "plan", 100).await.unwrap();
        assert_eq!(found.len(), 42, "{}", test.name);
    }
}

#[tokio::test]
async fn what_the_mirror_answered_is_kept_until_it_holds_something_else() {
    for test in TestDb::both().await {
        filled(&test.db).await;
        connected(&test.db).await;
        let place = async || {
            let conn = test.db.read().await.unwrap();
            conn.mirror_place("late", &["a"])
        };
        assert_eq!(place().await.keep_rows(vec![11, 12]), [11, 12]);
        let is_kept = test.name == "sqlite";
        let known = is_kept.then(|| vec![11, 12]);
        assert_eq!(place().await.answer::<Vec<i32>>(), known, "{}", test.name);
        // The sync goes on, somebody says something, a setting changes: none of it changes an answer.
        assert!(lease(&test.db, "n1", false).await);
        let other = test.db.write::<(), StoreError, _>(|conn| {
            let word = serde_json::json!("x");
            Box::pin(async move { store::settings::set(conn, "a", "word", &word).await })
        });
        other.await.unwrap();
        assert_eq!(place().await.answer::<Vec<i32>>(), known, "{}", test.name);
        let before = place().await;
        put(&test.db, &key("one"), todo(13, 2, "Another plan", 6), PAGE).await;
        assert_eq!(place().await.answer::<Vec<i32>>(), None, "{}", test.name);
        // What was read before the change is too old to be kept after it.
        before.keep_rows(vec![11, 12]);
        assert_eq!(place().await.answer::<Vec<i32>>(), None, "{}", test.name);
        let many = place().await.keep_rows(vec![0; 8_001]);
        assert_eq!((many.len(), place().await.answer::<Vec<i32>>()), (8_001, None));
        // All of them together have an end, too: the fourth long list makes room for itself.
        let of = async |by: &str| test.db.read().await.unwrap().mirror_place("late", &[by]);
        for by in ["a", "b", "c", "d"] {
            of(by).await.keep_rows(vec![7; 8_000]);
        }
        let mut kept = Vec::new();
        for by in ["a", "b", "c", "d"] {
            kept.push(of(by).await.answer::<Vec<i32>>().is_some());
        }
        assert_eq!(kept, [false, false, false, is_kept], "{}", test.name);
    }
}
