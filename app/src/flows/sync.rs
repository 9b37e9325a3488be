//! Keeping the open flow and the server's the same: sending, being refused, and following what others change.

use super::marks::{Written, written};
use super::outbox::{Outbox, TYPING_PAUSE_MS};
use super::server_fns::{edit_flow, get_flow};
use super::store::{Saving, Studio};
use crate::error::AppError;
use crate::live::{Live, LiveEvent};
use crate::session;
use domain::event::Topic;
use domain::flow::Flow;
use domain::flow::edit::FlowEdit;
use domain::flow::merge::Content;
use domain::problem::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a mark of the assistant stays.
const MARK_STAYS: Duration = Duration::from_secs(5);
/// How long until a server that was not reached is tried again.
const RETRY: Duration = Duration::from_secs(4);

impl Studio {
    /// Puts `edit` on its way: at once, or after a pause in typing.
    pub(super) fn queue(self, edit: FlowEdit, field: Option<&str>) {
        self.outbox.update_value(|it| it.push(edit, field));
        self.saving.set(Saving::Pending);
        match field {
            Some(_) => self.send_in(Duration::from_millis(TYPING_PAUSE_MS)),
            None => self.send_now(),
        }
    }

    /// Puts `edits`, which belong together, on their way.
    pub(super) fn queue_all(self, edits: Vec<FlowEdit>) {
        self.outbox.update_value(|it| edits.into_iter().for_each(|edit| it.push(edit, None)));
        self.saving.set(Saving::Pending);
        self.send_now();
    }

    fn send_in(self, pause: Duration) {
        let handle = set_timeout_with_handle(move || self.send_now(), pause).ok();
        let earlier = self.timer.try_update_value(|it| std::mem::replace(it, handle)).flatten();
        if let Some(earlier) = earlier {
            earlier.clear();
        }
    }

    /// Sends what waits, unless a request is under way.
    pub fn send_now(self) {
        let Some(edits) = self.outbox.try_update_value(Outbox::take).flatten() else { return };
        let Some((id, revision)) = self.flow.try_with_untracked(|it| (it.id.clone(), it.revision))
        else {
            return;
        };
        spawn_local(async move {
            let answer = edit_flow(id, revision, edits).await;
            if !self.flow.is_disposed() {
                self.answered(answer);
            }
        });
    }

    fn answered(self, answer: Result<Flow, AppError>) {
        match answer {
            Ok(flow) => {
                self.outbox.update_value(Outbox::saved);
                self.base.set_value(flow.version.clone());
                self.adopt(flow);
                self.keep_unsent();
                self.send_now();
                if self.outbox.with_value(Outbox::is_idle) && self.missed.get_value() {
                    self.missed.set_value(false);
                    self.look_again(By::Others);
                }
            }
            Err(AppError::Offline) => {
                self.outbox.update_value(Outbox::put_back);
                self.saving.set(Saving::Failed(
                    "Not saved. The server could not be reached, trying again".to_owned(),
                ));
                self.keep_unsent();
                self.send_in(RETRY);
            }
            Err(AppError::Problem(Problem::Conflict { .. })) => self.reload(Reload::KeepMine),
            Err(error) => {
                self.toasts.failed(format!("That change was not saved. {error}"));
                self.reload(Reload::DropMine);
            }
        }
    }

    /// Takes over the server's flow; while changes are still on their way only its revision.
    pub(super) fn adopt(self, flow: Flow) {
        let is_idle = self.outbox.with_value(Outbox::is_idle);
        self.flow.update(|it| {
            if is_idle {
                *it = flow;
            } else {
                it.revision = flow.revision;
            }
        });
        if is_idle {
            self.base.set_value(self.flow.with_untracked(|it| it.version.clone()));
            self.saving.set(Saving::Saved);
        }
    }

    /// Fetches the flow, and puts what is not saved on top of it where it still fits.
    fn reload(self, mine: Reload) {
        let id = self.flow.with_untracked(|it| it.id.clone());
        spawn_local(async move {
            let answer = get_flow(id).await;
            if self.flow.is_disposed() {
                return;
            }
            match answer {
                Ok(flow) => self.put_mine_on(flow, mine),
                Err(error) => self.saving.set(Saving::Failed(format!("Not saved. {error}"))),
            }
        });
    }

