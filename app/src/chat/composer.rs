//! The box at the bottom. What is typed is kept until it is sent, also over a reload.

use crate::chat::attaching::{Attach, Chosen, take, words_for};
use crate::chat::conversation::stop;
use crate::chat::failed::{CannotAnswer, Refusal, missing_of};
use crate::chat::model::Model;
use crate::chat::state::Chat;
use crate::ui::browser;
use crate::ui::icon::Icon;
use leptos::prelude::*;

/// Where unsent words of a conversation are kept.
fn draft_key(chat: Chat) -> String {
    let session = chat.session.get();
    format!("pmos-draft-{}", session.map_or_else(|| "new".to_owned(), |it| it.to_string()))
}

/// The box for words, with Send, or Stop while the assistant works.
#[component]
pub fn Composer(
    /// The conversation.
    chat: Chat,
    /// Words in the empty box.
    #[prop(default = "Ask, or say what you want done")]
    placeholder: &'static str,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    Effect::new(move |_| text.set(browser::kept(&draft_key(chat)).unwrap_or_default()));
    let keep = move |words: String| {
        browser::keep(&draft_key(chat), &words);
        text.set(words);
    };
    let send = move || {
        let words = words_for(text.get_untracked().trim(), chat.files.with_untracked(Vec::len));
        if !words.is_empty() && !chat.send.pending().get_untracked() {
            keep(String::new());
            chat.say_with(words, chat.files.get_untracked());
            chat.files.set(Vec::new());
        }
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            send();
        }
    };
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        send();
    };
    let trouble = RwSignal::new(None::<String>);
    let on_paste = move |event: leptos::ev::ClipboardEvent| {
        // Pasted words stay words; a copied picture or file becomes one beside them.
        if event.clipboard_data().is_some_and(|it| take(chat, trouble, &it) > 0) {
            event.prevent_default();
        }
    };
    let on_drop = move |event: leptos::ev::DragEvent| {
        event.prevent_default();
        if let Some(dropped) = event.data_transfer() {
            take(chat, trouble, &dropped);
        }
    };
    view! {
        <form class="composer" on:submit=on_submit on:dragover=|event| event.prevent_default() on:drop=on_drop>
            <Refused chat=chat on_back=Callback::new(keep) />
            <div class="composer__box">
                <Chosen chat=chat trouble=trouble />
                <textarea rows="1" placeholder=placeholder aria-label="Message the assistant" name="text"
                    prop:value=text on:input=move |event| keep(event_target_value(&event)) on:keydown=on_key on:paste=on_paste></textarea>
                <div class="row">
                    <Attach chat=chat trouble=trouble />
                    <Model chat=chat />
                    <SendOrStop chat=chat />
                </div>
            </div>
            <p class="composer__note">
                <AsksFirst chat=chat />
                <span><span class="kbds" aria-hidden="true"><kbd class="kbd">"↵"</kbd></span>" send"</span>
            </p>
        </form>
    }
}

/// What asks first in this workspace.
#[component]
fn AsksFirst(chat: Chat) -> impl IntoView {
    let words = move || chat.answering.get().and_then(Result::ok).map(|it| it.asks_first());
    view! { <span><Transition fallback=|| ()>{words}</Transition></span> }
}

#[component]
fn SendOrStop(chat: Chat) -> impl IntoView {
    let working = Memo::new(move |_| chat.working());
    move || {
        match working.get() {
        Some(run) => view! {
            <button class="icon-btn icon-btn--sm push composer__stop" type="button" aria-label="Stop the answer"
                on:click=move |_| stop(run.clone())>
                <Icon name="stop" />
            </button>
        }
        .into_any(),
        None => view! {
            <button class="icon-btn send push" type="submit" aria-label="Send" aria-busy=move || chat.send.pending().get().to_string()>
                <Icon name="send" />
            </button>
        }
        .into_any(),
    }
    }
}

/// Why the last words were not taken; they go back into the box.
#[component]
fn Refused(chat: Chat, on_back: Callback<String>) -> impl IntoView {
    let why = move || chat.send.value().get().and_then(Result::err);
    Effect::new(move |_| {
        if why().is_some() {
            on_back.run(chat.sent.get_untracked().unwrap_or_default());
            chat.sent.set(None);
            chat.files.set(chat.sent_files.get_untracked());
        }
    });
    // What is missing is said above already, once it is known there.
    let is_said =
        move || chat.answering.get().and_then(Result::ok).is_some_and(|it| it.missing.is_some());
    let shown = move || why().filter(|it| missing_of(it).is_none() || !is_said());
    view! {
        <CannotAnswer chat=chat />
        <Transition fallback=|| ()>{move || shown().map(|it| view! { <Refusal error=it /> })}</Transition>
    }
}
