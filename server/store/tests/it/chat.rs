//! Conversations, runs, approvals and operations.

use domain::approval::{ApprovalStatus, Effects, Risk};
use domain::chat::ChatRunStatus;
use domain::ids::{ApprovalId, ChatRunId, OperationId, SessionId, UserId, WorkspaceId};
use serde_json::json;
use store::approvals::{self, ApprovalFilter, Decision, NewApproval};
use store::chat::journal::{self, CallStatus, Place};
use store::chat::runs::{self, Ending, NewRun};
use store::chat::{self, NewMessage, NewSession, Owner};
use store::db::{Conn, Db};
use store::error::StoreError;
use store::ids;
use store::operations::{self, Claim, NewOperation, OperationFilter, ToolKey};
use store::talks::Heard;
use store::testing::TestDb;
use store::undos;

fn owner(user: &str) -> Owner {
    Owner { workspace: WorkspaceId::from("w1"), user: UserId::from(user) }
}

async fn new_session(db: &Db) -> SessionId {
    db.write(|tx| {
        Box::pin(
            async move { chat::insert_session(tx, &owner("u1"), &NewSession::default()).await },
        )
    })
    .await
    .unwrap()
}

async fn write<T: Send + 'static>(
    db: &Db,
    work: impl for<'c> FnOnce(&'c mut Conn) -> futures::future::BoxFuture<'c, Result<T, StoreError>>
    + Send
    + 'static,
) -> T {
    db.write(work).await.unwrap()
}

fn new_run(id: &str, session: &SessionId) -> NewRun {
    NewRun {
        id: id.into(),
        user_name: "Mira".into(),
        session: session.clone(),
        root: id.into(),
        parent: None,
        runtime: "v1".into(),
        model: "builtin".into(),
        flow: None,
        project: None,
        today: "2026-11-18".into(),
        request_id: "r".into(),
    }
}

#[tokio::test]
async fn a_session_belongs_to_one_person() {
    for test in TestDb::both().await {
        let id = new_session(&test.db).await;
        let mut conn = test.db.read().await.unwrap();
        assert!(chat::session(&mut conn, &owner("u1"), &id).await.unwrap().is_some());
        assert!(
            chat::session(&mut conn, &owner("u2"), &id).await.unwrap().is_none(),
            "{}",
            test.name
        );
        assert!(chat::sessions(&mut conn, &owner("u2"), i64::MAX, 20).await.unwrap().is_empty());
        drop(conn);
        let theirs = id.clone();
        assert!(
            !write(&test.db, move |tx| Box::pin(async move {
                chat::rename_session(tx, &owner("u2"), &theirs, "Mine").await
            }))
            .await
        );
        let theirs = id.clone();
        assert!(
            !write(&test.db, move |tx| Box::pin(async move {
                chat::delete_session(tx, &owner("u2"), &theirs).await
            }))
            .await
        );
        assert!(
            write(&test.db, move |tx| Box::pin(async move {
                chat::delete_session(tx, &owner("u1"), &id).await
            }))
            .await
        );
    }
}

#[tokio::test]
async fn turns_are_read_oldest_first_and_paged_backwards() {
    for test in TestDb::both().await {
        let id = new_session(&test.db).await;
        for n in 0..5 {
            let session = id.clone();
            write(&test.db, move |tx| {
                Box::pin(async move {
                    let new = NewMessage {
                        role: "user",
                        content: n.to_string(),
                        note: Some(json!({"n": n})),
                        run: Some("c1".into()),
                        root: Some("c1".into()),
                        ..NewMessage::default()
                    };
                    chat::insert_message(tx, &owner("u1"), &session, &new).await
                })
            })
            .await;
        }
        let mut conn = test.db.read().await.unwrap();
        let newest = chat::messages(&mut conn, &id, i64::MAX, 2).await.unwrap();
        assert_eq!(
            newest.iter().map(|it| it.message.content.as_str()).collect::<Vec<_>>(),
            ["3", "4"]
        );
        assert_eq!(newest[1].note, Some(json!({"n": 4})));
        let first = newest[0].message.id.clone();
        let before = chat::message_seq(&mut conn, &id, &first).await.unwrap().unwrap();
        assert_eq!(chat::messages(&mut conn, &id, before, 100).await.unwrap().len(), 3);
        assert_eq!(chat::said_in(&mut conn, &"w1".into(), &"c1".into()).await.unwrap().len(), 5);
        assert_eq!(
            chat::session(&mut conn, &owner("u1"), &id).await.unwrap().unwrap().message_count,
            5
        );
    }
}

