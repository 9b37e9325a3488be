//! Testing every connection at once.

use crate::Backend;
use domain::actor::{Actor, Permission};
use domain::integration::{AllChecked, Health};
use domain::problem::Problem;

/// More connections than these are tested one by one.
const MOST: usize = 50;

impl Backend {
    /// Tests for real every connection that `actor` sees: those to Basecamp and those of flows. Each keeps what was
    /// found.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers; when the database does not answer. What a test finds is no error.
    pub async fn check_connections(&self, actor: &Actor) -> Result<AllChecked, Problem> {
        actor.require(Permission::Write)?;
        let mut all = AllChecked::default();
        let accesses = self.basecamp.accesses(actor).await?.connections.into_iter();
        for access in accesses.filter(|it| it.health != Health::Choosing).take(MOST) {
            let found = Box::pin(self.basecamp.test_access(actor, &access.id)).await;
            let works = found.is_ok_and(|it| it.checked.is_some_and(|it| it.error.is_none()));
            all.add(access.name, works);
        }
        let listed = self.connections.listed(actor).await?.connections;
        for it in listed.into_iter().take(MOST) {
            let found = Box::pin(self.connections.test(actor, &it.connection.id)).await;
            all.add(it.connection.display_name, found.is_ok_and(|it| it.passed));
        }
        Ok(all)
    }
}
