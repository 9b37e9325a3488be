//! Icons: drawn inline, so that they take the colour of the text and need no request.

use crate::ui::icons_table::ICONS;
use leptos::prelude::*;

/// The paths of `name`; nothing for a name that is not in the set.
pub(crate) fn paths(name: &str) -> &'static str {
    ICONS
        .binary_search_by_key(&name, |it| it.0)
        .ok()
        .and_then(|at| ICONS.get(at))
        .map_or("", |it| it.1)
}

/// The name as the set has it; none for one that is not in it.
pub(crate) fn known(name: &str) -> Option<&'static str> {
    let at = ICONS.binary_search_by_key(&name, |it| it.0).ok()?;
    ICONS.get(at).map(|it| it.0)
}

/// An icon beside a word, hidden from assistive technology. Sizes by class: `icon--sm`, `icon--md`, `icon--lg`.
#[component]
pub fn Icon(
    /// A name of the set: `home`, `check`, `circle-x`.
    #[prop(into)]
    name: Signal<&'static str>,
    /// More classes.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let class = if class.is_empty() { "icon".to_owned() } else { format!("icon {class}") };
    view! { <svg class=class viewBox="0 0 24 24" aria-hidden="true" inner_html=move || paths(name.get())></svg> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order_so_that_each_is_found() {
        assert!(ICONS.is_sorted_by_key(|it| it.0));
        assert!(ICONS.iter().all(|(name, _)| !paths(name).is_empty()));
    }

    #[test]
    fn an_unknown_name_draws_nothing() {
        assert_eq!(paths("no-such-icon"), "");
    }
}
