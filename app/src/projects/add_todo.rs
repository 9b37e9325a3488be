//! Adds a to-do from where several lists are in sight: the list is chosen first.

use crate::projects::desk::{Desk, Sending};
use crate::projects::form::{AddRow, Assignees, Draft, FormEnd, wrong};
use crate::ui::typed::Line;
use domain::record::{Act, Place, Work};
use leptos::prelude::*;

/// The last row of a card: a to-do for any list of the project; nothing where there is no list.
#[component]
pub(crate) fn AddAnywhere(work: Memo<Work>, desk: Desk) -> impl IntoView {
    let open = RwSignal::new(false);
    let (draft, form) = (Draft::empty(), Sending::new());
    let chosen = RwSignal::new(None::<i64>);
    let lists = Memo::new(move |_| work.with(lists));
    let list = Memo::new(move |_| {
        let first = lists.with(|it| it.first().map(|it| it.0));
        chosen.get().filter(|id| lists.with(|it| it.iter().any(|one| one.0 == *id))).or(first)
    });
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(list) = list.get_untracked() else { return };
        let (fields, title) = (draft.all(), draft.title.get_untracked());
        let done = Callback::new(move |()| {
            draft.clear();
            open.set(false);
        });
        desk.submit(Act::AddTodo { list, fields }, title, form, done);
    };
    view! {
        <Show when=move || lists.with(|it| !it.is_empty())>
            <AddRow desk=desk open=open label="Add to-do">
                <form class="stack stack--3 inset" on:submit=send>
                    <Lists all=lists list=list chosen=chosen />
                    <Line id="add-any".to_owned() label="To-do" value=draft.title error=wrong(form, "title") />
                    <Line id="add-any-due".to_owned() label="Due day" r#type="date" value=draft.due_on error=wrong(form, "due_on") />
                    <Assignees desk=desk chosen=draft.people />
                    <FormEnd form=form send="Add to-do" cancel=move |()| open.set(false) />
                </form>
            </AddRow>
        </Show>
    }
}

/// Lists that take to-dos, and groups with the name of theirs.
fn lists(work: &Work) -> Vec<(i64, String)> {
    let name = |place: &Place| {
        let list = place.group_of.and_then(|id| work.places.iter().find(|it| it.id == id));
        match list {
            Some(list) => format!("{}, {}", list.name, place.name),
            None => place.name.clone(),
        }
    };
    work.places.iter().filter(|it| !it.is_loose).map(|it| (it.id, name(it))).collect()
}

#[component]
fn Lists(
    all: Memo<Vec<(i64, String)>>,
    list: Memo<Option<i64>>,
    chosen: RwSignal<Option<i64>>,
) -> impl IntoView {
    let option = move |(id, name): (i64, String)| {
        view! { <option value=id.to_string() prop:selected=move || list.get() == Some(id)>{name}</option> }
    };
    view! {
        <div class="field">
            <label class="label" for="add-any-list">"List"</label>
            <select class="select" id="add-any-list" on:change=move |event| chosen.set(event_target_value(&event).parse().ok())>
                {move || all.get().into_iter().map(option).collect_view()}
            </select>
        </div>
    }
}
