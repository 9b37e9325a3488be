//! Undo and redo of one's own changes: each with the flow before and after it, so that what others do in between stays.
//! Selection and zoom are not in it.

use super::store::Studio;
use domain::flow::merge::{Content, merge};
use leptos::prelude::*;
use std::sync::Arc;

/// How many changes can be taken back.
const LIMIT: usize = 100;

/// One change: what the flow was, and what it became.
#[derive(Clone, Debug, PartialEq)]
struct Turn {
    from: Arc<Content>,
    to: Arc<Content>,
}

/// Which way through the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The last change is taken back.
    Undo,
    /// The last change taken back is made again.
    Redo,
}

/// Changes that can be taken back, and those taken back.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<Turn>,
    future: Vec<Turn>,
    /// The field being typed in, or the request that the assistant answers: what belongs to one is one change.
    field: Option<String>,
}

impl History {
    /// A change made `to` of `from`.
    pub fn record(&mut self, from: Content, to: Content, field: Option<&str>) {
        let is_same_field = field.is_some() && self.field.as_deref() == field;
        self.field = field.map(str::to_owned);
        self.future.clear();
        let last = self.past.last_mut().filter(|it| *it.to == from);
        let from = match last {
            // Keystrokes in one field, and changes of one answer, go on as long as nobody else came between them.
            Some(last) if is_same_field => {
                last.to = Arc::new(to);
                return;
            }
            Some(last) => Arc::clone(&last.to),
            None => Arc::new(from),
        };
        self.past.push(Turn { from, to: Arc::new(to) });
        if self.past.len() > LIMIT {
            self.past.remove(0);
        }
    }

    /// What the flow `now` becomes when the last change is taken back, or made again; nothing when there is none.
    ///
    /// A change that no longer fits what others did since is forgotten, and the words say why.
    pub fn step(&mut self, way: Way, now: &Content) -> Option<Result<Content, String>> {
        let (stack, other) = match way {
            Way::Undo => (&mut self.past, &mut self.future),
            Way::Redo => (&mut self.future, &mut self.past),
        };
        let turn = stack.pop()?;
        self.field = None;
        let (base, wanted) = match way {
            Way::Undo => (&turn.to, &turn.from),
            Way::Redo => (&turn.from, &turn.to),
        };
        let then = merge(base, wanted, now);
        if let Ok(then) = &then {
            let (now, then) = (Arc::new(now.clone()), Arc::new(then.clone()));
            other.push(match way {
                Way::Undo => Turn { from: then, to: now },
                Way::Redo => Turn { from: now, to: then },
            });
        }
        Some(then)
    }

    /// Whether undo does something.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether redo does something.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

impl Studio {
    /// What of the flow people change, as it is now.
    pub(super) fn content(self) -> Content {
        self.flow.with_untracked(|it| Content::from(&it.version))
    }

    /// A change of this person made what is on screen of `before`.
    pub(super) fn remember(self, before: Content, field: Option<&str>) {
        let now = self.content();
        self.history.update(|it| it.record(before, now, field));
    }

    /// Takes the last change of this person back; what others did since stays.
    pub fn undo(self) {
        self.step_in_history(Way::Undo);
    }

    /// Does the last change taken back again.
    pub fn redo(self) {
        self.step_in_history(Way::Redo);
    }

    fn step_in_history(self, way: Way) {
        if !self.is_editing_untracked() {
            return;
        }
        let now = self.content();
        match self.history.try_update(|it| it.step(way, &now)).flatten() {
            Some(Ok(then)) => {
                let edit = then.put_back();
                self.keeping_place(|| {
                    if self.apply(&edit).is_ok() {
                        self.queue(edit, None);
                    }
                    self.leave_missing_steps();
                });
            }
            Some(Err(why)) => {
                let word = if way == Way::Undo { "taken back" } else { "done again" };
                self.toasts.failed(format!("That change was not {word}. {why}"));
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::catalog::step::empty_trigger;

    fn named(name: &str) -> Content {
        Content { display_name: name.to_owned(), trigger: empty_trigger(), notes: Vec::new() }
    }

    fn with(content: &Content, note: &str) -> Content {
        let mut content = content.clone();
        content.notes.push(domain::flow::Note::new(note.to_owned(), (0, 0)));
        content
    }

    #[test]
    fn undo_and_redo_walk_the_same_way_back_and_forth() {
        let mut history = History::default();
        history.record(named("a"), named("b"), None);
        history.record(named("b"), named("c"), None);
        assert_eq!(history.step(Way::Undo, &named("c")), Some(Ok(named("b"))));
        assert_eq!(history.step(Way::Undo, &named("b")), Some(Ok(named("a"))));
        assert_eq!(history.step(Way::Undo, &named("a")), None);
        assert_eq!(history.step(Way::Redo, &named("a")), Some(Ok(named("b"))));
        assert_eq!(history.step(Way::Redo, &named("b")), Some(Ok(named("c"))));
        assert!(!history.can_redo());
    }

    #[test]
    fn keystrokes_in_one_field_are_taken_back_at_once() {
        let mut history = History::default();
        history.record(named(""), named("H"), Some("title"));
        history.record(named("H"), named("He"), Some("title"));
        history.record(named("He"), named("Hey"), Some("title"));
        assert_eq!(history.step(Way::Undo, &named("Hey")), Some(Ok(named(""))));
        assert!(!history.can_undo());
    }

    #[test]
    fn a_new_change_forgets_what_was_taken_back() {
        let mut history = History::default();
        history.record(named("a"), named("b"), None);
        assert!(history.step(Way::Undo, &named("b")).is_some());
        history.record(named("a"), named("c"), None);
        assert!(!history.can_redo());
    }

    #[test]
    fn what_somebody_else_did_between_stays() {
        let mut history = History::default();
        history.record(named("a"), named("b"), Some("title"));
        let theirs = with(&named("b"), "theirs");
        history.record(theirs.clone(), with(&named("c"), "theirs"), Some("title"));
        let now = with(&with(&named("c"), "theirs"), "more");
        let once = history.step(Way::Undo, &now);
        assert_eq!(
            once,
            Some(Ok(with(&theirs, "more"))),
            "keystrokes around theirs are two changes"
        );
        let twice = history.step(Way::Undo, &with(&theirs, "more"));
        assert_eq!(twice, Some(Ok(with(&with(&named("a"), "theirs"), "more"))));
        let again = history.step(Way::Redo, &with(&named("a"), "theirs"));
        assert_eq!(again, Some(Ok(with(&named("b"), "theirs"))));
    }

    #[test]
    fn what_somebody_else_changed_since_is_not_taken_back() {
        let mut history = History::default();
        history.record(named("x"), named("a"), None);
        history.record(named("a"), named("b"), None);
        let refused = history.step(Way::Undo, &named("theirs")).and_then(Result::err);
        assert_eq!(refused.as_deref(), Some("The flow's name was changed by somebody else since"));
        assert!(!history.can_redo() && history.can_undo());
    }
}
