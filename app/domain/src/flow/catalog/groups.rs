//! Under which heading the picker shows an entry: what teams use every day first, what needs knowledge last.

use super::{Category, HTTP, JSON, PieceMeta, WEBHOOK};
use serde::Serialize;

/// A heading of the picker of triggers or of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// What happens in Basecamp, and what is done there every day.
    Basecamp,
    /// Triggers of a clock.
    Schedule,
    /// Triggers of people: by hand, a form, another flow.
    Asked,
    /// Telling people something.
    Send,
    /// Branches, loops, waiting, asking.
    Control,
    /// Reshaping values.
    Data,
    /// What needs knowledge of the web or of code.
    Advanced,
    /// What is set up in Basecamp once and then left alone.
    SetUp,
}

impl Group {
    /// Every heading, in the order of the picker.
    pub const ALL: [Self; 8] = [
        Self::Basecamp,
        Self::Schedule,
        Self::Asked,
        Self::Send,
        Self::Control,
        Self::Data,
        Self::Advanced,
        Self::SetUp,
    ];

    /// The heading.
    pub fn label(self) -> &'static str {
        match self {
            Self::Basecamp => "Basecamp",
            Self::Schedule => "On a schedule",
            Self::Asked => "When somebody asks",
            Self::Send => "Tell people",
            Self::Control => "Flow control",
            Self::Data => "Text, dates and lists",
            Self::Advanced => "Advanced",
            Self::SetUp => "Set up Basecamp",
        }
    }
}

/// Where the steps of a piece stand that say nothing else.
pub(super) fn of_steps(piece: &PieceMeta) -> Group {
    match (piece.name, piece.category) {
        (HTTP | WEBHOOK | JSON, _) => Group::Advanced,
        (_, Category::Basecamp) => Group::Basecamp,
        (_, Category::Control) => Group::Control,
        (_, Category::Data) => Group::Data,
        (_, Category::Start | Category::Send) => Group::Send,
    }
}
