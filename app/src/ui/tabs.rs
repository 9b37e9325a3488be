//! Tabs that are pages: each has its own address.

use crate::ui::browser;
use leptos::prelude::*;

/// One tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Key, also part of its panel's id: `overview` controls `p-overview`.
    pub key: &'static str,
    /// The words.
    pub label: &'static str,
    /// Its address.
    pub href: String,
    /// How many are inside.
    pub count: Option<u32>,
}

/// A row of tabs. Arrows move, Enter opens. The panel has id `p-<key>` and `role="tabpanel"`.
#[component]
pub fn Tabs(
    /// What they divide.
    #[prop(into)]
    label: String,
    /// The tabs.
    #[prop(into)]
    tabs: Signal<Vec<Tab>>,
    /// Key of the open one.
    #[prop(into)]
    open: Signal<String>,
) -> impl IntoView {
    let tab = move |tab: Tab| {
        let key = tab.key;
        let is_open = Signal::derive(move || open.get() == key);
        view! {
            <a
                role="tab"
                id=format!("t-{key}")
                href=tab.href
                aria-controls=move || is_open.get().then(|| format!("p-{key}"))
                aria-selected=move || is_open.get().to_string()
                tabindex=move || if is_open.get() { "0" } else { "-1" }
            >
                {tab.label}
                {tab.count.map(|it| view! { " " <span class="count">{it}</span> })}
            </a>
        }
    };
    // Where there are more than fit, the open one is among those in view.
    Effect::new(move || browser::show_inside(&format!("t-{}", open.get())));
    view! {
        <div class="tabs" role="tablist" aria-label=label on:keydown=move |event| browser::move_focus(&event, "[role=tab]")>
            {move || tabs.get().into_iter().map(tab).collect_view()}
        </div>
    }
}
