//! Changes on their way to the server: one request at a time, in order; keystrokes in one field are one change.

use domain::flow::edit::FlowEdit;

/// The longest a keystroke waits for the next one before it is sent, in milliseconds.
pub const TYPING_PAUSE_MS: u64 = 600;

/// What waits and what is under way.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    waiting: Vec<Waiting>,
    sending: Vec<FlowEdit>,
}

#[derive(Clone, Debug)]
struct Waiting {
    edit: FlowEdit,
    /// The field being typed in.
    field: Option<String>,
}

impl Outbox {
    /// Adds `edit`; one more in the same `field` replaces the one before it.
    pub fn push(&mut self, edit: FlowEdit, field: Option<&str>) {
        let field = field.map(str::to_owned);
        match self.waiting.last_mut() {
            Some(last) if field.is_some() && last.field == field => last.edit = edit,
            _ => self.waiting.push(Waiting { edit, field }),
        }
    }

    /// What to send now; none while a request is under way or nothing waits.
    pub fn take(&mut self) -> Option<Vec<FlowEdit>> {
        if !self.sending.is_empty() || self.waiting.is_empty() {
            return None;
        }
        self.sending = self.waiting.drain(..).map(|it| it.edit).collect();
        Some(self.sending.clone())
    }

    /// The request under way was saved.
    pub fn saved(&mut self) {
        self.sending.clear();
    }

    /// The server was not reached: what was under way waits again, first.
    pub fn put_back(&mut self) {
        let back = self.sending.drain(..).map(|edit| Waiting { edit, field: None });
        self.waiting.splice(0..0, back);
    }

    /// The request under way was not saved: gives back everything that is not on the server.
    pub fn refused(&mut self) -> Vec<FlowEdit> {
        let mut edits = std::mem::take(&mut self.sending);
        edits.extend(self.waiting.drain(..).map(|it| it.edit));
        edits
    }

    /// Everything that is not on the server, in order.
    pub fn all(&self) -> Vec<FlowEdit> {
        self.sending.iter().cloned().chain(self.waiting.iter().map(|it| it.edit.clone())).collect()
    }

    /// Everything is on the server.
    pub fn is_idle(&self) -> bool {
        self.sending.is_empty() && self.waiting.is_empty()
    }
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
    }

    #[test]
    fn a_refusal_gives_back_every_unsaved_change_in_order() {
        let mut outbox = Outbox::default();
        outbox.push(named("A"), None);
        outbox.take();
        outbox.push(named("B"), None);
        assert_eq!(outbox.refused(), vec![named("A"), named("B")]);
        assert!(outbox.is_idle());
    }
}
