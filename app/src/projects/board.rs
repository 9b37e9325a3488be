//! The card tables of a project: cards move by dragging, by their menu, and with Shift and an arrow.

use crate::projects::address::use_address;
use crate::projects::desk::{Desk, Sending};
use crate::projects::due::DueLabel;
use crate::projects::form::{Draft, FormEnd, wrong};
use crate::projects::work_row::Comments;
use crate::ui::browser;
use crate::ui::icon::Icon;
use crate::ui::kept::whole;
use crate::ui::person::Avatars;
use crate::ui::typed::Line;
use domain::record::{Act, Board, Column, Item};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Id and title of each column.
type Columns = Memo<Vec<(i64, String)>>;

/// The panel.
#[component]
pub(crate) fn Boards(boards: Memo<Vec<Board>>, desk: Desk) -> impl IntoView {
    let ids = move || boards.with(|it| it.iter().map(|it| it.id).collect::<Vec<_>>());
    view! {
        <For each=ids key=|it| *it let:id>
            <BoardView id=id boards=boards desk=desk />
        </For>
    }
}

#[component]
fn BoardView(id: i64, boards: Memo<Vec<Board>>, desk: Desk) -> impl IntoView {
    let board = Memo::new(move |_| boards.with(|it| it.iter().find(|it| it.id == id).cloned()));
    let columns: Columns = Memo::new(move |_| {
        let columns = board.get().map(|it| it.columns).unwrap_or_default();
        columns.into_iter().map(|it| (it.id, it.title)).collect()
    });
    let dragged = RwSignal::new(None::<i64>);
    let title = move || board.with(|it| it.as_ref().map(|it| it.title.clone()).unwrap_or_default());
    let many = move || boards.with(|it| it.len() > 1);
    view! {
        <h2 class=move || if many() { "board-name" } else { "sr" }>{title}</h2>
        <div class="scroll-x" tabindex="0" role="group" on:dragover=follow aria-label=move || format!("{}, scrolls sideways", title())>
            <ul class="board">
                <For each=move || columns.get() key=|it| it.clone() let:column>
                    <ColumnView board=id id=column.0 title=column.1 all=board columns=columns dragged=dragged desk=desk />
                </For>
            </ul>
        </div>
    }
}

#[component]
fn ColumnView(
    board: i64,
    id: i64,
    title: String,
    all: Memo<Option<Board>>,
    columns: Columns,
    dragged: RwSignal<Option<i64>>,
    desk: Desk,
) -> impl IntoView {
    let column = Memo::new(move |_| {
        all.with(|it| it.as_ref()?.columns.iter().find(|it| it.id == id).cloned())
    });
    let cards = Memo::new(move |_| column.get().map(|it: Column| it.cards).unwrap_or_default());
    let is_done = move || column.with(|it| it.as_ref().is_some_and(|it| it.is_done));
    let over = RwSignal::new(false);
    let adding = RwSignal::new(false);
    let dropped = move |event: leptos::ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(card) = dragged.get_untracked() {
            move_to(desk, all, card, id);
        }
        dragged.set(None);
    };
    let label = format!("Add a card to {title}");
    view! {
        <li
            class="board__col"
            data-over=move || over.get().then_some("")
            on:dragover=move |event| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=dropped
        >
            <h3>
                <i data-done=move || is_done().then_some("")></i>
                {title}
                <span class="count">{move || cards.with(Vec::len)}</span>
                <Show when=move || desk.writes.get()>
                    <button class="icon-btn icon-btn--xs push" type="button" aria-label=label.clone() on:click=move |_| adding.set(true)>
                        <Icon name="plus" />
                    </button>
                </Show>
            </h3>
            <Show when=move || adding.get()>
                <AddCard board=board column=id adding=adding desk=desk />
            </Show>
            <ul>
                <For each=move || cards.get() key=whole let:card>
                    <CardView card=card all=all columns=columns dragged=dragged desk=desk />
                </For>
            </ul>
        </li>
    }
}

/// How near to an edge a held card makes the board scroll, in pixels, and how far each time.
const EDGE: f64 = 72.0;
const STEP: i32 = 24;

/// Where a board that reaches from `left` to `right` scrolls while a card is held at `x`.
fn pull(x: f64, left: f64, right: f64) -> i32 {
    if x < left + EDGE {
        -STEP
    } else if x > right - EDGE {
        STEP
    } else {
        0
    }
}

/// Brings the next columns into sight while a card is held at the edge of what is in sight.
fn follow(event: leptos::ev::DragEvent) {
    let board = event.current_target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    if let Some(board) = board {
        let sight = board.get_bounding_client_rect();
        let step = pull(f64::from(event.client_x()), sight.left(), sight.right());
        board.set_scroll_left(board.scroll_left() + step);
    }
}

/// Moves a card, unless it is there already.
fn move_to(desk: Desk, all: Memo<Option<Board>>, card: i64, column: i64) {
    let found = all.with_untracked(|it| {
        let cards = it.as_ref()?.columns.iter().flat_map(|it| &it.cards);
        cards.into_iter().find(|it| it.id == card).cloned()
    });
    if let Some(found) = found.filter(|it: &Item| it.parent_id != column) {
        desk.act(Act::MoveCard { id: card, column }, found.title);
    }
}

