//! One step of a piece: resolve, write ahead when it touches something outside, run, journal.

use crate::engine::connections::{is_connected_by_us, named};
use crate::engine::journal::Halt;
use crate::engine::resolve;
use crate::engine::trying::would_change;
use crate::engine::walk::{Pause, Verdict, Walk};
use crate::pieces::control::{self, Jump};
use crate::pieces::input::Input;
use crate::pieces::{self, Again, Call, Done, Failed, Nature};
use crate::waiting::Answer;
use domain::flow::run::{NOT_DONE, StepStatus};
use domain::flow::{Action, ErrorHandling, PieceSettings, would};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::time::Instant;
use store::run_steps::StepRow;

pub(crate) async fn run<'a>(
    walk: &mut Walk<'a>,
    action: &'a Action,
    settings: &'a PieceSettings,
    path: &str,
) -> Result<Verdict, Halt> {
    let row = walk.row(action, path, "PIECE");
    if let Some(pause) = still(&row, walk.engine.now_ms()) {
        walk.journal.put_back(row);
        return Ok(Verdict::Parked(pause));
    }
    let before = Before::of(&row);
    if let Before::Over = before {
        return Ok(replay(walk, action, settings, row));
    }
    if is_lost_jump(walk, settings) {
        let message = "This step works only inside a loop. Move it into one, or delete it";
        return Ok(walk.fail(action, handling(settings), row, message.to_owned()));
    }
    let refusal = walk.engine.refusal(&walk.journal.run().workspace, &settings.piece_name).await;
    if let Some(message) = refusal.map_err(Halt::Storage)? {
        return Ok(walk.fail(action, handling(settings), row, message));
    }
    let given = given(settings);
    if walk.plan.uses_connections
        && let Some(message) = walk.connect(named(given.values())).await?
    {
        return Ok(walk.fail(action, handling(settings), row, message));
    }
    let input = match resolve::object(&given, &walk.scope, walk.engine.now_ms()) {
        Ok(input) => input,
        Err(message) => return Ok(walk.fail(action, handling(settings), row, message)),
    };
    let row = StepRow {
        input: pieces::shown_input(settings, &input.value).to_string(),
        warnings: warnings(&input.warnings),
        status: StepStatus::Running,
        error: None,
        resume_at: None,
        ..row
    };
    attempt(walk, (action, settings), row, (&input.value, before)).await
}

/// What a step waits for whose time has not come: another branch, or an answer to it, let the run go on before.
pub(crate) fn still(row: &StepRow, now_ms: i64) -> Option<Pause> {
    let until_ms = row.resume_at.filter(|it| row.status == StepStatus::Paused && *it > now_ms)?;
    Some(Pause { until_ms, asked_at: None })
}

/// The inputs, without a connection of another engine that the step does not need here.
fn given(settings: &PieceSettings) -> Cow<'_, Map<String, Value>> {
    if settings.input.contains_key("auth") && is_connected_by_us(&settings.piece_name) {
        let mut input = settings.input.clone();
        input.shift_remove("auth");
        return Cow::Owned(input);
    }
    Cow::Borrowed(&settings.input)
}

fn is_lost_jump(walk: &Walk<'_>, settings: &PieceSettings) -> bool {
    let jump = control::jump(settings);
    matches!(jump, Some(Jump::NextItem | Jump::LeaveLoop)) && !walk.scope.is_in_round()
}

/// What the journal said about the step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing, or that it is to be tried again.
    Fresh,
    /// It was under way when its worker went away.
    Cut,
    /// It is over.
    Over,
}

impl Before {
    fn of(row: &StepRow) -> Self {
        match row.status {
            StepStatus::Succeeded | StepStatus::Failed | StepStatus::Stopped => Self::Over,
            // A wait that is over carries its output; a try that is due carries the error of the one before.
            // A step that is asked again when somebody answered carries neither.
            StepStatus::Paused if row.error.is_none() && row.output.is_some() => Self::Over,
            StepStatus::Running if row.effect_key.is_some() => Self::Cut,
            StepStatus::Paused | StepStatus::Running => Self::Fresh,
        }
    }
}

/// Takes over what an earlier worker, or the time that passed, has settled.
fn replay(walk: &mut Walk<'_>, action: &Action, settings: &PieceSettings, row: StepRow) -> Verdict {
    let output = row.output.as_deref().and_then(|it| serde_json::from_str(it).ok());
    match row.status {
        StepStatus::Failed => {
            let message = row.error.unwrap_or_default();
            walk.failed(action, handling(settings), message)
        }
        StepStatus::Stopped => Verdict::Stopped,
        StepStatus::Paused => walk.succeed(action, row, output.unwrap_or_default()),
        StepStatus::Running | StepStatus::Succeeded => {
            walk.gave(action, output.unwrap_or_default());
            Walk::after(settings)
        }
    }
}

