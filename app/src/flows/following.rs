//! Runs that start while the studio is open: shown as they begin, when the person wants to see them.

use super::store::Studio;
use crate::live::use_live;
use crate::ui::button::{ButtonLink, IconButton, Size};
use domain::event::Topic;
use domain::flow::run::LIVE;
use domain::ids::RunId;
use leptos::prelude::*;

/// A line that says that the flow was started from outside, and leads to the run on the canvas.
#[component]
pub fn StartedBar(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let live = use_live();
    let (version, last) = (live.version(Topic::FlowRun), live.last(Topic::FlowRun));
    let started = RwSignal::new(None::<RunId>);
    Effect::new(move |before: Option<u64>| {
        let version = version.get();
        let event = last.get_untracked().filter(|_| before.is_some_and(|it| it != version));
        if let Some(event) = event {
            let text = |name: &str| event.data.get("detail")?.get(name)?.as_str();
            let is_mine = studio.flow.with_untracked(|it| text("flowId") == Some(it.id.as_str()));
            if is_mine && text("environment") == Some(LIVE) {
                started.set(Some(RunId::from(event.id)));
            }
        }
        version
    });
    Effect::new(move |_| {
        let shown = studio.run.with(|it| it.as_ref().map(|it| it.run.id.clone()));
        if shown.is_some() && started.get_untracked() == shown {
            started.set(None);
        }
    });
    move || {
        let run = started.get().filter(|_| studio.run.with(Option::is_none))?;
        let href = studio.flow.with_untracked(|it| format!("/flows/{}?run={run}", it.id));
        Some(view! {
            <div class="runbar" data-tone="live" role="status">
                <span class="grow"><b>"This flow has just started to run"</b></span>
                <ButtonLink size=Size::Small href=href>"Show it here"</ButtonLink>
                <IconButton icon="x" class="icon-btn--sm" label="Not now" on:click=move |_| started.set(None) />
            </div>
        })
    }
}
