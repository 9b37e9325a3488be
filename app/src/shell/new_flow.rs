//! A flow from anywhere: N, then F.

use crate::shell::search_fns::make_flow;
use crate::ui::toast::use_toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Makes an empty flow and opens it.
pub(crate) fn use_new_flow() -> Callback<()> {
    let toasts = use_toasts();
    let navigate = use_navigate();
    Callback::new(move |()| {
        let navigate = navigate.clone();
        spawn_local(async move {
            match make_flow().await {
                Ok(id) => navigate(&format!("/flows/{id}"), NavigateOptions::default()),
                Err(error) => toasts.failed(format!("The flow was not made. {error}")),
            }
        });
    })
}
