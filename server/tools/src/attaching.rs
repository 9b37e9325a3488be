//! Storing a file that is on this machine. The tool of the same name takes text, which for a large one would be held many
//! times over.

use crate::error::ToolError;
use crate::record::Write;
use crate::tool::{CallContext, Done};
use crate::tools::{Tools, millis, needed};
use basecamp::files::LocalFile;
use domain::actor::Actor;
use domain::ids::OperationId;
use serde_json::{Value, json};
use std::time::Instant;
use store::ids;

/// The tool whose rights, rules and operation it has.
const TOOL: &str = "create_attachment";

impl Tools {
    /// Stores `file`, of `length` bytes, at Basecamp as a file of this name and media type, as the tool `create_attachment` does; gives
    /// what a new upload names it by. It leaves one operation and one event, also when it fails.
    ///
    /// # Errors
    /// A missing permission, a policy that blocks it, and what Basecamp reports.
    pub async fn attach(
        &self,
        actor: &Actor,
        (name, content_type): (&str, &str),
        (file, length): (std::fs::File, u64),
        context: &CallContext,
    ) -> Result<Value, ToolError> {
        let started = Instant::now();
        let spec = self.known(TOOL)?;
        actor.require(needed(spec.risk))?;
        let args = json!({ "name": name, "content_type": content_type, "bytes": length });
        let id = OperationId::new(ids::fresh());
        let write = Write { id, spec, actor, context, args: &args, duration_ms: 0, undoes: None };
        let basecamp = self.basecamp.on_behalf(write.draft(None));
        let work = async {
            self.obeyed(actor, spec, &args).await?;
            let file = LocalFile::new(file, length);
            let stored = basecamp.store_local_file(actor, (name, content_type), file).await?;
            let done = Done::new(json!({ "attachable_sgid": stored["attachable_sgid"] }));
            Ok::<Done, ToolError>(done.on(name))
        };
        let outcome = Box::pin(work).await;
        let write = Write { duration_ms: millis(started), ..write };
        self.record(write, outcome.as_ref()).await?;
        outcome.map(|it| it.value["attachable_sgid"].clone())
    }
}
