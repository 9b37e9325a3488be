//! Whether a workspace may use code steps.

use crate::engine::Engine;
use crate::flows::{Flows, found};
use domain::actor::{Actor, Permission};
use domain::ids::{FlowId, WorkspaceId};
use domain::problem::Problem;
use serde_json::Value;
use store::{db, settings};

/// The setting of a workspace that a super admin turns on (contract.md 1.8).
const SETTING: &str = "codeSteps";
const OFF: &str = "Code steps are switched off in this workspace. A super admin can switch them on in the platform settings; \
                   or use Set fields and expressions instead";
/// Why no server of this kind runs code.
pub(crate) const NOT_HERE: &str = "Code steps cannot be run on this server";

impl Flows {
    /// Why code steps of this flow do not run; nothing when they do, or when another engine decides about its flows.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`].
    pub async fn code_refusal(
        &self,
        actor: &Actor,
        id: &FlowId,
    ) -> Result<Option<String>, Problem> {
        actor.require(Permission::Read)?;
        if self.remote(actor, id).await?.is_some() {
            return Ok(None);
        }
        found(&mut self.engine.db.read().await?, actor, id).await?;
        let why = refusal(&self.engine, &actor.workspace).await?;
        Ok(why.map(str::to_owned))
    }
}

/// Why `workspace` may not run code, if it may not.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn refusal(
    engine: &Engine,
    workspace: &WorkspaceId,
) -> db::Result<Option<&'static str>> {
    let mut conn = engine.db.read().await?;
    let setting = settings::find(&mut conn, workspace.as_str(), SETTING).await?;
    Ok(match setting.as_ref().and_then(Value::as_str) {
        Some("on") if engine.config.code.is_none() => Some(NOT_HERE),
        Some("on") => None,
        _ => Some(OFF),
    })
}
