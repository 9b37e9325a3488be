//! What the assistant keeps beyond one conversation, as its page shows and changes it: through the same tools as the
//! assistant, so that each change can be undone.

use crate::agent::Agent;
use domain::actor::{Actor, Permission};
use domain::assistant::{Note, NoteChange};
use domain::problem::Problem;
use serde_json::{Value, json};
use tools::tool::CallContext;

/// How many notes a page shows.
const SHOWN: u32 = 200;
/// The scope of notes that nobody else sees.
const OWN: &str = "user";

impl Agent {
    /// Notes with all the words of `query`, most important first: the actor's own and those everybody shares.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn notes(&self, actor: &Actor, query: &str) -> Result<Vec<Note>, Problem> {
        actor.require(Permission::Read)?;
        let args = json!({ "query": query, "min_importance": 0, "limit": SHOWN });
        let found = self.use_tool(actor, "pmos_memory_recall", &args).await?;
        let rows = found.get("memories").and_then(Value::as_array).into_iter().flatten();
        Ok(rows.filter_map(|it| serde_json::from_value(it.clone()).ok()).collect())
    }

    /// Keeps a new note of the actor, or changes one.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for an empty or too long note; [`Problem::NotFound`] for one that is not there for the
    /// actor; [`Problem::Forbidden`] for what everybody shares, without the permission to manage.
    pub async fn keep_note(&self, actor: &Actor, change: &NoteChange) -> Result<(), Problem> {
        actor.require(Permission::Write)?;
        if change.scope != OWN {
            actor.require(Permission::Manage)?;
        }
        if change.content.trim().is_empty() {
            return Err(Problem::invalid("content", "Write what should be remembered"));
        }
        if change.scope == "project" && change.project_id.is_empty() {
            return Err(Problem::invalid("project_id", "Choose the project it is about"));
        }
        let id = match &change.id {
            Some(id) => json!(id),
            None => {
                let args = json!({ "memory_type": change.kind, "content": change.content });
                let made = self.use_tool(actor, "pmos_memory_save", &args).await?;
                if change.scope == OWN {
                    return Ok(());
                }
                made.pointer("/memory/id").cloned().unwrap_or_default()
            }
        };
        let args = json!({
            "memory_id": id, "content": change.content, "scope": change.scope, "project_id": change.project_id,
        });
        self.use_tool(actor, "pmos_memory_put", &args).await.map(drop)
    }

    /// Deletes a note; [`Self::restore_note`] brings it back.
    ///
    /// # Errors
    /// As [`Self::keep_note`].
    pub async fn forget_note(&self, actor: &Actor, id: &str) -> Result<(), Problem> {
        let args = json!({ "memory_id": id });
        self.use_tool(actor, "pmos_memory_delete", &args).await.map(drop)
    }

    /// Brings a deleted note back.
    ///
    /// # Errors
    /// As [`Self::keep_note`].
    pub async fn restore_note(&self, actor: &Actor, id: &str) -> Result<(), Problem> {
        let args = json!({ "memory_id": id });
        self.use_tool(actor, "pmos_memory_restore", &args).await.map(drop)
    }

    async fn use_tool(&self, actor: &Actor, tool: &str, args: &Value) -> Result<Value, Problem> {
        let context = CallContext { source: "ui", ..CallContext::default() };
        Ok(self.0.tools.call(actor, tool, args, &context).await?)
    }
}
