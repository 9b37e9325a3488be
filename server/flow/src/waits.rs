//! Answers that runs wait for, from outside: who gives them where, and what a step learns of them.

use crate::engine::Engine;
use crate::payload::HookRequest;
use crate::pieces::{Call, Failed, approval};
use crate::runs::Runs;
use domain::actor::{Actor, Role, Via};
use domain::event::{Event, EventKind};
use domain::flow::run::RunStatus;
use domain::ids::{RunId, UserId, WorkspaceId};
use domain::problem::Problem;
use serde_json::{Value, json};
use store::error::StoreError;
use store::run_waits::{self, Answered, NewWait, WaitRow};
use store::{events, ids, runs};

/// The longest wait for an answer, days.
const LONGEST_DAYS: i64 = 30;
const DAY_MS: i64 = 86_400_000;
/// Bytes of randomness in an address.
const RANDOM: usize = 20;

/// What a step learns of its wait.
pub(crate) enum Waited {
    /// It was answered.
    Answered(Value),
    /// Not yet; until then there is time.
    Not {
        /// Epoch milliseconds.
        until_ms: i64,
    },
}

/// The wait of this step, the same however often the step is tried; `is_own` when the step itself waits.
pub(crate) async fn open(
    call: &Call<'_>,
    kind: &'static str,
    message: String,
    is_own: bool,
) -> Result<WaitRow, Failed> {
    let path = call.path.to_owned();
    let now_ms = call.engine.now_ms();
    let new = NewWait {
        id: ids::random_hex(RANDOM),
        workspace: call.run.workspace.clone(),
        run: call.run.id.clone(),
        waited_by: is_own.then(|| path.clone()),
        path,
        kind,
        title: call.run.flow_name.clone(),
        message,
        now_ms,
        expires_at: now_ms + LONGEST_DAYS * DAY_MS,
    };
    let opened: Result<Option<WaitRow>, StoreError> = call
        .engine
        .db
        .write(move |conn| Box::pin(async move { run_waits::open(conn, &new).await }))
        .await;
    opened?.ok_or_else(|| Failed::new("The wait was not stored. Try again"))
}

/// The wait for an approval that an earlier step made links for, if one did.
pub(crate) async fn claim_approval(call: &Call<'_>) -> Result<Option<WaitRow>, Failed> {
    let (run, path, seen) = (call.run.id.clone(), call.path.to_owned(), call.scope.names());
    let claimed: Result<Option<WaitRow>, StoreError> = call
        .engine
        .db
        .write(move |conn| {
            Box::pin(async move {
                let may_see = |made_at: &str| is_seen(made_at, &path, &seen);
                run_waits::claim_approval(conn, &run, &path, may_see).await
            })
        })
        .await;
    Ok(claimed?)
}

/// Whether the step at `path` sees the one at `made_at`: it ran before, in the same round and not in another branch.
fn is_seen(made_at: &str, path: &str, seen: &[String]) -> bool {
    let (round, name) = made_at.rsplit_once('/').unwrap_or(("", made_at));
    let in_round =
        round.is_empty() || path.strip_prefix(round).is_some_and(|it| it.starts_with('/'));
    in_round && seen.iter().any(|it| it == name)
}

/// Whether the answer is there.
pub(crate) fn state(call: &Call<'_>, wait: &WaitRow) -> Result<Waited, Failed> {
    if let Some(answer) = &wait.answer {
        let answer = serde_json::from_str(answer);
        return answer.map(Waited::Answered).map_err(|error| StoreError::from(error).into());
    }
    if wait.expires_at <= call.engine.now_ms() {
        return Err(Failed::new(format!("Nobody answered within {LONGEST_DAYS} days")));
    }
    Ok(Waited::Not { until_ms: wait.expires_at })
}

/// Where the answer is given, on this server.
pub(crate) fn path(wait: &WaitRow) -> String {
    format!("/api/v1/flow-runs/{}/requests/{}", wait.run_id, wait.id)
}

/// The same for links that leave it.
pub(crate) fn address(engine: &Engine, wait: &WaitRow) -> String {
    format!("{}{}", engine.config.base_url, path(wait))
}

