//! What people do to records, and how a record will look once it is done.

use super::{Board, Item};
use crate::ids::OperationId;
use crate::project::Person;
use serde::{Deserialize, Serialize};

/// What people do to the records of a project from its page. What is none stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Adds a to-do to a list or group.
    AddTodo {
        /// The list or group.
        list: i64,
        /// What it says.
        fields: Fields,
    },
    /// Changes a to-do.
    EditTodo {
        /// The to-do.
        id: i64,
        /// What it is to say.
        fields: Fields,
    },
    /// Completes a to-do.
    Complete {
        /// The to-do.
        id: i64,
    },
    /// Opens a completed to-do again.
    Reopen {
        /// The to-do.
        id: i64,
    },
    /// Adds a card.
    AddCard {
        /// The card table.
        board: i64,
        /// The column in it.
        column: i64,
        /// What it says.
        fields: Fields,
    },
    /// Changes a card.
    EditCard {
        /// The card.
        id: i64,
        /// What it is to say.
        fields: Fields,
    },
    /// Moves a card to another column.
    MoveCard {
        /// The card.
        id: i64,
        /// The column.
        column: i64,
    },
    /// Posts a message.
    Post {
        /// The message board.
        board: i64,
        /// Its subject and words.
        fields: Fields,
    },
    /// Changes a message.
    EditPost {
        /// The message.
        id: i64,
        /// What it is to say.
        fields: Fields,
    },
    /// Adds a document to a folder.
    AddDocument {
        /// The folder.
        folder: i64,
        /// Its title and words.
        fields: Fields,
    },
    /// Changes a document.
    EditDocument {
        /// The document.
        id: i64,
        /// What it is to say.
        fields: Fields,
    },
    /// Comments on a record.
    Comment {
        /// The record.
        id: i64,
        /// What is said.
        text: String,
    },
    /// Adds a date.
    AddEntry {
        /// The schedule.
        schedule: i64,
        /// When it begins: `YYYY-MM-DD` for a whole day, else RFC 3339.
        starts_at: String,
        /// When it ends, in the same form.
        ends_at: String,
        /// What it says.
        fields: Fields,
    },
    /// Changes a date of the schedule.
    EditEntry {
        /// The date.
        id: i64,
        /// When it begins and ends, both or none, in the form of [`Self::AddEntry`].
        times: Option<(String, String)>,
        /// What it is to say.
        fields: Fields,
    },
    /// Makes a to-do list.
    AddList {
        /// The to-do set.
        set: i64,
        /// Its name.
        name: String,
    },
    /// Puts a record into the trash.
    Trash {
        /// The record.
        id: i64,
    },
}

/// The words, day and people of a record; what is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields {
    /// Not blank.
    #[serde(default)]
    pub title: Option<String>,
    /// Plain text; empty clears it.
    #[serde(default)]
    pub text: Option<String>,
    /// `YYYY-MM-DD`; empty clears it.
    #[serde(default)]
    pub due_on: Option<String>,
    /// Basecamp ids of everyone who is to do it.
    #[serde(default)]
    pub people: Option<Vec<i64>>,
}

/// The largest file that is put into a project from its page, in bytes.
pub const LARGEST_FILE: u32 = 50_000_000;

/// What became of an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acted {
    /// What takes it back; none when it cannot be, or nothing changed.
    pub operation: Option<OperationId>,
    /// The tool's own sentence.
    pub message: String,
}

impl Fields {
    /// Lays them over `item`; people are looked up among `known`.
    pub fn lay_over(&self, item: &mut Item, known: &[Person]) {
        if let Some(title) = &self.title {
            title.trim().clone_into(&mut item.title);
        }
        if let Some(text) = &self.text {
            text.trim().clone_into(&mut item.text);
        }
        if let Some(day) = &self.due_on {
            item.due_on = Some(day.clone()).filter(|it| !it.is_empty());
        }
        if let Some(people) = &self.people {
            item.people = known.iter().filter(|it| people.contains(&it.id)).cloned().collect();
        }
    }
}

