//! The chain of events: each holds a hash over itself and the hash of the one before it.
//!
//! Whatever is changed, taken out or put in later shows. Who keeps the hash of the newest event elsewhere also sees when the end is cut off.
//!
//! Anybody can check it: a hash is SHA-256, in hex, over a JSON array of texts and numbers without spaces: the hash
//! before (empty for the first), then the columns of `events` in their order, without the hash itself.

use crate::db::{Conn, Result, fetch_all, fetch_optional, record};
use crate::ids;
use domain::actor::Actor;
use domain::event::Event;
use domain::ids::WorkspaceId;
use serde_json::json;
use sha2::{Digest, Sha256};

/// Events that are read at once.
const PAGE: i64 = 1_000;

record! {
    /// An event as it is stored.
    pub(crate) struct ChainedRow {
        pub(crate) workspace_id: String, pub(crate) seq: i64, pub(crate) at_ms: i64, pub(crate) kind: String,
        pub(crate) topic: String, pub(crate) audited: i16, pub(crate) actor_id: String, pub(crate) actor: String,
        pub(crate) via: String, pub(crate) target: String, pub(crate) label: String, pub(crate) outcome: String,
        pub(crate) detail: String, pub(crate) request_id: String, pub(crate) ip: Option<String>,
        pub(crate) hash: Option<String>,
    }
}

impl ChainedRow {
    /// What is stored now for `event` as number `seq`; without its hash.
    pub(crate) fn new(actor: &Actor, event: &Event, seq: i64) -> Self {
        Self {
            workspace_id: actor.workspace.to_string(),
            seq,
            at_ms: ids::now_ms(),
            kind: event.kind.as_str().to_owned(),
            topic: event.kind.topic().as_str().to_owned(),
            audited: i16::from(event.kind.is_audited()),
            actor_id: actor.user.to_string(),
            actor: actor.name.clone(),
            via: actor.via.as_str().to_owned(),
            target: event.target.clone(),
            label: event.label.clone(),
            outcome: event.outcome.as_str().to_owned(),
            detail: event.detail.to_string(),
            request_id: actor.request_id.clone(),
            ip: actor.ip.clone(),
            hash: None,
        }
    }

    /// The hash over this row and the hash before it.
    pub(crate) fn hash(&self, before: &str) -> String {
        let text = json!([
            before,
            self.workspace_id,
            self.seq,
            self.at_ms,
            self.kind,
            self.topic,
            self.audited,
            self.actor_id,
            self.actor,
            self.via,
            self.target,
            self.label,
            self.outcome,
            self.detail,
            self.request_id,
            self.ip,
        ]);
        hex::encode(Sha256::digest(text.to_string().as_bytes()))
    }
}

/// The newest event of a workspace: what to keep elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Its number.
    pub seq: i64,
    /// Its hash; empty where it comes from a release that made none.
    pub hash: String,
}

/// What a look at a whole chain found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// Events that were looked at.
    pub events: i64,
    /// Of those, the ones of releases that made no hash.
    pub older: i64,
    /// The newest event when the look began.
    pub head: Head,
    /// The number of the first event that is missing or not as it was written.
    pub broken: Option<i64>,
}

/// Workspaces that have events, in the order of their ids. The empty one holds what belongs to none.
///
/// # Errors
/// When the database refuses.
pub async fn workspaces(conn: &mut Conn) -> Result<Vec<WorkspaceId>> {
    let sql = "SELECT workspace_id FROM event_counters ORDER BY workspace_id";
    let rows = fetch_all!(conn, (String,), sql)?;
    Ok(rows.into_iter().map(|(id,)| WorkspaceId::from(id)).collect())
}

/// The newest event of a workspace.
///
/// # Errors
/// When the database refuses.
pub async fn head(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Head> {
    let sql = "SELECT seq, head FROM event_counters WHERE workspace_id = $1";
    let row = fetch_optional!(conn, (i64, String), sql, workspace.as_str())?;
    Ok(row.map(|(seq, hash)| Head { seq, hash }).unwrap_or_default())
}

/// Reads every event of a workspace and compares it with its hash, up to the newest one of this moment.
///
/// `kept` is a head that somebody kept elsewhere: the event of its number must be there with its hash.
///
/// # Errors
/// When the database refuses.
pub async fn verify(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    kept: Option<&Head>,
) -> Result<Chain> {
    let head = head(conn, workspace).await?;
    let mut chain = Chain { head, ..Chain::default() };
    let mut before = String::new();
    let mut is_kept_there = kept.is_none();
    while chain.broken.is_none() && chain.events < chain.head.seq {
        let page = page(conn, workspace, (chain.events, chain.head.seq)).await?;
        if page.is_empty() {
            chain.broken = Some(chain.events + 1);
        }
        for row in page {
            let is_next = row.seq == chain.events + 1;
            let is_whole = row.hash.as_ref().is_none_or(|it| *it == row.hash(&before));
            if !is_next || !is_whole {
                chain.broken = Some(chain.events + 1);
                break;
            }
            chain.events += 1;
            chain.older += i64::from(row.hash.is_none());
            is_kept_there |=
                kept.is_some_and(|it| it.seq == row.seq && row.hash.as_ref() == Some(&it.hash));
            before = row.hash.unwrap_or(before);
        }
    }
    if chain.broken.is_none() && before != chain.head.hash {
        chain.broken = Some(chain.head.seq);
    }
    if chain.broken.is_none() && !is_kept_there {
        chain.broken = kept.map(|it| it.seq);
    }
    Ok(chain)
}

/// Events after one number up to another.
async fn page(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (after, last): (i64, i64),
) -> Result<Vec<ChainedRow>> {
    let sql = "SELECT workspace_id, seq, at_ms, kind, topic, audited, actor_id, actor, via, target, label, outcome,
                      detail, request_id, ip, hash
               FROM events WHERE workspace_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4";
    fetch_all!(conn, ChainedRow, sql, workspace.as_str(), after, last, PAGE)
}
