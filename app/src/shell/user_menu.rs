//! The signed-in person's own menu: profile, theme, shortcuts, sign out.

use crate::auth::server_fns::SignOut;
use crate::session::current_user;
use crate::shell::shortcuts::ShortcutsOpen;
use crate::shell::theme::ThemeChoice;
use crate::ui::icon::Icon;
use crate::ui::keys::Keys;
use crate::ui::person::Avatar;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Who is signed in, and the menu above it.
#[component]
pub(crate) fn UserMenu() -> impl IntoView {
    let user = current_user();
    let name = move || user.with(|it| it.name.clone());
    view! {
        <button class="nav__user" type="button" popovertarget="user-menu" aria-haspopup="dialog">
            {move || view! { <Avatar name=name() size="" decorative=true /> }}
            <span>
                <span class="sr">"Account: "</span>
                <b>{name}</b>
                <small>{move || user.with(|it| it.role.label())}</small>
            </span>
            <Icon name="chev-updown" />
        </button>
        <div class="popover menu popover--up" id="user-menu" popover="auto" role="dialog" aria-label="Account">
            <div style="padding: 0.5rem 0.5rem 0.625rem">
                <div class="sm bold">{name}</div>
                <div class="xs quiet">{move || user.with(|it| it.email.clone())}</div>
            </div>
            <div style="padding: 0 0.375rem 0.5rem"><ThemeChoice /></div>
            <div class="menu__sep"></div>
            <a class="menu__item" href="/settings/profile"><Icon name="user" />"Your profile"</a>
            <ShortcutsItem />
            <div class="menu__sep"></div>
            <SignOutForm class="menu__item" />
        </div>
    }
}

#[component]
fn ShortcutsItem() -> impl IntoView {
    let ShortcutsOpen(open) = expect_context();
    view! {
        <button
            class="menu__item"
            type="button"
            popovertarget="user-menu"
            popovertargetaction="hide"
            on:click=move |_| open.set(true)
        >
            <Icon name="keyboard" />
            "Keyboard shortcuts"
            <span class="push"><Keys keys=&["?"] /></span>
        </button>
    }
}

/// Signs out with a form of its own, so that it works before any script runs and leaves nothing behind in the page.
#[component]
pub(crate) fn SignOutForm(
    /// Classes of the button.
    class: &'static str,
) -> impl IntoView {
    view! {
        <form method="post" action=SignOut::url()>
            <button class=class type="submit">
                {(class == "menu__item").then(|| view! { <Icon name="logout" /> })}
                "Sign out"
            </button>
        </form>
    }
}
