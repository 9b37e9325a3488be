//! Where alerts go besides the app.

use serde::{Deserialize, Serialize};

/// A project whose chat takes alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertProject {
    /// Its id in Basecamp.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// Where alerts of a workspace go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertPlaces {
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// The project in whose chat they are posted.
    pub project: Option<AlertProject>,
}

impl AlertPlaces {
    /// Whether they stay in the app.
    pub fn is_empty(&self) -> bool {
        self.emails.is_empty() && self.project.is_none()
    }
}

/// An alert that did not arrive, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undelivered {
    /// When it was to be sent; epoch milliseconds.
    pub at_ms: i64,
    /// What it says, in one line.
    pub title: String,
    /// Whom it was for.
    pub target: String,
    /// Why not.
    pub error: String,
}

/// What the settings of alerts show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertSettings {
    /// What was chosen.
    pub places: AlertPlaces,
    /// Name of who chose it, and in whose name alerts are sent; none before anything was chosen.
    pub chosen_by: Option<String>,
    /// What can be chosen from.
    pub projects: Vec<AlertProject>,
    /// What did not arrive lately, the newest first.
    pub undelivered: Vec<Undelivered>,
}

/// What became of one test alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertTrial {
    /// Whom it was for.
    pub target: String,
    /// Why it was not sent; none when it was taken.
    pub error: Option<String>,
}
