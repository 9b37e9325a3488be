//! What every kind of the table answers: one record, the records inside another, making, changing, deleting.

use crate::account::{Account, Status};
use crate::call::{Answer, Call};
use crate::record::{self, Holds, KINDS, Kind, NESTS, Record};
use crate::render::Render;
use crate::{paging, writing};
use serde_json::{Map, Value};
use std::cmp::Reverse;

/// Collections that belong to a project or to the account and are in no other record: path, kind, only in a bucket.
const ROOTS: &[(&str, &str, bool)] = &[
    ("categories", "Category", true),
    ("client/approvals", "Client::Approval", true),
    ("client/correspondences", "Client::Correspondence", true),
    ("templates", "Template", false),
    ("lineup/markers", "Lineup::Marker", false),
];
/// Kinds that are gone once they are deleted.
const DELETED: [&str; 6] =
    ["Category", "Chatbot", "Template", "Lineup::Marker", "Chat::Lines::Text", "Timesheet::Entry"];
/// Places that only exist inside a bucket.
const BUCKET_ONLY: [&str; 2] = ["Chatbot", "Client::Reply"];

/// What a path means.
enum Spot {
    One(&'static Kind, i64),
    /// Everything of a kind inside a record; 0 for the project or account itself.
    All(&'static Kind, i64),
}

fn spot(account: &Account, call: &Call) -> Option<Spot> {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let joined = path.join("/");
    if let Some((_, kind, is_bucketed)) = ROOTS.iter().find(|it| it.0 == joined) {
        let is_right = !is_bucketed || call.bucket.is_some();
        return is_right.then(|| record::kind(kind).map(|it| Spot::All(it, 0))).flatten();
    }
    let (last, before) = path.split_last()?;
    if let Ok(id) = last.parse() {
        let prefix = before.join("/").replace("card_tables/lists", "card_tables/columns");
        let kind = KINDS.iter().find(|it| it.path == prefix).or_else(|| {
            let (child, outer) = before.split_last()?;
            nest(account, call, outer, child).map(|it| it.0)
        })?;
        let found = account.record(id)?;
        let is_his = record::family(&found.kind) == kind.name
            && (found.project_id == 0 || call.holds(found.project_id));
        return is_his.then_some(Spot::One(kind, id));
    }
    let (kind, parent) = nest(account, call, before, last)?;
    Some(Spot::All(kind, parent))
}

/// The kind `child` inside the record at the end of `outer`, which must be there.
fn nest(
    account: &Account,
    call: &Call,
    outer: &[&str],
    child: &str,
) -> Option<(&'static Kind, i64)> {
    let (id, outer) = outer.split_last()?;
    let (id, outer) = (id.parse().ok()?, outer.join("/"));
    let (_, _, kind) = NESTS.iter().find(|it| it.0 == outer && it.1 == child)?;
    let place = account.place(id)?;
    let here = place.path.rsplit_once('/')?.0;
    let is_same = here == outer
        || (outer == "card_tables/lists" && here == "card_tables/columns")
        || (outer == "client/recordings" && here.starts_with("client/"));
    let is_open = call.bucket.is_some() || !BUCKET_ONLY.contains(kind);
    let is_held = place.project_id == 0 || call.holds(place.project_id);
    (is_same && is_open && is_held).then(|| record::kind(kind).map(|it| (it, id))).flatten()
}

/// Answers a read of the table of kinds.
pub(super) fn read(account: &Account, call: &Call) -> Answer {
    let render = Render { account, links: &call.links };
    match spot(account, call) {
        Some(Spot::One(_, id)) => account
            .record(id)
            .map_or_else(Answer::not_found, |it| Answer::Record(200, render.record(it))),
        Some(Spot::All(kind, parent)) => {
            let found = paging::geared(listed(account, call, kind, parent), call.page());
            Answer::Page(found.map(|it| render.record(it)))
        }
        None => missing(call),
    }
}

/// A known place with an unknown id is not found; an unknown place is not there yet.
fn missing(call: &Call) -> Answer {
    let words: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let path = words.join("/");
    let shape: String =
        path.split('/').filter(|it| it.parse::<i64>().is_err()).collect::<Vec<_>>().join("/");
    let is_known = KINDS.iter().any(|it| it.path == shape)
        || NESTS.iter().any(|it| format!("{}/{}", it.0, it.1) == shape)
        || ROOTS.iter().any(|it| it.0 == shape);
    if is_known { Answer::not_found() } else { Answer::Unimplemented }
}

fn listed<'a>(account: &'a Account, call: &Call, kind: &Kind, parent: i64) -> Vec<&'a Record> {
    let status = Status::parse(call.param("status").unwrap_or("active"));
    let is_here = |it: &&Record| {
        (parent != 0 || it.project_id == call.bucket.unwrap_or(0))
            && record::family(&it.kind) == kind.name
            && Some(it.status) == status
            && !it.is_draft
    };
    let mut found: Vec<&Record> = if parent == 0 {
        account.records.iter().filter(is_here).collect()
    } else {
        account.records_in(parent).into_iter().filter(is_here).collect()
    };
    match kind.name {
        "Message" | "Chat::Lines::Text" => found.sort_by_key(|it| Reverse((it.created_at, it.id))),
        "Schedule::Entry" => found.sort_by_key(|it| it.text("starts_at").to_owned()),
        "Question::Answer" => {
            found.sort_by_key(|it| Reverse((it.text("group_on").to_owned(), it.id)))
        }
        _ => found.sort_by_key(|it| (it.position, it.id)),
    }
    found
}

