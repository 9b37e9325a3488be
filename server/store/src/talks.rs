//! What runs of the assistant do, handed to those who follow their conversations: from memory, after it was committed.
//!
//! Nothing depends on it but speed: every event is in its table, with its number, and whoever misses one reads it there.

use domain::chat::ChatEvent;
use domain::ids::SessionId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

/// Commits that a slow reader of a conversation may lag behind before it has to read the table.
const LAG: usize = 128;
/// Events of one commit that are longer than this, in bytes of JSON, are read from the table: what waits stays small.
const LONGEST: usize = 64 * 1024;
/// From here on, and then each time they have doubled, conversations that nobody follows are put away.
const SWEEP_AT: usize = 64;

/// Events of one run that were committed together.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) session: SessionId,
    pub(crate) events: Vec<ChatEvent>,
    /// How long they are, in bytes of JSON.
    pub(crate) length: usize,
}

/// What somebody who follows a conversation hears.
#[derive(Clone, Debug)]
pub enum Heard {
    /// Events of one run in their order, each as it is stored.
    Events(Arc<[ChatEvent]>),
    /// Something was stored that has to be read from the table.
    More,
}

/// Those who follow conversations on this node. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Talks(Arc<Mutex<Open>>);

#[derive(Default)]
struct Open {
    talks: HashMap<SessionId, broadcast::Sender<Heard>>,
    sweep_at: usize,
}

impl Talks {
    pub(crate) fn subscribe(&self, session: &SessionId) -> broadcast::Receiver<Heard> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.talks.len() >= open.sweep_at.max(SWEEP_AT) {
            open.talks.retain(|_, sender| sender.receiver_count() > 0);
            open.sweep_at = open.talks.len() * 2;
        }
        let talk = open.talks.entry(session.clone());
        talk.or_insert_with(|| broadcast::channel(LAG).0).subscribe()
    }

    /// In the order of `told`. Nobody listening is fine.
    pub(crate) fn publish(&self, told: Vec<Told>) {
        for Told { session, events, length } in told {
            let heard = match length {
                0..=LONGEST => Heard::Events(events.into()),
                _ => Heard::More,
            };
            self.send(&session, heard);
        }
    }

    /// Another node stored something.
    pub(crate) fn publish_elsewhere(&self, session: &SessionId) {
        self.send(session, Heard::More);
    }

    fn send(&self, session: &SessionId, heard: Heard) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_alone = open.talks.get(session).is_some_and(|it| it.send(heard).is_err());
        if is_alone {
            open.talks.remove(session);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(session: &str, seq: i64, length: usize) -> Told {
        let event =
            ChatEvent { run_id: "r".into(), seq, event: "delta".to_owned(), data: json!({}) };
        Told { session: session.into(), events: vec![event], length }
    }

    #[test]
    fn only_those_who_follow_a_conversation_hear_of_it() {
        let talks = Talks::default();
        let mut one = talks.subscribe(&"one".into());
        let mut other = talks.subscribe(&"other".into());
        talks.publish(vec![told("one", 1, 10), told("one", 2, LONGEST + 1), told("none", 1, 10)]);
        let Ok(Heard::Events(events)) = one.try_recv() else { panic!("no events") };
        assert_eq!(events[0].seq, 1);
        assert!(matches!(one.try_recv(), Ok(Heard::More)), "what is long is read from the table");
        assert!(other.try_recv().is_err());
    }

    #[test]
    fn conversations_that_nobody_follows_are_put_away() {
        let talks = Talks::default();
        for number in 0..SWEEP_AT * 4 {
            drop(talks.subscribe(&number.to_string().as_str().into()));
        }
        assert!(talks.0.lock().unwrap().talks.len() <= SWEEP_AT + 1);
        let kept = talks.subscribe(&"kept".into());
        drop(kept);
        talks.publish(vec![told("kept", 1, 10)]);
        assert!(!talks.0.lock().unwrap().talks.contains_key(&SessionId::from("kept")));
    }
}
