//! How many approvals wait, where that is shown beside other things.

use crate::approvals::server_fns::load_waiting;
use crate::live::use_live;
use crate::ui::here::loaded_here;
use domain::event::Topic;
use domain::words;
use leptos::prelude::*;

/// How many approvals wait that the person may see; 0 until that is known.
pub fn waiting_count() -> Signal<usize> {
    let version = use_live().version(Topic::Approval);
    let counted = loaded_here(move || {
        version.track();
        load_waiting()
    });
    Signal::derive(move || counted.get().and_then(Result::ok).unwrap_or_default())
}

/// The number beside an entry of the menu; nothing while none waits.
#[component]
pub fn WaitingCount() -> impl IntoView {
    let count = waiting_count();
    move || {
        Some(count.get()).filter(|it| *it > 0).map(|it| {
            let label = format!("{} waiting", words::count(it, "approval", "approvals"));
            view! { <b class="count count--warn" title=label>{it}</b> }
        })
    }
}
