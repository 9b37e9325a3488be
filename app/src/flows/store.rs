//! The open flow: one document, everything on screen is derived from it, and every change goes through `edit`.
//!
//! A change is applied here with the server's own rules, shown at once, and sent; see `outbox` for the order.

use super::cards::{Card, cards_with};
use super::does::Names;
use super::history::History;
use super::marks::{RunMark, Written, run_marks, with_note};
use super::outbox::Outbox;
use super::picker::Picking;
use super::problems::by_step;
use super::proposed::{Drawn, Suggest, Suggested};
use super::text::Writing;
use crate::runs::server_fns::OpenRun;
use crate::ui::toast::{Toasts, use_toasts};
use domain::flow::edit::{FlowEdit, apply, apply_all};
use domain::flow::layout::{Layout, layout_with};
use domain::flow::listing::PiecesOff;
use domain::flow::presence::Here;
use domain::flow::proposal::Proposal;
use domain::flow::rebase::OpenClash;
use domain::flow::validate::FlowProblem;
use domain::flow::{Flow, FlowVersion, Trigger};
use domain::problem::Problem;
use leptos::prelude::*;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong, by step.
pub type Problems = BTreeMap<String, Vec<FlowProblem>>;

/// How saving stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saving {
    /// The server has everything.
    Saved,
    /// On its way, or about to be.
    Pending,
    /// It did not work; the words say why.
    Failed(String),
    /// There is no such flow any more.
    Gone,
}

/// The open flow. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Studio {
    /// The flow as it is on screen.
    pub flow: RwSignal<Flow>,
    /// Every step, in reading order.
    pub cards: Memo<Vec<Card>>,
    /// Names of the projects that steps are set to.
    pub names: RwSignal<Names>,
    /// What is missing, by step.
    pub problems: Memo<Problems>,
    /// Where everything stands on the canvas.
    pub layout: Memo<Layout>,
    /// The step whose settings are open.
    pub chosen: RwSignal<Option<String>>,
    /// The step the keys are on.
    pub at: RwSignal<String>,
    /// How saving stands.
    pub saving: RwSignal<Saving>,
    /// The run that lies over the steps, with the version it runs.
    pub run: RwSignal<Option<OpenRun>>,
    /// How each step stands in it.
    pub run_marks: Memo<BTreeMap<String, RunMark>>,
    /// The change that waits for a person.
    pub proposal: RwSignal<Option<Proposal>>,
    /// Puts it on the flow as it is now; from when that code is there.
    pub(super) suggest: RwSignal<Option<Suggest>>,
    /// The same on the flow as it is now.
    pub suggested: Memo<Option<Suggested>>,
    /// The parts of it that the person leaves out.
    pub left_out: RwSignal<BTreeSet<usize>>,
    /// Which state of the flow is drawn while a proposal waits.
    pub drawn: RwSignal<Drawn>,
    /// What the proposal does to each step.
    pub proposed: Memo<BTreeMap<String, Written>>,
    /// Who else is in this flow.
    pub others: RwSignal<Vec<Here>>,
    /// What this page and somebody else both changed.
    pub clashes: RwSignal<Vec<OpenClash>>,
    /// Who that is: the id of whoever changed the flow last when they were found.
    pub(super) changed_by: RwSignal<Option<String>>,
    /// What the assistant has just written.
    pub written: RwSignal<BTreeMap<String, Written>>,
    /// What steps gave when they last ran.
    pub samples: RwSignal<Map<String, Value>>,
    /// The role may change flows.
    pub may_edit: Signal<bool>,
    /// The id of whoever looks at this page.
    pub(super) me: StoredValue<String>,
    /// The time zone of the workspace: clocks of new steps go by it.
    pub zone: StoredValue<String>,
    /// The step just added: what it lacks is not said before it is left.
    pub fresh: RwSignal<Option<String>>,
    /// The text that values are being chosen for.
    pub inserting: RwSignal<Option<Writing>>,
    /// What the picker is choosing.
    pub picking: RwSignal<Picking>,
    /// The step whose menu is open.
    pub menu_of: RwSignal<String>,
    /// Asks whether to delete the doomed steps.
    pub asks_delete: RwSignal<bool>,
    /// The steps that the question is about.
    pub doomed: RwSignal<BTreeSet<String>>,
    /// The steps picked for doing something with all of them.
    pub picked: RwSignal<BTreeSet<String>>,
    /// Grows when something is copied.
    pub copied: RwSignal<u32>,
    /// The steps that the search found, in reading order.
    pub found: RwSignal<Vec<String>>,
    /// The note whose menu is open.
    pub note_of: RwSignal<String>,
    /// Why code steps of this flow do not run, if they do not.
    pub no_code: RwSignal<Option<String>>,
    /// The pieces that the workspace switched off.
    pub off: RwSignal<PiecesOff>,
    /// On phones the panel is open though no step is chosen.
    pub sheet: RwSignal<bool>,
    /// Fields of the fresh step that were left.
    touched: RwSignal<BTreeSet<String>>,
    pub(super) history: RwSignal<History>,
    pub(super) outbox: StoredValue<Outbox>,
    /// The flow as the server had it last: what unsaved changes were made on.
    pub(super) base: StoredValue<FlowVersion>,
    /// The newest revision that this page heard of while changes of its own were on their way.
    pub(super) heard: StoredValue<i64>,
    /// The steps that somebody else switched off or on last, and when that was, in epoch milliseconds.
    pub(super) just_switched: StoredValue<(i64, BTreeSet<String>)>,
    pub(super) toasts: Toasts,
    pub(super) timer: StoredValue<Option<TimeoutHandle>>,
}

