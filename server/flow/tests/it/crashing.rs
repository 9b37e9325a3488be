//! A process that is killed at any point: the next start finishes every run and repeats nothing that was recorded.

use crate::settling::reached;
use crate::site::Site;
use crate::world::{
    PATIENCE, World, admin, chain, for_each, keep_going, on_webhook, open, piece, set_fields,
};
use domain::flow::Flow;
use domain::flow::run::{Run, RunStatus};
use domain::ids::RunId;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use store::db::Change;
use store::testing::TestDb;
use tokio::sync::broadcast::Receiver;
use tokio::time::timeout;

fn call(name: &str, method: &str, url: &str) -> Value {
    let input = json!({
        "method": method, "url": url, "headers": {}, "queryParams": {}, "authType": "NONE", "body_type": "none",
    });
    piece(name, "@activepieces/piece-http", "send_request", input)
}

/// An empty database of the kind that is called `name`; none where no server of that kind is named.
async fn database(name: &str) -> Option<TestDb> {
    match name {
        "sqlite" => Some(TestDb::sqlite().await),
        _ => TestDb::postgres().await,
    }
}

/// Gives `killed` an empty database, at which change to kill, and words for that place, until it says that nothing was
/// left to kill: on SQLite at every change, on PostgreSQL at every `on_postgres`-th, because a start takes longer there
/// and the journal is the same. Fails when there were fewer than `least` places.
pub(crate) fn at_every_change(
    outside: &Process,
    (on_postgres, least): (usize, usize),
    killed: impl Fn(&TestDb, usize, &str) -> bool,
) {
    for (name, every) in [("sqlite", 1), ("postgres", on_postgres)] {
        let mut places = 0;
        for at in (1..).step_by(every) {
            let Some(test) = outside.block_on(database(name)) else { return };
            if !killed(&test, at, &format!("{name}, killed at change {at}")) {
                break;
            }
            places += 1;
        }
        assert!(places >= least, "{name}: only {places} places were reached");
    }
}

/// A process of its own: everything in it is gone when it is killed.
pub(crate) struct Process {
    runtime: tokio::runtime::Runtime,
}

impl Process {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        Self { runtime }
    }

    pub(crate) fn block_on<F: Future>(&self, work: F) -> F::Output {
        self.runtime.block_on(work)
    }

    /// Nothing more of it runs, whatever it was doing.
    pub(crate) fn kill(self) {
        self.runtime.shutdown_background();
    }
}

/// Publishes `trigger`, fires it, kills the process when the site saw `requests`, starts again and waits for the end.
fn killed_after(site: &Arc<Site>, requests: usize, trigger: Value) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pmos.db");
    let (first, site_then) = (Process::start(), Arc::clone(site));
    let (flow, run, clock): (Flow, RunId, Arc<AtomicI64>) = first.runtime.block_on(async {
        let db = store::db::Db::open_sqlite(&path).await.unwrap();
        let world = World::on(db, "sqlite", None).await;
        world.allow(&[site_then.host()]).await;
        let flow = world.published(trigger).await;
        let run = world.fire(&flow, json!({})).await;
        site_then.came(requests).await;
        let clock = Arc::clone(&world.clock);
        std::mem::forget(world);
        (flow, run, clock)
    });
    first.kill();
    assert!(flow.published_version_id.is_some());
    let second = Process::start();
    let ended = second.runtime.block_on(async {
        let db = store::db::Db::open_sqlite(&path).await.unwrap();
        let runs = open(db.clone(), &clock);
        let _worker = runs.work();
        reached(&db, &runs, &run, |it| it.status.is_terminal()).await
    });
    second.kill();
    ended
}

#[test]
fn a_killed_run_is_finished_and_repeats_no_recorded_step() {
    for at in 1..=4 {
        let runtime = Process::start();
        let site = Arc::new(runtime.runtime.block_on(Site::open()));
        let steps: Vec<Value> = (1..=4)
            .flat_map(|n| {
                let url = site.url(&format!("/ok{n}"));
                [
                    call(&format!("step_{}", 2 * n), "PUT", &url),
                    set_fields(&format!("step_{}", 2 * n + 1), json!({ "n": n })),
                ]
            })
            .collect();
        site.hold(at);
        let run = killed_after(&site, at, on_webhook(chain(steps)));
        assert_eq!((run.status, run.resumed), (RunStatus::Succeeded, 1), "killed at {at}: {run:?}");
        for n in 1..=4 {
            let times = site.count(&format!("/ok{n}"));
            // Only the step under way at the kill comes twice, with the same key.
            assert_eq!(times, if n == at { 2 } else { 1 }, "killed at {at}: step {n}");
        }
        let keys: Vec<_> = site
            .arrived()
            .iter()
            .filter(|it| it.path == format!("/ok{at}"))
            .map(|it| it.headers["idempotency-key"].clone())
            .collect();
        assert!(keys.iter().all(|it| *it == keys[0]));
        runtime.kill();
    }
}

#[test]
fn a_request_that_may_have_arrived_is_not_sent_again_by_itself() {
    let runtime = Process::start();
    let site = Arc::new(runtime.runtime.block_on(Site::open()));
    let steps = chain(vec![
        call("step_1", "PUT", &site.url("/ok")),
        call("step_2", "POST", &site.url("/hang")),
    ]);
    let run = killed_after(&site, 2, on_webhook(steps));
    assert_eq!(run.status, RunStatus::Failed);
    assert_eq!(run.failed_step.unwrap().name, "step_2");
    assert!(run.error.unwrap().contains("needs a person"));
    assert_eq!((site.count("/ok"), site.count("/hang")), (1, 1));
    runtime.kill();
}

