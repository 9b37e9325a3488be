//! Routers: the branches whose conditions hold. What was decided is journaled, so that a resumed run keeps to it.

use crate::engine::credentials::named;
use crate::engine::journal::Halt;
use crate::engine::piece_step::warnings;
use crate::engine::resolve;
use crate::engine::walk::{Verdict, Walk};
use domain::flow::run::StepStatus;
use domain::flow::{Action, RouterSettings, condition};
use serde_json::{Value, json};
use store::run_steps::StepRow;

pub(crate) async fn run<'a>(
    walk: &mut Walk<'a>,
    action: &'a Action,
    settings: &'a RouterSettings,
    (path, prefix): (String, &str),
) -> Result<Verdict, Halt> {
    let verdicts = match decided(walk, action, settings, &path).await? {
        Ok(verdicts) => verdicts,
        Err(failed) => return Ok(failed),
    };
    for at in condition::taken(settings.execution_type, &verdicts) {
        let first = action.children.as_ref().and_then(|it| it.get(at)?.as_deref());
        let verdict = walk.chain(first, prefix.to_owned()).await?;
        if !matches!(verdict, Verdict::Done) {
            return Ok(verdict);
        }
    }
    Ok(Verdict::Done)
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
