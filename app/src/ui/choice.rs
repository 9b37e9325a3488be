//! Checkbox, switch, segments and filter chips.

use crate::ui::icon::Icon;
use leptos::prelude::*;

/// A checkbox with its words.
#[component]
pub fn Check(
    /// Name in the form.
    #[prop(optional)]
    name: &'static str,
    /// Whether it is ticked.
    #[prop(optional, into)]
    checked: Signal<bool>,
    /// It cannot be used now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                name=(!name.is_empty()).then_some(name)
                value="true"
                checked=move || checked.get()
                disabled=move || disabled.get()
            />
            {children()}
        </label>
    }
}

/// On or off, at once.
#[component]
pub fn Switch(
    /// Whether it is on.
    #[prop(into)]
    on: Signal<bool>,
    /// Being switched.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// It cannot be used now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Called with what it becomes.
    #[prop(into)]
    change: Callback<bool>,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <label class="switch">
            <input
                type="checkbox"
                role="switch"
                checked=on.get_untracked()
                prop:checked=move || on.get()
                aria-busy=move || busy.get().then_some("true")
                disabled=move || disabled.get()
                on:change=move |event| change.run(event_target_checked(&event))
            />
            {children()}
        </label>
    }
}

/// A few ways to show the same; the pressed one holds.
#[component]
pub fn Segments(
    /// What is chosen between.
    label: &'static str,
    /// Key and words of each.
    options: Vec<(&'static str, &'static str)>,
    /// The key that holds.
    #[prop(into)]
    value: Signal<String>,
    /// Called with a key.
    #[prop(into)]
    change: Callback<&'static str>,
    /// The icon before the words of each, in their order.
    #[prop(optional)]
    icons: &'static [&'static str],
) -> impl IntoView {
    let button = move |(at, (key, words)): (usize, (&'static str, &'static str))| {
        let icon = icons.get(at).map(|name| view! { <Icon name=*name class="icon--sm" /> });
        view! {
            <button
                type="button"
                aria-pressed=move || (value.get() == key).to_string()
                on:click=move |_| change.run(key)
            >
                {icon}
                {words}
            </button>
        }
    };
    view! {
        <div class="seg seg--sm" role="group" aria-label=label>
            {options.into_iter().enumerate().map(button).collect_view()}
        </div>
    }
}

/// A filter of a page that is on or off.
#[component]
pub fn Toggle(
    /// Whether it filters; a press turns it round.
    on: RwSignal<bool>,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! { <Chip on=on press=move |()| on.update(|it| *it = !*it)>{children()}</Chip> }
}

/// A filter that is on or off.
#[component]
pub fn Chip(
    /// Whether it filters.
    #[prop(into)]
    on: Signal<bool>,
    /// Called when pressed.
    #[prop(into)]
    press: Callback<()>,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <button class="chip" type="button" aria-pressed=move || on.get().to_string() on:click=move |_| press.run(())>
            {children()}
        </button>
    }
}
