//! A project at a glance: what needs attention, and what is due.

use crate::error::AppError;
use crate::projects::due::{by_day, is_due_soon, is_overdue};
use crate::projects::todo_row::{Below, TodoRow};
use crate::ui::badge::{Count, Tone};
use crate::ui::problem::Loaded;
use crate::ui::progress::{Progress, percent};
use crate::ui::skeleton::CardSkeleton;
use crate::ui::time::use_now;
use domain::todo::{Todo, TodoList};
use leptos::prelude::*;

/// The panel.
#[component]
pub(crate) fn Overview(lists: Resource<Result<Vec<TodoList>, AppError>>) -> impl IntoView {
    view! {
        <Loaded of=lists skeleton=|| view! { <CardSkeleton /> } let:lists>
            <div class="cols cols--main">
                <div class="stack stack--6">
                    <DueCards lists=lists.clone() />
                </div>
                <ListProgress lists=lists />
            </div>
        </Loaded>
    }
}

/// Overdue, then the next seven days.
#[component]
fn DueCards(lists: Vec<TodoList>) -> impl IntoView {
    let now = use_now().get_untracked();
    let open: Vec<Todo> =
        lists.into_iter().flat_map(|it| it.todos).filter(|it| !it.completed).collect();
    let (late, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|it| is_overdue(it, now));
    let soon: Vec<Todo> = rest.into_iter().filter(|it| is_due_soon(it, now)).collect();
    view! {
        <DueCard id="ov-late" title="Overdue" todos=late tone=Tone::Bad none="Nothing is overdue." />
        <DueCard id="ov-soon" title="Next 7 days" todos=soon tone=Tone::Plain none="Nothing is due in the next 7 days." />
    }
}

#[component]
fn DueCard(
    id: &'static str,
    title: &'static str,
    todos: Vec<Todo>,
    tone: Tone,
    none: &'static str,
) -> impl IntoView {
    let count = u32::try_from(todos.len()).unwrap_or(u32::MAX);
    let rows = if todos.is_empty() {
        view! { <div class="empty" style="padding-block: 1rem 1.5rem"><p>{none}</p></div> }
            .into_any()
    } else {
        let row = |it: Todo| view! { <TodoRow todo=it below=Below::List /> };
        view! { <ul class="rows">{by_day(todos).into_iter().map(row).collect_view()}</ul> }
            .into_any()
    };
    view! {
        <section class="card" aria-labelledby=id>
            <div class="card__head">
                <h2 id=id>{title}</h2>
                {(count > 0).then(|| view! { <Count value=count tone=tone /> })}
            </div>
            {rows}
        </section>
    }
}

/// How far each list is.
#[component]
fn ListProgress(lists: Vec<TodoList>) -> impl IntoView {
    let row = |list: TodoList| {
        let total = u32::try_from(list.todos.len()).unwrap_or(u32::MAX);
        let done =
            u32::try_from(list.todos.iter().filter(|it| it.completed).count()).unwrap_or(u32::MAX);
        let label = format!("{}: {done} of {total} to-dos done", list.name);
        view! {
            <li>
                <a class="grow trunc" href=list.app_url target="_blank" rel="noreferrer">{list.name}</a>
                <span class="xs quiet num">{done}" of "{total}</span>
                <span class="row" style="inline-size: 5rem"><Progress label=label value=percent(done, total) class="grow" /></span>
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="ov-lists">
            <div class="card__head"><h2 id="ov-lists">"Lists"</h2></div>
            <ul class="rows">{lists.into_iter().map(row).collect_view()}</ul>
        </section>
    }
}
