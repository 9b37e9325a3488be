//! What the user sees, by feature. Pages are rendered on the server and taken over in the browser.

#![recursion_limit = "256"]

pub mod error;
pub mod live;
pub mod session;
pub mod shell;
pub mod ui;

pub mod approvals;
pub mod auth;
pub mod chat;
pub mod flows;
pub mod home;
pub mod projects;
pub mod runs;
pub mod settings;
pub mod setup;

use crate::approvals::page::ApprovalsPage;
use crate::auth::invite::InvitePage;
use crate::auth::sign_in::SignInPage;
use crate::auth::sign_up::SignUpPage;
use crate::chat::page::ChatPage;
use crate::flows::list::FlowsPage;
use crate::flows::studio::StudioPage;
use crate::home::page::HomePage;
use crate::projects::list::ProjectsPage;
use crate::projects::page::ProjectPage;
use crate::runs::list::RunsPage;
use crate::runs::page::RunPage;
use crate::session::StartedWith;
use crate::settings::audit::AuditLogPage;
use crate::settings::page::{SettingsHome, SettingsPage};
use crate::setup::wizard::{SetupHome, SetupPage};
use crate::shell::frame::Frame;
use crate::shell::missing::MissingPage;
use crate::shell::signed_in::SignedIn;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::SsrMode::Async;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

/// The application: the one list of pages. Pages are rendered whole (`Async`), so that status and redirects are right.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    StartedWith::provide();
    Effect::new(shell::mark_hydrated);
    view! {
        <Title formatter=title text="" />
        <Router>
            <Routes fallback=MissingPage>
                <Route path=path!("/sign-in") view=SignInPage ssr=Async />
                <Route path=path!("/sign-up") view=SignUpPage ssr=Async />
                <Route path=path!("/invite/:token") view=InvitePage ssr=Async />
                <ParentRoute path=path!("") view=SignedIn ssr=Async>
                    // Pages that fill the window, without the frame.
                    <Route path=path!("/flows/:id") view=StudioPage ssr=Async />
                    <Route path=path!("/setup") view=SetupHome ssr=Async />
                    <Route path=path!("/setup/:step") view=SetupPage ssr=Async />
                    <ParentRoute path=path!("") view=Frame ssr=Async>
                        <Route path=path!("/") view=HomePage ssr=Async />
                        <Route path=path!("/projects") view=ProjectsPage ssr=Async />
                        <Route path=path!("/projects/:id") view=ProjectPage ssr=Async />
                        <Route path=path!("/projects/:id/:tab") view=ProjectPage ssr=Async />
                        <Route path=path!("/settings") view=SettingsHome ssr=Async />
                        <Route path=path!("/settings/:section") view=SettingsPage ssr=Async />
                        <Route path=path!("/audit") view=AuditLogPage ssr=Async />
                        <Route path=path!("/flows") view=FlowsPage ssr=Async />
                        <Route path=path!("/runs") view=RunsPage ssr=Async />
                        <Route path=path!("/runs/:id") view=RunPage ssr=Async />
                        <Route path=path!("/chat") view=ChatPage ssr=Async />
                        <Route path=path!("/chat/:id") view=ChatPage ssr=Async />
                        <Route path=path!("/approvals") view=ApprovalsPage ssr=Async />
                        <Route path=path!("/approvals/:id") view=ApprovalsPage ssr=Async />
                    </ParentRoute>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The title of the window: the page's, then ours.
fn title(page: String) -> String {
    if page.is_empty() { "PM OS".to_owned() } else { format!("{page} · PM OS") }
}
