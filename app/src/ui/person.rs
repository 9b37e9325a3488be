//! People and apps as monograms on a hue of their own.

use crate::ui::icon::Icon;
use leptos::prelude::*;

/// First letters of the first and the last word, at most two.
pub fn initials(name: &str) -> String {
    let mut words =
        name.split_whitespace().filter_map(|it| it.chars().find(|letter| letter.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// A hue from 0 to 359, the same for the same name everywhere.
pub fn hue(name: &str) -> u32 {
    name.bytes().fold(7_u32, |all, byte| (all * 31 + u32::from(byte)) % 3600) % 360
}

/// How large: `avatar--xs`, `avatar--sm`, plain, `avatar--lg`.
#[component]
pub fn Avatar(
    /// Whose.
    #[prop(into)]
    name: String,
    /// `avatar--xs`, `avatar--sm`, `avatar--lg`.
    #[prop(default = "avatar--sm")]
    size: &'static str,
    /// The name stands beside it, so assistive technology need not hear it twice.
    #[prop(optional)]
    decorative: bool,
) -> impl IntoView {
    let style = format!("--tile-h: {}", hue(&name));
    let letters = initials(&name);
    let class = format!("avatar {size}");
    if decorative {
        view! { <span class=class style=style aria-hidden="true">{letters}</span> }.into_any()
    } else {
        view! { <span class=class style=style role="img" aria-label=name.clone() title=name>{letters}</span> }.into_any()
    }
}

/// Up to `most` people, then how many more.
#[component]
pub fn Avatars(
    /// Their names.
    names: Vec<String>,
    /// How many are shown.
    #[prop(default = 3)]
    most: usize,
    /// `avatar--xs` or `avatar--sm`.
    #[prop(default = "avatar--sm")]
    size: &'static str,
) -> impl IntoView {
    let more = names.len().saturating_sub(most);
    let shown = names
        .into_iter()
        .take(most)
        .map(|name| view! { <Avatar name=name size=size /> })
        .collect_view();
    let rest = (more > 0).then(|| {
        view! {
            <span class=format!("avatar {size} avatar--more")>
                <span aria-hidden="true">"+"{more}</span>
                <span class="sr">"and "{more}" more"</span>
            </span>
        }
    });
    view! { <span class="avatars">{shown}{rest}</span> }
}

/// A square for an app, a project or a workspace: its letters, or an icon.
#[component]
pub fn Tile(
    /// Whose hue and letters.
    #[prop(into)]
    name: String,
    /// `tile--xs`, `tile--sm`, `tile--lg`, `tile--iris`, `tile--plain`.
    #[prop(optional)]
    size: &'static str,
    /// Drawn in place of letters.
    #[prop(optional)]
    icon: &'static str,
    /// Fixed letters, as apps have: "Bc".
    #[prop(optional)]
    letters: &'static str,
    /// A fixed hue, as apps have.
    #[prop(optional)]
    tile_hue: Option<u32>,
) -> impl IntoView {
    let style = format!("--tile-h: {}", tile_hue.unwrap_or_else(|| hue(&name)));
    let inside = if !icon.is_empty() {
        view! { <Icon name=icon /> }.into_any()
    } else if letters.is_empty() {
        initials(&name).into_any()
    } else {
        letters.into_any()
    };
    view! { <span class=format!("tile {size}") style=style aria-hidden="true">{inside}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        assert_eq!(initials("Amara Osei"), "AO");
        assert_eq!(initials("Ana María Lopes Ferrer"), "AF");
        assert_eq!(initials("fernhill"), "F");
        assert_eq!(initials("Marlowe & Sons"), "MS");
        assert_eq!(initials(" "), "");
    }

    #[test]
    fn a_name_keeps_its_hue() {
        assert_eq!(hue("Amara Osei"), hue("Amara Osei"));
        assert!(hue("Lucía Ferrer") < 360);
    }
}
