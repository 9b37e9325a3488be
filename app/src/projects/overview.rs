//! A project at a glance: what needs attention, what is due, what happened and what comes.

use crate::projects::add_todo::AddAnywhere;
use crate::projects::address::use_address;
use crate::projects::around::{ComingUp, FlowsHere, Latest};
use crate::projects::attention::Attention;
use crate::projects::budget::BudgetCard;
use crate::projects::desk::Desk;
use crate::projects::due::{is_day_overdue, is_day_soon};
use crate::projects::health::HealthCard;
use crate::projects::notes::ProjectNotes;
use crate::projects::work_row::WorkRow;
use crate::ui::badge::{Count, Tone};
use crate::ui::kept::whole;
use crate::ui::progress::{Progress, percent};
use crate::ui::time::{Moment, use_now};
use domain::record::{Around, Item, Place, Tab, Work};
use leptos::prelude::*;

/// Whether a due day belongs into a card.
type Fits = fn(Option<&str>, Moment) -> bool;

/// The panel.
#[component]
pub(crate) fn Overview(work: Memo<Work>, around: Memo<Around>, desk: Desk) -> impl IntoView {
    let address = use_address();
    let health = Memo::new(move |_| around.with(|it| it.health.clone()));
    view! {
        <div class="cols cols--main">
            <div class="stack stack--6">
                <Attention work=work />
                <DueCard
                    id="ov-late"
                    title="Overdue"
                    fits=is_day_overdue
                    tone=Tone::Bad
                    none="Nothing is overdue."
                    work=work
                    desk=desk
                />
                <DueCard
                    id="ov-soon"
                    title="Next 7 days"
                    fits=is_day_soon
                    tone=Tone::Plain
                    none="Nothing is due in the next 7 days."
                    work=work
                    desk=desk
                    with_add=true
                />
                <Latest around=around />
            </div>
            <div class="stack stack--6">
                <Show when=move || health.with(Option::is_some)>
                    <HealthCard health=health href=Signal::derive(move || address.of_tab(Tab::Health)) />
                </Show>
                <ComingUp around=around />
                <FlowsHere around=around />
                <ListProgress work=work />
                <BudgetCard />
                <ProjectNotes />
            </div>
        </div>
    }
}

/// To-dos of a card, the earliest day first. What was completed while it was in sight stays there, so that no row
/// vanishes under the pointer.
fn fitting(work: &Work, fits: Fits, now: Moment, before: &[Item]) -> Vec<Item> {
    let was_there = |id: i64| before.iter().any(|it| it.id == id);
    let is_in = |it: &&Item| (!it.completed || was_there(it.id)) && fits(it.due_on.as_deref(), now);
    let mut found: Vec<Item> = work.todos.iter().filter(is_in).cloned().collect();
    found.sort_by(|one, other| (&one.due_on, one.id).cmp(&(&other.due_on, other.id)));
    found
}

#[component]
fn DueCard(
    id: &'static str,
    title: &'static str,
    fits: Fits,
    tone: Tone,
    none: &'static str,
    work: Memo<Work>,
    desk: Desk,
    /// Whether a to-do can be added here.
    #[prop(optional)]
    with_add: bool,
) -> impl IntoView {
    let now = use_now();
    let todos = Memo::new(move |before: Option<&Vec<Item>>| {
        let before = before.map(Vec::as_slice).unwrap_or_default();
        work.with(|it| fitting(it, fits, now.get(), before))
    });
    let count = move || {
        let count = todos.with(|it| u32::try_from(it.len()).unwrap_or(u32::MAX));
        (count > 0).then(|| view! { <Count value=count tone=tone /> })
    };
    view! {
        <section class="card" aria-labelledby=id>
            <div class="card__head"><h2 id=id>{title}</h2>{count}</div>
            <ul class="rows">
                <For each=move || todos.get() key=|it| it.id let:first>
                    <WorkRow first=first work=work with_place=true desk=desk />
                </For>
            </ul>
            <Show when=move || todos.with(Vec::is_empty)><p class="none">{none}</p></Show>
            {with_add.then(|| view! { <AddAnywhere work=work desk=desk /> })}
        </section>
    }
}

/// How far each list is.
#[component]
fn ListProgress(work: Memo<Work>) -> impl IntoView {
    let places = Memo::new(move |_| work.with(|it| it.places.clone()));
    let row = move |place: Place| {
        let id = place.id;
        let name = place.name.clone();
        let done = move || {
            let (done, total) = work.with(|it| {
                let here = it.todos.iter().filter(|it| it.parent_id == id);
                (here.clone().filter(|it| it.completed).count(), here.count())
            });
            let whole = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
            let label = format!("{name}: {done} of {total} to-dos done");
            view! {
                <span class="xs quiet num">{done}" of "{total}</span>
                <span class="row done-bar"><Progress label=label value=percent(whole(done), whole(total)) class="grow" /></span>
            }
        };
        view! {
            <li>
                <a class="grow trunc" href=place.app_url target="_blank" rel="noreferrer">{place.name}</a>
                {done}
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="ov-lists">
            <div class="card__head"><h2 id="ov-lists">"Lists"</h2></div>
            <ul class="rows"><For each=move || places.get() key=whole children=row /></ul>
            <Show when=move || places.with(Vec::is_empty)><p class="none">"No lists yet."</p></Show>
        </section>
    }
}