/// The column `step` columns beside `from`.
fn beside(columns: &[(i64, String)], from: i64, step: isize) -> Option<i64> {
    let at = columns.iter().position(|it| it.0 == from)?;
    columns.get(at.checked_add_signed(step)?).map(|it| it.0)
}

#[component]
fn CardView(
    card: Item,
    all: Memo<Option<Board>>,
    columns: Columns,
    dragged: RwSignal<Option<i64>>,
    desk: Desk,
) -> impl IntoView {
    let (id, here) = (card.id, card.parent_id);
    let href = use_address().item(id);
    let by_key = move |event: leptos::ev::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowRight" if event.shift_key() => 1,
            "ArrowLeft" if event.shift_key() => -1,
            _ => return,
        };
        let to = columns.with_untracked(|it| beside(it, here, step));
        if let Some(to) = to.filter(|_| desk.writes.get_untracked()) {
            event.prevent_default();
            move_to(desk, all, id, to);
            request_animation_frame(move || browser::focus(&format!("r-{id}")));
        }
    };
    let names: Vec<String> = card.people.iter().map(|it| it.name.clone()).collect();
    let nobody = names.is_empty();
    view! {
        <li
            class="bcard card--link"
            draggable=move || desk.writes.get().to_string()
            on:dragstart=move |_| dragged.set(Some(id))
            on:dragend=move |_| dragged.set(None)
            on:keydown=by_key
        >
            <a class="cover" id=format!("r-{id}") href=move || href.get() draggable="false">{card.title.clone()}</a>
            <div class="row xs quiet">
                <DueLabel due_on=card.due_on.clone().filter(|_| !card.completed) />
                <Comments count=card.comments />
                <span class="push row tight">
                    {nobody.then(|| view! { <span class="quiet">"No one yet"</span> })}
                    {(!nobody).then(|| view! { <Avatars names=names most=2 /> })}
                    <MoveMenu card=card all=all columns=columns desk=desk />
                </span>
            </div>
        </li>
    }
}

/// Every other column, to move the card to.
#[component]
fn MoveMenu(card: Item, all: Memo<Option<Board>>, columns: Columns, desk: Desk) -> impl IntoView {
    let (id, here) = (card.id, card.parent_id);
    let menu = StoredValue::new(format!("move-{id}"));
    let item = move |(column, title): (i64, String)| {
        let go = move |_| {
            browser::hide_popover(&menu.get_value());
            move_to(desk, all, id, column);
        };
        view! { <button class="menu__item" type="button" role="menuitem" on:click=go>{title}</button> }
    };
    let others = move || columns.get().into_iter().filter(move |it| it.0 != here);
    let label = StoredValue::new(format!("Move {}", card.title));
    view! {
        <Show when=move || desk.writes.get()>
            <span class="above">
                <button
                    class="icon-btn icon-btn--xs"
                    type="button"
                    popovertarget=menu.get_value()
                    aria-haspopup="menu"
                    aria-label=label.get_value()
                >
                    <Icon name="more" />
                </button>
                <div
                    class="popover popover--end menu"
                    id=menu.get_value()
                    popover="auto"
                    role="menu"
                    tabindex="-1"
                    aria-label="Move to"
                    on:keydown=move |event| browser::move_focus(&event, "[role=menuitem]")
                >
                    {move || others().map(item).collect_view()}
                </div>
            </span>
        </Show>
    }
}

#[component]
fn AddCard(board: i64, column: i64, adding: RwSignal<bool>, desk: Desk) -> impl IntoView {
    let (draft, form) = (Draft::empty(), Sending::new());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (fields, title) = (draft.all(), draft.title.get_untracked());
        let done = Callback::new(move |()| adding.set(false));
        desk.submit(Act::AddCard { board, column, fields }, title, form, done);
    };
    view! {
        <form class="bcard stack stack--3" on:submit=send>
            <Line id=format!("card-in-{column}") label="Card" value=draft.title error=wrong(form, "title") />
            <Line id=format!("card-in-{column}-due") label="Due day" r#type="date" value=draft.due_on error=wrong(form, "due_on") />
            <FormEnd form=form send="Add card" cancel=move |()| adding.set(false) />
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_held_at_an_edge_pulls_the_board() {
        assert_eq!([10.0, 400.0, 790.0].map(|x| pull(x, 0.0, 800.0)), [-STEP, 0, STEP]);
    }

    #[test]
    fn columns_end_on_both_sides() {
        let columns = vec![(1, "A".to_owned()), (2, "B".to_owned())];
        assert_eq!(beside(&columns, 1, 1), Some(2));
        assert_eq!(beside(&columns, 2, 1), None);
        assert_eq!(beside(&columns, 1, -1), None);
        assert_eq!(beside(&columns, 9, 1), None);
    }
}
