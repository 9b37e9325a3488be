//! The frame of most pages: menu left, bar above, the page, the assistant right, a bar below on phones.

use crate::chat::beside::ChatBeside;
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
    let (drawer, is_chat) = (RwSignal::new(false), is_chat_page());
    let is_beside = move || panel.is_open() && !is_chat.get();
    view! {
        <div class="app" data-chat=move || if is_beside() { "open" } else { "closed" }>
            <OfflineBanner />
            <Nav />
            <Bar />
            <main class="main" id="main" tabindex="-1">{children()}</main>
            <Show when=move || !is_chat.get()>
                <ChatBeside flow=Signal::stored(None) />
            </Show>
            <TabBar drawer=drawer />
        </div>
        <Drawer open=drawer />
    }
}
