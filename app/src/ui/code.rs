//! Lines to copy, and values as they are.

use crate::ui::browser;
use crate::ui::icon::Icon;
use leptos::prelude::*;
use std::time::Duration;

/// A button that copies `text` and says so.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// Classes.
    #[prop(default = "btn btn--sm btn--ghost")]
    class: &'static str,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        browser::copy(&text.get_untracked());
        copied.set(true);
        set_timeout(move || copied.set(false), Duration::from_millis(1600));
    };
    view! {
        <button class=class type="button" on:click=copy>
            <Icon name="copy" />
            <span aria-live="polite">{move || if copied.get() { "Copied" } else { "Copy" }}</span>
        </button>
    }
}

/// Text as it is, with a name and a button that copies it.
#[component]
pub fn Code(
    /// What it is: "Step output", "Send this".
    #[prop(into)]
    label: String,
    /// The text.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="code">
            <div class="code__bar">
                <span class="grow trunc">{label.clone()}</span>
                <CopyButton text=text />
            </div>
            <pre tabindex="0" role="group" aria-label=label>{move || text.get()}</pre>
        </div>
    }
}
