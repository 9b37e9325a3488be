//! A to-do from anywhere: N, then T.

use crate::projects::server_fns::take_back;
use crate::shell::search_fns::{AddTodo, TodoPlaces, TypedTodo, load_todo_places};
use crate::ui::browser;
use crate::ui::dialog::{Dialog, FormFoot};
use crate::ui::form::FormProblems;
use crate::ui::problem::FormProblem;
use crate::ui::toast::use_toasts;
use crate::ui::typed::{Line, Pick};
use domain::ids::OperationId;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

/// Whether the form is open.
#[derive(Clone, Copy)]
pub struct NewTodoOpen(pub RwSignal<bool>);

impl NewTodoOpen {
    /// Makes it available to everything inside the frame.
    pub(crate) fn provide() -> RwSignal<bool> {
        let open = RwSignal::new(false);
        provide_context(Self(open));
        open
    }
}

/// What is typed and chosen.
#[derive(Clone, Copy)]
struct Draft {
    title: RwSignal<String>,
    due_on: RwSignal<String>,
    project: RwSignal<String>,
    list: RwSignal<String>,
    places: RwSignal<TodoPlaces>,
    /// Why the places are not known.
    problem: RwSignal<Option<crate::error::AppError>>,
}

impl Draft {
    fn empty() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            title: text(),
            due_on: text(),
            project: text(),
            list: text(),
            places: RwSignal::new(TodoPlaces::default()),
            problem: RwSignal::new(None),
        }
    }

    fn clear(self) {
        self.title.set(String::new());
        self.due_on.set(String::new());
    }

    fn typed(self) -> TypedTodo {
        TypedTodo {
            title: self.title.get_untracked(),
            due_on: self.due_on.get_untracked(),
            project: self.project.get_untracked(),
            list: self.list.get_untracked(),
        }
    }

    /// Reads the projects and the lists of the chosen one; its first list is chosen.
    fn load(self) {
        let project = self.project.get_untracked();
        spawn_local(async move {
            match load_todo_places(project.clone()).await {
                Ok(places) if self.project.try_get_untracked().as_ref() == Some(&project) => {
                    let first = places.lists.first().map(|it| it.0.clone());
                    self.list.set(first.unwrap_or_default());
                    self.places.set(places);
                    self.problem.set(None);
                }
                Ok(_) => {}
                Err(error) => {
                    self.problem.try_set(Some(error));
                }
            }
        });
    }
}

/// The form.
#[component]
pub(crate) fn NewTodo(open: RwSignal<bool>) -> impl IntoView {
    let draft = Draft::empty();
    let add = ServerAction::<AddTodo>::new();
    let path = use_location().pathname;
    Effect::new(move |_| {
        if open.get() {
            browser::focus_once_there("nt-title".to_owned());
            // On the page of a project it is that one.
            let here = project_of(&path.read_untracked()).to_owned();
            if draft.project.get_untracked() == here {
                draft.load();
            } else {
                draft.project.set(here);
            }
        }
    });
    Effect::new(move |before: Option<String>| {
        let project = draft.project.get();
        if before.is_some_and(|it| it != project) && open.get_untracked() {
            draft.load();
        }
        project
    });
    tell(add, draft, open);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        add.dispatch(AddTodo { typed: draft.typed() });
    };
    view! {
        <Dialog open=open title="New to-do">
            // A closed one leaves nothing in the page that is called as the fields of the page are.
            <Show when=move || open.get()>
                <form on:submit=send style="display: contents">
                    <Fields draft=draft add=add />
                    <FormFoot open=open busy=add.pending() send="Add the to-do" />
                </form>
            </Show>
        </Dialog>
    }
}

#[component]
fn Fields(draft: Draft, add: ServerAction<AddTodo>) -> impl IntoView {
    let problems = FormProblems::of(add.value());
    let with_first = |first: &str, all: Vec<(String, String)>| -> Vec<_> {
        [(String::new(), first.to_owned())].into_iter().chain(all).collect()
    };
    let projects =
        Signal::derive(move || with_first("Choose a project", draft.places.get().projects));
    let lists = Signal::derive(move || with_first("Choose a list", draft.places.get().lists));
    view! {
        <div class="dialog__body stack stack--4">
            <Line id="nt-title" label="What is to be done" value=draft.title error=problems.field("title") />
            <Pick id="nt-project" label="Project" options=projects value=draft.project error=problems.field("project") />
            <Pick id="nt-list" label="List" options=lists value=draft.list error=problems.field("list") />
            <Line id="nt-due" label="Due day, if there is one" r#type="date" value=draft.due_on error=problems.field("due_on") />
            <FormProblem error=problems.rest(&["title", "project", "list", "due_on"]) />
            <FormProblem error=draft.problem />
        </div>
    }
}

/// Says how it went, and offers to take it back.
fn tell(add: ServerAction<AddTodo>, draft: Draft, open: RwSignal<bool>) {
    let toasts = use_toasts();
    Effect::new(move || {
        let Some(Ok(operation)) = add.value().get() else { return };
        let title = draft.title.get_untracked();
        draft.clear();
        open.set(false);
        match operation {
            Some(operation) => {
                let back = move |()| {
                    let operation: OperationId = operation.clone();
                    spawn_local(async move {
                        match take_back(operation, None).await {
                            Ok(()) => toasts.say("The to-do is taken back"),
                            Err(error) => toasts.refused(&error),
                        }
                    });
                };
                toasts.undo("To-do added", title, Callback::new(back));
            }
            None => toasts.say("To-do added"),
        }
    });
}

/// The id of the project whose page is at `path`; empty elsewhere.
fn project_of(path: &str) -> &str {
    let rest = path.strip_prefix("/projects/").unwrap_or_default();
    rest.split('/')
        .next()
        .filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::project_of;

    #[test]
    fn the_page_of_a_project_names_it() {
        assert_eq!(project_of("/projects/7666022078"), "7666022078");
        assert_eq!(project_of("/projects/7666022078/todos"), "7666022078");
        assert_eq!(project_of("/projects"), "");
        assert_eq!(project_of("/projects/new"), "");
    }
}
