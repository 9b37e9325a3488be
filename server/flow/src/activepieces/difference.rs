//! Whether a flow is what it was asked to become: everything that was asked for must be there; more may be.

use domain::flow::{
    Action, ActionKind, ErrorHandling, FlowVersion, PieceSettings, Trigger, TriggerKind,
};
use serde_json::{Value, json};

/// How closely two flows are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closeness {
    /// Names and inputs too.
    Exact,
    /// Which kinds of steps hang where: for copies, which may be called otherwise.
    Shape,
}

/// The first thing of `wanted` that `found` does not have, as `step_1 input.url`; none when all is there.
pub(crate) fn missing(wanted: &FlowVersion, found: &FlowVersion, how: Closeness) -> Option<String> {
    if wanted.display_name != found.display_name {
        return Some("the name of the flow".to_owned());
    }
    let notes = |it: &FlowVersion| -> Vec<Value> {
        it.notes.iter().map(|it| json!([it.id, it.content, it.color])).collect()
    };
    if notes(wanted) != notes(found) {
        return Some("the notes".to_owned());
    }
    of_trigger(&wanted.trigger, &found.trigger, how).err()
}

type Compared = Result<(), String>;

fn of_trigger(wanted: &Trigger, found: &Trigger, how: Closeness) -> Compared {
    let of = |it: &Trigger| match &it.kind {
        TriggerKind::Empty(_) => json!({ "type": "EMPTY" }),
        TriggerKind::Piece(settings) => piece(settings, how),
    };
    part(
        "trigger",
        &named(of(wanted), &wanted.display_name, how),
        &named(of(found), &found.display_name, how),
    )?;
    chain(wanted.next_action.as_deref(), found.next_action.as_deref(), how)
}

fn chain(wanted: Option<&Action>, found: Option<&Action>, how: Closeness) -> Compared {
    let (mut wanted, mut found) = (wanted, found);
    loop {
        match (wanted, found) {
            (None, None) => return Ok(()),
            (Some(it), None) => return Err(format!("the step {}", it.name)),
            (None, Some(it)) => return Err(format!("that {} is gone", it.name)),
            (Some(one), Some(other)) => {
                step(one, other, how)?;
                (wanted, found) = (one.next_action.as_deref(), other.next_action.as_deref());
            }
        }
    }
}

fn step(wanted: &Action, found: &Action, how: Closeness) -> Compared {
    if how == Closeness::Exact && wanted.name != found.name {
        return Err(format!("the place of {}", wanted.name));
    }
    part(&wanted.name, &essence(wanted, how), &essence(found, how))?;
    chain(wanted.first_loop_action.as_deref(), found.first_loop_action.as_deref(), how)?;
    chain(wanted.on_error_action.as_deref(), found.on_error_action.as_deref(), how)?;
    let (none, wanted_children) = (Vec::new(), wanted.children.as_ref());
    let (wanted_children, found_children) =
        (wanted_children.unwrap_or(&none), found.children.as_ref().unwrap_or(&none));
    if wanted_children.len() != found_children.len() {
        return Err(format!("the branches of {}", wanted.name));
    }
    for (one, other) in wanted_children.iter().zip(found_children) {
        chain(one.as_deref(), other.as_deref(), how)?;
    }
    Ok(())
}

fn named(mut essence: Value, display_name: &str, how: Closeness) -> Value {
    if how == Closeness::Exact {
        essence["displayName"] = display_name.into();
    }
    essence
}

fn essence(action: &Action, how: Closeness) -> Value {
    let mut essence = match &action.kind {
        ActionKind::Piece(settings) => piece(settings, how),
        ActionKind::Code(settings) => json!({
            "type": "CODE", "code": settings.source_code, "input": settings.input,
            "onFailure": handling(settings.error_handling_options.as_ref()),
        }),
        ActionKind::Loop(settings) => json!({ "type": "LOOP_ON_ITEMS", "items": settings.items }),
        ActionKind::Router(settings) => json!({
            "type": "ROUTER", "branches": settings.branches, "executionType": settings.execution_type,
            "parallel": settings.parallel,
        }),
    };
    if how == Closeness::Shape {
        return json!({ "type": essence["type"], "piece": essence["piece"] });
    }
    essence["skip"] = action.skip.into();
    named(essence, &action.display_name, how)
}

