//! The event feed over all projects: what happened after a position, oldest first, a hundred at a time.

use crate::account::Account;
use crate::call::{Answer, Call};
use crate::record::Happening;
use crate::render::iso;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use url::form_urlencoded;

/// Events of one answer.
const PAGE: usize = 100;
/// By what events are chosen.
const FILTERS: [&str; 6] =
    ["types", "buckets", "creators", "performers", "exclude_performers", "actor_types"];
/// Projects and people that one question may name.
const MOST: usize = 100;
/// Types of events that are known.
const TYPES: [&str; 24] = [
    "comment.created",
    "comment.content_changed",
    "message.created",
    "message.content_changed",
    "message.subject_changed",
    "todo.created",
    "todo.completed",
    "todo.moved",
    "todo.content_changed",
    "todo.description_changed",
    "todo.scheduled",
    "todo.rescheduled",
    "todo.unscheduled",
    "todo.assignment_changed",
    "card.created",
    "card.completed",
    "card.moved",
    "card.content_changed",
    "card.title_changed",
    "card.due_on_changed",
    "card.assignment_changed",
    "chat.line.created",
    "question.created",
    "question.answer.created",
];

/// `todo.created` and the like; none for what the feed does not tell: the trash, the archive, reopening, positions.
fn event_type(it: &Happening) -> Option<String> {
    let kind = match it.kind.as_str() {
        "Todo" => "todo",
        "Kanban::Card" => "card",
        "Comment" => "comment",
        "Message" => "message",
        "Question" => "question",
        "Question::Answer" => "question.answer",
        "Chat::Lines::Text" => "chat.line",
        _ => return None,
    };
    let is_told = match it.action.as_str() {
        "created" => true,
        "content_changed" => !kind.starts_with("question") && kind != "chat.line",
        "completed" | "assignment_changed" => matches!(kind, "todo" | "card"),
        "moved" => kind == "card",
        _ => false,
    };
    is_told.then(|| format!("{kind}.{}", it.action))
}

