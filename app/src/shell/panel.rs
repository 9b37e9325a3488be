//! The assistant's place beside every page. Below 1280 px it floats and starts closed.

use crate::ui::browser;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The cookie that keeps whether it is open.
pub(crate) const COOKIE: &str = "pmos_assistant";
/// Below this width, in rem, it floats over the page.
const FLOATS_BELOW_REM: f64 = 80.0;

/// Whether the assistant is open beside the page.
#[derive(Clone, Copy)]
pub struct SidePanel {
    open: RwSignal<bool>,
}

impl SidePanel {
    /// Makes it available to everything inside the frame.
    pub(crate) fn provide(is_open: bool) -> Self {
        let panel = Self { open: RwSignal::new(is_open) };
        provide_context(panel);
        Effect::new(move || {
            if browser::is_narrower_than(FLOATS_BELOW_REM) {
                panel.open.set(false);
            }
        });
        panel
    }

    /// Whether it is open.
    pub fn is_open(self) -> bool {
        self.open.get()
    }

    /// Opens it.
    pub fn open(self) {
        self.set(true);
    }

    /// Closes it.
    pub fn close(self) {
        self.set(false);
    }

    /// Opens it, or closes it.
    pub fn toggle(self) {
        self.set(!self.open.get_untracked());
    }

    fn set(self, is_open: bool) {
        self.open.set(is_open);
        browser::remember(COOKIE, if is_open { "open" } else { "closed" });
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
