//! The pages of apps for whoever comes: in the frame for those who are signed in, on a plain page for everybody else.

use crate::session::StartedWith;
use crate::shell::frame::FrameAround;
use crate::shell::signed_in::Surroundings;
use crate::ui::brand::Logo;
use crate::ui::button::{ButtonLink, Size};
use leptos::prelude::*;
use leptos_router::components::Outlet;

/// What stands around a page of apps.
#[component]
pub fn Visited() -> impl IntoView {
    match StartedWith::session() {
        Some(session) => view! {
            <Surroundings session=session><FrameAround><Outlet /></FrameAround></Surroundings>
        }
        .into_any(),
        None => view! { <ForEverybody /> }.into_any(),
    }
}

#[component]
fn ForEverybody() -> impl IntoView {
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="visited">
            <header class="visited__bar">
                <a class="nav__brand" href="/apps" aria-label="PM OS, all apps"><Logo /><span>"PM OS"</span></a>
                <span class="push"><ButtonLink href="/sign-in?then=/apps" size=Size::Small>"Sign in"</ButtonLink></span>
            </header>
            <main class="main" id="main" tabindex="-1"><Outlet /></main>
        </div>
    }
}
