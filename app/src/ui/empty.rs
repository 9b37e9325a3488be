//! A list without entries: the reason, and the one thing to do.

use crate::ui::person::Tile;
use leptos::prelude::*;

/// Says why there is nothing, and what to do. Children are the buttons.
#[component]
pub fn Empty(
    /// Drawn above.
    icon: &'static str,
    /// "No flows yet".
    #[prop(into)]
    title: String,
    /// Why, and what happens next.
    #[prop(into)]
    body: String,
    /// The one thing to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Tile name="" icon=icon size="tile--lg" tile_hue=224 />
            <h2>{title}</h2>
            <p>{body}</p>
            {children.map(|it| view! { <div class="row">{it()}</div> })}
        </div>
    }
}
