//! Getting a sample of what starts the flow: fetched, or heard.

use super::about::starts_by_webhook;
use super::address::WebhookAddress;
use super::samples::use_samples;
use super::store::{Saving, Studio};
use super::trial_fns::{fetch_trigger_sample, listen_for_request};
use crate::error::AppError;
use crate::ui::button::{Button, Kind};
use crate::ui::problem::FormProblem;
use domain::flow::TriggerKind;
use domain::flow::catalog::{BASECAMP, SCHEDULE};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Where samples of the trigger come from.
#[component]
pub fn TriggerSources(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let by_webhook = starts_by_webhook(studio);
    let tells = Memo::new(move |_| {
        studio.flow.with(|it| match &it.version.trigger.kind {
            TriggerKind::Piece(it) => matches!(it.piece_name.as_str(), BASECAMP | SCHEDULE),
            TriggerKind::Empty(_) => false,
        })
    });
    view! {
        <Show when=move || by_webhook.get()><Listen studio=studio /></Show>
        <Show when=move || tells.get() || by_webhook.get()>
            <Fetch studio=studio by_webhook=by_webhook />
        </Show>
    }
}

/// The newest thing that would start the flow, or that did.
#[component]
fn Fetch(studio: Studio, by_webhook: Memo<bool>) -> impl IntoView {
    let samples = use_samples();
    let (busy, wanted) = (RwSignal::new(false), RwSignal::new(false));
    let failed = RwSignal::new(None::<AppError>);
    let fetch = move || {
        let id = studio.flow.with_untracked(|it| it.id.clone());
        failed.set(None);
        spawn_local(async move {
            match fetch_trigger_sample(id).await {
                Ok(sample) => samples.put(sample),
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
            busy.try_set(false);
        });
    };
    Effect::new(move |_| {
        if wanted.get() && studio.saving.get() == Saving::Saved {
            wanted.set(false);
            fetch();
        }
    });
    let press = move |_| {
        busy.set(true);
        wanted.set(true);
        studio.send_now();
    };
    let words = move || if by_webhook.get() { "Take the last request" } else { "Fetch the newest" };
    view! {
        <div class="row">
            <Button kind=Kind::Plain icon="refresh" busy=busy on:click=press>{words}</Button>
        </div>
        <FormProblem error=failed />
    }
}

/// Waits for a request to the flow's address, published or not.
#[component]
fn Listen(studio: Studio) -> impl IntoView {
    let samples = use_samples();
    let listening = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let before = StoredValue::new(None::<String>);
    let heard = move || samples.of("trigger").map(|it| it.at);
    Effect::new(move |_| {
        let now = heard();
        if listening.get_untracked() && now != before.get_value() {
            listening.set(false);
        }
    });
    let listen = move |_| {
        busy.set(true);
        before.set_value(untrack(heard));
        let id = studio.flow.with_untracked(|it| it.id.clone());
        spawn_local(async move {
            match listen_for_request(id).await {
                Ok(_) => {
                    listening.try_set(true);
                }
                Err(error) => studio.toasts.failed(error.to_string()),
            }
            busy.try_set(false);
        });
    };
    view! {
        <WebhookAddress studio=studio />
        <Show
            when=move || listening.get()
            fallback=move || view! {
                <div class="row"><Button kind=Kind::Primary icon="play" busy=busy on:click=listen>"Listen for a request"</Button></div>
            }
        >
            <p class="sm" role="status">"Listening. Send a request to the address above within ten minutes; it appears here."</p>
        </Show>
    }
}
