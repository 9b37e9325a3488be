//! Buttons, and links that look like them. Listeners and attributes are put on from outside: `<Button on:click=…>`.

use crate::ui::browser;
use crate::ui::icon::Icon;
use leptos::html;
use leptos::prelude::*;

/// What a button means; one primary per view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// The one thing to do here.
    Primary,
    /// Anything else.
    #[default]
    Plain,
    /// Adds to what is there.
    Soft,
    /// Leaves.
    Ghost,
    /// Takes something away, asked for again before it happens.
    Danger,
    /// Takes something away now.
    DangerSolid,
}

/// How high: 28, 32 or 40 px.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// In cards and rows.
    Small,
    /// Everywhere else.
    #[default]
    Medium,
    /// In forms that are a page of their own.
    Large,
}

fn classes(kind: Kind, size: Size, more: &str) -> String {
    let kind = match kind {
        Kind::Primary => " btn--primary",
        Kind::Plain => "",
        Kind::Soft => " btn--soft",
        Kind::Ghost => " btn--ghost",
        Kind::Danger => " btn--danger",
        Kind::DangerSolid => " btn--danger-solid",
    };
    let size = match size {
        Size::Small => " btn--sm",
        Size::Medium => "",
        Size::Large => " btn--lg",
    };
    let space = if more.is_empty() { "" } else { " " };
    format!("btn{size}{kind}{space}{more}")
}

/// A button. While busy it keeps its words, gains a moving line and takes no second press; afterwards it has the focus
/// again that it lost by that.
#[component]
pub fn Button(
    /// What it means.
    #[prop(optional)]
    kind: Kind,
    /// How high.
    #[prop(optional)]
    size: Size,
    /// `submit` sends the form it is in.
    #[prop(default = "button")]
    r#type: &'static str,
    /// Its work is under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// It cannot be used now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// An icon before the words.
    #[prop(optional)]
    icon: &'static str,
    /// More classes.
    #[prop(optional)]
    class: &'static str,
    /// The words.
    children: Children,
) -> impl IntoView {
    let button = NodeRef::<html::Button>::new();
    Effect::new(move |had_focus: Option<bool>| {
        let (is_busy, had_focus) = (busy.get(), had_focus.unwrap_or_default());
        let Some(button) = button.get_untracked() else { return false };
        if !is_busy && had_focus {
            browser::focus_again(button.into());
            return false;
        }
        is_busy && (had_focus || browser::has_focus(&button))
    });
    view! {
        <button
            node_ref=button
            class=classes(kind, size, class)
            type=r#type
            aria-busy=move || busy.get().then_some("true")
            disabled=move || disabled.get() || busy.get()
        >
            {(!icon.is_empty()).then(|| view! { <Icon name=icon /> })}
            {children()}
        </button>
    }
}

/// A link that looks like a button, for going somewhere.
#[component]
pub fn ButtonLink(
    /// Where to.
    #[prop(into)]
    href: String,
    /// What it means.
    #[prop(optional)]
    kind: Kind,
    /// How high.
    #[prop(optional)]
    size: Size,
    /// An icon before the words.
    #[prop(optional)]
    icon: &'static str,
    /// More classes.
    #[prop(optional)]
    class: &'static str,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <a class=classes(kind, size, class) href=href>
            {(!icon.is_empty()).then(|| view! { <Icon name=icon /> })}
            {children()}
        </a>
    }
}

/// A button that is only an icon; `label` is what it is called.
#[component]
pub fn IconButton(
    /// The icon.
    #[prop(into)]
    icon: Signal<&'static str>,
    /// Its name for assistive technology, and its tooltip.
    #[prop(into)]
    label: Signal<String>,
    /// `icon-btn--sm`, `icon-btn--xs` and others.
    #[prop(optional)]
    class: &'static str,
    /// For toggles: whether it is on.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// It cannot be used now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let class = if class.is_empty() { "icon-btn".to_owned() } else { format!("icon-btn {class}") };
    view! {
        <button
            class=class
            type="button"
            aria-label=move || label.get()
            title=move || label.get()
            aria-pressed=move || pressed.map(|it| it.get().to_string())
            disabled=move || disabled.get()
        >
            <Icon name=icon />
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_name_size_then_kind_then_the_rest() {
        assert_eq!(classes(Kind::Plain, Size::Medium, ""), "btn");
        assert_eq!(
            classes(Kind::DangerSolid, Size::Small, "push"),
            "btn btn--sm btn--danger-solid push"
        );
    }
}
