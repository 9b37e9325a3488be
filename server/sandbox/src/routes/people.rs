//! People. Everybody of the account is on every project.

use crate::account::Account;
use crate::call::{Answer, Call};
use crate::render::Render;

pub(super) fn list(account: &Account, call: &Call) -> Answer {
    let render = Render { account, links: &call.links };
    Answer::List(account.people.iter().map(|it| render.person(it)).collect())
}

pub(super) fn get(account: &Account, call: &Call, id: &str) -> Answer {
    let person = id.parse().ok().and_then(|id| account.person(id));
    let render = Render { account, links: &call.links };
    person.map_or_else(Answer::not_found, |it| Answer::Record(200, render.person(it)))
}

pub(super) fn me(account: &Account, call: &Call) -> Answer {
    get(account, call, &account.owner_id().to_string())
}
