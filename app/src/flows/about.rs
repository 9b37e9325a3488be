//! The panel while no step is chosen: what the flow is, what is missing, and how to start it.

use super::address::WebhookAddress;
use super::later::{Later, Part};
use super::problems::ProblemList;
use super::publish::Lacks;
use super::server_fns::load_next_start;
use super::store::Studio;
use super::switched::PiecesOffCallout;
use super::turns::TurnsField;
use crate::runs::words::count;
use crate::ui::button::{Button, IconButton};
use crate::ui::disclosure::Disclosure;
use crate::ui::here::loaded_here;
use crate::ui::time::use_now;
use domain::flow::catalog::{FORMS, SCHEDULE, WEBHOOK};
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

/// When a flow that goes by the clock starts next; nothing for others and for those that are off.
#[component]
pub fn NextStart(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let now = use_now();
    // What is live changes with the version that is published, and with the switch.
    let live = Memo::new(move |_| {
        studio.flow.with(|it| {
            let by_clock = match &it.version.trigger.kind {
                TriggerKind::Piece(it) => it.piece_name == SCHEDULE,
                TriggerKind::Empty(_) => false,
            };
            let version = it.published_version_id.clone().filter(|_| by_clock)?;
            (it.status == FlowStatus::Enabled).then(|| (it.id.clone(), version))
        })
    });
    let next = loaded_here(move || {
        let live = live.get();
        async move {
            match live {
                Some((id, _)) => load_next_start(id).await.ok().flatten(),
                None => None,
            }
        }
    });
    let words = move |at: i64| {
        let now = now.get();
        format!("Next: {}, {}", now.day_label(now.day_at(at)), now.hour(at))
    };
    move || next.get().flatten().map(|at| view! { <p class="sm">{move || words(at)}</p> })
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
                <Show when=move || is_live.get()><NextStart studio=studio /></Show>
                <NothingYet studio=studio />
                <PiecesOffCallout studio=studio />
                <ProblemList studio=studio />
                <Show when=move || has_address.get()>
                    <WebhookAddress studio=studio />
                    <Show when=move || !is_live.get()>
                        <p class="hint">"The address answers once the flow is published."</p>
                    </Show>
                </Show>
                <Later studio=studio part=Part::PastRuns />
                <p class="sm">
                    <a class="link" href=format!("/runs?flow={id}")>"See its runs"</a>
                </p>
                <Disclosure summary="More settings"><TurnsField studio=studio /></Disclosure>
                <Later studio=studio part=Part::Files />
                <p class="hint">"Choose a step on the canvas to see and change its settings."</p>
            </div>
        </div>
    }
}

/// What to do with a flow that starts and then does nothing.
#[component]
fn NothingYet(studio: Studio) -> impl IntoView {
    let is_alone = Memo::new(move |_| Lacks::of(studio) == Some(Lacks::Steps));
    view! {
        <Show when=move || is_alone.get() && studio.is_editing()>
            <div class="stack">
                <p class="sm">"Something starts this flow, and then nothing happens yet."</p>
                <div class="row">
                    <Button icon="plus" on:click=move |_| studio.pick_first_step()>"Add a step"</Button>
                </div>
            </div>
        </Show>
    }
}
