//! Acting on the page of a project: shown at once, sent in the background, taken back on failure or by Undo.

use crate::error::AppError;
use crate::projects::server_fns::{load_team, send_act, take_back};
use crate::session::can;
use crate::ui::toast::{Toasts, use_toasts};
use domain::actor::Permission;
use domain::ids::OperationId;
use domain::project::Person;
use domain::record::{Act, Acted, Board, Item, Shelf, Work, foresee_boards, foresee_items};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// An act that the loaded page may not show yet.
#[derive(Clone, PartialEq)]
struct Pending {
    number: u64,
    act: Act,
    /// The version of the page that shows it; none while it is under way.
    shown_by: Option<u64>,
}

/// Where people act on one project. One for each page.
#[derive(Clone, Copy)]
pub struct Desk {
    /// The project.
    pub(crate) project: Signal<i64>,
    /// Who can be given something to do; empty until it is known.
    pub(crate) people: RwSignal<Vec<Person>>,
    /// Whether the person may change anything.
    pub(crate) writes: Signal<bool>,
    pending: RwSignal<Vec<Pending>>,
    version: RwSignal<u64>,
    last: StoredValue<u64>,
    toasts: Toasts,
}

/// A form that is being sent.
#[derive(Clone, Copy)]
pub struct Sending {
    /// It is under way.
    pub(crate) busy: RwSignal<bool>,
    /// Why it failed.
    pub(crate) error: RwSignal<Option<AppError>>,
}

impl Sending {
    /// Nothing sent yet.
    pub(crate) fn new() -> Self {
        Self { busy: RwSignal::new(false), error: RwSignal::new(None) }
    }
}

impl Desk {
    /// The desk of `project`.
    pub(crate) fn new(project: Signal<i64>) -> Self {
        let desk = Self {
            project,
            people: RwSignal::new(Vec::new()),
            writes: can(Permission::Write),
            pending: RwSignal::new(Vec::new()),
            version: RwSignal::new(0),
            last: StoredValue::new(0),
            toasts: use_toasts(),
        };
        Effect::new(move || {
            let project = project.get();
            if !desk.writes.get() {
                return;
            }
            spawn_local(async move {
                // Without it only the choice of people is missing; the people tab says why.
                if let Ok(team) = load_team(project).await {
                    let people = team.into_iter().map(|it| it.person).collect();
                    let _ = desk.people.try_set(people);
                }
            });
        });
        desk
    }

    /// Grows with every act that was done or taken back here.
    pub(crate) fn version(self) -> Signal<u64> {
        self.version.into()
    }

    /// The acts that what was loaded at version `seen` does not show.
    fn acts(self, seen: u64) -> Vec<Act> {
        let is_new = |it: &&Pending| it.shown_by.is_none_or(|it| it > seen);
        self.pending.with(|it| it.iter().filter(is_new).map(|it| it.act.clone()).collect())
    }

    /// `work`, loaded at version `seen`, as it will be.
    pub(crate) fn foresee(self, seen: u64, mut work: Work) -> Work {
        foresee_items(&mut work.todos, &self.acts(seen), &self.people.get());
        work
    }

    /// Messages, dates or files as they will be.
    pub(crate) fn foresee_shelf(self, seen: u64, mut shelf: Shelf) -> Shelf {
        foresee_items(&mut shelf.items, &self.acts(seen), &self.people.get());
        shelf
    }

    /// One record as it will be.
    pub(crate) fn foresee_item(self, seen: u64, mut item: Item) -> Item {
        let known = self.people.get();
        self.acts(seen).iter().for_each(|it| it.foresee(&mut item, &known));
        item
    }

    /// Boards as they will be.
    pub(crate) fn foresee_boards(self, seen: u64, mut boards: Vec<Board>) -> Vec<Board> {
        foresee_boards(&mut boards, &self.acts(seen), &self.people.get());
        boards
    }

    /// Does `act`, to what is called `name`.
    pub(crate) fn act(self, act: Act, name: String) {
        spawn_local(async move {
            if let Err(error) = self.send(act.clone(), name.clone()).await {
                let again = (act, name.clone());
                let again = move || self.act(again.0.clone(), again.1.clone());
                self.toasts.put_back(&name, &error, again);
            }
        });
    }

    /// Does `act` for a form, which keeps its words and says why when it fails. `done` is called when it is done.
    pub(crate) fn submit(self, act: Act, name: String, form: Sending, done: Callback<()>) {
        form.busy.set(true);
        form.error.set(None);
        spawn_local(async move {
            let outcome = self.send(act, name).await;
            let _ = form.busy.try_set(false);
            match outcome {
                Ok(_) => {
                    let _ = done.try_run(());
                }
                Err(error) => {
                    let _ = form.error.try_set(Some(error));
                }
            }
        });
    }

    async fn send(self, act: Act, name: String) -> Result<Acted, AppError> {
        self.last.update_value(|it| *it += 1);
        let number = self.last.get_value();
        self.pending.update(|it| it.push(Pending { number, act: act.clone(), shown_by: None }));
        let (words, on) = (act.done(), act.on());
        let outcome = send_act(self.project.get_untracked(), act).await;
        match &outcome {
            Ok(acted) => {
                let version = self.version.get_untracked() + 1;
                self.pending.update(|all| {
                    let is_it = |it: &&mut Pending| it.number == number;
                    all.iter_mut().filter(is_it).for_each(|it| it.shown_by = Some(version));
                });
                self.tell(acted, words, name, on);
            }
            Err(_) => self.pending.update(|it| it.retain(|it| it.number != number)),
        }
        outcome
    }

    /// Has the page loaded anew after something was done to `name`, and offers to take it back.
    pub(crate) fn tell(self, acted: &Acted, words: &'static str, name: String, on: Option<i64>) {
        self.version.update(|it| *it += 1);
        match acted.operation.clone() {
            Some(operation) => {
                let back = Callback::new(move |()| self.undo(operation.clone(), on));
                self.toasts.undo(words, name, back);
            }
            None => self.toasts.say(words),
        }
    }

    fn undo(self, operation: OperationId, on: Option<i64>) {
        spawn_local(async move {
            match take_back(operation, on).await {
                Ok(()) => self.toasts.say("Undone"),
                Err(error) => self.toasts.refused(&error),
            }
            self.version.update(|it| *it += 1);
        });
    }
}
