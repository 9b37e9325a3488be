//! What stands around the to-dos of a project at a glance: what happened last, what comes, and the flows that work here.

use crate::projects::address::use_address;
use crate::projects::schedule::day_of;
use crate::ui::badge::{State, Status};
use crate::ui::icon::Icon;
use crate::ui::kept::whole;
use crate::ui::person::Avatar;
use crate::ui::time::{Ago, DayChip, Moment, parse_day, parse_time, use_now};
use domain::record::{Around, Coming, Deed, FlowHere, Kind, News};
use leptos::prelude::*;

/// What happened last.
#[component]
pub(crate) fn Latest(around: Memo<Around>) -> impl IntoView {
    let rows = Memo::new(move |_| around.with(|it| it.latest.clone()));
    let is_empty = move || rows.with(|it| it.as_ref().is_none_or(Vec::is_empty));
    let none = move || match rows.with(Option::is_some) {
        true => "Nothing has happened here yet.",
        false => "Basecamp does not say right now what happened.",
    };
    view! {
        <section class="card" aria-labelledby="ov-latest">
            <div class="card__head"><h2 id="ov-latest">"Latest"</h2></div>
            <ul class="rows">
                <For each=move || rows.get().unwrap_or_default() key=whole let:news>
                    <NewsRow news=news />
                </For>
            </ul>
            <Show when=is_empty><p class="none">{none}</p></Show>
        </section>
    }
}

/// The words at the end of a row.
pub(crate) fn end(deed: &Deed, now: Moment) -> String {
    match deed {
        Deed::Due(day) if !day.is_empty() => {
            let label = parse_day(day).map_or_else(|| day.clone(), |it| now.day_label(it));
            format!("is due {label} now")
        }
        other => other.end(),
    }
}

#[component]
fn NewsRow(news: News) -> impl IntoView {
    let now = use_now();
    let News { who, deed, title, item, app_url, at_ms, .. } = news;
    // Whose change it was and when it is due are two sentences, so the second stands alone.
    let who = who.filter(|_| !matches!(deed, Deed::Due(_) | Deed::Given(_)));
    let link = match item {
        Some(id) => {
            let href = use_address().item(id);
            view! { <a href=move || href.get()>{title}</a> }.into_any()
        }
        None if app_url.starts_with("http") => {
            view! { <a href=app_url target="_blank" rel="noreferrer">{title}</a> }.into_any()
        }
        None => view! { <span>{title}</span> }.into_any(),
    };
    let words = StoredValue::new(deed.clone());
    let last = move || words.with_value(|it| end(it, now.get()));
    let told = match who {
        Some(name) => view! {
            <Avatar name=name.clone() decorative=true />
            <span class="grow act"><b>{name}</b>" "{deed.active()}" "{link}" "{last}</span>
        }
        .into_any(),
        None => view! {
            <span class="tile tile--sm tile--plain" aria-hidden="true"><Icon name="todo" /></span>
            <span class="grow act">{link}" "{deed.passive()}" "{last}</span>
        }
        .into_any(),
    };
    view! { <li>{told}<Ago at_ms=at_ms /></li> }
}

/// What comes.
#[component]
pub(crate) fn ComingUp(around: Memo<Around>) -> impl IntoView {
    let rows = Memo::new(move |_| around.with(|it| it.coming.clone()));
    view! {
        <section class="card" aria-labelledby="ov-coming">
            <div class="card__head"><h2 id="ov-coming">"Coming up"</h2></div>
            <ul class="rows">
                <For each=move || rows.get() key=whole let:coming><ComingRow coming=coming /></For>
            </ul>
            <Show when=move || rows.with(Vec::is_empty)>
                <p class="none">"No date, to-do or card with a day lies ahead."</p>
            </Show>
        </section>
    }
}

#[component]
fn ComingRow(coming: Coming) -> impl IntoView {
    let now = use_now();
    let Coming { id, kind, title, at } = coming;
    let href = use_address().item(id);
    let at = StoredValue::new(at);
    let day = move || at.with_value(|it| day_of(it, now.get()));
    let what = move || {
        let hour = at.with_value(|it| parse_time(it)).map(|it| now.get().hour(it));
        match (kind, hour) {
            (Kind::Entry, Some(hour)) => hour,
            _ => kind.label().to_owned(),
        }
    };
    view! {
        <li>
            {move || day().map(|it| view! { <DayChip day=it /> })}
            <span class="grow">
                <a class="cover trunc block" href=move || href.get()>{title}</a>
                <span class="xs quiet block">{what}</span>
            </span>
        </li>
    }
}

/// Flows that work here.
#[component]
pub(crate) fn FlowsHere(around: Memo<Around>) -> impl IntoView {
    let rows = Memo::new(move |_| around.with(|it| it.flows.clone()));
    view! {
        <section class="card" aria-labelledby="ov-flows">
            <div class="card__head"><h2 id="ov-flows">"Flows here"</h2></div>
            <ul class="rows">
                <For each=move || rows.get() key=whole let:flow><FlowRow flow=flow /></For>
            </ul>
            <Show when=move || rows.with(Vec::is_empty)>
                <p class="none">"No flow works in this project yet. "<a href="/flows">"See all flows"</a></p>
            </Show>
        </section>
    }
}

#[component]
fn FlowRow(flow: FlowHere) -> impl IntoView {
    let FlowHere { id, name, is_live, last } = flow;
    let idle = if is_live { State::Published } else { State::Draft };
    let state = last.map_or(idle, |it| State::from(it.0));
    view! {
        <li>
            <Status state=state />
            <a class="grow cover trunc" href=format!("/flows/{id}")>{name}</a>
            {match last {
                Some((_, at_ms)) => view! { <Ago at_ms=at_ms /> }.into_any(),
                None => view! { <span class="due">"Not run yet"</span> }.into_any(),
            }}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_day_reads_as_people_say_it() {
        let now = Moment { now_ms: 1_771_407_960_000, offset_minutes: 0 };
        assert_eq!(end(&Deed::Due("2026-03-27".into()), now), "is due 27 Mar now");
        assert_eq!(end(&Deed::Due(String::new()), now), "has no day any more");
        assert_eq!(end(&Deed::Moved("Review".into()), now), "to Review");
    }
}
