//! Skeletons in the shape of what is coming. They appear after 300 ms, so that quick answers show none.

use leptos::prelude::*;

/// Rows of a list.
#[component]
pub fn RowsSkeleton(
    /// How many.
    #[prop(default = 4)]
    count: usize,
) -> impl IntoView {
    let widths = [72, 58, 66, 49, 61];
    let row = move |at: usize| {
        let width = widths.get(at % widths.len()).copied().unwrap_or(60);
        view! {
            <li>
                <span class="skel" style="inline-size: 1rem; block-size: 1rem"></span>
                <span class="grow stack">
                    <span class="skel" style=format!("inline-size: {width}%")></span>
                    <span class="skel" style="inline-size: 34%; block-size: 0.5rem"></span>
                </span>
                <span class="skel" style="inline-size: 3rem"></span>
            </li>
        }
    };
    view! { <ul class="rows" aria-busy="true" aria-label="Loading">{(0..count).map(row).collect_view()}</ul> }
}

/// A card with rows.
#[component]
pub fn CardSkeleton(
    /// How many rows.
    #[prop(default = 4)]
    count: usize,
) -> impl IntoView {
    view! {
        <div class="card">
            <div class="card__head"><span class="skel" style="inline-size: 9rem"></span></div>
            <RowsSkeleton count=count />
        </div>
    }
}

/// A page with a title and a card.
#[component]
pub fn PageSkeleton() -> impl IntoView {
    view! {
        <div class="page" aria-busy="true">
            <div class="page__head">
                <div class="page__t"><span class="skel" style="inline-size: 14rem; block-size: 1.5rem"></span></div>
            </div>
            <CardSkeleton count=5 />
        </div>
    }
}
