//! The to-dos of a project: list by list, each with its groups, loose ones last.

use crate::projects::desk::{Desk, Sending};
use crate::projects::due::{is_day_overdue, is_day_soon};
use crate::projects::form::{AddRow, Assignees, Draft, FormEnd, wrong};
use crate::projects::work_row::WorkRow;
use crate::ui::choice::{Segments, Toggle};
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::kept::whole;
use crate::ui::progress::{Progress, percent};
use crate::ui::search::SearchBox;
use crate::ui::time::{Moment, use_now};
use crate::ui::typed::Line;
use domain::record::{Act, Item, Place, Work};
use leptos::prelude::*;

/// Whose to-dos are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Anyone,
    Nobody,
    One(i64),
}

/// What of the to-dos is shown.
#[derive(Clone, Copy)]
struct Filter {
    search: RwSignal<String>,
    completed: RwSignal<bool>,
    overdue: RwSignal<bool>,
    soon: RwSignal<bool>,
    whose: RwSignal<Whose>,
}

impl Filter {
    /// Whether `item` is shown. What was completed or opened again while it was in sight stays there until the filter
    /// changes, so that no row vanishes under the pointer.
    fn fits(self, item: &Item, now: Moment, was_there: bool) -> bool {
        let day = item.due_on.as_deref().filter(|_| !item.completed);
        let is_theirs = match self.whose.get() {
            Whose::Anyone => true,
            Whose::Nobody => item.people.is_empty(),
            Whose::One(id) => item.people.iter().any(|it| it.id == id),
        };
        let is_completed = self.completed.get();
        (item.completed == is_completed || was_there)
            && is_theirs
            && (!self.overdue.get() || is_day_overdue(day, now))
            && (!self.soon.get() || is_day_soon(day, now))
            && item.title.to_lowercase().contains(&self.search.get().trim().to_lowercase())
    }
}

/// The panel.
#[component]
pub(crate) fn Todos(work: Memo<Work>, desk: Desk) -> impl IntoView {
    let filter = Filter {
        search: RwSignal::new(String::new()),
        completed: RwSignal::new(false),
        overdue: RwSignal::new(false),
        soon: RwSignal::new(false),
        whose: RwSignal::new(Whose::Anyone),
    };
    let lists = Memo::new(move |_| {
        work.with(|it| {
            it.places.iter().filter(|it| it.group_of.is_none()).cloned().collect::<Vec<_>>()
        })
    });
    let none = move || {
        view! {
            <Empty icon="todo" title="No to-do lists yet" body="What is listed here or in Basecamp appears here." />
        }
    };
    view! {
        <Toolbar filter=filter work=work />
        <Show when=move || lists.with(|it| !it.is_empty()) fallback=none>
            <div class="cols cols--2 cols--start">
                <For each=move || lists.get() key=whole let:list>
                    <ListCard list=list work=work filter=filter desk=desk />
                </For>
            </div>
        </Show>
        <AddList work=work desk=desk />
    }
}

#[component]
fn Toolbar(filter: Filter, work: Memo<Work>) -> impl IntoView {
    let Filter { search, completed, overdue, soon, .. } = filter;
    let shown = move || if completed.get() { "completed" } else { "open" }.to_owned();
    view! {
        <div class="toolbar">
            <SearchBox label="Search to-dos" words=search />
            <Segments
                label="State"
                options=vec![("open", "Open"), ("completed", "Completed")]
                value=Signal::derive(shown)
                change=move |key| completed.set(key == "completed")
            />
            <div class="chips">
                <Toggle on=overdue>"Overdue"</Toggle>
                <Toggle on=soon>"Next 7 days"</Toggle>
            </div>
            <WhoseSelect filter=filter work=work />
        </div>
    }
}

/// Everybody who has something to do here, and nobody.
#[component]
fn WhoseSelect(filter: Filter, work: Memo<Work>) -> impl IntoView {
    let people = Memo::new(move |_| {
        let mut people: Vec<(i64, String)> = work.with(|it| {
            it.todos.iter().flat_map(|it| &it.people).map(|it| (it.id, it.name.clone())).collect()
        });
        people.sort_by_key(|it| (it.1.to_lowercase(), it.0));
        people.dedup();
        people
    });
    let choose = move |event| {
        let whose = match event_target_value(&event).as_str() {
            "nobody" => Whose::Nobody,
            id => id.parse().map_or(Whose::Anyone, Whose::One),
        };
        filter.whose.set(whose);
    };
    let option = |(id, name): (i64, String)| view! { <option value=id.to_string()>{name}</option> };
    view! {
        <select class="select push whose" aria-label="Whose to-dos" on:change=choose>
            <option value="">"Anyone"</option>
            <option value="nobody">"Nobody yet"</option>
            {move || people.get().into_iter().map(option).collect_view()}
        </select>
    }
}

