//! One code step: resolve, run in a process of its own, journal. It only computes, so a try that was cut off is
//! simply run again.

use crate::engine::credentials::named;
use crate::engine::journal::Halt;
use crate::engine::piece_step::{give_up_or_wait, warnings};
use crate::engine::resolve;
use crate::engine::walk::{Verdict, Walk};
use crate::pieces::Failed;
use code::{Job, Outcome};
use domain::flow::run::StepStatus;
use domain::flow::{Action, CodeSettings};
use serde_json::{Map, Value};
use std::time::Instant;
use store::run_steps::StepRow;
use store::settings;

/// The setting of a workspace that a super admin turns on (contract.md 1.8).
const SETTING: &str = "codeSteps";
const OFF: &str = "Code steps are switched off in this workspace. A super admin can switch them on in the platform settings; \
                   or use Set fields and expressions instead";

pub(crate) async fn run<'a>(
    walk: &mut Walk<'a>,
    action: &'a Action,
    settings: &'a CodeSettings,
    path: String,
) -> Result<Verdict, Halt> {
    let handling = settings.error_handling_options.as_ref();
    let mut row = walk.row(action, &path, "CODE");
    match row.status {
        StepStatus::Succeeded => {
            let output = row.output.as_deref().and_then(|it| serde_json::from_str(it).ok());
            walk.gave(action, output.unwrap_or_default());
            return Ok(Verdict::Done);
        }
        StepStatus::Failed => {
            return Ok(walk.failed(action, handling, row.error.unwrap_or_default()));
        }
        // A try that is due, or one that was cut off.
        StepStatus::Paused | StepStatus::Running | StepStatus::Stopped => {}
    }
    if walk.plan.uses_connections
        && let Some(message) = walk.connect(named(settings.input.values())).await?
    {
        return Ok(walk.fail(action, handling, row, message));
    }
    let inputs = match resolve::object(&settings.input, &walk.scope, walk.engine.now_ms()) {
        Ok(inputs) => inputs,
        Err(message) => return Ok(walk.fail(action, handling, row, message)),
    };
    row.input = Value::Object(inputs.value.clone()).to_string();
    row.warnings = warnings(&inputs.warnings);
    (row.status, row.error) = (StepStatus::Running, None);
    let since = Instant::now();
    let outcome = outcome(walk, settings, inputs.value).await?;
    row.duration_us = i64::try_from(since.elapsed().as_micros()).ok();
    Ok(ended(walk, (action, settings), row, outcome))
}

fn ended(
    walk: &mut Walk<'_>,
    (action, settings): (&Action, &CodeSettings),
    mut row: StepRow,
    outcome: Outcome,
) -> Verdict {
    match outcome {
        Outcome::Gave(output) => walk.succeed(action, row, output),
        // `undefined` is no output at all.
        Outcome::Nothing => {
            row.status = StepStatus::Succeeded;
            (row.output, row.error) = (None, None);
            walk.journal.note(row);
            walk.gave(action, Value::Null);
            Verdict::Done
        }
        Outcome::Failed(message) => {
            let handling = settings.error_handling_options.as_ref();
            give_up_or_wait(walk, (action, handling), row, Failed::new(message))
        }
    }
}

async fn outcome(
    walk: &Walk<'_>,
    step: &CodeSettings,
    inputs: Map<String, Value>,
) -> Result<Outcome, Halt> {
    let workspace = &walk.journal.run().workspace;
    let mut conn = walk.engine.db.read().await?;
    let setting = settings::find(&mut conn, workspace.as_str(), SETTING).await?;
    drop(conn);
    if setting.as_ref().and_then(Value::as_str) != Some("on") {
        return Ok(Outcome::Failed(OFF.to_owned()));
    }
    let Some(runner) = &walk.engine.config.code else {
        return Ok(Outcome::Failed("Code steps cannot be run on this server".to_owned()));
    };
    let code = step.source_code.get("code").and_then(Value::as_str).unwrap_or_default();
    Ok(runner.run(Job { code: code.to_owned(), inputs }).await)
}
