//! What happens when a step fails.

use super::store::Studio;
use crate::ui::choice::Switch;
use crate::ui::disclosure::Disclosure;
use domain::flow::{ActionKind, ErrorHandling, tree};
use leptos::prelude::*;

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
    let set_retry = move |on| {
        studio.change_failure(&key.get_value(), |it| it.retry_on_failure.value = Some(on))
    };
    let set_go_on = move |on| {
        studio.change_failure(&key.get_value(), |it| it.continue_on_failure.value = Some(on))
    };
    view! {
        <Disclosure summary="If it fails">
            <div class="stack" style="padding-block: 0.375rem">
                <Switch on=retries change=set_retry>"Try again up to 3 times"</Switch>
                <Switch on=goes_on change=set_go_on>"Carry on with the next step"</Switch>
                <p class="hint">
                    {move || {
                        if goes_on.get() {
                            "The run goes on and ends as finished. Later steps see no value of this one."
                        } else {
                            "The run stops here, and can be retried from this step."
                        }
                    }}
                </p>
            </div>
        </Disclosure>
    }
}
