//! Changes that have not reached the server, kept in this browser so that a reload or a closed lid loses nothing.

use super::clash::Late;
use super::store::Studio;
use crate::ui::browser;
use domain::flow::FlowVersion;
use domain::flow::edit::FlowEdit;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What is kept for one flow.
#[derive(Serialize, Deserialize)]
struct Unsent {
    /// What the changes were made on.
    base: FlowVersion,
    edits: Vec<FlowEdit>,
    /// What both this page and somebody else changed, not decided yet.
    #[serde(default)]
    clashes: Vec<Late>,
}

fn place(flow: &str) -> String {
    format!("pmos-unsent-{flow}")
}

impl Studio {
    /// Keeps what is not on the server, and forgets it once it is.
    pub(super) fn keep_unsent(self) {
        let Some(flow) = self.flow.try_with_untracked(|it| it.id.to_string()) else { return };
        let edits = self.outbox.with_value(super::outbox::Outbox::all);
        let clashes: Vec<_> =
            self.clashes.with_untracked(|all| all.iter().map(|it| it.late.clone()).collect());
        let text = if edits.is_empty() && clashes.is_empty() {
            String::new()
        } else {
            let unsent = Unsent { base: self.base.get_value(), edits, clashes };
            serde_json::to_string(&unsent).unwrap_or_default()
        };
        if !text.is_empty() || browser::kept(&place(&flow)).is_some() {
            browser::keep(&place(&flow), &text);
        }
    }

    /// Takes up what an earlier page could not send; from then on keeps what this one cannot.
    pub fn take_up_unsent(self) {
        Effect::new(move |listens: Option<()>| {
            if listens.is_none() {
                let leave = window_event_listener_untyped("pagehide", move |_| self.keep_unsent());
                on_cleanup(move || leave.remove());
            }
        });
        Effect::new(move |is_taken: Option<bool>| {
            if is_taken == Some(true) {
                return true;
            }
            // Who is signed in may be known a moment after the page is there.
            if !self.may_edit.get() {
                return false;
            }
            let flow = self.flow.with_untracked(|it| it.id.to_string());
            let kept = browser::kept(&place(&flow));
            let Some(unsent) = kept.and_then(|it| serde_json::from_str::<Unsent>(&it).ok()) else {
                return true;
            };
            browser::keep(&place(&flow), "");
            // What clashes is asked in a dialog, which can open once it is on the page.
            request_animation_frame(move || self.take_up(unsent));
            true
        });
    }

    fn take_up(self, unsent: Unsent) {
        if self.flow.try_with_untracked(|_| ()).is_none() {
            return;
        }
        self.put_on_top(&unsent.base, unsent.edits);
        self.ask_again(unsent.clashes);
        self.keep_unsent();
        self.leave_missing_steps();
        if !self.outbox.with_value(super::outbox::Outbox::is_idle) {
            self.toasts.say("Changes that were not saved before are on their way now");
            self.saving.set(super::store::Saving::Pending);
            self.send_now();
        }
    }
}