impl Studio {
    /// Opens `flow`.
    pub fn open_flow(flow: Flow, may_edit: Signal<bool>) -> Self {
        let (at, base) = (flow.version.trigger.name.clone(), flow.version.clone());
        let flow = RwSignal::new(flow);
        let run = RwSignal::new(None::<OpenRun>);
        let (proposal, drawn) = (RwSignal::new(None::<Proposal>), RwSignal::new(Drawn::default()));
        let (left_out, suggest) = (RwSignal::new(BTreeSet::new()), RwSignal::new(None::<Suggest>));
        let suggested = Memo::new(move |_| {
            let (proposal, suggest) = (proposal.get()?, suggest.get()?);
            Some(flow.with(|it| suggest(proposal, &it.version, &left_out.read())))
        });
        let source = Source { flow, run, suggested, drawn };
        let names = RwSignal::new(Names::new());
        let off = RwSignal::new(PiecesOff::default());
        let problems = Memo::new(move |_| source.with(|it| by_step(it, &off.read().off)));
        let run_marks =
            Memo::new(move |_| run.with(|it| it.as_ref().map(marks_of).unwrap_or_default()));
        let with_row = Memo::new(move |_| match run.with(Option::is_some) {
            true => run_marks.with(with_note),
            false => problems.with(|it| it.keys().cloned().collect()),
        });
        let layout = move || {
            with_row.with(|rows| source.with(|it| layout_with(it, &|name| rows.contains(name))))
        };
        Self {
            flow,
            cards: Memo::new(move |_| source.with(|it| names.with(|names| cards_with(it, names)))),
            names,
            problems,
            layout: Memo::new(move |_| layout()),
            chosen: RwSignal::new(None),
            at: RwSignal::new(at),
            saving: RwSignal::new(Saving::Saved),
            run,
            run_marks,
            proposal,
            suggest,
            suggested,
            left_out,
            drawn,
            proposed: Memo::new(move |_| source.proposed_marks()),
            others: RwSignal::new(Vec::new()),
            clashes: RwSignal::new(Vec::new()),
            changed_by: RwSignal::new(None),
            written: RwSignal::new(BTreeMap::new()),
            samples: RwSignal::new(Map::new()),
            may_edit,
            me: StoredValue::new(String::new()),
            zone: StoredValue::new("UTC".to_owned()),
            fresh: RwSignal::new(None),
            inserting: RwSignal::new(None),
            picking: RwSignal::new(Picking::Trigger),
            menu_of: RwSignal::new("trigger".to_owned()),
            asks_delete: RwSignal::new(false),
            doomed: RwSignal::new(BTreeSet::new()),
            picked: RwSignal::new(BTreeSet::new()),
            copied: RwSignal::new(0),
            found: RwSignal::new(Vec::new()),
            note_of: RwSignal::new(String::new()),
            no_code: RwSignal::new(None),
            off,
            sheet: RwSignal::new(false),
            touched: RwSignal::new(BTreeSet::new()),
            history: RwSignal::new(History::default()),
            outbox: StoredValue::new(Outbox::default()),
            base: StoredValue::new(base),
            heard: StoredValue::new(0),
            just_switched: StoredValue::new((0, BTreeSet::new())),
            toasts: use_toasts(),
            timer: StoredValue::new(None),
        }
    }

