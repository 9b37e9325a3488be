//! Which projects of Basecamp a flow names.

use super::{ActionKind, PieceSettings, Trigger, TriggerKind, catalog, tree};
use serde_json::Value;
use std::collections::BTreeSet;

/// The projects that a flow's trigger and steps were told to work in, by Basecamp's ids. What an expression stands for
/// is known only when it runs.
pub fn projects(trigger: &Trigger) -> BTreeSet<i64> {
    let begins = match &trigger.kind {
        TriggerKind::Piece(settings) => named(settings),
        TriggerKind::Empty(_) => None,
    };
    let steps = tree::steps(trigger).into_iter().filter_map(|it| match &it.kind {
        ActionKind::Piece(settings) => named(settings),
        _ => None,
    });
    begins.into_iter().chain(steps).collect()
}

fn named(settings: &PieceSettings) -> Option<i64> {
    if settings.piece_name != catalog::BASECAMP {
        return None;
    }
    match settings.input.get("project")? {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn trigger(project: &Value, step: &Value) -> Trigger {
        let settings = |piece: &str, input: Value| {
            json!({
                "pieceName": piece, "pieceVersion": "0.1.0", "triggerName": "new_todo", "actionName": "todos",
                "input": input
            })
        };
        let inner = json!({
            "name": "step_2", "displayName": "Two", "type": "PIECE",
            "settings": settings("@activepieces/piece-http", json!({"project": 9}))
        });
        let first = json!({
            "name": "step_1", "displayName": "One", "type": "PIECE",
            "settings": settings(catalog::BASECAMP, json!({"project": step})), "nextAction": inner
        });
        let whole = json!({
            "name": "trigger", "displayName": "Start", "type": "PIECE_TRIGGER",
            "settings": settings(catalog::BASECAMP, json!({"project": project})), "nextAction": first
        });
        serde_json::from_value(whole).unwrap_or_else(|it| panic!("{it}"))
    }

    #[test]
    fn projects_of_trigger_and_steps_are_found_once_and_other_pieces_do_not_count() {
        let found = projects(&trigger(&json!("51"), &json!(51)));
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [51]);
        let found = projects(&trigger(&json!(7), &json!("{{trigger.project.id}}")));
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [7]);
        assert!(projects(&trigger(&json!(null), &json!(""))).is_empty());
    }
}
