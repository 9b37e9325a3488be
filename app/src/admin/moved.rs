//! Addresses of earlier releases, and the one of an admin's page that lives among the settings.

use leptos::prelude::*;
use leptos_router::components::Redirect;

/// `/admin`: name, time zone and working days of the workspace; its members are one tab further.
#[component]
pub fn AdminMoved() -> impl IntoView {
    view! { <Redirect path="/settings/workspace" /> }
}

/// `/today`.
#[component]
pub fn TodayMoved() -> impl IntoView {
    view! { <Redirect path="/" /> }
}

/// `/automations`.
#[component]
pub fn AutomationsMoved() -> impl IntoView {
    view! { <Redirect path="/flows" /> }
}

/// `/team`.
#[component]
pub fn TeamMoved() -> impl IntoView {
    view! { <Redirect path="/people" /> }
}
