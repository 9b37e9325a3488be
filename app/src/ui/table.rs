//! Tables: native, with a caption, inside a frame that scrolls rather than breaks.

use leptos::prelude::*;

/// A table. Children are `thead` and `tbody`.
#[component]
pub fn Table(
    /// What it lists, for assistive technology.
    #[prop(into)]
    caption: String,
    /// More classes: `table--cq`, `table--calm`.
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

/// A table whose rows become cards where there is no room, which is why it says the roles of its parts. A last column
/// holds what can be done with a row.
#[component]
pub fn StackTable(
    /// What it lists, for assistive technology.
    caption: &'static str,
    /// Words of each other column and its class: `p2` and `p3` are left out where it is narrow.
    columns: &'static [(&'static str, &'static str)],
    /// More classes: `table--calm`.
    #[prop(optional)]
    class: &'static str,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let head = |(words, class): &(&'static str, &'static str)| {
        let class = (!class.is_empty()).then_some(*class);
        view! { <th role="columnheader" class=class>{*words}</th> }
    };
    view! {
        <div class="table-wrap">
            <table role="table" class=format!("table table--stack table--cq {class}")>
                <caption class="sr">{caption}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        {columns.iter().map(head).collect_view()}
                        <th role="columnheader" class="fit"><span class="sr">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{children()}</tbody>
            </table>
        </div>
    }
}
