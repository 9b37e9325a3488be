//! Callouts inside a page, banners above it.

use crate::ui::badge::Tone;
use crate::ui::icon::Icon;
use leptos::prelude::*;

fn icon_of(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain | Tone::Accent => "info",
        Tone::Iris => "wand",
        Tone::Good => "circle-check",
        Tone::Warn => "alert",
        Tone::Bad => "circle-x",
    }
}

/// Names the cause and offers the next action. Bad ones are announced.
#[component]
pub fn Callout(
    /// What it means.
    #[prop(optional)]
    tone: Tone,
    /// In place of the icon of the tone.
    #[prop(optional)]
    icon: &'static str,
    /// The news.
    #[prop(into)]
    title: String,
    /// Why, and buttons in a `callout__act`.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let icon = if icon.is_empty() { icon_of(tone) } else { icon };
    view! {
        <div
            class="callout"
            data-tone=(tone != Tone::Plain).then(|| tone.key())
            role=(tone == Tone::Bad).then_some("alert")
        >
            <Icon name=icon />
            <div>
                <strong>{title}</strong>
                {children.map(|it| it())}
            </div>
        </div>
    }
}

/// A line above the whole page.
#[component]
pub fn Banner(
    /// Drawn before the words.
    icon: &'static str,
    /// The words and the buttons.
    children: Children,
) -> impl IntoView {
    view! { <div class="banner" role="alert"><Icon name=icon />{children()}</div> }
}
