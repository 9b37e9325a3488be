//! Commands by name in a conversation (contract.md 3.2, 5.1): `/health_project Website relaunch`.

use super::pick::Options;
use super::reads::projects_of;
use super::replay::{Replay, Stop};
use super::say;
use crate::command_list::{Command, slashed};
use crate::commands::{CommandCall, arguments};
use basecamp::names::Purpose;
use serde_json::{Value, json};

/// Most lines of an answer.
const ROWS: usize = 25;

/// The command that `said` names behind a slash, and the words after it.
pub(crate) fn read(said: &str) -> Option<(Command, String)> {
    slashed(said)
}

/// Runs a command and tells what it found.
pub(crate) fn act(replay: &mut Replay<'_>, command: Command, rest: &str) -> Result<String, Stop> {
    let mut call = CommandCall::default();
    if command.needs_project {
        let all = replay.call("list_projects", json!({}))?;
        let options = Options { what: "project", all: projects_of(&all) };
        let words = Some(rest.to_owned()).filter(|it| !it.is_empty());
        let words = words.or_else(|| replay.prompt.project.clone());
        let (_, id) = options.choose(replay, "project", words.as_deref(), Purpose::Read)?;
        call.project = Some(id.to_string());
    }
    let args = arguments(command, &call).map_err(|it| Stop::Say(it.to_string()))?;
    let found = replay.call(command.tool, args)?;
    let mut rows = Vec::new();
    told(&found, "", &mut rows);
    let more = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    if more > 0 {
        rows.push(format!("- and {more} more"));
    }
    let name = say::plain(&command.name.replace('_', " "));
    Ok(format!("**{name}**\n\n{}", rows.join("\n")))
}

/// What is plain in an answer, a line each; how many where there are several.
fn told(value: &Value, name: &str, rows: &mut Vec<String>) {
    let mut row = |text: &str| rows.push(format!("- {}: {}", say::plain(name), say::plain(text)));
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let field = field.replace('_', " ");
                let name = if name.is_empty() { field } else { format!("{name}, {field}") };
                told(value, &name, rows);
            }
        }
        Value::Array(all) => row(&all.len().to_string()),
        Value::String(text) if !text.is_empty() => row(text),
        Value::Number(_) | Value::Bool(_) => row(&value.to_string()),
        _ => {}
    }
}
