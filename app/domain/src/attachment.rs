//! Files that a person puts beside what they say to the assistant.

use crate::ids::AttachmentId;
use serde::{Deserialize, Serialize};

/// How many files one message may have.
pub const MOST_FILES: usize = 4;
/// How many bytes the files of one message may have in all: encoded they still fit into one request.
pub const MOST_BYTES: u32 = 1_400_000;

/// What a file is, by what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// Words.
    Text,
    /// Rows and columns, as CSV writes them.
    Table,
    /// A picture.
    Image,
}

impl AttachmentKind {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Table => "table",
            Self::Image => "image",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Text, Self::Table, Self::Image].into_iter().find(|it| it.as_str() == word)
    }
}

/// A file of a conversation, without what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The file.
    pub id: AttachmentId,
    /// As the person's computer calls it.
    pub name: String,
    /// What it is.
    pub kind: AttachmentKind,
    /// Its media type, found in its first bytes: `text/plain`, `text/csv`, `image/png`, ...
    pub media_type: String,
    /// How long it is.
    pub bytes: u64,
}

/// A file on its way in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAttachment {
    /// As the person's computer calls it.
    pub name: String,
    /// What is in it, in base64.
    pub content_base64: String,
}
