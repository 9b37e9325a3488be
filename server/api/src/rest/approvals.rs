//! Approvals: listed and decided (contract.md 5.4).

use crate::body::Body;
use crate::error::Answer;
use crate::paging::Paging;
use crate::query::Query;
use crate::routes::{Route, SIGNED_IN, Who};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::{Actor, Permission};
use domain::approval::{ApprovalStatus, RuleScope};
use domain::keys::KeyGrant;
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::{Value, json};
use tools::deciding::{Decider, Decision};

const DECIDE: Who = Who::Signed(Permission::ApproveWrites);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/approvals", SIGNED_IN, list),
        Route::get("/api/approvals/rules", SIGNED_IN, rules),
        Route::delete("/api/approvals/rules/{id}", SIGNED_IN, forget),
        Route::get("/api/approvals/{id}", SIGNED_IN, read),
        Route::post("/api/approvals/{id}/approve", DECIDE, approve),
        Route::post("/api/approvals/{id}/reject", DECIDE, reject),
    ]
}

#[derive(Deserialize)]
struct Listing {
    status: Option<String>,
}

async fn list(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Query(listing): Query<Listing>,
    Query(page): Query<Paging>,
) -> Answer<Json<Value>> {
    let status = status_of(listing.status.as_deref())?;
    let (limit, cursor) = (page.limit.unwrap_or(50), page.cursor.as_deref());
    let found = backend.agent.approvals(&actor, status, limit, cursor).await?;
    let count = found.approvals.len();
    Ok(Json(
        json!({ "ok": true, "approvals": found.approvals, "count": count, "next": found.next }),
    ))
}

/// Pending ones unless another state, or `all`, is asked for.
fn status_of(word: Option<&str>) -> Result<Option<ApprovalStatus>, Problem> {
    match word.unwrap_or("pending") {
        "all" => Ok(None),
        word => ApprovalStatus::parse(word).map(Some).ok_or_else(|| {
            Problem::invalid("status", "status is pending, approved, rejected, expired or all")
        }),
    }
}

async fn read(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Answer<Json<Value>> {
    let approval = backend.agent.approval(&actor, &id.into()).await?;
    Ok(Json(json!({ "ok": true, "approval": approval })))
}

#[derive(Default, Deserialize)]
struct Approve {
    note: Option<String>,
    args: Option<Value>,
    remember: Option<RuleScope>,
}

async fn rules(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<Json<Value>> {
    let rules = backend.agent.approval_rules(&actor).await?;
    Ok(Json(json!({ "ok": true, "count": rules.len(), "rules": rules })))
}

async fn forget(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Answer<Json<Value>> {
    backend.agent.forget_rule(&actor, &id).await?;
    Ok(Json(json!({ "ok": true, "deleted": true })))
}

/// Refuses a key that decides what its own person asked for: it may have asked itself (contract.md 5.4).
pub(crate) async fn check_key(
    backend: &Backend,
    actor: &Actor,
    grant: Option<Extension<KeyGrant>>,
    id: &str,
) -> Result<(), Problem> {
    match grant {
        Some(_) => check_own(backend, actor, id).await,
        None => Ok(()),
    }
}

async fn check_own(backend: &Backend, actor: &Actor, id: &str) -> Result<(), Problem> {
    let mut conn = backend.db.read().await?;
    let found = store::approvals::find(&mut conn, &actor.workspace, &id.into()).await?;
    if found.is_some_and(|it| it.asked_by == actor.user) {
        let message = "An API key does not decide what its own person asked for".to_owned();
        return Err(Problem::Forbidden { message });
    }
    Ok(())
}

async fn approve(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    grant: Option<Extension<KeyGrant>>,
    Path(id): Path<String>,
    Body(given): Body<Approve>,
) -> Answer<Response> {
    check_key(&backend, &actor, grant, &id).await?;
    let words = (given.note, given.args);
    let decided = backend.agent.approve_for(&actor, &id.into(), words, given.remember).await?;
    let status = if decided.is_running { StatusCode::ACCEPTED } else { StatusCode::OK };
    let body = json!({
        "ok": true,
        "runId": decided.run,
        "operation_id": decided.approval.operation_id,
        "result": decided.approval.result,
        "approval": decided.approval,
    });
    Ok((status, Json(body)).into_response())
}

/// How `pmos_approvals_decide` decides, for a key that may: as these routes do.
pub(crate) fn decider(backend: &Backend) -> Decider {
    let backend = backend.clone();
    Decider::new(move |actor, decision| {
        let backend = backend.clone();
        Box::pin(async move {
            let Decision { id, yes, note } = decision;
            check_own(&backend, &actor, id.as_str()).await?;
            if !yes {
                let approval = backend.agent.reject(&actor, &id, note).await?;
                return Ok(json!({ "approval": approval }));
            }
            let decided = backend.agent.approve(&actor, &id, note, None).await?;
            Ok::<_, Problem>(json!({
                "approval": decided.approval, "run_id": decided.run, "result": decided.approval.result,
                "still_running": decided.is_running
            }))
        })
    })
}

#[derive(Default, Deserialize)]
struct Reject {
    reason: Option<String>,
}

async fn reject(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    grant: Option<Extension<KeyGrant>>,
    Path(id): Path<String>,
    Body(given): Body<Reject>,
) -> Answer<Json<Value>> {
    check_key(&backend, &actor, grant, &id).await?;
    let approval = backend.agent.reject(&actor, &id.into(), given.reason).await?;
    Ok(Json(json!({ "ok": true, "approval": approval })))
}
