//! A change that the assistant suggests, drawn on the canvas: before, the changes in place, or after; accepted or
//! dropped as one step.

use super::cards::{Card, readable};
use super::marks::Written;
use super::store::Studio;
use super::sync::By;
use super::taking::{self, PartList, StepCheck};
use super::together_fns::{accept_proposal, drop_proposal, open_proposal};
use crate::error::AppError;
use crate::live::Live;
use crate::ui::button::{Button, IconButton, Kind, Size};
use crate::ui::icon::Icon;
use domain::event::Topic;
use domain::flow::FlowVersion;
use domain::flow::edit::apply_all;
use domain::flow::proposal::parts::Parts;
use domain::flow::proposal::{
    FieldChange, Proposal, StepChange, difference, drawn, fields_changed,
};
use domain::problem::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::{BTreeMap, BTreeSet};

/// Which state of the flow is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drawn {
    /// As it is.
    Before,
    /// What is new, changed and removed, in place.
    #[default]
    Changes,
    /// As it would be.
    After,
}

/// A proposal on the flow as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggested {
    /// What was suggested.
    pub proposal: Proposal,
    /// The flow with it; none where it no longer fits.
    pub after: Option<FlowVersion>,
    /// The flow with it and with what it removes.
    pub both: Option<FlowVersion>,
    /// What it does to each step.
    pub changes: BTreeMap<String, StepChange>,
    /// What a person can leave out.
    pub parts: Parts,
}

/// Makes one: [`Suggested::on`].
pub type Suggest = fn(Proposal, &FlowVersion, &BTreeSet<usize>) -> Suggested;

impl Suggested {
    /// `proposal` on `now` without the parts that are left out.
    pub fn on(proposal: Proposal, now: &FlowVersion, left_out: &BTreeSet<usize>) -> Self {
        let parts = Parts::of(now, &proposal.edits);
        let fits = !parts.all.is_empty();
        let after = fits.then(|| apply_all(now, &parts.edits_without(left_out)).ok()).flatten();
        let both = after.as_ref().map(|it| drawn(now, it));
        let changes = after.as_ref().map(|it| difference(now, it)).unwrap_or_default();
        Self { proposal, after, both, changes, parts }
    }

    /// What is drawn; none for the flow as it is.
    pub fn version(&self, drawn: Drawn) -> Option<&FlowVersion> {
        match drawn {
            Drawn::Before => None,
            Drawn::Changes => self.both.as_ref(),
            Drawn::After => self.after.as_ref(),
        }
    }
}

impl Studio {
    /// Whether a proposal is drawn in place of the flow.
    pub fn shows_proposal(self) -> bool {
        self.drawn.get() != Drawn::Before && self.suggested.with(Option::is_some)
    }

    /// Keeps the proposal of this flow on screen: loads it now and whenever the flow changes.
    pub fn watch_proposal(self, live: Live) {
        let (version, last) = (live.version(Topic::Flow), live.last(Topic::Flow));
        Effect::new(move |before: Option<u64>| {
            let version = version.get();
            let own = self.flow.with_untracked(|it| it.id.to_string());
            let is_ours = last.with_untracked(|it| it.as_ref().is_none_or(|it| it.id == own));
            if before.is_none() || (is_ours && before.is_some_and(|it| it != version)) {
                self.load_proposal();
            }
            version
        });
    }

    fn load_proposal(self) {
        let id = self.flow.with_untracked(|it| it.id.clone());
        spawn_local(async move {
            if let Ok(found) = open_proposal(id).await
                && !self.proposal.is_disposed()
                && self.proposal.with_untracked(|it| *it != found)
            {
                self.drawn.set(Drawn::Changes);
                self.left_out.set(BTreeSet::new());
                self.proposal.set(found);
            }
        });
    }

