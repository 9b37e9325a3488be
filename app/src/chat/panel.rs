//! The assistant in the side panel: the conversation last used in this browser, or a new one.

use crate::chat::conversation::{ConversationBody, connect};
use crate::chat::sessions::Picker;
use crate::chat::state::Chat;
use crate::ui::browser;
use crate::ui::button::IconButton;
use crate::ui::icon::Icon;
use domain::ids::{FlowId, SessionId};
use leptos::prelude::*;

/// Questions to begin with where no flow is open.
const PROMPTS: [(&str, &str); 4] = [
    ("flag", "What is overdue?"),
    ("todo", "What is due this week?"),
    ("projects", "How is the Website relaunch project doing?"),
    (
        "flow",
        "When a webhook arrives, add a to-do called {{name}} to the Website relaunch project and tell me",
    ),
];

/// Questions to begin with beside a canvas.
const FLOW_PROMPTS: [(&str, &str); 3] = [
    ("flow", "Explain this flow"),
    ("plus", "Add a delay of 5 minutes at the end"),
    ("published", "Is anything missing before I publish?"),
];

/// Where the conversation of this place is remembered in the browser.
fn place(flow: Option<&FlowId>) -> String {
    flow.map_or_else(|| "pmos-chat".to_owned(), |it| format!("pmos-chat-{it}"))
}

/// The assistant beside a page. With `flow` it edits what is on the canvas.
#[component]
pub fn ChatPanel(
    /// The flow on the canvas.
    #[prop(optional, into)]
    flow: Option<FlowId>,
    /// Closes the panel; absent where it cannot be closed.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
) -> impl IntoView {
    let place = StoredValue::new(place(flow.as_ref()));
    let prompts = if flow.is_some() { FLOW_PROMPTS.to_vec() } else { PROMPTS.to_vec() };
    let chat = Chat::new(RwSignal::new(None), flow);
    connect(chat);
    Effect::new(move |known: Option<()>| {
        let session = chat.session.get();
        if known.is_none() && session.is_none() {
            chat.session.set(browser::kept(&place.get_value()).map(SessionId::from));
        } else {
            browser::keep(&place.get_value(), session.as_ref().map_or("", SessionId::as_str));
        }
    });
    // A conversation that is gone is no reason for an error here: begin a new one.
    Effect::new(move |_| {
        if matches!(chat.stored.get(), Some(Err(_))) {
            chat.open(None);
        }
    });
    view! {
        <header class="chat__head">
            <h2 class="sr">"Assistant"</h2>
            <Picker chat=chat />
            <span class="push"></span>
            <IconButton icon="edit" label="New conversation" class="icon-btn--sm" on:click=move |_| chat.open(None) />
            {on_close.map(|close| view! {
                <IconButton icon="x" label="Close assistant" class="icon-btn--sm" on:click=move |_| close.run(()) />
            })}
        </header>
        <ConversationBody chat=chat prompts=prompts />
    }
}

/// The icon of a conversation's title button.
#[component]
pub(crate) fn TitleButton(
    /// The conversation.
    chat: Chat,
    /// Id of the popover it opens.
    popover: &'static str,
) -> impl IntoView {
    let label = move || format!("Conversation: {}. Show all conversations", chat.title());
    view! {
        <button class="chat__session" type="button" popovertarget=popover aria-haspopup="dialog" aria-label=label>
            <Transition fallback=|| "New conversation"><span>{move || chat.title()}</span></Transition>
            <Icon name="chev-down" />
        </button>
    }
}
