//! The two runtimes (contract.md 3.6): the same tools, permissions, approvals and trace; they differ in how an answer
//! comes, how tools of one round run, and what is done with a long history.

use crate::agent::Agent;
use domain::problem::Problem;
use store::settings::{self, INSTALLATION};

/// The setting of the installation that wins over the variable.
pub const SETTING: &str = "agentRuntime";

/// How runs are worked on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Runtime {
    /// One answer at the end, one tool after the other, the oldest turns left out.
    V1,
    /// The answer in pieces, reading tools side by side, the oldest turns in short words.
    #[default]
    V2,
}

impl Runtime {
    /// The word of the API, the setting and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::V1, Self::V2].into_iter().find(|it| it.as_str() == word.trim())
    }
}

impl Agent {
    /// The runtime of the next run, and whether a super admin chose it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn runtime(&self) -> Result<(Runtime, bool), Problem> {
        let mut conn = self.0.db.read().await?;
        let setting = settings::find(&mut conn, INSTALLATION, SETTING).await?;
        let chosen = setting.as_ref().and_then(|it| it.as_str()).and_then(Runtime::parse);
        Ok((chosen.unwrap_or(self.0.config.runtime), chosen.is_some()))
    }
}
