//! The bar above every page: workspace, search, notifications, assistant.

use crate::auth::server_fns::SwitchWorkspace;
use crate::session::current_user;
use crate::shell::notices::Notices;
use crate::shell::palette::PaletteOpen;
use crate::shell::panel::{is_chat_page, use_side_panel};
use crate::ui::icon::Icon;
use crate::ui::keys::Keys;
use crate::ui::person::Tile;
use domain::account::WorkspaceRef;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The bar.
#[component]
pub(crate) fn Bar() -> impl IntoView {
    let PaletteOpen(palette) = expect_context();
    let (panel, is_chat) = (use_side_panel(), is_chat_page());
    view! {
        <header class="bar">
            <WorkspaceMenu />
            <button class="searchbox" type="button" aria-haspopup="dialog" on:click=move |_| palette.set(true)>
                <Icon name="search" />
                <span>"Search or jump to"</span>
                <Keys keys=&["⌘", "K"] />
            </button>
            <div class="bar__end">
                <Notices />
                <Show when=move || !is_chat.get()>
                    <button
                        class="btn btn--chat"
                        type="button"
                        aria-expanded=move || panel.is_open().to_string()
                        aria-controls="chat"
                        aria-label="Assistant"
                        on:click=move |_| panel.toggle()
                    >
                        <Icon name="assistant" />
                        <span>"Assistant"</span>
                    </button>
                </Show>
            </div>
        </header>
    }
}

/// The workspace shown, and the others to switch to.
#[component]
fn WorkspaceMenu() -> impl IntoView {
    let user = current_user();
    let name = move || user.with(|it| it.workspace_name.clone());
    let entry = move |workspace: WorkspaceRef| {
        let is_current = user.with_untracked(|it| it.workspace_id == workspace.id);
        view! { <WorkspaceEntry workspace=workspace is_current=is_current /> }
    };
    view! {
        <button class="ws" type="button" popovertarget="ws-menu" aria-haspopup="dialog">
            {move || view! { <Tile name=name() size="tile--sm" /> }}
            <span><span class="sr">"Workspace: "</span>{name}</span>
            <Icon name="chev-updown" />
        </button>
        <div class="popover menu" id="ws-menu" popover="auto" role="dialog" aria-label="Workspaces">
            <div class="group-label">"Workspaces"</div>
            <form method="post" action=SwitchWorkspace::url()>
                {move || user.with(|it| it.workspaces.clone()).into_iter().map(entry).collect_view()}
            </form>
        </div>
    }
}

/// A workspace as a button that posts: the page is loaded anew, so nothing of the other one stays.
#[component]
fn WorkspaceEntry(workspace: WorkspaceRef, is_current: bool) -> impl IntoView {
    view! {
        <button
            class="menu__item"
            type="submit"
            name="workspace"
            value=workspace.id.to_string()
            aria-current=is_current.then_some("true")
        >
            <Tile name=workspace.name.clone() size="tile--sm" />
            {workspace.name}
            <span class="push">
                {if is_current { view! { <Icon name="check" /> }.into_any() } else { workspace.role.label().into_any() }}
            </span>
        </button>
    }
}
