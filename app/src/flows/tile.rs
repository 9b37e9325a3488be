//! The small square beside a step or a flow: letters or an icon on a hue.

use super::cards::Look;
use crate::ui::icon::Icon;
use domain::flow::catalog::Tile;
use leptos::prelude::*;

/// The mark of a piece.
#[component]
pub fn PieceTile(
    /// Hue and what stands on it.
    #[prop(into)]
    look: Signal<Look>,
    /// `tile--sm`, `tile--xs`.
    #[prop(optional)]
    size: &'static str,
) -> impl IntoView {
    let face = move || match look.get().tile {
        Tile::Icon(name) => view! { <Icon name=name /> }.into_any(),
        Tile::Monogram(letters) => letters.into_any(),
    };
    let class = if size.is_empty() { "tile".to_owned() } else { format!("tile {size}") };
    view! {
        <span class=class style=move || format!("--tile-h: {}", look.get().hue) aria-hidden="true">
            {face}
        </span>
    }
}
