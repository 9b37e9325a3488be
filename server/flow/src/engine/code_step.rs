//! One code step: resolve, run in a process of its own, journal. It only computes, so a try that was cut off is
//! simply run again.

use crate::coding;
use crate::engine::connections::named;
use crate::engine::journal::Halt;
use crate::engine::piece_step::{give_up_or_wait, still, warnings};
use crate::engine::resolve;
use crate::engine::walk::{Verdict, Walk};
use crate::pieces::Failed;
use code::{Job, Language, Outcome, Ran};
use domain::flow::run::StepStatus;
use domain::flow::{Action, CodeSettings};
use serde_json::{Map, Value};
use std::time::Instant;
use store::run_steps::StepRow;

pub(crate) async fn run<'a>(
    walk: &mut Walk<'a>,
    action: &'a Action,
    settings: &'a CodeSettings,
    path: &str,
) -> Result<Verdict, Halt> {
    let handling = settings.error_handling_options.as_ref();
    let mut row = walk.row(action, path, "CODE");
    if let Some(pause) = still(&row, walk.engine.now_ms()) {
        walk.journal.put_back(row);
        return Ok(Verdict::Parked(pause));
    }
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
    (row.status, row.error, row.resume_at) = (StepStatus::Running, None, None);
    let _place = walk.lanes.place().await;
    let since = Instant::now();
    let ran = ran(walk, settings, inputs.value).await?;
    row.duration_us = i64::try_from(since.elapsed().as_micros()).ok();
    row.logged = (!ran.logged.is_empty()).then(|| Value::from(ran.logged).to_string());
    Ok(ended(walk, (action, settings), row, ran.outcome))
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

async fn ran(
    walk: &Walk<'_>,
    step: &CodeSettings,
    inputs: Map<String, Value>,
) -> Result<Ran, Halt> {
    let engine = walk.engine;
    if let Some(why) = coding::refusal(engine, &walk.journal.run().workspace).await? {
        return Ok(Outcome::Failed(why.to_owned()).into());
    }
    let Some(runner) = &engine.config.code else {
        return Ok(Outcome::Failed(coding::NOT_HERE.to_owned()).into());
    };
    let part = |name: &str| step.source_code.get(name).and_then(Value::as_str);
    let code = part("code").unwrap_or_default().to_owned();
    Ok(runner.run(Job { code, language: Language::of(part("language")), inputs }).await)
}
