//! What the steps of the open flow gave when they were tried: loaded once, and again whenever that changed.

use super::store::Studio;
use super::trial_fns::flow_samples;
use crate::live::{LiveEvent, use_live};
use crate::ui::here::loaded_here;
use domain::event::Topic;
use domain::expr;
use domain::flow::sample::{self, Sample};
use domain::flow::{ActionKind, tree};
use leptos::prelude::*;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Which part of a step's settings is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// What it does.
    #[default]
    Setup,
    /// What it gives.
    Test,
    /// What happens when it fails.
    Failure,
}

/// The samples of the open flow. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Samples {
    studio: Studio,
    all: RwSignal<BTreeMap<String, Sample>>,
    again: RwSignal<u64>,
    /// The part of a step that is to be opened.
    next: RwSignal<Option<(String, Part)>>,
}

/// The samples of the open flow. Only inside the studio.
pub fn use_samples() -> Samples {
    expect_context::<Samples>()
}

impl Samples {
    /// Loads the samples of the open flow and follows them.
    pub fn provide(studio: Studio) -> Self {
        let samples = Self {
            studio,
            all: RwSignal::new(BTreeMap::new()),
            again: RwSignal::new(0),
            next: RwSignal::new(None),
        };
        provide_context(samples);
        let id = studio.flow.with_untracked(|it| it.id.clone());
        let loading = loaded_here(move || {
            samples.again.track();
            flow_samples(id.clone())
        });
        Effect::new(move |_| {
            if let Some(Ok(all)) = loading.get() {
                samples.adopt(all);
            }
        });
        samples.follow();
        samples
    }

    fn adopt(self, all: BTreeMap<String, Sample>) {
        let outputs = all.values().filter_map(|it| Some((it.step.clone(), it.output.clone()?)));
        self.studio.samples.set(outputs.collect());
        self.all.set(all);
    }

    /// Loads them again.
    pub fn reload(self) {
        self.again.update(|it| *it += 1);
    }

    /// Takes over one that is known already.
    pub fn put(self, sample: Sample) {
        if let Some(output) = &sample.output {
            self.studio.samples.update(|it| {
                it.insert(sample.step.clone(), output.clone());
            });
        }
        self.all.update(|it| {
            it.insert(sample.step.clone(), sample);
        });
    }

    /// The sample of a step, when the same thing still makes it.
    pub fn of(self, step: &str) -> Option<Sample> {
        let maker = self.studio.flow.with(|it| sample::maker(&it.version.trigger, step));
        let sample = self.all.with(|it| it.get(step).cloned())?;
        (Some(&sample.maker) == maker.as_ref()).then_some(sample)
    }

    /// The steps that a test of `step` reads and that have no sample yet.
    pub fn lacking(self, step: &str) -> Vec<String> {
        let read = self.studio.flow.with(|it| sample::read_by(&it.version.trigger, step));
        let looping = |name: &str| {
            self.studio.flow.with(|it| {
                tree::find(&it.version.trigger, name)
                    .is_some_and(|it| matches!(it.kind, ActionKind::Loop(_)))
            })
        };
        let mut found = Vec::new();
        for name in read {
            if self.of(&name).is_some_and(|it| it.output.is_some()) {
                continue;
            }
            if looping(&name) {
                found.extend(self.lacking(&name));
            } else {
                found.push(name);
            }
        }
        found.dedup();
        found
    }

    /// Opens a step at its test.
    pub fn open_test(self, step: &str) {
        self.next.set(Some((step.to_owned(), Part::Test)));
        self.studio.open(step);
    }

    /// The part of `step` that is wanted, once; also while the step is open.
    pub fn wanted_part(self, step: &str) -> Option<Part> {
        let part = self.next.with(|it| it.as_ref().filter(|it| it.0 == step).map(|it| it.1))?;
        self.next.set(None);
        Some(part)
    }

    /// What `text` of `step` gives with the samples of the steps before it: the value and what is wrong, in words.
    ///
    /// Nothing for a text without expressions, and for one that names connections, which are not shown.
    pub fn preview(self, step: &str, text: &str) -> Option<Preview> {
        if !text.contains("{{") || !expr::names::connections(text).is_empty() {
            return None;
        }
        let outputs = self.outputs(step);
        let seen = outputs.iter().fold(expr::Scope::new(), |seen, (name, it)| seen.step(name, it));
        let missing: Vec<_> = expr::names::references(text)
            .into_iter()
            .filter(|it| !outputs.contains_key(it) && !expr::names::is_built_in(it))
            .collect();
        Some(match expr::resolve(&Value::from(text), &seen) {
            Err(error) => Preview { value: None, wrong: Some(error.to_string()), missing },
            Ok(_) if !missing.is_empty() => Preview { value: None, wrong: None, missing },
            Ok(it) => {
                Preview { value: Some(it.value), wrong: it.warnings.into_iter().next(), missing }
            }
        })
    }

    /// Outputs of samples that `step` can see.
    fn outputs(self, step: &str) -> Map<String, Value> {
        let visible = self.studio.flow.with(|it| tree::visible(&it.version.trigger, step));
        let mut outputs = Map::new();
        for name in visible.unwrap_or_default() {
            let known = self.of(&name).and_then(|it| it.output);
            let known = known.or_else(|| self.first_round(&name, &outputs));
            outputs.extend(known.map(|it| (name, it)));
        }
        outputs
    }

    /// What a loop that was not tried gives in its first round.
    fn first_round(self, name: &str, outputs: &Map<String, Value>) -> Option<Value> {
        let items =
            self.studio.flow.with(|it| match &tree::find(&it.version.trigger, name)?.kind {
                ActionKind::Loop(it) => Some(it.items.clone()),
                _ => None,
            })?;
        let seen = outputs.iter().fold(expr::Scope::new(), |seen, (name, it)| seen.step(name, it));
        let items = expr::resolve(&Value::from(items), &seen).ok()?.value;
        Some(sample::of_loop(items.as_array()?))
    }

    /// A sample that changed elsewhere, and a run of this flow that ended, are loaded.
    fn follow(self) {
        let live = use_live();
        for topic in [Topic::Flow, Topic::FlowRun] {
            let (version, last) = (live.version(topic), live.last(topic));
            Effect::new(move |before: Option<u64>| {
                let version = version.get();
                let event = last.get_untracked();
                if before.is_some_and(|it| it != version)
                    && event.is_none_or(|it| self.concerns(&it))
                {
                    self.reload();
                }
                version
            });
        }
    }

    fn concerns(self, event: &LiveEvent) -> bool {
        let detail = event.data.get("detail");
        let is_mine = |id: &str| self.studio.flow.with_untracked(|it| it.id.as_str() == id);
        if event.topic == Topic::Flow.as_str() {
            return is_mine(&event.id) && detail.is_some_and(|it| it.get("origin").is_some());
        }
        let text = |name| detail.and_then(|it| it.get(name)).and_then(Value::as_str);
        let has_ended = !matches!(text("status"), None | Some("QUEUED" | "RUNNING" | "PAUSED"));
        has_ended && text("flowId").is_some_and(is_mine)
    }
}

/// What a text gives with the samples there are.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// The value; none when it could not be worked out.
    pub value: Option<Value>,
    /// What is wrong, and where.
    pub wrong: Option<String>,
    /// Steps it reads that have no sample.
    pub missing: Vec<String>,
}
