//! The built-in engine: walks the steps of a flow, keeps a journal, and is the one place for concurrency and time.

pub(crate) mod code_step;
pub(crate) mod connections;
pub(crate) mod finish;
pub(crate) mod journal;
pub(crate) mod lanes;
pub(crate) mod loops;
pub(crate) mod mask;
pub(crate) mod piece_step;
pub(crate) mod plan;
pub(crate) mod resolve;
pub(crate) mod router;
pub(crate) mod scope;
pub(crate) mod slots;
pub(crate) mod trying;
pub(crate) mod walk;
pub(crate) mod work;

use crate::activepieces::Clients;
use crate::activepieces::given::Looked;
use crate::config::Config;
use crate::connections::renewing::Turns;
use crate::engine::plan::Plans;
use crate::engine::slots::Slots;
use crate::outgoing::allowed::Allowed;
use crate::outgoing::send::{Reply, Request, SendError, Sender};
use crate::starts::Starts;
use crate::switching::Switched;
use crate::targets::Targets;
use crate::thinking::Thinker;
use crate::waiting::{Answer, Waiting};
use basecamp::Basecamp;
use domain::actor::{Actor, Role, Via};
use domain::flow::catalog::fields;
use domain::flow::run::RunStatus;
use domain::ids::{ConnectionId, RunId, UserId, WorkspaceId};
use domain::problem::Problem;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use store::db::Db;
use store::{ids, settings, workspaces};
use tokio::sync::{Notify, oneshot};

/// The setting of contract.md 1.8.
const ALLOW_LIST: &str = "outgoingAllowList";

/// What every run shares.
pub(crate) struct Engine {
    pub(crate) db: Db,
    pub(crate) basecamp: Basecamp,
    pub(crate) config: Config,
    /// This start of this process, as the owner of runs.
    pub(crate) owner: String,
    pub(crate) plans: Plans,
    pub(crate) targets: Targets,
    pub(crate) slots: Slots,
    pub(crate) waiting: Waiting,
    pub(crate) starts: Starts,
    pub(crate) switched: Switched,
    /// Who renews which connection.
    pub(crate) turns: Turns,
    /// There may be work that nobody does yet.
    pub(crate) wake: Notify,
    /// The worker has looked for work: time has passed, or somebody answered.
    pub(crate) looked_for_work: Notify,
    /// Who answers steps that ask a model; handed in once at the start.
    pub(crate) thinker: OnceLock<Thinker>,
    /// Engines of other makers, by workspace.
    pub(crate) clients: Clients,
    /// The engine that the environment names, when it could not be used.
    pub(crate) looked: Looked,
    sender: Sender,
    running: Mutex<HashMap<RunId, oneshot::Sender<Problem>>>,
    /// Runs that could not be written down, with their fences: to be taken up again.
    abandoned: Mutex<Vec<(RunId, i64)>>,
    /// Runs wait for a place.
    has_backlog: AtomicBool,
    /// When ended runs are looked through next, epoch milliseconds.
    pub(crate) keep_at: AtomicI64,
}

/// This start of this process, as the owner of runs: after the name of the node, when it has one.
fn owner(node: Option<&str>) -> String {
    node.map_or_else(ids::fresh, |it| format!("{it}~{}", ids::fresh()))
}

/// A member of a workspace as steps need to know them.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) role: Role,
}

impl Engine {
    pub(crate) fn new(db: Db, basecamp: Basecamp, config: Config) -> Self {
        Self {
            slots: Slots::new(config.runs_at_once, config.runs_per_workspace),
            owner: owner(config.node.as_deref()),
            plans: Plans::default(),
            targets: Targets::default(),
            waiting: Waiting::default(),
            starts: Starts::new(config.starts_per_minute),
            switched: Switched::default(),
            turns: Turns::default(),
            wake: Notify::new(),
            looked_for_work: Notify::new(),
            thinker: OnceLock::new(),
            clients: Clients::default(),
            looked: Looked::default(),
            sender: Sender::default(),
            running: Mutex::default(),
            abandoned: Mutex::default(),
            has_backlog: AtomicBool::new(false),
            keep_at: AtomicI64::new(0),
            db,
            basecamp,
            config,
        }
    }

