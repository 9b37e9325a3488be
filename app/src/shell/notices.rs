//! The bell: what happened that this person should know.

use crate::approvals::count::waiting_count;
use crate::error::AppError;
use crate::live::use_live;
use crate::shell::server_fns::{ReadInbox, load_inbox};
use crate::ui::browser;
use crate::ui::button::{Button, Kind, Size};
use crate::ui::icon::Icon;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::Ago;
use domain::account::{Inbox, Notification};
use domain::event::Topic;
use leptos::prelude::*;

/// The bell and its list.
#[component]
pub(crate) fn Notices() -> impl IntoView {
    let live = use_live();
    let read = ServerAction::<ReadInbox>::new();
    let topics = [Topic::Approval, Topic::FlowRun, Topic::Account, Topic::Notification];
    let told = topics.map(|it| live.version(it));
    let inbox =
        Resource::new(move || (told.map(|it| it.get()), read.version().get()), |_| load_inbox());
    let waiting = waiting_count();
    view! {
        <Transition fallback=move || view! { <Bell unread=0 waiting=waiting /> }>
            {move || Suspend::new(async move {
                let unread = inbox.await.map_or(0, |it| it.unread);
                view! { <Bell unread=unread waiting=waiting /> }
            })}
        </Transition>
        <div class="popover popover--end notes" id="notes" popover="auto" role="dialog" aria-label="Notifications">
            <div class="card__head">
                <h2>"Notifications"</h2>
                <Button
                    kind=Kind::Ghost
                    size=Size::Small
                    class="push"
                    busy=read.pending()
                    on:click=move |_| {
                        read.dispatch(ReadInbox {});
                    }
                >
                    "Mark all read"
                </Button>
            </div>
            {move || Some(waiting.get()).filter(|it| *it > 0).map(|it| view! { <Waiting count=it /> })}
            <Told inbox=inbox />
        </div>
    }
}

/// What waits for a yes, and the way there.
#[component]
fn Waiting(count: usize) -> impl IntoView {
    let words = match count {
        1 => "One change waits for a yes".to_owned(),
        many => format!("{many} changes wait for a yes"),
    };
    view! {
        <p class="sm" style="padding: 0 1rem 0.75rem">
            <a class="link" href="/approvals" on:click=move |_| browser::hide_popover("notes")>{words}</a>
        </p>
    }
}

#[component]
fn Bell(unread: i64, waiting: Signal<usize>) -> impl IntoView {
    let label = if unread > 0 {
        format!("Notifications, {unread} new")
    } else {
        "Notifications".to_owned()
    };
    view! {
        <button
            class="icon-btn hide-sm"
            type="button"
            popovertarget="notes"
            aria-haspopup="dialog"
            aria-label=label.clone()
            title=label
        >
            <Icon name="bell" />
            {move || (unread > 0 || waiting.get() > 0).then(|| view! { <span class="dot" aria-hidden="true"></span> })}
        </button>
    }
}

#[component]
fn Told(inbox: Resource<Result<Inbox, AppError>>) -> impl IntoView {
    view! {
        <Loaded of=inbox skeleton=|| view! { <RowsSkeleton count=2 /> } let:inbox>
            {if inbox.notifications.is_empty() {
                view! { <p class="sm muted" style="padding: 0.25rem 1rem 1rem">"Nothing yet. Approvals and failed runs appear here."</p> }
                    .into_any()
            } else {
                let rows = inbox.notifications.into_iter().map(|it| view! { <Row told=it /> }).collect_view();
                view! { <ul class="rows">{rows}</ul> }.into_any()
            }}
        </Loaded>
    }
}

#[component]
fn Row(told: Notification) -> impl IntoView {
    let title = match told.link {
        Some(link) => view! {
            <a class="cover" href=link on:click=move |_| browser::hide_popover("notes")>{told.title}</a>
        }
        .into_any(),
        None => view! { <span>{told.title}</span> }.into_any(),
    };
    let body = (!told.body.is_empty())
        .then(|| view! { <span class="xs quiet" style="display: block; white-space: pre-line">{told.body}</span> });
    view! {
        <li data-new=told.read_at_ms.is_none().then_some("")>
            <Icon name="bell" />
            <span class="grow">{title}{body}</span>
            <Ago at_ms=told.created_at_ms />
        </li>
    }
}
