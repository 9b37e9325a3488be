//! Flows there: made, found, published, switched, deleted.

use crate::activepieces::client::Ask;
use crate::activepieces::difference::{Closeness, missing};
use crate::activepieces::{NAME, Remote, convert};
use crate::flows::event;
use domain::actor::{Actor, Permission};
use domain::event::EventKind;
use domain::flow::edit;
use domain::flow::engine::{EngineSignIn, FlowEngine};
use domain::flow::listing::{FlowFilter, FlowSummary, NewFlow, VersionSummary};
use domain::flow::validate::{self, FlowProblem, ProblemCode};
use domain::flow::{Flow, FlowStatus, tree};
use domain::ids::{FlowId, FlowVersionId};
use domain::problem::Problem;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// How often a flow is looked at until it is switched, and how long between two looks: 20 seconds in all.
const LOOKS: u32 = 80;
const LOOK_EVERY: Duration = Duration::from_millis(250);

impl Remote {
    /// The flow as it came, which is the workspace's: a key sees those of others too.
    pub(crate) async fn raw(&self, id: &FlowId, version: Option<&str>) -> Result<Value, Problem> {
        let what = if version.is_some() { "Version" } else { "Flow" };
        let ask = Ask::get(format!("/flows/{id}")).with("versionId", version.unwrap_or_default());
        let found = match self.attempt(ask).await {
            Ok(found) => found,
            Err(failure) => {
                let problem = failure.clone().problem(what);
                // Somebody else's is refused there; here it does not exist.
                let is_foreign = self.sign_in() == EngineSignIn::Password
                    && matches!(problem, Problem::Unsupported { .. });
                return Err(if is_foreign { Problem::not_found(what) } else { problem });
            }
        };
        if found["projectId"] != self.project() {
            return Err(Problem::not_found("Flow"));
        }
        Ok(found)
    }

    pub(crate) async fn flow(
        &self,
        actor: &Actor,
        id: &FlowId,
        version: Option<&FlowVersionId>,
    ) -> Result<Flow, Problem> {
        let found = self.raw(id, version.map(FlowVersionId::as_str)).await?;
        convert::flow(&found, &actor.workspace)
    }

    /// Makes a flow, whole or not at all.
    pub(crate) async fn create(&self, actor: &Actor, new: NewFlow) -> Result<Flow, Problem> {
        let name = new.name.trim();
        check_folder(new.folder_id.as_deref())?;
        let body =
            json!({ "displayName": name, "projectId": self.project(), "folderId": new.folder_id });
        let made = self.call("Folder", Ask::post("/flows", body)).await?;
        let mut flow = convert::flow(&made, &actor.workspace)?;
        if let Err(problem) = self.filled(actor, &mut flow, &new).await {
            // Nothing half made stays behind; that it could not be taken away is worth less than the reason.
            drop(self.remove(&flow.id).await);
            return Err(problem);
        }
        self.record(actor, event(EventKind::FlowCreated, &flow)).await?;
        Ok(flow)
    }

    async fn filled(&self, actor: &Actor, flow: &mut Flow, new: &NewFlow) -> Result<(), Problem> {
        if new.edits.is_empty() {
            return Ok(());
        }
        let wanted = edit::apply_all(&flow.version, &new.edits)
            .map_err(|issues| Problem::Invalid { issues })?;
        *flow = Box::pin(self.imported(actor, flow, &wanted)).await?;
        Ok(())
    }

    /// Flows of the project that fit, in one page.
    pub(crate) async fn list(
        &self,
        actor: &Actor,
        filter: &FlowFilter,
    ) -> Result<(Vec<FlowSummary>, Option<String>), Problem> {
        let status = filter.status.map(|it| json!(it).as_str().unwrap_or_default().to_owned());
        let ask = Ask::get("/flows")
            .with("projectId", self.project())
            .with("limit", filter.limit.unwrap_or(50).clamp(1, 200))
            .with("status", status.unwrap_or_default())
            .with("folderId", filter.folder_id.as_deref().unwrap_or_default())
            .with("name", filter.name.as_deref().unwrap_or_default())
            .with("cursor", filter.cursor.as_deref().unwrap_or_default());
        let page = self.call("Folder", ask).await?;
        let rows = page["data"].as_array().cloned().unwrap_or_default();
        let runs = self.newest_runs(actor).await?;
        let of = |id: &Value| -> Vec<_> {
            runs.iter()
                .filter(|it| Some(it.flow_id.as_str()) == id.as_str())
                .take(10)
                .cloned()
                .collect()
        };
        let rows = rows.iter().map(|it| convert::summary(it, of(&it["id"]))).collect();
        Ok((rows, page["next"].as_str().filter(|it| !it.is_empty()).map(str::to_owned)))
    }

    /// How many flows the project has.
    pub(crate) async fn count(&self) -> Result<u64, Problem> {
        let ask = Ask::get("/flows/count").with("projectId", self.project());
        Ok(self.call("Project", ask).await?.as_u64().unwrap_or_default())
    }

