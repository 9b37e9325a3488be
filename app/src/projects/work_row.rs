//! One to-do of a project as a row.

use crate::projects::address::use_address;
use crate::projects::desk::Desk;
use crate::projects::due::DueLabel;
use crate::ui::badge::{State, Status};
use crate::ui::icon::Icon;
use crate::ui::person::Avatars;
use domain::record::{Act, Item, Work};
use leptos::prelude::*;

/// One to-do: its box completes it, its title opens it.
#[component]
pub(crate) fn WorkRow(
    /// The to-do as it was when the row was made.
    first: Item,
    /// All to-dos, which the row follows.
    work: Memo<Work>,
    /// Whether the list stands below the title.
    #[prop(optional)]
    with_place: bool,
    /// The desk.
    desk: Desk,
) -> impl IntoView {
    let id = first.id;
    let item = Memo::new(move |before: Option<&Item>| {
        let found = work.with(|it| it.todos.iter().find(|it| it.id == id).cloned());
        found.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
    });
    let href = use_address().item(id);
    let title = move || item.with(|it| it.title.clone());
    let words = move || {
        if item.with(|it| it.completed) {
            view! { <del class="quiet">{title()}</del> }.into_any()
        } else {
            title().into_any()
        }
    };
    let place = move || {
        let place = item.with(|it| it.place.clone());
        with_place.then(|| view! { <span class="xs quiet trunc block">{place}</span> })
    };
    let due = move || {
        let due_on = item.with(|it| it.due_on.clone().filter(|_| !it.completed));
        view! { <DueLabel due_on=due_on /> }
    };
    let people = move || {
        let names: Vec<String> =
            item.with(|it| it.people.iter().map(|it| it.name.clone()).collect());
        (!names.is_empty()).then(|| view! { <Avatars names=names most=2 /> })
    };
    view! {
        <li>
            <Mark item=item desk=desk />
            <span class="grow">
                <a id=format!("r-{id}") class="trunc cover-inline block" href=move || href.get()>{words}</a>
                {place}
            </span>
            <Comments count=Signal::derive(move || item.with(|it| it.comments)) />
            {due}
            {people}
        </li>
    }
}

/// The box that completes it; for viewers how it stands.
#[component]
fn Mark(item: Memo<Item>, desk: Desk) -> impl IntoView {
    let is_done = Signal::derive(move || item.with(|it| it.completed));
    let change = move |event| {
        let (id, title) = item.with_untracked(|it| (it.id, it.title.clone()));
        let act =
            if event_target_checked(&event) { Act::Complete { id } } else { Act::Reopen { id } };
        desk.act(act, title);
    };
    let state =
        Signal::derive(move || if is_done.get() { State::Succeeded } else { State::Queued });
    view! {
        <Show when=move || desk.writes.get() fallback=move || view! { <Status state=state /> }>
            <input
                type="checkbox"
                class="box"
                checked=is_done.get_untracked()
                prop:checked=move || is_done.get()
                aria-label=move || item.with(|it| format!("Complete {}", it.title))
                on:change=change
            />
        </Show>
    }
}

/// How many comments, when there are any.
#[component]
pub(crate) fn Comments(
    /// How many.
    #[prop(into)]
    count: Signal<u32>,
) -> impl IntoView {
    move || {
        let count = count.get();
        (count > 0).then(|| {
            view! {
                <span class="xs quiet row tight">
                    <Icon name="comment" class="icon--sm" />
                    <span class="sr">"comments "</span>
                    {count}
                </span>
            }
        })
    }
}
