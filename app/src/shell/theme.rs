//! Light, dark, or as the system is.

use crate::ui::browser;
use crate::ui::icon::Icon;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The cookie that keeps the choice.
pub(crate) const COOKIE: &str = "pmos_theme";

/// Light, dark, or as the system is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Always light.
    Light,
    /// Always dark.
    Dark,
    /// As the system is.
    #[default]
    Auto,
}

impl Theme {
    /// Reads the word of the cookie; the system's for any other.
    pub fn parse(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::Auto,
        }
    }

    /// The word of the cookie.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Auto => "auto",
        }
    }

    /// Value of `data-theme`; absent for the system's.
    pub fn attribute(self) -> Option<&'static str> {
        (self != Self::Auto).then(|| self.as_str())
    }
}

/// The chosen theme, for everything inside the frame.
#[derive(Clone, Copy)]
pub struct CurrentTheme(pub RwSignal<Theme>);

/// Chooses a theme, at once and for later visits with this browser. Only inside the frame.
pub(crate) fn use_theme() -> Callback<Theme> {
    let CurrentTheme(current) = expect_context();
    Callback::new(move |theme: Theme| {
        current.set(theme);
        browser::mark_root("data-theme", theme.attribute());
        browser::remember(COOKIE, theme.as_str());
    })
}

/// Three buttons, the pressed one holds.
#[component]
pub fn ThemeChoice() -> impl IntoView {
    let CurrentTheme(current) = expect_context();
    let choose = use_theme();
    let button = move |(theme, icon, words): (Theme, &'static str, &'static str)| {
        view! {
            <button
                type="button"
                aria-pressed=move || (current.get() == theme).to_string()
                on:click=move |_| choose.run(theme)
            >
                <Icon name=icon class="icon--sm" />
                {words}
            </button>
        }
    };
    let themes = [
        (Theme::Light, "sun", "Light"),
        (Theme::Dark, "moon", "Dark"),
        (Theme::Auto, "monitor", "Auto"),
    ];
    view! {
        <div class="seg seg--sm" role="group" aria-label="Theme">{themes.map(button).collect_view()}</div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_word_means_the_system_decides() {
        assert_eq!(Theme::parse("dark"), Theme::Dark);
        assert_eq!(Theme::parse("\"><script>"), Theme::Auto);
        assert_eq!(Theme::Auto.attribute(), None);
    }
}
