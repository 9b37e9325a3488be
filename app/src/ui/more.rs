//! Long lists: shown in parts, always saying how much of the whole is shown.

use crate::ui::button::{Button, Size};
use leptos::prelude::*;

/// "Showing 50 of 214" and a button for the next part; only the words when all is shown.
#[component]
pub fn LoadMore(
    /// How many are shown.
    #[prop(into)]
    shown: Signal<usize>,
    /// How many there are, where it is known.
    #[prop(optional, into)]
    total: Signal<Option<usize>>,
    /// Whether there is more.
    #[prop(into)]
    more: Signal<bool>,
    /// The next part is on its way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Called for the next part.
    #[prop(into)]
    load: Callback<()>,
) -> impl IntoView {
    let words = move || match total.get() {
        Some(total) => format!("Showing {} of {total}", shown.get()),
        None => format!("Showing {}", shown.get()),
    };
    view! {
        <div class="pager">
            <span role="status">{words}</span>
            <Show when=move || more.get()>
                <span class="push row">
                    <Button size=Size::Small busy=busy on:click=move |_| load.run(())>"Show more"</Button>
                </span>
            </Show>
        </div>
    }
}
