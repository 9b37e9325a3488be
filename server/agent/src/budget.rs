//! What models may cost: the workspace in a month, and each person in a day or a month.

use crate::agent::Agent;
use crate::ending::End;
use crate::hearing::month_of;
use crate::turn::Turn;
use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use domain::trace::TraceStatus;
use store::model_keys;

/// Of the month's limit: from here on it is said.
const WARNING_SHARE: f64 = 0.8;

impl Turn {
    /// Ends the run when the limit of its person, which `used_up` speaks of, or of the workspace's month is reached;
    /// warns when that of the month nearly is.
    pub(crate) async fn over_budget(
        &self,
        used_up: Option<Problem>,
    ) -> Result<Option<End>, Problem> {
        if let Some(problem) = used_up {
            return Ok(Some(End::failed("SPEND_LIMIT", problem.to_string())));
        }
        let (tokens, usd) = self.limit;
        if tokens.is_none() && usd.is_none() {
            return Ok(None);
        }
        let mut conn = self.agent.0.db.read().await?;
        let month = month_of(&self.run.today);
        let spent = model_keys::spent(&mut conn, &self.run.workspace, &month).await?;
        drop(conn);
        let share = share(spent, tokens, usd);
        if share >= 1.0 {
            let message = "This month's limit for the assistant is reached. An admin can raise it under Settings, \
                           Assistant; the built-in assistant costs nothing";
            return Ok(Some(End::failed("SPEND_LIMIT", message)));
        }
        if share >= WARNING_SHARE {
            let detail = format!("{:.0} % of this month's limit is used", share * 100.0);
            let line = self.budget_line();
            self.tell(vec![line.event(TraceStatus::Info, &detail, None)]).await?;
        }
        Ok(None)
    }
}

impl Agent {
    /// Why no model may be asked for a person now; none while they have something left, and where an assistant answers
    /// them that costs nothing.
    pub(crate) async fn used_up_for(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
    ) -> Result<Option<Problem>, Problem> {
        let Some(problem) = self.0.tools.models_used_up(workspace, user).await? else {
            return Ok(None);
        };
        let choice = self.choice(workspace, user).await?;
        let first = self.awake(choice).into_iter().next();
        Ok(first.is_some_and(|it| it.is_paid).then_some(problem))
    }
}

/// How much of the month's limit is used: 1 is all of it.
#[expect(clippy::cast_precision_loss, reason = "a share need not be exact")]
pub(crate) fn share(spent: model_keys::Spent, tokens: Option<f64>, usd: Option<f64>) -> f64 {
    let of_tokens = tokens.map_or(0.0, |it| (spent.input + spent.output) as f64 / it);
    let of_money = usd.map_or(0.0, |it| spent.cost_micros as f64 / 1_000_000.0 / it);
    of_tokens.max(of_money)
}
