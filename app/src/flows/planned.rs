//! What a dry run would have changed.

use super::store::Studio;
use crate::runs::facts::facts;
use crate::runs::timeline::{Entry, flat, timeline};
use crate::runs::words::count;
use domain::flow::run::{NOT_DONE, Run, Trial};
use leptos::prelude::*;

/// One change that was not made.
#[derive(Clone, Debug, PartialEq)]
struct Planned {
    entry: Entry,
}

fn planned(entries: &[Entry]) -> Vec<Planned> {
    let passed_over = |it: &&Entry| {
        it.output.as_ref().is_some_and(|it| it.warnings.iter().any(|it| it == NOT_DONE))
    };
    flat(entries).into_iter().filter(passed_over).map(|it| Planned { entry: it.clone() }).collect()
}

/// Whether nothing was changed by the run.
pub fn is_dry(run: &Run) -> bool {
    run.trial == Some(Trial::Dry)
}

/// "3 things would change".
pub fn summary(studio: Studio) -> Option<String> {
    let number = studio.run.with(|open| {
        let open = open.as_ref().filter(|it| is_dry(&it.run))?;
        Some(planned(&timeline(&open.version, &open.run)).len())
    })?;
    Some(match number {
        0 => "Dry run: nothing would change".to_owned(),
        some => format!("Dry run: {} would change", count(some, "thing", "things")),
    })
}

/// The panel beside a dry run: each change with its values.
#[component]
pub fn PlannedPanel(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let all = Memo::new(move |_| {
        studio.run.with(|open| {
            let open = open.as_ref();
            open.map(|it| planned(&timeline(&it.version, &it.run))).unwrap_or_default()
        })
    });
    let row = move |it: Planned| {
        let card = it.entry.card;
        let step = card.name.clone();
        let lines = it.entry.output.map(|it| facts(&it.input)).unwrap_or_default();
        let lines = lines
            .into_iter()
            .map(|it| view! { <dt>{it.label}</dt> <dd>{it.text}</dd> })
            .collect_view();
        view! {
            <li class="stack">
                <button type="button" class="link" on:click=move |_| studio.open(&step)>
                    {format!("{}. {}", card.number, card.title)}
                </button>
                <dl class="facts facts--tight">{lines}</dl>
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
