//! Runs there: started, listed, read, tried again, stopped.

use crate::activepieces::client::Ask;
use crate::activepieces::{NAME, Remote, convert};
use crate::elsewhere::earlier;
use crate::pieces::input::as_text;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::flow::listing::RunFilter;
use domain::flow::run::{Retry, Run, RunKind, RunStatus, Which};
use domain::flow::{FlowStatus, TriggerKind, catalog};
use domain::ids::{FlowId, RunId};
use domain::problem::Problem;
use serde_json::{Value, json};
use std::time::Duration;
use store::ids;

/// The header by which the run of a request is found again.
const MARK: &str = "x-pmos-start";
/// How often it is looked for, and how long between two looks: 20 seconds in all.
const LOOKS: u32 = 100;
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Runs that are looked through for one that was just started.
const NEWEST: u32 = 20;

/// Parts that are read for one page whose rows are chosen here.
const PARTS: usize = 5;

/// What cannot be asked for there.
fn fits(filter: &RunFilter, run: &Run) -> bool {
    let is_test = run.kind() != RunKind::Live;
    let words = filter.search.as_deref().unwrap_or_default().trim().to_lowercase();
    let since = filter.since.map(ids::rfc3339).unwrap_or_default();
    filter.tests.is_none_or(|it| it == is_test)
        && run.created >= since
        && (run.flow_name.to_lowercase().contains(&words)
            || run.id.as_str().to_lowercase().contains(&words))
}

impl Remote {
    async fn raw_run(&self, id: &RunId) -> Result<Value, Problem> {
        let found = self.attempt(Ask::get(format!("/flow-runs/{id}"))).await;
        let found = found.map_err(|failure| match failure.problem("Run") {
            // Somebody else's is refused there; here it does not exist.
            Problem::Unsupported { .. } => Problem::not_found("Run"),
            problem => problem,
        })?;
        if found["projectId"] != self.project() {
            return Err(Problem::not_found("Run"));
        }
        Ok(found)
    }

    pub(crate) async fn run(&self, actor: &Actor, id: &RunId) -> Result<Run, Problem> {
        Ok(convert::run(&self.raw_run(id).await?, &actor.workspace))
    }

    /// Runs of the project, newest first, without steps. `before` is when the last row seen was made. Nobody there is
    /// known here, so a person has no runs.
    pub(crate) async fn runs(
        &self,
        actor: &Actor,
        filter: &RunFilter,
        before: Option<&str>,
    ) -> Result<Vec<Run>, Problem> {
        if filter.person.is_some() {
            return Ok(Vec::new());
        }
        let limit = filter.limit.unwrap_or(10).clamp(1, 101);
        let mut before = before.map(str::to_owned);
        let mut found = Vec::new();
        for _ in 0..PARTS {
            let part = self.part(actor, filter, before.as_deref()).await?;
            let is_last = part.len() < limit as usize;
            before = part.last().and_then(|it| earlier(&it.created));
            found.extend(part.into_iter().filter(|it| fits(filter, it)));
            if is_last || before.is_none() || found.len() >= limit as usize {
                break;
            }
        }
        found.truncate(limit as usize);
        Ok(found)
    }

    /// One part of the list, by what can be asked for there.
    async fn part(
        &self,
        actor: &Actor,
        filter: &RunFilter,
        before: Option<&str>,
    ) -> Result<Vec<Run>, Problem> {
        let mut ask = Ask::get("/flow-runs")
            .with("projectId", self.project())
            .with("limit", filter.limit.unwrap_or(10).clamp(1, 101))
            .with("createdAfter", filter.since.map(ids::rfc3339).unwrap_or_default())
            .with("createdBefore", before.unwrap_or_default());
        if let Some(flow) = &filter.flow_id {
            self.raw(flow, None).await?;
            ask = ask.with("flowId", flow);
        }
        for status in &filter.status {
            ask = ask.with("status", status.as_str());
        }
        let page = self.call("Flow", ask).await?;
        let rows = page["data"].as_array().cloned().unwrap_or_default();
        Ok(rows.iter().map(|it| convert::run(it, &actor.workspace)).collect())
    }

    /// The newest runs of all flows, for the strips beside them.
    pub(crate) async fn newest_runs(&self, actor: &Actor) -> Result<Vec<Run>, Problem> {
        self.runs(actor, &RunFilter { limit: Some(100), ..RunFilter::default() }, None).await
    }

