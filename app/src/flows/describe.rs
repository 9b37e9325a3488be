//! A flow described in words: the assistant makes it on the canvas, beside it.

use super::list::use_asked_flow;
use crate::session;
use crate::ui::button::{Button, Kind, Size};
use crate::ui::icon::Icon;
use domain::actor::Permission;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// What the assistant is asked. Words that speak of a flow already are sent as they are.
fn request(words: &str) -> Option<String> {
    let words = words.trim();
    let speaks_of_it =
        words.split(|it: char| !it.is_alphanumeric()).any(|it| it.eq_ignore_ascii_case("flow"));
    let mut letters = words.chars();
    let first = letters.next()?;
    if speaks_of_it {
        return Some(words.to_owned());
    }
    Some(format!("Create a flow that {}{}", first.to_lowercase(), letters.as_str()))
}

/// One line for what a flow should do, and the way to it.
#[component]
pub fn Describe() -> impl IntoView {
    let may = session::can(Permission::Write);
    let (busy, make) = use_asked_flow();
    let words = RwSignal::new(String::new());
    let build = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(request) =
            words.with_untracked(|it| request(it)).filter(|_| !busy.get_untracked())
        {
            make.run(Some(request));
        }
    };
    view! {
        <Show when=move || may.get()>
            <form class="describe" on:submit=build>
                <span class="tile tile--iris" aria-hidden="true"><Icon name="assistant" /></span>
                <label class="sr" for="describe">"Describe the flow you want"</label>
                <input
                    class="input input--lg"
                    id="describe"
                    autocomplete="off"
                    required=true
                    placeholder="Describe it: every Friday at 16:00, tell me to write the report"
                    prop:value=move || words.get()
                    on:input=move |event| words.set(event_target_value(&event))
                />
                <Button kind=Kind::Primary size=Size::Large r#type="submit" busy=busy>"Build it"</Button>
            </form>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::request;

    #[test]
    fn words_become_a_request_for_a_flow() {
        let asked = |words| request(words).unwrap_or_default();
        assert_eq!(asked(" Every Friday tell me X "), "Create a flow that every Friday tell me X");
        assert_eq!(asked("Make a flow called Intake"), "Make a flow called Intake");
        assert_eq!(asked("Über uns"), "Create a flow that über uns");
        assert_eq!(request("  "), None);
    }
}
