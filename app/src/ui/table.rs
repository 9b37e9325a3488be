//! Tables: native, with a caption, inside a frame that scrolls rather than breaks.

use leptos::prelude::*;

/// A table. Children are `thead` and `tbody`.
#[component]
pub fn Table(
    /// What it lists, for assistive technology.
    #[prop(into)]
    caption: String,
    /// More classes: `table--cq`, `table--calm`, `table--stack`.
    #[prop(optional)]
    class: &'static str,
    /// Head and body.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="table-wrap">
            <table class=format!("table {class}")>
                <caption class="sr">{caption}</caption>
                {children()}
            </table>
        </div>
    }
}
