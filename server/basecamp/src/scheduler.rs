//! One budget of requests for each address, shared by the whole process: people first, then the sync, then first
//! loads. Basecamp counts by address, whoever's token it is.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The span Basecamp counts over.
const SPAN: Duration = Duration::from_secs(10);
/// Every so many requests that went well, the budget of background work grows by one.
const GROW_AFTER: u32 = 40;
/// Background work never stops altogether.
const LEAST: u32 = 4;
/// How long somebody steps back for a more important lane.
const STEP_BACK: Duration = Duration::from_millis(20);

/// How urgent a request is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// A first load.
    Backfill,
    /// Keeping up.
    Sync,
    /// Somebody waits.
    #[default]
    Interactive,
}

/// Requests in ten seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// All lanes together.
    pub everything: u32,
    /// Background lanes, evenly spaced.
    pub background: u32,
}

impl Default for Rate {
    /// Basecamp allows 50: background work takes at most 80 % of that, and people a little more.
    fn default() -> Self {
        Self { everything: 48, background: 40 }
    }
}

/// The budgets of all addresses. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Scheduler(Arc<Mutex<HashMap<String, Budget>>>);

struct Budget {
    rate: Rate,
    /// What background work may take now: halved when Basecamp says it is too much, and growing back.
    allowed: u32,
    well: u32,
    sent: VecDeque<Instant>,
    last_background: Option<Instant>,
    held_until: Option<Instant>,
    waiting: [u32; 3],
}

impl Scheduler {
    /// Budgets by origin; an origin without one is not limited.
    pub(crate) fn new(rates: impl IntoIterator<Item = (String, Rate)>) -> Self {
        let budgets = rates.into_iter().map(|(origin, rate)| (origin, Budget::new(rate)));
        Self(Arc::new(Mutex::new(budgets.collect())))
    }

    fn with<T>(&self, origin: &str, change: impl FnOnce(&mut Budget) -> T) -> Option<T> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get_mut(origin).map(change)
    }

    /// Waits until a request in `lane` may go out.
    pub(crate) async fn admit(&self, origin: &str, lane: Lane) {
        let Some(Err(mut rest)) = self.with(origin, |it| it.take(lane, Instant::now())) else {
            return;
        };
        self.with(origin, |it| it.waiting[lane as usize] += 1);
        let _leaves = Leaves { scheduler: self, origin, lane };
        loop {
            tokio::time::sleep(rest).await;
            match self.with(origin, |it| it.take(lane, Instant::now())) {
                Some(Err(longer)) => rest = longer,
                _ => return,
            }
        }
    }

    /// Notes an answer: `wait` when it said that it was too much.
    pub(crate) fn note(&self, origin: &str, wait: Option<Duration>) {
        self.with(origin, |it| it.note(wait, Instant::now()));
    }
}

/// Takes a waiting request out of the count, also when nobody waits for it any more.
struct Leaves<'a> {
    scheduler: &'a Scheduler,
    origin: &'a str,
    lane: Lane,
}

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.scheduler.with(self.origin, |it| it.waiting[self.lane as usize] -= 1);
    }
}

impl Budget {
    fn new(rate: Rate) -> Self {
        Self {
            rate,
            allowed: rate.background,
            well: 0,
            sent: VecDeque::new(),
            last_background: None,
            held_until: None,
            waiting: [0; 3],
        }
    }

    /// Takes one request out of the budget, or says how long to wait.
    fn take(&mut self, lane: Lane, now: Instant) -> Result<(), Duration> {
        if let Some(until) = self.held_until.filter(|until| now < *until) {
            return Err(until - now);
        }
        self.held_until = None;
        while self.sent.front().is_some_and(|it| now.duration_since(*it) >= SPAN) {
            self.sent.pop_front();
        }
        if let Some(first) = self.sent.front()
            && self.sent.len() >= self.rate.everything as usize
        {
            return Err(SPAN.saturating_sub(now.duration_since(*first)).max(STEP_BACK));
        }
        if lane != Lane::Interactive {
            if self.waiting[lane as usize + 1..].iter().any(|it| *it > 0) {
                return Err(STEP_BACK);
            }
            let spacing = SPAN / self.allowed.max(1);
            let since = self.last_background.map(|it| now.duration_since(it));
            if let Some(since) = since.filter(|it| *it < spacing) {
                return Err(spacing - since);
            }
            self.last_background = Some(now);
        }
        self.sent.push_back(now);
        Ok(())
    }

    fn note(&mut self, wait: Option<Duration>, now: Instant) {
        if let Some(wait) = wait {
            self.allowed = (self.allowed / 2).max(LEAST).min(self.rate.background);
            self.well = 0;
            self.held_until = Some(now + wait);
            return;
        }
        self.well += 1;
        if self.well >= GROW_AFTER {
            self.well = 0;
            self.allowed = (self.allowed + 1).min(self.rate.background);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn background_work_is_spaced_and_leaves_room_for_people() {
        let (mut budget, start) =
            (Budget::new(Rate { everything: 12, background: 10 }), Instant::now());
        assert_eq!(budget.take(Lane::Backfill, start), Ok(()));
        assert_eq!(budget.take(Lane::Sync, start), Err(SECOND));
        for number in 1..10 {
            assert_eq!(budget.take(Lane::Sync, start + SECOND * number), Ok(()));
        }
        let end = start + SECOND * 9;
        assert_eq!(budget.take(Lane::Interactive, end), Ok(()));
        assert_eq!(budget.take(Lane::Interactive, end), Ok(()));
        assert_eq!(budget.take(Lane::Interactive, end), Err(SECOND));
        assert_eq!(budget.take(Lane::Interactive, end + SECOND), Ok(()));
    }

    #[test]
    fn lower_lanes_step_back_for_those_who_wait() {
        let (mut budget, now) = (Budget::new(Rate::default()), Instant::now());
        budget.waiting[Lane::Sync as usize] = 1;
        assert_eq!(budget.take(Lane::Backfill, now), Err(STEP_BACK));
        assert_eq!(budget.take(Lane::Sync, now), Ok(()));
    }

    #[test]
    fn too_much_holds_everybody_and_halves_the_background() {
        let (mut budget, now) = (Budget::new(Rate::default()), Instant::now());
        budget.note(Some(SECOND * 3), now);
        assert_eq!(budget.take(Lane::Interactive, now + SECOND), Err(SECOND * 2));
        assert_eq!(budget.take(Lane::Sync, now + SECOND * 3), Ok(()));
        assert_eq!(budget.allowed, 20);
        (0..GROW_AFTER).for_each(|_| budget.note(None, now));
        assert_eq!(budget.allowed, 21);
    }
}
