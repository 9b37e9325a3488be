//! Flows that start other flows, and wait for what they give.

use crate::apps::sealing;
use crate::engine::journal;
use crate::engine::plan::Plan;
use crate::pieces::{Call, Done, Failed};
use crate::waits::{self, Waited};
use domain::event::{Event, EventKind};
use domain::flow::run::RunStatus;
use domain::flow::{FlowStatus, TriggerKind, catalog};
use domain::ids::{FlowId, RunId, UserId};
use serde_json::{Value, json};
use std::sync::Arc;
use store::db::Conn;
use store::error::StoreError;
use store::run_waits::{self, WaitRow};
use store::runs::{NewRun, Progress};
use store::{events, flows, ids, runs};

/// Flows that may be under way inside each other.
const DEEPEST: usize = 8;

/// Starts the chosen flow, once however often this is tried; waits for its end when the step says so.
pub(crate) async fn call_flow(call: &Call<'_>) -> Result<Done, Failed> {
    let wait = waits::open(call, "flow", String::new(), true).await?;
    if wait.child_run_id.is_none() {
        start(call, &wait).await?;
    }
    if !call.input.flag("waitForResponse") {
        let child = child_of(call, &wait).await?;
        return Ok(Done::Output(json!({ "status": "success", "data": null, "runId": child })));
    }
    match waits::state(call, &wait)? {
        Waited::Not { until_ms } => Ok(Done::Pending { until_ms, answer: None }),
        Waited::Answered(answer) if answer["status"] == "success" => Ok(Done::Output(answer)),
        Waited::Answered(answer) => {
            let why = answer["error"].as_str().unwrap_or("it did not say why");
            Err(Failed::new(format!("The flow that was called failed: {why}")))
        }
    }
}

/// What the calling flow is given at the end.
pub(crate) fn return_response(call: &Call<'_>) -> Done {
    let response = call.input.object("response");
    let given = response.get("response").cloned().unwrap_or(Value::Object(response));
    let answer = json!({ "status": 200, "headers": {}, "body": given });
    Done::Respond { answer, then_stop: false }
}

async fn child_of(call: &Call<'_>, wait: &WaitRow) -> Result<Option<String>, Failed> {
    let mut conn = call.engine.db.read().await?;
    let run = RunId::from(wait.run_id.as_str());
    let now = run_waits::find(&mut conn, &run, &wait.id).await?;
    Ok(now.and_then(|it| it.child_run_id))
}

async fn start(call: &Call<'_>, wait: &WaitRow) -> Result<(), Failed> {
    let engine = call.engine;
    let mut conn = engine.db.read().await?;
    refuse_too_deep(&mut conn, &call.run.id).await?;
    let (plan, acting_user) = callee(call, &mut conn).await?;
    drop(conn);
    let mut data = payload(call);
    // The other flow uses what this one must not show, and shows it no more than this one.
    let secrets_in = |it: &Value| call.journal.hidden_in(it);
    sealing::seal_found(&engine.config.key, &call.run.workspace, &mut data, &secrets_in);
    let trigger = json!({ "data": data, "callbackUrl": waits::address(engine, wait) });
    let version = &plan.version;
    let head = NewRun {
        id: RunId::from(ids::fresh()),
        workspace: call.run.workspace.clone(),
        flow: version.flow_id.clone(),
        version: version.id.clone(),
        flow_name: version.display_name.clone(),
        environment: call.run.environment.clone(),
        triggered_by: "flow".to_owned(),
        acting_user,
        payload: trigger.to_string(),
        dedupe: Some(call.key.to_owned()),
        created_at: engine.now_ms(),
        trial: None,
        app: None,
    };
    let id = wait.id.clone();
    let stored: Result<(), StoreError> = engine
        .db
        .write(move |conn| {
            Box::pin(async move {
                let queued =
                    Progress { status: RunStatus::Queued, ..Progress::running(head.created_at, 0) };
                if let Some(earlier) = runs::insert(conn, &head, &queued, "").await? {
                    return run_waits::set_child(conn, &id, &earlier).await;
                }
                run_waits::set_child(conn, &id, &head.id).await?;
                let event = Event::new(EventKind::RunQueued, &head.id, head.flow_name.as_str());
                events::record(conn, &journal::acting(&head), &event).await?;
                Ok(())
            })
        })
        .await;
    stored?;
    engine.wake.notify_one();
    Ok(())
}

/// The published version of the flow that the step names, and whose rights it has.
async fn callee(call: &Call<'_>, conn: &mut Conn) -> Result<(Arc<Plan>, UserId), Failed> {
    let chosen = call.input.value("flow");
    let id = chosen.and_then(|it| it.as_str().or_else(|| it["externalId"].as_str()));
    let id = FlowId::from(id.ok_or_else(|| Failed::new("No flow is chosen. Choose one"))?);
    let stored = flows::find(conn, &call.run.workspace, &id).await?;
    let gone = || Failed::new("The flow to call is not there any more. Choose another one");
    let stored = stored.ok_or_else(gone)?;
    let name = stored.flow.version.display_name.clone();
    let version = stored.flow.published_version_id.clone();
    let version =
        version.filter(|_| stored.flow.status == FlowStatus::Enabled).ok_or_else(|| {
            Failed::new(format!("The flow “{name}” is switched off. Publish it or switch it on"))
        })?;
    let engine = call.engine;
    let plan = engine.plans.get(&engine.db, &call.run.workspace, &id, &version).await;
    let plan = plan?.ok_or_else(gone)?;
    let is_callable = matches!(&plan.version.trigger.kind,
        TriggerKind::Piece(it) if it.piece_name == catalog::SUBFLOWS);
    if !is_callable {
        let message =
            format!("The flow “{name}” does not start when it is called. Change what starts it");
        return Err(Failed::new(message));
    }
    let owner = stored.flow.owner_id.unwrap_or_default();
    Ok((plan, stored.published_by.unwrap_or_else(|| UserId::from(owner))))
}

fn payload(call: &Call<'_>) -> Value {
    let given = call.input.object("flowProps");
    given.get("payload").cloned().unwrap_or(Value::Object(given))
}

async fn refuse_too_deep(conn: &mut Conn, run: &RunId) -> Result<(), Failed> {
    let mut above = run.clone();
    for _ in 0..DEEPEST {
        match run_waits::parent(conn, &above).await? {
            Some(parent) => above = parent,
            None => return Ok(()),
        }
    }
    Err(Failed::new(format!(
        "Flows call each other {DEEPEST} deep. Let this flow end without calling another one"
    )))
}
