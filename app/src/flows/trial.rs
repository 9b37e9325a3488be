//! Starting a run by hand, with values to try the flow with: for real, or without changing anything.

use super::about::starts_by_webhook;
use super::address::sample_body;
use super::server_fns::start_run;
use super::store::{Saving, Studio};
use super::trial_fns::start_dry_run;
use crate::error::AppError;
use crate::ui::button::{Button, Kind};
use crate::ui::choice::Switch;
use crate::ui::dialog::Dialog;
use crate::ui::problem::FormProblem;
use crate::ui::typed::JsonLines;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use serde_json::{Value, json};

/// What the trigger would give: for a webhook a request with `text` as its body.
fn payload(text: &str, by_webhook: bool) -> Result<Value, String> {
    let body: Value = serde_json::from_str(text)
        .map_err(|it| format!("This is not JSON. Look at line {}", it.line()))?;
    Ok(if by_webhook {
        json!({"method": "POST", "headers": {}, "queryParams": {}, "body": body})
    } else {
        body
    })
}

/// What the fields hold at first: the sample of the trigger, else what the steps read.
fn first_values(studio: Studio, by_webhook: bool) -> Value {
    let sample = studio.samples.with(|it| it.get("trigger").cloned());
    match (sample, by_webhook) {
        (Some(mut sample), true) => sample.get_mut("body").map(Value::take).unwrap_or_default(),
        (Some(sample), false) => sample,
        (None, true) => sample_body(studio),
        (None, false) => json!({}),
    }
}

/// Asks for the values and starts a run.
#[component]
pub fn TrialDialog(
    /// The open flow.
    studio: Studio,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let by_webhook = starts_by_webhook(studio);
    let text = RwSignal::new(String::new());
    let (busy, wanted) = (RwSignal::new(false), RwSignal::new(None::<Value>));
    let (dry, wrong) = (RwSignal::new(true), RwSignal::new(None::<String>));
    let failed = RwSignal::new(None::<AppError>);
    let navigate = use_navigate();
    Effect::new(move |_| {
        if open.get() {
            let body = untrack(|| first_values(studio, by_webhook.get()));
            text.set(serde_json::to_string_pretty(&body).unwrap_or_default());
            wrong.set(None);
        }
    });
    let start = move |_| match payload(&text.get_untracked(), by_webhook.get_untracked()) {
        Ok(payload) => {
            busy.set(true);
            wanted.set(Some(payload));
            studio.send_now();
        }
        Err(message) => wrong.set(Some(message)),
    };
    // What is typed in the settings is on the server before it is tested.
    Effect::new(move |_| {
        let Some(payload) = wanted.get().filter(|_| studio.saving.get() == Saving::Saved) else {
            return;
        };
        wanted.set(None);
        let navigate = navigate.clone();
        let id = studio.flow.with_untracked(|it| it.id.clone());
        let is_dry = dry.get_untracked();
        spawn_local(async move {
            let started = if is_dry {
                start_dry_run(id.clone(), payload).await
            } else {
                start_run(id.clone(), payload).await
            };
            match started {
                Ok(run) => {
                    open.try_set(false);
                    navigate(&format!("/flows/{id}?run={}", run.id), Default::default());
                }
                Err(error) => failed.set(Some(error)),
            }
            busy.try_set(false);
        });
    });
    view! {
        <Dialog open=open title="Test this flow">
            <div class="dialog__body stack stack--4">
                <HowFar dry=dry />
                <Values text=text wrong=wrong by_webhook=by_webhook />
                <FormProblem error=failed />
            </div>
            <div class="dialog__foot">
                <Button kind=Kind::Ghost on:click=move |_| open.set(false)>"Not now"</Button>
                <Button kind=Kind::Primary icon="play" busy=busy on:click=start>
                    {move || if dry.get() { "See what would change" } else { "Start the test" }}
                </Button>
            </div>
        </Dialog>
    }
}

/// Whether anything is changed.
#[component]
fn HowFar(dry: RwSignal<bool>) -> impl IntoView {
    let words = move || {
        if dry.get() {
            "Every step is walked with these values. What it would change in Basecamp or send is listed, not done."
        } else {
            "The steps run for real, with these values. Anything that asks for approval still waits for it."
        }
    };
    view! {
        <Switch on=dry change=move |on| dry.set(on)>"Dry run: change and send nothing"</Switch>
        <p>{words}</p>
    }
}

/// The values as JSON.
#[component]
fn Values(
    text: RwSignal<String>,
    wrong: RwSignal<Option<String>>,
    by_webhook: Memo<bool>,
) -> impl IntoView {
    let label = move || {
        if by_webhook.get() { "Body of the request" } else { "Values to start with" }.to_owned()
    };
    view! { <JsonLines id="trial" label=Signal::derive(label) value=text error=wrong /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_of_a_webhook_looks_like_a_request() {
        assert_eq!(
            payload(r#"{"name":"x"}"#, true),
            Ok(json!({"method": "POST", "headers": {}, "queryParams": {}, "body": {"name": "x"}}))
        );
        assert_eq!(payload("7", false), Ok(json!(7)));
        assert!(payload("{", false).is_err());
    }
}
