//! Changes on their way to the server: one request at a time, in order; keystrokes in one field are one change.

use domain::flow::edit::FlowEdit;

/// The longest a keystroke waits for the next one before it is sent, in milliseconds.
pub const TYPING_PAUSE_MS: u64 = 600;

/// What waits and what is under way.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    waiting: Vec<Change>,
    sending: Vec<Change>,
    /// So many of those that wait are sent alone: one of them was refused.
    alone: usize,
    /// Requests in a row that came to nothing.
    failures: u32,
    /// The server may have got what is here, though it did not say so.
    may_be_there: bool,
}

/// What a person did in one go: made whole or not at all.
#[derive(Clone, Debug)]
struct Change {
    edits: Vec<FlowEdit>,
    /// The field being typed in.
    field: Option<String>,
}

/// What is not on the server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unsaved {
    /// In order.
    pub edits: Vec<FlowEdit>,
    /// The server may have got it, though it did not say so.
    pub may_be_there: bool,
}

impl Outbox {
    /// Adds `edit`; one more in the same `field` replaces the one before it.
    pub fn push(&mut self, edit: FlowEdit, field: Option<&str>) {
        let field = field.map(str::to_owned);
        match self.waiting.last_mut() {
            Some(last) if field.is_some() && last.field == field => last.edits = vec![edit],
            _ => self.waiting.push(Change { edits: vec![edit], field }),
        }
    }

    /// Adds `edits`, which belong together.
    pub fn push_all(&mut self, edits: Vec<FlowEdit>) {
        self.waiting.push(Change { edits, field: None });
    }

    /// What to send now; none while a request is under way or nothing waits.
    pub fn take(&mut self) -> Option<Vec<FlowEdit>> {
        if !self.sending.is_empty() || self.waiting.is_empty() {
            return None;
        }
        let many = if self.alone == 0 { self.waiting.len() } else { 1 };
        self.alone = self.alone.saturating_sub(1);
        self.sending = self.waiting.drain(..many).collect();
        Some(edits(&self.sending))
    }

    /// The request under way was saved.
    pub fn saved(&mut self) {
        self.sending.clear();
        self.failures = 0;
        self.may_be_there = false;
    }

    /// Nobody knows whether the request under way was saved: it waits again, first.
    pub fn put_back(&mut self) {
        self.wait_again();
        self.may_be_there = true;
        self.failures += 1;
    }

    /// How many requests in a row came to nothing.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// The request under way was refused, though perhaps for one of its changes alone: each is sent by itself. False
    /// when there was one.
    pub fn take_apart(&mut self) -> bool {
        let many = self.sending.len();
        if many < 2 {
            return false;
        }
        self.wait_again();
        self.alone = many;
        true
    }

    /// The request under way was refused for good: gives it, and forgets it.
    pub fn give_up(&mut self) -> Vec<FlowEdit> {
        self.failures = 0;
        edits(&std::mem::take(&mut self.sending))
    }

    /// The request under way was not saved: gives back everything that is not on the server.
    pub fn refused(&mut self) -> Unsaved {
        let unsaved = Unsaved { edits: self.all(), may_be_there: self.may_be_there };
        *self = Self::default();
        unsaved
    }

    /// Everything that is not on the server, in order.
    pub fn all(&self) -> Vec<FlowEdit> {
        edits(self.sending.iter().chain(&self.waiting))
    }

    /// Everything is on the server.
    pub fn is_idle(&self) -> bool {
        self.sending.is_empty() && self.waiting.is_empty()
    }

    fn wait_again(&mut self) {
        // What is typed from now on is a change of its own.
        let back = self.sending.drain(..).map(|it| Change { field: None, ..it });
        self.waiting.splice(0..0, back);
    }
}

fn edits<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Vec<FlowEdit> {
    changes.into_iter().flat_map(|it| it.edits.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::edit::ChangeName;

    fn named(name: &str) -> FlowEdit {
        FlowEdit::ChangeName(ChangeName { display_name: name.to_owned() })
    }

    #[test]
    fn keystrokes_in_one_field_become_one_change() {
        let mut outbox = Outbox::default();
        outbox.push(named("N"), Some("name"));
        outbox.push(named("Ne"), Some("name"));
        outbox.push(named("New"), Some("name"));
        assert_eq!(outbox.take(), Some(vec![named("New")]));
    }

    #[test]
    fn the_next_request_waits_for_the_one_before_it() {
        let mut outbox = Outbox::default();
        outbox.push(named("A"), None);
        assert!(outbox.take().is_some());
        outbox.push(named("B"), None);
        assert_eq!(outbox.take(), None);
        outbox.saved();
        assert_eq!(outbox.take(), Some(vec![named("B")]));
    }

    #[test]
    fn what_did_not_arrive_is_sent_again_before_what_came_later() {
        let mut outbox = Outbox::default();
        outbox.push(named("A"), None);
        outbox.take();
        outbox.push(named("B"), None);
        outbox.put_back();
        assert_eq!(outbox.take(), Some(vec![named("A"), named("B")]));
        outbox.put_back();
        assert_eq!(outbox.failures(), 2);
        assert!(outbox.refused().may_be_there);
    }

    #[test]
    fn a_refusal_gives_back_every_unsaved_change_in_order() {
        let mut outbox = Outbox::default();
        outbox.push(named("A"), None);
        outbox.take();
        outbox.push(named("B"), None);
        let unsaved = Unsaved { edits: vec![named("A"), named("B")], may_be_there: false };
        assert_eq!(outbox.refused(), unsaved);
        assert!(outbox.is_idle());
    }

    #[test]
    fn one_bad_change_does_not_take_the_others_with_it() {
        let mut outbox = Outbox::default();
        outbox.push(named("A"), None);
        outbox.push_all(vec![named("B"), named("C")]);
        outbox.push(named("D"), None);
        outbox.take();
        outbox.push(named("E"), None);
        assert!(outbox.take_apart());
        assert_eq!(outbox.take(), Some(vec![named("A")]));
        outbox.saved();
        assert_eq!(outbox.take(), Some(vec![named("B"), named("C")]));
        assert!(!outbox.take_apart());
        assert_eq!(outbox.give_up(), vec![named("B"), named("C")]);
        assert_eq!(outbox.take(), Some(vec![named("D")]));
        outbox.saved();
        assert_eq!(outbox.take(), Some(vec![named("E")]));
    }
}
