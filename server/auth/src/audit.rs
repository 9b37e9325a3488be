//! Reading the audit log: one row per outcome of everything that matters, newest first.

use crate::auth::Auth;
use domain::actor::{Actor, Permission};
use domain::event::{AuditFilter, AuditPage};
use domain::problem::Problem;
use store::chain::{self, Chain, Head};
use store::events;

const ROWS: i64 = 50;
const ROWS_MAX: i64 = 200;

impl Auth {
    /// The audit log of the workspace. A limit of 0 is the default of 50; 200 is the most.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without manage.
    pub async fn audit(&self, actor: &Actor, filter: &AuditFilter) -> Result<AuditPage, Problem> {
        self.authorise(actor, Permission::Manage, "audit log").await?;
        let limit = if filter.limit > 0 { filter.limit.min(ROWS_MAX) } else { ROWS };
        let wider = AuditFilter { limit: limit + 1, ..filter.clone() };
        let mut conn = self.db.read().await?;
        let mut rows = if actor.role.can(Permission::Platform) {
            events::whole_audit(&mut conn, &actor.workspace, &wider).await?
        } else {
            events::audit(&mut conn, &actor.workspace, &wider).await?
        };
        let shown = usize::try_from(limit).unwrap_or_default();
        let has_more = rows.len() > shown;
        rows.truncate(shown);
        let next = rows.last().map(|it| it.seq).filter(|_| has_more);
        Ok(AuditPage { events: rows, next })
    }

    /// Reads every event of the workspace and compares it with its hash (`store::chain`). `kept` is a head that somebody
    /// kept elsewhere; with it an end that was cut off shows too.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without manage.
    pub async fn verify_audit(&self, actor: &Actor, kept: Option<&Head>) -> Result<Chain, Problem> {
        self.authorise(actor, Permission::Manage, "audit log").await?;
        let mut conn = self.db.read().await?;
        Ok(chain::verify(&mut conn, &actor.workspace, kept).await?)
    }
}
