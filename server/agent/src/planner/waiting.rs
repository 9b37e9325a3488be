//! What to say to a yes or a no: only a person decides what waits, and what waits goes on waiting.

use super::replay::{Replay, Stop};
use super::{say, values};
use domain::approval::Approval;
use serde_json::json;

type Answer = Result<String, Stop>;

/// "Never mind": nothing more is done. What waits is not withdrawn by words, and that is said.
pub(crate) fn never_mind(replay: &mut Replay<'_>) -> Answer {
    let waiting = pending(replay)?;
    let asker = &replay.prompt.asker;
    let rows: Vec<String> =
        waiting.iter().filter(|it| it.requested_by == *asker).map(row).collect();
    if rows.is_empty() {
        return Ok("All right. Nothing was changed.".to_owned());
    }
    let what = if rows.len() == 1 { "This still waits" } else { "These still wait" };
    Ok(format!(
        "All right, nothing more is done. {what} for a decision; reject what should not happen:\n\n{}",
        rows.join("\n")
    ))
}

/// "Yes" and "approve it".
pub(crate) fn decide(replay: &mut Replay<'_>) -> Answer {
    if pending(replay)?.is_empty() {
        return Ok(
            "Nothing waits for a decision, so nothing was done. Say what should happen.".to_owned()
        );
    }
    Ok(say::decide())
}

fn pending(replay: &mut Replay<'_>) -> Result<Vec<Approval>, Stop> {
    let answer = replay.call("pmos_approvals_list", json!({ "status": "pending" }))?;
    Ok(values::list(&answer, "approvals"))
}

fn row(it: &Approval) -> String {
    format!("- {}", say::link(&it.title, &format!("/approvals/{}", it.id)))
}
