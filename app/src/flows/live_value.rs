//! The value of a text with expressions, live below it.

use super::earlier::{Part, parts};
use super::samples::use_samples;
use super::text::Writing;
use super::tries::use_tries;
use crate::runs::readable::plain;
use crate::ui::icon::Icon;
use leptos::prelude::*;

/// What the text gives now with the samples of the steps before it, or what is wrong with it.
#[component]
pub fn LiveValue(
    /// The text.
    writing: Writing,
) -> impl IntoView {
    let (samples, tries) = (use_samples(), use_tries());
    let preview = Memo::new(move |_| {
        writing.typed.with(|text| samples.preview(&writing.step.get_value(), text))
    });
    move || {
        let preview = preview.get()?;
        let open = writing.typed.with(|it| unclosed(it));
        let wrong = preview.wrong.or(open).map(|it| {
            view! { <p class="live__wrong"><Icon name="alert" class="icon--sm" />{it}</p> }
        });
        let value = preview.value.map(|it| {
            view! { <p class="live__value"><span class="quiet">"Now: "</span>{plain(&it)}</p> }
        });
        let missing = preview.missing.first().cloned().map(|name| {
            let number = writing
                .studio
                .numbers()
                .into_iter()
                .find(|it| it.0 == name)
                .map(|it| it.1);
            match number {
                Some(number) => {
                    let words = format!("Test step {number} to see the value");
                    view! {
                        <button type="button" class="live__test" on:click=move |_| tries.see(&name)>{words}</button>
                    }
                    .into_any()
                }
                None => view! { <p class="live__wrong"><Icon name="alert" class="icon--sm" />{format!("Nothing is called {name} here")}</p> }
                    .into_any(),
            }
        });
        Some(view! { <div class="live">{value} {wrong} {missing}</div> })
    }
}

/// What is wrong with an expression that never ends, and where it begins.
fn unclosed(text: &str) -> Option<String> {
    let rest = parts(text).into_iter().find_map(|it| match it {
        Part::Text(text) => text.split_once("{{").map(|it| it.1.to_owned()),
        Part::Value(_) => None,
    })?;
    let begin: String = rest.chars().take(20).collect();
    Some(format!("“{{{{{begin}” does not end. Write }}}} after it, or it is sent as it stands"))
}

#[cfg(test)]
mod tests {
    use super::unclosed;

    #[test]
    fn an_expression_that_never_ends_says_where_it_begins() {
        assert_eq!(unclosed("Hi {{trigger.name}}"), None);
        let said = unclosed("Hi {{trigger.name}} and {{trigger.due").unwrap_or_default();
        assert!(said.starts_with("“{{trigger.due” does not end"), "{said}");
    }
}
