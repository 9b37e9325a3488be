//! Writes of steps of runs: stored before they are sent, and never sent again by a later try of the step.
//!
//! That try is given what the earlier one got. Nobody else settles them: the step does, before it goes on.

use crate::outbox::{Author, Kept, Posting};
use crate::reading_back::Verdict;
use crate::scheduler::Lane;
use crate::session::Session;
use crate::walk::millis;
use crate::witness::{Sent, Written};
use crate::{Basecamp, failure};
use basecamp_sdk::Error;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use store::connections;
use store::error::StoreError;
use store::ids;
use store::secrets::SecretKey;
use store::step_writes::{self, NewStepWrite, StepKey, StepWrite};

/// To what a sealed text of a row is bound.
fn bound_to(step: &StepKey, row: &str, field: &str) -> String {
    format!("{}|{row}|{field}", step.workspace)
}

fn opened(
    key: &SecretKey,
    step: &StepKey,
    row: &str,
    (field, text): (&str, &str),
) -> Option<Value> {
    let text = key.open(text, &bound_to(step, row, field)).ok()?;
    serde_json::from_str(&text).ok()
}

impl Posting {
    /// Stores a write of a step, unless an earlier try of it sent the same.
    pub(crate) async fn keep_step(&self, step: &StepKey, sent: &Sent) -> Result<Kept, StoreError> {
        let mut conn = self.inner.db.read().await?;
        let earlier = step_writes::of_step(&mut conn, step).await?;
        drop(conn);
        if let Some(row) =
            earlier.iter().find(|it| it.method == sent.method && it.path == sent.path)
        {
            let found = row.found.as_deref();
            let answer = found.and_then(|it| opened(&self.inner.key, step, &row.id, ("found", it)));
            return Ok(answer.map_or(Kept::Open, Kept::Before));
        }
        let id = ids::fresh();
        let new = NewStepWrite {
            connection: self.key.connection.as_str().to_owned(),
            method: sent.method.clone(),
            path: sent.path.clone(),
            body: self.inner.key.seal(&sent.body.to_string(), &bound_to(step, &id, "body")),
            owner: self.inner.owner.clone(),
            at: sent.at,
            id: id.clone(),
        };
        let step = step.clone();
        let write = self.inner.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { step_writes::post(conn, &step, &new).await })
        });
        write.await?;
        Ok(Kept::Row(id))
    }

    /// Keeps what a write of a step gave; nothing for an operation.
    pub(crate) async fn answered(&self, row: &str, found: &Value) {
        let Some(step) = self.step() else { return };
        let sealed = self.inner.key.seal(&found.to_string(), &bound_to(step, row, "found"));
        let (step, row) = (step.clone(), row.to_owned());
        let kept = self.inner.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { step_writes::answer(conn, &step, &row, &sealed).await })
        });
        if let Err(error) = kept.await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "what a step wrote is looked for if it is tried again");
        }
    }

    /// Forgets a write of a step that did not happen; nothing for an operation.
    pub(crate) async fn undone(&self, row: &str) {
        let Some(step) = self.step() else { return };
        let (step, row) = (step.clone(), row.to_owned());
        let forgotten = self.inner.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { step_writes::forget(conn, &step, &row).await })
        });
        if let Err(error) = forgotten.await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "a write that did not happen is looked for");
        }
    }
}

impl Session {
    /// Notes how the write of a step ended, when its end is known: it was answered, refused, or never left.
    pub(crate) async fn note_step(&self, error: Option<&Error>, written: &[Written]) {
        if !self.witness.is_of_step() {
            return;
        }
        match (error, written.last()) {
            (None, Some(it)) => {
                self.witness.answered(it.answer.as_ref().unwrap_or(&Value::Null)).await;
            }
            (Some(error), None) if !failure::is_unclear(error) || self.witness.sent().is_none() => {
                self.witness.undone().await;
            }
            _ => {}
        }
    }
}

impl Basecamp {
    /// The same Basecamp for one step of a run: each of its writes is stored before it is sent, and what an earlier try
    /// of the step wrote is not written again, but given again.
    #[must_use]
    pub fn in_step(&self, step: StepKey) -> Self {
        Self(self.0.clone(), Some(Arc::new(Author::Step(step))), self.2.clone())
    }

    /// Finds out what became of the writes of earlier tries of the step.
    ///
    /// Those that happened keep what they gave, those that did not are forgotten. A write that may still be carried out is waited for, half a minute at most.
    ///
    /// # Errors
    /// [`Problem::Unclear`] when that cannot be seen, so that a person must look; [`Problem::Unavailable`] while
    /// Basecamp does not answer, and then it must be asked again before the step goes on.
    pub async fn settle_step(&self, actor: &Actor) -> Result<(), Problem> {
        actor.require(Permission::Read)?;
        let Some(Author::Step(step)) = self.1.as_deref() else { return Ok(()) };
        let mut conn = self.0.db.read().await?;
        let rows = step_writes::of_step(&mut conn, step).await?;
        drop(conn);
        for row in rows.into_iter().filter(|it| it.found.is_none()) {
            Box::pin(self.settle_one(actor, step, row)).await?;
        }
        Ok(())
    }

    async fn settle_one(
        &self,
        actor: &Actor,
        step: &StepKey,
        row: StepWrite,
    ) -> Result<(), Problem> {
        let mut conn = self.0.db.read().await?;
        let id = row.connection_id.as_str().into();
        let connection = connections::find(&mut conn, &step.workspace, &id).await?;
        drop(conn);
        let body = opened(&self.0.key, step, &row.id, ("body", &row.body));
        let (Some(connection), Some(body)) = (connection, body) else {
            self.give_up(step, &row).await?;
            return Err(unseen());
        };
        let session = self.session(actor, &connection, Lane::Sync)?;
        let sent = Sent {
            row: Some(row.id.clone()),
            method: row.method.clone(),
            path: row.path.clone(),
            body,
            before: None,
            at: row.sent_at,
        };
        loop {
            let age = ids::now_ms() - row.sent_at;
            let rest = millis(self.0.config.pace.settles) - age;
            match session.verify(&sent).await? {
                Verdict::Done(found) => {
                    session.keep_found(&found).await;
                    if let Some(posting) = session.witness.posting() {
                        posting.answered(&row.id, &found).await;
                    }
                    return Ok(());
                }
                Verdict::NotDone if rest > 0 => {
                    tokio::time::sleep(Duration::from_millis(rest.unsigned_abs())).await;
                }
                Verdict::NotDone => return self.give_up(step, &row).await,
                Verdict::Unknown => {
                    self.give_up(step, &row).await?;
                    return Err(unseen());
                }
            }
        }
    }

    /// The write is not looked for again.
    async fn give_up(&self, step: &StepKey, row: &StepWrite) -> Result<(), Problem> {
        let (step, id) = (step.clone(), row.id.clone());
        let forgotten = self.0.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { step_writes::forget(conn, &step, &id).await })
        });
        Ok(forgotten.await?)
    }
}

/// Only a person can tell.
fn unseen() -> Problem {
    let words = "The step was cut off while it wrote to Basecamp, and it cannot be seen whether that was done. Look there, then run it again";
    Problem::Unclear { message: words.into() }
}
