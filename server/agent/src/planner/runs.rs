//! Runs of flows: listed, started.

use super::flow_refs::flow_named;
use super::flow_words::Which;
use super::replay::{Replay, Stop};
use super::say;
use super::todos::not_done;
use super::values;
use domain::flow::run::{Run, RunStatus};
use serde_json::json;

pub(crate) fn list(
    replay: &mut Replay<'_>,
    flow: Option<&str>,
    which: Which,
) -> Result<String, Stop> {
    let mut args = json!({ "limit": 10 });
    if let Some(name) = flow {
        args["flow_id"] = json!(flow_named(replay, Some(name))?);
    }
    if which == Which::Failed {
        args["status"] = json!(["FAILED", "INTERNAL_ERROR", "TIMEOUT"]);
    }
    let answer = replay.call("flow_flow_runs_list", args)?;
    let all: Vec<Run> = values::list(&answer, "data");
    if all.is_empty() {
        return Ok(match which {
            Which::All => "No flow has run yet. Publish one, or start it with “run it”.".to_owned(),
            Which::Failed => "No run failed.".to_owned(),
        });
    }
    let head = match which {
        Which::All => "**The newest runs.**",
        Which::Failed => "**Runs that failed, newest first.**",
    };
    let rows: Vec<String> = all.iter().map(row).collect();
    Ok(format!("{head}\n\n{}", rows.join("\n")))
}

fn row(run: &Run) -> String {
    let at = run.created.split('.').next().unwrap_or_default().replace('T', " ");
    let mut parts = vec![
        say::link(&run.flow_name, &format!("/runs/{}", run.id)),
        words(run.status).to_owned(),
        at,
    ];
    if let Some(step) = &run.failed_step {
        parts.push(format!("at {}", say::plain(&step.display_name)));
    }
    format!("- {}", parts.join(" · "))
}

fn words(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Queued => "waiting to start",
        RunStatus::Running => "running",
        RunStatus::Paused => "waiting",
        RunStatus::Succeeded => "finished",
        RunStatus::Canceled => "stopped",
        _ => "failed",
    }
}

pub(crate) fn start(replay: &mut Replay<'_>, flow: Option<&str>) -> Result<String, Stop> {
    let id = flow_named(replay, flow)?;
    let found = super::flow_refs::read(replay, &id)?;
    let is_draft = found.published_version_id.is_none();
    if is_draft && !found.version.valid {
        let name = say::link(&found.version.display_name, &format!("/flows/{id}"));
        return Ok(format!(
            "{name} is not complete, so it cannot run yet. Open it to see what is missing."
        ));
    }
    match replay.attempt("flow_trigger", json!({ "flow_id": id, "draft": is_draft }))? {
        Err(failure) => Ok(not_done(&failure)),
        Ok(started) => {
            let run = values::text(&started, "runId");
            let what = if is_draft { "the draft of " } else { "" };
            let name = say::plain(&found.version.display_name);
            Ok(format!("Started {what}“{name}”. [Watch the run](/runs/{run})."))
        }
    }
}
