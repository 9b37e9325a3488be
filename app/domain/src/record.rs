//! Records of a Basecamp project as its page shows them, and what people do to them there.

mod acts;
mod around;

pub use acts::{Act, Acted, Fields, LARGEST_FILE, foresee_boards, foresee_items};
pub use around::{Around, Coming, Deed, FlowHere, News};

use crate::project::{Person, Workload};
use crate::todo::Comment;
use serde::{Deserialize, Serialize};

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A to-do.
    Todo,
    /// A card of a card table.
    Card,
    /// A message of the message board.
    Message,
    /// A document that was written in Basecamp.
    Document,
    /// A file that was put there.
    Upload,
    /// A folder of documents and files.
    Folder,
    /// A date in the schedule.
    Entry,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Todo,
        Self::Card,
        Self::Message,
        Self::Document,
        Self::Upload,
        Self::Folder,
        Self::Entry,
    ];

    /// Basecamp's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Todo => "Todo",
            Self::Card => "Kanban::Card",
            Self::Message => "Message",
            Self::Document => "Document",
            Self::Upload => "Upload",
            Self::Folder => "Vault",
            Self::Entry => "Schedule::Entry",
        }
    }

    /// Reads Basecamp's word; none for what the project page does not show.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }

    /// The word people use.
    pub fn label(self) -> &'static str {
        match self {
            Self::Todo => "To-do",
            Self::Card => "Card",
            Self::Message => "Message",
            Self::Document => "Document",
            Self::Upload => "File",
            Self::Folder => "Folder",
            Self::Entry => "Date",
        }
    }
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Basecamp's id.
    pub id: i64,
    /// What it is.
    pub kind: Kind,
    /// The project.
    pub project_id: i64,
    /// The list, column, board or folder it is in.
    pub parent_id: i64,
    /// What that is called.
    pub place: String,
    /// Its title.
    pub title: String,
    /// Its notes or words, as plain text.
    pub text: String,
    /// Whether that is all of them: what is formatted would lose that when it is written as plain text.
    pub is_plain: bool,
    /// Done.
    pub completed: bool,
    /// `YYYY-MM-DD`.
    pub due_on: Option<String>,
    /// When a date begins: `YYYY-MM-DD` for a whole day, else RFC 3339.
    pub starts_at: Option<String>,
    /// When a date ends, in the same form.
    pub ends_at: Option<String>,
    /// Place among its siblings.
    pub position: i64,
    /// Who made it.
    pub creator: String,
    /// Who does it, or takes part.
    pub people: Vec<Person>,
    /// Comments under it.
    pub comments: u32,
    /// Bytes of a file.
    pub bytes: Option<i64>,
    /// In the trash or archive, or gone.
    pub is_removed: bool,
    /// The page in Basecamp.
    pub app_url: String,
    /// Epoch milliseconds.
    pub created_at_ms: i64,
    /// Epoch milliseconds.
    pub updated_at_ms: i64,
}

/// A place for to-dos: a list, a group in a list, or the project itself for loose ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Basecamp's id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The list a group is in; none for a list.
    pub group_of: Option<i64>,
    /// The to-do set itself: to-dos here are in no list, and none can be added from here.
    pub is_loose: bool,
    /// The page in Basecamp.
    pub app_url: String,
}

/// What a part of a project page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part<T> {
    /// The tool is off in Basecamp.
    Off,
    /// What there is.
    On(T),
}

/// The to-dos of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Basecamp's id of the to-do set, in which lists are made.
    pub set: i64,
    /// Lists in their order, each followed by its groups; the place of loose to-dos last.
    pub places: Vec<Place>,
    /// Open and completed to-dos, by position.
    pub todos: Vec<Item>,
}

/// A card table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// Basecamp's id.
    pub id: i64,
    /// Its name.
    pub title: String,
    /// The page in Basecamp.
    pub app_url: String,
    /// Columns in their order.
    pub columns: Vec<Column>,
}

/// A column of a card table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Basecamp's id.
    pub id: i64,
    /// Its name.
    pub title: String,
    /// Cards in it are done.
    pub is_done: bool,
    /// Cards by position.
    pub cards: Vec<Item>,
}