async fn attempt<'a>(
    walk: &mut Walk<'a>,
    (action, settings): (&'a Action, &'a PieceSettings),
    mut row: StepRow,
    (input, before): (&Map<String, Value>, Before),
) -> Result<Verdict, Halt> {
    if walk.trying.is_dry() && would_change(settings, input) {
        row.warnings = with_note(row.warnings.as_deref(), NOT_DONE);
        row.would_change = Some(said(walk, settings, input).await);
        let output = walk.trying.instead(&action.name, input);
        walk.succeed(action, row, output);
        return Ok(Walk::after(settings));
    }
    let _place = walk.lanes.place().await;
    let key = row.effect_key.clone().unwrap_or_else(|| effect_key(walk, &row));
    if pieces::nature(settings) == Nature::External {
        row.effect_key = Some(key.clone());
        walk.journal.note(row.clone());
        walk.journal.checkpoint(walk.engine.now_ms()).await?;
    }
    let call = Call {
        engine: walk.engine,
        run: walk.journal.run(),
        journal: walk.journal,
        scope: &walk.scope,
        input: Input::new(input),
        path: &row.path,
        key: &key,
        is_unsure: before == Before::Cut,
    };
    let since = Instant::now();
    let outcome = pieces::run(settings, call).await;
    row.duration_us = i64::try_from(since.elapsed().as_micros()).ok();
    match outcome {
        Ok(Done::Output(output)) => {
            walk.succeed(action, row, output);
            Ok(Walk::after(settings))
        }
        Ok(Done::Respond { answer, then_stop }) => {
            respond(walk, action, row, (answer, then_stop)).await
        }
        Ok(Done::Wait { output, .. }) if walk.trying.is_dry() => {
            row.warnings = with_note(row.warnings.as_deref(), "A dry run does not wait");
            walk.succeed(action, row, output);
            Ok(Walk::after(settings))
        }
        Ok(Done::Wait { until_ms, output }) => {
            row.status = StepStatus::Paused;
            row.output = Some(output.to_string());
            row.resume_at = Some(until_ms);
            walk.journal.note(row);
            Ok(Verdict::Parked(Pause { until_ms, asked_at: None }))
        }
        Ok(Done::Pending { until_ms, answer }) => {
            if let Some(answer) = answer {
                walk.journal.respond(answer.to_string());
            }
            row.status = StepStatus::Paused;
            row.output = None;
            let asked_at = Some(row.path.clone());
            walk.journal.note(row);
            Ok(Verdict::Parked(Pause { until_ms, asked_at }))
        }
        Err(failed) => Ok(give_up_or_wait(walk, (action, handling(settings)), row, failed)),
    }
}

/// What a step that a dry run passes over would change. Names that cannot be found out now are left out.
async fn said(walk: &Walk<'_>, settings: &PieceSettings, input: &Map<String, Value>) -> String {
    let (engine, run) = (walk.engine, walk.journal.run());
    let named = async {
        let actor = engine.actor(&run.workspace, &run.acting_user, &run.id).await?;
        engine.names_now(&actor, settings, input).await
    };
    let names = named.await.unwrap_or_default();
    let shown = pieces::shown_input(settings, input);
    would::sentence(settings, shown.as_object().unwrap_or(input), &names)
}

/// A caller who does not wait for the end is answered once the answer is on the disk.
async fn respond(
    walk: &mut Walk<'_>,
    action: &Action,
    row: StepRow,
    (mut answer, then_stop): (Value, bool),
) -> Result<Verdict, Halt> {
    walk.journal.masked(&mut answer);
    walk.journal.respond(answer.to_string());
    walk.succeed(action, row, answer.clone());
    if then_stop {
        return Ok(Verdict::Stopped);
    }
    let run = walk.journal.run().id.clone();
    if walk.engine.waiting.has(&run) {
        walk.journal.checkpoint(walk.engine.now_ms()).await?;
        walk.engine.waiting.answer(&run, Answer::Responded(answer));
    }
    Ok(Verdict::Done)
}

/// Fails the step, or lets the run wait for its next try.
pub(crate) fn give_up_or_wait(
    walk: &mut Walk<'_>,
    (action, handling): (&Action, Option<&ErrorHandling>),
    mut row: StepRow,
    failed: Failed,
) -> Verdict {
    // Whoever tests a step wants to see why it failed, not to wait for the next try.
    let is_set = walk.trying.alone().is_none()
        && handling.is_some_and(|it| it.retry_on_failure.value == Some(true));
    let again = failed.again == Again::Yes || (failed.again == Again::AsSet && is_set);
    let policy = handling.and_then(|it| it.retry_policy).unwrap_or_default();
    let tried = u32::try_from(row.attempt + 1).unwrap_or(u32::MAX);
    let Some(wait_ms) = policy.wait_ms(tried).filter(|_| again) else {
        return walk.fail(action, handling, row, failed.message);
    };
    let until_ms = walk.engine.now_ms() + wait_ms;
    row.attempt += 1;
    row.status = StepStatus::Paused;
    row.error = Some(failed.message);
    (row.output, row.resume_at) = (None, Some(until_ms));
    walk.journal.note(row);
    Verdict::Parked(Pause { until_ms, asked_at: None })
}

/// The same for every try of a step in a run, and for no other step.
fn effect_key(walk: &Walk<'_>, row: &StepRow) -> String {
    format!("{}.{}", walk.journal.run().id, row.path.replace('/', "."))
}

fn handling(settings: &PieceSettings) -> Option<&ErrorHandling> {
    settings.error_handling_options.as_ref()
}

/// The column's text with one sentence more.
fn with_note(before: Option<&str>, sentence: &str) -> Option<String> {
    let mut all: Vec<String> =
        before.and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
    all.push(sentence.to_owned());
    warnings(&all)
}

/// The column's text; nothing when there are none.
pub(crate) fn warnings(sentences: &[String]) -> Option<String> {
    (!sentences.is_empty()).then(|| Value::from(sentences.to_vec()).to_string())
}
