//! Keyboard hints.

use leptos::prelude::*;

/// Keys as they are pressed: `["⌘", "K"]`. Hidden from assistive technology, which hears the name of the control.
#[component]
pub fn Keys(
    /// The keys.
    keys: &'static [&'static str],
) -> impl IntoView {
    let key = |it: &&'static str| view! { <kbd class="kbd">{*it}</kbd> };
    view! { <span class="kbds" aria-hidden="true">{keys.iter().map(key).collect_view()}</span> }
}
