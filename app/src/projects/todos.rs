//! The to-dos of a project, list by list.

use crate::error::AppError;
use crate::projects::due::is_overdue;
use crate::projects::server_fns::AddTodo;
use crate::projects::todo_row::TodoRow;
use crate::session::can;
use crate::ui::button::{Button, Kind, Size};
use crate::ui::choice::Toggle;
use crate::ui::empty::Empty;
use crate::ui::field::TextField;
use crate::ui::form::FormProblems;
use crate::ui::icon::Icon;
use crate::ui::problem::{FormProblem, Loaded};
use crate::ui::progress::{Progress, percent};
use crate::ui::search::SearchBox;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::time::use_now;
use crate::ui::toast::use_toasts;
use domain::actor::Permission;
use domain::todo::{Todo, TodoList};
use leptos::form::ActionForm;
use leptos::prelude::*;

/// What of the to-dos is shown.
#[derive(Clone, Copy)]
struct Shown {
    search: RwSignal<String>,
    overdue: RwSignal<bool>,
    completed: RwSignal<bool>,
}

/// The panel.
#[component]
pub(crate) fn Todos(
    lists: Resource<Result<Vec<TodoList>, AppError>>,
    add: ServerAction<AddTodo>,
) -> impl IntoView {
    let shown = Shown {
        search: RwSignal::new(String::new()),
        overdue: RwSignal::new(false),
        completed: RwSignal::new(false),
    };
    let toasts = use_toasts();
    Effect::new(move || {
        if let Some(Ok(todo)) = add.value().get() {
            toasts.say(format!("Added {}", todo.title));
        }
    });
    view! {
        <Toolbar shown=shown />
        <Loaded of=lists skeleton=|| view! { <CardSkeleton /> } let:lists>
            <Lists lists=lists shown=shown add=add />
        </Loaded>
    }
}

#[component]
fn Toolbar(shown: Shown) -> impl IntoView {
    let Shown { search, overdue, completed } = shown;
    view! {
        <div class="toolbar">
            <SearchBox label="Search to-dos" words=search />
            <div class="chips">
                <Toggle on=overdue>"Overdue"</Toggle>
                <Toggle on=completed>"Completed"</Toggle>
            </div>
        </div>
    }
}

#[component]
fn Lists(lists: Vec<TodoList>, shown: Shown, add: ServerAction<AddTodo>) -> impl IntoView {
    if lists.is_empty() {
        return view! {
            <Empty icon="todo" title="No to-do lists yet" body="Make a list in Basecamp and it appears here." />
        }
        .into_any();
    }
    let card = |list: TodoList| view! { <ListCard list=list shown=shown add=add /> };
    view! { <div class="cols cols--2 cols--start">{lists.into_iter().map(card).collect_view()}</div> }.into_any()
}

#[component]
fn ListCard(list: TodoList, shown: Shown, add: ServerAction<AddTodo>) -> impl IntoView {
    let heading = format!("l{}", list.id);
    let total = u32::try_from(list.todos.len()).unwrap_or(u32::MAX);
    let done =
        u32::try_from(list.todos.iter().filter(|it| it.completed).count()).unwrap_or(u32::MAX);
    let head = if total == 0 {
        view! { <span class="xs quiet">"empty"</span> }.into_any()
    } else {
        let label = format!("{}: {done} of {total} to-dos done", list.name);
        view! {
            <span class="xs quiet num">{done}" of "{total}</span>
            <span class="push row" style="inline-size: 5rem"><Progress label=label value=percent(done, total) class="grow" /></span>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby=heading.clone()>
            <div class="card__head"><h2 id=heading.clone()>{list.name.clone()}</h2>{head}</div>
            <Rows todos=list.todos shown=shown />
            <AddRow project=list.project_id list=list.id name=list.name add=add />
        </section>
    }
}

#[component]
fn Rows(todos: Vec<Todo>, shown: Shown) -> impl IntoView {
    let now = use_now();
    let all = StoredValue::new(todos);
    let fitting = Memo::new(move |_| {
        let search = shown.search.get().trim().to_lowercase();
        let fits = |it: &&Todo| {
            it.completed == shown.completed.get()
                && (!shown.overdue.get() || is_overdue(it, now.get()))
                && it.title.to_lowercase().contains(&search)
        };
        all.with_value(|all| all.iter().filter(fits).cloned().collect::<Vec<_>>())
    });
    view! {
        <ul class="rows">
            <For each=move || fitting.get() key=|it| it.id let:todo><TodoRow todo=todo /></For>
        </ul>
        <Show when=move || fitting.with(Vec::is_empty)>
            <div class="empty" style="padding-block: 1rem 1.5rem"><p>"Nothing here matches."</p></div>
        </Show>
    }
}

/// The last row: adds a to-do to this list. Absent for those who may not.
#[component]
fn AddRow(project: i64, list: i64, name: String, add: ServerAction<AddTodo>) -> impl IntoView {
    let open = RwSignal::new(false);
    let writes = can(Permission::Write);
    let label = StoredValue::new(format!("Add to {name}"));
    view! {
        <Show when=move || writes.get()>
            <Show
                when=move || open.get()
                fallback=move || {
                    view! {
                        <button class="addrow" type="button" on:click=move |_| open.set(true)>
                            <Icon name="plus" />
                            {label.get_value()}
                        </button>
                    }
                }
            >
                <AddForm project=project list=list add=add open=open />
            </Show>
        </Show>
    }
}

#[component]
fn AddForm(
    project: i64,
    list: i64,
    add: ServerAction<AddTodo>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let problems = FormProblems::of::<Todo>(Signal::derive(move || {
        let is_ours = add.input().with(|it| it.as_ref().is_none_or(|it| it.list == list));
        add.value().get().filter(|_: &Result<Todo, AppError>| is_ours)
    }));
    view! {
        <ActionForm action=add attr:class="stack stack--3" attr:style="padding: 0.75rem 1rem">
            <FormProblem error=problems.rest(&["title", "due_on"]) />
            <input type="hidden" name="project" value=project.to_string() />
            <input type="hidden" name="list" value=list.to_string() />
            <TextField label="To-do" name="title" required=true error=problems.field("title") />
            <TextField label="Due day" name="due_on" r#type="date" error=problems.field("due_on") />
            <div class="row">
                <Button kind=Kind::Primary size=Size::Small r#type="submit" busy=add.pending()>"Add to-do"</Button>
                <Button kind=Kind::Ghost size=Size::Small on:click=move |_| open.set(false)>"Cancel"</Button>
            </div>
        </ActionForm>
    }
}
