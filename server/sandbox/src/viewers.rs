//! Who looks: the owner of a token, or somebody who was let in beside them. Who is no admin reads nobody else's
//! address, and a client sees only what is shown to clients.

use crate::account::Account;
use crate::call::{Answer, Call};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What somebody who is no admin reads in place of the address of another person. How the real service does it is not
/// known, so it is a switch, and whoever follows it must get by with either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emails {
    /// Nothing.
    #[default]
    Hidden,
    /// Its first letter and stars.
    Masked,
}

/// Somebody with a token of their own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Guest {
    /// SHA-256 of the bearer token.
    pub(crate) token_hash: String,
    pub(crate) person_id: i64,
}

impl Account {
    /// The person for whom a token speaks; none when it does not open the account.
    pub(crate) fn speaker(&self, token_hash: &str) -> Option<i64> {
        if !token_hash.is_empty() && self.token_hash == token_hash {
            return Some(self.owner_id());
        }
        self.guests.iter().find(|it| it.token_hash == token_hash).map(|it| it.person_id)
    }

    fn is_client(&self) -> bool {
        self.person(self.owner_id()).is_some_and(|it| it.client)
    }

    /// Whether a record or anything it is in is shown to clients.
    pub(crate) fn is_shown(&self, id: i64) -> bool {
        let shown = &self.shown_to_clients;
        !shown.is_empty() && self.way_up(id).any(|it| shown.contains(&it))
    }

    /// A record and everything it is in.
    fn way_up(&self, id: i64) -> impl Iterator<Item = i64> + '_ {
        std::iter::successors(Some(id), |id| {
            let list = self.list(*id).map(|it| it.parent_id);
            let todo = self.todo(*id).map(|it| it.parent_id);
            let comment = self.comment(*id).map(|it| it.parent_id);
            let record = self.record(*id).map(|it| it.parent_id);
            list.or(todo).or(comment).or(record)
        })
    }

    /// The account as a person sees it.
    pub(crate) fn seen_by(&self, person: i64) -> Self {
        let mut seen = self.clone();
        seen.speaks = Some(person);
        if !seen.is_client() {
            return seen;
        }
        // What something that is shown is in is there too.
        let around: BTreeSet<i64> =
            self.shown_to_clients.iter().flat_map(|it| self.way_up(*it)).collect();
        let is_seen = |id: i64| around.contains(&id) || self.is_shown(id);
        seen.lists.retain(|it| is_seen(it.id));
        seen.todos.retain(|it| is_seen(it.id));
        seen.comments.retain(|it| is_seen(it.id));
        // Columns are places, such as tools, and belong to nobody.
        seen.records
            .retain(|it| it.project_id == 0 || it.kind.ends_with("Column") || is_seen(it.id));
        seen.happenings.retain(|it| is_seen(it.recording_id));
        seen
    }

    /// What refuses a call before it is carried out: webhooks are not for clients, and what they do not see is not
    /// there.
    pub(crate) fn refusal(&self, call: &Call) -> Option<Answer> {
        if !self.is_client() {
            return None;
        }
        if call.path.first().is_some_and(|it| it == "webhooks") {
            return Some(Answer::Refused(403, json!({"status": 403, "error": "Forbidden"})));
        }
        let named = call.path.iter().find_map(|it| it.parse::<i64>().ok());
        let is_project = call.path.first().is_some_and(|it| it == "projects" || it == "people");
        let is_missing = named.is_some_and(|it| !is_project && self.place(it).is_none());
        is_missing.then(Answer::not_found)
    }

    /// The answer without addresses that are not for who looks.
    pub(crate) fn redacted(&self, answer: Answer, emails: Emails) -> Answer {
        let me = self.owner_id();
        if self.person(me).is_some_and(|it| it.owner) {
            return answer;
        }
        answer.map(|it| redact(it, me, emails))
    }
}

fn redact(value: &mut Value, me: i64, emails: Emails) {
    match value {
        Value::Object(fields) => {
            let is_me = fields.get("id").and_then(Value::as_i64) == Some(me);
            if let Some(address) = fields.get_mut("email_address").filter(|_| !is_me) {
                *address = match (emails, address.as_str().and_then(|it| it.chars().next())) {
                    (Emails::Masked, Some(first)) => format!("{first}***@***").into(),
                    _ => Value::Null,
                };
            }
            fields.values_mut().for_each(|it| redact(it, me, emails));
        }
        Value::Array(items) => items.iter_mut().for_each(|it| redact(it, me, emails)),
        _ => {}
    }
}
