//! What is being done to agents. Made by the page, so that it outlives every new reading of them.

use crate::agents::server_fns::{DeleteAgent, PauseAgent, RunAgent, SaveAgent};
use crate::error::AppError;
use crate::live::use_live;
use crate::ui::toast::use_toasts;
use domain::agent::{AgentChange, AgentKind, AgentSchedule, SavedAgent};
use domain::event::Topic;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// What is written and done. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Whether the form is open.
    pub open: RwSignal<bool>,
    /// The agent it changes; a new one when none.
    pub id: RwSignal<Option<String>>,
    /// What people call it.
    pub name: RwSignal<String>,
    /// What it is asked each time.
    pub goal: RwSignal<String>,
    /// How it goes about it.
    pub strategy: RwSignal<String>,
    /// The word for what it is for.
    pub kind: RwSignal<String>,
    /// The word for when it runs.
    pub schedule: RwSignal<String>,
    /// Whether it may change things.
    pub acts: RwSignal<bool>,
    /// The agent that is asked about before it is deleted.
    pub deleting: RwSignal<Option<SavedAgent>>,
    /// Makes or changes one.
    pub save: ServerAction<SaveAgent>,
    /// The one whose page this is, as it was read last.
    pub shown: StoredValue<Option<SavedAgent>>,
    /// Pauses one, or lets it go on.
    pub pause: ServerAction<PauseAgent>,
    /// Asks one to run.
    pub run: ServerAction<RunAgent>,
    /// Deletes one.
    pub delete: ServerAction<DeleteAgent>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self {
            open: RwSignal::new(false),
            id: RwSignal::new(None),
            name: RwSignal::new(String::new()),
            goal: RwSignal::new(String::new()),
            strategy: RwSignal::new(String::new()),
            kind: RwSignal::new(String::new()),
            schedule: RwSignal::new(String::new()),
            acts: RwSignal::new(false),
            deleting: RwSignal::new(None),
            save: ServerAction::new(),
            shown: StoredValue::new(None),
            pause: ServerAction::new(),
            run: ServerAction::new(),
            delete: ServerAction::new(),
        };
        desk.tell();
        desk
    }

    /// Says how each act ended.
    fn tell(self) {
        let (toasts, navigate) = (use_toasts(), use_navigate());
        Effect::new(move || {
            if let Some(Ok(_)) = self.save.value().get() {
                self.open.set(false);
                toasts.say("The agent is saved");
            }
        });
        let told = move |ended: Option<Result<(), AppError>>, words: &str| match ended {
            Some(Ok(())) => toasts.say(words),
            Some(Err(error)) => toasts.refused(&error),
            None => {}
        };
        Effect::new(move || told(self.pause.value().get(), "Saved"));
        Effect::new(move || told(self.run.value().get(), "The agent has started"));
        Effect::new(move || {
            let ended = self.delete.value().get();
            if matches!(ended, Some(Ok(()))) {
                navigate("/agents", Default::default());
            }
            told(ended, "The agent is deleted");
        });
    }

    /// Grows with everything that is done to an agent, here or elsewhere, and with every run of one. Who deletes one
    /// leaves its page, so that is not read again.
    pub(crate) fn version(self) -> Signal<(u64, u64, usize)> {
        let live = use_live();
        let (told, said) = (live.version(Topic::Notification), live.version(Topic::Chat));
        Signal::derive(move || {
            let here =
                self.save.version().get() + self.pause.version().get() + self.run.version().get();
            (told.get(), said.get(), here)
        })
    }

    /// Opens the form for an agent, or for a new one.
    pub(crate) fn begin(self, agent: Option<SavedAgent>) {
        self.save.clear();
        self.id.set(agent.as_ref().map(|it| it.id.clone()));
        let (kind, schedule) = match &agent {
            Some(it) => (it.kind, it.schedule),
            None => (AgentKind::Custom, AgentSchedule::Daily),
        };
        self.kind.set(kind.as_str().to_owned());
        self.schedule.set(schedule.as_str().to_owned());
        self.acts.set(agent.as_ref().is_some_and(|it| it.auto_execute));
        let words = |of: fn(&SavedAgent) -> &String| agent.as_ref().map(of).cloned();
        self.name.set(words(|it| &it.name).unwrap_or_default());
        self.goal.set(words(|it| &it.goal).unwrap_or_default());
        self.strategy.set(words(|it| &it.strategy).unwrap_or_default());
        self.open.set(true);
    }

    /// What stands in the form.
    pub(crate) fn change(self) -> AgentChange {
        AgentChange {
            id: self.id.get_untracked(),
            name: self.name.get_untracked(),
            goal: self.goal.get_untracked(),
            strategy: self.strategy.get_untracked(),
            kind: self.kind.with_untracked(|it| AgentKind::parse(it)),
            schedule: self.schedule.with_untracked(|it| AgentSchedule::parse(it)),
            auto_execute: self.acts.get_untracked(),
        }
    }
}
