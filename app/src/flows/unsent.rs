//! Changes that have not reached the server, kept in this browser so that a reload or a closed lid loses nothing.

use super::outbox::{Outbox, Unsaved};
use super::store::Studio;
use crate::ui::browser;
use domain::flow::FlowVersion;
use domain::flow::edit::FlowEdit;
use domain::flow::rebase::{Late, OpenClash};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// After so long without a word from a page that did not say goodbye it is taken for gone, in milliseconds. One that
/// cannot send says so every few seconds, in the background every minute.
const GONE_AFTER_MS: i64 = 150_000;

/// What one page keeps of one flow.
#[derive(Serialize, Deserialize)]
struct Unsent {
    /// What the changes were made on.
    base: FlowVersion,
    edits: Vec<FlowEdit>,
    /// What both this page and somebody else changed, not decided yet.
    #[serde(default)]
    clashes: Vec<Late>,
    /// The id of who that was.
    #[serde(default)]
    changed_by: Option<String>,
    /// Epoch milliseconds of when it was kept.
    #[serde(default)]
    kept_ms: i64,
    /// The page was left.
    #[serde(default)]
    is_left: bool,
}

impl Unsent {
    fn is_abandoned(&self, now_ms: i64) -> bool {
        self.is_left || now_ms - self.kept_ms > GONE_AFTER_MS
    }
}

/// What each page keeps, as text: several windows of one browser do not forget each other's, and only who takes one up
/// reads it.
type Pages = BTreeMap<String, String>;

fn place(flow: &str) -> String {
    format!("pmos-unsent-{flow}")
}

fn kept(flow: &str) -> Pages {
    let text = browser::kept(&place(flow));
    // As what the server says is read: one reader for both.
    text.and_then(|it| serde_json::from_str(&it).ok()).unwrap_or_default()
}

/// What nobody works on any more, and what other windows still keep.
fn abandoned(pages: Pages, now_ms: i64) -> (Vec<Unsent>, Pages) {
    let (mut taken, mut left) = (Vec::new(), Pages::new());
    for (page, text) in pages {
        match serde_json::from_str::<Unsent>(&text) {
            Ok(unsent) if unsent.is_abandoned(now_ms) => taken.push(unsent),
            Ok(_) => drop(left.insert(page, text)),
            // Nobody can take up what no bundle reads.
            Err(_) => {}
        }
    }
    (taken, left)
}

fn keep(flow: &str, pages: &Pages) {
    let text = if pages.is_empty() { None } else { serde_json::to_string(pages).ok() };
    browser::keep(&place(flow), &text.unwrap_or_default());
}

/// Nothing of `flow` waits in this page any more.
pub(super) fn forget(flow: &str) {
    let mut pages = kept(flow);
    if pages.remove(&browser::page_name()).is_some() {
        keep(flow, &pages);
    }
}

impl Studio {
    /// Keeps what is not on the server, and forgets it once it is.
    pub(super) fn keep_unsent(self) {
        self.keep_as(false);
    }

    /// The same when the page is left: the next one takes it up.
    pub(super) fn leave_unsent(self) {
        self.keep_as(true);
    }

    fn keep_as(self, is_left: bool) {
        let Some(flow) = self.flow.try_with_untracked(|it| it.id.to_string()) else { return };
        let edits = self.outbox.try_with_value(Outbox::all).unwrap_or_default();
        let late = |all: &Vec<OpenClash>| all.iter().map(|it| it.late.clone()).collect::<Vec<_>>();
        let clashes = self.clashes.try_with_untracked(late).unwrap_or_default();
        if edits.is_empty() && clashes.is_empty() {
            return forget(&flow);
        }
        let Some(base) = self.base.try_get_value() else { return };
        let changed_by = self.changed_by.try_get_untracked().flatten();
        let unsent =
            Unsent { base, edits, clashes, changed_by, kept_ms: browser::now_ms(), is_left };
        let Ok(unsent) = serde_json::to_string(&unsent) else { return };
        let mut pages = kept(&flow);
        pages.insert(browser::page_name(), unsent);
        keep(&flow, &pages);
    }

    /// Keeps what is not on the server when the page is left.
    pub fn keep_when_left(self) {
        Effect::new(move |listens: Option<()>| {
            if listens.is_none() {
                let leave = window_event_listener_untyped("pagehide", move |_| self.leave_unsent());
                on_cleanup(move || {
                    leave.remove();
                    self.leave_unsent();
                });
            }
        });
    }

    /// Takes up what an earlier page could not send.
    pub fn take_up_unsent(self) {
        Effect::new(move |is_taken: Option<bool>| {
            if is_taken == Some(true) {
                return true;
            }
            // Who is signed in may be known a moment after the page is there.
            if !self.may_edit.get() {
                return false;
            }
            let flow = self.flow.with_untracked(|it| it.id.to_string());
            let now_ms = browser::now_ms();
            let (mut taken, left) = abandoned(kept(&flow), now_ms);
            if taken.is_empty() {
                return true;
            }
            keep(&flow, &left);
            taken.sort_by_key(|it| it.kept_ms);
            // What clashes is asked in a dialog, which can open once it is on the page.
            request_animation_frame(move || taken.into_iter().for_each(|it| self.take_up(it)));
            true
        });
    }

    fn take_up(self, unsent: Unsent) {
        if self.flow.try_with_untracked(|_| ()).is_none() {
            return;
        }
        // The page was left while they were on their way, so they may have arrived.
        let unsaved = Unsaved { edits: unsent.edits, may_be_there: true };
        self.put_on_top(&unsent.base, &unsaved);
        if !unsent.clashes.is_empty() {
            self.ask_again(unsent.clashes);
            self.changed_by.set(unsent.changed_by);
        }
        self.keep_unsent();
        self.leave_missing_steps();
        if !self.outbox.with_value(Outbox::is_idle) {
            self.toasts.say("Changes that were not saved before are on their way now");
            self.saving.set(super::store::Saving::Pending);
            self.send_now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::catalog::step::empty_trigger;
    use serde_json::json;

    fn kept_at(kept_ms: i64, is_left: bool) -> String {
        let version = json!({ "displayName": "F", "trigger": empty_trigger() });
        let base = serde_json::from_value(version).expect("a version");
        let (edits, clashes) = (Vec::new(), Vec::new());
        let unsent = Unsent { base, edits, clashes, changed_by: None, kept_ms, is_left };
        serde_json::to_string(&unsent).expect("text")
    }

    #[test]
    fn only_what_nobody_works_on_is_taken_up() {
        let now_ms = 10 * GONE_AFTER_MS;
        let pages = [
            ("left", kept_at(now_ms, true)),
            ("silent", kept_at(now_ms - GONE_AFTER_MS - 1, false)),
            ("open", kept_at(now_ms - 1, false)),
            ("unreadable", "{}".to_owned()),
        ];
        let pages = pages.map(|(page, text)| (page.to_owned(), text)).into();
        let (taken, left) = abandoned(pages, now_ms);
        assert_eq!(taken.len(), 2);
        assert_eq!(left.into_keys().collect::<Vec<_>>(), ["open"]);
    }
}
