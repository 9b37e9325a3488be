//! What somebody is told of: comments of others about what they have to do, the newest first. What is older than a week
//! counts as read.

use crate::account::{Account, Comment, Status};
use crate::call::{Answer, Call};
use crate::paging;
use crate::render::{Render, iso};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// Notifications of one page, on every page the same.
const PAGE: usize = 50;
/// How long something is new.
const NEW: TimeDelta = TimeDelta::days(7);

fn is_about(account: &Account, me: i64, it: &Comment) -> bool {
    let has_it = || account.todo(it.parent_id).is_some_and(|todo| todo.assignee_ids.contains(&me));
    it.status == Status::Active && it.creator_id != me && has_it()
}

fn notification(render: &Render<'_>, it: &Comment, read_at: &Value) -> Value {
    let comment = render.comment(it);
    json!({
        "id": it.id, "created_at": iso(it.created_at), "updated_at": iso(it.created_at), "section": "inbox",
        "unread_count": u8::from(read_at.is_null()), "read_at": read_at, "title": comment["title"], "type": "Comment",
        "bucket_name": comment["bucket"]["name"], "creator": comment["creator"], "content_excerpt": it.content,
        "app_url": comment["app_url"]
    })
}

pub(super) fn mine(account: &Account, call: &Call) -> Answer {
    let (render, me) = (Render { account, links: &call.links }, account.owner_id());
    let mut all: Vec<&Comment> =
        account.comments.iter().filter(|it| is_about(account, me, it)).collect();
    all.sort_by_key(|it| std::cmp::Reverse((it.created_at, it.id)));
    let (new, old): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|it| call.now - it.created_at < NEW);
    let unreads: Vec<Value> =
        new.into_iter().map(|it| notification(&render, it, &Value::Null)).collect();
    let read = |it: &Comment| notification(&render, it, &iso(it.created_at + NEW).into());
    let reads = paging::fixed(old, call.page(), PAGE).map(read);
    // Memories are always empty at the real service too.
    Answer::Enveloped("reads", json!({"unreads": unreads, "memories": []}), Box::new(reads))
}
