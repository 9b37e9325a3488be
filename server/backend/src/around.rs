//! The first tab of a project, beside its to-dos.

use crate::Backend;
use domain::actor::Actor;
use domain::problem::Problem;
use domain::record::{Around, Part, Work};

impl Backend {
    /// What stands around the to-dos of `project`.
    ///
    /// # Errors
    /// As [`Self::tab`].
    pub(crate) async fn around(
        &self,
        actor: &Actor,
        (project, work): (i64, &Part<Work>),
    ) -> Result<Around, Problem> {
        let today = self.auth.today(actor).await?;
        let api = &self.basecamp;
        Ok(Around {
            latest: Box::pin(api.latest(actor, project)).await?,
            coming: Box::pin(api.coming(actor, (project, work), today)).await?,
            flows: self.flows.in_project(actor, project).await?,
            // It is worked out from all there is, so that it waits until that was read once.
            health: match api.mirrored(actor).await? {
                Some(_) => Some(Box::pin(self.health(actor, project)).await?),
                None => None,
            },
        })
    }
}