    /// Whether the flow can be changed now: the role allows it and no run is shown.
    pub fn is_editing(self) -> bool {
        self.may_edit.get()
            && self.run.with(Option::is_none)
            && !self.shows_proposal()
            && !self.is_gone()
    }

    /// Opens the settings of `step`.
    pub fn open(self, step: &str) {
        self.at.set(step.to_owned());
        if self.fresh.with_untracked(|it| it.as_deref() != Some(step)) {
            self.fresh.set(None);
            self.touched.update(BTreeSet::clear);
        }
        self.sheet.set(false);
        self.chosen.set(Some(step.to_owned()));
    }

    /// Closes the settings.
    pub fn close(self) {
        self.chosen.set(None);
    }

    /// Closes the settings from inside them: the focus goes back to the step.
    pub fn leave_settings(self) {
        self.sheet.set(false);
        if let Some(step) = self.chosen.try_update(Option::take).flatten() {
            self.focus_soon(&step);
        }
    }

    /// On phones opens what the flow is.
    pub fn open_sheet(self) {
        self.chosen.set(None);
        self.sheet.set(true);
    }

    /// A field was left: what is wrong with it is said from now on.
    pub fn touch(self, field: &str) {
        self.touched.update(|it| {
            it.insert(field.to_owned());
        });
    }

    /// What is wrong at `path` of `step`, and what to do; quiet about fields of a new step that were not left yet.
    pub fn error_at(self, step: &str, field: &str, path: &str) -> Option<String> {
        let is_fresh = self.fresh.with(|it| it.as_deref() == Some(step));
        if is_fresh && !self.touched.with(|it| it.contains(field)) {
            return None;
        }
        self.problems.with(|all| {
            let problem = all.get(step)?.iter().find(|it| it.path == path)?;
            Some(format!("{}. {}", problem.message, problem.fix))
        })
    }

    /// What `read` finds in the version on screen.
    pub fn with_shown<T>(self, read: impl FnOnce(&FlowVersion) -> T) -> T {
        self.source().with(read)
    }

    /// The same for handlers, which do not follow what they read.
    pub fn with_shown_untracked<T>(self, read: impl FnOnce(&FlowVersion) -> T) -> T {
        untrack(|| self.with_shown(read))
    }

    /// Name and number of every step.
    pub fn numbers(self) -> Vec<(String, usize)> {
        self.cards.with(|all| all.iter().map(|it| (it.name.clone(), it.number)).collect())
    }

    /// Changes the flow here and on the server; a refusal is said where saving is.
    pub fn edit(self, edit: FlowEdit) {
        self.change(edit, None);
    }

    /// Changes the flow while a person types in `field`: its keystrokes are one change.
    pub fn type_in(self, field: &str, edit: FlowEdit) {
        self.change(edit, Some(field));
    }

