//! Starting a run of an app: which version, with whose rights, with which connections.

use crate::apps::asked::{Asked, Fitting};
use crate::apps::{Apps, Visitor, missing};
use crate::engine::connections::named;
use crate::engine::plan::Plan;
use crate::hooks::{Delivery, HookAnswer, HookRefusal, Wait};
use domain::app::publisher::{AuthMode, Publisher};
use domain::app::{AppCall, Mode};
use domain::flow::TriggerKind;
use domain::flow::run::{LIVE, TRIED};
use domain::ids::{FlowId, UserId};
use domain::problem::Problem;
use serde_json::Value;
use std::sync::Arc;
use store::apps::AppRow;
use store::runs::NewRun;
use store::{flow_connections, flows};

/// A run that may begin.
pub(super) struct Ready {
    pub(super) app: AppRow,
    pub(super) call: AppCall,
    pub(super) head: NewRun,
    payload: Value,
    delivery: Delivery,
}

impl Apps {
    /// Counts a run that is asked for, by address and by workspace.
    ///
    /// # Errors
    /// [`Problem::RateLimited`]; then nothing is done.
    pub(super) fn count(&self, visitor: &Visitor) -> Result<(), Problem> {
        let address = visitor.client.ip.as_deref().unwrap_or_default();
        self.starts.check_key(&format!("address {address}"))?;
        match &visitor.actor {
            Some(actor) => self.starts.check_key(&format!("workspace {}", actor.workspace)),
            None => Ok(()),
        }
    }

    /// Checks everything about a run that is asked for; a refusal is in the audit log.
    pub(super) async fn prepare(
        &self,
        visitor: &Visitor,
        id: &str,
        asked: &Asked,
    ) -> Result<Ready, Problem> {
        let found = self.found(visitor, id).await;
        let call = call(visitor, id, asked, found.as_ref().ok());
        let workspace = found.as_ref().ok().map(|it| it.workspace.clone());
        let ready = match found {
            Ok(app) => self.ready(visitor, app, &call, asked).await,
            Err(problem) => Err(problem),
        };
        if let Err(problem) = &ready {
            self.note_refused(workspace.as_ref(), visitor, &call, problem).await;
        }
        ready
    }

    async fn ready(
        &self,
        visitor: &Visitor,
        app: AppRow,
        call: &AppCall,
        asked: &Asked,
    ) -> Result<Ready, Problem> {
        let fitting: Fitting = asked.checked(&app)?;
        if let Some(missing) = &app.missing {
            return Err(Problem::NeedsSetup {
                message: "This app is a draft".to_owned(),
                hint: missing.clone(),
                fix_url: format!("{}/integrations", self.runs.engine.config.base_url),
            });
        }
        let inside = visitor.inside(&app).cloned();
        let acting = inside.as_ref().map_or_else(|| app.owner.clone(), |it| it.user.clone());
        let is_owner = inside.as_ref().is_some_and(|it| it.user == app.owner);
        let delivery = self.delivery(&app, (&acting, is_owner)).await?;
        let version = &delivery.plan.version;
        self.check_connections(&app, &delivery.plan, (&acting, inside.is_some())).await?;
        let key = &self.runs.engine.config.key;
        let payload = fitting.payload(&app, version, (key, &app.workspace));
        let head = NewRun {
            app: Some(call.clone()),
            ..self.runs.head_of(&delivery, ("app", &payload), None)
        };
        Ok(Ready { app, call: call.clone(), head, payload, delivery })
    }

