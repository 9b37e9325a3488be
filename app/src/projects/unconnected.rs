//! In place of projects and to-dos before Basecamp is connected.

use crate::session::can;
use crate::ui::button::{ButtonLink, Kind};
use crate::ui::empty::Empty;
use domain::actor::Permission;
use leptos::prelude::*;

/// Says that Basecamp is not connected, and leads to where it is done those who may.
#[component]
pub(crate) fn Unconnected() -> impl IntoView {
    let manages = can(Permission::Manage);
    let body = move || {
        if manages.get() {
            "Connect Basecamp, or use the sample to look around."
        } else {
            "A workspace admin can connect it."
        }
    };
    view! {
        <Empty icon="plug" title="Basecamp is not connected" body=body()>
            <Show when=move || manages.get()>
                <ButtonLink kind=Kind::Primary href="/setup/basecamp">"Set it up"</ButtonLink>
            </Show>
        </Empty>
    }
}
