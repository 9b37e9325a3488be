//! Runs are narrowed by the database, and each workspace finds its own alone.

use domain::flow::listing::RunFilter;
use domain::flow::run::{RunFigures, RunStatus};
use domain::ids::{RunId, WorkspaceId};
use std::slice::from_ref;
use store::testing::TestDb;
use store::{ids, run_lists, runs};

struct Row {
    flow: &'static str,
    status: &'static str,
    environment: &'static str,
    by: (&'static str, &'static str),
    at: i64,
}

const LIVE: Row = Row {
    flow: "Overdue nudge",
    status: "SUCCEEDED",
    environment: "PRODUCTION",
    by: ("schedule", "u1"),
    at: 0,
};

async fn store(test: &TestDb, workspace: &str, row: &Row) -> RunId {
    let id = ids::fresh();
    let (by, user) = row.by;
    let (flow, environment, status) = (row.flow, row.environment, row.status);
    let (at, now) = (row.at, ids::now_ms() + row.at);
    let ended = if matches!(status, "PAUSED" | "RUNNING" | "QUEUED") {
        "NULL".to_owned()
    } else {
        (now + 40 + at).to_string()
    };
    let sql = format!(
        "INSERT INTO runs (id, workspace_id, flow_id, version_id, flow_name, environment, status, triggered_by,
                           acting_user, payload, created_at, started_at, finished_at, active_ms, steps_count, resumed,
                           owner, lease_until, fence)
         VALUES ('{id}', '{workspace}', 'f-{flow}', 'v', '{flow}', '{environment}', '{status}', '{by}', '{user}', '{{}}',
                 {now}, {now}, {ended}, 0, 0, 0, '', 0, 0)"
    );
    test.run(&sql).await.unwrap();
    RunId::from(id)
}

async fn names(test: &TestDb, filter: RunFilter) -> Vec<RunId> {
    let mut conn = test.db.read().await.unwrap();
    let all = run_lists::list(&mut conn, &WorkspaceId::from("w1"), &filter, "", 50).await.unwrap();
    all.into_iter().map(|it| it.id).collect()
}

#[tokio::test]
async fn every_filter_narrows_and_filters_narrow_together() {
    for test in TestDb::both().await {
        let none = RunFilter::default;
        let fine = store(&test, "w1", &LIVE).await;
        let mine = Row { by: ("manual", "u2"), status: "TIMEOUT", ..LIVE };
        let mine = store(&test, "w1", &mine).await;
        let waits = Row { flow: "Brief 100% to_dos", status: "PAUSED", ..LIVE };
        let waits = store(&test, "w1", &waits).await;
        let queued = store(&test, "w1", &Row { status: "QUEUED", ..LIVE }).await;
        let tried = Row { environment: "TESTING", by: ("manual", "u1"), ..LIVE };
        let tried = store(&test, "w1", &tried).await;
        store(&test, "w2", &Row { by: ("manual", "u2"), status: "TIMEOUT", ..LIVE }).await;

        let all = [&tried, &queued, &waits, &mine, &fine].map(Clone::clone);
        assert_eq!(names(&test, none()).await, all, "{}", test.name);
        let only = |filter| names(&test, filter);
        assert_eq!(only(RunFilter { tests: Some(true), ..none() }).await, from_ref(&tried));
        assert_eq!(only(RunFilter { tests: Some(false), ..none() }).await, all[1..]);
        let failed = RunFilter { status: RunStatus::FAILED.to_vec(), ..none() };
        assert_eq!(only(failed.clone()).await, from_ref(&mine));
        assert_eq!(
            only(RunFilter { status: vec![RunStatus::Paused], ..none() }).await,
            from_ref(&waits)
        );
        let under_way = vec![RunStatus::Running, RunStatus::Queued];
        assert_eq!(only(RunFilter { status: under_way, ..none() }).await, [queued]);
        let of_person = |it: &str| RunFilter { person: Some(it.into()), ..none() };
        assert_eq!(only(of_person("u2")).await, from_ref(&mine));
        // A run that the clock started is nobody's, whoever's rights it has.
        assert_eq!(only(of_person("u1")).await, [tried]);
        assert_eq!(
            only(RunFilter { flow_id: Some("f-Overdue nudge".into()), ..of_person("u2") }).await,
            from_ref(&mine)
        );
        assert_eq!(only(RunFilter { flow_id: Some("f-Brief".into()), ..failed }).await, []);
        let named = |it: &str| RunFilter { search: Some(it.to_owned()), ..none() };
        assert_eq!(only(named("BRIEF 100%")).await, from_ref(&waits));
        assert_eq!(only(named("f_ef")).await, [], "a sign that stands for any letter elsewhere");
        let end = fine.as_str().rsplit('-').next().unwrap();
        assert_eq!(only(named(end)).await, from_ref(&fine), "the number that people read");
        let later = ids::now_ms() + 60_000;
        assert_eq!(only(RunFilter { since: Some(later), ..none() }).await, []);
        assert_eq!(only(RunFilter { since: Some(later - 3_600_000), ..none() }).await, all);
    }
}

