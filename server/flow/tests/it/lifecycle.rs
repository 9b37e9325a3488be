//! The life of runs as a state machine: whatever two workers do with leases that are lost and stolen, a run is in the
//! state of the model, only who holds its newest fence writes, and a final state never changes.
//! `PROPTEST_CASES=10000` looks longer than every day.

use crate::world::{NOW, people};
use domain::flow::run::RunStatus;
use domain::ids::{FlowId, FlowVersionId, RunId, UserId, WorkspaceId};
use futures::future::BoxFuture;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use store::db::{Conn, Db};
use store::error::StoreError;
use store::run_queue::{self, Claim};
use store::runs::{self, NewRun, Progress, RunRow};
use store::testing::TestDb;
use tokio::runtime::Runtime;

/// How long a lease is, milliseconds.
const LEASE: i64 = 1_000;
/// Runs of one story, at most: later starts are passed over.
const MOST: usize = 6;
const ENDS: [RunStatus; 3] = [RunStatus::Succeeded, RunStatus::Failed, RunStatus::Timeout];

/// One thing that happens. Workers are 0 and 1; a run is named by its place, whatever is there.
#[derive(Clone, Debug)]
enum Deed {
    /// A run is stored for whoever has a place.
    Queue,
    /// A worker begins a run at once.
    Begin(usize),
    /// A worker takes what it may.
    Claim(usize),
    /// A worker says that it lives.
    Renew(usize),
    /// A worker dies and starts again: it knows nothing more.
    Restart(usize),
    /// The start of a node gives back what its earlier self had.
    Void(usize),
    /// Time passes, milliseconds.
    Pass(i64),
    /// A worker writes that it goes on, with the fence it knows, also an old one.
    Work(usize, usize),
    /// It writes that the run waits so long, milliseconds.
    Pause(usize, usize, i64),
    /// It writes how the run ended.
    End(usize, usize, usize),
    /// It gives the run up.
    Release(usize, usize),
    /// A person stops the run.
    Cancel(usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    let (worker, run) = (|| 0..2_usize, || 0..MOST);
    prop_oneof![
        2 => Just(Deed::Queue),
        2 => worker().prop_map(Deed::Begin),
        4 => worker().prop_map(Deed::Claim),
        2 => worker().prop_map(Deed::Renew),
        1 => worker().prop_map(Deed::Restart),
        1 => worker().prop_map(Deed::Void),
        3 => (1..2 * LEASE).prop_map(Deed::Pass),
        6 => (worker(), run()).prop_map(|(a, b)| Deed::Work(a, b)),
        4 => (worker(), run(), 1..2 * LEASE).prop_map(|(a, b, c)| Deed::Pause(a, b, c)),
        4 => (worker(), run(), 0..ENDS.len()).prop_map(|(a, b, c)| Deed::End(a, b, c)),
        1 => (worker(), run()).prop_map(|(a, b)| Deed::Release(a, b)),
        1 => run().prop_map(Deed::Cancel),
    ]
}

/// A run as it should be.
#[derive(Clone, Debug, PartialEq)]
struct Model {
    status: RunStatus,
    fence: i64,
    owner: String,
    lease_until: i64,
    resume_at: Option<i64>,
    /// How often a worker took it up that another one had.
    resumed: i64,
}

/// A story: the database, the runs in the order they began, and what workers believe.
struct Story {
    db: Db,
    workspace: WorkspaceId,
    now: i64,
    runs: Vec<(RunId, Model)>,
    /// The name of each worker's present start, and how often it started.
    starts: [u32; 2],
    /// The fence that a worker last had for a run; it may be another's by now.
    known: BTreeMap<(usize, usize), i64>,
    number: usize,
}

impl Story {
    fn owner(&self, worker: usize) -> String {
        format!("s{}n{worker}~{}", self.number, self.starts[worker])
    }

    fn new_run(&self) -> NewRun {
        let place = self.runs.len();
        NewRun {
            id: RunId::from(format!("{:08}{place:02}", self.number)),
            workspace: self.workspace.clone(),
            flow: FlowId::from("f"),
            version: FlowVersionId::from("v"),
            flow_name: "Flow".to_owned(),
            environment: "PRODUCTION".to_owned(),
            triggered_by: "webhook".to_owned(),
            acting_user: UserId::from("ann"),
            payload: "{}".to_owned(),
            dedupe: None,
            created_at: self.now,
            trial: None,
            app: None,
        }
    }

