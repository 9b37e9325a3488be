//! Pages that a browser loads when they are opened, so that a first visit loads only what every page needs.
//!
//! `cargo xtask bundle` cuts a module of its own for each area here. What some of them share becomes a module for that
//! set of areas, so pages are grouped: each further area would multiply the modules. What the studio does not need to
//! begin is one more (`flows/later.rs`); the assistant beside a page is part of `chat` (`chat/beside.rs`).

use crate::admin::telemetry::TelemetryPage;
use crate::admin::terminal::ShellPage;
use crate::admin::workspaces::WorkspacesPage;
use crate::agents::list::AgentsPage;
use crate::agents::page::AgentPage;
use crate::approvals::page::ApprovalsPage;
use crate::apps::gallery::AppsPage;
use crate::apps::publisher::AppPublisherPage;
use crate::apps::runner::AppRunnerPage;
use crate::auth::invite::InvitePage;
use crate::chat::page::ChatPage;
use crate::connections::page::IntegrationsPage;
use crate::flows::list::FlowsPage;
use crate::flows::studio::StudioPage;
use crate::flows::tables::TablesPage;
use crate::flows::templates::TemplatesPage;
use crate::oauth::consent::ConsentPage;
use crate::people::page::PeoplePage;
use crate::plans::page::CommandCenterPage;
use crate::projects::list::ProjectsPage;
use crate::projects::page::ProjectPage;
use crate::reports::page::ReportsPage;
use crate::runs::list::RunsPage;
use crate::runs::page::RunPage;
use crate::settings::audit::AuditLogPage;
use crate::settings::page::SettingsPage;
use crate::setup::wizard::{SetupHome, SetupPage};
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;
use leptos_router::LazyRoute;

/// One area: the function that draws its pages, and the route of each of them.
macro_rules! area {
    ($area:ident: $($route:ident => $page:ident),+) => {
        mod $area {
            use super::*;

            /// A page of this area.
            pub(super) enum Page {
                $($route,)+
            }

            /// Draws it, once the module is there; the server tells the browser to load it with the page.
            pub(super) async fn draw(page: Page) -> AnyView {
                if cfg!(feature = "ssr") {
                    leptos::prefetch_lazy_fn_on_server(stringify!($area));
                }
                drawn(page).await
            }

            #[wasm_split($area, wasm_split_path = leptos::wasm_split, preload(load))]
            pub(super) fn drawn(page: Page) -> AnyView {
                match page {
                    $(Page::$route => view! { <$page /> }.into_any(),)+
                }
            }
        }

        $(
            #[doc = concat!("The route of [`", stringify!($page), "`].")]
            pub(crate) struct $route;

            impl LazyRoute for $route {
                fn data() -> Self {
                    Self
                }

                async fn view(_this: Self) -> AnyView {
                    $area::draw($area::Page::$route).await
                }

                #[cfg(target_arch = "wasm32")]
                async fn preload() {
                    $area::load().await;
                }
            }
        )+
    };
}

area!(chat: Chat => ChatPage);
area!(studio: Studio => StudioPage);
area!(
    setup: Setup => SetupPage,
    SetupStart => SetupHome,
    Integrations => IntegrationsPage,
    Consent => ConsentPage,
    Invite => InvitePage
);
area!(
    settings: Settings => SettingsPage,
    AuditLog => AuditLogPage,
    Shell => ShellPage,
    Telemetry => TelemetryPage,
    Workspaces => WorkspacesPage
);
area!(
    work: Projects => ProjectsPage,
    Project => ProjectPage,
    Flows => FlowsPage,
    Templates => TemplatesPage,
    Tables => TablesPage,
    Runs => RunsPage,
    Run => RunPage,
    Approvals => ApprovalsPage,
    Apps => AppsPage,
    AppRunner => AppRunnerPage,
    AppPublisher => AppPublisherPage,
    CommandCenter => CommandCenterPage,
    Agents => AgentsPage,
    Agent => AgentPage,
    People => PeoplePage,
    Reports => ReportsPage
);

/// Loads the module of the page at `path`, where it has one of its own.
pub async fn preload(path: &str) {
    let mut parts = path.split('/').skip(1).filter(|it| !it.is_empty());
    match (parts.next(), parts.next()) {
        (Some("flows"), Some("templates" | "tables")) => Projects::preload().await,
        (Some("flows"), Some(_)) => Studio::preload().await,
        (Some("setup"), _) | (Some("oauth" | "invite"), Some(_)) => Setup::preload().await,
        (Some("integrations"), _) => Integrations::preload().await,
        (Some("settings" | "audit" | "shell" | "telemetry" | "workspaces"), _) => {
            Settings::preload().await
        }
        (Some("projects" | "flows" | "runs" | "approvals" | "apps" | "command-center"), _) => {
            Projects::preload().await
        }
        (Some("agents" | "people" | "reports"), _) => Projects::preload().await,
        (Some("chat"), _) => Chat::preload().await,
        _ => {}
    }
}
