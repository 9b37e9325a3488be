//! The frame of most pages: menu left, bar above, the page, the assistant right, a bar below on phones.

use crate::chat::panel::{ChatPanel, PanelChat};
use crate::shell::bar::Bar;
use crate::shell::drawer::Drawer;
use crate::shell::nav::{Nav, TabBar};
use crate::shell::offline::OfflineBanner;
use crate::shell::panel::{is_chat_page, use_side_panel};
use leptos::prelude::*;
use leptos_router::components::Outlet;

/// The frame around the page of a route.
#[component]
pub fn Frame() -> impl IntoView {
    view! { <FrameAround><Outlet /></FrameAround> }
}

/// The frame around anything.
#[component]
pub(crate) fn FrameAround(children: Children) -> impl IntoView {
    let panel = use_side_panel();
    let drawer = RwSignal::new(false);
    view! {
        <div class="app" data-chat=move || if panel.is_open() { "open" } else { "closed" }>
            <OfflineBanner />
            <Nav />
            <Bar />
            <main class="main" id="main" tabindex="-1">{children()}</main>
            <Assistant />
            <TabBar drawer=drawer />
        </div>
        <Drawer open=drawer />
    }
}

/// The assistant beside the page.
#[component]
fn Assistant() -> impl IntoView {
    let panel = use_side_panel();
    let is_chat = is_chat_page();
    let conversation = PanelChat::new(Signal::stored(None));
    view! {
        <Show when=move || !is_chat.get()>
            <aside class="chat" id="chat" aria-label="Assistant">
                <ChatPanel conversation=conversation on_close=Callback::new(move |()| panel.close()) />
            </aside>
        </Show>
    }
}