    fn change(self, edit: FlowEdit, field: Option<&str>) {
        if !self.is_editing_untracked() {
            return;
        }
        let before = self.content();
        match self.apply(&edit) {
            Ok(()) => {
                self.remember(before, field);
                self.queue(edit, field);
            }
            Err(problem) => self.saving.set(Saving::Failed(problem.to_string())),
        }
    }

    /// Makes several changes as one; none of them when one does not fit, which is said.
    pub fn edit_all(self, edits: Vec<FlowEdit>) -> bool {
        if !self.is_editing_untracked() || edits.is_empty() {
            return false;
        }
        let before = self.content();
        match self.flow.with_untracked(|it| apply_all(&it.version, &edits)) {
            Ok(version) => {
                self.flow.update(|it| it.version = version);
                self.remember(before, None);
                self.queue_all(edits);
                true
            }
            Err(issues) => {
                self.toasts.failed(Problem::Invalid { issues }.to_string());
                false
            }
        }
    }

    /// The same for handlers, which do not follow what they read.
    pub(super) fn is_editing_untracked(self) -> bool {
        untrack(|| self.is_editing())
    }

    fn source(self) -> Source {
        Source { flow: self.flow, run: self.run, suggested: self.suggested, drawn: self.drawn }
    }

    /// Applies `edit` to what is on screen.
    pub(super) fn apply(self, edit: &FlowEdit) -> Result<(), Problem> {
        let version = self.flow.with_untracked(|it| apply(&it.version, edit));
        let version = version.map_err(|issues| Problem::Invalid { issues })?;
        self.flow.update(|it| it.version = version);
        Ok(())
    }

    /// After steps went away: nothing that is gone stays open or focused.
    pub fn leave_missing_steps(self) {
        let is_there =
            |name: &str| self.cards.with_untracked(|all| all.iter().any(|it| it.name == name));
        if self.chosen.with_untracked(|it| it.as_deref().is_some_and(|it| !is_there(it))) {
            self.chosen.set(None);
        }
        if self.picked.with_untracked(|it| !it.iter().all(|it| is_there(it))) {
            self.picked.update(|it| it.retain(|it| is_there(it)));
        }
        if !self.at.with_untracked(|it| is_there(it)) {
            self.at.set("trigger".to_owned());
        }
    }

    /// The trigger, as it is now, without what follows.
    pub fn trigger(self) -> Trigger {
        self.flow.with_untracked(|it| Trigger { next_action: None, ..it.version.trigger.clone() })
    }
}

/// Where the version on screen comes from: the run's while one is shown, a proposal's while one is drawn, else the
/// newest.
#[derive(Clone, Copy)]
struct Source {
    flow: RwSignal<Flow>,
    run: RwSignal<Option<OpenRun>>,
    suggested: Memo<Option<Suggested>>,
    drawn: RwSignal<Drawn>,
}

impl Source {
    /// What `read` finds in it.
    fn with<T>(self, read: impl FnOnce(&FlowVersion) -> T) -> T {
        self.run.with(|run| match run {
            Some(run) => read(&run.version),
            None => self.suggested.with(|it| {
                match it.as_ref().and_then(|it| it.version(self.drawn.get())) {
                    Some(version) => read(version),
                    None => self.flow.with(|it| read(&it.version)),
                }
            }),
        })
    }

    /// What a proposal does to each step, as marks; none while the flow is drawn as it is.
    fn proposed_marks(self) -> BTreeMap<String, Written> {
        let is_drawn = self.drawn.get() != Drawn::Before && self.run.with(Option::is_none);
        self.suggested.with(|it| {
            let changes = it.iter().filter(|_| is_drawn).flat_map(|it| &it.changes);
            changes.map(|(name, change)| (name.clone(), Written::Proposed(*change))).collect()
        })
    }
}

fn marks_of(run: &OpenRun) -> BTreeMap<String, RunMark> {
    run_marks(&run.version, &run.run)
}