    /// Makes the suggested change, as one step that can be taken back.
    fn accept(self, busy: RwSignal<bool>) {
        let Some(proposal) = self.proposal.get_untracked() else { return };
        let before = self.content();
        let revision = self.flow.with_untracked(|it| it.revision);
        let left_out = self.left_out.get_untracked();
        busy.set(true);
        spawn_local(async move {
            let answer = accept_proposal(proposal.flow_id, proposal.id, revision, left_out).await;
            if self.flow.is_disposed() {
                return;
            }
            busy.set(false);
            match answer {
                Ok(flow) => {
                    self.proposal.set(None);
                    self.adopt(flow);
                    self.remember(before, None);
                    self.leave_missing_steps();
                }
                Err(AppError::Problem(Problem::Conflict { message, .. })) => {
                    self.toasts.failed(message);
                    self.look_again(By::Others);
                    self.load_proposal();
                }
                Err(error) => self.toasts.failed(format!("The proposal was not accepted. {error}")),
            }
        });
    }

    fn drop_it(self, busy: RwSignal<bool>) {
        let Some(proposal) = self.proposal.get_untracked() else { return };
        busy.set(true);
        spawn_local(async move {
            let answer = drop_proposal(proposal.flow_id, proposal.id).await;
            if self.flow.is_disposed() {
                return;
            }
            busy.set(false);
            match answer {
                Ok(()) => {
                    self.proposal.set(None);
                    self.leave_missing_steps();
                }
                Err(error) => {
                    self.toasts.failed(format!("The proposal is still there. {error}"));
                    self.load_proposal();
                }
            }
        });
    }
}

/// The line above the canvas while a proposal waits.
#[component]
pub fn ProposalBar(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let is_there = Memo::new(move |_| {
        studio.suggested.with(Option::is_some) && studio.run.with(Option::is_none)
    });
    let fits = Memo::new(move |_| {
        studio.suggested.with(|it| it.as_ref().is_some_and(|it| it.after.is_some()))
    });
    let words = move || {
        studio.suggested.with(|it| match it {
            Some(it) if it.after.is_some() => taking::words(studio),
            _ => "The proposal no longer fits the flow".to_owned(),
        })
    };
    let title = move || studio.proposal.with(|it| it.as_ref().map(|it| it.title.clone()));
    let is_barred = Signal::derive(move || {
        let is_saved = studio.saving.with(|it| *it == super::store::Saving::Saved);
        !is_saved || !taking::takes_some(studio)
    });
    view! {
        <Show when=move || is_there.get()>
            <div class="runbar" data-tone="iris" role="status">
                <Icon name="wand" />
                <span class="grow"><b>{words}</b> " " <span class="quiet">{title}</span></span>
                <Show when=move || fits.get()><DrawnTabs studio=studio /></Show>
                <Show when=move || studio.may_edit.get()>
                    <Button size=Size::Small icon="undo" busy=busy on:click=move |_| studio.drop_it(busy)>"Drop"</Button>
                    <Show when=move || fits.get()>
                        <Button size=Size::Small on:click=move |_| studio.open_sheet()>"Choose"</Button>
                        <Button size=Size::Small kind=Kind::Primary icon="check" busy=busy disabled=is_barred
                            on:click=move |_| studio.accept(busy)>{move || taking::accept_words(studio)}</Button>
                    </Show>
                </Show>
            </div>
        </Show>
    }
}

#[component]
fn DrawnTabs(studio: Studio) -> impl IntoView {
    let tab = move |(drawn, words): (Drawn, &'static str)| {
        view! {
            <button
                type="button"
                aria-pressed=move || (studio.drawn.get() == drawn).to_string()
                on:click=move |_| {
                    studio.drawn.set(drawn);
                    studio.leave_missing_steps();
                }
            >
                {words}
            </button>
        }
    };
    view! {
        <span class="seg seg--sm" role="group" aria-label="Show">
            {[(Drawn::Before, "Before"), (Drawn::Changes, "Changes"), (Drawn::After, "After")].map(tab).into_iter().collect_view()}
        </span>
    }
}

