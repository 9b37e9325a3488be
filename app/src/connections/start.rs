//! The way to Basecamp's sign-in and back.

use crate::session::{self, can};
use crate::ui::badge::Tone;
use crate::ui::callout::Callout;
use crate::ui::icon::Icon;
use domain::actor::Permission;
use domain::integration::Sharing;
use leptos::prelude::*;

/// Where a sign-in begins; it ends on the page `back`.
pub(crate) fn address(sharing: Sharing, back: &str) -> String {
    format!("/auth/basecamp/start?for={}&back={}", sharing.as_str(), session::encode(back))
}

/// A link that leaves the site, dressed as a button.
#[component]
pub(crate) fn SignInLink(
    /// For whom.
    sharing: Sharing,
    /// The page to return to.
    back: &'static str,
    /// More classes: `btn--primary`, `btn--sm`.
    #[prop(optional)]
    class: &'static str,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <a class=format!("btn {class}") href=address(sharing, back) rel="external">
            <Icon name="plug" />
            {children()}
        </a>
    }
}

/// Says what is missing before anybody can sign in here, to those who cannot mend it: a super admin has the form.
#[component]
pub(crate) fn NoApp() -> impl IntoView {
    let mends = can(Permission::Platform);
    view! {
        <Show when=move || !mends.get()>
            <Callout tone=Tone::Plain title="Signing in with Basecamp is not set up yet">
                <p>"A super admin of this server does it once, under Integrations. Ask one of them."</p>
            </Callout>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_part_of_the_address() {
        assert_eq!(
            address(Sharing::Personal, "/setup/basecamp?x=1"),
            "/auth/basecamp/start?for=personal&back=/setup/basecamp%3Fx%3D1"
        );
    }
}