    fn put_mine_on(self, flow: Flow, mine: Reload) {
        let unsaved = self.outbox.try_update_value(Outbox::refused).unwrap_or_default();
        let base = self.base.get_value();
        self.base.set_value(flow.version.clone());
        self.flow.set(flow);
        if mine == Reload::KeepMine {
            self.put_on_top(&base, unsaved);
        }
        self.keep_unsent();
        self.leave_missing_steps();
        let is_idle = self.outbox.with_value(Outbox::is_idle);
        self.saving.set(if is_idle { Saving::Saved } else { Saving::Pending });
        self.send_now();
    }

    /// Follows changes that others make: they appear step by step, the assistant's in its colour.
    pub fn follow(self, live: Live) {
        let (version, last) = (live.version(Topic::Flow), live.last(Topic::Flow));
        let me = session::current_user();
        Effect::new(move |before: Option<u64>| {
            let version = version.get();
            let event = last.get_untracked();
            if before.is_some_and(|it| it != version) && self.is_news(event.as_ref()) {
                let me = me.with_untracked(|it| it.id.to_string());
                self.look_again(event.map_or(By::Others, |it| by_whom(&it, &me)));
            }
            version
        });
    }

    /// Whether an event tells of this flow something that is not on screen; no event means a gap, so anything may be.
    fn is_news(self, event: Option<&LiveEvent>) -> bool {
        let Some(event) = event else { return true };
        let revision =
            event.data.get("detail").and_then(|it| it.get("revision")).and_then(Value::as_i64);
        self.flow.with_untracked(|it| {
            it.id.as_str() == event.id && revision.is_none_or(|newest| newest > it.revision)
        })
    }

    /// Fetches the flow and shows what is newer; while changes of this page are on their way, afterwards.
    pub(super) fn look_again(self, by: By) {
        if !self.outbox.with_value(Outbox::is_idle) {
            self.missed.set_value(true);
            return;
        }
        let id = self.flow.with_untracked(|it| it.id.clone());
        spawn_local(async move {
            if let Ok(flow) = get_flow(id).await
                && !self.flow.is_disposed()
            {
                self.show_newer(flow, by);
            }
        });
    }

    fn show_newer(self, flow: Flow, by: By) {
        let is_idle = self.outbox.with_value(Outbox::is_idle);
        let is_newer = self.flow.with_untracked(|it| *it != flow && flow.revision >= it.revision);
        if !is_idle || !is_newer {
            return;
        }
        let before = self.flow.get_untracked();
        let marks = written(&before.version, &flow.version);
        // What the assistant does for this person is theirs to take back, when nothing of others came with it.
        let is_mine = by == By::MyAssistant && flow.revision == before.revision + 1;
        self.base.set_value(flow.version.clone());
        self.flow.set(flow);
        if is_mine {
            self.remember(Content::from(&before.version), None);
        }
        self.leave_missing_steps();
        if by != By::Others && !marks.is_empty() {
            self.show_marks(marks);
        }
    }

    fn show_marks(self, marks: BTreeMap<String, Written>) {
        let names: Vec<_> = marks.keys().cloned().collect();
        self.written.update(|it| it.extend(marks));
        let clear = move || {
            if !self.written.is_disposed() {
                self.written.update(|it| it.retain(|name, _| !names.contains(name)));
            }
        };
        set_timeout(clear, MARK_STAYS);
    }
}

/// Who made a change that this page hears of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The assistant, for this person.
    MyAssistant,
    /// The assistant, for somebody else.
    Assistant,
    /// Another person, or another page of this one.
    Others,
}

fn by_whom(event: &LiveEvent, me: &str) -> By {
    let via = event.data.get("detail").and_then(|it| it.get("via")).and_then(Value::as_str);
    if via != Some("chat") {
        return By::Others;
    }
    let is_mine = event.data.get("actorId").and_then(Value::as_str) == Some(me);
    if is_mine { By::MyAssistant } else { By::Assistant }
}

/// What happens to changes that are not saved when the flow is fetched anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reload {
    /// They are put on top where they still fit.
    KeepMine,
    /// The server said why they cannot be.
    DropMine,
}
