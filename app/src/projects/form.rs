//! What a record says, in fields: for new records and for changed ones.

use crate::error::AppError;
use crate::projects::desk::{Desk, Sending};
use crate::ui::button::{Button, Kind, Size};
use crate::ui::icon::Icon;
use crate::ui::problem::FormProblem;
use domain::problem::Problem;
use domain::record::{Fields, Item};
use leptos::prelude::*;

/// The words of a form while they are written.
#[derive(Clone, Copy)]
pub(crate) struct Draft {
    pub(crate) title: RwSignal<String>,
    pub(crate) text: RwSignal<String>,
    pub(crate) due_on: RwSignal<String>,
    pub(crate) people: RwSignal<Vec<i64>>,
}

impl Draft {
    /// Nothing written yet.
    pub(crate) fn empty() -> Self {
        Self {
            title: RwSignal::new(String::new()),
            text: RwSignal::new(String::new()),
            due_on: RwSignal::new(String::new()),
            people: RwSignal::new(Vec::new()),
        }
    }

    /// What `item` says.
    pub(crate) fn of(item: &Item) -> Self {
        Self {
            title: RwSignal::new(item.title.clone()),
            text: RwSignal::new(item.text.clone()),
            due_on: RwSignal::new(item.due_on.clone().unwrap_or_default()),
            people: RwSignal::new(item.people.iter().map(|it| it.id).collect()),
        }
    }

    /// Everything that was written.
    pub(crate) fn all(self) -> Fields {
        let some = |it: RwSignal<String>| Some(it.get_untracked()).filter(|it| !it.is_empty());
        Fields {
            title: Some(self.title.get_untracked()),
            text: some(self.text),
            due_on: some(self.due_on),
            people: Some(self.people.get_untracked()).filter(|it| !it.is_empty()),
        }
    }

    /// Only what differs from `item`.
    pub(crate) fn changes(self, item: &Item) -> Fields {
        let was: Vec<i64> = item.people.iter().map(|it| it.id).collect();
        let due_on = item.due_on.clone().unwrap_or_default();
        Fields {
            title: Some(self.title.get_untracked()).filter(|it| *it != item.title),
            text: Some(self.text.get_untracked()).filter(|it| *it != item.text),
            due_on: Some(self.due_on.get_untracked()).filter(|it| *it != due_on),
            people: Some(self.people.get_untracked()).filter(|it| *it != was),
        }
    }

    /// Empty again, for the next one.
    pub(crate) fn clear(self) {
        self.title.set(String::new());
        self.text.set(String::new());
        self.due_on.set(String::new());
        self.people.set(Vec::new());
    }
}

/// What is wrong with the field called `name`.
pub(crate) fn wrong(form: Sending, name: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || form.error.with(|it| it.as_ref().and_then(|it| it.issue(name))))
}

/// What is wrong with the whole.
pub(crate) fn rest(form: Sending) -> Signal<Option<AppError>> {
    Signal::derive(move || {
        form.error.get().filter(|it| !matches!(it, AppError::Problem(Problem::Invalid { .. })))
    })
}

/// Who is to do it.
#[component]
pub(crate) fn Assignees(
    /// The desk, which knows everybody.
    desk: Desk,
    /// Who was chosen.
    chosen: RwSignal<Vec<i64>>,
) -> impl IntoView {
    let check = move |id: i64, name: String| {
        let is_chosen = move || chosen.with(|it| it.contains(&id));
        let change = move |event| {
            let is_on = event_target_checked(&event);
            chosen.update(|all| {
                all.retain(|it| *it != id);
                if is_on {
                    all.push(id);
                }
            });
        };
        view! {
            <label class="check"><input type="checkbox" prop:checked=is_chosen on:change=change />{name}</label>
        }
    };
    view! {
        <Show when=move || desk.people.with(|it| !it.is_empty())>
            <fieldset class="whom">
                <legend class="label">"Who does it"</legend>
                <div class="whom__all">
                    {move || desk.people.get().into_iter().map(|it| check(it.id, it.name)).collect_view()}
                </div>
            </fieldset>
        </Show>
    }
}

/// Sends the form, or leaves it.
#[component]
pub(crate) fn FormEnd(
    /// The form.
    form: Sending,
    /// The words of the button that sends it.
    #[prop(into)]
    send: String,
    /// Leaves it.
    #[prop(into)]
    cancel: Callback<()>,
) -> impl IntoView {
    view! {
        <FormProblem error=rest(form) />
        <div class="row">
            <Button kind=Kind::Primary size=Size::Small r#type="submit" busy=form.busy>{send}</Button>
            <Button kind=Kind::Ghost size=Size::Small on:click=move |_| cancel.run(())>"Cancel"</Button>
        </div>
    }
}

/// A row that opens into a form. Absent for those who may not.
#[component]
pub(crate) fn AddRow(
    /// The desk.
    desk: Desk,
    /// Whether the form is open.
    open: RwSignal<bool>,
    /// "Add to Content".
    #[prop(into)]
    label: String,
    /// The form.
    children: ChildrenFn,
) -> impl IntoView {
    let label = StoredValue::new(label);
    let children = StoredValue::new(children);
    let button = move || {
        view! {
            <button class="addrow" type="button" on:click=move |_| open.set(true)>
                <Icon name="plus" />
                {label.get_value()}
            </button>
        }
    };
    view! {
        <Show when=move || desk.writes.get()>
            <Show when=move || open.get() fallback=button>{children.with_value(|it| it())}</Show>
        </Show>
    }
}
