//! Earlier conversations: to open, rename and delete.

use crate::chat::panel::TitleButton;
use crate::chat::server_fns::{DeleteSession, chat_sessions};
use crate::chat::state::Chat;
use crate::error::AppError;
use crate::live::use_live;
use crate::ui::browser;
use crate::ui::dialog::Confirm;
use crate::ui::icon::Icon;
use crate::ui::problem::ProblemView;
use crate::ui::search::SearchBox;
use crate::ui::time::{parse_time, use_now};
use domain::chat::Session;
use domain::event::Topic;
use leptos::prelude::*;

/// Id of the list of conversations that a panel opens.
const HISTORY: &str = "chat-history";

/// The list of earlier conversations; `chat` opens the one chosen.
#[component]
pub fn Sessions(
    /// The conversation on screen.
    chat: Chat,
) -> impl IntoView {
    let live = use_live();
    let version = live.version(Topic::Chat);
    let search = RwSignal::new(String::new());
    let asked = move || (version.get(), chat.session.get(), search.get());
    let sessions = Resource::new(asked, |(_, _, words)| chat_sessions(words));
    let shown = move || sessions.get().and_then(Result::ok).unwrap_or_default();
    let key = |it: &Session| format!("{} {} {}", it.id, it.title, it.updated_at);
    view! {
        <div style="margin: 0 0.75rem 0.5rem"><SearchBox label="Search conversations" placeholder="Search" words=search /></div>
        <Transition fallback=|| view! { <p class="sr">"Loading conversations"</p> }>
            {move || sessions.get().and_then(Result::err).map(|it| view! { <ProblemView error=it /> })}
            <ul>
                <For each=shown key=key let:session>
                    <Entry session=session chat=chat />
                </For>
            </ul>
            <Show when=move || sessions.get().is_some() && shown().is_empty()>
                <p class="xs quiet" style="padding: 0 0.75rem">
                    {move || if search.get().is_empty() { "No conversations yet." } else { "No conversation has these words." }}
                </p>
            </Show>
        </Transition>
    }
}

#[component]
fn Entry(session: Session, chat: Chat) -> impl IntoView {
    let id = session.id.clone();
    let href = format!("/chat/{id}");
    let at = parse_time(&session.updated_at).unwrap_or_default();
    let now = use_now();
    let current = move || (chat.session.get().as_ref() == Some(&id)).then_some("page");
    view! {
        <li>
            <a class="sess" href=href aria-current=current>
                <span class="trunc">{session.title}</span>
                <small class="trunc">{move || now.get().ago(at)}</small>
            </a>
        </li>
    }
}

/// Deletes the open conversation after asking.
#[component]
pub fn DeleteButton(
    /// The conversation on screen.
    chat: Chat,
) -> impl IntoView {
    let delete = ServerAction::<DeleteSession>::new();
    let asking = RwSignal::new(false);
    let navigate = leptos_router::hooks::use_navigate();
    Effect::new(move |_| {
        if matches!(delete.value().get(), Some(Ok(()))) {
            chat.open(None);
            navigate("/chat", leptos_router::NavigateOptions::default());
        }
    });
    let remove = move |()| {
        asking.set(false);
        if let Some(session) = chat.session.get_untracked() {
            delete.dispatch(DeleteSession { session });
        }
    };
    view! {
        <button class="icon-btn" type="button" aria-label="Delete this conversation" title="Delete this conversation"
            on:click=move |_| asking.set(true)>
            <Icon name="trash" />
        </button>
        <Confirm
            open=asking
            title="Delete this conversation?"
            body="Everything said in it goes. Flows and Basecamp stay as they are."
            action="Delete conversation"
            busy=delete.pending()
            confirm=Callback::new(remove)
        />
    }
}

/// The title of the open conversation, which opens the list of all others.
#[component]
pub fn Picker(
    /// The conversation on screen.
    chat: Chat,
    /// All of them.
    sessions: Resource<Result<Vec<Session>, AppError>>,
) -> impl IntoView {
    let all = move || sessions.get().and_then(Result::ok).unwrap_or_default();
    view! {
        <TitleButton chat=chat popover=HISTORY />
        <div class="popover sessions" id=HISTORY popover role="dialog" aria-label="Conversations">
            <Transition fallback=|| ()>
                <ul class="listbox" aria-label="Conversations">
                    <For each=all key=|it| format!("{} {}", it.id, it.title) let:session>
                        <Choice session=session chat=chat />
                    </For>
                </ul>
                <Show when=move || all().is_empty()>
                    <p class="xs quiet" style="padding: 0.5rem 0.75rem">"No conversations yet."</p>
                </Show>
            </Transition>
        </div>
    }
}

#[component]
fn Choice(session: Session, chat: Chat) -> impl IntoView {
    let id = StoredValue::new(session.id.clone());
    let open = move |_| {
        browser::hide_popover(HISTORY);
        chat.open(Some(id.get_value()));
    };
    let current = move || (chat.session.get() == Some(id.get_value())).then_some("true");
    view! {
        <li>
            <button class="option" type="button" aria-current=current on:click=open>
                <span class="grow trunc">{session.title}</span>
            </button>
        </li>
    }
}
