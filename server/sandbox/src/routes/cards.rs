//! Boards: moving cards, columns and steps, colours, lanes of waiting cards, ticking steps.

use crate::account::{Account, Status};
use crate::call::{Answer, Call};
use crate::record::{self, Record};
use crate::render::{Render, iso};
use serde_json::{Map, Value};

/// The columns of a new board: title and type.
const COLUMNS: [(&str, &str); 4] = [
    ("Triage", "Kanban::Triage"),
    ("In progress", "Kanban::Column"),
    ("Not now", "Kanban::NotNowColumn"),
    ("Done", "Kanban::DoneColumn"),
];

fn find<'a>(account: &'a Account, call: &Call, id: &str, kind: &str) -> Option<&'a Record> {
    let found = account.record(id.parse().ok()?)?;
    (record::family(&found.kind) == kind && call.holds(found.project_id)).then_some(found)
}

fn change(account: &mut Account, id: i64, change: impl FnOnce(&mut Record)) {
    if let Some(record) = account.records.iter_mut().find(|it| it.id == id) {
        change(record);
    }
}

/// Puts `id` at `place` (from 0) among the records of its kind inside `parent`.
fn put_at(account: &mut Account, id: i64, parent: i64, place: usize) {
    let Some(kind) = account.record(id).map(|it| record::family(&it.kind).to_owned()) else {
        return;
    };
    let mut order: Vec<(i32, i64)> = account
        .records
        .iter()
        .filter(|it| it.parent_id == parent && it.id != id && record::family(&it.kind) == kind)
        .map(|it| (it.position, it.id))
        .collect();
    order.sort_unstable();
    order.insert(place.min(order.len()), (0, id));
    for (position, (_, id)) in (1..).zip(order) {
        change(account, id, |it| (it.position, it.parent_id) = (position, parent));
    }
}

fn number(body: &Value, field: &str) -> Option<i64> {
    body.get(field).and_then(Value::as_i64)
}

fn place(body: &Value, first: i64) -> usize {
    usize::try_from(number(body, "position").unwrap_or(first) - first).unwrap_or(0)
}

/// Moves a card to a column, at a position from 1. Into the done column completes it.
pub(super) fn move_card(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some((id, project)) =
        find(account, call, id, "Kanban::Card").map(|it| (it.id, it.project_id))
    else {
        return Answer::not_found();
    };
    let Some(column) = number(&call.body, "column_id") else { return Answer::missing("column_id") };
    let target = account.record(column).filter(|it| record::family(&it.kind) == "Kanban::Column");
    let Some(is_done) =
        target.filter(|it| it.project_id == project).map(|it| it.kind == "Kanban::DoneColumn")
    else {
        return Answer::unprocessable("column_id", "must be a column of the same project");
    };
    let (by, now) = (account.owner_id(), call.now);
    put_at(account, id, column, place(&call.body, 1));
    change(account, id, |it| {
        it.updated_at = now;
        if is_done {
            it.fields.entry("completed_at").or_insert_with(|| iso(now).into());
            it.fields.entry("completer_id").or_insert_with(|| by.into());
        } else {
            it.fields.remove("completed_at");
            it.fields.remove("completer_id");
        }
    });
    Answer::Empty
}

/// Moves a column of a board, at a position from 0.
pub(super) fn move_column(account: &mut Account, call: &Call, board: &str) -> Answer {
    let board = board.parse().ok().and_then(|id: i64| account.tool(id)).map(|(_, tool)| tool.id);
    let Some(board) = board else { return Answer::not_found() };
    let Some(source) = number(&call.body, "source_id") else { return Answer::missing("source_id") };
    if account.record(source).is_none_or(|it| it.parent_id != board) {
        return Answer::unprocessable("source_id", "must be a column of this board");
    }
    let beside = number(&call.body, "target_id").and_then(|id| account.record(id));
    let at = match number(&call.body, "position") {
        Some(_) => place(&call.body, 0),
        None => beside.map_or(0, |it| usize::try_from(it.position - 1).unwrap_or(0)),
    };
    put_at(account, source, board, at);
    Answer::Empty
}

