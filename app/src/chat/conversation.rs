//! What was said, what is being done, and the box to say more.

use crate::chat::composer::Composer;
use crate::chat::feed;
use crate::chat::server_fns::cancel_chat_run;
use crate::chat::state::{Chat, TURNS};
use crate::chat::turn::{LiveView, Mine, TurnView, key};
use crate::live::{Live as LiveEvents, use_live};
use crate::session::current_user;
use crate::ui::browser;
use crate::ui::button::{Button, Size};
use crate::ui::icon::Icon;
use crate::ui::problem::ProblemView;
use domain::event::Topic;
use domain::ids::ChatRunId;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Where a question to begin with names a project.
pub const PROJECT: &str = "{project}";

/// Id of the scrolling log of the conversation.
pub const LOG: &str = "chat-log";

/// Stops a run; its last events say that it stopped.
pub fn stop(run: ChatRunId) {
    spawn_local(async move {
        // A run that ended meanwhile needs no stopping; a lost connection shows by itself.
        let _known = cancel_chat_run(run).await;
    });
}

/// Wires a conversation to the server: its stream, what was sent, decisions taken elsewhere.
pub fn connect(chat: Chat) {
    feed::follow(chat);
    Effect::new(move |_| {
        if let Some(Ok(run)) = chat.send.value().get() {
            chat.session.set(Some(run.session_id));
            chat.refresh();
        }
    });
    Effect::new(move |_| {
        let stored = chat.stored.get().and_then(Result::ok).flatten();
        let Some(stored) = stored else { return };
        let is_stored = |text: &String| {
            stored.turns.iter().rev().take(2).any(|it| it.is_mine && it.text == *text)
        };
        if chat.sent.get_untracked().as_ref().is_some_and(is_stored) {
            chat.sent.set(None);
        }
        let live = chat.live.get_untracked().map(|it| it.run.id);
        if live.is_some()
            && stored.turns.iter().any(|it| it.run.as_ref().map(|run| &run.id) == live.as_ref())
        {
            chat.live.set(None);
        }
    });
    let live: LiveEvents = use_live();
    Effect::new(move |seen: Option<u64>| {
        let now = live.version(Topic::Approval).get();
        if seen.is_some_and(|it| it != now) && chat.session.get_untracked().is_some() {
            chat.refresh();
        }
        now
    });
}

/// The log of a conversation.
#[component]
pub fn Log(
    /// The conversation.
    chat: Chat,
    /// The class of the box that scrolls.
    class: &'static str,
    /// Questions to begin with.
    prompts: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    Effect::new(move |_| {
        chat.turns();
        chat.live.track();
        chat.sent.track();
        request_animation_frame(|| browser::scroll_to_end(LOG));
    });
    let prompts = StoredValue::new(prompts);
    view! {
        <div class=class id=LOG role="log" aria-label="Conversation" tabindex="0">
            <div class="chatpage__col">
                <Transition fallback=|| view! { <p class="sr">"Loading the conversation"</p> }>
                    {move || chat.stored.get().and_then(Result::err).map(|it| view! { <ProblemView error=it /> })}
                    <Show when=move || chat.has_earlier()>
                        <div class="row" style="justify-content: center">
                            <Button size=Size::Small on:click=move |_| chat.count.update(|it| *it += TURNS)>"Show earlier"</Button>
                        </div>
                    </Show>
                    <For each=move || chat.turns() key=key let:turn>
                        <TurnView turn=turn chat=chat />
                    </For>
                </Transition>
                <Show when=move || chat.is_new()>
                    <Hello chat=chat prompts=prompts.get_value() />
                </Show>
                {move || chat.sent.get().map(|text| view! { <Mine text=text /> })}
                {move || chat.live.get().map(|live| view! { <LiveView live=live chat=chat /> })}
                {move || chat.lost.get().then(|| view! { <p class="xs quiet">"Connection lost. Trying again."</p> })}
            </div>
        </div>
    }
}

/// The greeting of a new conversation.
#[component]
fn Hello(chat: Chat, prompts: Vec<(&'static str, &'static str)>) -> impl IntoView {
    let name = current_user()
        .with_untracked(|it| it.name.split(' ').next().unwrap_or_default().to_owned());
    let prompts = StoredValue::new(prompts);
    let list = move || {
        let project = chat.project.get().and_then(Result::ok).flatten()?;
        let all = prompts.get_value().into_iter().map(|(icon, text)| {
            view! { <Prompt icon=icon text=text.replace(PROJECT, &project) chat=chat /> }
        });
        Some(view! { <ul class="prompts" aria-label="Suggested prompts">{all.collect_view()}</ul> })
    };
    view! {
        <div class="chat__hello">
            <div class="stack stack--1">
                <h2>{format!("What should we get done, {name}?")}</h2>
                <p>
                    "I can read your projects, run flows and prepare changes. Anything that edits Basecamp waits for your approval."
                </p>
            </div>
            <Transition fallback=|| ()>{list}</Transition>
        </div>
    }
}

/// A question to begin with.
#[component]
fn Prompt(icon: &'static str, text: String, chat: Chat) -> impl IntoView {
    let said = text.clone();
    view! {
        <li>
            <button type="button" on:click=move |_| chat.say(said.clone())>
                <Icon name=icon />
                <span>{text}</span>
            </button>
        </li>
    }
}

/// The conversation with its box, for whatever frames it.
#[component]
pub fn ConversationBody(
    /// The conversation.
    chat: Chat,
    /// Questions to begin with.
    prompts: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    view! {
        <Log chat=chat class="chat__log" prompts=prompts />
        <Composer chat=chat />
    }
}
