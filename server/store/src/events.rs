//! Events: written in the transaction of every change, read by live pages and the audit log.

use crate::chain::ChainedRow;
use crate::db::{Change, Conn, Record, Result, execute, fetch_all, fetch_optional, record};
use domain::actor::Actor;
use domain::event::{AuditFilter, Event, EventKind, Outcome, StoredEvent};
use domain::ids::{FlowId, WorkspaceId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The workspace of events that belong to none, such as a sign-in with an unknown address.
pub const NO_WORKSPACE: &str = "";

/// By workspace: number and hash of its newest event.
pub(crate) type Heads = BTreeMap<String, (i64, String)>;

record! {
    struct EventRow {
        seq: i64, at_ms: i64, kind: String, actor_id: String, actor: String, via: String, target: String,
        label: String, outcome: String, detail: String, request_id: String, ip: Option<String>,
    }
}

/// Records that `actor` caused `event`, in the transaction of the change itself. Gives its number.
///
/// Numbers are gapless in a workspace, and each event is chained to the one before it (`chain.rs`): the counter's row is
/// locked until the transaction ends, and stored when it does.
///
/// # Errors
/// When the database refuses.
pub async fn record(conn: &mut Conn, actor: &Actor, event: &Event) -> Result<i64> {
    let workspace = actor.workspace.as_str();
    let (last, before) = head(conn, workspace).await?;
    let seq = last + 1;
    let row = ChainedRow::new(actor, event, seq);
    let hash = row.hash(&before);
    execute!(
        conn,
        "INSERT INTO events (workspace_id, seq, at_ms, kind, topic, audited, actor_id, actor, via, target, label,
                             outcome, detail, request_id, ip, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        &row.workspace_id,
        row.seq,
        row.at_ms,
        &row.kind,
        &row.topic,
        row.audited,
        &row.actor_id,
        &row.actor,
        &row.via,
        &row.target,
        &row.label,
        &row.outcome,
        &row.detail,
        &row.request_id,
        row.ip.as_deref(),
        &hash
    )?;
    conn.heads.insert(workspace.to_owned(), (seq, hash));
    conn.changes.push(Change {
        workspace: actor.workspace.clone(),
        topic: event.kind.topic(),
        target: event.target.clone(),
        record: Record::Event(Arc::new(stored(actor, event, &row))),
    });
    Ok(seq)
}

/// Number and hash of the newest event of a workspace. The first look of a transaction locks the counter's row until it
/// ends; what it adds is known here and stored once, by [`store_heads`].
async fn head(conn: &mut Conn, workspace: &str) -> Result<(i64, String)> {
    if let Some(known) = conn.heads.get(workspace) {
        return Ok(known.clone());
    }
    let sql = "INSERT INTO event_counters (workspace_id, seq) VALUES ($1, 0)
         ON CONFLICT (workspace_id) DO UPDATE SET seq = event_counters.seq RETURNING seq, head";
    Ok(fetch_optional!(conn, (i64, String), sql, workspace)?.unwrap_or_default())
}

/// Stores where the chains stand that a transaction made longer, before it is committed.
pub(crate) async fn store_heads(conn: &mut Conn) -> Result<()> {
    for (workspace, (seq, head)) in std::mem::take(&mut conn.heads) {
        let sql = "UPDATE event_counters SET seq = $2, head = $3 WHERE workspace_id = $1";
        execute!(conn, sql, &workspace, seq, &head)?;
    }
    Ok(())
}

/// The event as it is read back.
fn stored(actor: &Actor, event: &Event, row: &ChainedRow) -> StoredEvent {
    StoredEvent {
        seq: row.seq,
        at_ms: row.at_ms,
        actor: row.actor.clone(),
        actor_id: row.actor_id.clone(),
        via: row.via.clone(),
        event: event.clone(),
        request_id: actor.request_id.clone(),
        ip: row.ip.clone(),
    }
}

/// The events of a workspace after number `after`, oldest first, `limit` at most.
///
/// # Errors
/// When the database refuses.
pub async fn after(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    after: i64,
    limit: i64,
) -> Result<Vec<StoredEvent>> {
    let sql = "SELECT seq, at_ms, kind, actor_id, actor, via, target, label, outcome, detail, request_id, ip
               FROM events WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    read(fetch_all!(conn, EventRow, sql, workspace.as_str(), after, limit)?)
}

/// Changes to a flow and its publishings, newest first, among the newest `recent` events of the workspace.
///
/// # Errors
/// When the database refuses.
pub async fn of_flow(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    flow: &FlowId,
    recent: i64,
) -> Result<Vec<StoredEvent>> {
    let since = latest(conn, workspace).await? - recent;
    let sql = "SELECT seq, at_ms, kind, actor_id, actor, via, target, label, outcome, detail, request_id, ip
               FROM events WHERE workspace_id = $1 AND seq > $2 AND target = $3
                 AND kind IN ('flow.edited', 'flow.published')
               ORDER BY seq DESC";
    read(fetch_all!(conn, EventRow, sql, workspace.as_str(), since, flow.as_str())?)
}

/// What everybody in a workspace may hear of, the newest first, `limit` at most.
///
/// Flows and apps made, put to use or away, answers to approvals, and who joined; of the newest `recent` events alone.
///
/// # Errors
/// When the database refuses.
pub async fn news(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (recent, limit): (i64, i64),
) -> Result<Vec<StoredEvent>> {
    let since = latest(conn, workspace).await? - recent;
    let sql = "SELECT seq, at_ms, kind, actor_id, actor, via, target, label, outcome, detail, request_id, ip
               FROM events WHERE workspace_id = $1 AND seq > $2 AND outcome = 'success'
                 AND kind IN ('flow.created', 'flow.published', 'flow.enabled', 'flow.disabled', 'flow.deleted',
                              'app.published', 'app.unpublished', 'approval.decided', 'invitation.accepted')
               ORDER BY seq DESC LIMIT $3";
    read(fetch_all!(conn, EventRow, sql, workspace.as_str(), since, limit)?)
}

/// The number of the newest event of a workspace; 0 when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn latest(conn: &mut Conn, workspace: &WorkspaceId) -> Result<i64> {
    let sql = "SELECT seq FROM event_counters WHERE workspace_id = $1";
    Ok(fetch_optional!(conn, (i64,), sql, workspace.as_str())?.map_or(0, |(seq,)| seq))
}