    /// Starts a flow through its address, and finds the run that it made.
    pub(crate) async fn start(
        &self,
        actor: &Actor,
        id: &FlowId,
        payload: Value,
        which: Which,
    ) -> Result<Run, Problem> {
        actor.require(Permission::Write)?;
        let flow = self.flow(actor, id, None).await?;
        if which == Which::Draft {
            return Err(Problem::Unsupported {
                message: format!(
                    "{NAME} does not tell what becomes of a draft that is started from outside"
                ),
                hint: "Publish the flow and start it, or test it in the editor there".to_owned(),
            });
        }
        let starts = matches!(&flow.version.trigger.kind, TriggerKind::Piece(it) if it.piece_name == catalog::WEBHOOK);
        if !starts {
            return Err(Problem::Unsupported {
                message: format!(
                    "In {NAME} only a flow with a webhook trigger can be started from outside"
                ),
                hint: "Give the flow a webhook trigger, or wait until its own trigger starts it"
                    .to_owned(),
            });
        }
        if flow.status == FlowStatus::Disabled {
            let words = "The flow is off. Publish it, or switch it on, then start it";
            return Err(Problem::invalid("flow", words));
        }
        let mark = ids::fresh();
        let mut ask = Ask::post(format!("/webhooks/{id}"), body_of(&payload)).header(MARK, &mark);
        for (name, value) in payload["queryParams"].as_object().into_iter().flatten() {
            ask = ask.with(name, as_text(value));
        }
        self.call("Flow", ask).await?;
        let run = self.marked(actor, id, &mark).await?;
        let event = Event::new(EventKind::RunQueued, &run.id, run.flow_name.as_str());
        self.record(actor, event).await?;
        Ok(run)
    }

    /// The run whose trigger was given the mark.
    async fn marked(&self, actor: &Actor, flow: &FlowId, mark: &str) -> Result<Run, Problem> {
        let filter =
            RunFilter { flow_id: Some(flow.clone()), limit: Some(NEWEST), ..RunFilter::default() };
        for _ in 0..LOOKS {
            for row in self.runs(actor, &filter, None).await? {
                let found = self.raw_run(&row.id).await?;
                if found["steps"]["trigger"]["output"]["headers"][MARK] == mark {
                    return Ok(convert::run(&found, &actor.workspace));
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Err(Problem::Unavailable {
            service: NAME.to_owned(),
            message: format!(
                "{NAME} took the request, but its run is not to be seen yet. Look at the runs of the flow in a minute"
            ),
        })
    }

    /// Tries a run again.
    pub(crate) async fn retry(
        &self,
        actor: &Actor,
        id: &RunId,
        how: Retry,
    ) -> Result<Run, Problem> {
        actor.require(Permission::Write)?;
        let before = self.run(actor, id).await?;
        let has_failed = before.status.is_terminal() && before.status != RunStatus::Succeeded;
        if how == Retry::FromFailedStep && !has_failed {
            let message = "Only a run that failed or was stopped can be tried again".to_owned();
            return Err(Problem::Conflict {
                message,
                status: Some(before.status.as_str().to_owned()),
            });
        }
        let body = json!({ "strategy": how, "projectId": self.project() });
        let told = self.call("Run", Ask::post(format!("/flow-runs/{id}/retry"), body)).await?;
        let id = RunId::from(told["id"].as_str().unwrap_or_default());
        let run = self.run(actor, &id).await?;
        self.record(actor, Event::new(EventKind::RunQueued, &run.id, run.flow_name.as_str()))
            .await?;
        Ok(run)
    }

    /// Stops a run that waits, and looks that it was.
    pub(crate) async fn cancel(&self, actor: &Actor, id: &RunId) -> Result<Run, Problem> {
        actor.require(Permission::Write)?;
        let before = self.run(actor, id).await?;
        let ended = |status: RunStatus| Problem::Conflict {
            message: "The run has ended already".to_owned(),
            status: Some(status.as_str().to_owned()),
        };
        if before.status.is_terminal() {
            return Err(ended(before.status));
        }
        let body = json!({ "projectId": self.project(), "flowRunIds": [id] });
        self.call("Run", Ask::post("/flow-runs/cancel", body)).await?;
        let run = self.run(actor, id).await?;
        match run.status {
            RunStatus::Canceled => {
                let event = Event::new(EventKind::RunFinished, &run.id, run.flow_name.as_str())
                    .with(json!({ "status": RunStatus::Canceled }));
                self.record(actor, event).await?;
                Ok(run)
            }
            status if status.is_terminal() => Err(ended(status)),
            _ => Err(Problem::Unsupported {
                message: format!("{NAME} stops only runs that wait, and this one is under way"),
                hint: "Wait until it ends".to_owned(),
            }),
        }
    }
}

/// What to send: the body of what a webhook gives, or the whole when it is nothing of that shape.
fn body_of(payload: &Value) -> Value {
    const PARTS: [&str; 5] = ["body", "headers", "queryParams", "method", "rawBody"];
    let fields = payload.as_object();
    let is_output = fields.is_some_and(|it| {
        it.contains_key("body") && it.keys().all(|name| PARTS.contains(&name.as_str()))
    });
    if is_output { payload["body"].clone() } else { payload.clone() }
}
