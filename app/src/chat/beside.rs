//! The assistant beside a page. Its code comes once it is open and the page stands, so that no page waits for it; which
//! conversation it shows only the browser knows.

use crate::chat::panel::{ChatPanel, PanelChat};
use crate::flows::popup::{ASSISTANT, focus_when_there};
use crate::shell::panel::{SidePanel, use_side_panel};
use crate::ui::browser;
use crate::ui::button::IconButton;
use domain::ids::FlowId;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use std::time::Duration;

/// How long until a module that did not come is asked for again.
const RETRY: Duration = Duration::from_secs(4);

/// The button that opens the panel.
const OPENS_IT: &str = "[aria-controls=chat]";

/// Draws the panel, for the flow on the canvas where there is one.
type Draw = fn(Signal<Option<FlowId>>, SidePanel) -> AnyView;

/// The assistant's panel. What was begun in it stays while it is closed.
#[component]
pub fn ChatBeside(
    /// The flow on the canvas; none on other pages.
    flow: Signal<Option<FlowId>>,
) -> impl IntoView {
    let panel = use_side_panel();
    let drawing = RwSignal::new(None);
    let is_asked_for = StoredValue::new(false);
    Effect::new(move |_| {
        if panel.is_open()
            && is_asked_for.try_update_value(|it| !std::mem::replace(it, true)) == Some(true)
        {
            browser::once_hydrated(move || load(drawing));
        }
    });
    // Opened by a person, what comes next is said there.
    Effect::new(move |before: Option<bool>| {
        let is_open = panel.is_open();
        if before == Some(false) && is_open && !browser::is_typing() {
            focus_when_there(ASSISTANT);
        }
        is_open
    });
    // Over the page it is a layer, which Escape closes.
    let keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" && panel.floats() && !browser::has_layer_open() {
            panel.close();
            browser::focus_first(OPENS_IT);
        }
    };
    view! {
        <aside class="chat" id="chat" aria-label="Assistant" on:keydown=keydown>
            {move || drawing.get().map_or_else(|| view! { <Coming panel=panel /> }.into_any(), |draw: Draw| draw(flow, panel))}
        </aside>
    }
}

/// In the shape of the panel, with the way out.
#[component]
fn Coming(panel: SidePanel) -> impl IntoView {
    view! {
        <header class="chat__head">
            <h2 class="sr">"Assistant"</h2>
            <span class="push"></span>
            <IconButton icon="x" label="Close assistant" class="icon-btn--sm" on:click=move |_| panel.close() />
        </header>
        <div class="chat__log" aria-busy="true"></div>
    }
}

fn load(drawing: RwSignal<Option<Draw>>) {
    // The page was left.
    if drawing.is_disposed() {
        return;
    }
    spawn_local(async move {
        match panel().await {
            Ok(draw) => drop(drawing.try_set(Some(draw))),
            Err(_) => set_timeout(move || load(drawing), RETRY),
        }
    });
}

/// Gives what draws, not what is drawn. It is in the module of the assistant's own page.
#[wasm_split(chat, wasm_split_path = leptos::wasm_split, fallible)]
fn panel() -> Result<Draw, SplitLoaderError> {
    Ok(draw)
}

fn draw(flow: Signal<Option<FlowId>>, panel: SidePanel) -> AnyView {
    let conversation = PanelChat::new(flow);
    Effect::new(move |_| {
        if let Some(words) = panel.take_asked() {
            conversation.begin_with(words);
        }
    });
    let close = Callback::new(move |()| panel.close());
    view! { <ChatPanel conversation=conversation on_close=close /> }.into_any()
}
