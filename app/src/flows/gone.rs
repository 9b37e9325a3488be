//! A flow that was deleted while it is open: said at once, and what is on screen can be kept.

use super::folder_fns::import_flow;
use super::store::{Saving, Studio};
use crate::error::AppError;
use crate::ui::button::{Button, ButtonLink, Size};
use crate::ui::icon::Icon;
use domain::flow::exchange;
use domain::problem::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

impl Studio {
    /// Whether the flow is not there any more.
    pub fn is_gone(self) -> bool {
        self.saving.with(|it| *it == Saving::Gone)
    }

    /// Stops sending, and lets nothing be changed any more. What is on screen stays.
    pub(super) fn lose(self) {
        self.saving.set(Saving::Gone);
    }
}

/// Whether the server says that it has no such flow.
pub(super) fn says_gone(error: &AppError) -> bool {
    matches!(error, AppError::Problem(Problem::NotFound { what }) if what == "Flow")
}

/// Says that the flow is gone, and offers to make a new one of what is on screen.
#[component]
pub fn GoneBar(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let navigate = use_navigate();
    let keep = move |_| {
        let file = studio.flow.with_untracked(|it| exchange::file(&it.version));
        let navigate = navigate.clone();
        busy.set(true);
        spawn_local(async move {
            match import_flow(file).await {
                Ok(flow) => navigate(&format!("/flows/{}", flow.id), Default::default()),
                Err(error) => studio.toasts.refused(&error),
            }
            busy.try_set(false);
        });
    };
    view! {
        <Show when=move || studio.is_gone()>
            <div class="runbar" data-tone="bad" role="alert">
                <Icon name="alert" />
                <span class="grow">
                    <b>"This flow was deleted"</b>
                    " "
                    <span class="quiet">"Nothing of it runs any more. What you see stays until you leave."</span>
                </span>
                <ButtonLink size=Size::Small href="/flows">"All flows"</ButtonLink>
                <Button size=Size::Small busy=busy on:click=keep.clone()>"Keep it as a new flow"</Button>
            </div>
        </Show>
    }
}
