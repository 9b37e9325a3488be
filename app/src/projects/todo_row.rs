//! One to-do as a row: completed at once, sent in the background, taken back on failure or by Undo.

use crate::error::AppError;
use crate::projects::due::DueLabel;
use crate::projects::server_fns::{complete_todo, reopen_todo};
use crate::session::can;
use crate::ui::badge::{State, Status};
use crate::ui::icon::Icon;
use crate::ui::person::Avatars;
use crate::ui::toast::{Toasts, use_toasts};
use domain::actor::Permission;
use domain::todo::Todo;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What stands below the title.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Below {
    /// Nothing: the list is named above.
    #[default]
    Nothing,
    /// The project, where rows of several stand together.
    Project,
    /// The list.
    List,
}

/// One to-do.
#[component]
pub(crate) fn TodoRow(todo: Todo, #[prop(optional)] below: Below) -> impl IntoView {
    let done = RwSignal::new(todo.completed);
    let toasts = use_toasts();
    let title = StoredValue::new(todo.title.clone());
    let it = Changed { project: todo.project_id, id: todo.id, done, toasts };
    let change = move |completed: bool| it.set_done(title.get_value(), completed);
    let href = format!("/projects/{}?tab=todos&item={}", todo.project_id, todo.id);
    let writes = can(Permission::Write);
    let sub = match below {
        Below::Nothing => None,
        Below::Project => Some(todo.project_name.clone()),
        Below::List => todo.list_name.clone(),
    };
    let names = todo.assignees.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let mark = move || {
        if writes.get() {
            view! { <CompleteBox title=title done=done change=change /> }.into_any()
        } else {
            let state = move || if done.get() { State::Succeeded } else { State::Queued };
            view! { <Status state=Signal::derive(state) /> }.into_any()
        }
    };
    view! {
        <li>
            {mark}
            <span class="grow">
                <TodoLink title=title href=href done=done />
                {sub.map(|it| view! { <span class="xs quiet trunc" style="display: block">{it}</span> })}
            </span>
            <Comments count=todo.comments_count />
            <Show when=move || !done.get()><DueLabel due_on=todo.due_on.clone() /></Show>
            {(!names.is_empty()).then(|| view! { <Avatars names=names most=2 /> })}
        </li>
    }
}

#[component]
fn CompleteBox(
    title: StoredValue<String>,
    done: RwSignal<bool>,
    #[prop(into)] change: Callback<bool>,
) -> impl IntoView {
    view! {
        <input
            type="checkbox"
            class="box"
            checked=done.get_untracked()
            prop:checked=move || done.get()
            aria-label=title.with_value(|it| format!("Complete {it}"))
            on:change=move |event| change.run(event_target_checked(&event))
        />
    }
}

/// The title, leading to the record.
#[component]
fn TodoLink(title: StoredValue<String>, href: String, done: RwSignal<bool>) -> impl IntoView {
    view! {
        <a class="trunc cover-inline" style="display: block" href=href>
            {move || {
                let title = title.get_value();
                if done.get() { view! { <del class="quiet">{title}</del> }.into_any() } else { title.into_any() }
            }}
        </a>
    }
}

#[component]
fn Comments(count: u32) -> impl IntoView {
    (count > 0).then(|| {
        view! {
            <span class="xs quiet row" style="gap: 0.1875rem">
                <Icon name="comment" class="icon--sm" />
                <span class="sr">"comments "</span>
                {count}
            </span>
        }
    })
}

/// The to-do of a row that is completed and opened again.
#[derive(Clone, Copy)]
struct Changed {
    project: i64,
    id: i64,
    done: RwSignal<bool>,
    toasts: Toasts,
}

impl Changed {
    /// Changes the row at once, then Basecamp; puts it back and says why when that fails. The row may be gone by then: it
    /// is drawn anew whenever the list is read again.
    fn set_done(self, title: String, completed: bool) {
        self.done.try_set(completed);
        spawn_local(async move {
            match self.send(completed).await {
                Ok(()) => {
                    let words = if completed { "To-do completed" } else { "To-do open again" };
                    let again = title.clone();
                    let back = move || self.set_done(again.clone(), !completed);
                    self.toasts.undo(words, title, back);
                }
                Err(error) => {
                    self.done.try_set(!completed);
                    let name = title.clone();
                    let again = move || self.set_done(title.clone(), completed);
                    self.toasts.put_back(&name, &error, again);
                }
            }
        });
    }

    async fn send(self, completed: bool) -> Result<(), AppError> {
        if completed {
            complete_todo(self.project, self.id).await
        } else {
            reopen_todo(self.project, self.id).await
        }
    }
}
