//! Who is in which flow right now: kept nowhere, forgotten when the signs of life stop.
//!
//! Each node passes on what it sees,
//! so that people see those on other nodes; a node that dies takes its people with it when their time has passed.

use domain::actor::Actor;
use domain::event::Topic;
use domain::flow::presence::{Here, STAYS_MS};
use domain::ids::{FlowId, WorkspaceId};
use domain::problem::Problem;
use flow::flows::Flows;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::db::{Change, Db};
use store::ids;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

/// Pages of one flow that are counted.
const MOST: usize = 100;
/// Letters of the name of a page or a step.
const LONGEST: usize = 80;

/// Who is where. Cheap to clone.
#[derive(Clone)]
pub struct Presence {
    flows: Flows,
    db: Db,
    rooms: Arc<Mutex<Rooms>>,
}

/// A sign of life of a page, or that it was closed: what nodes tell each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Sign {
    workspace: WorkspaceId,
    flow: FlowId,
    page: String,
    user: String,
    /// None when it was closed.
    here: Option<Here>,
}

impl Presence {
    /// Listens to other nodes until `closing`.
    pub(crate) fn new(flows: Flows, db: Db, closing: CancellationToken) -> Self {
        let presence = Self { flows, db, rooms: Arc::default() };
        if presence.db.is_shared() {
            tokio::spawn(presence.clone().listen(closing));
        }
        presence
    }

    /// A sign of life of `page`, where `step` is open; gives everybody who is in the flow. Live pages are told when
    /// that changed.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`]; [`Problem::Invalid`] for names nobody has.
    pub async fn beat(
        &self,
        actor: &Actor,
        flow: &FlowId,
        page: &str,
        step: Option<String>,
    ) -> Result<Vec<Here>, Problem> {
        for (field, text) in [("page", Some(page)), ("step", step.as_deref())] {
            if text.is_some_and(|it| it.len() > LONGEST) {
                return Err(Problem::invalid(field, "This name is too long. Reload the page"));
            }
        }
        self.flows.get(actor, flow).await?;
        let here = Here {
            page: page.to_owned(),
            user_id: actor.user.to_string(),
            name: actor.name.clone(),
            step,
        };
        Ok(self.pass_on(sign(actor, flow, page, Some(here))).await)
    }

    /// `page` is closed.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`].
    pub async fn leave(&self, actor: &Actor, flow: &FlowId, page: &str) -> Result<(), Problem> {
        self.flows.get(actor, flow).await?;
        self.pass_on(sign(actor, flow, page, None)).await;
        Ok(())
    }

    async fn pass_on(&self, sign: Sign) -> Vec<Here> {
        let words = serde_json::to_string(&sign).unwrap_or_default();
        let here = self.note(sign);
        if let Err(error) = self.db.say(&words).await {
            // The next sign of life comes in a few seconds.
            tracing::debug!(%error, "other nodes do not hear who is in a flow");
        }
        here
    }

    /// Notes a sign and tells live pages of this node when it changed anything.
    fn note(&self, sign: Sign) -> Vec<Here> {
        let (workspace, target) = (sign.workspace.clone(), format!("here:{}", sign.flow));
        let noted = {
            let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
            rooms.note(sign, ids::now_ms())
        };
        if noted.has_changed {
            self.db.announce(Change::unrecorded(workspace, Topic::Flow, target));
        }
        noted.here
    }

    async fn listen(self, closing: CancellationToken) {
        let mut heard = self.db.heard();
        loop {
            let words = tokio::select! {
                () = closing.cancelled() => return,
                words = heard.recv() => words,
            };
            match words {
                // A newer program on another node may say what this one does not know.
                Ok(words) => {
                    if let Ok(sign) = serde_json::from_str(&words) {
                        self.note(sign);
                    }
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }
}

fn sign(actor: &Actor, flow: &FlowId, page: &str, here: Option<Here>) -> Sign {
    Sign {
        workspace: actor.workspace.clone(),
        flow: flow.clone(),
        page: page.to_owned(),
        user: actor.user.to_string(),
        here,
    }
}

/// The open pages of every flow, with when the last sign of life of each stops counting.
#[derive(Debug, Default)]
struct Rooms(BTreeMap<(WorkspaceId, FlowId), Vec<Seen>>);

#[derive(Clone, Debug)]
struct Seen {
    here: Here,
    until_ms: i64,
}

/// Who is in a flow after a sign, and whether that is another list than before.
struct Noted {
    here: Vec<Here>,
    has_changed: bool,
}

impl Rooms {
    fn note(&mut self, sign: Sign, now_ms: i64) -> Noted {
        let key = (sign.workspace, sign.flow);
        let before = self.listed(&key);
        self.0.retain(|_, pages| {
            pages.retain(|it| it.until_ms > now_ms);
            !pages.is_empty()
        });
        let pages = self.0.entry(key.clone()).or_default();
        // A page belongs to the person who opened it; nobody else moves or closes it.
        let is_mine = |it: &Seen| it.here.page == sign.page && it.here.user_id == sign.user;
        let at = pages.iter().position(is_mine);
        let until_ms = now_ms + STAYS_MS;
        match (sign.here, at) {
            (Some(here), Some(at)) => pages[at] = Seen { here, until_ms },
            (Some(here), None) if pages.len() < MOST => pages.push(Seen { here, until_ms }),
            (None, Some(at)) => drop(pages.remove(at)),
            _ => {}
        }
        let here = self.listed(&key);
        Noted { has_changed: before != here, here }
    }

    /// In an order that is the same on every node.
    fn listed(&self, key: &(WorkspaceId, FlowId)) -> Vec<Here> {
        let mut all: Vec<_> =
            self.0.get(key).into_iter().flatten().map(|it| it.here.clone()).collect();
        all.sort_by(|a, b| (&a.name, &a.page).cmp(&(&b.name, &b.page)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(page: &str, is_here: bool) -> Sign {
        let here = Here {
            page: page.to_owned(),
            user_id: "u".to_owned(),
            name: "Amara Osei".to_owned(),
            step: None,
        };
        Sign {
            workspace: WorkspaceId::from("w"),
            flow: FlowId::from("f"),
            page: page.to_owned(),
            user: "u".to_owned(),
            here: is_here.then_some(here),
        }
    }

    fn pages(noted: &Noted) -> Vec<&str> {
        noted.here.iter().map(|it| it.page.as_str()).collect()
    }

    #[test]
    fn pages_whose_node_died_are_gone_when_their_time_has_passed() {
        let mut rooms = Rooms::default();
        assert!(rooms.note(of("elsewhere", true), 0).has_changed);
        assert!(rooms.note(of("here", true), 1_000).has_changed);
        let quiet = rooms.note(of("here", true), STAYS_MS - 1);
        assert_eq!((pages(&quiet), quiet.has_changed), (vec!["elsewhere", "here"], false));
        let later = rooms.note(of("here", true), STAYS_MS);
        assert_eq!((pages(&later), later.has_changed), (vec!["here"], true));
    }

    #[test]
    fn a_page_is_moved_and_closed_by_the_one_who_opened_it() {
        let mut rooms = Rooms::default();
        rooms.note(of("one", true), 0);
        let foreign = Sign { user: "somebody else".to_owned(), ..of("one", false) };
        assert_eq!(pages(&rooms.note(foreign, 1)), ["one"]);
        assert!(rooms.note(of("one", false), 2).here.is_empty());
    }
}
