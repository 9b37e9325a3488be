//! Which flow is meant, and which step of it.

use super::pick::Options;
use super::places::StepName;
use super::replay::{Replay, Stop};
use super::values;
use basecamp::names::Purpose;
use domain::flow::listing::FlowSummary;
use domain::flow::{Action, Flow, tree};
use domain::ids::FlowId;
use serde_json::{Value, json};

/// The flow that the words name; without words the one on the page, then the last one talked about.
pub(crate) fn flow_named(replay: &mut Replay<'_>, words: Option<&str>) -> Result<FlowId, Stop> {
    if words.is_none() {
        let here = replay.prompt.flow.clone().or_else(|| last_mentioned(replay));
        if let Some(id) = here.filter(|_| replay.answer("flow").is_none()) {
            return Ok(id);
        }
    }
    let answer = replay.call("flow_list", json!({ "limit": 200 }))?;
    let all: Vec<FlowSummary> = values::list(&answer, "data");
    let options =
        Options { what: "flow", all: all.into_iter().map(|it| (it.name, it.id)).collect() };
    options.choose(replay, "flow", words, Purpose::Write).map(|(_, id)| id)
}

/// A flow with all its steps.
pub(crate) fn read(replay: &mut Replay<'_>, id: &FlowId) -> Result<Flow, Stop> {
    let answer = replay.call("flow_get", json!({ "flow_id": id }))?;
    serde_json::from_value(answer).map_err(|_| Stop::Say("That flow cannot be read.".to_owned()))
}

fn last_mentioned(replay: &Replay<'_>) -> Option<FlowId> {
    let calls = replay.prompt.history.iter().flat_map(|it| &it.calls);
    calls.rev().find_map(|call| {
        let result = call.outcome.as_ref().ok();
        let changed =
            result.and_then(|it| it.pointer("/change/flowId")).or_else(|| call.args.get("flow_id"));
        changed.and_then(Value::as_str).map(FlowId::from)
    })
}

/// The step that the words name.
pub(crate) fn step_named<'f>(
    replay: &Replay<'_>,
    flow: &'f Flow,
    name: &StepName,
) -> Result<&'f Action, Stop> {
    let steps = tree::steps(&flow.version.trigger);
    let missing = |words: &str| {
        let count = domain::words::count(steps.len(), "step", "steps");
        Stop::Say(format!(
            "The flow has its trigger and {count}; there is no {words}. Nothing was changed."
        ))
    };
    let behind = |number: u64, words: String| {
        let at = usize::try_from(number).ok().and_then(|it| it.checked_sub(1));
        at.and_then(|it| steps.get(it).copied()).ok_or_else(|| missing(&words))
    };
    match name {
        StepName::Last => steps.last().copied().ok_or_else(|| missing("last step")),
        StepName::Trigger | StepName::Number(1) => Err(Stop::Say(
            "A flow keeps its trigger, so nothing was changed. Say what should start it instead, for example “start it every \
             day at 9”."
                .to_owned(),
        )),
        StepName::Number(number) => behind(number.saturating_sub(1), format!("step {number}")),
        StepName::Nth(number) => behind(*number, format!("step {}", number + 1)),
        StepName::Words(words) => {
            let named = |it: &Action| format!("{} ({})", it.display_name, it.name);
            let options =
                Options { what: "step", all: steps.iter().map(|it| (named(it), *it)).collect() };
            let meaning = [
                ("delay", "wait"),
                ("notification", "tell"),
                ("message", "tell"),
                ("request", "send request"),
            ];
            let other = meaning
                .iter()
                .find(|(said, _)| words.eq_ignore_ascii_case(said))
                .map(|(_, it)| *it);
            let shown =
                other.filter(|it| options.clear(it, Purpose::Write).is_some()).unwrap_or(words);
            options.choose(replay, "step", Some(shown), Purpose::Write).map(|(_, it)| it)
        }
    }
}
