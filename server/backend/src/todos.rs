//! What people change in Basecamp by hand: through the same tools as the assistant and chat clients, so that each
//! change leaves one operation that says how to reverse it, one event and one row of the audit log.

use crate::Backend;
use domain::actor::Actor;
use domain::problem::Problem;
use domain::todo::Todo;
use serde_json::{Value, json};
use tools::tool::CallContext;

impl Backend {
    /// Completes the to-do `id` of `project`.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, [`Problem::NotFound`] when it is not in that project,
    /// [`Problem::Unavailable`] when Basecamp does not answer.
    pub async fn complete_todo(
        &self,
        actor: &Actor,
        project: i64,
        id: i64,
    ) -> Result<Todo, Problem> {
        let args = json!({ "project": project.to_string(), "todo_id": id });
        self.change_todo(actor, "complete_todo", &args).await
    }

    /// Opens the completed to-do `id` of `project` again.
    ///
    /// # Errors
    /// As [`Self::complete_todo`].
    pub async fn reopen_todo(&self, actor: &Actor, project: i64, id: i64) -> Result<Todo, Problem> {
        let args = json!({ "project": project.to_string(), "todo_id": id });
        self.change_todo(actor, "uncomplete_todo", &args).await
    }

    async fn change_todo(&self, actor: &Actor, tool: &str, args: &Value) -> Result<Todo, Problem> {
        let context = CallContext { source: "ui", ..CallContext::default() };
        let mut answer = self.tools.call(actor, tool, args, &context).await?;
        let todo = answer.get_mut("todo").map(Value::take).unwrap_or_default();
        serde_json::from_value(todo).map_err(|error| {
            tracing::error!(%error, tool, "a tool answered without its to-do");
            Problem::Internal { reference: actor.request_id.clone() }
        })
    }
}
