//! Requests to flows that are not switched on but listen: one is kept as the sample of the trigger.

use crate::engine::Engine;
use crate::payload::HookRequest;
use crate::pieces::webhook;
use crate::samples::sampled;
use domain::actor::{Actor, Role, Via};
use domain::expr;
use domain::flow::sample::{self, Origin};
use domain::flow::{Flow, TriggerKind, catalog};
use domain::ids::{FlowId, UserId, WorkspaceId};
use domain::problem::Problem;
use serde_json::Value;
use store::error::StoreError;
use store::flow_samples::{self, NewSample};
use store::{events, flows};

/// Why a request that a flow listened for was not kept.
#[derive(Debug)]
pub(crate) enum Heard {
    /// The check on the trigger failed.
    Unauthorized,
    /// Anything else.
    Problem(Problem),
}

impl<E: Into<Problem>> From<E> for Heard {
    fn from(problem: E) -> Self {
        Self::Problem(problem.into())
    }
}

impl Engine {
    /// Keeps a request to a flow that is not switched on but listens; false when it does not.
    pub(crate) async fn learn(
        &self,
        (workspace, flow): (&WorkspaceId, &FlowId),
        request: &HookRequest,
    ) -> Result<bool, Heard> {
        let now_ms = self.now_ms();
        let mut conn = self.db.read().await?;
        if !flow_samples::listens(&mut conn, workspace, flow, now_ms).await? {
            return Ok(false);
        }
        let stored = flows::find(&mut conn, workspace, flow).await?;
        drop(conn);
        let Some(flow) = stored.map(|it| it.flow) else { return Ok(false) };
        let TriggerKind::Piece(settings) = &flow.version.trigger.kind else { return Ok(false) };
        if settings.piece_name != catalog::WEBHOOK {
            return Ok(false);
        }
        let secret = webhook::check(settings, &request.header_map());
        let secret = secret.map_err(|_| Heard::Unauthorized)?;
        let mut payload = request.output()?;
        if let Some(value) = secret.and_then(|it| payload.get_mut("headers")?.get_mut(it)) {
            *value = expr::REDACTED.into();
        }
        Ok(self.hear(flow, payload, now_ms).await?)
    }

    async fn hear(&self, flow: Flow, payload: Value, now_ms: i64) -> Result<bool, Problem> {
        let workspace = WorkspaceId::from(flow.project_id.as_str());
        let maker = sample::maker(&flow.version.trigger, &flow.version.trigger.name);
        let new = NewSample {
            step: flow.version.trigger.name.clone(),
            maker: maker.unwrap_or_default(),
            origin: Origin::Request,
            input: "{}".to_owned(),
            output: Some(payload.to_string()),
            error: None,
            warnings: None,
            logged: None,
            duration_us: None,
            now_ms,
        };
        let heard: Result<bool, StoreError> = self
            .db
            .write(move |conn| {
                Box::pin(async move {
                    if !flow_samples::heard(conn, &workspace, &flow.id).await? {
                        return Ok(false);
                    }
                    flow_samples::keep(conn, &workspace, &flow.id, &new).await?;
                    let by = Actor {
                        user: UserId::from(flow.owner_id.clone().unwrap_or_default()),
                        name: flow.version.display_name.clone(),
                        workspace,
                        role: Role::Viewer,
                        via: Via::Flow,
                        request_id: flow.id.to_string(),
                        ip: None,
                    };
                    events::record(conn, &by, &sampled(&flow, "trigger", "request")).await?;
                    Ok(true)
                })
            })
            .await;
        Ok(heard?)
    }
}
