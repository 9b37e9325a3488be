//! Trying steps where their values are wanted, without leaving the field: those that only read or work something out.

use super::samples::{Samples, use_samples};
use super::step_test::changes;
use super::store::{Saving, Studio};
use super::trial_fns::{fetch_trigger_sample, try_step};
use domain::flow::TriggerKind;
use domain::flow::catalog::{BASECAMP, SCHEDULE};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How the values of a step come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// These steps are tried one after the other, and change nothing.
    Here(Vec<String>),
    /// This step has to be tried by hand, on its own page.
    There(String),
}

/// What is being tried. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Tries {
    studio: Studio,
    samples: Samples,
    /// The steps that wait for what was typed to be saved.
    wanted: RwSignal<Vec<String>>,
    /// The step whose values were asked for.
    pub busy: RwSignal<Option<String>>,
    /// The step that did not work, and why.
    pub failed: RwSignal<Option<(String, String)>>,
}

/// What is being tried. Only inside the studio.
pub fn use_tries() -> Tries {
    expect_context::<Tries>()
}

impl Tries {
    /// Makes it available to everything inside.
    pub fn provide(studio: Studio) {
        let tries = Self {
            studio,
            samples: use_samples(),
            wanted: RwSignal::new(Vec::new()),
            busy: RwSignal::new(None),
            failed: RwSignal::new(None),
        };
        provide_context(tries);
        // What is typed is on the server before it is tried.
        Effect::new(move |_| {
            let wanted = tries.wanted.get();
            if !wanted.is_empty() && studio.saving.get() == Saving::Saved {
                tries.wanted.set(Vec::new());
                tries.run(wanted);
            }
        });
    }

    /// How the values of `step` come about.
    pub fn way(self, step: &str) -> Way {
        let mut steps = self.samples.lacking(step);
        steps.push(step.to_owned());
        let by_hand = steps.iter().find(|it| !self.only_reads(it)).cloned();
        by_hand.map_or(Way::Here(steps), Way::There)
    }

    /// A test of `step` changes nothing, and needs nobody.
    fn only_reads(self, step: &str) -> bool {
        if step != "trigger" {
            return changes(self.studio, step).is_none();
        }
        self.studio.flow.with(|it| match &it.version.trigger.kind {
            TriggerKind::Piece(it) => matches!(it.piece_name.as_str(), BASECAMP | SCHEDULE),
            TriggerKind::Empty(_) => false,
        })
    }

    /// Tries `step` here, or opens the test of the step that has to be tried by hand first.
    pub fn see(self, step: &str) {
        match untrack(|| self.way(step)) {
            Way::There(step) => self.samples.open_test(&step),
            Way::Here(steps) => {
                if self.busy.with_untracked(Option::is_some) {
                    return;
                }
                self.failed.set(None);
                self.busy.set(Some(step.to_owned()));
                self.studio.send_now();
                self.wanted.set(steps);
            }
        }
    }

    fn run(self, steps: Vec<String>) {
        let id = self.studio.flow.with_untracked(|it| it.id.clone());
        spawn_local(async move {
            for step in steps {
                let sample = if step == "trigger" {
                    fetch_trigger_sample(id.clone()).await.map(Some)
                } else {
                    try_step(id.clone(), step.clone()).await.map(|it| it.sample)
                };
                if self.busy.is_disposed() {
                    return;
                }
                let wrong = match sample {
                    Ok(Some(sample)) => {
                        let error = sample.error.clone();
                        self.samples.put(sample);
                        error
                    }
                    Ok(None) => Some("It goes on. Its values appear here when it ends".to_owned()),
                    Err(error) => Some(error.to_string()),
                };
                if let Some(wrong) = wrong {
                    self.failed.set(Some((step, wrong)));
                    break;
                }
            }
            self.busy.try_set(None);
        });
    }
}
