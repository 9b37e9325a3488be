//! Code steps: JavaScript and TypeScript that people write into flows, run in a process of its own that can do nothing
//! but compute. Here are both sides: [`worker::serve`] is that process, [`runner::Runner`] starts it.
//!
//! The process has no file, no network and no other program at hand: the language has no word for them, and the
//! operating system lets the process open nothing. It bounds its memory and its processor time too.

pub mod runner;
pub mod worker;

mod confine;
mod erase;
mod log;
mod script;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a code step is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// A module that exports a function `code`, or one function alone.
    pub code: String,
    /// What it is written in.
    #[serde(default)]
    pub language: Language,
    /// What the function is called with.
    pub inputs: Map<String, Value>,
}

/// What a code step is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Types are taken away before it runs; every JavaScript is this too.
    #[default]
    TypeScript,
    /// Runs as it is written; a type in it is a mistake.
    JavaScript,
}

impl Language {
    /// Reads the word that a flow holds; anything but `javascript` is TypeScript, as on other engines.
    pub fn of(word: Option<&str>) -> Self {
        if word == Some("javascript") { Self::JavaScript } else { Self::TypeScript }
    }
}

/// How much a code step may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Megabytes of values.
    pub memory_mb: u64,
    /// Seconds of processor time.
    pub cpu_seconds: u64,
    /// Seconds in all, also those in which the machine did something else.
    pub wall_seconds: u64,
    /// Bytes of what it gives.
    pub output_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_mb: 128, cpu_seconds: 5, wall_seconds: 60, output_bytes: 5 * 1024 * 1024 }
    }
}

/// What became of a code step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    /// How it ended.
    pub outcome: Outcome,
    /// What it wrote with `console`, line by line; of a process that was stopped nothing is known.
    #[serde(default)]
    pub logged: Vec<String>,
}

impl From<Outcome> for Ran {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, logged: Vec::new() }
    }
}

/// How a code step ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It gave this.
    Gave(Value),
    /// It gave `undefined`, which is no value; `null` is one.
    Nothing,
    /// It failed: why, in plain words, with where for its author.
    Failed(String),
}
