//! Runs of flows: listed, started.

use super::flow_refs::flow_named;
use super::flow_words::Which;
use super::replay::{Replay, Stop};
use super::say;
use super::todos::not_done;
use super::values;
use crate::llm::Wanted;
use domain::flow::run::{Run, RunStatus};
use serde_json::{Value, json};

/// Failed runs whose reason is told.
const REASONS: usize = 3;

pub(crate) fn list(
    replay: &mut Replay<'_>,
    flow: Option<&str>,
    which: Which,
) -> Result<String, Stop> {
    let mut args = json!({ "limit": 10 });
    if let Some(name) = flow {
        args["flow_id"] = json!(flow_named(replay, Some(name))?);
    }
    if let Some(here) = replay.prompt.flow.clone().filter(|_| which == Which::LastFailed) {
        args["flow_id"] = json!(here);
    }
    if which != Which::All {
        args["status"] = json!(["FAILED", "INTERNAL_ERROR", "TIMEOUT"]);
    }
    let answer = replay.call("flow_flow_runs_list", args)?;
    let mut all: Vec<Run> = values::list(&answer, "data");
    if which == Which::LastFailed {
        all.truncate(1);
    }
    if all.is_empty() {
        return Ok(match which {
            Which::All => "No flow has run yet. Publish one, or start it with “run it”.".to_owned(),
            Which::Failed | Which::LastFailed => "No run failed.".to_owned(),
        });
    }
    let head = match which {
        Which::All => "**The newest runs.**",
        Which::Failed => "**Runs that failed, newest first.**",
        Which::LastFailed => "**The newest run that failed.**",
    };
    let reasons = if which == Which::All { Vec::new() } else { reasons(replay, &all)? };
    let rows: Vec<String> = all
        .iter()
        .enumerate()
        .map(|(at, run)| match reasons.get(at).and_then(Option::as_ref) {
            Some(reason) => format!("{}: {}", row(run), say::plain(reason)),
            None => row(run),
        })
        .collect();
    Ok(format!("{head}\n\n{}", rows.join("\n")))
}

/// Why the first of some runs failed, as their pages tell it.
fn reasons(replay: &mut Replay<'_>, runs: &[Run]) -> Result<Vec<Option<String>>, Stop> {
    let wanted = runs.iter().take(REASONS);
    let wanted = wanted.map(|it| Wanted::new("flow_run_get", json!({ "run_id": it.id })));
    let found = replay.attempt_all(wanted.collect())?;
    Ok(found.into_iter().map(|it| reason(&it.ok()?)).collect())
}

/// What the step that failed says of it, else what the run says.
fn reason(run: &Value) -> Option<String> {
    let step = run.pointer("/failedStep/name").and_then(Value::as_str);
    let of_step = step.and_then(|it| message(run.get("steps")?, it));
    of_step.or_else(|| run.get("error").and_then(Value::as_str).map(str::to_owned))
}

/// The message of a step, also of one inside a loop, whose newest round counts.
fn message(steps: &Value, name: &str) -> Option<String> {
    match steps {
        Value::Object(fields) => {
            let own =
                fields.get(name).and_then(|it| it.get("errorMessage")).and_then(Value::as_str);
            own.map(str::to_owned)
                .or_else(|| fields.values().rev().find_map(|it| message(it, name)))
        }
        Value::Array(all) => all.iter().rev().find_map(|it| message(it, name)),
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::reason;
    use serde_json::json;

    #[test]
    fn why_a_run_failed_is_what_its_step_says_also_inside_a_loop() {
        let failed = |steps: serde_json::Value| json!({ "failedStep": { "name": "step_2" }, "steps": steps, "error": "It stopped" });
        let step = json!({ "status": "FAILED", "errorMessage": "No access" });
        let inside = json!({ "step_1": { "output": { "iterations": [{}, { "step_2": step }] } } });
        assert_eq!(reason(&failed(json!({ "step_2": step }))).as_deref(), Some("No access"));
        assert_eq!(reason(&failed(inside)).as_deref(), Some("No access"));
        assert_eq!(reason(&failed(json!({}))).as_deref(), Some("It stopped"));
        assert_eq!(reason(&json!({})), None);
    }
}
