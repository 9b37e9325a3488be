//! Who is in which flow right now: known to this process only, forgotten when the signs of life stop.

use domain::actor::Actor;
use domain::event::Topic;
use domain::flow::presence::{Here, STAYS_MS};
use domain::ids::{FlowId, WorkspaceId};
use domain::problem::Problem;
use flow::flows::Flows;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::db::{Change, Db};
use store::ids;

/// Pages of one flow that are counted.
const MOST: usize = 100;
/// Letters of the name of a page or a step.
const LONGEST: usize = 80;

type Key = (WorkspaceId, FlowId);

#[derive(Clone, Debug)]
struct Seen {
    here: Here,
    until_ms: i64,
}

/// Who is where. Cheap to clone.
#[derive(Clone)]
pub struct Presence {
    flows: Flows,
    db: Db,
    seen: Arc<Mutex<BTreeMap<Key, Vec<Seen>>>>,
}

impl Presence {
    pub(crate) fn new(flows: Flows, db: Db) -> Self {
        Self { flows, db, seen: Arc::default() }
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
        Ok(self.change(actor, flow, page, Some(here)))
    }

    /// `page` is closed.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`].
    pub async fn leave(&self, actor: &Actor, flow: &FlowId, page: &str) -> Result<(), Problem> {
        self.flows.get(actor, flow).await?;
        self.change(actor, flow, page, None);
        Ok(())
    }

    fn change(&self, actor: &Actor, flow: &FlowId, page: &str, now: Option<Here>) -> Vec<Here> {
        let key = (actor.workspace.clone(), flow.clone());
        let (before, after) = {
            let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let before = listed(&all, &key);
            let now_ms = ids::now_ms();
            all.retain(|_, pages| {
                pages.retain(|it| it.until_ms > now_ms);
                !pages.is_empty()
            });
            let pages = all.entry(key.clone()).or_default();
            // A page belongs to the person who opened it; nobody else moves or closes it.
            let is_mine =
                |it: &Seen| it.here.page == page && it.here.user_id == actor.user.as_str();
            let at = pages.iter().position(is_mine);
            match (now, at) {
                (Some(here), Some(at)) => pages[at] = Seen { here, until_ms: now_ms + STAYS_MS },
                (Some(here), None) if pages.len() < MOST => {
                    pages.push(Seen { here, until_ms: now_ms + STAYS_MS });
                }
                (None, Some(at)) => drop(pages.remove(at)),
                _ => {}
            }
            (before, listed(&all, &key))
        };
        if before != after {
            let target = format!("here:{flow}");
            self.db.announce(Change { workspace: key.0, topic: Topic::Flow, target });
        }
        after
    }
}

fn listed(all: &BTreeMap<Key, Vec<Seen>>, key: &Key) -> Vec<Here> {
    all.get(key).into_iter().flatten().map(|it| it.here.clone()).collect()
}