/// Which events are asked for: the values of each filter that is named, in order.
#[derive(Default)]
struct Filters(BTreeMap<&'static str, Vec<String>>);

impl Filters {
    fn of(call: &Call) -> Result<Self, Answer> {
        let mut filters = Self::default();
        for name in FILTERS {
            let Some(text) = call.param(name) else { continue };
            let words = text.split(',').map(str::trim).filter(|it| !it.is_empty());
            let mut values: Vec<String> = words.map(str::to_owned).collect();
            values.sort();
            values.dedup();
            if values.len() > MOST || !values.iter().all(|it| is_valid(name, it)) {
                return Err(refused(400, "invalid_filter", &format!("{name} is not a filter")));
            }
            filters.0.insert(name, values);
        }
        Ok(filters)
    }

    /// The first half of a hash over the shortest way to write them.
    fn digest(&self) -> String {
        let text = serde_json::to_string(&self.0).unwrap_or_default();
        hex::encode(Sha256::digest(text)).chars().take(16).collect()
    }

    fn let_through(&self, account: &Account, it: &Happening, name: &str) -> bool {
        let is_client = account.person(it.creator_id).is_some_and(|it| it.client);
        let is_among = |filter: &str, value: &str| {
            self.0.get(filter).is_none_or(|all| all.iter().any(|it| it == value))
        };
        // Nobody acts for somebody else here.
        let who = it.creator_id.to_string();
        let is_me = it.creator_id == account.owner_id();
        let is_out = |one: &String| *one == who || (one == "self" && is_me);
        is_among("types", name)
            && is_among("buckets", &it.project_id.to_string())
            && is_among("creators", &who)
            && is_among("performers", &who)
            && is_among("actor_types", if is_client { "Client" } else { "User" })
            && !self.0.get("exclude_performers").is_some_and(|all| all.iter().any(is_out))
    }

    /// Where to read on behind event `id`. What was asked for belongs to it.
    fn position(&self, id: i64) -> String {
        if self.0.is_empty() { id.to_string() } else { format!("{id}-{}", self.digest()) }
    }

    fn link(&self, call: &Call, position: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("position", position);
        query.extend_pairs(self.0.iter().map(|(name, all)| (name, all.join(","))));
        format!("{}/events.json?{}", call.links.api, query.finish())
    }
}

fn is_valid(filter: &str, value: &str) -> bool {
    match filter {
        "types" => TYPES.contains(&value),
        "actor_types" => matches!(value, "User" | "Client"),
        "exclude_performers" if value == "self" => true,
        _ => value.parse::<i64>().is_ok(),
    }
}

fn refused(status: u16, reason: &str, message: &str) -> Answer {
    Answer::Refused(status, json!({"error": message, "reason": reason}))
}

/// After which event to read on: `position`, else `since`, else from now on.
fn start(account: &Account, call: &Call, filters: &Filters) -> Result<i64, Answer> {
    let wrong = || refused(400, "invalid_position", "The position is not one of ours");
    let number = |text: &str| text.parse::<i64>().ok().filter(|it| *it >= 0).ok_or_else(wrong);
    let Some(position) = call.param("position") else {
        return match call.param("since") {
            None | Some("now") => {
                let told = account.happenings.iter().rev().find(|it| is_old_enough(call, it));
                Ok(told.map_or(0, |it| it.id).max(account.feed_epoch))
            }
            Some(text) => Ok(number(text)?.max(account.feed_epoch)),
        };
    };
    let nothing = Filters::default().digest();
    let (id, digest) = position.split_once('-').unwrap_or((position, &nothing));
    let (id, asked) = (number(id)?, filters.digest());
    if digest != asked {
        let body = json!({
            "error": "The position belongs to other filters", "position_digest": digest, "filters_digest": asked
        });
        return Err(Answer::Refused(409, body));
    }
    if id < account.feed_epoch {
        let resume = filters.link(call, &filters.position(account.feed_epoch));
        let body = json!({
            "error": "What came after this position is not known any more",
            "epoch_after_id": account.feed_epoch, "resume": resume
        });
        return Err(Answer::Refused(410, body));
    }
    Ok(id)
}

/// What has just happened is not told yet, so that nothing comes before what it follows.
fn is_old_enough(call: &Call, it: &Happening) -> bool {
    call.now - it.created_at >= call.feed_delay
}

pub(super) fn poll(account: &Account, call: &Call) -> Answer {
    let page = Filters::of(call).and_then(|it| Ok((start(account, call, &it)?, it)));
    page.map_or_else(
        |refused| refused,
        |(after, filters)| page_after(account, call, after, &filters),
    )
}

fn page_after(account: &Account, call: &Call, after: i64, filters: &Filters) -> Answer {
    let first = account.happenings.partition_point(|it| it.id <= after);
    let told = account.happenings.iter().skip(first).take_while(|it| is_old_enough(call, it));
    let told = told.filter_map(|it| event_type(it).map(|name| (it, name)));
    let mut told = told.filter(|(it, name)| filters.let_through(account, it, name));
    let page: Vec<(&Happening, String)> = told.by_ref().take(PAGE).collect();
    let position = filters.position(page.last().map_or(after, |(it, _)| it.id));
    let next = told.next().map(|_| filters.link(call, &position));
    let event = |(it, name): (&Happening, String)| {
        json!({
            "id": it.id, "kind": it.kind, "action": it.action, "event_type": name, "bucket_id": it.project_id,
            "creator_id": it.creator_id, "performed_by_id": null, "recording_id": it.recording_id,
            "created_at": iso(it.created_at)
        })
    };
    let events: Vec<Value> = page.into_iter().map(event).collect();
    let mut body = json!({"events": events, "position": position});
    if let Some(next) = next {
        body["next"] = json!(next);
    }
    Answer::Record(200, body)
}
