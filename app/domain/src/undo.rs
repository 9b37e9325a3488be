//! Taking back what was changed (contract.md 5.3).

use crate::ids::OperationId;
use serde::{Deserialize, Serialize};

/// A change that somebody may take back now, or that was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversible {
    /// The change.
    pub operation: OperationId,
    /// What it did and to what, in words: `Complete a to-do, “Send the dielines”`.
    pub label: String,
    /// It was taken back.
    pub is_undone: bool,
}
