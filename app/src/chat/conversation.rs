//! What was said, what is being done, and the box to say more.

use crate::chat::composer::Composer;
use crate::chat::feed;
use crate::chat::place::LOG;
use crate::chat::server_fns::cancel_chat_run;
use crate::chat::state::Chat;
use crate::chat::turn::{LiveView, Mine, TurnView, key};
use crate::live::{Live as LiveEvents, use_live};
use crate::session::current_user;
use crate::ui::button::{Button, Size};
use crate::ui::icon::Icon;
use crate::ui::problem::ProblemView;
use domain::actor::Permission;
use domain::chat::Turn;
use domain::event::Topic;
use domain::ids::ChatRunId;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Where a question to begin with names a project.
pub const PROJECT: &str = "{project}";

/// The icon of a question that only those may ask who may change something.
pub const FOR_WRITERS: &str = "wand";

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
        let sent = chat.sent.get_untracked();
        let live = chat.live.with_untracked(|it| it.as_ref().map(|it| it.run.id.clone()));
        let known = chat.with_stored(|stored| {
            let is_sent = |it: &Turn| it.is_mine && sent.as_ref() == Some(&it.text);
            let is_live =
                |it: &Turn| live.is_some() && it.run.as_ref().map(|run| &run.id) == live.as_ref();
            let mut newest = stored.turns.iter().rev().take(2);
            (newest.any(is_sent), stored.turns.iter().any(is_live))
        });
        let (is_sent, is_live) = known.unwrap_or_default();
        if is_sent {
            chat.sent.set(None);
        }
        if is_live {
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
        chat.live.track();
        chat.sent.track();
        chat.place.drawn(chat.turns.with(|it| it.first().map(|it| it.id.clone())));
    });
    let looked = move |_| {
        if chat.place.look() {
            chat.read_earlier();
        }
    };
    let live = Memo::new(move |_| chat.live.with(|it| it.as_ref().map(|it| it.run.id.clone())));
    let prompts = StoredValue::new(prompts);
    view! {
        <div class=class id=LOG role="log" aria-label="Conversation" tabindex="0" on:scroll=looked>
            <div class="chatpage__col">
                <Transition fallback=|| view! { <p class="sr">"Loading the conversation"</p> }>
                    {move || chat.stored.get().and_then(Result::err).map(|it| view! { <ProblemView error=it /> })}
                    <Show when=move || chat.has_earlier()>
                        <Earlier chat=chat />
                    </Show>
                    <For each=move || chat.turns.get() key=key let:turn>
                        <TurnView turn=turn chat=chat />
                    </For>
                </Transition>
                <Show when=move || chat.is_new()>
                    <Hello chat=chat prompts=prompts.get_value() />
                </Show>
                {move || chat.sent.get().map(|text| view! { <Mine text=text /> })}
                {move || live.get().map(|id| view! { <LiveView id=id chat=chat /> })}
                {move || chat.lost.get().then(|| view! { <p class="xs quiet">"Connection lost. Trying again."</p> })}
            </div>
            <Show when=move || !chat.place.follows.get()>
                <div class="chat__newest">
                    <Button size=Size::Small icon="chev-down" on:click=move |_| chat.place.to_end()>"Newest"</Button>
                </div>
            </Show>
        </div>
    }
}

/// The way to what was said before; it is also read when somebody scrolls there.
#[component]
fn Earlier(chat: Chat) -> impl IntoView {
    let failed = move || chat.earlier.value().get().and_then(Result::err).map(|it| it.to_string());
    view! {
        <div class="row row--wrap" style="justify-content: center">
            <Button size=Size::Small busy=chat.earlier.pending() on:click=move |_| chat.read_earlier()>"Show earlier"</Button>
            {move || failed().map(|it| view! { <p class="xs bad" role="alert">{it}</p> })}
        </div>
    }
}

/// The greeting of a new conversation.
#[component]
fn Hello(chat: Chat, prompts: Vec<(&'static str, &'static str)>) -> impl IntoView {
    let name = current_user()
        .with_untracked(|it| it.name.split(' ').next().unwrap_or_default().to_owned());
    let writes = current_user().with_untracked(|it| it.role.can(Permission::Write));
    let may = |it: &(&str, &str)| writes || it.0 != FOR_WRITERS;
    let prompts = StoredValue::new(prompts.into_iter().filter(may).collect::<Vec<_>>());
    let what = if writes {
        "I can read your projects, run flows and prepare changes. What waits for a yes is shown before it happens."
    } else {
        "I can read your projects and answer questions about them. Viewers change nothing: for that, ask a member or an admin."
    };
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
                <p>{what}</p>
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
