//! The main menu. Entries a role cannot use are absent.

use crate::approvals::count::WaitingCount;
use crate::session::current_user;
use crate::shell::user_menu::UserMenu;
use crate::ui::brand::Logo;
use crate::ui::icon::Icon;
use domain::actor::Permission;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// One entry of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub(crate) href: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) label: &'static str,
    pub(crate) needs: Permission,
}

const fn place(
    href: &'static str,
    icon: &'static str,
    label: &'static str,
    needs: Permission,
) -> Place {
    Place { href, icon, label, needs }
}

/// The menu, in order. Only pages that exist.
pub(crate) const PLACES: &[Place] = &[
    place("/", "home", "Home", Permission::Read),
    place("/projects", "projects", "Projects", Permission::Read),
    place("/people", "users", "People", Permission::Read),
    place("/flows", "flow", "Flows", Permission::Read),
    place("/runs", "runs", "Runs", Permission::Read),
    place("/approvals", "approvals", "Approvals", Permission::Read),
    place("/chat", "assistant", "Assistant", Permission::Read),
    place("/command-center", "wand", "Command center", Permission::Write),
    place("/agents", "clock", "Agents", Permission::Read),
    place("/reports", "text", "Reports", Permission::Read),
    place("/integrations", "plug", "Integrations", Permission::Write),
    place("/apps", "grid", "Apps", Permission::Read),
    place("/settings", "settings", "Settings", Permission::Read),
];

/// The group below, for those who manage the workspace or the installation.
pub(crate) const ADMIN: &[Place] = &[
    place("/shell", "terminal", "Shell", Permission::Platform),
    place("/telemetry", "telemetry", "Telemetry", Permission::Manage),
    place("/audit", "audit", "Audit", Permission::Manage),
    place("/workspaces", "layers", "Workspaces", Permission::Platform),
];

/// On phones: four, then More.
const COMPACT: [&str; 4] = ["/", "/projects", "/flows", "/approvals"];

/// Whether `path` is `place` or below it.
fn is_here(place: &str, path: &str) -> bool {
    if place == "/" {
        path == "/"
    } else {
        path == place || path.strip_prefix(place).is_some_and(|it| it.starts_with('/'))
    }
}

/// The entries of `places` the signed-in person may use.
pub(crate) fn allowed(places: &'static [Place]) -> impl Fn() -> Vec<Place> + Copy {
    let user = current_user();
    move || {
        let role = user.with(|it| it.role);
        places.iter().copied().filter(|it| role.can(it.needs)).collect()
    }
}

/// One entry, marked when it is the page shown.
#[component]
pub(crate) fn NavItem(place: Place) -> impl IntoView {
    let path = use_location().pathname;
    view! {
        <li>
            <a class="nav__item" href=place.href aria-current=move || is_here(place.href, &path.read()).then_some("page")>
                <Icon name=place.icon />
                <span>{place.label}</span>
                {(place.href == "/approvals").then(|| view! { <WaitingCount /> })}
            </a>
        </li>
    }
}

/// The entries as lists, the admin group under its name.
#[component]
pub(crate) fn NavLists(
    /// Id of the name of the admin group; unique on the page.
    admin_id: &'static str,
) -> impl IntoView {
    let places = allowed(PLACES);
    let admin = allowed(ADMIN);
    let item = |place: Place| view! { <NavItem place=place /> };
    view! {
        <ul>{move || places().into_iter().map(item).collect_view()}</ul>
        <Show when=move || !admin().is_empty()>
            <p class="nav__group" id=admin_id>"Admin"</p>
            <ul aria-labelledby=admin_id>{move || admin().into_iter().map(item).collect_view()}</ul>
        </Show>
    }
}

/// The menu on the left; a rail of icons below 1280 px.
#[component]
pub(crate) fn Nav() -> impl IntoView {
    view! {
        <nav class="nav" aria-label="Main">
            <a class="nav__brand" href="/" aria-label="PM OS home"><Logo /><span>"PM OS"</span></a>
            <div class="nav__scroll"><NavLists admin_id="nav-admin" /></div>
            <div class="nav__foot"><UserMenu /></div>
        </nav>
    }
}

/// The bar below on phones.
#[component]
pub(crate) fn TabBar(drawer: RwSignal<bool>) -> impl IntoView {
    let path = use_location().pathname;
    let places = allowed(PLACES);
    let item = move |place: Place| {
        view! {
            <a href=place.href aria-current=move || is_here(place.href, &path.read()).then_some("page")>
                <Icon name=place.icon />
                <span>{place.label}</span>
            </a>
        }
    };
    let items = move || {
        places().into_iter().filter(|it| COMPACT.contains(&it.href)).map(item).collect_view()
    };
    view! {
        <nav class="tabbar" aria-label="Main, compact">
            {items}
            <button type="button" aria-haspopup="dialog" on:click=move |_| drawer.set(true)>
                <Icon name="menu" />
                <span>"More"</span>
            </button>
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_below_an_entry_marks_it() {
        assert!(is_here("/projects", "/projects/7/todos"));
        assert!(!is_here("/projects", "/projects-old"));
        assert!(is_here("/", "/"));
        assert!(!is_here("/", "/projects"));
    }
}
