//! The assistant's place beside every page. Below 1280 px it floats and starts closed.

use crate::ui::browser;
use domain::ids::FlowId;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The cookie that keeps whether it is open.
pub(crate) const COOKIE: &str = "pmos_assistant";
/// Below this width, in rem, it floats over the page.
const FLOATS_BELOW_REM: f64 = 80.0;

/// Whether the assistant is open beside the page.
#[derive(Clone, Copy)]
pub struct SidePanel {
    place: RwSignal<Place>,
    asked: RwSignal<Option<String>>,
    /// What is to be said beside a flow, once it is open.
    waiting: StoredValue<Option<(FlowId, String)>>,
}

impl SidePanel {
    /// Makes it available to everything inside the frame, and follows how wide the window is.
    pub(crate) fn provide(is_open: bool) -> Self {
        let place = RwSignal::new(Place { is_open, ..Place::default() });
        let panel = Self { place, asked: RwSignal::new(None), waiting: StoredValue::new(None) };
        provide_context(panel);
        Effect::new(move |_| {
            let look = move || {
                let floats = browser::is_narrower_than(FLOATS_BELOW_REM);
                if panel.place.try_with_untracked(|it| it.floats != floats) == Some(true) {
                    panel.place.update(|it| *it = it.resized(floats));
                }
            };
            look();
            let handle = window_event_listener(leptos::ev::resize, move |_| look());
            on_cleanup(move || handle.remove());
        });
        panel
    }

    /// Whether it is open.
    pub fn is_open(self) -> bool {
        self.place.with(|it| it.is_open)
    }

    /// Opens it.
    pub fn open(self) {
        self.set(true);
    }

    /// Opens it and says `words` there, in a new conversation.
    pub fn ask(self, words: String) {
        self.asked.set(Some(words));
        self.open();
    }

    /// Says `words` beside `flow` once its page is open, which the caller opens.
    pub fn ask_beside(self, flow: FlowId, words: String) {
        self.waiting.set_value(Some((flow, words)));
    }

    /// Says what was to be said beside `flow`, whose page is open now; once.
    pub fn ask_what_waits(self, flow: &FlowId) {
        let is_for_it = |it: &Option<(FlowId, String)>| it.as_ref().is_some_and(|it| it.0 == *flow);
        if self.waiting.with_value(is_for_it)
            && let Some((_, words)) = self.waiting.try_update_value(Option::take).flatten()
        {
            self.ask(words);
        }
    }

    /// Says `words` on the assistant's own page, which is open, in a new conversation.
    pub(crate) fn say_on_page(self, words: String) {
        self.asked.set(Some(words));
    }

    /// What a page wants said, once. To be called where it is followed.
    pub(crate) fn take_asked(self) -> Option<String> {
        self.asked.track();
        self.asked.try_update_untracked(Option::take).flatten()
    }

    /// Whether it lies over the page.
    pub(crate) fn floats(self) -> bool {
        self.place.with_untracked(|it| it.floats)
    }

    /// Closes it.
    pub fn close(self) {
        self.set(false);
    }

    /// Opens it, or closes it.
    pub fn toggle(self) {
        self.set(!self.place.with_untracked(|it| it.is_open));
    }

    fn set(self, is_open: bool) {
        self.place.update(|it| *it = Place { is_open, comes_back: false, ..*it });
        browser::remember(COOKIE, if is_open { "open" } else { "closed" });
    }
}

/// Where the assistant is in a window that changes its width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    is_open: bool,
    /// The window is so narrow that it floats over the page.
    floats: bool,
    /// It was open beside the page until the window became narrow, and nobody has said otherwise since.
    comes_back: bool,
}

impl Place {
    /// In a narrow window it makes room for the page, and stands beside it again once there is room for both.
    fn resized(self, floats: bool) -> Self {
        match (self.floats, floats) {
            (false, true) => Self { is_open: false, floats, comes_back: self.is_open },
            (true, false) => {
                Self { is_open: self.is_open || self.comes_back, floats, comes_back: false }
            }
            _ => self,
        }
    }
}

/// Whether the page is the assistant's own, which needs no second one beside it.
pub(crate) fn is_chat_page() -> Memo<bool> {
    let path = use_location().pathname;
    Memo::new(move |_| path.with(|it| it == "/chat" || it.starts_with("/chat/")))
}

/// The assistant's place. Only inside the frame.
pub fn use_side_panel() -> SidePanel {
    expect_context::<SidePanel>()
}

#[cfg(test)]
mod tests {
    use super::Place;

    const BESIDE: Place = Place { is_open: true, floats: false, comes_back: false };

    #[test]
    fn an_open_panel_makes_room_in_a_narrow_window_and_comes_back_in_a_wide_one() {
        let narrow = BESIDE.resized(true);
        assert!(!narrow.is_open);
        assert_eq!(narrow.resized(true), narrow);
        assert_eq!(narrow.resized(false), BESIDE);
    }

    #[test]
    fn a_panel_that_was_closed_stays_closed() {
        let closed = Place { is_open: false, ..BESIDE };
        assert!(!closed.resized(true).resized(false).is_open);
        let closed_while_narrow = Place { comes_back: false, ..BESIDE.resized(true) };
        assert!(!closed_while_narrow.resized(false).is_open);
    }

    #[test]
    fn a_panel_that_was_opened_in_a_narrow_window_stays_open_in_a_wide_one() {
        let floating = Place { is_open: true, comes_back: false, ..BESIDE.resized(true) };
        assert!(floating.resized(false).is_open);
    }
}
