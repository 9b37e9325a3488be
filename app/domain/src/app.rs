//! Apps: published forms that run a flow. The id of an app is the id of its template.

pub mod input;
pub mod publisher;
pub mod redact;

use crate::app::input::InputSchema;
use crate::app::publisher::Publisher;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Bytes that the inputs of one run may have as JSON.
pub const MOST_INPUT_BYTES: usize = 200_000;
/// Reasons that one refused run names.
pub const MOST_ISSUES: usize = 6;

/// How the output of an app is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputType {
    /// Any value, as JSON.
    #[default]
    Json,
    /// Plain words.
    Text,
    /// Words with marks.
    Markdown,
    /// The address of a picture.
    Image,
    /// A page, shown in a sandbox.
    Html,
}

impl OutputType {
    /// The word in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Image => "image",
            Self::Html => "html",
        }
    }

    /// Reads that word; none of others.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Json, Self::Text, Self::Markdown, Self::Image, Self::Html]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

/// How an app stands in the gallery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gallery {
    /// A name of our icons, or one sign; empty for the usual one.
    pub icon: String,
    /// `WORK`, in capitals; may be empty.
    pub category: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Shown first.
    pub featured: bool,
    /// Smaller ones come first.
    pub display_order: i64,
    /// What it asks.
    pub input_schema: InputSchema,
    /// How its output is shown.
    pub output_type: OutputType,
    /// What its maker wrote about the output, with the publisher's block, as it was sent.
    pub output_schema: Value,
    /// Who may use it, and how it signs in to what it uses.
    pub publisher: Publisher,
    /// Runs that ended.
    pub run_count: i64,
    /// Of these, those that went well.
    pub success_count: i64,
    /// Of these, those that did not.
    pub failed_count: i64,
    /// Milliseconds of one run on average.
    pub average_execution_ms: i64,
    /// RFC 3339.
    pub last_execution_at: Option<String>,
    /// Whether the caller may change it.
    pub can_manage: bool,
    /// Why it cannot be run yet, and what to do; none when it can.
    pub missing: Option<String>,
}

/// An app as somebody sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct App {
    /// The id, which is that of its template.
    pub id: String,
    /// The same, as publishing names it.
    pub template_id: String,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub description: String,
    /// The flow it runs; told only to those who may change the app.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub flow_id: Option<String>,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339.
    pub updated: String,
    /// How it stands in the gallery.
    pub gallery_metadata: Gallery,
}

/// A page of apps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AppPage {
    /// In the order of the gallery.
    pub data: Vec<App>,
    /// Where the next page starts; none after the last.
    pub next: Option<String>,
    /// Where the page before starts; none before the first.
    pub previous: Option<String>,
}

/// Which apps are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AppFilter {
    /// From an earlier page.
    pub cursor: Option<String>,
    /// At most so many; 0 for the usual 20, 100 at most.
    pub limit: u32,
    /// In the name, the description or the tags, in any case.
    pub search: String,
    /// In any case; empty for all.
    pub category: String,
    /// Only those shown first, or only the others.
    pub featured: Option<bool>,
}

/// What somebody asks to publish, or to change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AppChange {
    /// The flow to run.
    pub flow_id: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// A name of our icons, or one sign.
    pub icon: Option<String>,
    /// Kept in capitals.
    pub category: Option<String>,
    /// Words to find it by.
    pub tags: Option<Vec<String>>,
    /// Shown first.
    pub featured: Option<bool>,
    /// Smaller ones come first.
    pub display_order: Option<i64>,
    /// What it asks: `{fields: [...]}`.
    pub input_schema: Option<Value>,
    /// A word of [`OutputType`].
    pub output_type: Option<String>,
    /// About the output; `publisher` in it says who may use the app.
    pub output_schema: Option<Value>,
}

/// How a run of an app stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppRunStatus {
    /// It has not ended.
    Queued,
    /// It went well.
    Success,
    /// It failed or was stopped.
    Failed,
}

/// A run of an app, as whoever started it sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppRun {
    /// The id of the run of the flow.
    pub id: String,
    /// RFC 3339.
    pub created: String,
    /// How it stands.
    pub status: AppRunStatus,
    /// Milliseconds it took; none before its end.
    pub execution_time_ms: Option<i64>,
    /// How its output is shown.
    pub output_type: OutputType,
    /// Why it failed, without secrets.
    pub error: Option<String>,
    /// What it gave; only where one run is asked for, by whoever started it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub output: Option<Value>,
}

/// Why runs failed, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureBucket {
    /// Without secrets.
    pub reason: String,
    /// How often.
    pub count: u32,
}

/// The numbers of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppStats {
    /// Runs that ended.
    pub run_count: i64,
    /// Of these, those that went well.
    pub success_count: i64,
    /// Of these, those that did not.
    pub failed_count: i64,
    /// Milliseconds of one run on average.
    pub average_execution_ms: i64,
    /// Half of the last 250 runs took less, milliseconds.
    pub median_execution_ms: i64,
    /// Eight at most, the most frequent first, of the last 250 runs.
    pub failure_buckets: Vec<FailureBucket>,
    /// RFC 3339.
    pub last_execution_at: Option<String>,
}

/// What seeding did to one kind of thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seeded {
    /// Made.
    pub created: u32,
    /// Brought up to date.
    pub updated: u32,
}

/// Whether a run that is asked for is waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The caller waits for the output.
    #[default]
    Sync,
    /// The caller asks later.
    Async,
}

/// Who started a run of an app, kept with the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppCall {
    /// The app.
    pub app: String,
    /// The person, or the browser of a visitor, in a word nobody can guess.
    pub caller: String,
    /// The id of the person; empty for a visitor.
    pub user: String,
    /// What the audit log calls them.
    pub name: String,
    /// Whether they wait.
    pub mode: Mode,
    /// How many inputs they gave.
    pub keys: u32,
    /// The request.
    pub request_id: String,
}
