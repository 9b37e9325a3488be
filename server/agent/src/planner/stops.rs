//! "Stop the run of X": the run that is under way, asked for when there are several.

use super::flow_refs::flow_named;
use super::pick::Options;
use super::replay::{Replay, Stop};
use super::say;
use super::todos::not_done;
use super::values;
use basecamp::names::Purpose;
use domain::flow::run::Run;
use serde_json::{Value, json};

/// How many runs under way are looked at.
const RUNS: usize = 50;

pub(crate) fn act(replay: &mut Replay<'_>, flow: Option<&str>) -> Result<String, Stop> {
    let mut args = json!({ "limit": RUNS, "status": ["QUEUED", "RUNNING", "PAUSED"] });
    match (flow, replay.prompt.flow.clone()) {
        (Some(name), _) => args["flow_id"] = json!(flow_named(replay, Some(name))?),
        (None, Some(here)) => args["flow_id"] = json!(here),
        (None, None) => {}
    }
    let answer = replay.call("flow_flow_runs_list", args)?;
    let all: Vec<Run> = values::list(&answer, "data");
    if all.is_empty() {
        return Ok("No such run is under way, so nothing was stopped. “Recent runs” lists those that ended.".to_owned());
    }
    let options =
        Options { what: "run", all: all.iter().map(|it| (label(it, &all), it)).collect() };
    let (_, run) = options.choose(replay, "run", None, Purpose::Write)?;
    match replay.attempt("flow_run_cancel", json!({ "run_id": run.id }))? {
        Err(failure) => Ok(not_done(&failure)),
        Ok(done) => {
            let stopped: Option<Value> = values::one(&done, "run");
            let name = say::plain(&run.flow_name);
            let page = format!("/runs/{}", run.id);
            Ok(match stopped {
                Some(_) => format!("Stopped the {} of “{name}”.", say::link("run", &page)),
                None => values::text(&done, "message").to_owned(),
            })
        }
    }
}

/// What tells a run from the others: its flow and when it began, and its id where that is not enough.
fn label(run: &Run, all: &[Run]) -> String {
    let short = |it: &Run| {
        let at = it.created.split('.').next().unwrap_or_default().replace('T', " ");
        format!("{} · {at}", it.flow_name)
    };
    let own = short(run);
    match all.iter().filter(|it| short(it) == own).count() {
        0 | 1 => own,
        _ => format!("{own} · {}", run.id),
    }
}
