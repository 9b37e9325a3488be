//! How far people say projects are.

use crate::account::{Account, Gauge, Needle, Project, Status};
use crate::call::{Answer, Call};
use crate::paging;
use crate::render::Render;
use crate::writing;
use serde_json::Value;

const COLOURS: [&str; 3] = ["green", "yellow", "red"];

fn named<'a>(account: &'a Account, id: &str) -> Option<&'a Project> {
    account.project(id.parse().ok()?).filter(|it| account.sees(it.id))
}

/// Those of all projects in use.
pub(super) fn all(account: &Account, call: &Call) -> Answer {
    let render = Render { account, links: &call.links };
    let wanted: Vec<i64> = call.param("bucket_ids").into_iter().flat_map(ids).collect();
    let in_use = account.projects.iter().filter(|it| {
        it.status == Status::Active
            && account.sees(it.id)
            && (wanted.is_empty() || wanted.contains(&it.id))
    });
    let found: Vec<(&Project, &Gauge)> =
        in_use.filter_map(|it| Some((it, it.gauge.as_ref()?))).collect();
    Answer::Page(paging::geared(found, call.page()).map(|(it, gauge)| render.gauge(it, gauge)))
}

fn ids(text: &str) -> Vec<i64> {
    text.split(',').filter_map(|it| it.parse().ok()).collect()
}

/// What was said of one project, the newest first.
pub(super) fn needles(account: &Account, call: &Call, id: &str) -> Answer {
    let Some(project) = named(account, id) else { return Answer::not_found() };
    let Some(gauge) = &project.gauge else { return Answer::List(Vec::new()) };
    let render = Render { account, links: &call.links };
    let found = gauge.needles.iter().rev().map(|it| render.needle(project, gauge, it));
    Answer::List(found.collect())
}

/// Says how far a project is.
pub(super) fn create(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some(id) = named(account, id).map(|it| it.id) else { return Answer::not_found() };
    let Some(body) = call.body.get("gauge_needle") else { return Answer::missing("gauge_needle") };
    let position = body.get("position").and_then(Value::as_i64);
    let Some(position) = position.filter(|it| (0..=100).contains(it)) else {
        return Answer::unprocessable("position", "is not from 0 to 100");
    };
    let colour = body.get("color").and_then(Value::as_str).unwrap_or("green");
    if !COLOURS.contains(&colour) {
        return Answer::unprocessable("color", "is not included in the list");
    }
    let needle = Needle {
        id: account.take_id(),
        position,
        colour: colour.to_owned(),
        description: writing::text(body, "description"),
        creator_id: account.owner_id(),
        created_at: call.now,
    };
    let gauge_id = account.take_id();
    if let Some(project) = account.projects.iter_mut().find(|it| it.id == id) {
        let new = Gauge { id: gauge_id, needles: Vec::new() };
        project.gauge.get_or_insert(new).needles.push(needle.clone());
    }
    let render = Render { account, links: &call.links };
    let made = account.project(id).and_then(|it| Some((it, it.gauge.as_ref()?)));
    made.map_or_else(Answer::not_found, |(project, gauge)| {
        Answer::Record(201, render.needle(project, gauge, &needle))
    })
}
