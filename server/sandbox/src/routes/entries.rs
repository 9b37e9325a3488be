//! One date of a schedule; one that repeats is answered with the way to its next occurrence.

use super::generic;
use crate::account::Account;
use crate::call::{Answer, Call};
use crate::record::Record;
use crate::render::Render;
use crate::repeats;

fn entry<'a>(account: &'a Account, call: &Call, id: &str) -> Option<&'a Record> {
    let found = account.record(id.parse().ok()?)?;
    (found.kind == "Schedule::Entry" && call.holds(found.project_id)).then_some(found)
}

pub(super) fn get(account: &Account, call: &Call, id: &str) -> Answer {
    let Some(found) = entry(account, call, id) else { return Answer::not_found() };
    match repeats::next(found, call.today) {
        Some(day) => Answer::Moved(format!(
            "{}/buckets/{}/schedule_entries/{id}/occurrences/{}.json",
            call.links.api,
            found.project_id,
            repeats::word(day)
        )),
        None => generic::read(account, call),
    }
}

pub(super) fn occurrence(account: &Account, call: &Call, (id, day): (&str, &str)) -> Answer {
    let found = entry(account, call, id).zip(repeats::parse(day));
    let shown = found.and_then(|(it, day)| repeats::on(it, day));
    let render = Render { account, links: &call.links };
    shown.map_or_else(Answer::not_found, |it| Answer::Record(200, render.record(&it)))
}
