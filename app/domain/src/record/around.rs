//! What stands around the to-dos on the first tab of a project: what happened last, what comes, and the flows that work
//! there.

use super::{Kind, ProjectHealth};
use crate::flow::run::RunStatus;
use crate::ids::FlowId;
use serde::{Deserialize, Serialize};

/// What was done to a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// A to-do, a card or a date was made.
    Added,
    /// A message was posted.
    Posted,
    /// Something was said under it.
    Commented,
    /// A document was written.
    Wrote,
    /// A file was put there.
    Uploaded,
    /// A check-in question was answered.
    Answered,
    /// It was done.
    Completed,
    /// It was opened again.
    Reopened,
    /// It went to another list or column, of this name.
    Moved(String),
    /// It is due on another day, `YYYY-MM-DD`; on none when empty.
    Due(String),
    /// These have it to do now; nobody when empty.
    Given(Vec<String>),
    /// It went to the trash.
    Trashed,
    /// It was put aside.
    Archived,
    /// It came back from there.
    Restored,
    /// Something else, in Basecamp's word.
    Other(String),
}

impl Deed {
    /// What a new record of a kind in Basecamp's word is; none for kinds that nobody reads about.
    pub fn made(kind: &str) -> Option<Self> {
        Some(match kind {
            "Todo" | "Kanban::Card" | "Schedule::Entry" => Self::Added,
            "Message" => Self::Posted,
            "Comment" => Self::Commented,
            "Document" => Self::Wrote,
            "Upload" => Self::Uploaded,
            "Question::Answer" => Self::Answered,
            _ => return None,
        })
    }

    /// The words after the name of who did it and before what it was done to.
    pub fn active(&self) -> String {
        match self {
            Self::Added => "added".to_owned(),
            Self::Posted => "posted".to_owned(),
            Self::Commented => "commented on".to_owned(),
            Self::Wrote => "wrote".to_owned(),
            Self::Uploaded => "uploaded".to_owned(),
            Self::Answered => "answered".to_owned(),
            Self::Completed => "completed".to_owned(),
            Self::Reopened => "reopened".to_owned(),
            Self::Moved(_) => "moved".to_owned(),
            Self::Due(_) | Self::Given(_) => "changed".to_owned(),
            Self::Trashed => "put into the trash".to_owned(),
            Self::Archived => "archived".to_owned(),
            Self::Restored => "restored".to_owned(),
            Self::Other(word) => word.clone(),
        }
    }

    /// The words after what it was done to, where nobody knows who did it.
    pub fn passive(&self) -> String {
        match self {
            Self::Commented => "has a new comment".to_owned(),
            Self::Answered => "has a new answer".to_owned(),
            Self::Due(_) | Self::Given(_) => String::new(),
            Self::Wrote => "was written".to_owned(),
            other => format!("was {}", other.active()),
        }
    }

    /// The words at the end: where to, or to whom. A day is left to whoever knows what day it is.
    pub fn end(&self) -> String {
        match self {
            Self::Moved(place) => format!("to {place}"),
            Self::Given(people) if people.is_empty() => "is nobody's to do now".to_owned(),
            Self::Given(people) => format!("is for {} now", people.join(", ")),
            Self::Due(day) if day.is_empty() => "has no day any more".to_owned(),
            _ => String::new(),
        }
    }
}

/// Something that happened in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// Who did it; none where Basecamp does not say.
    pub who: Option<String>,
    /// What.
    pub deed: Deed,
    /// To what.
    pub title: String,
    /// The project.
    pub project_id: i64,
    /// What that is called; empty where nobody says it.
    pub project: String,
    /// The record that opens on the page; none for one that only Basecamp shows.
    pub item: Option<i64>,
    /// The page in Basecamp.
    pub app_url: String,
    /// Epoch milliseconds.
    pub at_ms: i64,
}

/// Something with a day that comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coming {
    /// The record.
    pub id: i64,
    /// A date, a to-do or a card.
    pub kind: Kind,
    /// What it is called.
    pub title: String,
    /// `YYYY-MM-DD`, or RFC 3339 for a date with a time of day.
    pub at: String,
}

/// A flow that names the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowHere {
    /// The flow.
    pub id: FlowId,
    /// Its name.
    pub name: String,
    /// Whether events start it.
    pub is_live: bool,
    /// How its last run stands, and when that began (epoch milliseconds); none before the first.
    pub last: Option<(RunStatus, i64)>,
}

/// What stands around the to-dos of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Around {
    /// What happened last, the newest first; none while Basecamp, which alone knows it, does not answer.
    pub latest: Option<Vec<News>>,
    /// What comes, the nearest first.
    pub coming: Vec<Coming>,
    /// Flows that name it, those that are on first.
    pub flows: Vec<FlowHere>,
    /// How it is doing; none where that could not be worked out.
    pub health: Option<ProjectHealth>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deeds_read_as_people_say_them() {
        let moved = Deed::Moved("Review".to_owned());
        assert_eq!(format!("{} X {}", moved.active(), moved.end()), "moved X to Review");
        assert_eq!(format!("X {} {}", moved.passive(), moved.end()), "X was moved to Review");
        assert_eq!(Deed::Commented.passive(), "has a new comment");
        let given = Deed::Given(vec!["Ben Okafor".to_owned()]);
        assert_eq!((given.passive(), given.end()), (String::new(), "is for Ben Okafor now".into()));
        assert!(Deed::made("Kanban::Step").is_none() && Deed::made("Upload").is_some());
    }
}
