//! "Undo that": the last turn of the conversation that changed something is taken back, all of it.

use super::replay::{Replay, Stop};
use super::todos::not_done;
use super::{say, values};
use crate::llm::Turn;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Takes back what the last turn did, the newest first, and stops where that cannot be.
pub(crate) fn act(replay: &mut Replay<'_>) -> Result<String, Stop> {
    let done = last_done(&replay.prompt.history);
    if done.is_empty() {
        return Ok("Nothing was changed in this conversation that I could take back. What was done in another one is taken \
                   back there."
            .to_owned());
    }
    let mut said = Vec::new();
    for id in done {
        match replay.attempt("pmos_undo", json!({ "operation_id": id }))? {
            Ok(done) => said.push(match values::text(&done, "message") {
                "" => "The last change was taken back.".to_owned(),
                words => format!("{}.", say::plain(words.trim_end_matches('.'))),
            }),
            Err(failure) => {
                said.push(not_done(&failure));
                break;
            }
        }
    }
    said.dedup();
    Ok(said.join("\n"))
}

/// What the last turn changed and nobody took back, the newest first.
fn last_done(history: &[Turn]) -> Vec<String> {
    let mut undone = BTreeSet::new();
    for turn in history.iter().rev() {
        let mut found = Vec::new();
        for call in turn.calls.iter().rev() {
            let Ok(result) = &call.outcome else { continue };
            let operation = result.get("operation_id").and_then(Value::as_str);
            if call.name == "pmos_undo" {
                undone.extend(call.args.get("operation_id").and_then(Value::as_str));
                let several = result.get("undone").and_then(Value::as_array).into_iter().flatten();
                undone.extend(several.filter_map(|it| it.get("operation_id")?.as_str()));
            } else if let Some(id) = operation.filter(|it| !undone.contains(it)) {
                found.push(id.to_owned());
            }
        }
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}