#[tokio::test]
async fn one_run_of_a_session_is_under_way_at_a_time() {
    for test in TestDb::both().await {
        let session = new_session(&test.db).await;
        let (first, second) = (new_run("c1", &session), new_run("c2", &session));
        assert!(
            write(&test.db, move |tx| Box::pin(async move {
                runs::insert(tx, &owner("u1"), &first).await
            }))
            .await
        );
        let again = second.clone();
        assert!(
            !write(&test.db, move |tx| Box::pin(async move {
                runs::insert(tx, &owner("u1"), &again).await
            }))
            .await
        );
        let done = Ending { status: ChatRunStatus::Succeeded, error: None, approval: None };
        let ended = done.clone();
        assert!(
            write(&test.db, |tx| Box::pin(async move {
                runs::start(tx, &"c1".into()).await?;
                runs::progress(tx, &"c1".into(), 2).await?;
                runs::used(tx, &"c1".into(), "list_projects").await?;
                runs::finish(tx, &"c1".into(), &ended).await
            }))
            .await
        );
        assert!(
            !write(&test.db, move |tx| Box::pin(async move {
                runs::finish(tx, &"c1".into(), &done).await
            }))
            .await
        );
        assert!(
            write(&test.db, move |tx| Box::pin(async move {
                runs::insert(tx, &owner("u1"), &second).await
            }))
            .await
        );
        let mut conn = test.db.read().await.unwrap();
        let run = runs::find(&mut conn, &owner("u1"), &"c1".into()).await.unwrap().unwrap();
        assert_eq!((run.run.status, run.run.iterations), (ChatRunStatus::Succeeded, 2));
        assert!(runs::find(&mut conn, &owner("u2"), &"c1".into()).await.unwrap().is_none());
        let (workspace, second) = (WorkspaceId::from("w1"), ChatRunId::from("c2"));
        let place = (&workspace, &session);
        let all = journal::runs_from(&mut conn, place, Some(&second)).await.unwrap();
        assert_eq!(all, std::slice::from_ref(&second));
        assert_eq!(journal::runs_from(&mut conn, place, None).await.unwrap().len(), 2);
        assert_eq!(journal::newest_run(&mut conn, place).await.unwrap(), Some(second));
        let elsewhere = (&WorkspaceId::from("w2"), &session);
        assert_eq!(journal::newest_run(&mut conn, elsewhere).await.unwrap(), None);
    }
}

