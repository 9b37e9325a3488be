//! Telling chat clients that something they read has changed: on the stream of a session in the handshake era, on the
//! answer to `subscriptions/listen` after it.

use crate::door::Caller;
use crate::handler::Handler;
use crate::messages::error;
use crate::resources;
use domain::actor::Actor;
use domain::event::Topic;
use domain::ids::WorkspaceId;
use rmcp::RoleServer;
use rmcp::model::{ErrorCode, ErrorData, ResourceUpdatedNotificationParam, SubscriptionFilter};
use rmcp::service::{Peer, SubscriptionContext};
use std::collections::BTreeSet;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::db::Change;
use store::error::StoreError;
use store::{ids, mcp_sessions};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// One session watches at most this many addresses.
const MOST: usize = 100;

/// What one session watches.
#[derive(Clone, Default)]
pub(crate) struct Watched(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    uris: BTreeSet<String>,
    is_told: bool,
}

impl Watched {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody must begin to tell this session; none when it watches too much already.
    fn add(&self, uri: &str) -> Option<bool> {
        let mut state = self.state();
        if state.uris.len() >= MOST && !state.uris.contains(uri) {
            return None;
        }
        state.uris.insert(uri.to_owned());
        Some(!std::mem::replace(&mut state.is_told, true))
    }

    fn remove(&self, uri: &str) {
        self.state().uris.remove(uri);
    }

    /// What is watched and concerned; none when nothing is watched any more, and then nobody tells it.
    fn concerned(&self, heard: &Heard) -> Option<Vec<String>> {
        let mut state = self.state();
        if state.uris.is_empty() {
            state.is_told = false;
            return None;
        }
        Some(state.uris.iter().filter(|it| heard.concerns(it)).cloned().collect())
    }
}

/// What was heard of a workspace.
enum Heard {
    /// This changed.
    Change(Change),
    /// Too much to tell one by one.
    Anything,
}

impl Heard {
    fn concerns(&self, uri: &str) -> bool {
        let Self::Change(change) = self else { return true };
        let is = |list: &str| {
            uri == format!("pmos://{list}") || uri == format!("pmos://{list}/{}", change.target)
        };
        match change.topic {
            Topic::Flow => is("flows"),
            Topic::FlowRun => is("runs"),
            // What a write or the sync changed in Basecamp is known by its project or its record, not by this address.
            Topic::Connector | Topic::Operation => {
                uri.starts_with("pmos://projects") || uri.starts_with("pmos://reports/")
            }
            _ => false,
        }
    }
}

/// The next that is heard of `workspace`; none when the server stops.
async fn next(changes: &mut Receiver<Change>, workspace: &WorkspaceId) -> Option<Heard> {
    loop {
        match changes.recv().await {
            Ok(change) if change.workspace == *workspace => return Some(Heard::Change(change)),
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return Some(Heard::Anything),
            Err(RecvError::Closed) => return None,
        }
    }
}

async fn tell_session(
    mut changes: Receiver<Change>,
    workspace: WorkspaceId,
    watched: Watched,
    peer: Peer<RoleServer>,
) {
    while let Some(heard) = next(&mut changes, &workspace).await {
        let Some(uris) = watched.concerned(&heard) else { return };
        for uri in uris {
            let told = ResourceUpdatedNotificationParam::new(uri);
            if peer.notify_resource_updated(told).await.is_err() {
                return;
            }
        }
    }
}

/// The part of a wish to be told that can be granted.
pub(crate) fn granted(requested: &SubscriptionFilter) -> SubscriptionFilter {
    let mut granted = SubscriptionFilter::new();
    granted.tools_list_changed = requested.tools_list_changed;
    granted.resource_subscriptions = requested
        .resource_subscriptions
        .as_ref()
        .map(|uris| uris.iter().filter(|it| resources::is_known(it)).take(MOST).cloned().collect());
    granted
}

fn unkept(error: &StoreError) -> ErrorData {
    let reference = ids::short();
    tracing::error!(reference, error = error as &dyn Error, "a subscription cannot be kept");
    ErrorData::internal_error(format!("Our fault. Reference {reference}"), None)
}

