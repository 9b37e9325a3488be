//! The assistant on its own page: the list of conversations beside the one that is open.

use crate::chat::composer::Composer;
use crate::chat::conversation::{FOR_WRITERS, Log, connect};
use crate::chat::naming::{More, RenameButton};
use crate::chat::sessions::Sessions;
use crate::chat::state::Chat;
use crate::shell::panel::use_side_panel;
use crate::ui::icon::Icon;
use domain::ids::SessionId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};

/// Questions to begin with.
const PROMPTS: [(&str, &str); 5] = [
    ("help", "What can you do?"),
    ("flag", "What is overdue?"),
    ("users", "Who has the most to do?"),
    ("projects", "What happened in {project} this week?"),
    (FOR_WRITERS, "Every Monday at 9, tell me what is overdue in the {project} project"),
];

/// `/chat` and `/chat/:id`.
#[component]
pub fn ChatPage() -> impl IntoView {
    let params = use_params_map();
    let asked = Memo::new(move |_| params.with(|it| it.get("id")).map(SessionId::from));
    let session = RwSignal::new(asked.get_untracked());
    let chat = Chat::new(session, Signal::stored(None), "page");
    connect(chat);
    let panel = use_side_panel();
    Effect::new(move |_| {
        if let Some(words) = panel.take_asked() {
            chat.open(None);
            chat.say(words);
        }
    });
    // The address and the open conversation follow each other.
    Effect::new(move |_| {
        let asked = asked.get();
        if asked != chat.session.get_untracked() {
            chat.open(asked);
        }
    });
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(open) = chat.session.get()
            && asked.get_untracked().as_ref() != Some(&open)
        {
            navigate(
                &format!("/chat/{open}"),
                NavigateOptions { replace: true, ..Default::default() },
            );
        }
    });
    view! {
        <Title text=move || chat.title() />
        <div class="chatpage">
            <nav class="chatpage__list" aria-label="Conversations">
                <div class="row" style="padding: 0.75rem 0.75rem 0.5rem">
                    <a class="btn btn--block" href="/chat"><Icon name="edit" />"New conversation"</a>
                </div>
                <Sessions chat=chat />
            </nav>
            <section class="chatpage__main" aria-label="Conversation">
                <Head chat=chat />
                <Log chat=chat class="chatpage__log chat__log" prompts=PROMPTS.to_vec() />
                <div class="chatpage__col"><Composer chat=chat /></div>
            </section>
        </div>
    }
}

#[component]
fn Head(chat: Chat) -> impl IntoView {
    view! {
        <header class="chatpage__head">
            <a class="icon-btn chatpage__hist" href="/chat" aria-label="New conversation"><Icon name="edit" /></a>
            <Transition fallback=|| view! { <h1 class="trunc">"Assistant"</h1> }>
                <h1 class="trunc">{move || chat.title()}</h1>
            </Transition>
            <span class="push row">
                <Show when=move || chat.session.get().is_some()>
                    <RenameButton chat=chat />
                    <More chat=chat />
                </Show>
            </span>
        </header>
    }
}