    /// The history of a flow, newest first.
    pub(crate) async fn versions(&self, id: &FlowId) -> Result<Vec<VersionSummary>, Problem> {
        let flow = self.raw(id, None).await?;
        let published = flow["publishedVersionId"].as_str().filter(|it| !it.is_empty());
        let ask = Ask::get(format!("/flows/{id}/versions")).with("limit", 100);
        let page = self.call("Flow", ask).await?;
        let rows = page["data"].as_array().cloned().unwrap_or_default();
        Ok(rows.iter().map(|it| convert::version_summary(it, published)).collect())
    }

    /// Everything that is wrong with the newest version: what the server marked, in our words where we know them.
    pub(crate) async fn problems(&self, flow: &Flow) -> Result<Vec<FlowProblem>, Problem> {
        let known = self.names().await?;
        let ours = validate::problems(&flow.version, Some(&known));
        let steps = tree::steps(&flow.version.trigger);
        let marked = steps.iter().filter(|it| !it.valid && !it.skip).map(|it| it.name.as_str());
        let is_started = flow.version.trigger.valid;
        let marked: BTreeSet<&str> =
            marked.chain((!is_started).then_some(flow.version.trigger.name.as_str())).collect();
        let names_connection = |it: &FlowProblem| it.code == ProblemCode::NoConnection;
        let mut found: Vec<FlowProblem> = ours
            .into_iter()
            .filter(|it| marked.contains(it.step_name.as_str()) || names_connection(it))
            .collect();
        for name in marked {
            if found.iter().all(|it| it.step_name != name) {
                found.push(FlowProblem {
                    step_name: name.to_owned(),
                    path: String::new(),
                    code: ProblemCode::Missing,
                    message: format!("{NAME} says that this step is not complete"),
                    fix: "Open the step and fill in what it needs".to_owned(),
                });
            }
        }
        found.extend(validate::without_steps(&flow.version));
        Ok(found)
    }

    /// Publishes the draft and waits until it runs. What is not complete is refused: there it would be taken and stay off.
    pub(crate) async fn publish(&self, actor: &Actor, id: &FlowId) -> Result<Flow, Problem> {
        let flow = self.flow(actor, id, None).await?;
        let problems = self.problems(&flow).await?;
        if !problems.is_empty() {
            let issues = problems.iter().map(FlowProblem::issue).collect();
            return Err(Problem::Invalid { issues });
        }
        self.operate(
            id,
            &json!({ "type": "LOCK_AND_PUBLISH", "request": { "status": "ENABLED" } }),
        )
        .await?;
        let flow = self.settled(actor, id, FlowStatus::Enabled).await?;
        if flow.published_version_id.as_ref() != Some(&flow.version.id) {
            return Err(Problem::conflict(format!(
                "{NAME} runs another version than the newest. Somebody may have changed the flow meanwhile; publish it again"
            )));
        }
        let detail = json!({ "revision": flow.revision, "version": flow.version.id });
        self.record(actor, event(EventKind::FlowPublished, &flow).with(detail)).await?;
        Ok(flow)
    }

    /// Switches a published flow on or off and waits until it is.
    pub(crate) async fn set_status(
        &self,
        actor: &Actor,
        id: &FlowId,
        status: FlowStatus,
    ) -> Result<Flow, Problem> {
        let before = self.flow(actor, id, None).await?;
        if before.published_version_id.is_none() {
            let words = "The flow was never published. Publish it to switch it on";
            return Err(Problem::invalid("status", words));
        }
        self.operate(id, &json!({ "type": "CHANGE_STATUS", "request": { "status": status } }))
            .await?;
        let flow = self.settled(actor, id, status).await?;
        let kind = match status {
            FlowStatus::Enabled => EventKind::FlowEnabled,
            FlowStatus::Disabled => EventKind::FlowDisabled,
        };
        self.record(actor, event(kind, &flow)).await?;
        Ok(flow)
    }

