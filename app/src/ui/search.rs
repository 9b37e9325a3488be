//! The box that narrows a list by words.

use crate::ui::icon::Icon;
use leptos::prelude::*;

/// A search box; `words` follows it.
#[component]
pub fn SearchBox(
    /// What it looks through: "Search projects".
    label: &'static str,
    /// What is read inside while it is empty; the label when left out.
    #[prop(optional)]
    placeholder: Option<&'static str>,
    /// What was typed.
    words: RwSignal<String>,
    /// Only when the person has finished typing, for lists that ask the server.
    #[prop(optional)]
    when_done: bool,
) -> impl IntoView {
    view! {
        <div class="input-wrap">
            <Icon name="search" />
            <input
                class="input"
                type="search"
                placeholder=placeholder.unwrap_or(label)
                aria-label=label
                prop:value=move || words.get()
                on:input=move |event| {
                    if !when_done {
                        words.set(event_target_value(&event));
                    }
                }
                on:change=move |event| words.set(event_target_value(&event))
            />
        </div>
    }
}