    /// The published version of the app's flow, else its draft for the owner alone.
    async fn delivery(
        &self,
        app: &AppRow,
        (acting, is_owner): (&UserId, bool),
    ) -> Result<Delivery, Problem> {
        let draft = "This app has no flow yet. Choose one under Publish";
        let flow: &FlowId = app.flow.as_ref().ok_or_else(|| Problem::invalid("app", draft))?;
        let engine = &self.runs.engine;
        let mut conn = engine.db.read().await?;
        let stored = flows::find(&mut conn, &app.workspace, flow).await?;
        let flow = stored.ok_or_else(|| Problem::invalid("app", draft))?.flow;
        drop(conn);
        if let Some(version) = &flow.published_version_id {
            let plan = engine.plans.get(&engine.db, &app.workspace, &flow.id, version).await?;
            return Ok(Delivery {
                workspace: app.workspace.clone(),
                acting_user: acting.clone(),
                environment: LIVE,
                plan: plan.ok_or_else(missing)?,
                is_limited: flow.runs_at_once.is_some(),
            });
        }
        let has_trigger = matches!(flow.version.trigger.kind, TriggerKind::Piece(_));
        if is_owner && has_trigger {
            return Ok(Delivery {
                workspace: app.workspace.clone(),
                acting_user: acting.clone(),
                environment: TRIED,
                is_limited: flow.runs_at_once.is_some(),
                plan: Arc::new(Plan::new(flow.version)),
            });
        }
        let message = "The flow of this app is not published yet. Ask whoever made the app";
        Err(Problem::invalid("app", message))
    }

    /// Refuses while a connection that the app needs is not there for whoever it runs for.
    async fn check_connections(
        &self,
        app: &AppRow,
        plan: &Plan,
        (acting, is_member): (&UserId, bool),
    ) -> Result<(), Problem> {
        let publisher = Publisher::read(app.output_schema.get("publisher")).unwrap_or_default();
        let mut needed = match publisher.auth_mode {
            AuthMode::WorkspaceConnection | AuthMode::UserOauth => publisher.requirements,
            AuthMode::UserSecret | AuthMode::None => Vec::new(),
        };
        if plan.uses_connections {
            let trigger = serde_json::to_value(&plan.version.trigger).unwrap_or_default();
            needed.extend(named([&trigger]));
        }
        let mut conn = self.runs.engine.db.read().await?;
        let nobody = UserId::default();
        let whose = if is_member { acting } else { &nobody };
        for name in needed {
            let row = flow_connections::named(&mut conn, &app.workspace, whose, &name).await?;
            if row.is_none() {
                let hint = match is_member {
                    true => format!("Connect it under Integrations with the name {name}"),
                    false => "Ask whoever made the app to connect it".to_owned(),
                };
                return Err(Problem::NeedsSetup {
                    message: format!(
                        "This app needs the connection “{name}”, which is not there yet"
                    ),
                    hint,
                    fix_url: format!("{}/integrations", self.runs.engine.config.base_url),
                });
            }
        }
        Ok(())
    }

    /// Begins the run: it is on the disk when this answers, and it has ended where it is waited for.
    pub(super) async fn begin(&self, ready: Ready, wait: Wait) -> Result<HookAnswer, Problem> {
        let begun = self.runs.begin(ready.head, ready.payload, &ready.delivery, wait).await;
        begun.map_err(|refusal| match refusal {
            HookRefusal::Problem(problem) => problem,
            HookRefusal::Unknown | HookRefusal::SwitchedOff | HookRefusal::Unauthorized => {
                missing()
            }
        })
    }
}

fn call(visitor: &Visitor, id: &str, asked: &Asked, app: Option<&AppRow>) -> AppCall {
    let member = match app {
        Some(app) => visitor.inside(app),
        None => visitor.actor.as_ref(),
    };
    AppCall {
        app: id.to_owned(),
        caller: app.and_then(|it| visitor.caller(it)).unwrap_or_default(),
        user: member.map(|it| it.user.to_string()).unwrap_or_default(),
        name: member.map_or_else(|| "Visitor".to_owned(), |it| it.name.clone()),
        mode: asked.mode,
        keys: asked.keys(),
        request_id: visitor.client.request_id.clone(),
    }
}

impl Ready {
    /// Whether the caller goes away at once.
    pub(super) fn is_async(&self) -> bool {
        self.call.mode == Mode::Async
    }
}
