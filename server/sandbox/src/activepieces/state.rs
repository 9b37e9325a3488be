//! Everything the server knows.

use super::Config;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;

const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LENGTH: usize = 21;

/// Somebody who may sign in.
pub(super) struct Person {
    pub(super) id: String,
    pub(super) email: String,
    pub(super) password: String,
    pub(super) project: String,
}

/// A sign-in.
pub(super) struct Token {
    pub(super) person: usize,
    pub(super) is_expired: bool,
}

/// A change of a flow that is under way.
pub(super) struct Pending {
    pub(super) what: &'static str,
    pub(super) looks_left: u32,
}

/// A flow with all its versions, the oldest first.
pub(super) struct FlowRow {
    /// Its own fields, without the version.
    pub(super) row: Value,
    pub(super) versions: Vec<Value>,
    pub(super) pending: Option<Pending>,
}

impl FlowRow {
    pub(super) fn id(&self) -> &str {
        self.row["id"].as_str().unwrap_or_default()
    }

    pub(super) fn version(&self, id: &str) -> Option<&Value> {
        self.versions.iter().find(|it| it["id"] == id)
    }

    /// The flow with its newest version, or another one.
    pub(super) fn populated(&self, version: Option<&str>) -> Option<Value> {
        let version = match version {
            Some(id) => self.version(id)?,
            None => self.versions.last()?,
        };
        let mut whole = self.row.clone();
        whole["operationStatus"] = self.pending.as_ref().map_or("NONE", |it| it.what).into();
        whole["version"] = version.clone();
        Some(whole)
    }
}

/// Everything.
pub(super) struct State {
    pub(super) platform: String,
    pub(super) people: Vec<Person>,
    pub(super) tokens: HashMap<String, Token>,
    pub(super) flows: Vec<FlowRow>,
    /// The oldest first.
    pub(super) runs: Vec<Value>,
    pub(super) connections: Vec<Value>,
    pub(super) folders: Vec<Value>,
    /// What tests of steps gave, by version, step and direction.
    pub(super) samples: HashMap<(String, String, String), Value>,
    last_ms: i64,
}

impl State {
    pub(super) fn new(config: &Config) -> Self {
        let person = |(email, password): &(String, String)| Person {
            id: fresh_id(),
            email: email.clone(),
            password: password.clone(),
            project: fresh_id(),
        };
        Self {
            platform: fresh_id(),
            people: config.people.iter().map(person).collect(),
            tokens: HashMap::new(),
            flows: Vec::new(),
            runs: Vec::new(),
            connections: Vec::new(),
            folders: Vec::new(),
            samples: HashMap::new(),
            last_ms: 0,
        }
    }

    /// The time, never the same twice.
    pub(super) fn now(&mut self) -> String {
        self.last_ms = Utc::now().timestamp_millis().max(self.last_ms + 1);
        let at = DateTime::from_timestamp_millis(self.last_ms).unwrap_or_default();
        at.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    pub(super) fn flow(&mut self, id: &str) -> Option<&mut FlowRow> {
        self.flows.iter_mut().find(|it| it.id() == id)
    }

    pub(super) fn run(&mut self, id: &str) -> Option<&mut Value> {
        self.runs.iter_mut().find(|it| it["id"] == id)
    }

    pub(super) fn project(&self, person: &Person) -> Value {
        json!({
            "id": person.project, "created": START, "updated": START, "deleted": null,
            "ownerId": person.id, "displayName": "A project", "type": "PERSONAL",
            "platformId": self.platform, "externalId": null, "maxConcurrentJobs": null,
            "icon": { "color": "VIOLET" }, "releasesEnabled": false, "metadata": null,
        })
    }
}

/// When the server was set up.
pub(super) const START: &str = "2026-01-05T08:00:00.000Z";

/// 21 letters and digits.
pub(super) fn fresh_id() -> String {
    let letter = |_| LETTERS.get(rand::random_range(0..LETTERS.len())).copied();
    (0..ID_LENGTH).filter_map(letter).map(char::from).collect()
}

/// Whether a text can be an id at all.
pub(super) fn is_id(text: &str) -> bool {
    text.len() == ID_LENGTH && text.bytes().all(|it| it.is_ascii_alphanumeric())
}
