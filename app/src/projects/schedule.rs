//! The schedule of a project: what comes, day by day, and what was.

use crate::projects::address::use_address;
use crate::projects::desk::{Desk, Sending};
use crate::projects::form::{AddRow, Draft, FormEnd, wrong};
use crate::projects::times::{TimeFields, Times};
use crate::ui::choice::Segments;
use crate::ui::empty::Empty;
use crate::ui::kept::whole;
use crate::ui::person::Avatars;
use crate::ui::time::{DayChip, Moment, parse_day, parse_time, use_now};
use crate::ui::typed::{Line, Lines};
use domain::record::{Act, Fields, Item, Shelf};
use leptos::prelude::*;

/// The last day of a date, in days since 1970-01-01.
fn last_day(item: &Item, now: Moment) -> Option<i64> {
    day_of(item.ends_at.as_deref().or(item.starts_at.as_deref())?, now)
}

/// The day of a date, in days since 1970-01-01.
pub(crate) fn day_of(text: &str, now: Moment) -> Option<i64> {
    parse_day(text).filter(|_| text.len() == 10).or_else(|| Some(now.day_at(parse_time(text)?)))
}

/// "10:00 to 11:00", "All day", or the days it lasts.
fn hours(item: &Item, now: Moment) -> String {
    let (Some(start), Some(end)) = (&item.starts_at, &item.ends_at) else { return String::new() };
    let (first, last) = (day_of(start, now), day_of(end, now));
    let until = last.filter(|it| Some(*it) != first).map(|it| now.day_label(it));
    match (parse_time(start), parse_time(end), until) {
        (Some(from), Some(to), None) => format!("{} to {}", now.hour(from), now.hour(to)),
        (Some(from), _, Some(day)) => format!("{}, until {day}", now.hour(from)),
        (_, _, Some(day)) => format!("All day, until {day}"),
        _ => "All day".to_owned(),
    }
}

/// The panel.
#[component]
pub(crate) fn Schedule(shelf: Memo<Option<Shelf>>, desk: Desk) -> impl IntoView {
    let now = use_now();
    let past = RwSignal::new(false);
    let schedule =
        Memo::new(move |_| shelf.with(|it| it.as_ref().map(|it| it.id).unwrap_or_default()));
    let items = Memo::new(move |_| {
        let all = shelf.get().map(|it| it.items).unwrap_or_default();
        let now = now.get();
        let is_past = |it: &Item| last_day(it, now).is_some_and(|it| it < now.day());
        let mut shown: Vec<Item> = all.into_iter().filter(|it| is_past(it) == past.get()).collect();
        if past.get() {
            shown.reverse();
        }
        shown
    });
    let none = move || {
        let title = if past.get() { "Nothing is past" } else { "Nothing is planned" };
        view! { <Empty icon="calendar" title=title body="Dates of the schedule in Basecamp appear here." /> }
    };
    view! {
        <section class="card" aria-labelledby="ag">
            <div class="card__head">
                <h2 id="ag">"Agenda"</h2>
                <span class="push">
                    <Segments
                        label="Time"
                        options=vec![("coming", "Coming"), ("past", "Past")]
                        value=Signal::derive(move || if past.get() { "past" } else { "coming" }.to_owned())
                        change=move |key| past.set(key == "past")
                    />
                </span>
            </div>
            <ul class="rows">
                <For each=move || items.get() key=whole let:item><Row item=item /></For>
            </ul>
            <Show when=move || items.with(Vec::is_empty)>{none}</Show>
            <AddEntry schedule=schedule desk=desk />
        </section>
    }
}

#[component]
fn Row(item: Item) -> impl IntoView {
    let now = use_now();
    let href = use_address().item(item.id);
    let names: Vec<String> = item.people.iter().map(|it| it.name.clone()).collect();
    let shown = StoredValue::new(item.clone());
    let day = move || {
        let now = now.get();
        shown.with_value(|it| it.starts_at.as_deref().and_then(|it| day_of(it, now)))
    };
    view! {
        <li>
            {move || day().map(|it| view! { <DayChip day=it /> })}
            <span class="grow">
                <a class="cover med" id=format!("r-{}", item.id) href=move || href.get()>{item.title}</a>
                <span class="xs quiet block">{move || shown.with_value(|it| hours(it, now.get()))}</span>
            </span>
            {(!names.is_empty()).then(|| view! { <Avatars names=names /> })}
        </li>
    }
}

#[component]
fn AddEntry(schedule: Memo<i64>, desk: Desk) -> impl IntoView {
    let open = RwSignal::new(false);
    let (draft, form) = (Draft::empty(), Sending::new());
    let times = Times::empty();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let title = draft.title.get_untracked();
        let fields = Fields { due_on: None, people: None, ..draft.all() };
        let (starts_at, ends_at) = times.both();
        let schedule = schedule.get_untracked();
        let act = Act::AddEntry { schedule, starts_at, ends_at, fields };
        let done = Callback::new(move |()| {
            draft.clear();
            times.clear();
            open.set(false);
        });
        desk.submit(act, title, form, done);
    };
    view! {
        <AddRow desk=desk open=open label="Add a date">
            <form class="stack stack--3 inset" on:submit=send>
                <Line id="date-title".to_owned() label="What" value=draft.title error=wrong(form, "title") />
                <TimeFields times=times form=form id="date" />
                <Lines id="date-text".to_owned() label="Notes" value=draft.text />
                <FormEnd form=form send="Add date" cancel=move |()| open.set(false) />
            </form>
        </AddRow>
    }
}
