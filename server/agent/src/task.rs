//! What a run knows of the agent it works for: how it goes about its goal, and whether it may change anything.

use crate::turn::Turn;
use domain::approval::Risk;
use domain::ids::{ChatRunId, WorkspaceId};
use domain::problem::Problem;
use serde_json::json;
use store::agents;
use store::chat::journal::StoredCall;
use store::db::Conn;
use tools::tool::ToolSpec;

/// How each kind of agent goes about its goal where nobody said.
const KINDS: [(&str, &str); 4] = [
    ("pm", "Look at what is due, late, blocked and unevenly shared out."),
    (
        "triage",
        "Look at what is new and has no date, no person or no place, and say where it belongs.",
    ),
    ("quality", "Look at what breaks a policy, is unclear or is missing something."),
    ("review", "Look back on what was done and decided, and say what to learn from it."),
];

/// The agent that a run works for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Task {
    /// It only tells what it would do.
    pub(crate) is_dry: bool,
    kind: String,
    name: String,
    strategy: String,
}

impl Task {
    /// The agent of a chain of runs; none for what a person asked.
    pub(crate) async fn of(
        conn: &mut Conn,
        workspace: &WorkspaceId,
        root: &ChatRunId,
    ) -> Result<Option<Self>, Problem> {
        let Some(run) = agents::run_of(conn, workspace, root).await? else { return Ok(None) };
        let agent = agents::find(conn, workspace, &run.agent_id).await?;
        let (kind, strategy) = agent.map(|it| (it.kind, it.strategy)).unwrap_or_default();
        Ok(Some(Self { is_dry: run.is_dry != 0, kind, name: run.agent, strategy }))
    }

    /// What the model is told of it.
    pub(crate) fn words(&self) -> String {
        let mut text = format!(
            "You work on the saved goal of the agent “{}”. Nobody is there to answer, so ask nothing: do what can be \
             done and end with what you found, what you changed and what a person should look at.",
            self.name
        );
        if let Some((_, how)) = KINDS.iter().find(|it| it.0 == self.kind) {
            text.push_str(&format!(" {how}"));
        }
        if !self.strategy.is_empty() {
            text.push_str(&format!("\nHow to go about it: {}", self.strategy));
        }
        if self.is_dry {
            text.push_str(
                "\nThis run changes nothing: what would change something is refused, with what it would have done. Say \
                 that in your answer.",
            );
        }
        text
    }
}

impl Turn {
    /// Whether a call is not carried out because its run only tells what it would do.
    pub(crate) fn is_withheld(&self, spec: &ToolSpec, call: &StoredCall) -> bool {
        let is_dry = self.task.as_ref().is_some_and(|it| it.is_dry);
        is_dry && spec.risk_of(&call.args) != Risk::Read
    }

    /// Ends a call without carrying it out, with what it would have done.
    pub(crate) async fn withhold(&self, call: &StoredCall, spec: &ToolSpec) -> Result<(), Problem> {
        let preview = self.agent.0.tools.preview(&self.actor, &call.name, &call.args).await;
        let error = match preview {
            Ok(preview) => {
                let words =
                    format!("Not done, this run changes nothing. It would: {}", preview.summary);
                json!({
                    "ok": false, "code": "NOT_DONE", "message": words, "error": words, "retryable": false,
                    "would": { "title": preview.title, "summary": preview.summary }
                })
            }
            Err(error) => error.to_value(spec.family()),
        };
        self.refuse(call, &error).await
    }

    /// Through what the writes of a run come (contract.md 5.2).
    pub(crate) fn source(&self) -> &'static str {
        if self.task.is_some() { "agent" } else { "chat" }
    }
}
