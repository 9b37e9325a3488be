//! Earlier runs of the open flow, to see on the canvas.

use super::store::Studio;
use crate::live::use_live;
use crate::runs::server_fns::list_runs;
use crate::runs::words::look;
use crate::ui::badge::Status;
use crate::ui::disclosure::Disclosure;
use crate::ui::here::loaded_here;
use crate::ui::time::{parse_time, use_now};
use domain::event::Topic;
use domain::flow::listing::RunFilter;
use domain::flow::run::Run;
use leptos::prelude::*;

/// Runs that are offered.
const MOST: u32 = 20;

/// The newest runs; each leads to itself on the canvas.
#[component]
pub fn PastRuns(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let version = use_live().version(Topic::FlowRun);
    let id = studio.flow.with_untracked(|it| it.id.clone());
    let runs = loaded_here(move || {
        version.track();
        let filter =
            RunFilter { flow_id: Some(id.clone()), limit: Some(MOST), ..RunFilter::default() };
        list_runs(filter)
    });
    let now = use_now();
    let row = move |run: Run| {
        let at = parse_time(&run.created);
        let href = format!("/flows/{}?run={}", run.flow_id, run.id);
        let kind = run.kind().words();
        let (state, word) = look(&run);
        view! {
            <li class="row sm">
                <Status state=state />
                <a class="link" href=href>{move || at.map(|it| now.get().clock(it))}</a>
                <span class="quiet">{word}</span>
                {kind.map(|it| view! { <span class="badge push">{it}</span> })}
            </li>
        }
    };
    let list = move || match runs.get() {
        Some(Ok(page)) if page.data.is_empty() => {
            view! { <p class="hint">"It has not run yet."</p> }.into_any()
        }
        Some(Ok(page)) => {
            view! { <ul class="stack">{page.data.into_iter().map(row).collect_view()}</ul> }
                .into_any()
        }
        Some(Err(error)) => {
            view! { <p class="error" role="alert">{error.to_string()}</p> }.into_any()
        }
        None => view! { <span class="skel" style="inline-size: 60%"></span> }.into_any(),
    };
    view! { <Disclosure summary="See an earlier run here"><div style="padding-block: 0.375rem">{list}</div></Disclosure> }
}
