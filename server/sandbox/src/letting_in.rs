//! What tests change about who may do what, beside HTTP.

use crate::viewers::Guest;
use crate::{Sandbox, accounts, repeats};
use std::io;

impl Sandbox {
    /// Lets `token` open account `id` for the person called `name`, who is a client or a colleague without the rights of
    /// an admin. Gives the person's id; none when there is no such account or person.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn let_in(
        &self,
        id: i64,
        token: &str,
        (name, is_client): (&str, bool),
    ) -> io::Result<Option<i64>> {
        let let_in = self.0.accounts.change(id, |account| {
            let person = account.people.iter_mut().find(|it| it.name == name);
            let person_id = person.map(|it| {
                it.client = is_client;
                it.id
            });
            let token_hash = accounts::hash(token);
            account.guests.extend(person_id.map(|person_id| Guest { token_hash, person_id }));
            (person_id, true)
        });
        Ok(let_in.await?.flatten())
    }

    /// Suspends account `id`, so that every call is answered with `status` and the reason; none opens it again.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn suspend(&self, id: i64, status: Option<u16>) -> io::Result<()> {
        let suspended = self.0.accounts.change(id, |account| {
            account.suspended = status;
            ((), true)
        });
        suspended.await.map(|_| ())
    }

    /// Makes a date of a schedule happen every week, as people set it on Basecamp's own pages.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn repeat_weekly(&self, entry: i64) -> io::Result<()> {
        let now = self.0.clock.now();
        self.in_all(move |account| {
            let Some(record) = account.records.iter_mut().find(|it| it.id == entry) else {
                return false;
            };
            let Some(first) = repeats::first_day(record) else { return false };
            record.fields.insert(repeats::FIELD.to_owned(), repeats::weekly(first));
            record.updated_at = now;
            true
        })
        .await
    }
}
