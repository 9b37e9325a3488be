//! Who is in a flow right now.

use serde::{Deserialize, Serialize};

/// How long somebody counts as being there after the last sign of life, in milliseconds.
pub const STAYS_MS: i64 = 20_000;
/// How often a page gives a sign of life, in milliseconds.
pub const BEAT_MS: u64 = 7_000;

/// One open page of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Here {
    /// The page; a person can have several.
    pub page: String,
    /// Who.
    pub user_id: String,
    /// What people read.
    pub name: String,
    /// The step whose settings are open there.
    pub step: Option<String>,
}
