//! Records of every kind but to-dos, lists and comments: one shape, and a table that says what each kind holds.

use crate::account::{Status, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: i64,
    /// 0 when it belongs to the whole account.
    pub(crate) project_id: i64,
    /// The name of its [`Kind`].
    pub(crate) kind: String,
    /// The tool or record it is in.
    pub(crate) parent_id: i64,
    pub(crate) status: Status,
    pub(crate) inherits_status: bool,
    pub(crate) is_draft: bool,
    pub(crate) position: i32,
    pub(crate) creator_id: i64,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
    /// What the kind holds, as it was written.
    pub(crate) fields: Map<String, Value>,
}

impl Record {
    pub(crate) fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn number(&self, field: &str) -> i64 {
        self.fields.get(field).and_then(Value::as_i64).unwrap_or_default()
    }

    pub(crate) fn is(&self, field: &str) -> bool {
        self.fields.get(field).and_then(Value::as_bool).unwrap_or_default()
    }

    pub(crate) fn people(&self, field: &str) -> Vec<i64> {
        let ids = self.fields.get(field).and_then(Value::as_array);
        ids.into_iter().flatten().filter_map(Value::as_i64).collect()
    }

    /// Whether it is in use and not a draft.
    pub(crate) fn is_live(&self) -> bool {
        self.status == Status::Active && !self.is_draft
    }
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    Text,
    Day,
    Flag,
    Number,
    /// Ids, shown as people under another name.
    People(&'static str),
    /// Anything.
    Json,
}

/// A writable field: name, content, and whether a new record needs it.
pub(crate) type Field = (&'static str, Holds, bool);

/// What is true of every record of one kind.
pub(crate) struct Kind {
    /// `type` on the wire.
    pub(crate) name: &'static str,
    /// Where one is reached, below the bucket.
    pub(crate) path: &'static str,
    /// The field that is its title.
    pub(crate) title: &'static str,
    /// Which links it has: parent, subscription, comments, boosts.
    pub(crate) parts: &'static str,
    pub(crate) fields: &'static [Field],
    /// A PUT clears what it leaves out, except [`Self::keeps`].
    pub(crate) clears: bool,
    pub(crate) keeps: &'static [&'static str],
    /// Without `status: active` a new one is a draft.
    pub(crate) drafts: bool,
}

const BASE: Kind = Kind {
    name: "",
    path: "",
    title: "title",
    parts: "pscb",
    fields: &[],
    clears: false,
    keeps: &[],
    drafts: false,
};

use Holds::{Day, Flag, Json, Number, People, Text};

/// Every kind.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "Message",
        path: "messages",
        title: "subject",
        fields: &[
            ("subject", Text, true),
            ("content", Text, false),
            ("category_id", Number, false),
        ],
        drafts: true,
        ..BASE
    },
    Kind {
        name: "Document",
        path: "documents",
        fields: &[("title", Text, true), ("content", Text, false)],
        clears: true,
        drafts: true,
        ..BASE
    },
    Kind {
        name: "Upload",
        path: "uploads",
        title: "filename",
        fields: &[
            ("attachable_sgid", Text, true),
            ("base_name", Text, false),
            ("description", Text, false),
        ],
        ..BASE
    },
    Kind { name: "Vault", path: "vaults", parts: "p", fields: &[("title", Text, true)], ..BASE },
    Kind {
        name: "Schedule::Entry",
        path: "schedule_entries",
        title: "summary",
        fields: &[
            ("summary", Text, true),
            ("starts_at", Text, true),
            ("ends_at", Text, true),
            ("description", Text, false),
            ("all_day", Flag, false),
            ("participant_ids", People("participants"), false),
            ("url", Text, false),
            ("highlighted", Flag, false),
        ],
        clears: true,
        keeps: &["participant_ids", "url", "highlighted"],
        ..BASE
    },
    Kind {
        name: "Kanban::Column",
        path: "card_tables/columns",
        parts: "pc",
        fields: &[("title", Text, true), ("description", Text, false)],
        ..BASE
    },
    Kind {
        name: "Kanban::Card",
        path: "card_tables/cards",
        fields: &[
            ("title", Text, true),
            ("content", Text, false),
            ("due_on", Day, false),
            ("assignee_ids", People("assignees"), false),
        ],
        ..BASE
    },
    Kind {
        name: "Kanban::Step",
        path: "card_tables/steps",
        parts: "p",
        fields: &[
            ("title", Text, true),
            ("due_on", Day, false),
            ("assignee_ids", People("assignees"), false),
        ],
        clears: true,
        ..BASE
    },
    Kind {
        name: "Chat::Lines::Text",
        path: "lines",
        title: "content",
        parts: "pb",
        fields: &[("content", Text, true)],
        ..BASE
    },
    Kind {
        name: "Question",
        path: "questions",
        parts: "ps",
        fields: &[("title", Text, true), ("schedule", Json, true)],
        ..BASE
    },
    Kind {
        name: "Question::Answer",
        path: "question_answers",
        fields: &[("content", Text, true), ("group_on", Day, false)],
        ..BASE
    },
    Kind { name: "Inbox::Forward", path: "inbox_forwards", title: "subject", parts: "ps", ..BASE },
    Kind { name: "Inbox::Reply", path: "replies", parts: "pb", ..BASE },
    Kind {
        name: "Client::Correspondence",
        path: "client/correspondences",
        title: "subject",
        parts: "ps",
        ..BASE
    },
    Kind {
        name: "Client::Approval",
        path: "client/approvals",
        title: "subject",
        parts: "ps",
        ..BASE
    },
    Kind { name: "Client::Reply", path: "replies", parts: "p", ..BASE },
    Kind {
        name: "Timesheet::Entry",
        path: "timesheet_entries",
        title: "hours",
        parts: "p",
        fields: &[
            ("date", Day, true),
            ("hours", Text, true),
            ("description", Text, false),
            ("person_id", Number, false),
        ],
        ..BASE
    },
    Kind {
        name: "Category",
        path: "categories",
        parts: "",
        fields: &[("name", Text, true), ("icon", Text, true)],
        ..BASE
    },
    Kind {
        name: "Chatbot",
        path: "integrations",
        parts: "",
        fields: &[("service_name", Text, true), ("command_url", Text, false)],
        ..BASE
    },
    Kind {
        name: "Template",
        path: "templates",
        parts: "",
        fields: &[("name", Text, true), ("description", Text, false)],
        ..BASE
    },
    Kind {
        name: "Construction",
        path: "project_constructions",
        parts: "",
        fields: &[("project", Json, true)],
        ..BASE
    },
    Kind {
        name: "Lineup::Marker",
        path: "lineup/markers",
        parts: "",
        fields: &[("name", Text, true), ("date", Day, true)],
        ..BASE
    },
];