impl Act {
    /// The record it changes; none when it makes one.
    pub fn on(&self) -> Option<i64> {
        match self {
            Self::EditTodo { id, .. }
            | Self::Complete { id }
            | Self::Reopen { id }
            | Self::EditCard { id, .. }
            | Self::MoveCard { id, .. }
            | Self::EditPost { id, .. }
            | Self::EditDocument { id, .. }
            | Self::EditEntry { id, .. }
            | Self::Trash { id }
            | Self::Comment { id, .. } => Some(*id),
            Self::AddTodo { .. }
            | Self::AddList { .. }
            | Self::AddCard { .. }
            | Self::Post { .. }
            | Self::AddDocument { .. }
            | Self::AddEntry { .. } => None,
        }
    }

    /// The record as it will be once the act is done.
    pub fn foresee(&self, item: &mut Item, known: &[Person]) {
        if self.on() != Some(item.id) {
            return;
        }
        match self {
            Self::EditTodo { fields, .. }
            | Self::EditCard { fields, .. }
            | Self::EditPost { fields, .. }
            | Self::EditDocument { fields, .. } => fields.lay_over(item, known),
            Self::EditEntry { times, fields, .. } => {
                fields.lay_over(item, known);
                if let Some((starts_at, ends_at)) = times.clone() {
                    (item.starts_at, item.ends_at) = (Some(starts_at), Some(ends_at));
                }
            }
            Self::Trash { .. } => item.is_removed = true,
            Self::Complete { .. } => item.completed = true,
            Self::Reopen { .. } => item.completed = false,
            Self::MoveCard { column, .. } => item.parent_id = *column,
            Self::Comment { .. } => item.comments = item.comments.saturating_add(1),
            _ => {}
        }
    }

    /// What people read when it is done.
    pub fn done(&self) -> &'static str {
        match self {
            Self::AddTodo { .. } => "To-do added",
            Self::EditTodo { .. }
            | Self::EditCard { .. }
            | Self::EditPost { .. }
            | Self::EditDocument { .. }
            | Self::EditEntry { .. } => "Changes saved",
            Self::Complete { .. } => "To-do completed",
            Self::Reopen { .. } => "To-do open again",
            Self::AddCard { .. } => "Card added",
            Self::MoveCard { .. } => "Card moved",
            Self::Post { .. } => "Message posted",
            Self::Comment { .. } => "Comment posted",
            Self::AddDocument { .. } => "Document added",
            Self::AddEntry { .. } => "Date added",
            Self::AddList { .. } => "List added",
            Self::Trash { .. } => "Moved to the trash",
        }
    }
}

/// Lays `acts` over `items`; those that go to the trash are gone.
pub fn foresee_items(items: &mut Vec<Item>, acts: &[Act], known: &[Person]) {
    for item in items.iter_mut() {
        acts.iter().for_each(|it| it.foresee(item, known));
    }
    items.retain(|it| !it.is_removed);
}

/// Moves the cards of `boards` that `acts` move, and lays the other changes over them.
pub fn foresee_boards(boards: &mut [Board], acts: &[Act], known: &[Person]) {
    for act in acts {
        for board in &mut *boards {
            for card in board.columns.iter_mut().flat_map(|it| &mut it.cards) {
                act.foresee(card, known);
            }
            if let Act::MoveCard { id, column } = act {
                move_card(board, *id, *column);
            }
            board.columns.iter_mut().for_each(|it| it.cards.retain(|it| !it.is_removed));
        }
    }
}

fn move_card(board: &mut Board, id: i64, to: i64) {
    if !board.columns.iter().any(|it| it.id == to) {
        return;
    }
    let from = board.columns.iter_mut().find(|it| it.cards.iter().any(|card| card.id == id));
    let Some(from) = from.filter(|it| it.id != to) else { return };
    let Some(at) = from.cards.iter().position(|it| it.id == id) else { return };
    let card = from.cards.remove(at);
    if let Some(column) = board.columns.iter_mut().find(|it| it.id == to) {
        column.cards.insert(0, card);
    }
}
