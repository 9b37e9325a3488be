//! The event feed over all projects: what happened after a position, oldest first, a hundred at a time.

use crate::account::Account;
use crate::call::{Answer, Call};
use crate::record::Happening;
use crate::render::iso;
use serde_json::{Value, json};

/// Events of one answer.
const PAGE: usize = 100;

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

/// Where to read on: `position`, else `since`, else from now on.
fn start(account: &Account, call: &Call) -> Option<i64> {
    let newest = account.happenings.last().map_or(0, |it| it.id);
    match call.param("position").or(call.param("since")) {
        None | Some("now") => Some(newest),
        Some(text) => text.parse().ok().filter(|it| *it >= 0),
    }
}

pub(super) fn poll(account: &Account, call: &Call) -> Answer {
    let Some(after) = start(account, call) else {
        let body =
            json!({"error": "The position is not one of ours", "reason": "invalid_position"});
        return Answer::Refused(400, body);
    };
    let first = account.happenings.partition_point(|it| it.id <= after);
    let told = account.happenings.iter().skip(first);
    let mut told = told.filter_map(|it| event_type(it).map(|name| (it, name)));
    let page: Vec<(&Happening, String)> = told.by_ref().take(PAGE).collect();
    let position = page.last().map_or(after, |(it, _)| it.id).to_string();
    let next = told.next().map(|_| format!("{}/events.json?position={position}", call.links.api));
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
