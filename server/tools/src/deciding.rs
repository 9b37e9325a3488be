//! Deciding approvals through a tool: only for a person whose key may. The operation itself is the assistant's, which
//! is built on the tools, so a door hands it in.

use domain::actor::Actor;
use domain::ids::ApprovalId;
use domain::problem::Problem;
use serde_json::Value;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

/// An answer to an approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The approval.
    pub id: ApprovalId,
    /// Whether what waits may happen.
    pub yes: bool,
    /// Why, in the person's words.
    pub note: Option<String>,
}

/// A decision on its way; it gives the approval as it is then, in an object with what came of it.
pub type Deciding = Pin<Box<dyn Future<Output = Result<Value, Problem>> + Send>>;

/// What decides approvals. Cheap to clone.
#[derive(Clone)]
pub struct Decider(Arc<dyn Fn(Actor, Decision) -> Deciding + Send + Sync>);

impl Decider {
    /// Decides by `decide`, which checks what the person may.
    pub fn new(decide: impl Fn(Actor, Decision) -> Deciding + Send + Sync + 'static) -> Self {
        Self(Arc::new(decide))
    }

    pub(crate) fn decide(&self, actor: &Actor, decision: Decision) -> Deciding {
        (self.0)(actor.clone(), decision)
    }
}

impl fmt::Debug for Decider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decider")
    }
}
