//! Writing down how a run stands when its walk is over, and telling whoever waits.

use crate::engine::Engine;
use crate::engine::journal::{self, Halt, Journal};
use crate::engine::walk::Verdict;
use crate::engine::work::{Left, Outcome};
use crate::waiting::Answer;
use domain::flow::run::{FailedStep, RunStatus};
use serde_json::Value;
use store::runs::Progress;

/// How a run ended.
struct Ending {
    status: RunStatus,
    step: Option<FailedStep>,
    error: Option<String>,
}

impl Ending {
    fn ok() -> Self {
        Self { status: RunStatus::Succeeded, step: None, error: None }
    }

    fn bad(status: RunStatus, error: impl Into<String>) -> Self {
        Self { status, step: None, error: Some(error.into()) }
    }
}

pub(crate) async fn finish(engine: &Engine, journal: &Journal, left: Left) -> Result<(), Halt> {
    let ending = match left.outcome {
        Outcome::Verdict(Verdict::Parked(pause)) => {
            return park(engine, journal, pause.until_ms).await;
        }
        Outcome::Verdict(
            Verdict::Done | Verdict::Stopped | Verdict::NextItem | Verdict::LeftLoop,
        ) => Ending::ok(),
        Outcome::Verdict(Verdict::Failed { step, message }) => {
            Ending { status: RunStatus::Failed, step: Some(step), error: Some(message) }
        }
        Outcome::TimedOut => Ending::bad(
            RunStatus::Timeout,
            format!(
                "The run worked for more than {} seconds and was stopped. Split the flow, or use fewer items",
                engine.config.run_time.as_secs()
            ),
        ),
        Outcome::Panicked => {
            Ending::bad(RunStatus::InternalError, "PM OS made a mistake in this run. Retry it")
        }
    };
    end(engine, journal, ending, left.last_output).await
}

/// Ends a run that cannot go on.
pub(crate) async fn give_up(engine: &Engine, journal: &Journal, reason: &str) -> Result<(), Halt> {
    end(engine, journal, Ending::bad(RunStatus::Failed, reason), Value::Null).await
}

async fn park(engine: &Engine, journal: &Journal, until_ms: i64) -> Result<(), Halt> {
    journal.pause(engine.now_ms(), until_ms).await?;
    if let Some(answer) = journal.response() {
        engine.waiting.answer(&journal.run().id, Answer::Responded(answer));
    }
    engine.wake.notify_one();
    Ok(())
}

async fn end(
    engine: &Engine,
    journal: &Journal,
    ending: Ending,
    mut output: Value,
) -> Result<(), Halt> {
    if journal.run().app.is_some() {
        // What was typed into an app as a secret is not shown to whoever waits.
        journal.masked(&mut output);
    }
    let now_ms = engine.now_ms();
    let progress = Progress {
        status: ending.status,
        failed_step: ending.step,
        error: ending.error.clone(),
        ..Progress::running(now_ms, 0)
    };
    journal.hand_back(&ending.error, &output);
    journal.end(progress).await?;
    if journal.run().triggered_by == journal::BY_FLOW {
        engine.wake.notify_one();
    }
    let answer = match journal.response() {
        Some(answer) => Answer::Responded(answer),
        None => Answer::Ended { status: ending.status, output, error: ending.error },
    };
    engine.waiting.answer(&journal.run().id, answer);
    Ok(())
}