#[tokio::test]
async fn what_failed_is_offered_again_until_another_run_tries_it() {
    for test in TestDb::both().await {
        let workspace = WorkspaceId::from("w1");
        let first = store(&test, "w1", &Row { status: "FAILED", ..LIVE }).await;
        let second =
            store(&test, "w1", &Row { status: "TIMEOUT", by: ("manual", "u2"), ..LIVE }).await;
        let retry = store(&test, "w1", &Row { by: ("retry", "u1"), ..LIVE }).await;
        let again = store(&test, "w1", &Row { by: ("retry", "u1"), ..LIVE }).await;
        let failed = async |acting: &str| {
            let mut conn = test.db.read().await.unwrap();
            run_lists::failed(&mut conn, &workspace, &RunFilter::default(), acting, 9)
                .await
                .unwrap()
        };
        assert_eq!(failed("").await, [second.clone(), first.clone()], "{}", test.name);
        assert_eq!(failed("u2").await, from_ref(&second));
        let tried = async |run: &RunId, once: bool| {
            let (run, first) = (run.clone(), first.clone());
            let noted = test.db.write(move |conn| {
                Box::pin(async move { runs::set_retry_of(conn, &run, &first, once).await })
            });
            noted.await.unwrap()
        };
        assert!(tried(&retry, true).await);
        assert!(!tried(&again, true).await, "once alone");
        assert!(tried(&again, false).await);
        assert_eq!(failed("").await, [second]);
        let mut conn = test.db.read().await.unwrap();
        let row = runs::find(&mut conn, &workspace, &again).await.unwrap().unwrap();
        assert_eq!(row.summary().unwrap().retry_of, Some(first));
    }
}

#[tokio::test]
async fn the_figures_of_a_day_leave_out_tests_and_other_workspaces() {
    for test in TestDb::both().await {
        for at in [0, 20, 1000] {
            store(&test, "w1", &Row { at, ..LIVE }).await;
        }
        store(&test, "w1", &Row { status: "QUOTA_EXCEEDED", ..LIVE }).await;
        store(&test, "w1", &Row { status: "PAUSED", at: -7_200_000, ..LIVE }).await;
        store(&test, "w1", &Row { environment: "TESTING", ..LIVE }).await;
        store(&test, "w2", &LIVE).await;
        let mut conn = test.db.read().await.unwrap();
        let since = ids::now_ms() - 3_600_000;
        let found = run_lists::figures(&mut conn, &WorkspaceId::from("w1"), since).await.unwrap();
        let wanted =
            RunFigures { started: 4, succeeded: 3, failed: 1, waiting: 1, typical: Some(60) };
        assert_eq!(found, wanted, "{}", test.name);
    }
}
