//! Routers: the branches whose conditions hold, one after the other or all at once. What was decided is journaled, so
//! that a resumed run keeps to it.

use crate::engine::connections::named;
use crate::engine::journal::Halt;
use crate::engine::piece_step::warnings;
use crate::engine::resolve;
use crate::engine::walk::{Verdict, Walk};
use domain::flow::run::StepStatus;
use domain::flow::{Action, ExecutionType, RouterSettings, condition};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use serde_json::{Value, json};
use store::run_steps::StepRow;

pub(crate) async fn run<'a>(
    walk: &mut Walk<'a>,
    action: &'a Action,
    settings: &'a RouterSettings,
    (path, prefix): (&str, &str),
) -> Result<Verdict, Halt> {
    let verdicts = match decided(walk, action, settings, path).await? {
        Ok(verdicts) => verdicts,
        Err(failed) => return Ok(failed),
    };
    let taken = condition::taken(settings.execution_type, &verdicts);
    let is_parallel = settings.parallel && settings.execution_type == ExecutionType::AllMatch;
    if is_parallel && taken.len() > 1 {
        return at_once(walk, action, &taken, prefix).await;
    }
    for at in taken {
        let verdict = walk.chain(first_of(action, at), prefix.to_owned()).await?;
        if !matches!(verdict, Verdict::Done) {
            return Ok(verdict);
        }
    }
    Ok(Verdict::Done)
}

fn first_of(action: &Action, branch: usize) -> Option<&Action> {
    action.children.as_ref()?.get(branch)?.as_deref()
}

/// Walks the branches at the same time. Each goes to its end, whatever becomes of the others, unless one ends the run.
async fn at_once<'a>(
    walk: &mut Walk<'a>,
    action: &'a Action,
    taken: &[usize],
    prefix: &str,
) -> Result<Verdict, Halt> {
    let lanes = walk.lanes;
    lanes.split(taken.len());
    let mut under_way: FuturesUnordered<_> = taken
        .iter()
        .map(|at| {
            let (mut branch, at) = (walk.branch(), *at);
            async move {
                let verdict = one(&mut branch, first_of(action, at), prefix).await;
                (at, branch, verdict)
            }
        })
        .collect();
    let mut ended = Vec::with_capacity(taken.len());
    while let Some((at, branch, verdict)) = under_way.next().await {
        let verdict = verdict?;
        if matches!(verdict, Verdict::Stopped) {
            drop(under_way);
            walk.journal.cut_off();
            walk.join(branch.into_left());
            return Ok(verdict);
        }
        if !under_way.is_empty() {
            lanes.end_one();
        }
        ended.push((at, branch.into_left(), verdict));
    }
    ended.sort_by_key(|it| it.0);
    let mut together = Verdict::Done;
    for (_, left, verdict) in ended {
        walk.join(left);
        together = both(together, verdict);
    }
    Ok(together)
}

/// Walks one of them. What it did is written down when it has ended: others may go on for long.
async fn one<'a>(
    branch: &mut Walk<'a>,
    first: Option<&'a Action>,
    prefix: &str,
) -> Result<Verdict, Halt> {
    let verdict = branch.chain(first, prefix.to_owned()).await?;
    let has_ended = !matches!(verdict, Verdict::Parked(_) | Verdict::Stopped);
    if has_ended && !branch.lanes.is_last() {
        branch.journal.checkpoint(branch.engine.now_ms()).await?;
    }
    Ok(verdict)
}

/// What two branches come to, the earlier one first. Who waits comes before who failed, so that all come to their end.
fn both(first: Verdict, second: Verdict) -> Verdict {
    match (first, second) {
        (Verdict::Parked(first), Verdict::Parked(second)) => {
            Verdict::Parked(if second.until_ms < first.until_ms { second } else { first })
        }
        (it @ Verdict::Parked(_), _) | (_, it @ Verdict::Parked(_)) => it,
        (it @ Verdict::Failed { .. }, _) | (_, it @ Verdict::Failed { .. }) => it,
        (it @ Verdict::LeftLoop, _) | (_, it @ Verdict::LeftLoop) => it,
        (it @ Verdict::NextItem, _) | (_, it @ Verdict::NextItem) => it,
        (it @ Verdict::Stopped, _) | (_, it @ Verdict::Stopped) => it,
        (Verdict::Done, Verdict::Done) => Verdict::Done,
    }
}

