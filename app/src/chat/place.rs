//! Where somebody reads in a conversation: at its end, which they then follow, or further up, where they stay.

use crate::ui::browser;
use domain::ids::MessageId;
use leptos::prelude::*;

/// Id of the scrolling log of the conversation.
pub const LOG: &str = "chat-log";
/// Pixels from the end that still count as the end.
const NEAR: i32 = 48;
/// Pixels from the top where turns before are read, so that they are there when they are reached.
const AHEAD: i32 = 600;

/// Frames until turns that came into view have their height.
const SETTLING: u8 = 3;

/// Id of a turn on the page.
pub fn turn_id(id: &MessageId) -> String {
    format!("turn-{id}")
}

/// Where somebody reads. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Place {
    /// What is said next is brought into view.
    pub follows: RwSignal<bool>,
    /// The turn that stays where it is when others come in above it, and how far from the top of the window that is.
    held: StoredValue<Option<(String, f64)>>,
    /// How far it was scrolled when it was last looked at.
    top: StoredValue<i32>,
    /// The first turn on the page.
    first: StoredValue<Option<MessageId>>,
    /// It is brought into view with the next frame.
    is_moving: StoredValue<bool>,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            follows: RwSignal::new(true),
            held: StoredValue::new(None),
            top: StoredValue::new(0),
            first: StoredValue::new(None),
            is_moving: StoredValue::new(false),
        }
    }
}

impl Place {
    /// Goes to the end and follows what is said.
    pub fn to_end(self) {
        self.held.set_value(None);
        self.follows.set(true);
        self.settle();
    }

    /// Keeps `first`, the first turn on the page, where it is while others come in above it.
    pub fn hold(self, first: &MessageId) {
        let id = turn_id(first);
        self.held.set_value(browser::top_of(&id).map(|top| (id, top)));
    }

    /// Brings into view what is to be seen, once a page that now begins with `first` is drawn.
    pub fn drawn(self, first: Option<MessageId>) {
        self.first.set_value(first);
        self.settle();
    }

    /// Many changes are one move, which goes by the last of them.
    fn settle(self) {
        if self.is_moving.try_update_value(|it| std::mem::replace(it, true)) != Some(false) {
            return;
        }
        request_animation_frame(move || self.moved());
    }

    fn moved(self) {
        // A page that was left has no place any more.
        if self.is_moving.try_set_value(false).is_some() {
            return;
        }
        let held = self.held.try_get_value().flatten();
        // Until the turns before are there, nothing came in above it.
        let first = self.first.try_get_value().flatten().as_ref().map(turn_id);
        if let Some((id, top)) = held.filter(|it| first.as_ref() != Some(&it.0)) {
            self.held.set_value(None);
            if browser::top_of(&id).is_some() {
                browser::bring_to(LOG, &id, top);
                // What comes into view above it gets its real height only now.
                return request_animation_frame(move || browser::bring_to(LOG, &id, top));
            }
        }
        self.follow(SETTLING);
    }

    /// Goes to the end now and with the next `frames`: what comes into view gets its real height only then, which moves
    /// the end.
    fn follow(self, frames: u8) {
        if self.follows.try_get_untracked() != Some(true) {
            return;
        }
        browser::scroll_to_end(LOG);
        if frames > 0 {
            request_animation_frame(move || self.follow(frames - 1));
        }
    }

    /// Notes where the log was scrolled to; whether turns before those on the page are needed.
    pub fn look(self) -> bool {
        let Some((top, below)) = browser::scrolled(LOG) else { return false };
        // Only who goes up leaves the end: it also moves away when something is drawn larger than was expected.
        let went_up = top < self.top.get_value();
        self.top.set_value(top);
        let follows = below <= NEAR || (self.follows.get_untracked() && !went_up);
        if follows != self.follows.get_untracked() {
            self.follows.set(follows);
        }
        went_up && top < AHEAD
    }
}
