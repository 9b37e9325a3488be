//! Copying, cutting and pasting steps with the system's clipboard, within a flow, across flows and from other editors.

use super::shortcuts::is_on_step;
use super::store::Studio;
use super::write::Spot;
use crate::ui::browser;
use domain::flow::clip::{copied, pasted, read};
use domain::flow::places::outermost;
use leptos::prelude::*;
use std::cell::RefCell;
use web_sys::ClipboardEvent;

thread_local! {
    /// What was copied last in this window: the menu pastes it, because a page may not read the clipboard unasked.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Listens for as long as the studio is on the page.
pub fn listen(studio: Studio) {
    Effect::new(move |_| {
        let copy =
            window_event_listener(leptos::ev::copy, move |event| take(studio, &event, false));
        let cut = window_event_listener(leptos::ev::cut, move |event| take(studio, &event, true));
        let paste = window_event_listener(leptos::ev::paste, move |event| {
            let is_ours = is_free() && untrack(|| studio.is_editing());
            let text = event.clipboard_data().and_then(|it| it.get_data("text/plain").ok());
            if let Some(text) = text.filter(|_| is_ours) {
                event.prevent_default();
                studio.paste(&text);
            }
        });
        on_cleanup(move || {
            copy.remove();
            cut.remove();
            paste.remove();
        });
    });
}

/// Whether the keys mean steps, not a text.
fn is_free() -> bool {
    !browser::is_typing() && !browser::has_layer_open()
}

fn take(studio: Studio, event: &ClipboardEvent, cut: bool) {
    if !is_free() || !is_on_step() {
        return;
    }
    let (Some(text), Some(data)) = (studio.clip(), event.clipboard_data()) else { return };
    if data.set_data("text/plain", &text).is_ok() {
        event.prevent_default();
        studio.keep(text);
        if cut && untrack(|| studio.is_editing()) {
            studio.delete_all(&studio.meant());
            let at = studio.at.get_untracked();
            studio.focus_soon(&at);
        }
    }
}

/// Whether something was copied in this window.
pub fn has_clip() -> bool {
    LAST.with(|it| !it.borrow().is_empty())
}

impl Studio {
    fn keep(self, text: String) {
        LAST.with(|it| it.replace(text));
        self.copied.update(|it| *it += 1);
    }

    /// The picked steps as text.
    fn clip(self) -> Option<String> {
        let steps = self.meant();
        let flow = self.flow.with_untracked(|it| it.id.to_string());
        self.with_shown_untracked(|it| copied(&flow, &it.trigger, &steps))
    }

    /// Copies the picked steps, or the one the keys are on.
    pub fn copy(self) {
        if let Some(text) = self.clip() {
            browser::copy_if_allowed(&text);
            self.keep(text);
        }
    }

    /// Pastes what was copied last in this window at `spot`.
    pub fn paste_last(self, spot: &Spot) {
        self.paste_at(&LAST.with(|it| it.borrow().clone()), spot);
    }

    /// Puts copied steps after the picked ones.
    fn paste(self, text: &str) {
        let meant = self.meant();
        let spot = self.flow.with_untracked(|flow| {
            let trigger = &flow.version.trigger;
            let last = outermost(trigger, &meant).last().map(|it| it.name.clone());
            Spot::after(last.as_deref().unwrap_or(&trigger.name))
        });
        self.paste_at(text, &spot);
    }

    /// Puts copied steps at `spot`, as one change; anything else changes nothing and is said.
    fn paste_at(self, text: &str, spot: &Spot) {
        let clip = match read(text) {
            Ok(clip) => clip,
            Err(why) => return self.toasts.failed(why),
        };
        let edits =
            self.flow.with_untracked(|flow| pasted(flow.id.as_str(), &flow.version, &clip, spot));
        self.put_new(edits);
    }
}