/// A tool of a project and what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    /// Basecamp's id of the message board, the schedule or the folder of everything.
    pub id: i64,
    /// The page in Basecamp.
    pub app_url: String,
    /// Its records.
    pub items: Vec<Item>,
}

/// One record with what is under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The record.
    pub item: Item,
    /// Its comments, oldest first.
    pub comments: Vec<Comment>,
    /// What happened to it, newest first; none while Basecamp does not answer.
    pub history: Option<Vec<Step>>,
}

/// One thing that happened to a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What: "completed".
    pub action: String,
    /// Who did it.
    pub who: String,
    /// Epoch milliseconds.
    pub at_ms: i64,
}

/// A tab of the page of a project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// What needs attention and what is due.
    #[default]
    Overview,
    /// To-dos by list.
    Todos,
    /// Card tables.
    Board,
    /// The message board.
    Messages,
    /// Dates.
    Schedule,
    /// Documents and files.
    Files,
    /// Who is on it.
    People,
    /// How it is doing, and why.
    Health,
}

impl Tab {
    /// Every tab, in its order.
    pub const ALL: [Self; 8] = [
        Self::Overview,
        Self::Todos,
        Self::Board,
        Self::Messages,
        Self::Schedule,
        Self::Files,
        Self::People,
        Self::Health,
    ];

    /// The word in the address, and the words on it.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Overview => ("overview", "Overview"),
            Self::Todos => ("todos", "To-dos"),
            Self::Board => ("board", "Card table"),
            Self::Messages => ("messages", "Messages"),
            Self::Schedule => ("schedule", "Schedule"),
            Self::Files => ("files", "Files"),
            Self::People => ("people", "People"),
            Self::Health => ("health", "Health"),
        }
    }

    /// The word in the address.
    pub fn key(self) -> &'static str {
        self.words().0
    }

    /// The words on it.
    pub fn label(self) -> &'static str {
        self.words().1
    }

    /// The tab with this word in its address.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.key() == key)
    }
}

/// What a tab shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Of which tab.
    pub tab: Tab,
    /// What.
    pub content: Content,
    /// How much is on tabs, where it is known without asking Basecamp.
    pub counts: Vec<(Tab, u32)>,
    /// Who has something to do there, by name, where that is known without asking Basecamp.
    pub team: Vec<String>,
}

/// The content of a tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// The to-dos and what stands around them.
    Overview(Part<Work>, Around),
    /// To-dos.
    Work(Part<Work>),
    /// Card tables.
    Boards(Part<Vec<Board>>),
    /// Messages, dates or files.
    Shelf(Part<Shelf>),
    /// People.
    Team(Vec<Workload>),
    /// Health.
    Health(ProjectHealth),
}

/// How a project is doing, worked out from what is in Basecamp. Nobody types it in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectHealth {
    /// What it comes to; none where there is nothing to work it out from.
    pub score: Option<HealthScore>,
    /// What was counted.
    pub counts: HealthCounts,
    /// By how much the score moved in a week; none when nothing is known of then.
    pub moved: Option<i32>,
    /// The scores of the last eight weeks, one a week and the oldest first; those that are known.
    pub weeks: Vec<u32>,
}

/// A score and what it is made of, each from 0 to 100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthScore {
    /// All four, weighed.
    pub total: u32,
    /// `excellent`, `good`, `fair`, `poor`.
    pub status: String,
    /// How much happened lately.
    pub activity: u32,
    /// How much was completed lately.
    pub velocity: u32,
    /// How much of all is completed, less what is overdue.
    pub completion: u32,
    /// How much was written lately.
    pub communication: u32,
}

/// What a health score counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCounts {
    /// Posts and changed to-dos of the last 7 days.
    pub recent_events: u32,
    /// To-dos completed in the last 30 days.
    pub completed_lately: u32,
    /// All to-dos.
    pub todos: u32,
    /// Completed ones.
    pub completed: u32,
    /// Overdue ones.
    pub overdue: u32,
    /// All posts.
    pub posts: u32,
    /// Posts of the last 7 days.
    pub recent_posts: u32,
}
