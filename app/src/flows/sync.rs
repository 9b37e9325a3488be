//! Keeping the open flow and the server's the same: sending, being refused, and following what others change.

use super::gone::says_gone;
use super::marks::{Written, written};
use super::outbox::{Outbox, TYPING_PAUSE_MS};
use super::server_fns::{edit_flow, get_flow};
use super::store::{Saving, Studio};
use super::unsent;
use crate::error::AppError;
use crate::live::{Live, LiveEvent};
use crate::session;
use domain::event::Topic;
use domain::flow::Flow;
use domain::flow::edit::{FlowEdit, apply_all};
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
/// So often a fault of the server is waited out, before the change is taken for its cause.
const PATIENCE: u32 = 5;
/// What a gap in the events may hide: anything.
const ANYTHING: i64 = i64::MAX;

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
        self.outbox.update_value(|it| it.push_all(edits));
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
            let answer = edit_flow(id.clone(), revision, edits).await;
            if !self.flow.is_disposed() {
                self.answered(answer);
            } else if answer.is_ok() {
                unsent::forget(id.as_str());
            }
        });
    }

    fn answered(self, answer: Result<Flow, AppError>) {
        match answer {
            Ok(flow) => {
                self.outbox.update_value(Outbox::saved);
                self.base.set_value(flow.version.clone());
                self.take_over(flow);
                self.keep_unsent();
                self.send_now();
                self.catch_up();
            }
            Err(error) if says_gone(&error) => self.lose(),
            Err(AppError::Problem(Problem::Conflict { .. })) => self.reload(Reload::KeepMine),
            Err(error) if may_pass(&error, self.outbox.with_value(Outbox::failures)) => {
                self.outbox.update_value(Outbox::put_back);
                self.not_saved(&error);
                self.send_in(RETRY);
            }
            Err(error) => self.give_up(&error),
        }
    }

    /// Takes over the server's flow after a change that does not pass through `edit`; while changes are still on their
    /// way they are put on top of it later.
    pub(super) fn adopt(self, flow: Flow) {
        if self.outbox.with_value(Outbox::is_idle) {
            self.take_over(flow);
        } else {
            self.hear_of(flow.revision);
        }
    }

    /// Takes over the server's flow; while more changes wait, which were made on just that, only its revision.
    fn take_over(self, flow: Flow) {
        if self.outbox.with_value(Outbox::is_idle) {
            self.base.set_value(flow.version.clone());
            self.keeping_focus(|| self.flow.set(flow));
            self.saving.set(Saving::Saved);
        } else {
            self.flow.update(|it| it.revision = flow.revision);
        }
    }

    fn not_saved(self, error: &AppError) {
        let why = match error {
            AppError::Offline => "The server could not be reached".to_owned(),
            AppError::Problem(problem) => problem.to_string(),
        };
        self.saving.set(Saving::Failed(format!("Not saved. {why}, trying again")));
        self.keep_unsent();
    }

    /// The server said why it does not take a change: that one is dropped, and said, and no other.
    fn give_up(self, error: &AppError) {
        if self.outbox.try_update_value(Outbox::take_apart) == Some(true) {
            return self.send_now();
        }
        self.toasts.failed(format!("That change was not saved. {error}"));
        self.reload(Reload::DropRefused);
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
                // What is under way stays so: nothing else is sent before this is known.
                Err(error) if may_pass(&error, 0) => {
                    self.not_saved(&error);
                    let again = move || {
                        if !self.flow.is_disposed() {
                            self.reload(mine);
                        }
                    };
                    set_timeout(again, RETRY);
                }
                Err(error) if says_gone(&error) => self.lose(),
                Err(error) => self.saving.set(Saving::Failed(format!("Not saved. {error}"))),
            }
        });
    }

    fn put_mine_on(self, flow: Flow, mine: Reload) {
        let mut base = self.base.get_value();
        if mine == Reload::DropRefused {
            let dropped = self.outbox.try_update_value(Outbox::give_up).unwrap_or_default();
            // What waits was made on top of it.
            base = apply_all(&base, &dropped).unwrap_or(base);
        }
        let unsaved = self.outbox.try_update_value(Outbox::refused).unwrap_or_default();
        self.base.set_value(flow.version.clone());
        self.caught_up_to(flow.revision);
        self.keeping_focus(|| {
            self.flow.set(flow);
            self.put_on_top(&base, &unsaved);
            self.leave_missing_steps();
        });
        self.keep_unsent();
        let is_idle = self.outbox.with_value(Outbox::is_idle);
        self.saving.set(if is_idle { Saving::Saved } else { Saving::Pending });
        self.send_now();
        self.catch_up();
    }

    /// Follows changes that others make: they appear step by step, the assistant's in its colour.
    pub fn follow(self, live: Live) {
        let (version, last) = (live.version(Topic::Flow), live.last(Topic::Flow));
        let me = session::current_user();
        Effect::new(move |before: Option<u64>| {
            let version = version.get();
            let event = last.get_untracked();
            if before.is_some_and(|it| it != version)
                && let Some(revision) = self.news(event.as_ref())
            {
                let me = me.with_untracked(|it| it.id.to_string());
                self.hear_of(revision);
                self.look_again(event.map_or(By::Others, |it| by_whom(&it, &me)));
            }
            version
        });
    }

    /// The revision of this flow that an event tells of, if it is not on screen; no event means a gap, so anything may
    /// be.
    fn news(self, event: Option<&LiveEvent>) -> Option<i64> {
        let Some(event) = event else { return Some(ANYTHING) };
        let revision =
            event.data.get("detail").and_then(|it| it.get("revision")).and_then(Value::as_i64);
        let revision = revision.unwrap_or(ANYTHING);
        let is_news = |it: &Flow| it.id.as_str() == event.id && revision > it.revision;
        self.flow.with_untracked(is_news).then_some(revision)
    }

    fn hear_of(self, revision: i64) {
        self.heard.update_value(|it| *it = revision.max(*it));
    }

    /// What is known of the flow is that of `revision`: what was heard of before is in it, or comes again.
    fn caught_up_to(self, revision: i64) {
        self.heard.update_value(|it| {
            if *it == ANYTHING {
                *it = revision;
            }
        });
    }

    /// Looks for what was heard of while changes of this page were on their way.
    fn catch_up(self) {
        if self.flow.with_untracked(|it| self.heard.get_value() > it.revision) {
            self.look_again(By::Others);
        }
    }

    /// Fetches the flow and shows what is newer; while changes of this page are on their way, afterwards.
    pub(super) fn look_again(self, by: By) {
        if !self.outbox.with_value(Outbox::is_idle) {
            return;
        }
        let id = self.flow.with_untracked(|it| it.id.clone());
        spawn_local(async move {
            let answer = get_flow(id).await;
            if self.flow.is_disposed() {
                return;
            }
            match answer {
                Ok(flow) => self.show_newer(flow, by),
                Err(error) if may_pass(&error, 0) => set_timeout(
                    move || {
                        if !self.flow.is_disposed() {
                            self.catch_up();
                        }
                    },
                    RETRY,
                ),
                Err(error) if says_gone(&error) => self.lose(),
                // What the flow became is not for this person any more: the next change says so.
                Err(_) => {}
            }
        });
    }

    fn show_newer(self, flow: Flow, by: By) {
        let is_idle = self.outbox.with_value(Outbox::is_idle);
        if !is_idle {
            return self.hear_of(flow.revision);
        }
        self.caught_up_to(flow.revision);
        let is_newer = self.flow.with_untracked(|it| *it != flow && flow.revision >= it.revision);
        if !is_newer {
            return;
        }
        let before = self.flow.get_untracked();
        let marks = written(&before.version, &flow.version);
        // What the assistant does for this person is theirs to take back, when nothing of others came with it.
        let is_next = flow.revision == before.revision + 1;
        // All that one request led to is taken back at once.
        let turn = match &by {
            By::MyAssistant(request) => Some(format!("request {request}")).filter(|_| is_next),
            By::Assistant | By::Others => None,
        };
        if !matches!(by, By::MyAssistant(_)) {
            self.note_switched(&before.version, &flow.version);
        }
        self.base.set_value(flow.version.clone());
        self.keeping_focus(|| {
            self.flow.set(flow);
            self.leave_missing_steps();
        });
        if turn.is_some() {
            self.remember(Content::from(&before.version), turn.as_deref());
        }
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The assistant, for this person, while it answers this request of theirs.
    MyAssistant(String),
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
    let text = |name: &str| event.data.get(name).and_then(Value::as_str);
    if text("actorId") == Some(me) {
        By::MyAssistant(text("requestId").unwrap_or_default().to_owned())
    } else {
        By::Assistant
    }
}

/// What happens to the request that was not saved when the flow is fetched anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reload {
    /// It is put on top where it still fits, like all that waits.
    KeepMine,
    /// The server said why it cannot be; what waits is put on top.
    DropRefused,
}

/// Whether what failed, after so many failures in a row, may work a moment later as it is: then nothing is given up.
fn may_pass(error: &AppError, failures: u32) -> bool {
    match error {
        AppError::Offline => true,
        AppError::Problem(Problem::Internal { .. }) => failures < PATIENCE,
        AppError::Problem(problem) => matches!(
            problem,
            Problem::NotSignedIn
                | Problem::RateLimited { .. }
                | Problem::Unavailable { .. }
                | Problem::CircuitOpen { .. }
                | Problem::Throttled { .. }
                | Problem::Unclear { .. }
                | Problem::StorageFull
                | Problem::StorageGone
        ),
    }
}
