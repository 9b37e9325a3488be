//! Several failed runs tried again at once, and what the page of runs shows beside its list.

use crate::runs::Runs;
use domain::actor::{Actor, Permission};
use domain::flow::listing::RunFilter;
use domain::flow::run::{Retried, Retry, RunFigures};
use domain::ids::RunId;
use domain::problem::Problem;
use store::run_lists;
use store::run_steps::StepRow;

/// Runs that are tried again at once, at most.
const MOST: i64 = 100;

/// What a new run has of an earlier one.
#[derive(Default)]
pub(crate) struct TakenOver {
    /// The steps that were done.
    pub(crate) steps: Vec<StepRow>,
    /// The run that is tried again.
    pub(crate) from: Option<RunId>,
    /// Only if no other run tries it again already.
    pub(crate) once: bool,
}

impl Runs {
    /// How the runs of the built-in engine went since `since_ms`, without tests.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub async fn figures(&self, actor: &Actor, since_ms: i64) -> Result<RunFigures, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.engine.db.read().await?;
        Ok(run_lists::figures(&mut conn, &actor.workspace, since_ms).await?)
    }

    /// Flows of the built-in engine that runs can be narrowed to: id and name, by name.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub async fn flow_names(&self, actor: &Actor) -> Result<Vec<(String, String)>, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.engine.db.read().await?;
        Ok(run_lists::flow_names(&mut conn, &actor.workspace).await?)
    }

    /// Runs of the filter that failed and were not tried again, as far as the actor may: 100 at most, newest first.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub async fn failed(&self, actor: &Actor, filter: &RunFilter) -> Result<Vec<RunId>, Problem> {
        actor.require(Permission::Read)?;
        if !actor.role.can(Permission::Write) {
            return Ok(Vec::new());
        }
        let own = if actor.role.can(Permission::Manage) { "" } else { actor.user.as_str() };
        let mut conn = self.engine.db.read().await?;
        Ok(run_lists::failed(&mut conn, &actor.workspace, filter, own, MOST).await?)
    }

    /// Tries [`Runs::failed`] again, each from the step that failed, and says what became of it. One that somebody else
    /// tries again meanwhile is left to them.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::Invalid`] when there is none.
    pub async fn retry_failed(
        &self,
        actor: &Actor,
        filter: &RunFilter,
    ) -> Result<Retried, Problem> {
        actor.require(Permission::Write)?;
        let all = self.failed(actor, filter).await?;
        if all.is_empty() {
            return Err(Problem::invalid("runs", "No failed run is left to try again"));
        }
        let mut done = Retried::default();
        for (at, id) in all.iter().enumerate() {
            match Box::pin(self.try_again(actor, id, Retry::FromFailedStep, true)).await {
                Ok(_) => done.started += 1,
                Err(limited @ Problem::RateLimited { .. }) => {
                    done.refused += all.len() - at;
                    done.why.get_or_insert(limited.to_string());
                    break;
                }
                Err(problem) => {
                    done.refused += 1;
                    done.why.get_or_insert(problem.to_string());
                }
            }
        }
        Ok(done)
    }
}
