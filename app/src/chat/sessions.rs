//! Earlier conversations: to open, rename and delete.

use crate::chat::panel::TitleButton;
use crate::chat::server_fns::{DeleteSession, chat_sessions};
use crate::chat::state::Chat;
use crate::error::AppError;
use crate::live::use_live;
use crate::ui::browser;
use crate::ui::dialog::Confirm;
use crate::ui::kept::{of_loading, whole};
use crate::ui::problem::ProblemView;
use crate::ui::search::SearchBox;
use crate::ui::time::{Moment, parse_time, use_now};
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
    let now = use_now();
    let shown = move || sessions.get().and_then(Result::ok).unwrap_or_default();
    let groups = of_loading(move |_| grouped(now.get(), shown()));
    view! {
        <div style="margin: 0 0.75rem 0.5rem"><SearchBox label="Search conversations" placeholder="Search" words=search /></div>
        <Transition fallback=|| view! { <p class="sr">"Loading conversations"</p> }>
            {move || sessions.get().and_then(Result::err).map(|it| view! { <ProblemView error=it /> })}
            <For each=move || groups.get() key=whole let:group>
                <h2 class="group-label">{group.0}</h2>
                <ul>{group.1.into_iter().map(|it| view! { <Entry session=it chat=chat /> }).collect_view()}</ul>
            </For>
            <Show when=move || sessions.get().is_some() && shown().is_empty()>
                <p class="xs quiet" style="padding: 0 0.75rem">
                    {move || if search.get().is_empty() { "No conversations yet." } else { "No conversation has these words." }}
                </p>
            </Show>
        </Transition>
    }
}

/// Conversations under the day they were last used on, newest first.
fn grouped(now: Moment, all: Vec<Session>) -> Vec<(String, Vec<Session>)> {
    let mut groups: Vec<(String, Vec<Session>)> = Vec::new();
    for session in all {
        let at = parse_time(&session.updated_at).unwrap_or_default();
        let name = match now.day() - now.day_at(at) {
            ..=0 => "Today",
            1 => "Yesterday",
            2..=6 => "Last seven days",
            7..=30 => "Last 30 days",
            _ => "Earlier",
        };
        match groups.last_mut().filter(|it| it.0 == name) {
            Some((_, sessions)) => sessions.push(session),
            None => groups.push((name.to_owned(), vec![session])),
        }
    }
    groups
}

#[component]
fn Entry(session: Session, chat: Chat) -> impl IntoView {
    let id = session.id.clone();
    let href = format!("/chat/{id}");
    let at = parse_time(&session.updated_at).unwrap_or_default();
    let now = use_now();
    let current = move || (chat.session.get().as_ref() == Some(&id)).then_some("page");
    let below = match session.waiting {
        0 => None,
        1 => Some("1 change waits for a yes".to_owned()),
        many => Some(format!("{many} changes wait for a yes")),
    };
    let below = move || below.clone().unwrap_or_else(|| now.get().ago(at));
    view! {
        <li>
            <a class="sess" href=href aria-current=current>
                <span class="trunc">{session.title}</span>
                <small class="trunc">{below}</small>
            </a>
        </li>
    }
}

/// Deletes the open conversation after asking.
#[component]
pub fn DeleteDialog(
    /// The conversation on screen.
    chat: Chat,
    /// Whether it asks.
    asking: RwSignal<bool>,
) -> impl IntoView {
    let delete = ServerAction::<DeleteSession>::new();
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
        <Confirm
            open=asking
            title="Delete this conversation?"
            body="Everything said in it goes, and what waits in it for a yes is withdrawn. Flows and Basecamp stay as they are."
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversations_stand_under_the_day_they_were_last_used_on() {
        let session = |id: &str, at: &str| Session {
            id: id.into(),
            user_key: String::new(),
            title: id.to_owned(),
            project_id: None,
            persona_id: None,
            created_at: at.to_owned(),
            updated_at: at.to_owned(),
            message_count: 2,
            waiting: 0,
        };
        let now_ms = parse_time("2026-11-22T12:00:00Z").unwrap();
        let now = Moment { now_ms, offset_minutes: 0 };
        let all = vec![
            session("a", "2026-11-22T08:00:00Z"),
            session("b", "2026-11-22T01:00:00Z"),
            session("c", "2026-11-21T23:00:00Z"),
            session("d", "2026-11-17T23:00:00Z"),
            session("e", "2025-11-17T23:00:00Z"),
        ];
        let names: Vec<(String, usize)> =
            grouped(now, all).into_iter().map(|it| (it.0, it.1.len())).collect();
        let expected = [("Today", 2), ("Yesterday", 1), ("Last seven days", 1), ("Earlier", 1)];
        assert_eq!(names, expected.map(|it| (it.0.to_owned(), it.1)));
    }
}
