//! The panel while no step is chosen: what the flow is, what is missing, and how to start it.

use super::address::WebhookAddress;
use super::later::{Later, Part};
use super::problems::ProblemList;
use super::store::Studio;
use super::switched::PiecesOffCallout;
use super::turns::TurnsField;
use crate::runs::words::count;
use crate::ui::button::IconButton;
use domain::flow::catalog::{FORMS, WEBHOOK};
use domain::flow::{FlowStatus, TriggerKind};
use leptos::prelude::*;

/// Whether a request starts the flow.
pub fn starts_by_webhook(studio: Studio) -> Memo<bool> {
    starts_by(studio, &[WEBHOOK])
}

/// Whether a form that somebody sends starts the flow.
pub fn starts_by_form(studio: Studio) -> Memo<bool> {
    starts_by(studio, &[FORMS])
}

/// Whether the flow has an address, for requests or for people.
pub fn has_address(studio: Studio) -> Memo<bool> {
    starts_by(studio, &[WEBHOOK, FORMS])
}

fn starts_by(studio: Studio, pieces: &'static [&'static str]) -> Memo<bool> {
    Memo::new(move |_| {
        studio.flow.with(|it| match &it.version.trigger.kind {
            TriggerKind::Piece(it) => pieces.contains(&it.piece_name.as_str()),
            TriggerKind::Empty(_) => false,
        })
    })
}

/// The flow as a whole.
#[component]
pub fn FlowPanel(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let has_address = has_address(studio);
    let is_live = Memo::new(move |_| studio.flow.with(|it| it.published_version_id.is_some()));
    let id = studio.flow.with_untracked(|it| it.id.clone());
    let steps = move || count(studio.cards.with(Vec::len), "step", "steps");
    let stands = move || {
        studio.flow.with(|it| match (it.published_version_id.is_some(), it.status) {
            (false, _) => "A draft. It does nothing until it is published.",
            (true, FlowStatus::Enabled) => "Published and on.",
            (true, FlowStatus::Disabled) => "Published, but switched off.",
        })
    };
    view! {
        <div class="config__head">
            <div class="grow">
                <h2 class="trunc">{move || studio.flow.with(|it| it.version.display_name.clone())}</h2>
                <p class="xs quiet trunc">{steps}</p>
            </div>
            <span class="only-sheet">
                <IconButton icon="x" class="icon-btn--sm" label="Close panel" on:click=move |_| studio.sheet.set(false) />
            </span>
        </div>
        <div class="config__panel">
            <div class="config__body">
                <p class="sm muted">{stands}</p>
                <PiecesOffCallout studio=studio />
                <ProblemList studio=studio />
                <Show when=move || has_address.get()>
                    <WebhookAddress studio=studio />
                    <Show when=move || !is_live.get()>
                        <p class="hint">"The address answers once the flow is published."</p>
                    </Show>
                </Show>
                <TurnsField studio=studio />
                <Later studio=studio part=Part::PastRuns />
                <p class="sm">
                    <a class="link" href=format!("/runs?flow={id}")>"See its runs"</a>
                </p>
                <Later studio=studio part=Part::Files />
                <p class="hint">"Choose a step on the canvas to see and change its settings."</p>
            </div>
        </div>
    }
}
