//! What the user sees, by feature. Pages are rendered on the server and taken over in the browser.

#![recursion_limit = "256"]

pub mod error;
mod lazy;
pub mod live;
pub mod session;
pub mod shell;
pub mod ui;
pub mod wire;

pub mod admin;
pub mod agents;
pub mod approvals;
pub mod apps;
pub mod auth;
pub mod chat;
pub mod connections;
pub mod flows;
pub mod home;
pub mod oauth;
pub mod people;
pub mod plans;
pub mod projects;
pub mod reports;
pub mod runs;
pub mod settings;
pub mod setup;

pub use crate::lazy::preload;
pub use crate::shell::mark_hydrated;

use crate::admin::moved::{AdminMoved, AutomationsMoved, TeamMoved, TodayMoved};
use crate::apps::visited::Visited;
use crate::auth::sign_in::SignInPage;
use crate::auth::sign_up::SignUpPage;
use crate::home::page::HomePage;
use crate::session::StartedWith;
use crate::settings::page::SettingsHome;
use crate::shell::frame::Frame;
use crate::shell::missing::MissingPage;
use crate::shell::signed_in::SignedIn;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::SsrMode::Async;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, path};

/// The application: the one list of pages. Pages are rendered whole (`Async`), so that status and redirects are right.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    StartedWith::provide();
    view! {
        <Title formatter=title text="" />
        <Router>
            <Routes fallback=MissingPage>
                <Route path=path!("/sign-in") view=SignInPage ssr=Async />
                <Route path=path!("/sign-up") view=SignUpPage ssr=Async />
                <Route path=path!("/invite/:token") view={Lazy::<lazy::Invite>::new()} ssr=Async />
                // For visitors too.
                <ParentRoute path=path!("") view=Visited ssr=Async>
                    <Route path=path!("/apps") view={Lazy::<lazy::Apps>::new()} ssr=Async />
                    <Route path=path!("/apps/publisher") view={Lazy::<lazy::AppPublisher>::new()} ssr=Async />
                    <Route path=path!("/apps/:id") view={Lazy::<lazy::AppRunner>::new()} ssr=Async />
                </ParentRoute>
                <ParentRoute path=path!("") view=SignedIn ssr=Async>
                    // Pages that fill the window, without the frame.
                    <Route path=path!("/oauth/consent") view={Lazy::<lazy::Consent>::new()} ssr=Async />
                    <Route path=path!("/setup") view={Lazy::<lazy::SetupStart>::new()} ssr=Async />
                    <Route path=path!("/setup/:step") view={Lazy::<lazy::Setup>::new()} ssr=Async />
                    <ParentRoute path=path!("") view=Frame ssr=Async>
                        <Route path=path!("/") view=HomePage ssr=Async />
                        <Route path=path!("/projects") view={Lazy::<lazy::Projects>::new()} ssr=Async />
                        <Route path=path!("/projects/:id") view={Lazy::<lazy::Project>::new()} ssr=Async />
                        <Route path=path!("/projects/:id/:tab") view={Lazy::<lazy::Project>::new()} ssr=Async />
                        <Route path=path!("/settings") view=SettingsHome ssr=Async />
                        <Route path=path!("/settings/:section") view={Lazy::<lazy::Settings>::new()} ssr=Async />
                        <Route path=path!("/integrations") view={Lazy::<lazy::Integrations>::new()} ssr=Async />
                        <Route path=path!("/audit") view={Lazy::<lazy::AuditLog>::new()} ssr=Async />
                        <Route path=path!("/shell") view={Lazy::<lazy::Shell>::new()} ssr=Async />
                        <Route path=path!("/telemetry") view={Lazy::<lazy::Telemetry>::new()} ssr=Async />
                        <Route path=path!("/workspaces") view={Lazy::<lazy::Workspaces>::new()} ssr=Async />
                        <Route path=path!("/admin") view=AdminMoved ssr=Async />
                        <Route path=path!("/today") view=TodayMoved ssr=Async />
                        <Route path=path!("/automations") view=AutomationsMoved ssr=Async />
                        <Route path=path!("/flows") view={Lazy::<lazy::Flows>::new()} ssr=Async />
                        <Route path=path!("/flows/tables") view={Lazy::<lazy::Tables>::new()} ssr=Async />
                        <Route path=path!("/flows/templates") view={Lazy::<lazy::Templates>::new()} ssr=Async />
                        <Route path=path!("/runs") view={Lazy::<lazy::Runs>::new()} ssr=Async />
                        <Route path=path!("/runs/:id") view={Lazy::<lazy::Run>::new()} ssr=Async />
                        <Route path=path!("/chat") view={Lazy::<lazy::Chat>::new()} ssr=Async />
                        <Route path=path!("/chat/:id") view={Lazy::<lazy::Chat>::new()} ssr=Async />
                        <Route path=path!("/command-center") view={Lazy::<lazy::CommandCenter>::new()} ssr=Async />
                        <Route path=path!("/agents") view={Lazy::<lazy::Agents>::new()} ssr=Async />
                        <Route path=path!("/agents/:id") view={Lazy::<lazy::Agent>::new()} ssr=Async />
                        <Route path=path!("/people") view={Lazy::<lazy::People>::new()} ssr=Async />
                        <Route path=path!("/team") view=TeamMoved ssr=Async />
                        <Route path=path!("/reports") view={Lazy::<lazy::Reports>::new()} ssr=Async />
                        <Route path=path!("/approvals") view={Lazy::<lazy::Approvals>::new()} ssr=Async />
                        <Route path=path!("/approvals/:id") view={Lazy::<lazy::Approvals>::new()} ssr=Async />
                    </ParentRoute>
                    // After the frame, where `/flows/templates` and `/flows/tables` are.
                    <Route path=path!("/flows/:id") view={Lazy::<lazy::Studio>::new()} ssr=Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The title of the window: the page's, then ours.
fn title(page: String) -> String {
    if page.is_empty() { "PM OS".to_owned() } else { format!("{page} · PM OS") }
}