/// The kind called `name`. Columns of every sort share one.
pub(crate) fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|it| it.name == family(name))
}

/// What the address of a chatbot's lines holds in place of a token.
pub(crate) fn chatbot_key(token_hash: &str, id: i64) -> String {
    let mut key = crate::accounts::hash(&format!("{token_hash} {id}"));
    key.truncate(24);
    key
}

/// `Kanban::Triage` and its sisters are columns.
pub(crate) fn family(name: &str) -> &str {
    match name {
        "Kanban::Triage" | "Kanban::NotNowColumn" | "Kanban::DoneColumn" => "Kanban::Column",
        other => other,
    }
}

/// Which kind lies inside which path: `message_boards/{id}/messages`.
pub(crate) const NESTS: &[(&str, &str, &str)] = &[
    ("message_boards", "messages", "Message"),
    ("vaults", "documents", "Document"),
    ("vaults", "uploads", "Upload"),
    ("vaults", "vaults", "Vault"),
    ("schedules", "entries", "Schedule::Entry"),
    ("card_tables", "columns", "Kanban::Column"),
    ("card_tables/lists", "cards", "Kanban::Card"),
    ("card_tables/cards", "steps", "Kanban::Step"),
    ("chats", "lines", "Chat::Lines::Text"),
    ("chats", "integrations", "Chatbot"),
    ("questionnaires", "questions", "Question"),
    ("questions", "answers", "Question::Answer"),
    ("inboxes", "forwards", "Inbox::Forward"),
    ("inboxes", "inbox_forwards", "Inbox::Forward"),
    ("inbox_forwards", "replies", "Inbox::Reply"),
    ("client/recordings", "replies", "Client::Reply"),
    ("templates", "project_constructions", "Construction"),
];

/// Something that happened to a record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Happening {
    pub(crate) id: i64,
    pub(crate) recording_id: i64,
    pub(crate) project_id: i64,
    /// `created`, `completed`, `assignment_changed`, ...
    pub(crate) action: String,
    /// `Todo`, `Message`, ...
    pub(crate) kind: String,
    pub(crate) creator_id: i64,
    pub(crate) created_at: Time,
    pub(crate) added_person_ids: Vec<i64>,
    pub(crate) removed_person_ids: Vec<i64>,
}

impl Happening {
    /// A record was `created` or `completed` before the account was there; it gets its id when the account is told.
    pub(crate) fn past(
        (action, kind): (&str, &str),
        (recording_id, project_id): (i64, i64),
        (creator_id, created_at): (i64, Time),
    ) -> Self {
        Self {
            id: 0,
            recording_id,
            project_id,
            action: action.to_owned(),
            kind: kind.to_owned(),
            creator_id,
            created_at,
            added_person_ids: Vec::new(),
            removed_person_ids: Vec::new(),
        }
    }
}

/// What each tool of a dock is: its name there, its path, its type, and the switch of a new project.
pub(crate) const TOOLS: &[(&str, &str, &str)] = &[
    ("message_board", "message_boards", "Message::Board"),
    ("todoset", "todosets", "Todoset"),
    ("vault", "vaults", "Vault"),
    ("chat", "chats", "Chat::Transcript"),
    ("schedule", "schedules", "Schedule"),
    ("questionnaire", "questionnaires", "Questionnaire"),
    ("inbox", "inboxes", "Inbox"),
    ("kanban_board", "card_tables", "Kanban::Board"),
];

/// Path and type of the tool called `name` in a dock.
pub(crate) fn tool(name: &str) -> (&'static str, &'static str) {
    TOOLS.iter().find(|it| it.0 == name).map_or(("tools", "Tool"), |it| (it.1, it.2))
}
