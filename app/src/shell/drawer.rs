//! The whole menu on phones.

use crate::session::current_user;
use crate::shell::nav::NavLists;
use crate::shell::theme::ThemeChoice;
use crate::shell::user_menu::SignOutForm;
use crate::ui::brand::Logo;
use crate::ui::button::IconButton;
use crate::ui::dialog::Modal;
use crate::ui::person::Avatar;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The menu as a drawer; going somewhere closes it.
#[component]
pub(crate) fn Drawer(open: RwSignal<bool>) -> impl IntoView {
    let user = current_user();
    let path = use_location().pathname;
    Effect::new(move || {
        path.track();
        open.set(false);
    });
    view! {
        <Modal open=open label="Menu" class="drawer" id="drawer">
            <div class="row row--between" style="block-size: var(--bar-h)">
                <span class="nav__brand"><Logo /><span>"PM OS"</span></span>
                <IconButton icon="x" label="Close menu" on:click=move |_| open.set(false) />
            </div>
            <NavLists admin_id="nav-admin-d" />
            <div class="drawer__me">
                <div class="row gap-3">
                    {move || view! { <Avatar name=user.with(|it| it.name.clone()) size="" decorative=true /> }}
                    <span class="grow">
                        <b class="sm" style="display: block">{move || user.with(|it| it.name.clone())}</b>
                        <small class="quiet">{move || user.with(|it| it.role.label())}</small>
                    </span>
                    <SignOutForm class="btn btn--sm" />
                </div>
                <ThemeChoice />
            </div>
        </Modal>
    }
}
