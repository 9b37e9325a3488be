//! The programs of this machine that are tool servers. Each node of an installation runs its own, from the first use of
//! a server until it is not used for a while, is changed, switched off or removed.

use crate::beyond::Beyond;
use crate::child::Child;
use crate::peers::Patience;
use crate::wire::{Came, Failure};
use domain::tool_server::NewProgram;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex as Turns, OwnedMutexGuard};
use tokio_util::sync::CancellationToken;

/// A program that keeps failing waits twice as long each time, up to so many times twice.
const MOST_DOUBLINGS: u32 = 8;

/// Runs programs. Cheap to clone; they are killed with the last clone.
#[derive(Clone)]
pub(crate) struct Programs {
    /// The folders in which programs are looked for; none when programs are not started at all.
    path: Option<Arc<str>>,
    patience: Patience,
    places: Arc<Mutex<HashMap<String, Place>>>,
}

/// Where the program of one server runs.
#[derive(Clone, Default)]
struct Place {
    /// One conversation at a time.
    slot: Arc<Turns<Slot>>,
    /// Ends the conversation under way.
    stop: CancellationToken,
}

#[derive(Default)]
struct Slot {
    child: Option<Child>,
    /// Conversations that began.
    uses: u64,
    /// How often in a row it failed.
    failed: u32,
    rests_until: Option<Instant>,
}

impl Slot {
    fn fail(&mut self, restart: Duration) {
        let pause = restart.saturating_mul(1 << self.failed.min(MOST_DOUBLINGS));
        self.failed = self.failed.saturating_add(1);
        self.rests_until = Instant::now().checked_add(pause);
    }

    fn recover(&mut self) {
        self.failed = 0;
        self.rests_until = None;
    }
}

impl Programs {
    /// None are started before [`Self::allow`].
    pub(crate) fn new(patience: Patience) -> Self {
        Self { path: None, patience, places: Arc::default() }
    }

    /// The same, which may start programs of the folders in `path`.
    pub(crate) fn allow(self, path: &str) -> Self {
        Self { path: Some(path.into()), ..self }
    }

    /// Whether programs are started at all.
    pub(crate) fn are_allowed(&self) -> bool {
        self.path.is_some()
    }

    /// The way to the program of `server`; none when programs are not started at all.
    pub(crate) fn way(&self, server: &str, program: &NewProgram) -> Option<Way> {
        Some(Way {
            programs: self.clone(),
            path: self.path.clone()?,
            server: server.to_owned(),
            program: program.clone(),
        })
    }

    /// Ends the program of a server, also in the middle of a conversation.
    pub(crate) fn stop(&self, server: &str) {
        if let Some(place) = self.places().remove(server) {
            place.stop.cancel();
        }
    }

    /// Ends every program.
    pub(crate) fn stop_all(&self) {
        let all: Vec<Place> = self.places().drain().map(|it| it.1).collect();
        all.iter().for_each(|it| it.stop.cancel());
    }

    /// Lets a program that failed start again at once, because a person asked for it.
    pub(crate) fn rouse(&self, server: &str) {
        let slot = self.places().get(server).map(|it| Arc::clone(&it.slot));
        // While it is busy, it runs.
        if let Some(mut slot) = slot.as_ref().and_then(|it| it.try_lock().ok()) {
            slot.recover();
        }
    }

    fn place(&self, server: &str) -> Place {
        self.places().entry(server.to_owned()).or_default().clone()
    }

