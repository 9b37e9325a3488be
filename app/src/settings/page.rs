//! The settings page: one tab for each section, each with its own address.

use crate::session::{can, current_user};
use crate::settings::alerts::AlertsSection;
use crate::settings::api_keys::ApiKeys;
use crate::settings::assistant::AssistantSection;
use crate::settings::engine::EngineSection;
use crate::settings::keeping::KeepingSection;
use crate::settings::limits::LimitsSection;
use crate::settings::members::Members;
use crate::settings::memory::MemorySection;
use crate::settings::notify::NotificationsSection;
use crate::settings::policies::PoliciesSection;
use crate::settings::profile::Profile;
use crate::settings::server::ServerSection;
use crate::settings::workspace::WorkspaceSettings;
use crate::shell::missing::{Missing, NotAllowed};
use crate::ui::tabs::{Tab, Tabs};
use domain::actor::Permission;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_params_map;

const SECTIONS: [(&str, &str, Permission); 13] = [
    ("profile", "Profile", Permission::Read),
    ("notifications", "Notifications", Permission::Read),
    ("assistant", "Assistant", Permission::Read),
    ("memory", "Memory", Permission::Read),
    ("keys", "API keys", Permission::Read),
    ("engine", "Flow engine", Permission::Manage),
    ("runs", "Runs", Permission::Manage),
    ("alerts", "Alerts", Permission::Manage),
    ("members", "Members and roles", Permission::Manage),
    ("policies", "Policies", Permission::Manage),
    ("limits", "Limits", Permission::Manage),
    ("workspace", "Workspace", Permission::Manage),
    ("server", "Server", Permission::Platform),
];

/// `/settings` leads to the profile.
#[component]
pub fn SettingsHome() -> impl IntoView {
    view! { <Redirect path="/settings/profile" /> }
}

/// One section of the settings.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let params = use_params_map();
    let user = current_user();
    let (manages, owns) = (can(Permission::Manage), can(Permission::Platform));
    let section = Memo::new(move |_| params.read().get("section").unwrap_or_default());
    let tabs = Signal::derive(move || {
        let role = user.with(|it| it.role);
        let allowed = SECTIONS.into_iter().filter(|it| role.can(it.2));
        allowed
            .map(|(key, label, _)| Tab {
                key,
                label,
                href: format!("/settings/{key}"),
                count: None,
            })
            .collect()
    });
    let content = move || match section.get().as_str() {
        "profile" => view! { <Profile /> }.into_any(),
        "assistant" => view! { <AssistantSection /> }.into_any(),
        "notifications" => view! { <NotificationsSection /> }.into_any(),
        "memory" => view! { <MemorySection /> }.into_any(),
        "keys" => view! { <ApiKeys /> }.into_any(),
        "engine" if manages.get() => view! { <EngineSection /> }.into_any(),
        "runs" if manages.get() => view! { <KeepingSection /> }.into_any(),
        "alerts" if manages.get() => view! { <AlertsSection /> }.into_any(),
        "members" if manages.get() => view! { <Members /> }.into_any(),
        "policies" if manages.get() => view! { <PoliciesSection /> }.into_any(),
        "limits" if manages.get() => view! { <LimitsSection /> }.into_any(),
        "workspace" if manages.get() => view! { <WorkspaceSettings /> }.into_any(),
        "server" if owns.get() => view! { <ServerSection /> }.into_any(),
        "server" => not_allowed("Only a super admin can change this"),
        "engine" | "runs" | "alerts" | "members" | "policies" | "limits" | "workspace" => {
            not_allowed("Only an admin can change this")
        }
        "security" => view! { <Redirect path="/settings/profile" /> }.into_any(),
        _ => view! { <Missing /> }.into_any(),
    };
    view! {
        <Title text="Settings" />
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <h1>"Settings"</h1>
                    <p>{move || user.with(|it| it.workspace_name.clone())}</p>
                </div>
            </div>
            <Tabs label="Settings" tabs=tabs open=section />
            <div
                role="tabpanel"
                class="tabpanel"
                id=move || format!("p-{}", section.get())
                aria-labelledby=move || format!("t-{}", section.get())
            >
                {content}
            </div>
        </div>
    }
}

fn not_allowed(title: &'static str) -> AnyView {
    view! { <NotAllowed icon="settings" title=title /> }.into_any()
}
