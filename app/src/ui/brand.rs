//! The mark of PM OS.

use leptos::prelude::*;

/// The logo.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 28 28" aria-hidden="true">
            <rect width="28" height="28" rx="8" fill="var(--accent)"></rect>
            <path
                d="M9.5 21V8.5h5.75a4.25 4.25 0 0 1 0 8.5H13"
                fill="none"
                stroke="var(--on-accent)"
                stroke-width="2.2"
                stroke-linecap="round"
                stroke-linejoin="round"
            ></path>
            <circle cx="19.5" cy="20.5" r="1.9" fill="var(--on-accent)"></circle>
        </svg>
    }
}