    /// Epoch milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        (self.config.clock)()
    }

    /// Milliseconds a run keeps its worker.
    pub(crate) fn lease_ms(&self) -> i64 {
        i64::try_from(self.config.lease.as_millis()).unwrap_or(i64::MAX)
    }

    /// Remembers that `run` is under way here; the receiver ends when it is to stop, or tells why it has to be taken
    /// up again.
    pub(crate) fn begin(&self, run: RunId) -> oneshot::Receiver<Problem> {
        let (sender, receiver) = oneshot::channel();
        self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(run, sender);
        receiver
    }

    /// `run` is no longer under way here; stops it if it is.
    pub(crate) fn stop(&self, run: &RunId) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(run);
    }

    /// Whether `run` is under way here.
    pub(crate) fn is_here(&self, run: &RunId) -> bool {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).contains_key(run)
    }

    /// Lets go of everything under way here, so that it is taken up again: here, or by another node.
    pub(crate) fn let_go(&self, why: &Problem) {
        let all = std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner));
        for stop in all.into_values() {
            // It may have ended just now.
            drop(stop.send(why.clone()));
        }
    }

    /// `run` was canceled: stops it when it is under way here and tells who waits.
    pub(crate) fn canceled(&self, run: &RunId) {
        self.stop(run);
        let error = Some("The run was stopped".to_owned());
        let answer = Answer::Ended { status: RunStatus::Canceled, output: Value::Null, error };
        self.waiting.answer(run, answer);
    }

    /// `run` could not be written down; the worker releases it when it can.
    pub(crate) fn abandon(&self, run: RunId, fence: i64) {
        self.abandoned.lock().unwrap_or_else(PoisonError::into_inner).push((run, fence));
        self.wake.notify_one();
    }

    /// The oldest that was abandoned and not released yet.
    pub(crate) fn first_abandoned(&self) -> Option<(RunId, i64)> {
        self.abandoned.lock().unwrap_or_else(PoisonError::into_inner).first().cloned()
    }

    /// It was released.
    pub(crate) fn released(&self, run: &RunId) {
        let mut abandoned = self.abandoned.lock().unwrap_or_else(PoisonError::into_inner);
        abandoned.retain(|(it, _)| it != run);
    }

    /// Runs wait for a place.
    pub(crate) fn set_backlog(&self) {
        self.has_backlog.store(true, Ordering::Release);
    }

    /// A run was stored that has to wait; it may have a place by now.
    pub(crate) fn queued(&self) {
        self.set_backlog();
        if self.slots.free() > 0 {
            self.worked();
        }
    }

    /// A place became free: the worker looks if anybody waits for one.
    pub(crate) fn worked(&self) {
        if self.has_backlog.swap(false, Ordering::AcqRel) {
            self.wake.notify_one();
        }
    }

    /// Sends a request of a step within the rules for outgoing requests.
    pub(crate) async fn send(&self, request: Request) -> Result<Reply, SendError> {
        let allowed = self.allowed().await.map_err(|it| SendError::Refused(it.to_string()))?;
        self.sender.send(request, allowed).await
    }

    /// What a super admin opened.
    pub(crate) async fn allowed(&self) -> Result<Allowed, Problem> {
        let mut conn = self.db.read().await?;
        let setting = settings::find(&mut conn, settings::INSTALLATION, ALLOW_LIST).await?;
        Ok(setting.as_ref().map(Allowed::read).unwrap_or_default())
    }

    /// An active member of the workspace, with the role they have now.
    pub(crate) async fn member(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
    ) -> Result<Option<Member>, Problem> {
        let mut conn = self.db.read().await?;
        let found = workspaces::of_user(&mut conn, user).await?;
        let here = found.into_iter().find(|it| it.workspace_id == workspace.as_str());
        Ok(here.filter(|it| it.status == "active").map(|it| Member {
            role: if it.is_super_admin == 1 {
                Role::SuperAdmin
            } else {
                Role::parse(&it.role).unwrap_or(Role::Viewer)
            },
            name: it.name,
        }))
    }

    /// Basecamp as a step or trigger with `input` uses it: held to the connection that is chosen there.
    pub(crate) fn basecamp_of(&self, input: &Map<String, Value>) -> Basecamp {
        match fields::chosen_connection(input) {
            Some(id) => self.basecamp.through(ConnectionId::new(id)),
            None => self.basecamp.clone(),
        }
    }

    /// Who a run acts as, with the rights they have now.
    pub(crate) async fn actor(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        run: &RunId,
    ) -> Result<Actor, Problem> {
        let member = self.member(workspace, user).await?.ok_or_else(|| Problem::Forbidden {
            message: "The person this flow works for is no longer a member. Publish it again"
                .to_owned(),
        })?;
        Ok(Actor {
            user: user.clone(),
            name: member.name,
            workspace: workspace.clone(),
            role: member.role,
            via: Via::Flow,
            request_id: run.to_string(),
            ip: None,
        })
    }
}
