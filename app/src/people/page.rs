//! `/people`: load per person, how they stand, how evenly work is spread.

use crate::people::moves::Moves;
use crate::people::server_fns::load_people;
use crate::projects::age::{Age, AgeLine, use_freshness};
use crate::projects::server_fns::load_projects;
use crate::projects::unconnected::Unconnected;
use crate::ui::badge::{Badge, Tone};
use crate::ui::callout::Callout;
use crate::ui::empty::Empty;
use crate::ui::kept::{Kept, whole};
use crate::ui::person::Avatar;
use crate::ui::progress::{Progress, percent};
use crate::ui::search::SearchBox;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::table::Table;
use domain::report::{PeopleStanding, PersonStanding};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The page.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let moved = RwSignal::new(0_u32);
    let people = Resource::new(move || moved.get(), |_| load_people());
    let projects = Resource::new(|| (), |()| load_projects());
    let freshness = use_freshness();
    view! {
        <Title text="People" />
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <h1>"People"</h1>
                    <p>"Who has how much to do, in every project you can see."</p>
                    <AgeLine of=freshness />
                </div>
            </div>
            <Age of=freshness />
            <Kept of=people skeleton=|| view! { <RowsSkeleton count=6 /> } let:found><Found found=found /></Kept>
            <Moves projects=projects moved=moved />
        </div>
    }
}

/// Everybody, or that Basecamp is not connected.
#[component]
fn Found(found: Signal<Option<Option<PeopleStanding>>>) -> impl IntoView {
    let is_connected = Memo::new(move |_| found.with(|it| !matches!(it, Some(None))));
    view! {
        <Show when=move || is_connected.get() fallback=|| view! { <Unconnected /> }><People found=found /></Show>
    }
}

#[component]
fn People(found: Signal<Option<Option<PeopleStanding>>>) -> impl IntoView {
    let words = wanted();
    let all = Memo::new(move |_| found.get().flatten().map(|it| it.people).unwrap_or_default());
    let fitting = Memo::new(move |_| {
        let words = words.get().trim().to_lowercase();
        let mut all = all.get();
        all.retain(|it| it.load.person.name.to_lowercase().contains(&words));
        all
    });
    let most = Memo::new(move |_| {
        all.with(|it| it.iter().map(|it| it.load.open).max().unwrap_or_default())
    });
    let balance = move || found.get().flatten().map(|it| view! { <Balance found=it /> });
    let none = || view! { <Empty icon="users" title="Nobody matches" body="Clear the search to see everybody." /> };
    view! {
        {balance}
        <div class="toolbar"><SearchBox label="Search people" words=words /></div>
        <Show when=move || fitting.with(|it| !it.is_empty()) fallback=none>
            <Table caption="People, the most loaded first" class="table--cq">
                <thead>
                    <tr>
                        <th>"Person"</th>
                        <th class="p2" style="inline-size: 11rem">"Load"</th>
                        <th class="end">"Open"</th>
                        <th class="end p2">"Next 7 days"</th>
                        <th class="end">"Late"</th>
                        <th class="end">"Health"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || fitting.get() key=whole let:it><Row standing=it most=most /></For>
                </tbody>
            </Table>
        </Show>
        <p class="xs quiet">
            "To-dos and cards of every project. Health is of 100, from what people have open, how soon they answer and what they finish; it is shown to themselves and to admins."
        </p>
    }
}

/// The words that narrow the list: the name in the address, and what is typed after that.
fn wanted() -> RwSignal<String> {
    let query = use_query_map();
    let named = Memo::new(move |_| query.with(|it| it.get("name").unwrap_or_default()));
    let words = RwSignal::new(named.get_untracked());
    Effect::watch(move || named.get(), move |name, _, _| words.set(name.clone()), false);
    words
}

/// How evenly work is spread, and what nobody has.
#[component]
fn Balance(found: PeopleStanding) -> impl IntoView {
    let free = match found.unassigned {
        0 => "Everything open has somebody.".to_owned(),
        1 => "1 open item has nobody.".to_owned(),
        many => format!("{many} open items have nobody."),
    };
    let (tone, title) = match found.balance.as_deref() {
        Some("excellent" | "good") => (Tone::Good, "Work is spread evenly"),
        Some("fair") => (Tone::Warn, "Some have more to do than others"),
        Some(_) => (Tone::Warn, "Work is spread unevenly"),
        None if found.people.len() < 2 => (Tone::Plain, "There is one person here"),
        None => (Tone::Plain, "Fewer than two people have open work"),
    };
    view! { <Callout tone=tone title=title><p>{free}</p></Callout> }
}

#[component]
fn Row(standing: PersonStanding, most: Memo<u32>) -> impl IntoView {
    let PersonStanding { load, health } = standing;
    let tone = if load.is_overloaded() { "bad" } else { "" };
    let late = if load.overdue > 0 { "bad med" } else { "" };
    let name = load.person.name.clone();
    let (open, label) = (load.open, format!("{name}: {} open", load.open));
    let health = match health {
        Some(score) => {
            let tone = match score {
                70.. => Tone::Good,
                50..70 => Tone::Warn,
                _ => Tone::Bad,
            };
            view! { <Badge tone=tone>{score}</Badge> }.into_any()
        }
        None => view! { <span class="quiet">"–"</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="name">
                <span class="row">
                    <Avatar name=name.clone() decorative=true />
                    <span class="grow"><span class="trunc">{name}</span><span class="sub trunc">{load.person.title}</span></span>
                </span>
            </td>
            <td class="p2">
                <div class="row">
                    {move || view! { <Progress label=label.clone() value=percent(open, most.get()) tone=tone class="grow" /> }}
                </div>
            </td>
            <td class="end num">{open}</td>
            <td class="end num p2">{load.due_soon}</td>
            <td class="end num"><span class=late>{load.overdue}</span></td>
            <td class="end">{health}</td>
        </tr>
    }
}
