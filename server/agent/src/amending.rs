//! An approval whose arguments somebody edits before they allow it.

use crate::agent::Agent;
use domain::problem::Problem;
use serde_json::Value;
use store::approvals::StoredApproval;
use tools::tools::Tools;

impl Agent {
    /// The approval with its edited arguments, and their hash, when there are any. What the asker could not have asked for
    /// is refused, and the approval waits on.
    pub(crate) async fn edited(
        &self,
        mut found: StoredApproval,
        args: Option<Value>,
    ) -> Result<(StoredApproval, Option<String>), Problem> {
        let Some(args) = args else { return Ok((found, None)) };
        let tool = &found.approval.tool;
        let both = (&found.approval.args, &args);
        let args = self.0.tools.edited_secrets(&found.workspace, tool, both);
        self.0.tools.check(tool, &args)?;
        if let Some(asker) = self.person(&found.workspace, &found.asked_by, "").await? {
            self.0.tools.preview(&asker, tool, &args).await?;
        }
        let hash = Tools::hash(tool, &args);
        found.approval.args = args;
        found.approval.args_hash.clone_from(&hash);
        Ok((found, Some(hash)))
    }
}
