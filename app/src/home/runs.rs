//! What flows did lately.

use crate::error::AppError;
use crate::ui::badge::{State, Status};
use crate::ui::button::ButtonLink;
use crate::ui::empty::Empty;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::{Ago, Moment, parse_time};
use domain::flow::listing::Page;
use domain::flow::run::Run;
use leptos::prelude::*;

/// How many rows the card shows.
const ROWS: usize = 5;
const DAY_MS: i64 = 86_400_000;

/// How many of `runs` failed in the last 24 hours.
pub(crate) fn failed_lately(runs: &[Run], now: Moment) -> usize {
    let lately = since_yesterday(runs, now);
    lately.iter().filter(|it| State::from(it.status) == State::Failed).count()
}

/// Those of `runs` that began in the last 24 hours.
pub(crate) fn since_yesterday(runs: &[Run], now: Moment) -> Vec<&Run> {
    let is_recent = |it: &&Run| parse_time(&it.created).is_some_and(|at| now.now_ms - at < DAY_MS);
    runs.iter().filter(is_recent).collect()
}

/// The card.
#[component]
pub(crate) fn RunsCard(runs: Resource<Result<Page<Run>, AppError>>) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="h-runs">
            <div class="card__head">
                <h2 id="h-runs">"Recent runs"</h2>
                <a class="btn btn--sm btn--ghost push" href="/runs">"All runs"</a>
            </div>
            <Loaded of=runs skeleton=|| view! { <RowsSkeleton count=3 /> } let:page>
                <Rows runs=page.data />
            </Loaded>
        </section>
    }
}

#[component]
fn Rows(runs: Vec<Run>) -> impl IntoView {
    if runs.is_empty() {
        return view! {
            <Empty icon="runs" title="No runs yet" body="A flow does a job for you when something happens. Its runs appear here.">
                <ButtonLink href="/flows">"Open flows"</ButtonLink>
            </Empty>
        }
        .into_any();
    }
    let row = |run: Run| {
        view! {
            <li>
                <Status state=State::from(run.status) />
                <a class="grow cover trunc" href=format!("/runs/{}", run.id)>{run.flow_name}</a>
                {parse_time(&run.created).map(|it| view! { <Ago at_ms=it /> })}
            </li>
        }
    };
    view! { <ul class="rows">{runs.into_iter().take(ROWS).map(row).collect_view()}</ul> }.into_any()
}
