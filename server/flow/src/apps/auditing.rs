//! One row of the audit log for everything that was asked of apps and refused.

use crate::apps::{Apps, Visitor};
use domain::actor::{Actor, Role, Via};
use domain::app::AppCall;
use domain::event::{Event, EventKind, Outcome};
use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use serde_json::json;
use store::error::StoreError;
use store::events::{self, NO_WORKSPACE};

impl Apps {
    /// Gives `outcome` on; a refusal is in the audit log then.
    pub(crate) async fn noted<T>(
        &self,
        actor: &Actor,
        (kind, target): (EventKind, &str),
        outcome: Result<T, Problem>,
    ) -> Result<T, Problem> {
        if let Err(problem) = &outcome {
            let refusal = match problem {
                Problem::Forbidden { .. } => Outcome::Denied,
                _ => Outcome::Failed,
            };
            let detail = json!({"code": problem.code(), "httpStatus": problem.status()});
            self.note(actor.clone(), Event::new(kind, target, "").with(detail).ended(refusal))
                .await;
        }
        outcome
    }

    /// Notes a run that was asked for and refused, in the workspace of the app, else of who asked.
    pub(crate) async fn note_refused(
        &self,
        workspace: Option<&WorkspaceId>,
        visitor: &Visitor,
        call: &AppCall,
        problem: &Problem,
    ) {
        let (error_type, wrong) = match problem {
            Problem::TooLarge { .. } => ("payload_too_large", 0),
            Problem::NotFound { .. } => ("app_not_found", 0),
            Problem::Invalid { issues } => ("input_validation", issues.len()),
            _ => ("runtime_error", 0),
        };
        let mut detail =
            store::app_runs::executed(call, (false, Some(error_type), problem.status()), 0);
        if let Some(count) = detail.get_mut("validationErrors") {
            *count = wrong.into();
        }
        let own = visitor.actor.as_ref().map(|it| &it.workspace);
        let place = workspace.or(own).cloned();
        let by = Actor {
            user: UserId::from(call.user.as_str()),
            name: call.name.clone(),
            workspace: place.unwrap_or_else(|| WorkspaceId::from(NO_WORKSPACE)),
            role: Role::Viewer,
            via: Via::Ui,
            request_id: call.request_id.clone(),
            ip: visitor.client.ip.clone(),
        };
        let event = Event::new(EventKind::AppExecuted, &call.app, "");
        self.note(by, event.with(detail).ended(Outcome::Failed)).await;
    }

    /// A failing audit write does not break the request; it is in the log of the server.
    async fn note(&self, by: Actor, event: Event) {
        let written: Result<(), StoreError> = self
            .runs
            .engine
            .db
            .write(move |conn| {
                Box::pin(async move {
                    events::record(conn, &by, &event).await?;
                    Ok(())
                })
            })
            .await;
        if let Err(error) = written {
            tracing::error!(error = &error as &dyn std::error::Error, "an audit row is missing");
        }
    }
}
