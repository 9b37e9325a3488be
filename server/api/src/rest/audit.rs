//! The audit log.

use crate::error::Answer;
use crate::query::Query;
use crate::rest::audit_export;
use crate::routes::{Route, Who};
use axum::extract::State;
use axum::{Extension, Json};
use backend::Backend;
use chrono::{DateTime, NaiveDate};
use domain::actor::{Actor, Permission};
use domain::event::{AuditFilter, StoredEvent};
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::{Value, json};
use store::chain::Head;

pub(crate) fn routes() -> Vec<Route> {
    let manages = Who::Signed(Permission::Manage);
    vec![
        Route::get("/api/pmos/audit", manages, audit),
        Route::get("/api/pmos/audit/verify", manages, verify),
        Route::get("/api/pmos/audit/export", manages, audit_export::export),
    ]
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Search {
    action: Option<String>,
    actor: Option<String>,
    status: Option<String>,
    from: Option<String>,
    to: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

async fn audit(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Query(search): Query<Search>,
) -> Answer<Json<Value>> {
    let page = backend.auth.audit(&actor, &filter(search)?).await?;
    let events: Vec<_> = page.events.iter().map(row).collect();
    Ok(Json(json!({"ok": true, "events": events, "next": page.next.map(|it| it.to_string())})))
}

/// A head that was kept elsewhere: both or neither.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Kept {
    seq: Option<String>,
    hash: Option<String>,
}

/// Whether the events are complete and as they were written. `head` is what to keep elsewhere; given back here, it shows
/// whether anything up to it was cut off since.
async fn verify(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Query(kept): Query<Kept>,
) -> Answer<Json<Value>> {
    let kept = match (kept.seq, kept.hash) {
        (None, None) => None,
        (Some(seq), Some(hash)) => Some(Head { seq: number("seq", &seq)?, hash }),
        (None, Some(_)) => return Err(Problem::invalid("seq", "Give seq and hash together").into()),
        (Some(_), None) => {
            return Err(Problem::invalid("hash", "Give seq and hash together").into());
        }
    };
    let found = backend.auth.verify_audit(&actor, kept.as_ref()).await?;
    Ok(Json(json!({
        "ok": true, "complete": found.broken.is_none(), "firstBroken": found.broken.map(|it| it.to_string()),
        "events": found.events, "withoutHash": found.older,
        "head": {"seq": found.head.seq.to_string(), "hash": found.head.hash},
    })))
}

pub(super) fn filter(search: Search) -> Result<AuditFilter, Problem> {
    Ok(AuditFilter {
        action: search.action,
        actor: search.actor,
        outcome: search.status,
        from_ms: search.from.map(|it| time("from", &it)).transpose()?,
        to_ms: search.to.map(|it| time("to", &it)).transpose()?,
        before: search.cursor.map(|it| number("cursor", &it)).transpose()?,
        limit: search.limit.map(|it| number("limit", &it)).transpose()?.unwrap_or_default(),
    })
}

fn number(field: &str, text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::invalid(field, format!("Give a number for {field}")))
}

/// A time in RFC 3339, a day in UTC or epoch milliseconds.
pub(crate) fn time(field: &str, text: &str) -> Result<i64, Problem> {
    let day = || {
        let day: NaiveDate = text.parse().ok()?;
        Some(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis())
    };
    let moment = DateTime::parse_from_rfc3339(text).ok().map(|it| it.timestamp_millis());
    moment.or_else(day).or_else(|| text.parse().ok()).ok_or_else(|| {
        Problem::invalid(field, format!("Give {field} as a time such as 2026-03-01T09:00:00Z"))
    })
}

pub(super) fn row(stored: &StoredEvent) -> Value {
    json!({
        "id": stored.seq.to_string(),
        "ts": store::ids::rfc3339(stored.at_ms),
        "actor": {"id": stored.actor_id, "name": stored.actor, "via": stored.via},
        "action": stored.event.kind.as_str(),
        "target": {"id": stored.event.target, "name": stored.event.label},
        "status": stored.event.outcome.as_str(),
        "detail": stored.event.detail,
        "requestId": stored.request_id,
        "ip": stored.ip,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_days_moments_or_milliseconds() {
        for text in ["1970-01-02", "1970-01-02T00:00:00Z", "1970-01-02T01:00:00+01:00", "86400000"]
        {
            assert_eq!(time("from", text), Ok(86_400_000), "{text}");
        }
        assert!(time("from", "yesterday").is_err());
    }
}
