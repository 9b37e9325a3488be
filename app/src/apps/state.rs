//! What the page of an app knows: what was filled in, the run under way, and how it went.

use super::server_fns::{FilledIn, RunShown, start_app, stop_app, wait_for_app};
use crate::error::AppError;
use domain::app::AppRunStatus;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};

/// One app on its page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Runner {
    /// The app.
    pub id: Memo<String>,
    /// Answers by field.
    pub inputs: RwSignal<Map<String, Value>>,
    /// Secrets by field.
    pub credentials: RwSignal<Map<String, Value>>,
    /// A run that the person waits for.
    pub busy: RwSignal<bool>,
    /// The newest run.
    pub run: RwSignal<Option<RunShown>>,
    /// Why nothing ran.
    pub failed: RwSignal<Option<AppError>>,
    /// Counts runs that began or ended: what is known of earlier ones is asked for again.
    pub changes: RwSignal<u32>,
}

impl Runner {
    /// The state of the app with this id.
    pub fn new(id: Memo<String>) -> Self {
        Self {
            id,
            inputs: RwSignal::default(),
            credentials: RwSignal::default(),
            busy: RwSignal::new(false),
            run: RwSignal::new(None),
            failed: RwSignal::new(None),
            changes: RwSignal::new(0),
        }
    }

    /// What is wrong with a field.
    pub fn issue(self, field: &str) -> Option<String> {
        self.failed.with(|it| it.as_ref().and_then(|it| it.issue(field)))
    }

    /// Starts a run and waits for its end, or lets it go on by itself.
    pub fn start(self, in_background: bool, has_secrets: bool) {
        let credentials = has_secrets.then(|| self.credentials.get_untracked());
        let filled = FilledIn { inputs: self.inputs.get_untracked(), credentials, in_background };
        let id = self.id.get_untracked();
        self.failed.set(None);
        self.busy.set(true);
        spawn_local(async move {
            match start_app(id.clone(), filled).await {
                Ok(shown) => {
                    self.run.try_set(Some(shown));
                    self.changes.try_update(|it| *it += 1);
                    if in_background {
                        self.busy.try_set(false);
                    }
                    self.follow(id).await;
                }
                Err(error) => drop(self.failed.try_set(Some(error))),
            }
            self.busy.try_set(false);
        });
    }

    /// Asks for the end of the run that is shown until it has one. Another run in its place ends this.
    async fn follow(self, id: String) {
        let open = |it: &RunShown| it.run.status == AppRunStatus::Queued;
        while let Some(Some(now)) = self.run.try_get_untracked()
            && open(&now)
        {
            let run = now.run.id.clone();
            match wait_for_app(id.clone(), run.clone()).await {
                Ok(later) => {
                    let is_same =
                        |it: &Option<RunShown>| it.as_ref().is_some_and(|it| it.run.id == run);
                    if self.run.try_with_untracked(is_same) != Some(true) {
                        return;
                    }
                    self.run.try_set(Some(later));
                }
                Err(error) => {
                    self.failed.try_set(Some(error));
                    return;
                }
            }
        }
        self.changes.try_update(|it| *it += 1);
    }

    /// Stops the run that is waited for.
    pub fn cancel(self) {
        let Some(shown) = self.run.get_untracked() else { return };
        let id = self.id.get_untracked();
        spawn_local(async move {
            match stop_app(id, shown.run.id).await {
                Ok(stopped) => {
                    self.run.try_set(Some(stopped));
                    self.busy.try_set(false);
                }
                Err(error) => drop(self.failed.try_set(Some(error))),
            }
        });
    }

    /// Empties the form and what it gave.
    pub fn reset(self) {
        self.inputs.set(Map::new());
        self.credentials.set(Map::new());
        self.run.set(None);
        self.failed.set(None);
    }
}