#[test]
fn rounds_that_were_done_are_not_done_again() {
    let runtime = Process::start();
    let site = Arc::new(runtime.runtime.block_on(Site::open()));
    let body = call("step_2", "PUT", &site.url("/ok{{step_1.item}}"));
    let trigger = on_webhook(chain(vec![
        set_fields("step_0", json!({ "rows": [1, 2, 3, 4] })),
        for_each("step_1", "{{step_0.rows}}", body),
    ]));
    site.hold(3);
    let run = killed_after(&site, 3, trigger);
    assert_eq!(run.status, RunStatus::Succeeded, "{run:?}");
    assert_eq!(run.steps["step_1"]["output"]["iterations"].as_array().unwrap().len(), 4);
    let times: Vec<_> = (1..=4).map(|item| site.count(&format!("/ok{item}"))).collect();
    assert_eq!(times, [1, 1, 2, 1]);
    runtime.kill();
}

/// A flow with steps of every nature.
fn of_every_nature(site: &Site) -> Value {
    let keep = |name: &str, value: &str| {
        let input = json!({ "key": "log", "value": [value], "store_scope": "FLOW" });
        piece(name, "@activepieces/piece-store", "add_to_list", input)
    };
    let input = json!({ "as": "failed", "reason": "no" });
    let mut fails = keep_going(piece("step_8", "@pmos/piece-control", "stop_run", input));
    fails["onErrorAction"] = keep("step_9", "{{step_8.error}}");
    on_webhook(chain(vec![
        keep("step_1", "a"),
        call("step_2", "PUT", &site.url("/ok1")),
        set_fields("step_3", json!({ "rows": [1, 2] })),
        for_each("step_4", "{{step_3.rows}}", keep("step_5", "{{step_4.item}}")),
        call("step_6", "PUT", &site.url("/ok2")),
        fails,
        piece(
            "step_7",
            "@activepieces/piece-store",
            "get",
            json!({ "key": "log", "store_scope": "FLOW" }),
        ),
    ]))
}

/// Lets the run go on until `at` of the `changes` that count were written down; false when it ended before that.
pub(crate) async fn stands_still(
    world: &World,
    run: &RunId,
    changes: &mut Receiver<Change>,
    (at, counts): (usize, impl Fn(&Change) -> bool),
) -> bool {
    let mut seen = 0;
    while seen < at {
        let change = match changes.try_recv() {
            Ok(change) => change,
            Err(_) => {
                if world.runs.get(&admin(), run).await.unwrap().status.is_terminal() {
                    return false;
                }
                timeout(PATIENCE, changes.recv()).await.unwrap().unwrap()
            }
        };
        seen += usize::from(counts(&change));
    }
    true
}

/// Publishes a flow, fires it with a body, kills the process at the `at`-th change of the run that was written down,
/// starts again and gives the end; none when the run had ended before that many changes.
pub(crate) fn killed_at_change(
    test: &TestDb,
    site: &Arc<Site>,
    at: usize,
    (trigger, body): (Value, Value),
) -> Option<Run> {
    let (first, host) = (Process::start(), site.host());
    let (run, clock, stood) = first.runtime.block_on(async {
        let db = test.reopen().await;
        let world = World::on(db, test.name, None).await;
        world.allow(&[host]).await;
        let flow = world.published(trigger).await;
        let mut changes = world.db.changes();
        let run = world.fire(&flow, body).await;
        let of_run = |it: &Change| it.target == run.as_str();
        let stood = stands_still(&world, &run, &mut changes, (at, of_run)).await;
        let clock = Arc::clone(&world.clock);
        std::mem::forget(world);
        (run, clock, stood)
    });
    first.kill();
    if !stood {
        return None;
    }
    let second = Process::start();
    let ended = second.runtime.block_on(async {
        let db = test.reopen().await;
        let runs = open(db.clone(), &clock);
        let _worker = runs.work();
        reached(&db, &runs, &run, |it| it.status.is_terminal()).await
    });
    second.kill();
    Some(ended)
}

#[test]
fn wherever_a_run_is_killed_nothing_is_lost_and_nothing_kept_twice() {
    let runtime = Process::start();
    let site = Arc::new(runtime.runtime.block_on(Site::open()));
    at_every_change(&runtime, (1, 4), |test, at, place| {
        let before = (site.count("/ok1"), site.count("/ok2"));
        let flow = (of_every_nature(&site), json!({}));
        let Some(run) = killed_at_change(test, &site, at, flow) else { return false };
        assert_eq!(run.status, RunStatus::Succeeded, "{place}: {run:?}");
        assert_eq!(run.steps["step_7"]["output"], json!(["a", 1, 2, "no"]), "{place}");
        let calls = (site.count("/ok1") - before.0, site.count("/ok2") - before.1);
        // Only one request can have been under way.
        assert!(calls.0 >= 1 && calls.1 >= 1 && calls.0 + calls.1 <= 3, "{place}: {calls:?}");
        true
    });
    runtime.kill();
}