/// Which branches hold, from the journal or from now; else how the step failed.
pub(crate) async fn decided(
    walk: &mut Walk<'_>,
    action: &Action,
    settings: &RouterSettings,
    path: &str,
) -> Result<Result<Vec<bool>, Verdict>, Halt> {
    let mut row = walk.row(action, path, "ROUTER");
    if let Some((verdicts, output)) = journaled(&row) {
        walk.gave(action, output);
        return Ok(Ok(verdicts));
    }
    if row.status == StepStatus::Failed {
        return Ok(Err(walk.failed(action, None, row.error.unwrap_or_default())));
    }
    Ok(match decided_now(walk, settings, &mut row).await? {
        Ok(verdicts) => {
            let output = output(settings, &verdicts);
            walk.succeed(action, row, output);
            Ok(verdicts)
        }
        Err(message) => Err(walk.fail(action, None, row, message)),
    })
}

fn journaled(row: &StepRow) -> Option<(Vec<bool>, Value)> {
    if row.status != StepStatus::Succeeded {
        return None;
    }
    let output: Value = serde_json::from_str(row.output.as_deref()?).ok()?;
    let branches = output.get("branches")?.as_array()?;
    let verdicts = branches.iter().map(|it| it["evaluation"] == Value::Bool(true)).collect();
    Some((verdicts, output))
}

async fn decided_now(
    walk: &mut Walk<'_>,
    settings: &RouterSettings,
    row: &mut StepRow,
) -> Result<Result<Vec<bool>, String>, Halt> {
    if walk.plan.uses_connections {
        let all = serde_json::to_value(&settings.branches).unwrap_or_default();
        if let Some(message) = walk.connect(named([&all])).await? {
            return Ok(Err(message));
        }
    }
    Ok(decide(walk, settings, row))
}

fn decide(
    walk: &Walk<'_>,
    settings: &RouterSettings,
    row: &mut StepRow,
) -> Result<Vec<bool>, String> {
    let mut seen = Vec::new();
    let mut sentences = Vec::new();
    let now_ms = walk.engine.now_ms();
    let verdicts = condition::verdicts(
        settings,
        |text| {
            let resolved = resolve::text(text, &walk.scope, now_ms)?;
            sentences.extend(resolved.warnings);
            seen.push(resolved.value.clone());
            Ok(resolved.value)
        },
        |branch| format!("The branch {branch:?} has a condition without a comparison. Choose one"),
    );
    row.warnings = warnings(&sentences);
    row.input = shown(settings, seen).to_string();
    verdicts
}

/// The settings with the values that were compared, in the order they were looked at.
fn shown(settings: &RouterSettings, seen: Vec<Value>) -> Value {
    let mut seen = seen.into_iter();
    let mut shown = serde_json::to_value(settings).unwrap_or_default();
    let branches = shown.get_mut("branches").and_then(Value::as_array_mut);
    for branch in branches.into_iter().flatten() {
        let groups = branch.get_mut("conditions").and_then(Value::as_array_mut);
        for condition in groups.into_iter().flatten().filter_map(Value::as_array_mut).flatten() {
            let (first, second) = (seen.next(), seen.next());
            if let (Some(first), Value::Object(condition)) = (first, condition) {
                condition.insert("firstValue".to_owned(), first);
                if condition.contains_key("secondValue") {
                    condition.insert("secondValue".to_owned(), second.unwrap_or_default());
                }
            }
        }
    }
    shown
}

fn output(settings: &RouterSettings, verdicts: &[bool]) -> Value {
    let branches: Vec<Value> = settings
        .branches
        .iter()
        .zip(verdicts)
        .enumerate()
        .map(|(at, (branch, verdict))| {
            json!({ "branchName": branch.name(), "branchIndex": at + 1, "evaluation": verdict })
        })
        .collect();
    json!({ "branches": branches })
}
