//! What happens when a step fails.

use super::store::Studio;
use crate::ui::choice::Switch;
use domain::flow::{ActionKind, ErrorHandling, RetryPolicy, tree};
use leptos::prelude::*;
use std::ops::RangeInclusive;

fn handling(studio: Studio, step: &str) -> ErrorHandling {
    let options = studio.flow.with(|it| match &tree::find(&it.version.trigger, step)?.kind {
        ActionKind::Piece(it) => it.error_handling_options.clone(),
        ActionKind::Code(it) => it.error_handling_options.clone(),
        ActionKind::Loop(_) | ActionKind::Router(_) => None,
    });
    options.unwrap_or_default()
}

/// Two switches: try again, go on.
#[component]
pub fn FailurePanel(
    /// The open flow.
    studio: Studio,
    /// The step.
    step: String,
) -> impl IntoView {
    let key = StoredValue::new(step);
    let now = Memo::new(move |_| handling(studio, &key.get_value()));
    let retries = Signal::derive(move || now.with(|it| it.retry_on_failure.value == Some(true)));
    let goes_on = Signal::derive(move || now.with(|it| it.continue_on_failure.value == Some(true)));
    let policy = Signal::derive(move || now.with(|it| it.retry_policy.unwrap_or_default()));
    let set_retry = move |on| {
        studio.change_failure(&key.get_value(), |it| it.retry_on_failure.value = Some(on))
    };
    let set_go_on = move |on| {
        studio.change_failure(&key.get_value(), |it| it.continue_on_failure.value = Some(on))
    };
    view! {
        <div class="config__panel" id="cp-fail" role="tabpanel" aria-labelledby="ct-fail">
            <fieldset class="config__body" disabled=move || !studio.is_editing()>
                <Switch on=retries change=set_retry>"Try again"</Switch>
                <Show when=move || retries.get()>
                    <Patience studio=studio step=key policy=policy />
                </Show>
                <Switch on=goes_on change=set_go_on>"Carry on with the next step"</Switch>
                <p class="hint">
                    {move || {
                        if goes_on.get() {
                            "The run goes on and ends as finished. Later steps see no value of this one, only its error."
                        } else {
                            "The run stops here, and can be retried from this step."
                        }
                    }}
                </p>
            </fieldset>
        </div>
    }
}

/// How often and how patiently.
#[component]
fn Patience(
    /// The open flow.
    studio: Studio,
    /// The step.
    step: StoredValue<String>,
    /// What holds now.
    policy: Signal<RetryPolicy>,
) -> impl IntoView {
    let change = move |change: Box<dyn FnOnce(&mut RetryPolicy)>| {
        studio.change_failure(&step.get_value(), |it| {
            change(it.retry_policy.get_or_insert_default());
        });
    };
    let set_doubles = move |on: bool| change(Box::new(move |it| it.doubles = on));
    let doubles = Signal::derive(move || policy.get().doubles);
    view! {
        <Number
            step=step
            name="attempts"
            label="Tries in all"
            bounds=RetryPolicy::ATTEMPTS
            value=Signal::derive(move || policy.get().attempts)
            change=move |number| change(Box::new(move |it| it.attempts = number))
        />
        <Number
            step=step
            name="wait"
            label="Seconds before the second try"
            bounds=RetryPolicy::WAITS
            value=Signal::derive(move || policy.get().wait_seconds)
            change=move |number| change(Box::new(move |it| it.wait_seconds = number))
        />
        <Switch on=doubles change=set_doubles>"Wait twice as long before each next try"</Switch>
    }
}

/// A whole number within bounds; what is no such number is put back.
#[component]
fn Number(
    /// The step.
    step: StoredValue<String>,
    /// Unique in the step.
    name: &'static str,
    /// What people read.
    label: &'static str,
    /// The least and the most.
    bounds: RangeInclusive<u32>,
    /// What holds now.
    value: Signal<u32>,
    /// Called with what was chosen.
    change: impl Fn(u32) + 'static,
) -> impl IntoView {
    let id = format!("retry-{name}-{}", step.get_value());
    let (least, most) = (*bounds.start(), *bounds.end());
    let on_change = move |event| {
        let typed: Result<u32, _> = event_target_value(&event).trim().parse();
        change(typed.map_or_else(|_| value.get_untracked(), |it| it.clamp(least, most)));
    };
    view! {
        <div class="field">
            <label class="label" for=id.clone()>{label}</label>
            <input
                class="input"
                id=id
                type="number"
                min=least
                max=most
                prop:value=move || value.get()
                value=value.get_untracked()
                on:change=on_change
            />
        </div>
    }
}
