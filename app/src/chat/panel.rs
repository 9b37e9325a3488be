//! The assistant in the side panel: the conversation last used in this browser, or a new one.

use crate::chat::conversation::{ConversationBody, FOR_WRITERS, connect};
use crate::chat::server_fns::chat_sessions;
use crate::chat::sessions::Picker;
use crate::chat::state::Chat;
use crate::error::AppError;
use crate::live::use_live;
use crate::ui::browser;
use crate::ui::button::IconButton;
use crate::ui::icon::Icon;
use domain::chat::Session;
use domain::event::Topic;
use domain::ids::{FlowId, SessionId};
use leptos::prelude::*;

/// Questions to begin with where no flow is open.
const PROMPTS: [(&str, &str); 4] = [
    ("flag", "What is overdue?"),
    ("todo", "What is due this week?"),
    ("projects", "How is the {project} project doing?"),
    (FOR_WRITERS, "Every Monday at 9, tell me what is overdue in the {project} project"),
];

/// Questions to begin with beside a canvas.
const FLOW_PROMPTS: [(&str, &str); 3] = [
    ("flow", "Explain this flow"),
    (FOR_WRITERS, "Add a delay of 5 minutes at the end"),
    ("circle-check", "Is anything missing before I publish?"),
];

/// Where the conversation of this place is remembered in the browser.
fn place(flow: Option<&FlowId>) -> String {
    flow.map_or_else(|| "pmos-chat".to_owned(), |it| format!("pmos-chat-{it}"))
}

/// The conversation of a panel and the list of all others, in the browser alone (`beside.rs`). Cheap to copy.
#[derive(Clone, Copy)]
pub struct PanelChat {
    chat: Chat,
    sessions: Resource<Result<Vec<Session>, AppError>>,
    flow: Signal<Option<FlowId>>,
}

impl PanelChat {
    /// The conversation last used here. With `flow` it edits what is on the canvas.
    pub fn new(flow: Signal<Option<FlowId>>) -> Self {
        let chat = Chat::new(RwSignal::new(None), flow, "panel");
        connect(chat);
        let version = use_live().version(Topic::Chat);
        let changed = move || (version.get(), chat.session.get());
        let sessions = Resource::new(changed, |_| chat_sessions(String::new()));
        let panel = Self { chat, sessions, flow };
        panel.remember();
        panel
    }

    /// Says `words` in a new conversation.
    pub fn begin_with(self, words: String) {
        self.chat.open(None);
        self.chat.say(words);
    }

    /// Opens what was open here before, and keeps in the browser what is.
    fn remember(self) {
        let Self { chat, flow, .. } = self;
        Effect::new(move |before: Option<String>| {
            let place = flow.with(|it| place(it.as_ref()));
            if before.as_ref() != Some(&place) {
                let kept = browser::kept(&place).filter(|it| !it.is_empty());
                chat.open(kept.map(SessionId::from));
            }
            place
        });
        Effect::new(move |_| {
            let session = chat.session.get();
            let place = flow.with_untracked(|it| place(it.as_ref()));
            browser::keep(&place, session.as_ref().map_or("", SessionId::as_str));
        });
        // A conversation that is gone is no reason for an error here: begin a new one.
        Effect::new(move |_| {
            if matches!(chat.stored.get(), Some(Err(_))) {
                chat.open(None);
            }
        });
    }
}

/// The assistant beside a page.
#[component]
pub fn ChatPanel(
    /// What is said in it.
    conversation: PanelChat,
    /// Closes the panel; absent where it cannot be closed.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
) -> impl IntoView {
    let PanelChat { chat, sessions, flow } = conversation;
    let beside_canvas = flow.with_untracked(Option::is_some);
    let prompts = if beside_canvas { FLOW_PROMPTS.to_vec() } else { PROMPTS.to_vec() };
    view! {
        <header class="chat__head">
            <h2 class="sr">"Assistant"</h2>
            <Picker chat=chat sessions=sessions />
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