#[tokio::test]
async fn events_of_a_run_are_numbered_without_gaps_and_announced() {
    for test in TestDb::both().await {
        let session = new_session(&test.db).await;
        let mut heard = test.db.conversation(&session);
        let place = Place { workspace: "w1".into(), session, run: "c1".into() };
        for name in ["start", "done"] {
            let place = place.clone();
            write(&test.db, move |tx| {
                Box::pin(async move { journal::append(tx, &place, name, json!({})).await })
            })
            .await;
        }
        let mut conn = test.db.read().await.unwrap();
        let events = journal::events(&mut conn, &"c1".into(), 0).await.unwrap();
        for event in &events {
            let Heard::Events(told) = heard.recv().await.unwrap() else { panic!("{}", test.name) };
            assert_eq!(
                told.as_ref(),
                std::slice::from_ref(event),
                "what is told is what is stored"
            );
        }
        assert_eq!(journal::last_seq(&mut conn, &"c1".into()).await.unwrap(), 2);
        assert_eq!(events.iter().map(|it| it.seq).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(events[1].data["runId"], "c1");
        assert_eq!(journal::events(&mut conn, &"c1".into(), 1).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_call_begins_once() {
    for test in TestDb::both().await {
        let session = new_session(&test.db).await;
        let place = Place { workspace: "w1".into(), session, run: "c1".into() };
        let call = write(&test.db, move |tx| {
            Box::pin(async move {
                journal::propose(tx, &place, &"c1".into(), "create_todo", &json!({"a": 1})).await
            })
        })
        .await;
        let id = call.id.clone();
        assert!(
            write(&test.db, move |tx| Box::pin(async move { journal::begin(tx, &id).await })).await
        );
        let id = call.id.clone();
        assert!(
            !write(&test.db, move |tx| Box::pin(async move { journal::begin(tx, &id).await }))
                .await
        );
        let id = call.id.clone();
        write(&test.db, |tx| {
            Box::pin(async move {
                journal::set_approval(tx, &id, &"a1".into(), CallStatus::Approved).await?;
                journal::reset(tx, &id).await?;
                journal::end(tx, &id, CallStatus::Ok, &json!({"id": 7})).await
            })
        })
        .await;
        let mut conn = test.db.read().await.unwrap();
        let calls = journal::calls(&mut conn, &"c1".into()).await.unwrap();
        assert_eq!((calls[0].status, calls[0].position), (CallStatus::Ok, 0));
        assert_eq!(
            (calls[0].args["a"].clone(), calls[0].result.clone()),
            (json!(1), Some(json!({"id": 7})))
        );
    }
}

fn new_approval(id: &str) -> NewApproval {
    NewApproval {
        id: id.into(),
        kind: "tool",
        title: "Complete a to-do".into(),
        summary: "In Website relaunch".into(),
        effects: Effects::default(),
        tool: "complete_todo".into(),
        args: json!({"todo_id": 7}),
        args_hash: "h".into(),
        guard: json!({"updated_at": "x"}),
        risk: Risk::Write,
        asked_by: "u1".into(),
        asked_by_name: "Mira".into(),
        run_id: None,
        session_id: None,
        flow_id: None,
        call_id: None,
        expires_at_ms: 1_000,
    }
}

#[tokio::test]
async fn one_decision_wins() {
    for test in TestDb::both().await {
        write(&test.db, |tx| {
            Box::pin(async move { approvals::insert(tx, &"w1".into(), &new_approval("a1")).await })
        })
        .await;
        let decide = |status| {
            let decision = Decision { status, by: Some(("u1".into(), "Mira".into())), note: None };
            write(&test.db, move |tx| {
                Box::pin(async move { approvals::decide(tx, &"a1".into(), &decision).await })
            })
        };
        let mut conn = test.db.read().await.unwrap();
        assert_eq!(approvals::overdue(&mut conn, 2_000).await.unwrap().len(), 1);
        assert!(approvals::find(&mut conn, &"w2".into(), &"a1".into()).await.unwrap().is_none());
        drop(conn);
        assert!(decide(ApprovalStatus::Approved).await, "{}", test.name);
        assert!(!decide(ApprovalStatus::Rejected).await);
        write(&test.db, |tx| {
            Box::pin(async move {
                approvals::set_args(tx, &"a1".into(), &json!({}), "z").await?;
                approvals::set_result(tx, &"a1".into(), Some("o1"), &json!({"ok": true})).await
            })
        })
        .await;
        let mut conn = test.db.read().await.unwrap();
        let filter =
            ApprovalFilter { asked_by: Some("u1".into()), limit: 10, ..ApprovalFilter::default() };
        let all = approvals::list(&mut conn, &"w1".into(), &filter).await.unwrap();
        assert_eq!(all[0].approval.status, ApprovalStatus::Approved);
        assert_eq!(
            (all[0].approval.args_hash.as_str(), all[0].approval.operation_id.as_deref()),
            ("h", Some("o1"))
        );
        let newer = ApprovalFilter {
            before: Some(ApprovalId::from("a1")),
            limit: 10,
            ..ApprovalFilter::default()
        };
        assert!(approvals::list(&mut conn, &"w1".into(), &newer).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_operation_is_undone_once() {
    for test in TestDb::both().await {
        let new = NewOperation {
            id: OperationId::from(ids::fresh()),
            tool: "create_todo".into(),
            source: "chat",
            status: "completed",
            undo: Some(json!({"tool": "trash_todo"})),
            approval_id: Some("a1".into()),
            ..NewOperation::default()
        };
        let id = new.id.clone();
        write(&test.db, move |tx| {
            Box::pin(async move { operations::insert(tx, &"w1".into(), &new).await })
        })
        .await;
        let undo = |id: OperationId| {
            write(&test.db, move |tx| {
                Box::pin(async move { undos::mark(tx, &"w1".into(), &id).await })
            })
        };
        assert!(undo(id.clone()).await);
        assert!(!undo(id.clone()).await, "{}", test.name);
        let mut conn = test.db.read().await.unwrap();
        let row = operations::find(&mut conn, &"w1".into(), &id).await.unwrap().unwrap();
        assert_eq!((row.approval_required, row.status.as_str()), (1, "completed"));
        assert!(operations::find(&mut conn, &"w2".into(), &id).await.unwrap().is_none());
        let filter =
            OperationFilter { source: Some("chat".into()), limit: 5, ..OperationFilter::default() };
        assert_eq!(operations::list(&mut conn, &"w1".into(), &filter).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_request_key_is_used_for_one_write() {
    for test in TestDb::both().await {
        let key = ToolKey {
            workspace: "w1".into(),
            user: "u1".into(),
            tool: "t".into(),
            key: "k".into(),
        };
        let claim = |hash: &'static str| {
            let key = key.clone();
            write(&test.db, move |tx| {
                Box::pin(async move { operations::claim(tx, &key, hash, 0).await })
            })
        };
        assert_eq!(claim("h").await, Claim::Mine);
        assert_eq!(claim("h").await, Claim::Running, "{}", test.name);
        assert_eq!(claim("other").await, Claim::OtherArguments);
        let mine = key.clone();
        write(&test.db, move |tx| Box::pin(async move { operations::release(tx, &mine).await }))
            .await;
        assert_eq!(claim("h").await, Claim::Mine);
        let mine = key.clone();
        write(&test.db, move |tx| {
            Box::pin(async move { operations::keep_answer(tx, &mine, &json!(1)).await })
        })
        .await;
        assert_eq!(claim("h").await, Claim::Done(json!(1)));
    }
}
