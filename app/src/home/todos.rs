//! To-dos of the whole workspace: overdue, and the next seven days.

use crate::error::AppError;
use crate::projects::todo_row::{Below, TodoRow};
use crate::projects::unconnected::Unconnected;
use crate::ui::empty::Empty;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::RowsSkeleton;
use domain::todo::{DueTodos, Todo};
use leptos::prelude::*;

/// How many rows the card shows of one kind.
const ROWS: usize = 6;

/// The card.
#[component]
pub(crate) fn TodosCard(todos: Resource<Result<Option<DueTodos>, AppError>>) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="h-due">
            <div class="card__head"><h2 id="h-due">"To-dos"</h2></div>
            <Loaded of=todos skeleton=|| view! { <RowsSkeleton /> } let:todos>
                {match todos {
                    Some(due) => view! { <Rows due=due /> }.into_any(),
                    None => view! { <Unconnected /> }.into_any(),
                }}
            </Loaded>
        </section>
    }
}

#[component]
fn Rows(due: DueTodos) -> impl IntoView {
    let total = due.overdue + due.soon;
    if total == 0 {
        return view! {
            <Empty icon="todo" title="Nothing is due" body="No to-do is overdue or due in the next 7 days." />
        }
        .into_any();
    }
    let row = |it: Todo| view! { <TodoRow todo=it below=Below::Project /> };
    view! {
        <ul class="rows">{due.first.into_iter().take(ROWS).map(row).collect_view()}</ul>
        <div class="card__foot">
            <span class="xs quiet">{format!("{} of {total} overdue or due in 7 days", total.min(ROWS))}</span>
            " "
            <a class="link" href="/projects">"See projects"</a>
        </div>
    }
    .into_any()
}