#[component]
fn ListCard(list: Place, work: Memo<Work>, filter: Filter, desk: Desk) -> impl IntoView {
    let (id, heading) = (list.id, format!("l{}", list.id));
    let groups = Memo::new(move |_| {
        work.with(|it| {
            it.places.iter().filter(|it| it.group_of == Some(id)).cloned().collect::<Vec<_>>()
        })
    });
    let count = Memo::new(move |_| {
        let is_here = |it: &&Item| {
            it.parent_id == id || groups.with(|all| all.iter().any(|one| one.id == it.parent_id))
        };
        work.with(|it| {
            let here: Vec<&Item> = it.todos.iter().filter(is_here).collect();
            (here.iter().filter(|it| it.completed).count(), here.len())
        })
    });
    let group = move |place: Place| {
        view! {
            <h3 class="group-head">{place.name}</h3>
            <Rows place=place.id work=work filter=filter desk=desk />
        }
    };
    let add =
        (!list.is_loose).then(|| view! { <AddTodo list=id name=list.name.clone() desk=desk /> });
    view! {
        <section class="card" aria-labelledby=heading.clone()>
            <div class="card__head">
                <h2 id=heading.clone()>{list.name.clone()}</h2>
                <Done name=list.name.clone() count=count />
                <a class="icon-btn icon-btn--sm" href=list.app_url target="_blank" rel="noreferrer" aria-label=format!("{} in Basecamp", list.name)>
                    <Icon name="external" />
                </a>
            </div>
            <Rows place=id work=work filter=filter desk=desk />
            <For each=move || groups.get() key=whole children=group />
            {add}
        </section>
    }
}

/// Makes a list in the project.
#[component]
fn AddList(work: Memo<Work>, desk: Desk) -> impl IntoView {
    let open = RwSignal::new(false);
    let (name, form) = (RwSignal::new(String::new()), Sending::new());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let set = work.with_untracked(|it| it.set);
        let done = Callback::new(move |()| {
            name.set(String::new());
            open.set(false);
        });
        let act = Act::AddList { set, name: name.get_untracked() };
        desk.submit(act, name.get_untracked(), form, done);
    };
    view! {
        <Show when=move || desk.writes.get()>
            <section class="card" aria-label="New list">
                <AddRow desk=desk open=open label="Make a list">
                    <form class="stack stack--3 inset" on:submit=send>
                        <Line id="list-name".to_owned() label="Name of the list" value=name error=wrong(form, "title") />
                        <FormEnd form=form send="Add list" cancel=move |()| open.set(false) />
                    </form>
                </AddRow>
            </section>
        </Show>
    }
}

/// How far a list is.
#[component]
fn Done(name: String, count: Memo<(usize, usize)>) -> impl IntoView {
    move || {
        let (done, total) = count.get();
        if total == 0 {
            return view! { <span class="xs quiet push">"empty"</span> }.into_any();
        }
        let label = format!("{name}: {done} of {total} to-dos done");
        let whole = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        view! {
            <span class="xs quiet num">{done}" of "{total}</span>
            <span class="push row done-bar">
                <Progress label=label value=percent(whole(done), whole(total)) class="grow" />
            </span>
        }
        .into_any()
    }
}

#[component]
fn Rows(place: i64, work: Memo<Work>, filter: Filter, desk: Desk) -> impl IntoView {
    let now = use_now();
    let fitting = Memo::new(move |before: Option<&(bool, Vec<Item>)>| {
        let is_completed = filter.completed.get();
        let before = before.filter(|it| it.0 == is_completed);
        let was_there = |id: i64| before.is_some_and(|it| it.1.iter().any(|it| it.id == id));
        let fits =
            |it: &&Item| it.parent_id == place && filter.fits(it, now.get(), was_there(it.id));
        let found = work.with(|it| it.todos.iter().filter(fits).cloned().collect::<Vec<_>>());
        (is_completed, found)
    });
    view! {
        <ul class="rows">
            <For each=move || fitting.get().1 key=|it| it.id let:first>
                <WorkRow first=first work=work desk=desk />
            </For>
        </ul>
        <Show when=move || fitting.with(|it| it.1.is_empty())>
            <p class="none">"Nothing here matches."</p>
        </Show>
    }
}

/// The last row: adds a to-do to this list.
#[component]
fn AddTodo(list: i64, name: String, desk: Desk) -> impl IntoView {
    let open = RwSignal::new(false);
    let (draft, form) = (Draft::empty(), Sending::new());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let fields = draft.all();
        let title = draft.title.get_untracked();
        let done = Callback::new(move |()| {
            draft.clear();
            open.set(false);
        });
        desk.submit(Act::AddTodo { list, fields }, title, form, done);
    };
    view! {
        <AddRow desk=desk open=open label=format!("Add to {name}")>
            <form class="stack stack--3 inset" on:submit=send>
                <Line id=format!("add-{list}") label="To-do" value=draft.title error=wrong(form, "title") />
                <Line id=format!("add-{list}-due") label="Due day" r#type="date" value=draft.due_on error=wrong(form, "due_on") />
                <Assignees desk=desk chosen=draft.people />
                <FormEnd form=form send="Add to-do" cancel=move |()| open.set(false) />
            </form>
        </AddRow>
    }
}
