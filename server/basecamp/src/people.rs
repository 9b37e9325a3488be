//! People.

use crate::{Basecamp, convert, scopes};
use basecamp_sdk::services::people::ListPeopleParams;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use domain::project::Person;
use futures::FutureExt;

impl Basecamp {
    /// Everybody the connected person sees, by name.
    ///
    /// # Errors
    /// [`Problem::NeedsSetup`] without a connection, [`Problem::Unavailable`] when Basecamp does not answer.
    pub async fn people(&self, actor: &Actor) -> Result<Vec<Person>, Problem> {
        if let Some(mut mirror) = self.mirrored_with(actor, &[scopes::PEOPLE]).await? {
            return mirror.people().await;
        }
        let session = self.open(actor, Permission::Read).await?;
        let params = ListPeopleParams::default();
        let found = session.all("People", session.account.people().list(&params).boxed()).await?;
        let mut people: Vec<Person> = found.iter().map(convert::person).collect();
        people.sort_by_key(|it| it.name.to_lowercase());
        Ok(people)
    }
}
