//! Starting a run by hand, with values to try the flow with.

use super::about::starts_by_webhook;
use super::address::sample_body;
use super::server_fns::start_run;
use super::store::Studio;
use crate::error::AppError;
use crate::ui::button::{Button, Kind};
use crate::ui::dialog::Dialog;
use crate::ui::problem::FormProblem;
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
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<String>);
    let failed = RwSignal::new(None::<AppError>);
    let navigate = use_navigate();
    Effect::new(move |_| {
        if open.get() {
            let body = if by_webhook.get_untracked() {
                untrack(|| sample_body(studio))
            } else {
                json!({})
            };
            text.set(serde_json::to_string_pretty(&body).unwrap_or_default());
            wrong.set(None);
        }
    });
    let start = move |_| {
        let payload = match payload(&text.get_untracked(), by_webhook.get_untracked()) {
            Ok(payload) => payload,
            Err(message) => return wrong.set(Some(message)),
        };
        let navigate = navigate.clone();
        let id = studio.flow.with_untracked(|it| it.id.clone());
        busy.set(true);
        spawn_local(async move {
            match start_run(id.clone(), payload).await {
                Ok(run) => {
                    open.try_set(false);
                    navigate(&format!("/flows/{id}?run={}", run.id), Default::default());
                }
                Err(error) => failed.set(Some(error)),
            }
            busy.try_set(false);
        });
    };
    view! {
        <Dialog open=open title="Test this flow">
            <div class="dialog__body stack stack--4">
                <p>"The steps run for real, with these values. Anything that asks for approval still waits for it."</p>
                <Values text=text wrong=wrong by_webhook=by_webhook />
                <FormProblem error=failed />
            </div>
            <div class="dialog__foot">
                <Button kind=Kind::Ghost on:click=move |_| open.set(false)>"Not now"</Button>
                <Button kind=Kind::Primary icon="play" busy=busy on:click=start>"Start the test"</Button>
            </div>
        </Dialog>
    }
}

/// The values as JSON.
#[component]
fn Values(
    text: RwSignal<String>,
    wrong: RwSignal<Option<String>>,
    by_webhook: Memo<bool>,
) -> impl IntoView {
    let label =
        move || if by_webhook.get() { "Body of the request" } else { "Values to start with" };
    view! {
        <div class="field">
            <label class="label" for="trial">{label}</label>
            <textarea
                class="textarea"
                id="trial"
                rows="6"
                spellcheck="false"
                aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
            ></textarea>
            {move || wrong.get().map(|it| view! { <p class="error" role="alert">{it}</p> })}
        </div>
    }
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
