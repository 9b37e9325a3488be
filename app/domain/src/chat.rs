//! Conversations with the assistant (contract.md 3).

use crate::approval::Approval;
use crate::attachment::Attachment;
use crate::ids::{ApprovalId, ChatRunId, MessageId, OperationId, SessionId};
use crate::trace::TraceStep;
use crate::undo::Reversible;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One conversation, of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The conversation.
    pub id: SessionId,
    /// Its owner.
    pub user_key: String,
    /// The first 50 characters of the first message, or a name given later.
    pub title: String,
    /// The project it is about.
    pub project_id: Option<String>,
    /// How the assistant speaks.
    pub persona_id: Option<String>,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
    /// How many turns it has.
    pub message_count: u32,
    /// How many changes asked for in it wait for somebody.
    #[serde(default)]
    pub waiting: u32,
}

/// One turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The turn.
    pub id: MessageId,
    /// The conversation.
    pub session_id: SessionId,
    /// `user`, `assistant` or `tool`.
    pub role: String,
    /// Markdown.
    pub content: String,
    /// What the assistant asked for.
    pub tool_calls: Option<Value>,
    /// What came back.
    pub tool_results: Option<Value>,
    /// The run that wrote it.
    pub run_id: Option<ChatRunId>,
    /// RFC 3339.
    pub created_at: String,
    /// Files the person put beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// State of one execution of the assistant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatRunStatus {
    /// Stored, not started.
    Queued,
    /// Under way.
    Running,
    /// Stopped at an approval.
    WaitingApproval,
    /// Ended with an answer.
    Succeeded,
    /// Ended with a reason.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

impl ChatRunStatus {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::WaitingApproval => "waiting_approval",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Queued,
            Self::Running,
            Self::WaitingApproval,
            Self::Succeeded,
            Self::Failed,
            Self::Cancelled,
        ]
        .into_iter()
        .find(|it| it.as_str() == word)
    }

    /// Nothing more will happen in this run.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled | Self::WaitingApproval)
    }
}

/// One execution of the assistant (contract.md 3.5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatRun {
    /// The run.
    pub id: ChatRunId,
    /// The conversation.
    pub session_id: SessionId,
    /// How it stands.
    pub status: ChatRunStatus,
    /// `v1` or `v2`.
    pub runtime: String,
    /// `builtin`, or `provider/model`.
    pub model: String,
    /// Model calls made.
    pub iterations: u32,
    /// Names of tools used, each once.
    pub tools_used: Vec<String>,
    /// RFC 3339.
    pub started_at: Option<String>,
    /// RFC 3339.
    pub ended_at: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_id: Option<ApprovalId>,
    /// The run this one carries on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_run_id: Option<ChatRunId>,
}

/// One stored, numbered event of a run, as it goes over the wire (contract.md 3.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatEvent {
    /// The run.
    pub run_id: ChatRunId,
    /// From 1, without gaps.
    pub seq: i64,
    /// `start`, `trace`, `tool`, `approval`, `flow`, `response`, `error`, `done`, ...
    pub event: String,
    /// The payload, with `seq`, `ts` and `runId`.
    pub data: Value,
}

/// A conversation as the page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// The conversation.
    pub session: Session,
    /// What was said, oldest first.
    pub turns: Vec<Turn>,
    /// The run under way, which has no answer yet.
    pub active: Option<TurnRun>,
}

/// One thing said, with what was done for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// The message.
    pub id: MessageId,
    /// Its number in the conversation; the first is 1.
    pub seq: i64,
    /// Said by the person; by the assistant otherwise.
    pub is_mine: bool,
    /// As it was written, for copying.
    pub text: String,
    /// The text rendered, without raw HTML and remote images; for the assistant's turns.
    pub html: String,
    /// RFC 3339.
    pub at: String,
    /// Files the person put beside it.
    pub attachments: Vec<Attachment>,
    /// Answers offered to a question of the assistant.
    pub choices: Vec<String>,
    /// The run that gave the answer.
    pub run: Option<TurnRun>,
}

/// Turns of a conversation before one that is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TurnsBefore {
    /// The turn they end before.
    pub before: MessageId,
    /// Oldest first.
    pub turns: Vec<Turn>,
}

/// The run that carries on after a decision tells of it too; the card stays where it was asked.
pub fn show_once(turns: &mut [Turn]) {
    let mut shown: Vec<ApprovalId> = Vec::new();
    for run in turns.iter_mut().filter_map(|it| it.run.as_mut()) {
        run.approvals.retain(|it| !shown.contains(&it.id));
        shown.extend(run.approvals.iter().map(|it| it.id.clone()));
    }
}

/// What a run did, as far as is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TurnRun {
    /// The run.
    pub id: ChatRunId,
    /// How it stands.
    pub status: ChatRunStatus,
    /// Who answered: `builtin`, or `provider/model`; empty while nobody did.
    pub model: String,
    /// In the order it happened.
    pub trace: Vec<TraceStep>,
    /// What it asked for.
    pub approvals: Vec<Approval>,
    /// What of it may be taken back, or was.
    #[serde(default)]
    pub undos: Vec<Reversible>,
    /// Why it failed.
    pub error: Option<String>,
}

impl TurnRun {
    /// The writes that it tells of: its own, and those that it asked for.
    pub fn operations(&self) -> impl Iterator<Item = OperationId> {
        let asked = self.approvals.iter().filter_map(|it| it.operation_id.as_deref());
        let own = self.trace.iter().filter_map(|it| it.operation_id.clone());
        own.chain(asked.map(OperationId::from))
    }
}
