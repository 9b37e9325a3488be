//! The way to Basecamp's sign-in and back.

use crate::session;
use crate::ui::badge::Tone;
use crate::ui::callout::Callout;
use crate::ui::code::Code;
use crate::ui::icon::Icon;
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

/// Says what is missing before anybody can sign in here.
#[component]
pub(crate) fn NoApp(
    /// The address that the app at Basecamp must name as its own.
    redirect_uri: String,
) -> impl IntoView {
    view! {
        <Callout tone=Tone::Plain title="This server cannot sign in to Basecamp yet">
            <p>
                "Whoever runs it registers PM OS once at launchpad.37signals.com/integrations and sets BASECAMP_CLIENT_ID and BASECAMP_CLIENT_SECRET."
            </p>
            <Code label="Redirect URI to register" text=redirect_uri />
        </Callout>
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
