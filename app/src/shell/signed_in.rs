//! Everything a signed-in person's pages share: who they are, what time it is, live events, toasts, the palette.

use crate::live::Live;
use crate::session::{CurrentActor, Session, StartedWith};
use crate::shell::helpers::Helpers;
use crate::shell::new_todo::{NewTodo, NewTodoOpen};
use crate::shell::palette::{Palette, PaletteOpen};
use crate::shell::panel::SidePanel;
use crate::shell::shortcuts::{Shortcuts, ShortcutsOpen};
use crate::shell::theme::CurrentTheme;
use crate::ui::browser;
use crate::ui::skeleton::PageSkeleton;
use crate::ui::time::Now;
use crate::ui::toast::{ToastRegion, Toasts};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;
use std::time::Duration;

/// The pages of a signed-in person. The server sends everybody else to sign in before it renders anything; a visitor
/// who gets here without it, by a link of a public page, asks the server.
#[component]
pub fn SignedIn() -> impl IntoView {
    match StartedWith::session() {
        Some(session) => {
            view! { <Surroundings session=session><Outlet /></Surroundings> }.into_any()
        }
        None => {
            let path = use_location().pathname;
            Effect::new(move || browser::load(&path.get_untracked()));
            view! { <PageSkeleton /> }.into_any()
        }
    }
}

/// Gives everything inside what it shares.
#[component]
pub(crate) fn Surroundings(session: Session, children: Children) -> impl IntoView {
    provide_context(CurrentActor(RwSignal::new(session.user)));
    provide_context(CurrentTheme(RwSignal::new(session.theme)));
    let now = RwSignal::new(session.moment);
    provide_context(Now(now));
    Effect::new(move || {
        let handle = set_interval_with_handle(
            move || now.update(|it| it.now_ms = browser::now_ms()),
            Duration::from_secs(60),
        );
        on_cleanup(move || {
            if let Ok(handle) = handle {
                handle.clear();
            }
        });
    });
    Live::provide(session.last_event);
    Toasts::provide();
    Helpers::provide();
    SidePanel::provide(session.has_open_panel);
    let palette = PaletteOpen::provide();
    let shortcuts = ShortcutsOpen::provide();
    let new_todo = NewTodoOpen::provide();
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        {children()}
        <Palette open=palette />
        <Shortcuts open=shortcuts />
        <NewTodo open=new_todo />
        <ToastRegion />
    }
}