    /// Waits until what was begun there is done, and looks that it is what was wanted.
    async fn settled(
        &self,
        actor: &Actor,
        id: &FlowId,
        wanted: FlowStatus,
    ) -> Result<Flow, Problem> {
        for _ in 0..LOOKS {
            let found = self.raw(id, None).await?;
            if matches!(found["operationStatus"].as_str(), None | Some("" | "NONE")) {
                let flow = convert::flow(&found, &actor.workspace)?;
                if flow.status == wanted {
                    return Ok(flow);
                }
                return Err(Problem::conflict(format!(
                    "{NAME} did not switch the flow {}. Its trigger may not have been accepted; look at it there",
                    if wanted == FlowStatus::Enabled { "on" } else { "off" }
                )));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Err(Problem::Unavailable {
            service: NAME.to_owned(),
            message: format!("{NAME} is still switching the flow. Look at it again in a minute"),
        })
    }

    /// Deletes a flow, which only who manages may do once it was published.
    pub(crate) async fn delete(&self, actor: &Actor, id: &FlowId) -> Result<(), Problem> {
        let before = self.flow(actor, id, None).await?;
        if before.published_version_id.is_some() {
            actor.require(Permission::Manage)?;
        }
        self.remove(id).await?;
        self.record(actor, event(EventKind::FlowDeleted, &before)).await
    }

    /// Deletes a flow and waits until it is gone.
    async fn remove(&self, id: &FlowId) -> Result<(), Problem> {
        self.call("Flow", Ask::delete(format!("/flows/{id}"))).await?;
        for _ in 0..LOOKS {
            match self.attempt(Ask::get(format!("/flows/{id}"))).await {
                Err(failure) if failure.is_missing() => return Ok(()),
                Err(failure) => return Err(failure.problem("Flow")),
                Ok(_) => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
        Err(Problem::Unavailable {
            service: NAME.to_owned(),
            message: format!("{NAME} is still deleting the flow. Look at it again in a minute"),
        })
    }

    /// Copies an earlier version into the draft.
    pub(crate) async fn use_as_draft(
        &self,
        actor: &Actor,
        id: &FlowId,
        version: &FlowVersionId,
    ) -> Result<Flow, Problem> {
        actor.require(Permission::Write)?;
        let old = self.flow(actor, id, Some(version)).await?.version;
        self.operate(id, &json!({ "type": "USE_AS_DRAFT", "request": { "versionId": version } }))
            .await?;
        let flow = self.flow(actor, id, None).await?;
        if let Some(what) = missing(&old, &flow.version, Closeness::Exact) {
            return Err(not_kept(&what));
        }
        let detail = json!({ "revision": flow.revision, "operations": [], "summary": "Took an earlier version" });
        self.record(actor, event(EventKind::FlowEdited, &flow).with(detail)).await?;
        Ok(flow)
    }

    /// Changes something about a flow that is not a step, and looks that `is_there`.
    pub(crate) async fn manage(
        &self,
        actor: &Actor,
        id: &FlowId,
        operation: Value,
        is_there: impl Fn(&Flow) -> bool,
    ) -> Result<Flow, Problem> {
        actor.require(Permission::Write)?;
        self.raw(id, None).await?;
        let what = operation["type"].as_str().unwrap_or_default().to_lowercase().replace('_', " ");
        let sent = Ask::post(format!("/flows/{id}"), operation);
        self.call("Folder", sent).await?;
        let flow = self.flow(actor, id, None).await?;
        if !is_there(&flow) {
            return Err(not_kept(&what));
        }
        let detail = json!({ "revision": flow.revision, "operations": [] });
        self.record(actor, event(EventKind::FlowEdited, &flow).with(detail)).await?;
        Ok(flow)
    }

    /// Puts a flow into a folder, or out of all.
    pub(crate) async fn set_folder(
        &self,
        actor: &Actor,
        id: &FlowId,
        folder: Option<String>,
    ) -> Result<Flow, Problem> {
        check_folder(folder.as_deref())?;
        let operation = json!({ "type": "CHANGE_FOLDER", "request": { "folderId": folder } });
        self.manage(actor, id, operation, |it| it.folder_id == folder).await
    }

    /// Replaces the free data of clients.
    pub(crate) async fn set_metadata(
        &self,
        actor: &Actor,
        id: &FlowId,
        metadata: Option<Value>,
    ) -> Result<Flow, Problem> {
        let operation = json!({ "type": "UPDATE_METADATA", "request": { "metadata": metadata } });
        self.manage(actor, id, operation, |it| it.metadata == metadata).await
    }

    /// Where requests start it.
    pub(crate) async fn webhook_url(&self, id: &FlowId) -> Result<String, Problem> {
        self.raw(id, None).await?;
        let flags = self.call("Server", Ask::get("/flags")).await?;
        let prefix = flags["WEBHOOK_URL_PREFIX"].as_str().filter(|it| !it.is_empty());
        let own = format!("{}/webhooks", self.client.api);
        Ok(format!("{}/{id}", prefix.unwrap_or(&own)))
    }

    /// Puts a whole version into an empty flow.
    pub(crate) async fn imported(
        &self,
        actor: &Actor,
        flow: &Flow,
        wanted: &domain::flow::FlowVersion,
    ) -> Result<Flow, Problem> {
        self.one(actor, flow, &crate::activepieces::editing::whole(wanted)).await
    }
}

/// Flows there are in folders of there.
fn check_folder(folder: Option<&str>) -> Result<(), Problem> {
    if folder.is_some_and(|it| FlowEngine::of_id(it) == FlowEngine::Builtin) {
        let message =
            format!("This folder is not one of {NAME}, where the flow is. Choose another one");
        return Err(Problem::invalid("folderId", message));
    }
    Ok(())
}

fn not_kept(what: &str) -> Problem {
    Problem::Unavailable {
        service: NAME.to_owned(),
        message: format!("{NAME} said that the change was made, but it did not keep {what}"),
    }
}
