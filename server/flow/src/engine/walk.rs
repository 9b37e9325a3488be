//! Walking the steps of a flow in order; branches that run at once have a walk each, on the same journal. What the journal says was done is taken from there and not done again.

use crate::engine::connections::Held;
use crate::engine::journal::{self, Halt, Journal};
use crate::engine::lanes::Lanes;
use crate::engine::plan::Plan;
use crate::engine::scope::{self, Scope};
use crate::engine::trying::Trying;
use crate::engine::{Engine, code_step, loops, piece_step, router};
use crate::pieces::control::{self, Jump};
use domain::flow::run::{FailedStep, StepStatus};
use domain::flow::{Action, ActionKind, ErrorHandling, PieceSettings};
use futures::future::BoxFuture;
use serde_json::Value;
use store::run_steps::StepRow;

/// How a chain of steps came to its end.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Every step ran.
    Done,
    /// A step ended the run on purpose.
    Stopped,
    /// A step in a loop said that the item is done.
    NextItem,
    /// A step in a loop said that the loop is over.
    LeftLoop,
    /// A step failed and the run with it.
    Failed { step: FailedStep, message: String },
    /// A step waits, and the run with it.
    Parked(Pause),
}

/// What a step waits for.
#[derive(Clone, Debug)]
pub(crate) struct Pause {
    /// The latest time it goes on, epoch milliseconds.
    pub(crate) until_ms: i64,
    /// Where the step is, when an answer lets it go on before.
    pub(crate) asked_at: Option<String>,
}

/// One walk through a flow.
pub(crate) struct Walk<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) plan: &'a Plan,
    pub(crate) journal: &'a Journal,
    /// The branches under way at once.
    pub(crate) lanes: &'a Lanes,
    pub(crate) scope: Scope,
    /// Connections it has looked up.
    pub(crate) held: Held,
    /// What it does less than a whole walk.
    pub(crate) trying: &'a Trying,
    /// The step that ran last.
    pub(crate) last: String,
}

impl<'a> Walk<'a> {
    /// Walks the whole flow, or the one step that is tested.
    pub(crate) async fn run(&mut self) -> Result<Verdict, Halt> {
        if let Some(step) = self.trying.alone().map(str::to_owned) {
            return self.alone(&step).await;
        }
        let first = self.plan.version.trigger.next_action.as_deref();
        self.chain(first, String::new()).await
    }

