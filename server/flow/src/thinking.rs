//! What steps ask a model: a text in, a text out, and nothing it could act with. The model is the workspace's own,
//! known to the assistant, which stands above flows; whoever starts the system hands it in.

use domain::ids::{UserId, WorkspaceId};
use futures::future::BoxFuture;
use std::sync::Arc;

/// One question to a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Whose model, and whose limit for the month.
    pub workspace: WorkspaceId,
    /// Whom the run works for.
    pub user: UserId,
    /// Everything the model is told.
    pub words: String,
}

/// What it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thought {
    /// The answer.
    pub text: String,
    /// Who answered, as its maker calls it.
    pub model: String,
    /// Tokens read and written.
    pub tokens: u64,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// Nothing is set that could answer: what to set.
    NeedsSetup(String),
    /// The model failed: why, in plain words.
    Failed(String),
}

/// Asks the model of a workspace.
pub type Thinker =
    Arc<dyn Fn(Ask) -> BoxFuture<'static, Result<Thought, Unanswered>> + Send + Sync>;
