//! Undo and redo: what the flow was before each change. Selection and zoom are not in it.

use domain::flow::{FlowVersion, Note, Trigger};

/// How many changes can be taken back.
const LIMIT: usize = 100;

/// What undo puts back.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The flow's name.
    pub display_name: String,
    /// The whole step tree.
    pub trigger: Trigger,
    /// The sticky notes.
    pub notes: Vec<Note>,
}

impl From<&FlowVersion> for Snapshot {
    fn from(version: &FlowVersion) -> Self {
        let (display_name, trigger) = (version.display_name.clone(), version.trigger.clone());
        Self { display_name, trigger, notes: version.notes.clone() }
    }
}

/// Changes that can be taken back, and those taken back.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<Snapshot>,
    future: Vec<Snapshot>,
    /// The field being typed in: its keystrokes are one change.
    field: Option<String>,
}

impl History {
    /// A change is about to be made to `before`.
    pub fn record(&mut self, before: Snapshot, field: Option<&str>) {
        let goes_on = field.is_some() && self.field.as_deref() == field && !self.past.is_empty();
        self.field = field.map(str::to_owned);
        self.future.clear();
        if goes_on {
            return;
        }
        self.past.push(before);
        if self.past.len() > LIMIT {
            self.past.remove(0);
        }
    }

    /// What to go back to from `now`.
    pub fn undo(&mut self, now: Snapshot) -> Option<Snapshot> {
        let before = self.past.pop()?;
        self.future.push(now);
        self.field = None;
        Some(before)
    }

    /// What to go forward to from `now`.
    pub fn redo(&mut self, now: Snapshot) -> Option<Snapshot> {
        let after = self.future.pop()?;
        self.past.push(now);
        self.field = None;
        Some(after)
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::TriggerKind;
    use serde_json::Value;

    fn named(name: &str) -> Snapshot {
        Snapshot {
            display_name: name.to_owned(),
            trigger: Trigger {
                name: "trigger".to_owned(),
                display_name: "Start".to_owned(),
                valid: false,
                kind: TriggerKind::Empty(Value::Null),
                next_action: None,
            },
            notes: Vec::new(),
        }
    }

    #[test]
    fn undo_and_redo_walk_the_same_way_back_and_forth() {
        let mut history = History::default();
        history.record(named("a"), None);
        history.record(named("b"), None);
        assert_eq!(history.undo(named("c")), Some(named("b")));
        assert_eq!(history.undo(named("b")), Some(named("a")));
        assert_eq!(history.undo(named("a")), None);
        assert_eq!(history.redo(named("a")), Some(named("b")));
    }

    #[test]
    fn keystrokes_in_one_field_are_taken_back_at_once() {
        let mut history = History::default();
        history.record(named(""), Some("title"));
        history.record(named("H"), Some("title"));
        history.record(named("He"), Some("title"));
        assert_eq!(history.undo(named("Hey")), Some(named("")));
        assert!(!history.can_undo());
    }

    #[test]
    fn a_new_change_forgets_what_was_taken_back() {
        let mut history = History::default();
        history.record(named("a"), None);
        history.undo(named("b"));
        history.record(named("a"), None);
        assert!(!history.can_redo());
    }
}