    fn places(&self) -> MutexGuard<'_, HashMap<String, Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way to a program, which may not run yet.
pub(crate) struct Way {
    programs: Programs,
    path: Arc<str>,
    server: String,
    program: NewProgram,
}

impl Way {
    /// The program for one conversation: it is started unless it runs already, as it is to be now.
    pub(crate) async fn hold(&self) -> Result<Held, Failure> {
        let Place { slot, stop } = self.programs.place(&self.server);
        let Patience { restart, idle, .. } = self.programs.patience;
        let mut guard = Arc::clone(&slot).lock_owned().await;
        if stop.is_cancelled() {
            return Err(stopped());
        }
        guard.uses += 1;
        // Another node may have changed what it is.
        let running = guard.child.take().filter(|it| it.is(&self.program));
        let is_new = running.is_none();
        let child = match running {
            Some(child) => child,
            None => {
                check_rested(&guard)?;
                let started = Child::start(&self.program, &self.path);
                let child = started.inspect_err(|_| guard.fail(restart))?;
                tokio::spawn(stop_idle(Arc::downgrade(&slot), idle));
                child
            }
        };
        Ok(Held { slot: guard, child: Some(child), is_new, is_over: false, stop, restart })
    }
}

fn check_rested(slot: &Slot) -> Result<(), Failure> {
    let left = slot.rests_until.map(|it| it.saturating_duration_since(Instant::now()));
    let Some(left) = left.filter(|it| !it.is_zero()) else { return Ok(()) };
    let seconds = left.as_secs() + 1;
    let words = format!(
        "The program failed, so it is not started again before {seconds} s have passed. An admin who tests it under \
         Integrations starts it at once"
    );
    Err(Failure::new(Came::Nowhere, words))
}

/// Ends a program that nobody used for `idle`.
async fn stop_idle(slot: Weak<Turns<Slot>>, idle: Duration) {
    let mut seen = 0;
    loop {
        tokio::time::sleep(idle).await;
        let Some(slot) = slot.upgrade() else { return };
        let mut slot = slot.lock().await;
        if slot.uses == seen || slot.child.is_none() {
            slot.child = None;
            return;
        }
        seen = slot.uses;
    }
}

/// A program during one conversation. Dropped before [`Self::close`], it is killed: nobody knows what it would answer
/// to the next question.
pub(crate) struct Held {
    slot: OwnedMutexGuard<Slot>,
    /// None after a failure.
    child: Option<Child>,
    is_new: bool,
    /// The conversation ended as it should.
    is_over: bool,
    stop: CancellationToken,
    restart: Duration,
}

impl Held {
    /// Whether it was started for this conversation.
    pub(crate) fn is_new(&self) -> bool {
        self.is_new
    }

    /// Whether it ran before this conversation and turned out to have ended.
    pub(crate) fn is_stale(&self) -> bool {
        !self.is_new && self.child.is_none() && !self.stop.is_cancelled()
    }

    /// What it has besides tools, as it said when it was greeted.
    pub(crate) fn beyond(&self) -> Beyond {
        self.child.as_ref().map(Child::beyond).unwrap_or_default()
    }

    /// Keeps what it said that it has.
    pub(crate) fn introduced(&mut self, beyond: Beyond) {
        if let Some(child) = &mut self.child {
            child.introduced(beyond);
        }
    }

    /// Asks, and gives the whole message that answers.
    pub(crate) async fn ask(&mut self, method: &str, params: &Value) -> Result<Value, Failure> {
        let Some(child) = &mut self.child else { return Err(stopped()) };
        let answer = tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(stopped()),
            answer = child.ask(method, params) => answer,
        };
        self.kept(answer)
    }

    /// Says something that has no answer.
    pub(crate) async fn tell(&mut self, message: &Value) -> Result<(), Failure> {
        let Some(child) = &mut self.child else { return Err(stopped()) };
        let told = child.tell(message).await;
        self.kept(told)
    }

    /// Lets it go on for the next conversation.
    pub(crate) fn close(mut self) {
        if let Some(child) = self.child.take() {
            self.slot.child = Some(child);
            self.slot.recover();
            self.is_over = true;
        }
    }

    /// A program that failed is not asked again.
    fn kept<T>(&mut self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        if outcome.is_err() {
            self.child = None;
        }
        outcome
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // One that ran before and has ended since may start again at once.
        if !self.is_over && !self.is_stale() {
            self.slot.fail(self.restart);
        }
    }
}

fn stopped() -> Failure {
    Failure::new(Came::Unknown, "The program was ended, because its server was changed or removed")
}