    async fn store(&mut self, status: RunStatus, by: Option<usize>) {
        if self.runs.len() == MOST {
            return;
        }
        let (new, owner) = (self.new_run(), by.map(|it| self.owner(it)).unwrap_or_default());
        let lease_until = if by.is_some() { self.now + LEASE } else { 0 };
        let progress = Progress { status, ..Progress::running(self.now, lease_until) };
        let (id, name) = (new.id.clone(), owner.clone());
        write(&self.db, move |conn| {
            Box::pin(async move { runs::insert(conn, &new, &progress, &name).await })
        })
        .await;
        if let Some(worker) = by {
            self.known.insert((worker, self.runs.len()), 1);
        }
        let model = Model { status, fence: 1, owner, lease_until, resume_at: None, resumed: 0 };
        self.runs.push((id, model));
    }

    /// Whether `owner` may take a run: SQLite knows no other process, so whatever another owner has is free.
    fn is_free(&self, run: &Model, owner: &str) -> bool {
        match run.status {
            RunStatus::Queued => true,
            RunStatus::Paused => run.resume_at.is_some_and(|it| it <= self.now),
            RunStatus::Running => {
                run.owner != owner && (!self.db.is_shared() || run.lease_until < self.now)
            }
            _ => false,
        }
    }

    async fn claim(&mut self, worker: usize) {
        let (owner, now_ms, lease_until) = (self.owner(worker), self.now, self.now + LEASE);
        let name = owner.clone();
        let taken: Vec<RunRow> = write(&self.db, move |conn| {
            Box::pin(async move {
                let (limit, per_workspace) = (100, 100);
                let claim = Claim { owner: &name, now_ms, lease_until, limit, per_workspace };
                run_queue::claim(conn, &claim).await
            })
        })
        .await;
        let taken: BTreeSet<String> = taken.into_iter().map(|it| it.id).collect();
        let mut free = BTreeSet::new();
        for place in 0..self.runs.len() {
            if !self.is_free(&self.runs[place].1, &owner) {
                continue;
            }
            let (id, run) = &mut self.runs[place];
            free.insert(id.to_string());
            run.resumed += i64::from(run.status == RunStatus::Running);
            run.fence += 1;
            (run.status, run.resume_at) = (RunStatus::Running, None);
            (run.owner, run.lease_until) = (owner.clone(), lease_until);
            self.known.insert((worker, place), run.fence);
        }
        assert_eq!(taken, free, "{owner} takes what is free and nothing else");
    }

    /// Writes as `worker`, with the fence it knows; what was written counts only while nobody took the run since.
    async fn advance(&mut self, worker: usize, place: usize, progress: Progress) {
        let Some(fence) = self.known.get(&(worker, place)).copied() else { return };
        let (id, run) = &mut self.runs[place];
        let (id, written) = (id.clone(), progress.clone());
        let is_written = write(&self.db, move |conn| {
            Box::pin(async move { runs::advance(conn, &id, fence, &written).await })
        })
        .await;
        let may = run.status == RunStatus::Running && run.fence == fence;
        assert_eq!(is_written, may, "worker {worker} with fence {fence} on {run:?}");
        if may {
            run.status = progress.status;
            run.resume_at = progress.resume_at;
            run.lease_until = progress.lease_until;
        }
    }

    async fn renew(&mut self, worker: usize) {
        let (owner, until) = (self.owner(worker), self.now + LEASE);
        let name = owner.clone();
        write(&self.db, move |conn| {
            Box::pin(async move { run_queue::renew(conn, &name, until).await })
        })
        .await;
        for (_, run) in &mut self.runs {
            if run.status == RunStatus::Running && run.owner == owner && run.lease_until > 0 {
                run.lease_until = until;
            }
        }
    }

    async fn void(&mut self, worker: usize) {
        let (node, owner) = (format!("s{}n{worker}", self.number), self.owner(worker));
        let (name, me) = (node.clone(), owner.clone());
        write(&self.db, move |conn| {
            Box::pin(async move { run_queue::void_earlier(conn, &name, &me).await })
        })
        .await;
        for (_, run) in &mut self.runs {
            let is_mine = run.owner.starts_with(&format!("{node}~")) && run.owner != owner;
            if run.status == RunStatus::Running && is_mine {
                run.lease_until = 0;
            }
        }
    }

    async fn release(&mut self, worker: usize, place: usize) {
        let Some(fence) = self.known.get(&(worker, place)).copied() else { return };
        let (id, run) = &mut self.runs[place];
        let id = id.clone();
        write(&self.db, move |conn| {
            Box::pin(async move { run_queue::release(conn, &id, fence).await })
        })
        .await;
        if run.status == RunStatus::Running && run.fence == fence {
            (run.owner, run.lease_until) = (String::new(), 0);
        }
    }

