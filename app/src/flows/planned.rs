//! What a dry run would have changed.

use super::store::Studio;
use crate::runs::readable::{Fact, given};
use crate::runs::timeline::{Entry, timeline, would_change};
use crate::runs::words::count;
use domain::flow::run::{Run, RunKind};
use leptos::prelude::*;

/// Whether nothing was changed by the run.
pub fn is_dry(run: &Run) -> bool {
    run.kind() == RunKind::Dry
}

/// The steps that would change something, each with what it would change.
fn planned(studio: Studio) -> Vec<(Entry, String)> {
    studio.run.with(|open| {
        let Some(open) = open.as_ref().filter(|it| is_dry(&it.run)) else { return Vec::new() };
        let entries = timeline(&open.version, &open.run);
        would_change(&entries)
            .into_iter()
            .map(|(it, would)| (it.clone(), would.to_owned()))
            .collect()
    })
}

/// "Dry run: 3 things would change"; none for another run.
pub fn summary(studio: Studio) -> Option<String> {
    studio.run.with(|open| open.as_ref().is_some_and(|it| is_dry(&it.run))).then(|| match planned(
        studio,
    )
    .len()
    {
        0 => "Dry run: nothing would change".to_owned(),
        some => format!("Dry run: {} would change", count(some, "thing", "things")),
    })
}

/// The panel beside a dry run: each change, and its values behind it.
#[component]
pub fn PlannedPanel(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let all = Memo::new(move |_| planned(studio));
    let line = |it: Fact| view! { <dt>{it.label}</dt> <dd>{it.text}</dd> };
    let row = move |(entry, would): (Entry, String)| {
        let card = entry.card;
        let step = card.name.clone();
        let lines = entry.output.map(|it| given(&it.input, &entry.names)).unwrap_or_default();
        view! {
            <li class="stack">
                <button type="button" class="link" on:click=move |_| studio.open(&step)>
                    {format!("{}. {}", card.number, card.title)}
                </button>
                {(would != card.title).then(|| view! { <p class="sm">{would}</p> })}
                <dl class="facts facts--tight">{lines.into_iter().map(line).collect_view()}</dl>
            </li>
        }
    };
    view! {
        <div class="config__head">
            <div class="grow">
                <h2 class="trunc">"What would change"</h2>
                <p class="xs quiet trunc">{move || summary(studio)}</p>
            </div>
        </div>
        <div class="config__panel">
            <div class="config__body">
                <p class="hint">"Nothing was changed or sent. Steps that would have been done gave their sample, or what they were given."</p>
                <ul class="stack stack--4" aria-label="What would change">{move || all.get().into_iter().map(row).collect_view()}</ul>
            </div>
        </div>
    }
}
