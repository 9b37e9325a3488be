//! The message board of a project.

use crate::projects::address::use_address;
use crate::projects::desk::{Desk, Sending};
use crate::projects::form::{AddRow, Draft, FormEnd, wrong};
use crate::projects::work_row::Comments;
use crate::ui::empty::Empty;
use crate::ui::kept::whole;
use crate::ui::person::Avatar;
use crate::ui::time::Ago;
use crate::ui::typed::{Line, Lines};
use domain::record::{Act, Item, Shelf};
use leptos::prelude::*;

/// The panel.
#[component]
pub(crate) fn Messages(shelf: Memo<Option<Shelf>>, desk: Desk) -> impl IntoView {
    let items = Memo::new(move |_| shelf.get().map(|it| it.items).unwrap_or_default());
    let board =
        Memo::new(move |_| shelf.with(|it| it.as_ref().map(|it| it.id).unwrap_or_default()));
    let none = || {
        view! { <Empty icon="message" title="No messages yet" body="What is posted on the message board appears here." /> }
    };
    view! {
        <section class="card" aria-labelledby="ms">
            <div class="card__head"><h2 id="ms">"Message board"</h2></div>
            <ul class="rows rows--tall">
                <For each=move || items.get() key=whole let:item><Row item=item /></For>
            </ul>
            <Show when=move || items.with(Vec::is_empty)>{none()}</Show>
            <Post board=board desk=desk />
        </section>
    }
}

#[component]
fn Row(item: Item) -> impl IntoView {
    let href = use_address().item(item.id);
    let words: String = item.text.chars().take(160).collect();
    view! {
        <li>
            <Avatar name=item.creator.clone() decorative=true />
            <span class="grow">
                <a class="cover med" id=format!("r-{}", item.id) href=move || href.get()>{item.title}</a>
                <span class="xs quiet trunc block">{item.creator}": "{words}</span>
            </span>
            <Comments count=item.comments />
            <Ago at_ms=item.created_at_ms />
        </li>
    }
}

#[component]
fn Post(board: Memo<i64>, desk: Desk) -> impl IntoView {
    let open = RwSignal::new(false);
    let (draft, form) = (Draft::empty(), Sending::new());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (fields, title) = (draft.all(), draft.title.get_untracked());
        let done = Callback::new(move |()| {
            draft.clear();
            open.set(false);
        });
        desk.submit(Act::Post { board: board.get_untracked(), fields }, title, form, done);
    };
    view! {
        <AddRow desk=desk open=open label="Post a message">
            <form class="stack stack--3 inset" on:submit=send>
                <Line id="post-title".to_owned() label="Subject" value=draft.title error=wrong(form, "title") />
                <Lines id="post-text".to_owned() label="Message" value=draft.text />
                <p class="xs quiet">"Everybody on the project is told about it in Basecamp."</p>
                <FormEnd form=form send="Post message" cancel=move |()| open.set(false) />
            </form>
        </AddRow>
    }
}
