//! To-dos of the whole workspace: overdue, and the next seven days.

use crate::error::AppError;
use crate::projects::due::{by_day, is_due_soon, is_overdue};
use crate::projects::todo_row::{Below, TodoRow};
use crate::projects::unconnected::Unconnected;
use crate::ui::empty::Empty;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::use_now;
use domain::todo::Todo;
use leptos::prelude::*;

/// How many rows the card shows of one kind.
const ROWS: usize = 6;

/// The card.
#[component]
pub(crate) fn TodosCard(todos: Resource<Result<Option<Vec<Todo>>, AppError>>) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="h-due">
            <div class="card__head"><h2 id="h-due">"To-dos"</h2></div>
            <Loaded of=todos skeleton=|| view! { <RowsSkeleton /> } let:todos>
                {match todos {
                    Some(todos) => view! { <Rows todos=todos /> }.into_any(),
                    None => view! { <Unconnected /> }.into_any(),
                }}
            </Loaded>
        </section>
    }
}

#[component]
fn Rows(todos: Vec<Todo>) -> impl IntoView {
    let now = use_now().get_untracked();
    let wanted: Vec<Todo> =
        todos.into_iter().filter(|it| is_overdue(it, now) || is_due_soon(it, now)).collect();
    let total = wanted.len();
    if total == 0 {
        return view! {
            <Empty icon="todo" title="Nothing is due" body="No to-do is overdue or due in the next 7 days." />
        }
        .into_any();
    }
    let row = |it: Todo| view! { <TodoRow todo=it below=Below::Project /> };
    view! {
        <ul class="rows">{by_day(wanted).into_iter().take(ROWS).map(row).collect_view()}</ul>
        <div class="card__foot">
            <span class="xs quiet">{format!("{} of {total} overdue or due in 7 days", total.min(ROWS))}</span>
            " "
            <a class="link" href="/projects">"See projects"</a>
        </div>
    }
    .into_any()
}
