//! The journal's rows as the steps of a run: loops hold their rounds, everything else is at the top.

use crate::apps::sealing;
use crate::naming::Told;
use domain::flow::run::{StepOutput, StepStatus};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use store::db::Result;
use store::ids;
use store::run_steps::StepRow;
use store::runs::RunRow;

/// Steps by name, in the order they ran, the trigger first; `told` is what else is told of them, by where they are.
///
/// # Errors
/// When a stored value is not JSON.
pub(crate) fn assemble(
    run: &RunRow,
    rows: &[StepRow],
    told: &HashMap<String, Told>,
) -> Result<Map<String, Value>> {
    let mut steps = Map::new();
    steps.insert("trigger".to_owned(), trigger(run)?);
    for row in rows {
        let mut path: Vec<&str> = row.path.split('/').collect();
        path.pop();
        if let Some(map) = level(&mut steps, &path) {
            let told = told.get(&row.path).cloned().unwrap_or_default();
            map.insert(row.name.clone(), step(row, told)?);
        }
    }
    Ok(steps)
}

/// The steps of the round that `path` leads to: loop, round, loop, round, ...
fn level<'a>(
    steps: &'a mut Map<String, Value>,
    path: &[&str],
) -> Option<&'a mut Map<String, Value>> {
    let [name, round, rest @ ..] = path else { return Some(steps) };
    let round: usize = round.parse().ok()?;
    let output = steps.get_mut(*name)?.as_object_mut()?.get_mut("output")?.as_object_mut()?;
    note_round(output, round);
    let rounds = output.get_mut("iterations")?.as_array_mut()?;
    while rounds.len() <= round {
        rounds.push(Value::Object(Map::new()));
    }
    level(rounds.get_mut(round)?.as_object_mut()?, rest)
}

/// The loop shows the newest round it has reached.
fn note_round(output: &mut Map<String, Value>, round: usize) {
    if output.get("index").and_then(Value::as_u64).unwrap_or_default() <= round as u64 {
        output.insert("index".to_owned(), (round + 1).into());
    }
}

fn trigger(run: &RunRow) -> Result<Value> {
    let mut payload = serde_json::from_str(&run.payload)?;
    if sealing::has_any(&run.payload) {
        sealing::hide(&mut payload);
    }
    let output = StepOutput {
        r#type: "PIECE_TRIGGER".to_owned(),
        status: StepStatus::Succeeded,
        input: Value::Object(Map::new()),
        output: Some(payload),
        duration: None,
        error_message: None,
        warnings: Vec::new(),
        logged: Vec::new(),
        would_change: None,
        names: BTreeMap::new(),
        connections: Vec::new(),
        retries: 0,
        started_at: Some(ids::rfc3339(run.created_at)),
    };
    Ok(serde_json::to_value(output)?)
}

fn step(row: &StepRow, told: Told) -> Result<Value> {
    let input: Value = serde_json::from_str(&row.input)?;
    let output = match row.kind.as_str() {
        "LOOP_ON_ITEMS" => Some(loop_output(&input, row.status, left_at(row))),
        _ => row.output.as_deref().map(serde_json::from_str).transpose()?,
    };
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a step fit exactly")]
    let duration = row.duration_us.map(|it| it as f64 / 1_000.0);
    let step = StepOutput {
        r#type: row.kind.clone(),
        status: row.status,
        input,
        output,
        duration,
        error_message: row.error.clone(),
        warnings: row
            .warnings
            .as_deref()
            .map(serde_json::from_str)
            .transpose()?
            .unwrap_or_default(),
        logged: row.logged.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default(),
        would_change: row.would_change.clone(),
        names: told.names,
        connections: told.connections,
        retries: u32::try_from(row.attempt).unwrap_or(0),
        started_at: Some(ids::rfc3339(row.started_at)),
    };
    Ok(serde_json::to_value(step)?)
}

/// The rounds of a loop that a step left before its end.
fn left_at(row: &StepRow) -> Option<usize> {
    let output: Value = serde_json::from_str(row.output.as_deref()?).ok()?;
    usize::try_from(output["index"].as_u64()?).ok()
}

/// `{item, index, iterations}` of the round reached; the rounds are filled in by their steps.
fn loop_output(input: &Value, status: StepStatus, left_at: Option<usize>) -> Value {
    let items = input["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let items = left_at.and_then(|it| items.get(..it)).unwrap_or(items);
    let mut output = Map::new();
    if let Some(last) = items.last().filter(|_| status == StepStatus::Succeeded) {
        output.insert("item".to_owned(), last.clone());
    }
    let index = if status == StepStatus::Succeeded { items.len() } else { 0 };
    output.insert("index".to_owned(), index.into());
    let rounds = if status == StepStatus::Succeeded { items.len() } else { 0 };
    output.insert("iterations".to_owned(), Value::Array(vec![Value::Object(Map::new()); rounds]));
    Value::Object(output)
}
