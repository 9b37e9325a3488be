//! Failed runs tried again together, after asking.

use super::server_fns::retry_failed_runs;
use super::words::count;
use crate::ui::button::{Button, Kind, Size};
use crate::ui::dialog::Dialog;
use crate::ui::toast::{Toasts, use_toasts};
use domain::flow::listing::RunFilter;
use domain::flow::run::Retried;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What became of them, in words.
fn said(toasts: Toasts, done: &Retried) {
    let started = format!("{} tried again", count(done.started, "run is", "runs are"));
    match &done.why {
        None => toasts.say(started),
        Some(why) => {
            let not = count(done.refused, "was not", "were not");
            toasts.failed(format!("{started}, {not}. {why}"));
        }
    }
}

/// "Retry 4 failed": the runs in the list that failed and that nobody tried again.
#[component]
pub fn RetryFailed(
    /// How many there are.
    #[prop(into)]
    many: Signal<usize>,
    /// What is listed now.
    #[prop(into)]
    filter: Callback<(), RunFilter>,
) -> impl IntoView {
    let (asks, busy) = (RwSignal::new(false), RwSignal::new(false));
    let toasts = use_toasts();
    let title = Signal::derive(move || {
        format!("Retry {}?", count(many.get(), "failed run", "failed runs"))
    });
    let retry = move |_| {
        busy.set(true);
        let filter = filter.run(());
        spawn_local(async move {
            match retry_failed_runs(filter).await {
                Ok(done) => said(toasts, &done),
                Err(error) => toasts.refused(&error),
            }
            busy.try_set(false);
            asks.try_set(false);
        });
    };
    view! {
        <Show when=move || { many.get() > 0 }>
            <div class="toolbar">
                <p class="sm muted">{move || format!("{} here failed and nobody tried again.", count(many.get(), "run", "runs"))}</p>
                <Button icon="refresh" size=Size::Small busy=busy on:click=move |_| asks.set(true)>
                    {move || format!("Retry {} failed", many.get())}
                </Button>
            </div>
        </Show>
        <Dialog open=asks title=title>
            <div class="dialog__body">
                <p>
                    "Each goes on from the step that failed, with the results of the steps that finished, so nothing happens twice. \
                     It uses the version it ran with."
                </p>
            </div>
            <div class="dialog__foot">
                <Button kind=Kind::Ghost on:click=move |_| asks.set(false) attr:autofocus=true>"Not now"</Button>
                <Button kind=Kind::Primary busy=busy on:click=retry>
                    {move || format!("Retry {}", count(many.get(), "run", "runs"))}
                </Button>
            </div>
        </Dialog>
    }
}
