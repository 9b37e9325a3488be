//! Agents as their pages see them.

use crate::agent_tools::{may_change, shown, shown_run, standings, state};
use crate::tools::Tools;
use domain::actor::{Actor, Permission};
use domain::agent::{AgentRun, AgentStanding};
use domain::problem::Problem;
use store::agents;
use store::ids;

/// Runs of an agent on its page.
const SHOWN: usize = 50;
/// Runs that are looked at, back from now.
const COUNTED_MS: i64 = 90 * 24 * 3_600_000;

impl Tools {
    /// The agents of the workspace, the newest first.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; when the database does not answer.
    pub async fn agents(&self, actor: &Actor) -> Result<Vec<AgentStanding>, Problem> {
        actor.require(Permission::Read)?;
        standings(&mut self.db.read().await?, actor).await
    }

    /// One agent with its newest runs, the newest first. What they found is for its owner.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for none of the workspace's, else as [`Self::agents`].
    pub async fn agent(
        &self,
        actor: &Actor,
        id: &str,
    ) -> Result<(AgentStanding, Vec<AgentRun>), Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.db.read().await?;
        let found = agents::find(&mut conn, &actor.workspace, id).await?;
        let found = found.ok_or_else(|| Problem::not_found("Agent"))?;
        let is_own = found.owner_id == actor.user.as_str();
        let since = ids::now_ms() - COUNTED_MS;
        let mut theirs = agents::runs(&mut conn, &actor.workspace, since).await?;
        theirs.retain(|it| it.agent_id == found.id);
        let mut runs = Vec::new();
        for run in theirs.iter().take(SHOWN) {
            runs.push(shown_run(run, &state(&mut conn, run).await?, is_own));
        }
        let standing = AgentStanding {
            agent: shown(&found, actor),
            last_run: runs.first().cloned(),
            runs_count: theirs.len(),
            failed_count: theirs.iter().filter(|it| it.status == "failed").count(),
            may_change: may_change(&found, actor),
        };
        Ok((standing, runs))
    }
}
