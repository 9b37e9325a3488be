//! The runs of today in figures, each of which leads to what it counts.

use super::server_fns::load_run_figures;
use crate::ui::badge::{State, Status};
use crate::ui::kept::Kept;
use crate::ui::time::{duration, use_now};
use domain::flow::run::RunFigures;
use leptos::prelude::*;

/// The figures; they follow what happens. `changes` grows with every run.
#[component]
pub fn Figures(
    /// Grows with every event of a run.
    changes: Signal<u64>,
) -> impl IntoView {
    let now = use_now();
    let midnight = Memo::new(move |_| now.get().midnight(0));
    let figures = Resource::new(
        move || (changes.get(), midnight.get()),
        |(_, since)| load_run_figures(since),
    );
    view! {
        <Kept of=figures skeleton=|| view! { <Row of=Signal::stored(None) /> } let:figures>
            <Row of=figures />
        </Kept>
    }
}

#[component]
fn Row(of: Signal<Option<RunFigures>>) -> impl IntoView {
    let number = move |which: fn(&RunFigures) -> u64| {
        move || of.with(|it| it.as_ref().map_or_else(|| "–".to_owned(), |it| which(it).to_string()))
    };
    let typical = move || {
        let typical = of.with(|it| it.as_ref().and_then(|it| it.typical));
        typical.map_or_else(|| "–".to_owned(), duration)
    };
    view! {
        <section class="card stats stats--5" aria-label="Runs of today">
            <a class="stat" href="/runs?when=today">
                <span class="stat__l">"Today"</span>
                <span class="stat__v">{number(|it| it.started)}</span>
            </a>
            <div class="stat">
                <span class="stat__l"><Status state=State::Succeeded />"Succeeded"</span>
                <span class="stat__v">{number(|it| it.succeeded)}</span>
            </div>
            <a class="stat" href="/runs?state=failed&when=today">
                <span class="stat__l"><Status state=State::Failed />"Failed"</span>
                <span class="stat__v">{number(|it| it.failed)}</span>
            </a>
            <a class="stat" href="/runs?state=waiting">
                <span class="stat__l"><Status state=State::Waiting />"Waiting now"</span>
                <span class="stat__v">{number(|it| it.waiting)}</span>
            </a>
            <div class="stat">
                <span class="stat__l">"Typical run"</span>
                <span class="stat__v">{typical}</span>
            </div>
        </section>
    }
}
