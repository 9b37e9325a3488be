//! What failed lately is counted for each workspace by itself, and nothing else is.

use domain::ids::{UserId, WorkspaceId};
use store::care;
use store::failures::{self, Lately};
use store::notifications::{self, NewNotification};
use store::operations::{self, OperationFilter};
use store::testing::TestDb;

async fn run(
    test: &TestDb,
    id: usize,
    (workspace, environment, status): (&str, &str, &str),
    at: i64,
) {
    let error = if status == "FAILED" { "'No such card'" } else { "NULL" };
    let sql = format!(
        "INSERT INTO runs (id, workspace_id, flow_id, version_id, flow_name, environment, status, triggered_by,
                           acting_user, payload, created_at, finished_at, active_ms, steps_count, resumed, error,
                           owner, lease_until, fence)
         VALUES ('r{id}', '{workspace}', 'f', 'v', 'Ask', '{environment}', '{status}', 'webhook', 'u', '{{}}', 1,
                 {at}, 0, 0, 0, {error}, '', 0, 0)"
    );
    test.run(&sql).await.unwrap();
}

fn lately(workspace: &str, ended: i64, failed: i64) -> Lately {
    Lately { workspace_id: workspace.to_owned(), ended, failed }
}

#[tokio::test]
async fn runs_that_ended_are_counted_without_tests_and_stopped_ones() {
    for test in TestDb::both().await {
        let all = [
            (("w1", "PRODUCTION", "SUCCEEDED"), 200),
            (("w1", "PRODUCTION", "FAILED"), 200),
            (("w1", "PRODUCTION", "FAILED"), 300),
            (("w1", "PRODUCTION", "TIMEOUT"), 200),
            (("w1", "PRODUCTION", "CANCELED"), 200),
            (("w1", "TESTING", "FAILED"), 200),
            (("w1", "PRODUCTION", "FAILED"), 199),
            (("w2", "PRODUCTION", "SUCCEEDED"), 200),
        ];
        for (id, (what, at)) in all.into_iter().enumerate() {
            run(&test, id, what, at).await;
        }
        let mut conn = test.db.read().await.unwrap();
        let mut found = failures::of_runs(&mut conn, 200).await.unwrap();
        found.sort_by(|a, b| a.workspace_id.cmp(&b.workspace_id));
        assert_eq!(found, [lately("w1", 4, 3), lately("w2", 1, 0)], "{}", test.name);
        let flows = failures::of_flows(&mut conn, "w1", (200, 3)).await.unwrap();
        let row = |why: &str, times| ("Ask".to_owned(), why.to_owned(), times);
        assert_eq!(flows, [row("No such card", 2), row("TIMEOUT", 1)]);
    }
}

#[tokio::test]
async fn changes_requests_and_readings_that_fail_are_found() {
    for test in TestDb::both().await {
        test.run(
            "INSERT INTO workspaces (workspace_id, name, timezone, working_days, working_hours, created_at, updated_at)
             VALUES ('w1', 'Studio', 'UTC', '[]', '[]', 1, 1)",
        )
        .await
        .unwrap();
        for (id, source, status) in [
            ("o1", "mcp", "completed"),
            ("o2", "mcp", "failed"),
            ("o3", "mcp", "pending_approval"),
            ("o4", "alert", "failed"),
        ] {
            let sql = format!(
                "INSERT INTO operations (id, workspace_id, user_id, source, actor, tool, arguments, risk,
                                         approval_required, status, created_at, updated_at)
                 VALUES ('{id}', 'w1', 'u', '{source}', 'Mira', 'create_todo', '{{}}', 'low', 0, '{status}', 200, 200)"
            );
            test.run(&sql).await.unwrap();
        }
        test.run(
            "INSERT INTO request_counts (workspace_id, slot, bucket, requests, refused, failed)
             VALUES ('w1', 600000, 10, 9, 1, 2), ('', 600000, 10, 1, 0, 0), ('w1', 0, 10, 5, 0, 5)",
        )
        .await
        .unwrap();
        test.run(
            "INSERT INTO mirror_syncs (connection_id, workspace_id, account_id, owner, lease_until, next_at, started_at,
                                       calls, trouble, feed)
             VALUES ('c1', 'w1', 1, '', 0, 0, 0, 0, 'Sign in again', 'none'),
                    ('c2', 'w1', 1, '', 0, 0, 0, 0, NULL, 'none')",
        )
        .await
        .unwrap();
        let mut conn = test.db.read().await.unwrap();
        assert_eq!(failures::of_calls(&mut conn, 200).await.unwrap(), [lately("w1", 2, 1)]);
        assert!(failures::of_calls(&mut conn, 201).await.unwrap().is_empty(), "{}", test.name);
        let workspace = WorkspaceId::from("w1");
        let ui = OperationFilter { source: Some("ui".into()), limit: 9, ..Default::default() };
        let rows = operations::list(&mut conn, &workspace, &ui).await.unwrap();
        let doors: Vec<_> = rows.iter().map(|it| (it.id.as_str(), it.source.as_str())).collect();
        assert_eq!(doors, [("o4", "ui")], "an alert goes by what an admin set on a page");
        let requests = failures::of_requests(&mut conn, 650_000).await.unwrap();
        assert_eq!(requests, [lately("", 10, 2)], "{}", test.name);
        let trouble = care::trouble(&mut conn, "w1", "c1").await.unwrap();
        assert_eq!(trouble.as_deref(), Some("Sign in again"), "{}", test.name);
        assert_eq!(care::trouble(&mut conn, "w1", "c2").await.unwrap(), None, "{}", test.name);
        assert_eq!(care::trouble(&mut conn, "w2", "c1").await.unwrap(), None, "{}", test.name);
    }
}

#[tokio::test]
async fn what_a_person_was_told_last_is_found_by_its_beginning() {
    for test in TestDb::both().await {
        let (workspace, user) = (WorkspaceId::from("w1"), UserId::from("u1"));
        for once in ["alert:runs:w1:u1:7", "alert:calls:w1:u1:7"] {
            let new = NewNotification {
                user: user.clone(),
                once: Some(once.to_owned()),
                ..NewNotification::default()
            };
            let there = workspace.clone();
            let kept = test.db.write(move |tx| {
                Box::pin(async move { notifications::insert(tx, &there, &new).await })
            });
            assert!(kept.await.unwrap());
        }
        let mut conn = test.db.read().await.unwrap();
        for (about, is_told) in [("alert:runs:", true), ("alert:sync:", false), ("lert:", false)] {
            let found = notifications::last_told(&mut conn, (&workspace, &user), about).await;
            assert_eq!(found.unwrap().is_some(), is_told, "{} {about}", test.name);
        }
        let other = UserId::from("u2");
        let found = notifications::last_told(&mut conn, (&workspace, &other), "alert:").await;
        assert_eq!(found.unwrap(), None);
    }
}
