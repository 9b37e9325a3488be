//! Starting a run by hand, with values to try the flow with: for real, or without changing anything.

use super::about::starts_by_webhook;
use super::server_fns::start_run;
use super::store::{Saving, Studio};
use super::trial_fns::start_dry_run;
use super::trial_values::{Given, TrialValues, Way};
use crate::error::AppError;
use crate::ui::button::{Button, Kind};
use crate::ui::choice::Switch;
use crate::ui::dialog::Dialog;
use crate::ui::problem::FormProblem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use serde_json::Value;

/// Asks for the values and starts a run.
#[component]
pub fn TrialDialog(
    /// The open flow.
    studio: Studio,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let by_webhook = starts_by_webhook(studio);
    let given = Given::nothing();
    let (busy, wanted) = (RwSignal::new(false), RwSignal::new(None::<Value>));
    let (dry, failed) = (RwSignal::new(true), RwSignal::new(None::<AppError>));
    let navigate = use_navigate();
    Effect::new(move |_| {
        if open.get() {
            untrack(|| given.begin(studio, by_webhook.get()));
            failed.set(None);
        }
    });
    let start = move |_| {
        if let Some(payload) = given.payload(by_webhook.get_untracked()) {
            busy.set(true);
            wanted.set(Some(payload));
            studio.send_now();
        }
    };
    // What is typed in the settings is on the server before it is tested.
    Effect::new(move |_| {
        let Some(payload) = wanted.get().filter(|_| studio.saving.get() == Saving::Saved) else {
            return;
        };
        wanted.set(None);
        let navigate = navigate.clone();
        let id = studio.flow.with_untracked(|it| it.id.clone());
        let is_dry = dry.get_untracked();
        spawn_local(async move {
            let started = if is_dry {
                start_dry_run(id.clone(), payload).await
            } else {
                start_run(id.clone(), payload).await
            };
            match started {
                Ok(run) => {
                    open.try_set(false);
                    navigate(&format!("/flows/{id}?run={}", run.id), Default::default());
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
            busy.try_set(false);
        });
    });
    let way = Memo::new(move |_| Way::of(studio));
    view! {
        <Dialog open=open title="Test this flow">
            <div class="dialog__body stack stack--4">
                <HowFar dry=dry />
                <TrialValues given=given way=way />
                <FormProblem error=failed />
            </div>
            <div class="dialog__foot">
                <Button kind=Kind::Ghost on:click=move |_| open.set(false) attr:autofocus=true>"Not now"</Button>
                <Button kind=Kind::Primary icon="play" busy=busy on:click=start>
                    {move || if dry.get() { "See what would change" } else { "Start the test" }}
                </Button>
            </div>
        </Dialog>
    }
}

/// Whether anything is changed.
#[component]
fn HowFar(dry: RwSignal<bool>) -> impl IntoView {
    let words = move || {
        if dry.get() {
            "Every step is walked with these values. What it would change in Basecamp or send is listed, not done."
        } else {
            "The steps run for real, with these values. Anything that asks for approval still waits for it."
        }
    };
    view! {
        <Switch on=dry change=move |on| dry.set(on)>"Dry run: change and send nothing"</Switch>
        <p>{words}</p>
    }
}