/// A colour, only inside a bucket.
pub(super) fn colour(account: &mut Account, call: &Call, id: &str) -> Answer {
    let found = find(account, call, id, "Kanban::Column").filter(|_| call.bucket.is_some());
    let Some(id) = found.map(|it| it.id) else { return Answer::not_found() };
    let Some(colour) = call.body.get("color").and_then(Value::as_str).map(str::to_owned) else {
        return Answer::missing("color");
    };
    change(account, id, |it| drop(it.fields.insert("color".into(), colour.into())));
    shown(account, call, id)
}

fn shown(account: &Account, call: &Call, id: i64) -> Answer {
    let render = Render { account, links: &call.links };
    account.record(id).map_or_else(Answer::not_found, |it| Answer::Record(200, render.record(it)))
}

/// Gives a column a lane of waiting cards, or takes it away; its cards go back to the column.
pub(super) fn lane(account: &mut Account, call: &Call, id: &str) -> Answer {
    let found = find(account, call, id, "Kanban::Column").filter(|_| call.bucket.is_some());
    let Some((id, project, lane)) = found.map(|it| (it.id, it.project_id, it.number("on_hold_id")))
    else {
        return Answer::not_found();
    };
    if call.method == "POST" && lane == 0 {
        let fields = Map::from_iter([("title".to_owned(), Value::from("On hold"))]);
        let lane = add(account, call, (project, id, "Kanban::Column"), fields);
        change(account, id, |it| drop(it.fields.insert("on_hold_id".into(), lane.into())));
    } else if call.method == "DELETE" && lane != 0 {
        for card in account.records.iter_mut().filter(|it| it.parent_id == lane) {
            card.parent_id = id;
        }
        account.records.retain(|it| it.id != lane);
        change(account, id, |it| drop(it.fields.remove("on_hold_id")));
    }
    shown(account, call, id)
}

/// Watching a column.
pub(super) fn watch(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some(id) = find(account, call, id, "Kanban::Column").map(|it| it.id) else {
        return Answer::not_found();
    };
    super::watching::set(account, id, call.method == "POST");
    Answer::Empty
}

/// `on` ticks a step; anything else unticks it.
pub(super) fn tick(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some(id) = find(account, call, id, "Kanban::Step").map(|it| it.id) else {
        return Answer::not_found();
    };
    let Some(word) = call.body.get("completion").and_then(Value::as_str) else {
        return Answer::missing("completion");
    };
    let is_done = word == "on";
    change(account, id, |it| drop(it.fields.insert("completed".into(), is_done.into())));
    shown(account, call, id)
}

/// Moves a step within its card, at a position from 0.
pub(super) fn move_step(account: &mut Account, call: &Call, card: &str) -> Answer {
    let Some(card) = find(account, call, card, "Kanban::Card").map(|it| it.id) else {
        return Answer::not_found();
    };
    let step = number(&call.body, "source_id")
        .filter(|id| account.record(*id).is_some_and(|it| it.parent_id == card));
    let Some(step) = step else {
        return Answer::unprocessable("source_id", "must be a step of this card");
    };
    put_at(account, step, card, place(&call.body, 0));
    shown(account, call, card)
}

/// Adds a record as it is given and answers its id.
pub(crate) fn add(
    account: &mut Account,
    call: &Call,
    (project_id, parent_id, kind): (i64, i64, &str),
    fields: Map<String, Value>,
) -> i64 {
    let id = account.take_id();
    let siblings = account.records.iter().filter(|it| it.parent_id == parent_id);
    let position = siblings.map(|it| it.position).max().unwrap_or(0) + 1;
    let creator_id = account.owner_id();
    account.records.push(Record {
        id,
        project_id,
        kind: kind.to_owned(),
        parent_id,
        status: Status::Active,
        inherits_status: true,
        is_draft: false,
        position,
        creator_id,
        created_at: call.now,
        updated_at: call.now,
        fields,
    });
    id
}

/// The columns of a new board.
pub(crate) fn furnish(account: &mut Account, call: &Call, project: i64, board: i64) {
    for (title, kind) in COLUMNS {
        let fields = Map::from_iter([("title".to_owned(), Value::from(title))]);
        add(account, call, (project, board, kind), fields);
    }
}
