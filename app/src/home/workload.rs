//! Who has how much to do: what is late, what is due this week, and the rest.

use crate::error::AppError;
use crate::ui::person::Avatar;
use crate::ui::problem::Loaded;
use crate::ui::progress::percent;
use crate::ui::skeleton::RowsSkeleton;
use domain::home::Glance;
use domain::project::Workload;
use domain::words::count;
use leptos::prelude::*;

/// How many people are shown.
const SHOWN: usize = 6;

/// The card.
#[component]
pub(crate) fn WorkloadCard(glance: Resource<Result<Glance, AppError>>) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="h-wl">
            <div class="card__head">
                <h2 id="h-wl">"Workload"</h2>
                <a class="btn btn--sm btn--ghost push" href="/people">"All people"</a>
            </div>
            <Loaded of=glance skeleton=|| view! { <RowsSkeleton count=4 /> } let:glance>
                <Loads loads=glance.loads is_read=glance.is_read />
            </Loaded>
        </section>
    }
}

#[component]
fn Loads(loads: Vec<Workload>, is_read: bool) -> impl IntoView {
    if loads.is_empty() {
        let words = if is_read {
            "Nobody has an open to-do."
        } else {
            "Known once Basecamp is connected and was read."
        };
        return view! { <p class="none">{words}</p> }.into_any();
    }
    let most = loads.iter().map(|it| it.open).max().unwrap_or_default();
    let (people, late) = (loads.len(), loads.iter().filter(|it| it.overdue > 0).count());
    let rows = loads.into_iter().take(SHOWN).map(|it| view! { <Load load=it most=most /> });
    view! {
        <ul class="rows loads">{rows.collect_view()}</ul>
        <div class="card__foot">
            <ul class="legend grow">
                <li><i style="--k: var(--viz-5)"></i>"Overdue"</li>
                <li><i style="--k: var(--viz-1)"></i>"Next 7 days"</li>
                <li><i style="--k: var(--line-strong)"></i>"Later"</li>
            </ul>
            <span class="xs quiet">{sum(people, late)}</span>
        </div>
    }
    .into_any()
}

/// How many people have something to do, and how many of them are late.
fn sum(people: usize, late: usize) -> String {
    let all = count(people, "person", "people");
    if late == 0 { format!("{all}, nobody late") } else { format!("{all}, {late} late") }
}

/// What one person has to do, in words.
fn words(load: &Workload) -> String {
    format!(
        "{}: {} open, {} overdue, {} due in 7 days",
        load.person.name, load.open, load.overdue, load.due_soon
    )
}

#[component]
fn Load(load: Workload, most: u32) -> impl IntoView {
    let label = words(&load);
    let name = load.person.name.clone();
    let late = (load.overdue > 0)
        .then(|| view! { <b class="bad med">{format!(", {} late", load.overdue)}</b> });
    let width = |it: u32| format!("inline-size: {}%", percent(it, most));
    let rest = load.open.saturating_sub(load.overdue).saturating_sub(load.due_soon);
    view! {
        <li>
            <Avatar name=name.clone() decorative=true />
            <span class="grow">
                <span class="row">
                    <a class="grow trunc cover" href="/people">{name}</a>
                    <span class="xs quiet num">{format!("{} open", load.open)}{late}</span>
                </span>
                <span class="loadbar" role="img" aria-label=label>
                    <span style=width(load.overdue) data-part="late"></span>
                    <span style=width(load.due_soon) data-part="soon"></span>
                    <span style=width(rest)></span>
                </span>
            </span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::project::Person;

    #[test]
    fn a_bar_says_in_words_what_it_shows() {
        let person = Person { id: 1, name: "Ben Okafor".to_owned(), email: None, title: None };
        let load = Workload { person, open: 9, overdue: 2, due_soon: 3 };
        assert_eq!(words(&load), "Ben Okafor: 9 open, 2 overdue, 3 due in 7 days");
        assert_eq!(sum(1, 0), "1 person, nobody late");
        assert_eq!(sum(4, 2), "4 people, 2 late");
    }
}
