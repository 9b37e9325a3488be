//! The value of a text with expressions, live below it.

use super::samples::use_samples;
use super::text::Writing;
use crate::runs::facts::plain;
use crate::ui::icon::Icon;
use leptos::prelude::*;

/// What the text gives now with the samples of the steps before it, or what is wrong with it.
#[component]
pub fn LiveValue(
    /// The text.
    writing: Writing,
) -> impl IntoView {
    let samples = use_samples();
    let preview = Memo::new(move |_| {
        writing.typed.with(|text| samples.preview(&writing.step.get_value(), text))
    });
    move || {
        let preview = preview.get()?;
        let wrong = preview.wrong.map(|it| {
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
                        <button type="button" class="live__test" on:click=move |_| samples.open_test(&name)>{words}</button>
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
