//! Comments under records of any kind.

use crate::account::{Account, Comment, Status};
use crate::call::{Answer, Call};
use crate::render::Render;
use crate::{paging, writing};

/// The project of the record `id`.
fn project_of(account: &Account, call: &Call, id: &str) -> Option<(i64, i64)> {
    super::watching::place(account, call, id).map(|(id, place)| (place.project_id, id))
}

fn find<'a>(account: &'a Account, call: &Call, id: &str) -> Option<&'a Comment> {
    let id: i64 = id.parse().ok()?;
    account.comment(id).filter(|it| call.holds(it.project_id))
}

pub(super) fn list(account: &Account, call: &Call, id: &str) -> Answer {
    let Some((_, parent_id)) = project_of(account, call, id) else { return Answer::not_found() };
    let render = Render { account, links: &call.links };
    let comments = account.comments_in(parent_id);
    Answer::Page(paging::geared(comments, call.page()).map(|it| render.comment(it)))
}

/// Comments of active projects, the newest first.
pub(super) fn all(account: &Account, call: &Call) -> Answer {
    let render = Render { account, links: &call.links };
    let mut found: Vec<&Comment> =
        account.comments.iter().filter(|it| it.status == Status::Active).collect();
    found.sort_by_key(|it| std::cmp::Reverse((it.created_at, it.id)));
    Answer::Page(paging::geared(found, call.page()).map(|it| render.comment(it)))
}

pub(super) fn get(account: &Account, call: &Call, id: &str) -> Answer {
    let render = Render { account, links: &call.links };
    find(account, call, id)
        .map_or_else(Answer::not_found, |it| Answer::Record(200, render.comment(it)))
}

pub(super) fn create(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some((project_id, parent_id)) = project_of(account, call, id) else {
        return Answer::not_found();
    };
    let content = match writing::required(&call.body, "content") {
        Ok(content) => content,
        Err(refused) => return refused,
    };
    let comment = Comment {
        id: account.take_id(),
        project_id,
        parent_id,
        content,
        status: Status::Active,
        creator_id: account.owner_id(),
        created_at: call.now,
    };
    account.comments.push(comment.clone());
    Answer::Record(201, Render { account, links: &call.links }.comment(&comment))
}

pub(super) fn update(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some(comment_id) = find(account, call, id).map(|it| it.id) else {
        return Answer::not_found();
    };
    let content = match writing::required(&call.body, "content") {
        Ok(content) => content,
        Err(refused) => return refused,
    };
    if let Some(comment) = account.comments.iter_mut().find(|it| it.id == comment_id) {
        comment.content = content;
    }
    get(account, call, id)
}
