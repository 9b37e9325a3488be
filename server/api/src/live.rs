//! What happens in the workspace, as it happens: one stream of server-sent events for each open page.
//!
//! Events come from memory as they are committed, and from the events table where a page was away or is too slow: it
//! gets everything since the last one it saw.

use crate::authority::Reader;
use crate::error::Answer;
use crate::query::Query;
use crate::routes::{Route, Who};
use axum::Extension;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event as Frame, Sse};
use axum::response::{IntoResponse, Response};
use backend::Backend;
use domain::actor::{Actor, Permission};
use domain::client::Client;
use domain::event::{StoredEvent, Topic};
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use futures::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::Duration;
use store::db::{Change, Record};
use store::events;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::{self, Sender};
use tokio::time::{Instant, Interval, MissedTickBehavior, timeout};
use tokio_stream::wrappers::ReceiverStream;

/// How long a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(2);
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Frames that wait for a reader, and how long; then it is dropped and resumes from the table.
const WAITING: usize = 64;
const PATIENCE: Duration = Duration::from_secs(30);
/// What a sync brought, or how far it is.
const SYNC: &str = "sync";
/// Events read at once.
const PAGE: i64 = 100;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/api/pmos/events", Who::Person(Permission::Read), stream)]
}

async fn stream(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Extension(client): Extension<Client>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer<Response> {
    // Listening starts before the table is read, so nothing falls between the two.
    let changes = backend.db.changes();
    let mut conn = backend.db.read().await.map_err(Problem::from)?;
    let latest = events::latest(&mut conn, &actor.workspace).await.map_err(Problem::from)?;
    drop(conn);
    let last =
        headers.get("last-event-id").and_then(|it| it.to_str().ok()).or(asked.after.as_deref());
    let seen = last.and_then(|it| number_of(it, &actor.workspace));
    let cursor = seen.map_or(latest, |it| it.min(latest));
    let (frames, receiver) = mpsc::channel(WAITING);
    let reader = Reader::new(backend.clone(), client, actor.clone());
    let subscription = Subscription { backend, reader, actor, cursor, frames };
    tokio::spawn(subscription.run(changes));
    let frames = ReceiverStream::new(receiver).map(Ok::<_, Infallible>);
    let mut response = Sse::new(frames).into_response();
    let fixed = response.headers_mut();
    fixed.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fixed.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// What a page asks for when it connects.
#[derive(Deserialize)]
struct Asked {
    /// The last event it knows of; a browser that connects again by itself says so in `Last-Event-ID`, which wins.
    after: Option<String>,
}

/// The number after `workspace:`; numbers of another workspace mean nothing here.
fn number_of(event: &str, workspace: &WorkspaceId) -> Option<i64> {
    let number = event.strip_prefix(workspace.as_str())?.strip_prefix(':')?;
    number.parse().ok().filter(|it| *it >= 0)
}

/// One open page.
struct Subscription {
    backend: Backend,
    reader: Reader,
    /// What they may see now.
    actor: Actor,
    /// Number of the last event that was looked at.
    cursor: i64,
    frames: Sender<Frame>,
}

/// Why a stream ends: its reader or its right to read is gone, or the server stops.
struct Ended;

impl Subscription {
    async fn run(mut self, changes: Receiver<Change>) {
        let Err(Ended) = self.follow(changes).await;
    }

    /// Passes on what is committed, in its order. Events come from memory; the table is read where one is missing: after
    /// the page was away or slow, or where another node stored it.
    async fn follow(&mut self, mut changes: Receiver<Change>) -> Result<Infallible, Ended> {
        self.send(Frame::default().retry(RETRY)).await?;
        self.catch_up().await?;
        let closing = self.backend.closing.clone();
        let mut beats = beats();
        loop {
            let change = tokio::select! {
                () = closing.cancelled() => return Err(Ended),
                () = self.frames.closed() => return Err(Ended),
                _ = beats.tick() => {
                    self.check().await?;
                    self.send(Frame::default().comment("")).await?;
                    continue;
                }
                change = changes.recv() => change,
            };
            match change {
                Ok(change) => self.hear(&change).await?,
                Err(RecvError::Lagged(_)) => {
                    self.check().await?;
                    self.catch_up().await?;
                }
                Err(RecvError::Closed) => return Err(Ended),
            }
        }
    }

    async fn hear(&mut self, change: &Change) -> Result<(), Ended> {
        // Somebody's session may have ended, in whatever workspace that was decided.
        if may_narrow(change) {
            self.check().await?;
        }
        if change.workspace != self.actor.workspace {
            return Ok(());
        }
        let number = match &change.record {
            Record::None => return self.announce(change).await,
            Record::Event(event) => event.seq,
            Record::Elsewhere(number) => *number,
        };
        match &change.record {
            _ if number <= self.cursor => Ok(()),
            Record::Event(event) if number == self.cursor + 1 => {
                self.cursor = number;
                self.tell(event).await
            }
            _ => self.catch_up().await,
        }
    }

    /// Reads the authority of the session anew: it may have ended, moved or changed.
    async fn check(&mut self) -> Result<(), Ended> {
        self.actor = self.reader.now().await.ok_or(Ended)?;
        Ok(())
    }

    /// Sends every event the person may see since the last one that was looked at.
    async fn catch_up(&mut self) -> Result<(), Ended> {
        loop {
            let mut conn = self.backend.db.read().await.map_err(|_| Ended)?;
            let found = events::after(&mut conn, &self.actor.workspace, self.cursor, PAGE).await;
            drop(conn);
            let found = found.map_err(|_| Ended)?;
            let Some(last) = found.last().map(|it| it.seq) else { return Ok(()) };
            for stored in &found {
                self.tell(stored).await?;
            }
            self.cursor = last;
        }
    }

    /// Sends an event, if the person may see it.
    async fn tell(&self, stored: &StoredEvent) -> Result<(), Ended> {
        if !is_visible(&self.actor, stored) {
            return Ok(());
        }
        self.send(frame(&self.actor.workspace, stored)).await
    }

    /// Passes on what is not stored, such as the progress of a run. It has no number: it cannot be resumed.
    async fn announce(&self, change: &Change) -> Result<(), Ended> {
        if !is_shared(change.topic) {
            return Ok(());
        }
        self.say(change.topic.as_str(), &change.target).await?;
        // Of connections only the sync leaves no event: scripts wait for it by its own word (contract.md 3.7).
        if change.topic == Topic::Connector { self.say(SYNC, &change.target).await } else { Ok(()) }
    }

    async fn say(&self, kind: &str, id: &str) -> Result<(), Ended> {
        let data = json!({"type": kind, "id": id});
        self.send(Frame::default().event(kind).data(data.to_string())).await
    }

    async fn send(&self, frame: Frame) -> Result<(), Ended> {
        match timeout(PATIENCE, self.frames.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Ended),
        }
    }
}

/// Whether somebody's rights may be less after it.
fn may_narrow(change: &Change) -> bool {
    match &change.record {
        Record::None => false,
        Record::Event(stored) => stored.event.kind.may_narrow(),
        // Which event it was is known to the other node.
        Record::Elsewhere(_) => change.topic == Topic::Account,
    }
}

/// When it is time to say that a stream still stands, and to look whether its reader may still read.
fn beats() -> Interval {
    let mut beats = tokio::time::interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats
}

/// Topics that everybody in the workspace may hear of.
fn is_shared(topic: Topic) -> bool {
    match topic {
        Topic::Connector | Topic::Setup | Topic::Flow | Topic::FlowRun | Topic::Approval => true,
        Topic::Account | Topic::Chat | Topic::Operation | Topic::Notification => false,
    }
}

/// Conversations and notifications are their owner's alone; people and writes are also the admins'.
fn is_visible(actor: &Actor, stored: &StoredEvent) -> bool {
    let topic = stored.event.kind.topic();
    if stored.event.kind.is_for_super_admins() && !actor.role.can(Permission::Platform) {
        return false;
    }
    let me = actor.user.as_str();
    let is_own = stored.actor_id == me || stored.event.target == me;
    let is_managed = matches!(topic, Topic::Account | Topic::Operation);
    is_shared(topic) || is_own || (is_managed && actor.role.can(Permission::Manage))
}

fn frame(workspace: &WorkspaceId, stored: &StoredEvent) -> Frame {
    let event = &stored.event;
    let topic = event.kind.topic();
    let mut data = json!({
        "type": topic.as_str(),
        "id": event.target,
        "kind": event.kind.as_str(),
        "actor": stored.actor,
        "actorId": stored.actor_id,
        "requestId": stored.request_id,
        "seq": stored.seq,
        "ts": store::ids::rfc3339(stored.at_ms),
    });
    if is_shared(topic) {
        data["detail"] = event.detail.clone();
    }
    Frame::default()
        .id(format!("{workspace}:{}", stored.seq))
        .event(topic.as_str())
        .data(Value::to_string(&data))
}