    /// Walks `first` and what follows it; `prefix` says in which round of which loop.
    pub(crate) fn chain<'s>(
        &'s mut self,
        first: Option<&'a Action>,
        prefix: String,
    ) -> BoxFuture<'s, Result<Verdict, Halt>> {
        Box::pin(async move {
            let mut next = first;
            while let Some(action) = next {
                if !action.skip {
                    let verdict = self.step(action, &prefix).await?;
                    if !matches!(verdict, Verdict::Done) {
                        return Ok(verdict);
                    }
                }
                next = action.next_action.as_deref();
            }
            Ok(Verdict::Done)
        })
    }

    /// Runs one step; `prefix` says in which round of which loop.
    pub(crate) async fn step(&mut self, action: &'a Action, prefix: &str) -> Result<Verdict, Halt> {
        if self.journal.is_full() {
            self.journal.checkpoint(self.engine.now_ms()).await?;
        }
        let path = format!("{prefix}{}", action.name);
        loop {
            let verdict = match &action.kind {
                ActionKind::Piece(settings) => piece_step::run(self, action, settings, &path).await,
                ActionKind::Loop(settings) => loops::run(self, action, settings, &path).await,
                ActionKind::Router(settings) => {
                    router::run(self, action, settings, (&path, prefix)).await
                }
                ActionKind::Code(settings) => code_step::run(self, action, settings, &path).await,
            }?;
            // What waited is asked again. Of a loop or a router, the step inside has waited.
            match verdict {
                Verdict::Parked(pause) => {
                    if !self.waited(&pause).await? {
                        return Ok(Verdict::Parked(pause));
                    }
                }
                verdict => return self.on_error(action, verdict, prefix).await,
            }
        }
    }

    /// A walk through one of several branches that run at once.
    pub(crate) fn branch(&self) -> Self {
        Walk {
            scope: self.scope.branch(),
            held: self.held.clone(),
            last: String::new(),
            engine: self.engine,
            plan: self.plan,
            journal: self.journal,
            lanes: self.lanes,
            trying: self.trying,
        }
    }

    /// What this walk through a branch leaves.
    pub(crate) fn into_left(self) -> Left {
        Left { scope: self.scope.into_left(), held: self.held, last: self.last }
    }

    /// Takes over what a branch left.
    pub(crate) fn join(&mut self, left: Left) {
        self.scope.join(left.scope);
        self.held.extend(left.held);
        if !left.last.is_empty() {
            self.last = left.last;
        }
    }

    /// Walks the error branch of a step that failed for good; then the run goes on or ends as it would have without.
    async fn on_error(
        &mut self,
        action: &'a Action,
        verdict: Verdict,
        prefix: &str,
    ) -> Result<Verdict, Halt> {
        let first = action.on_error_action.as_deref();
        let is_settled = matches!(verdict, Verdict::Done | Verdict::Failed { .. });
        let is_alone = self.trying.alone().is_some();
        if first.is_none() || is_alone || !is_settled || !self.scope.has_failed(&action.name) {
            return Ok(verdict);
        }
        match self.chain(first, prefix.to_owned()).await? {
            Verdict::Done => Ok(verdict),
            other => Ok(other),
        }
    }

    /// The row an earlier worker left, or a new one.
    pub(crate) fn row(&mut self, action: &Action, path: &str, kind: &str) -> StepRow {
        self.journal.take_recorded(path).unwrap_or_else(|| {
            let ordinal = self.journal.next_ordinal();
            journal::begun(path, ordinal, &action.name, kind, self.engine.now_ms())
        })
    }

    /// The step gave `output`. A secret in it is masked for later steps too, so that a resumed run sees the same.
    pub(crate) fn succeed(
        &mut self,
        action: &Action,
        mut row: StepRow,
        mut output: Value,
    ) -> Verdict {
        if self.journal.masked(&mut output) {
            row.warnings = warned(row.warnings.as_deref());
        }
        row.status = StepStatus::Succeeded;
        row.output = Some(output.to_string());
        (row.error, row.resume_at) = (None, None);
        self.journal.note(row);
        self.gave(action, output);
        Verdict::Done
    }

    /// Where the run goes on after a step of `settings` that gave its output.
    pub(crate) fn after(settings: &PieceSettings) -> Verdict {
        match control::jump(settings) {
            None => Verdict::Done,
            Some(Jump::End) => Verdict::Stopped,
            Some(Jump::NextItem) => Verdict::NextItem,
            Some(Jump::LeaveLoop) => Verdict::LeftLoop,
        }
    }

    /// The step's output is known, from now or from before.
    pub(crate) fn gave(&mut self, action: &Action, output: Value) {
        self.scope.set(&action.name, output);
        self.last.clone_from(&action.name);
    }

    /// The step failed; the run goes on where the step says so.
    pub(crate) fn fail(
        &mut self,
        action: &Action,
        handling: Option<&ErrorHandling>,
        mut row: StepRow,
        message: String,
    ) -> Verdict {
        let message = self.journal.masked_text(message);
        row.status = StepStatus::Failed;
        row.error = Some(message.clone());
        (row.output, row.resume_at) = (None, None);
        self.journal.note(row);
        self.failed(action, handling, message)
    }

    /// The same for a failure that is in the journal already.
    pub(crate) fn failed(
        &mut self,
        action: &Action,
        handling: Option<&ErrorHandling>,
        message: String,
    ) -> Verdict {
        let goes_on = handling.is_some_and(|it| it.continue_on_failure.value == Some(true));
        if goes_on || action.on_error_action.is_some() {
            self.scope.set_failed(&action.name, &message);
        }
        if goes_on {
            return Verdict::Done;
        }
        let step =
            FailedStep { name: action.name.clone(), display_name: action.display_name.clone() };
        Verdict::Failed { step, message }
    }
}

/// What a walk through a branch leaves for the steps after it.
pub(crate) struct Left {
    scope: scope::Left,
    held: Held,
    /// The step that ran last; empty when none did.
    last: String,
}

/// The warnings of a step whose output held a secret.
fn warned(before: Option<&str>) -> Option<String> {
    let mut all: Vec<String> =
        before.and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
    let sentence = "The result held a secret of a connection. It is masked here and for later steps; name the connection in the step that needs it";
    if !all.iter().any(|it| it == sentence) {
        all.push(sentence.to_owned());
    }
    Some(Value::from(all).to_string())
}