/// Carries out a write to the table of kinds.
pub(super) fn write(account: &mut Account, call: &Call) -> Answer {
    match (call.method.as_str(), spot(account, call)) {
        ("POST", Some(Spot::All(kind, parent))) => create(account, call, kind, parent),
        ("PUT", Some(Spot::One(kind, id))) => update(account, call, kind, id),
        ("DELETE", Some(Spot::One(kind, id))) if DELETED.contains(&kind.name) => {
            account.records.retain(|it| it.id != id);
            Answer::Empty
        }
        (_, None) => missing(call),
        _ => Answer::Unimplemented,
    }
}

/// Writes hours down that somebody worked on a record.
pub(super) fn log_hours(account: &mut Account, call: &Call, id: &str) -> Answer {
    let place = id.parse().ok().and_then(|id| Some((id, account.place(id)?.project_id)));
    match (place.filter(|it| call.holds(it.1)), record::kind("Timesheet::Entry")) {
        (Some((id, _)), Some(kind)) => create(account, call, kind, id),
        _ => Answer::not_found(),
    }
}

fn create(account: &mut Account, call: &Call, kind: &Kind, parent_id: i64) -> Answer {
    let mut fields = match taken(account, call, kind, None) {
        Ok(fields) => fields,
        Err(refused) => return refused,
    };
    if let Err(refused) = completed(account, call, kind, &mut fields) {
        return refused;
    }
    let project_id = account.place(parent_id).map_or(call.bucket.unwrap_or(0), |it| it.project_id);
    let siblings = account.records.iter().filter(|it| it.parent_id == parent_id);
    let record = Record {
        position: siblings.map(|it| it.position).max().unwrap_or(0) + 1,
        id: account.take_id(),
        project_id,
        kind: kind.name.to_owned(),
        parent_id,
        status: Status::Active,
        inherits_status: true,
        is_draft: kind.drafts && call.body.get("status").and_then(Value::as_str) != Some("active"),
        creator_id: account.owner_id(),
        created_at: call.now,
        updated_at: call.now,
        fields,
    };
    account.records.push(record.clone());
    Answer::Record(201, Render { account, links: &call.links }.record(&record))
}