    async fn cancel(&mut self, place: usize) {
        let Some((id, run)) = self.runs.get_mut(place) else { return };
        let (id, workspace, now) = (id.clone(), self.workspace.clone(), self.now);
        let is_stopped = write(&self.db, move |conn| {
            Box::pin(async move { runs::cancel(conn, &workspace, &id, now).await })
        })
        .await;
        assert_eq!(is_stopped, !run.status.is_terminal(), "{run:?}");
        if is_stopped {
            run.fence += 1;
            (run.status, run.resume_at) = (RunStatus::Canceled, None);
        }
    }

    async fn does(&mut self, deed: Deed) {
        let now = self.now;
        let running = Progress::running(now, now + LEASE);
        match deed {
            Deed::Queue => self.store(RunStatus::Queued, None).await,
            Deed::Begin(worker) => self.store(RunStatus::Running, Some(worker)).await,
            Deed::Claim(worker) => self.claim(worker).await,
            Deed::Renew(worker) => self.renew(worker).await,
            Deed::Restart(worker) => {
                self.starts[worker] += 1;
                self.known.retain(|(it, _), _| *it != worker);
            }
            Deed::Void(worker) => self.void(worker).await,
            Deed::Pass(time) => self.now += time,
            Deed::Work(worker, place) => self.advance(worker, place, running).await,
            Deed::Pause(worker, place, time) => {
                let (status, resume_at) = (RunStatus::Paused, Some(now + time));
                let paused = Progress { status, resume_at, ..Progress::running(now, 0) };
                self.advance(worker, place, paused).await;
            }
            Deed::End(worker, place, how) => {
                let ended = Progress { status: ENDS[how], ..running };
                self.advance(worker, place, ended).await;
            }
            Deed::Release(worker, place) => self.release(worker, place).await,
            Deed::Cancel(place) => self.cancel(place).await,
        }
    }

    /// Compares every run with its row, and what ended with how it was when it ended.
    async fn is_as_told(&self, ended: &mut BTreeMap<usize, String>) {
        let mut conn = self.db.read().await.unwrap();
        for (place, (id, run)) in self.runs.iter().enumerate() {
            let row = runs::find(&mut conn, &self.workspace, id).await.unwrap().unwrap();
            let there = (row.status.as_str(), row.fence, row.resume_at, row.resumed);
            assert_eq!(there, (run.status.as_str(), run.fence, run.resume_at, run.resumed));
            assert_eq!(row.finished_at.is_some(), run.status.is_terminal());
            if run.status.is_terminal() {
                let now = format!("{row:?}");
                assert_eq!(ended.entry(place).or_insert_with(|| now.clone()), &now, "it had ended");
            }
        }
    }

    /// Whoever is left brings what is not over to its end: nothing is stuck.
    async fn comes_to_an_end(&mut self) {
        self.now += 3 * LEASE;
        self.starts[0] += 1;
        self.claim(0).await;
        for place in 0..self.runs.len() {
            let ended = Progress { status: RunStatus::Succeeded, ..Progress::running(self.now, 0) };
            self.advance(0, place, ended).await;
        }
        let open: Vec<_> = self.runs.iter().filter(|it| !it.1.status.is_terminal()).collect();
        assert!(open.is_empty(), "{open:?}");
    }
}

/// One write in a transaction of its own.
async fn write<T: Send + 'static>(
    db: &Db,
    work: impl for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<T, StoreError>> + Send + 'static,
) -> T {
    db.write(work).await.unwrap()
}

async fn told(db: &Db, number: usize, deeds: Vec<Deed>) {
    let workspace = WorkspaceId::from("w1");
    let (runs, known) = (Vec::new(), BTreeMap::new());
    let mut story =
        Story { db: db.clone(), workspace, now: NOW, runs, starts: [0; 2], known, number };
    let mut ended = BTreeMap::new();
    for deed in deeds {
        story.does(deed).await;
        story.is_as_told(&mut ended).await;
    }
    story.comes_to_an_end().await;
    story.is_as_told(&mut ended).await;
}

/// Stories follow each other in one database: each leaves nothing that is not over.
#[test]
fn two_workers_and_stolen_leases_never_change_what_is_over() {
    let runtime = Runtime::new().unwrap();
    for test in runtime.block_on(TestDb::both()) {
        runtime.block_on(people(&test.db));
        let number = std::cell::Cell::new(0);
        let usual = ProptestConfig::default();
        // A story that failed leaves runs that are not over to the next one, so none is told again in short.
        let config = ProptestConfig {
            cases: usual.cases.div_ceil(8),
            max_shrink_iters: 0,
            failure_persistence: None,
            ..usual
        };
        proptest!(config, |(deeds in proptest::collection::vec(deed(), 1..60))| {
            number.set(number.get() + 1);
            runtime.block_on(told(&test.db, number.get(), deeds));
        });
    }
}