impl Handler {
    /// From now on `session` is told when what is at `uri` changes, also after a restart.
    pub(crate) async fn watch(
        &self,
        (caller, session): (&Caller, Option<&str>),
        uri: &str,
        peer: &Peer<RoleServer>,
    ) -> Result<(), ErrorData> {
        if !resources::is_known(uri) {
            let (word, message) = ("RESOURCE_NOT_FOUND", format!("There is no resource {uri}"));
            return Err(error(ErrorCode::RESOURCE_NOT_FOUND, word, message));
        }
        let Some(actor) = &caller.actor else {
            let message = "Sign in to be told about changes";
            return Err(error(ErrorCode::INVALID_REQUEST, "NOT_AUTHENTICATED", message));
        };
        let full = || {
            let message = format!("One session watches at most {MOST} addresses");
            error(ErrorCode::INVALID_REQUEST, "RATE_LIMITED", message)
        };
        let is_first = self.watched.add(uri).ok_or_else(full)?;
        if is_first {
            self.begin_telling(&actor.workspace, peer);
        }
        let Some(session) = session.map(str::to_owned) else { return Ok(()) };
        let (workspace, uri) = (actor.workspace.clone(), uri.to_owned());
        let kept = self.door.db.write(move |tx| {
            Box::pin(async move { mcp_sessions::watch(tx, &session, &workspace, &uri).await })
        });
        kept.await.map_err(|error| unkept(&error))
    }

    fn begin_telling(&self, workspace: &WorkspaceId, peer: &Peer<RoleServer>) {
        let changes = self.door.db.changes();
        let (watched, peer) = (self.watched.clone(), peer.clone());
        tokio::spawn(tell_session(changes, workspace.clone(), watched, peer));
    }

    /// What `session` subscribed to before. Nobody knows what it missed, so it is told of everything once.
    pub(crate) async fn watch_again(&self, actor: &Actor, session: &str, peer: &Peer<RoleServer>) {
        let uris = match self.kept(actor, session).await {
            Ok(uris) => uris,
            Err(error) => {
                let error = &error as &dyn Error;
                tracing::warn!(error, "what a session subscribed to is not known");
                return;
            }
        };
        let mut is_first = false;
        for uri in &uris {
            is_first |= self.watched.add(uri).unwrap_or_default();
        }
        if is_first {
            self.begin_telling(&actor.workspace, peer);
        }
        let peer = peer.clone();
        // Not here: a session that waits for its own beginning would wait for ever.
        tokio::spawn(async move {
            for uri in uris {
                let told = ResourceUpdatedNotificationParam::new(uri);
                if peer.notify_resource_updated(told).await.is_err() {
                    return;
                }
            }
        });
    }

    async fn kept(&self, actor: &Actor, session: &str) -> Result<Vec<String>, StoreError> {
        let mut conn = self.door.db.read().await?;
        mcp_sessions::watched(&mut conn, session, &actor.workspace).await
    }

    /// It is not told any more.
    pub(crate) async fn unwatch(
        &self,
        (caller, session): (&Caller, Option<&str>),
        uri: &str,
    ) -> Result<(), ErrorData> {
        self.watched.remove(uri);
        let (Some(actor), Some(session)) = (&caller.actor, session) else { return Ok(()) };
        let (workspace, session) = (actor.workspace.clone(), session.to_owned());
        let uri = uri.to_owned();
        let kept = self.door.db.write(move |tx| {
            Box::pin(async move { mcp_sessions::unwatch(tx, &session, &workspace, &uri).await })
        });
        kept.await.map_err(|error| unkept(&error))
    }

    /// Tells one who listens until they go.
    pub(crate) async fn tell(&self, caller: &Caller, context: &SubscriptionContext) {
        let uris = context.accepted().resource_subscriptions.clone().unwrap_or_default();
        let Some(actor) = caller.actor.as_ref().filter(|_| !uris.is_empty()) else {
            context.cancelled().await;
            return;
        };
        let mut changes = self.door.db.changes();
        loop {
            let heard = tokio::select! {
                () = context.cancelled() => return,
                heard = next(&mut changes, &actor.workspace) => heard,
            };
            let Some(heard) = heard else { return };
            for uri in uris.iter().filter(|it| heard.concerns(it)) {
                if context.sink().notify_resource_updated(uri.as_str()).await.is_err() {
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_concerns_its_list_and_itself() {
        let heard = |topic| Heard::Change(Change::unrecorded("w1".into(), topic, "f1"));
        for (topic, uri, is_concerned) in [
            (Topic::Flow, "pmos://flows", true),
            (Topic::Flow, "pmos://flows/f1", true),
            (Topic::Flow, "pmos://flows/f2", false),
            (Topic::Flow, "pmos://runs", false),
            (Topic::FlowRun, "pmos://runs/f1", true),
            (Topic::Operation, "pmos://projects/7", true),
            (Topic::Operation, "pmos://reports/mine", true),
            (Topic::Chat, "pmos://projects", false),
        ] {
            assert_eq!(heard(topic).concerns(uri), is_concerned, "{uri}");
        }
        assert!(Heard::Anything.concerns("pmos://flows/f2"));
    }
}