/// What the proposal does to the chosen step, in place of its settings; all of it while no step is chosen.
#[component]
pub fn ProposedPanel(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let step = Memo::new(move |_| studio.chosen.get());
    let title = move || {
        let Some(name) = step.get() else {
            return studio.proposal.with(|it| it.as_ref().map(|it| it.title.clone()));
        };
        let shown =
            |all: &Vec<Card>| all.iter().find(|it| it.name == name).map(|it| it.title.clone());
        // What was open may be a step that the version on screen has not.
        studio.cards.with(shown).or_else(|| Some("Not in this version".to_owned()))
    };
    view! {
        <aside class="config" id="config" tabindex="-1" aria-label="Proposed change">
            <div class="config__head">
                <h2 class="grow trunc">{title}</h2>
                <IconButton icon="x" class="icon-btn--sm" label="Close" on:click=move |_| studio.leave_settings() />
            </div>
            <div class="config__panel">
                <div class="config__body">
                    {move || match step.get() {
                        Some(step) => view! { <ProposedStep studio=studio step=step /> }.into_any(),
                        None => view! { <PartList studio=studio /> }.into_any(),
                    }}
                </div>
            </div>
        </aside>
    }
}

/// What the proposal does to one step.
#[component]
fn ProposedStep(studio: Studio, step: String) -> impl IntoView {
    let step = StoredValue::new(step);
    let change = move || {
        let name = step.get_value();
        studio.suggested.with(|it| it.as_ref().and_then(|it| it.changes.get(&name).copied()))
    };
    let words = move || change().map_or("Stays as it is", |it| Written::Proposed(it).words());
    let fields = Memo::new(move |_| {
        studio.suggested.with(|it| {
            let after = it.as_ref()?.after.as_ref()?;
            let changed = |now: &FlowVersion| fields_changed(now, after, &step.get_value());
            Some(studio.flow.with(|flow| changed(&flow.version)))
        })
    });
    let rest = move || match (change(), fields.with(|it| it.as_ref().is_none_or(Vec::is_empty))) {
        (Some(StepChange::Added), _) => {
            Some("The step is new. Its settings can be changed once it is accepted.")
        }
        (Some(StepChange::Removed), _) => Some("The step goes, with what is inside it."),
        (Some(StepChange::Changed), true) => Some("The step moves; its settings stay as they are."),
        (None, _) => Some("Nothing is taken that touches this step."),
        _ => None,
    };
    let name = Signal::derive(move || Some(step.get_value()));
    view! {
        <p class="xs quiet">{words}</p>
        <StepCheck studio=studio step=name />
        {move || rest().map(|it| view! { <p class="sm muted">{it}</p> })}
        {move || fields.get().into_iter().flatten().map(|it| field_view(studio, it)).collect_view()}
    }
}

fn field_view(studio: Studio, it: FieldChange) -> impl IntoView {
    let numbers = studio.numbers();
    let line = |op: &'static str, sign: &'static str, word: &'static str, text: String| {
        (!text.is_empty()).then(|| {
            view! {
                <div class="diffline" data-op=op>
                    <span aria-hidden="true">{sign}</span>
                    <span><span class="sr">{word}</span>{text}</span>
                </div>
            }
        })
    };
    view! {
        <div class="fdiff">
            <h3>{label(&it.path)}</h3>
            {line("del", "−", "Before: ", readable(&it.before, &numbers))}
            {line("add", "+", "After: ", readable(&it.after, &numbers))}
        </div>
    }
}

/// The last part of a path as words: `input.dueOn` is "Due on".
pub(super) fn label(path: &str) -> String {
    let last = path.rsplit('.').find(|it| it.parse::<usize>().is_err()).unwrap_or(path);
    let mut words = String::new();
    for (at, letter) in last.chars().enumerate() {
        match letter {
            '_' | '-' => words.push(' '),
            it if at == 0 => words.extend(it.to_uppercase()),
            it if it.is_uppercase() => {
                words.push(' ');
                words.extend(it.to_lowercase());
            }
            it => words.push(it),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_as_words() {
        assert_eq!(label("displayName"), "Display name");
        assert_eq!(label("input.due_on"), "Due on");
        assert_eq!(label("input.to.0"), "To");
    }
}
