//! What has the focus keeps it when it is drawn anew, so that no key is lost because somebody else changed the flow.

use super::popup::is_focus_nowhere;
use super::selection::focus_step;
use super::store::Studio;
use crate::ui::browser;
use leptos::prelude::*;
use leptos::task::{spawn_local, tick};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

/// What had the focus.
struct Focused {
    element: Element,
    id: String,
    /// The step it belongs to.
    step: Option<String>,
    /// What is selected of its text.
    selection: [JsValue; 2],
}

/// Where the caret of a text begins and ends.
const CARET: [&str; 2] = ["selectionStart", "selectionEnd"];

impl Studio {
    /// Does `change`, which may draw anew what has the focus.
    pub(super) fn keeping_focus(self, change: impl FnOnce()) {
        let before = focused();
        change();
        if let Some(before) = before {
            // Drawn in the same turn of the browser, before it looks at the next key.
            spawn_local(async move {
                tick().await;
                tick().await;
                if !self.at.is_disposed() && before.is_lost() {
                    before.take_up(self);
                }
            });
        }
    }
}

impl Studio {
    /// Does `change`, which may take away or move the step that the keys are on: they go on there, or at the nearest
    /// step before it that is left.
    pub(super) fn keeping_place(self, change: impl FnOnce()) {
        let had_focus = !is_focus_nowhere();
        let at = self.at.get_untracked();
        let earlier = self.cards.with_untracked(|all| {
            let names = all.iter().map(|it| it.name.clone());
            names.take_while(|it| *it != at).collect::<Vec<_>>()
        });
        change();
        let place = self.cards.with_untracked(|all| {
            let is_left = |name: &String| all.iter().any(|it| it.name == *name);
            std::iter::once(at).chain(earlier.into_iter().rev()).find(is_left)
        });
        if let Some(place) = place {
            self.at.set(place);
        }
        if had_focus {
            request_animation_frame(move || self.settle_focus());
        }
    }

    /// The keys go to the step that they were left on, where nothing has the focus any more.
    pub(super) fn settle_focus(self) {
        if let Some(at) = self.at.try_get_untracked().filter(|_| is_focus_nowhere()) {
            focus_step(&at);
        }
    }

    /// The same after a dialog that may still be about to close.
    pub(super) fn settle_focus_soon(self) {
        request_animation_frame(move || request_animation_frame(move || self.settle_focus()));
    }
}

impl Focused {
    /// Whether nothing has the focus any more, or what has it shows something else now.
    fn is_lost(&self) -> bool {
        focused().is_none_or(|now| now.element == self.element && now.id != self.id)
    }

    fn take_up(self, studio: Studio) {
        let again = document().get_element_by_id(&self.id).filter(|_| !self.id.is_empty());
        match (again.and_then(|it| it.dyn_into::<HtmlElement>().ok()), self.step) {
            (Some(again), _) => {
                let _ = again.focus();
                for (name, value) in CARET.iter().zip(&self.selection) {
                    if value.as_f64().is_some() {
                        let _ = js_sys::Reflect::set(&again, &(*name).into(), value);
                    }
                }
            }
            (None, Some(step)) if is_drawn(&step) => focus_step(&step),
            // The step is gone: the keys go on where the studio says.
            (None, Some(_)) => focus_step(&studio.at.get_untracked()),
            (None, None) => {}
        }
    }
}

fn is_drawn(step: &str) -> bool {
    ["node", "row"].iter().any(|view| browser::is_shown(&format!("{view}-{step}")))
}

/// What has the focus; nothing when only the page has it.
fn focused() -> Option<Focused> {
    let element = document().active_element().filter(|it| it.tag_name() != "BODY")?;
    let step = element.closest("[data-step]").ok().flatten();
    let read = |name: &str| js_sys::Reflect::get(&element, &name.into()).unwrap_or_default();
    let selection = CARET.map(read);
    Some(Focused {
        id: element.id(),
        step: step.and_then(|it: Element| it.get_attribute("data-step")),
        selection,
        element,
    })
}
