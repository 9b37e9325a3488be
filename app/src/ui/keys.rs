//! Keyboard hints, and whether single keys are shortcuts.

use crate::ui::browser;
use leptos::prelude::*;

/// The command key of a Mac. Elsewhere it is the one with the next words on it.
const COMMAND: &str = "⌘";
const CONTROL: &str = "Ctrl";

/// Keys as they are pressed: `["⌘", "K"]`, of which people without a Mac read "Ctrl K". Hidden from assistive technology,
/// which hears the name of the control.
#[component]
pub fn Keys(
    /// The keys.
    keys: &'static [&'static str],
) -> impl IntoView {
    let key = |it: &&'static str| {
        let key = *it;
        if key.contains(COMMAND) {
            view! {
                <kbd class="kbd kbd--mac">{key}</kbd>
                <kbd class="kbd kbd--other">{key.replace(COMMAND, CONTROL)}</kbd>
            }
            .into_any()
        } else {
            view! { <kbd class="kbd">{key}</kbd> }.into_any()
        }
    };
    view! { <span class="kbds" aria-hidden="true">{keys.iter().map(key).collect_view()}</span> }
}

/// What the computer's keys are like: `mac` where commands have a key of their own.
pub fn mark_keys() {
    let platform = window().navigator().platform().unwrap_or_default();
    if ["Mac", "iPhone", "iPad"].iter().any(|it| platform.starts_with(it)) {
        browser::mark_root("data-keys", Some("mac"));
    }
}

/// Where this browser keeps that single keys are letters and nothing else.
const KEYS: &str = "pmos-single-keys";

/// Whether single keys do something here.
pub fn has_single_keys() -> bool {
    browser::kept(KEYS).is_none()
}

/// Lets single keys do something, or nothing any more, in this browser.
pub fn allow_single_keys(allowed: bool) {
    browser::keep(KEYS, if allowed { "" } else { "off" });
}
