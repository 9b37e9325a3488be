//! What there is to do when the assistant did not answer, or cannot.

use crate::chat::state::Chat;
use crate::error::AppError;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, ButtonLink, Kind, Size};
use crate::ui::callout::Callout;
use crate::ui::kept::of_loading;
use domain::assistant::Missing;
use domain::ids::MessageId;
use domain::problem::Problem;
use leptos::prelude::*;

/// The name of the built-in assistant as a model.
const BUILT_IN: &str = "builtin";

/// The ways on from an answer that failed; only below the last turn.
#[component]
pub fn AfterFailure(
    /// The turn that failed.
    turn: MessageId,
    /// Which model failed.
    model: String,
    /// The conversation.
    chat: Chat,
) -> impl IntoView {
    let question = of_loading(move |_| chat.question_of_last(&turn));
    let again = move |_| {
        if let Some(text) = question.try_get_untracked().flatten() {
            chat.say(text);
        }
    };
    let instead = move |_| {
        if let Some(text) = question.try_get_untracked().flatten() {
            chat.say_by_rules(text);
        }
    };
    let has_other = model != BUILT_IN;
    view! {
        <Show when=move || question.with(Option::is_some) && chat.working().is_none()>
            <div class="row row--wrap" role="group" aria-label="What now">
                <Button size=Size::Small icon="refresh" on:click=again>"Try again"</Button>
                {has_other.then(|| view! {
                    <Button size=Size::Small kind=Kind::Ghost icon="assistant" on:click=instead>"Let the built-in assistant answer"</Button>
                })}
            </div>
        </Show>
    }
}

/// What was chosen to answer cannot, what to do about it, and the way there; nothing while it can.
#[component]
pub fn CannotAnswer(
    /// The conversation.
    chat: Chat,
) -> impl IntoView {
    let missing =
        move || chat.answering.get().and_then(Result::ok).and_then(|answering| answering.missing);
    view! {
        <Transition fallback=|| ()>
            {move || missing().map(|it| view! { <Mend missing=it /> })}
        </Transition>
    }
}

/// Why the last words were not taken; with the way to where it is mended, where that is known.
#[component]
pub fn Refusal(
    /// Why.
    error: AppError,
) -> impl IntoView {
    match missing_of(&error) {
        Some(missing) => view! { <Mend missing=missing /> }.into_any(),
        None => view! { <p class="xs bad" role="alert">{error.words()}</p> }.into_any(),
    }
}

#[component]
fn Mend(missing: Missing) -> impl IntoView {
    let Missing { message, hint, fix_url } = missing;
    view! {
        <Callout tone=Tone::Warn title=message>
            <p>{hint}</p>
            <div class="callout__act"><ButtonLink size=Size::Small href=fix_url>"Open the assistant\u{2019}s settings"</ButtonLink></div>
        </Callout>
    }
}

/// What is missing, when that is what is wrong.
pub fn missing_of(error: &AppError) -> Option<Missing> {
    let message = error.to_string();
    match error.problem()? {
        Problem::NoModelKey { hint, fix_url } | Problem::NeedsSetup { hint, fix_url, .. } => {
            Some(Missing { message, hint: hint.clone(), fix_url: fix_url.clone() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_leads_to_where_it_is_mended() {
        let problem = Problem::NoModelKey {
            hint: "Add your key".to_owned(),
            fix_url: "/settings/assistant".to_owned(),
        };
        let missing = missing_of(&AppError::Problem(problem)).unwrap();
        assert_eq!(
            (missing.message.as_str(), missing.hint.as_str(), missing.fix_url.as_str()),
            ("No API key configured", "Add your key", "/settings/assistant")
        );
        assert_eq!(missing_of(&AppError::Offline), None);
        assert_eq!(missing_of(&AppError::Problem(Problem::NotSignedIn)), None);
    }
}
