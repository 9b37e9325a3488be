//! The settings page: its sections in groups, each with its own address.

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
use crate::settings::sections::{self, Section};
use crate::settings::security::SecuritySection;
use crate::settings::server::ServerSection;
use crate::settings::workspace::WorkspaceSettings;
use crate::shell::missing::{Missing, NotAllowed};
use crate::ui::browser;
use domain::actor::Permission;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_params_map;

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
    let key = Memo::new(move |_| params.read().get("section").unwrap_or_default());
    let section = Memo::new(move |_| sections::of_key(&key.read()));
    let role = Memo::new(move |_| user.with(|it| it.role));
    let content = move || match section.get() {
        Some(it) if role.get().can(it.needs) => view! { <Open section=it /> }.into_any(),
        Some(it) => {
            let title = match it.needs {
                Permission::Platform => "Only a super admin can change this",
                _ => "Only an admin can change this",
            };
            view! { <NotAllowed icon="settings" title=title needs=it.needs /> }.into_any()
        }
        None => view! { <Missing /> }.into_any(),
    };
    view! {
        <div class="page">
            <div class="settings">
                <SectionList key=key />
                {content}
            </div>
        </div>
    }
}

/// The sections to go to, in their groups: beside the open one, or in one line above it where there is no room.
#[component]
fn SectionList(key: Memo<String>) -> impl IntoView {
    let user = current_user();
    let entry = move |section: Section| {
        let is_open = move || (key.read().as_str() == section.key).then_some("page");
        view! {
            <a id=format!("t-{}", section.key) href=section.href() aria-current=is_open>{section.label}</a>
        }
    };
    let group = move |(name, all): (&'static str, Vec<Section>)| {
        view! {
            <div role="group" aria-label=name>
                <p aria-hidden="true">{name}</p>
                {all.into_iter().map(entry).collect_view()}
            </div>
        }
    };
    // Where there are more than fit, the open one is among those in view.
    Effect::new(move || browser::show_inside(&format!("t-{}", key.get())));
    view! {
        <nav class="settings__nav" data-row="true" aria-label="Settings">
            {move || sections::of_role(user.with(|it| it.role)).into_iter().map(group).collect_view()}
        </nav>
    }
}

/// A section that the person has.
#[component]
fn Open(section: Section) -> impl IntoView {
    let (user, manages) = (current_user(), can(Permission::Manage));
    let content = match section.key {
        "profile" => view! { <Profile /> }.into_any(),
        "security" => view! { <SecuritySection /> }.into_any(),
        "assistant" => view! { <AssistantSection /> }.into_any(),
        "notifications" => view! { <NotificationsSection /> }.into_any(),
        "memory" => view! { <MemorySection /> }.into_any(),
        "keys" => view! { <ApiKeys /> }.into_any(),
        "engine" => view! { <EngineSection /> }.into_any(),
        "runs" => view! { <KeepingSection /> }.into_any(),
        "alerts" => view! { <AlertsSection /> }.into_any(),
        "members" => view! { <Members /> }.into_any(),
        "policies" => view! { <PoliciesSection /> }.into_any(),
        "limits" => view! { <LimitsSection /> }.into_any(),
        "workspace" => view! { <WorkspaceSettings /> }.into_any(),
        _ => view! { <ServerSection /> }.into_any(),
    };
    let whose = move || {
        user.with(|it| if manages.get() { it.workspace_name.clone() } else { it.name.clone() })
    };
    view! {
        <Title text=format!("{}, settings", section.label) />
        <div class="settings__main">
            <div class="page__head">
                <div class="page__t">
                    <h1>{section.label}</h1>
                    <p>"Settings of "{whose}</p>
                </div>
            </div>
            {content}
        </div>
    }
}
