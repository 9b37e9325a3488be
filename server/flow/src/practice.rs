//! A tiny practice flow on the built-in engine: made, run from start to finish, and removed again.

use crate::flows::Flows;
use crate::runs::Runs;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind, Outcome};
use domain::flow::edit::{FlowEdit, ImportFlow};
use domain::flow::listing::NewFlow;
use domain::flow::run::{Run, RunStatus, Which};
use domain::ids::FlowId;
use domain::integration::{Check, Checked};
use domain::problem::Problem;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::error::internal;
use store::{events, settings};

/// A run that takes longer has failed the test.
const PATIENCE: Duration = Duration::from_secs(10);
/// The setting that holds what the last practice found.
const SETTING: &str = "flowPractice";
/// The trigger and the steps of the practice flow.
const STEPS: usize = 3;

impl Flows {
    /// Tests the built-in engine with a flow of three steps that changes nothing; it is gone afterwards, and what was
    /// found is kept.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage; when the database does not answer.
    pub async fn practise(&self, actor: &Actor) -> Result<Checked, Problem> {
        actor.require(Permission::Manage)?;
        let checked = Box::pin(self.tried_out(actor)).await?;
        let found = serde_json::to_value(&checked);
        let found = found.map_err(|error| internal("keeping what practice found", &error))?;
        let outcome = if checked.error.is_none() { Outcome::Success } else { Outcome::Failed };
        let by = actor.clone();
        let write = self.engine.db.write(move |tx| {
            Box::pin(async move {
                settings::set(tx, by.workspace.as_str(), SETTING, &found).await?;
                let event = Event::new(EventKind::ConnectorTested, "builtin", "Flow engine");
                events::record(tx, &by, &event.ended(outcome)).await?;
                Ok::<_, Problem>(())
            })
        });
        write.await?;
        Ok(checked)
    }

    /// What the last practice flow in the workspace found; none while nobody tried one.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage; when the database does not answer.
    pub async fn practice_found(&self, actor: &Actor) -> Result<Option<Checked>, Problem> {
        actor.require(Permission::Manage)?;
        let mut conn = self.engine.db.read().await?;
        let kept = settings::find(&mut conn, actor.workspace.as_str(), SETTING).await?;
        // What an earlier release kept in another shape is as good as nothing.
        Ok(kept.and_then(|it| serde_json::from_value(it).ok()))
    }

    async fn tried_out(&self, actor: &Actor) -> Result<Checked, Problem> {
        let since = Instant::now();
        let new = NewFlow {
            name: "Practice flow".to_owned(),
            folder_id: None,
            edits: vec![steps().map_err(|error| internal("making a practice flow", &error))?],
        };
        let flow = self.create_here(actor, new).await?;
        let made = Check {
            name: "Engine is running".to_owned(),
            ok: Some(true),
            ms: ms(since),
            detail: "A practice flow was made".to_owned(),
        };
        let since = Instant::now();
        let ended = self.practised(actor, &flow.id).await;
        self.delete(actor, &flow.id).await?;
        let (is_fine, detail) = judged(ended?);
        let ran = Check {
            name: "Practice flow".to_owned(),
            ok: Some(is_fine),
            ms: ms(since),
            detail: detail.clone(),
        };
        let hint = "Look at the log of the server, or restart it, then test again";
        Ok(Checked {
            at_ms: self.engine.now_ms(),
            reachable: true,
            auth_ok: true,
            checks: vec![made, ran],
            error: (!is_fine).then_some(detail),
            hint: (!is_fine).then(|| hint.to_owned()),
            fix_url: None,
        })
    }

    /// The run at its end; none when it took too long, and then it is stopped.
    async fn practised(&self, actor: &Actor, flow: &FlowId) -> Result<Option<Run>, Problem> {
        let runs = Runs { engine: Arc::clone(&self.engine) };
        let mut changes = self.engine.db.changes();
        let run = runs.start(actor, flow, json!({ "practice": true }), Which::Draft).await?;
        let ends = async {
            loop {
                let now = runs.get(actor, &run.id).await?;
                if now.status.is_terminal() {
                    return Ok::<_, Problem>(now);
                }
                // A change that was missed only means one more look.
                drop(tokio::time::timeout(Duration::from_secs(1), changes.recv()).await);
            }
        };
        match tokio::time::timeout(PATIENCE, ends).await {
            Ok(ended) => ended.map(Some),
            Err(_) => {
                // One that ended meanwhile needs no stopping.
                drop(runs.cancel(actor, &run.id).await);
                Ok(None)
            }
        }
    }
}

fn ms(since: Instant) -> Option<u64> {
    u64::try_from(since.elapsed().as_millis()).ok()
}

fn judged(ended: Option<Run>) -> (bool, String) {
    match ended {
        Some(run) if run.status == RunStatus::Succeeded => {
            (true, format!("It finished, {} of {STEPS} steps", run.steps.len()))
        }
        Some(run) => {
            let why = run.error.unwrap_or_else(|| run.status.as_str().to_owned());
            (false, format!("It did not finish: {why}"))
        }
        None => (false, format!("It did not finish within {} s", PATIENCE.as_secs())),
    }
}

/// What starts it, and two steps that only make values.
fn steps() -> Result<FlowEdit, serde_json::Error> {
    let step = |name: &str, mapping: Value, next: Value| {
        json!({
            "name": name, "displayName": "Make a value", "type": "PIECE", "valid": true,
            "settings": {
                "pieceName": "@activepieces/piece-data-mapper", "pieceVersion": "~0.1.0",
                "actionName": "advanced_mapping", "input": { "mapping": mapping }, "propertySettings": {},
            },
            "nextAction": next,
        })
    };
    let second = step("step_2", json!({ "doubled": "{{step_1.value}}" }), Value::Null);
    let trigger = json!({
        "name": "trigger", "displayName": "Catch webhook", "type": "PIECE_TRIGGER", "valid": true,
        "settings": {
            "pieceName": "@activepieces/piece-webhook", "pieceVersion": "~0.1.27", "triggerName": "catch_webhook",
            "input": { "authType": "none", "authFields": {} }, "propertySettings": {},
        },
        "nextAction": step("step_1", json!({ "value": "{{trigger.practice}}" }), second),
    });
    Ok(FlowEdit::ImportFlow(Box::new(ImportFlow {
        display_name: "Practice flow".to_owned(),
        trigger: serde_json::from_value(trigger)?,
        schema_version: None,
        notes: None,
        keep_samples: false,
    })))
}