/// What a new record of some kinds brings beside what was sent.
fn completed(
    account: &mut Account,
    call: &Call,
    kind: &Kind,
    fields: &mut Map<String, Value>,
) -> Result<(), Answer> {
    match kind.name {
        "Upload" => {
            let sgid = fields.get("attachable_sgid").cloned().unwrap_or_default();
            let found = account.records.iter().find(|it| it.fields.get("sgid") == Some(&sgid));
            let Some(file) = found else {
                return Err(Answer::unprocessable("attachable_sgid", "is not an attachment"));
            };
            for name in ["filename", "content_type", "byte_size"] {
                fields.insert(name.into(), file.fields.get(name).cloned().unwrap_or_default());
            }
        }
        "Question::Answer" if !fields.contains_key("group_on") => {
            fields.insert("group_on".into(), call.today.to_string().into());
        }
        "Timesheet::Entry" if !fields.get("person_id").is_some_and(Value::is_i64) => {
            fields.insert("person_id".into(), account.owner_id().into());
        }
        "Construction" => {
            let wanted = fields.get("project").cloned().unwrap_or_default();
            let inner = Call { body: wanted, ..call.clone() };
            let Answer::Record(_, made) = super::projects::create(account, &inner) else {
                return Err(Answer::missing("project"));
            };
            fields.insert("made_id".into(), made.get("id").cloned().unwrap_or_default());
        }
        _ => {}
    }
    Ok(())
}

fn update(account: &mut Account, call: &Call, kind: &Kind, id: i64) -> Answer {
    let before = account.record(id).map(|it| it.fields.clone()).unwrap_or_default();
    if kind.name == "Document"
        && !["title", "content"].iter().any(|it| call.body.get(*it).is_some())
    {
        return Answer::missing("document");
    }
    let fields = match taken(account, call, kind, Some(&before)) {
        Ok(fields) => fields,
        Err(refused) => return refused,
    };
    if let Some(record) = account.records.iter_mut().find(|it| it.id == id) {
        record.fields = fields;
        record.updated_at = call.now;
        if let Some(base) = call.body.get("base_name").and_then(Value::as_str) {
            rename(record, base);
        }
        if record.is_draft && call.body.get("status").and_then(Value::as_str) == Some("active") {
            record.is_draft = false;
        }
    }
    let render = Render { account, links: &call.links };
    account.record(id).map_or_else(Answer::not_found, |it| Answer::Record(200, render.record(it)))
}

/// A file keeps its ending.
fn rename(record: &mut Record, base: &str) {
    let name = match record.text("filename").rsplit_once('.') {
        Some((_, ending)) => format!("{base}.{ending}"),
        None => base.to_owned(),
    };
    record.fields.insert("filename".into(), name.into());
}

/// The fields a write brings; those it leaves out stay, or go when the kind's PUT clears them.
fn taken(
    account: &Account,
    call: &Call,
    kind: &Kind,
    before: Option<&Map<String, Value>>,
) -> Result<Map<String, Value>, Answer> {
    let mut fields = before.cloned().unwrap_or_default();
    for (name, holds, is_required) in kind.fields {
        let sent = call.body.get(*name).filter(|it| !it.is_null());
        let Some(sent) = sent else {
            if before.is_none() && *is_required {
                return Err(Answer::missing(name));
            }
            if kind.clears && !is_required && !kind.keeps.contains(name) {
                fields.remove(*name);
            }
            continue;
        };
        fields.insert((*name).to_owned(), fit(account, call, (name, *holds, *is_required), sent)?);
    }
    Ok(fields)
}

fn fit(
    account: &Account,
    call: &Call,
    (name, holds, is_required): (&str, Holds, bool),
    sent: &Value,
) -> Result<Value, Answer> {
    Ok(match holds {
        Holds::Text if is_required => writing::required(&call.body, name)?.into(),
        Holds::Text => sent.as_str().unwrap_or_default().into(),
        Holds::Day => {
            writing::day(&call.body, name)?.map_or(Value::Null, |it| it.to_string().into())
        }
        Holds::Flag => sent.as_bool().unwrap_or_default().into(),
        Holds::Number => sent.as_i64().into(),
        Holds::People(_) => writing::people(account, &call.body, name).into(),
        Holds::Json => sent.clone(),
    })
}