fn piece(settings: &PieceSettings, how: Closeness) -> Value {
    let does = settings.action_name.as_ref().or(settings.trigger_name.as_ref());
    let essence = json!({ "type": "PIECE", "piece": settings.piece_name, "does": does });
    if how == Closeness::Shape {
        return essence;
    }
    let mut essence = essence;
    essence["input"] = json!(settings.input);
    essence["onFailure"] = handling(settings.error_handling_options.as_ref());
    essence
}

/// Switched off and absent are the same.
fn handling(it: Option<&ErrorHandling>) -> Value {
    let it = it.cloned().unwrap_or_default();
    json!({
        "continues": it.continue_on_failure.value.unwrap_or(false),
        "tries again": it.retry_on_failure.value.unwrap_or(false),
        "retryPolicy": it.retry_policy,
    })
}

fn part(step: &str, wanted: &Value, found: &Value) -> Compared {
    match lacking(wanted, found) {
        None => Ok(()),
        Some(path) => Err(format!("{step} {}", path.trim_start_matches('.'))),
    }
}

/// The path of the first thing in `wanted` that `found` has otherwise or not at all.
fn lacking(wanted: &Value, found: &Value) -> Option<String> {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => wanted.iter().find_map(|(name, it)| {
            let other = found.get(name).unwrap_or(&Value::Null);
            lacking(it, other).map(|rest| format!(".{name}{rest}"))
        }),
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            let mut pairs = wanted.iter().zip(found).enumerate();
            pairs
                .find_map(|(at, (it, other))| lacking(it, other).map(|rest| format!(".{at}{rest}")))
        }
        (wanted, found) if is_same(wanted, found) => None,
        _ => Some(String::new()),
    }
}

/// Numbers are the same however they are written.
fn is_same(wanted: &Value, found: &Value) -> bool {
    wanted == found
        || wanted
            .as_f64()
            .is_some_and(|it| found.as_f64().is_some_and(|other| it.to_bits() == other.to_bits()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(input: Value, name: &str) -> FlowVersion {
        serde_json::from_value(json!({
            "displayName": "F", "trigger": {
                "name": "trigger", "displayName": "T", "type": "EMPTY", "settings": {}, "nextAction": {
                    "name": name, "displayName": "S", "type": "PIECE", "settings": {
                        "pieceName": "p", "pieceVersion": "0.1.0", "actionName": "a", "input": input,
                    },
                },
            },
        }))
        .unwrap()
    }

    #[test]
    fn what_was_dropped_or_changed_is_named_and_more_may_be_there() {
        let wanted = version(json!({ "url": "x", "deep": { "a": [1, 2] } }), "step_1");
        let missing = |found: Value, name: &str, how| missing(&wanted, &version(found, name), how);
        let whole = json!({ "url": "x", "deep": { "a": [1.0, 2], "b": 1 }, "more": true });
        assert_eq!(missing(whole.clone(), "step_1", Closeness::Exact), None);
        let dropped = missing(json!({ "deep": { "a": [1, 2] } }), "step_1", Closeness::Exact);
        assert_eq!(dropped.as_deref(), Some("step_1 input.url"));
        let changed =
            missing(json!({ "url": "x", "deep": { "a": [1, 3] } }), "step_1", Closeness::Exact);
        assert_eq!(changed.as_deref(), Some("step_1 input.deep.a.1"));
        assert!(missing(whole, "step_2", Closeness::Exact).is_some());
        assert_eq!(missing(json!({}), "step_2", Closeness::Shape), None);
    }

    #[test]
    fn a_step_that_is_not_there_is_named() {
        let wanted = version(json!({}), "step_1");
        let mut found = wanted.clone();
        found.trigger.next_action = None;
        assert_eq!(missing(&wanted, &found, Closeness::Exact).as_deref(), Some("the step step_1"));
        assert!(missing(&found, &wanted, Closeness::Exact).is_some());
    }
}
