//! Loops: the body once for each item, in order. Each round's steps have paths of their own, so a round that was
//! finished is taken from the journal.

use crate::engine::journal::Halt;
use crate::engine::piece_step::warnings;
use crate::engine::resolve;
use crate::engine::walk::{Verdict, Walk};
use domain::expr::names;
use domain::flow::run::StepStatus;
use domain::flow::{Action, LoopSettings, sample};
use serde_json::{Map, Value, json};
use std::time::Instant;
use store::run_steps::StepRow;

/// Rounds of one loop.
const ROUNDS: usize = 100_000;

pub(crate) async fn run<'a>(
    walk: &mut Walk<'a>,
    action: &'a Action,
    settings: &'a LoopSettings,
    path: &str,
) -> Result<Verdict, Halt> {
    let since = Instant::now();
    let mut row = walk.row(action, path, "LOOP_ON_ITEMS");
    let items = match begun_with(&row) {
        Some(items) => items,
        None if row.status == StepStatus::Failed => {
            return Ok(walk.failed(action, None, row.error.unwrap_or_default()));
        }
        None => {
            let items = match walk.connect(names::connections(&settings.items)).await? {
                None => items(walk, settings, &mut row),
                Some(message) => Err(message),
            };
            match items {
                Ok(items) => items,
                Err(message) => return Ok(walk.fail(action, None, row, message)),
            }
        }
    };
    let is_over = row.status == StepStatus::Succeeded;
    let mut rounds = Vec::new();
    let mut reached = items.len();
    walk.gave(action, output(None, 0, &rounds));
    if !is_over {
        walk.journal.note(row.clone());
    }
    for (at, item) in items.iter().enumerate() {
        // The rounds are given at the end: a copy in each round would make long loops slow.
        walk.gave(action, output(Some(item), at + 1, &[]));
        walk.scope.enter();
        let verdict =
            walk.chain(action.first_loop_action.as_deref(), format!("{path}/{at}/")).await?;
        let round = walk.scope.leave();
        if walk.plan.uses_iterations {
            let steps = round.into_iter().map(|(name, it)| (name, json!({ "output": it })));
            rounds.push(Value::Object(steps.collect()));
        }
        if matches!(verdict, Verdict::LeftLoop) {
            reached = at + 1;
            break;
        }
        if !matches!(verdict, Verdict::Done | Verdict::NextItem) {
            if let Verdict::Failed { message, .. } = &verdict {
                row.status = StepStatus::Failed;
                row.error = Some(message.clone());
                walk.journal.note(row);
            }
            return Ok(verdict);
        }
    }
    let last = reached.checked_sub(1).and_then(|it| items.get(it));
    walk.gave(action, output(last, reached, &rounds));
    if !is_over {
        if reached < items.len() {
            row.output = Some(json!({ "index": reached }).to_string());
        }
        row.status = StepStatus::Succeeded;
        row.duration_us = i64::try_from(since.elapsed().as_micros()).ok();
        walk.journal.note(row);
    }
    Ok(Verdict::Done)
}

/// Works out the list of a loop that is tested, and no round.
pub(crate) async fn glance(
    walk: &mut Walk<'_>,
    action: &Action,
    settings: &LoopSettings,
) -> Result<Verdict, Halt> {
    let since = Instant::now();
    let mut row = walk.row(action, &action.name, "LOOP_ON_ITEMS");
    let items = match walk.connect(names::connections(&settings.items)).await? {
        None => items(walk, settings, &mut row),
        Some(message) => Err(message),
    };
    match items {
        Ok(items) => {
            row.status = StepStatus::Succeeded;
            row.duration_us = i64::try_from(since.elapsed().as_micros()).ok();
            walk.journal.note(row);
            walk.gave(action, sample::of_loop(&items));
            Ok(Verdict::Done)
        }
        Err(message) => Ok(walk.fail(action, None, row, message)),
    }
}

/// The list the loop began with, when it was begun before: what it is made of may have changed since.
fn begun_with(row: &StepRow) -> Option<Vec<Value>> {
    let mut input: Map<String, Value> = serde_json::from_str(&row.input).ok()?;
    match input.remove("items") {
        Some(Value::Array(items)) if items.len() <= ROUNDS => Some(items),
        _ => None,
    }
}

fn items(
    walk: &Walk<'_>,
    settings: &LoopSettings,
    row: &mut StepRow,
) -> Result<Vec<Value>, String> {
    let mut resolved = resolve::text(&settings.items, &walk.scope, walk.engine.now_ms())?;
    walk.journal.masked(&mut resolved.value);
    row.input = json!({ "items": resolved.value }).to_string();
    row.warnings = warnings(&resolved.warnings);
    match resolved.value {
        Value::Array(items) if items.len() > ROUNDS => {
            Err(format!("The list has more than {ROUNDS} items. Make it shorter"))
        }
        Value::Array(items) => Ok(items),
        _ => Err("The items you have selected must be a list.".to_owned()),
    }
}

fn output(item: Option<&Value>, index: usize, rounds: &[Value]) -> Value {
    let mut output = Map::new();
    if let Some(item) = item {
        output.insert("item".to_owned(), item.clone());
    }
    output.insert("index".to_owned(), index.into());
    output.insert("iterations".to_owned(), Value::Array(rounds.to_vec()));
    Value::Object(output)
}