/// What whoever has an address may see of the wait behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The flow's name.
    pub flow: String,
    /// The question; may be empty.
    pub message: String,
    /// A person approves or not; else a site sends something.
    pub is_approval: bool,
    /// Nobody has answered, and there is time.
    pub is_open: bool,
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// The run goes on with it.
    Taken,
    /// Somebody had answered before.
    Before,
    /// The time is over, or the run has ended.
    TooLate,
}

/// Whoever had the address; more is not known of them.
fn somebody(workspace: WorkspaceId, flow: &str) -> Actor {
    Actor {
        user: UserId::default(),
        name: flow.to_owned(),
        workspace,
        role: Role::Viewer,
        via: Via::Flow,
        request_id: ids::short(),
        ip: None,
    }
}

impl Runs {
    /// What is asked at an address.
    ///
    /// # Errors
    /// [`Problem::NotFound`] where nothing is.
    pub async fn asked(&self, run: &RunId, id: &str) -> Result<Asked, Problem> {
        let wait = self.wait(run, id).await?;
        let mut conn = self.engine.db.read().await?;
        let workspace = WorkspaceId::from(wait.workspace_id.as_str());
        let row = runs::find(&mut conn, &workspace, run).await?;
        let status = row.and_then(|it| RunStatus::parse(&it.status));
        let has_time = wait.answer.is_none() && wait.expires_at > self.engine.now_ms();
        Ok(Asked {
            is_open: has_time && status.is_some_and(|it| !it.is_terminal()),
            flow: wait.title,
            message: wait.message,
            is_approval: wait.kind == "approval",
        })
    }

    /// A person's decision. It counts once.
    ///
    /// # Errors
    /// [`Problem::NotFound`] where no approval is waited for.
    pub async fn approve(
        &self,
        run: &RunId,
        id: &str,
        (is_approved, comment): (bool, &str),
    ) -> Result<Given, Problem> {
        let wait = self.wait(run, id).await?;
        if wait.kind != "approval" {
            return Err(Problem::not_found("Approval"));
        }
        self.answer_wait(wait, approval::answer(is_approved, comment)).await
    }

    /// What a site sent. It counts once.
    ///
    /// # Errors
    /// [`Problem::NotFound`] where nothing is waited for; what [`HookRequest::output`] refuses.
    pub async fn resume(
        &self,
        run: &RunId,
        id: &str,
        request: &HookRequest,
    ) -> Result<Given, Problem> {
        let wait = self.wait(run, id).await?;
        if wait.kind != "webhook" {
            return Err(Problem::not_found("Request"));
        }
        let sent = request.output()?;
        let body = sent.get("body").cloned().unwrap_or_default();
        let answer =
            json!({ "body": body, "headers": sent["headers"], "queryParams": sent["queryParams"] });
        self.answer_wait(wait, answer).await
    }

    async fn wait(&self, run: &RunId, id: &str) -> Result<WaitRow, Problem> {
        let mut conn = self.engine.db.read().await?;
        let wait = run_waits::find(&mut conn, run, id).await?;
        wait.ok_or_else(|| Problem::not_found("Request"))
    }

    async fn answer_wait(&self, wait: WaitRow, answer: Value) -> Result<Given, Problem> {
        let now_ms = self.engine.now_ms();
        let outcome: Result<Answered, StoreError> = self
            .engine
            .db
            .write(move |conn| {
                Box::pin(async move {
                    let run = RunId::from(wait.run_id.as_str());
                    let outcome =
                        run_waits::answer(conn, (&run, &wait.id), &answer, now_ms).await?;
                    if let Answered::Taken(run) = &outcome {
                        let workspace = WorkspaceId::from(wait.workspace_id.as_str());
                        let actor = somebody(workspace, &wait.title);
                        let event = Event::new(EventKind::RunAnswered, run, wait.title.as_str());
                        events::record(conn, &actor, &event).await?;
                    }
                    Ok(outcome)
                })
            })
            .await;
        self.engine.wake.notify_one();
        match outcome? {
            Answered::Taken(_) => Ok(Given::Taken),
            Answered::Before => Ok(Given::Before),
            Answered::TooLate => Ok(Given::TooLate),
            Answered::Unknown => Err(Problem::not_found("Request")),
        }
    }
}
