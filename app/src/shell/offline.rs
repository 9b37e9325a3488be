//! A banner, not a wall, while the connection is lost.

use crate::live::{is_offline, use_live};
use crate::ui::callout::Banner;
use leptos::prelude::*;

/// Shown while there is no network or no live events.
#[component]
pub(crate) fn OfflineBanner() -> impl IntoView {
    let live = use_live();
    let offline = is_offline();
    view! {
        <Show when=move || offline.get()>
            <Banner icon="wifi-off">
                <span><b>"Connection lost."</b>" You can keep reading; this page catches up when you are back."</span>
                <button type="button" on:click=move |_| live.retry()>"Try now"</button>
            </Banner>
        </Show>
    }
}
