//! One disclosure deeper: details that most people do not need.

use crate::ui::icon::Icon;
use leptos::prelude::*;

/// Opens to its children.
#[component]
pub fn Disclosure(
    /// What is inside.
    #[prop(into)]
    summary: String,
    /// Open at first.
    #[prop(optional)]
    open: bool,
    /// The details.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="disclosure" open=open>
            <summary><Icon name="chev-right" class="tw" />{summary}</summary>
            {children()}
        </details>
    }
}