/// Rows of the audit log, newest first, without what super admins did for the whole installation.
///
/// # Errors
/// When the database refuses.
pub async fn audit(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    filter: &AuditFilter,
) -> Result<Vec<StoredEvent>> {
    audit_rows(conn, workspace, filter, false).await
}

/// The same with what super admins did for the whole installation: for super admins only.
///
/// # Errors
/// When the database refuses.
pub async fn whole_audit(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    filter: &AuditFilter,
) -> Result<Vec<StoredEvent>> {
    audit_rows(conn, workspace, filter, true).await
}

/// Events of one kind about one thing from number `from` on, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn about(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (kind, target): (EventKind, &str),
    from: i64,
) -> Result<Vec<StoredEvent>> {
    let sql = "SELECT seq, at_ms, kind, actor_id, actor, via, target, label, outcome, detail, request_id, ip
               FROM events WHERE workspace_id = $1 AND seq >= $2 AND kind = $3 AND target = $4 ORDER BY seq";
    read(fetch_all!(conn, EventRow, sql, workspace.as_str(), from, kind.as_str(), target)?)
}

async fn audit_rows(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    filter: &AuditFilter,
    is_whole: bool,
) -> Result<Vec<StoredEvent>> {
    let sql = "SELECT seq, at_ms, kind, actor_id, actor, via, target, label, outcome, detail, request_id, ip
               FROM events
               WHERE workspace_id = $1 AND audited = 1 AND seq < $2 AND at_ms >= $3 AND at_ms < $4
                 AND ($5 = '' OR kind LIKE $5 || '%') AND ($6 = '' OR actor = $6 OR actor_id = $6)
                 AND ($7 = '' OR outcome = $7) AND ($9 = 1 OR kind NOT LIKE 'shell.%')
               ORDER BY seq DESC LIMIT $8";
    read(fetch_all!(
        conn,
        EventRow,
        sql,
        workspace.as_str(),
        filter.before.unwrap_or(i64::MAX),
        filter.from_ms.unwrap_or(i64::MIN),
        filter.to_ms.unwrap_or(i64::MAX),
        filter.action.as_deref().unwrap_or_default(),
        filter.actor.as_deref().unwrap_or_default(),
        filter.outcome.as_deref().unwrap_or_default(),
        filter.limit,
        i16::from(is_whole)
    )?)
}

/// Events of an unknown future kind are passed over.
fn read(rows: Vec<EventRow>) -> Result<Vec<StoredEvent>> {
    rows.into_iter()
        .filter_map(|row| EventKind::parse(&row.kind).map(|kind| (kind, row)))
        .map(|(kind, row)| {
            Ok(StoredEvent {
                seq: row.seq,
                at_ms: row.at_ms,
                actor: row.actor,
                actor_id: row.actor_id,
                via: row.via,
                event: Event {
                    kind,
                    target: row.target,
                    label: row.label,
                    outcome: outcome_named(&row.outcome),
                    detail: serde_json::from_str(&row.detail)?,
                },
                request_id: row.request_id,
                ip: row.ip,
            })
        })
        .collect()
}

fn outcome_named(word: &str) -> Outcome {
    [Outcome::Denied, Outcome::Failed]
        .into_iter()
        .find(|it| it.as_str() == word)
        .unwrap_or_default()
}
