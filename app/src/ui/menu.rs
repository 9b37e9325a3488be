//! Menus: native popovers, anchored to the button that opens them, working before any script runs.

use crate::ui::browser;
use crate::ui::icon::Icon;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Where a menu opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Below, from the start of its button.
    #[default]
    Below,
    /// Below, to the end of its button.
    End,
    /// Above.
    Above,
}

impl Place {
    fn class(self) -> &'static str {
        match self {
            Self::Below => "popover menu",
            Self::End => "popover popover--end menu",
            Self::Above => "popover popover--up menu",
        }
    }
}

/// A menu. Its button carries `popovertarget` with the same id and `aria-haspopup="menu"`.
#[component]
pub fn Menu(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// What it is called.
    #[prop(into)]
    label: Signal<String>,
    /// Where it opens.
    #[prop(optional)]
    place: Place,
    /// The items.
    children: Children,
) -> impl IntoView {
    let own = id.clone();
    view! {
        <div
            class=place.class()
            id=id
            popover="auto"
            role="menu"
            tabindex="-1"
            aria-label=move || label.get()
            on:keydown=move |event| browser::move_focus(&event, "[role^=menuitem]")
            on:click=move |event| {
                if is_item(event.target()) {
                    browser::hide_popover(&own);
                }
            }
        >
            {children()}
        </div>
    }
}

fn is_item(target: Option<web_sys::EventTarget>) -> bool {
    let element = target.and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    element.and_then(|it| it.closest("[role^=menuitem]").ok().flatten()).is_some()
}

/// One thing to do in a menu.
#[component]
pub fn MenuItem(
    /// An icon before the words.
    #[prop(optional)]
    icon: &'static str,
    /// Takes something away.
    #[prop(optional)]
    bad: bool,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <button class=if bad { "menu__item menu__item--bad" } else { "menu__item" } type="button" role="menuitem">
            {(!icon.is_empty()).then(|| view! { <Icon name=icon /> })}
            {children()}
        </button>
    }
}

/// A line between groups of items.
#[component]
pub fn MenuSeparator() -> impl IntoView {
    view! { <div class="menu__sep" role="separator"></div> }
}
