//! New triggers and steps with their defaults, as the builder writes them (flow.md 1.6).

use super::{PieceMeta, PropKind, PropMeta, action, fields, piece, trigger};
use crate::flow::condition::Condition;
use crate::flow::{
    Action, ActionKind, Branch, CodeSettings, ErrorHandling, ExecutionType, LoopSettings,
    PieceSettings, RouterSettings, Switch, Trigger, TriggerKind,
};
use serde_json::{Map, Value, json};

/// The trigger of a new flow: nothing chosen.
pub fn empty_trigger() -> Trigger {
    Trigger {
        name: "trigger".to_owned(),
        display_name: "Select trigger".to_owned(),
        valid: false,
        kind: TriggerKind::Empty(json!({})),
        next_action: None,
    }
}

/// A trigger of a piece with its defaults and no next step; nothing for an unknown piece or trigger.
pub fn piece_trigger(piece_name: &str, trigger_name: &str) -> Option<Trigger> {
    let (owner, meta) = (piece(piece_name)?, trigger(piece_name, trigger_name)?);
    let mut settings = settings(owner, &meta.props);
    settings.trigger_name = Some(meta.name.to_owned());
    open_groups(&mut settings);
    Some(Trigger {
        name: "trigger".to_owned(),
        display_name: meta.display_name.to_owned(),
        valid: fields::missing(&settings).is_empty(),
        kind: TriggerKind::Piece(Box::new(settings)),
        next_action: None,
    })
}

/// A step of a piece with its defaults; nothing for an unknown piece or action.
pub fn piece_action(name: &str, piece_name: &str, action_name: &str) -> Option<Action> {
    piece_action_with(name, piece_name, action_name, Map::new())
}

/// A step of a piece with `input` over its defaults.
pub fn piece_action_with(
    name: &str,
    piece_name: &str,
    action_name: &str,
    input: Map<String, Value>,
) -> Option<Action> {
    let (owner, meta) = (piece(piece_name)?, action(piece_name, action_name)?);
    let mut settings = settings(owner, &meta.props);
    settings.action_name = Some(meta.name.to_owned());
    settings.error_handling_options = Some(no_error_handling());
    settings.input.extend(input);
    open_groups(&mut settings);
    let valid = fields::missing(&settings).is_empty();
    let kind = ActionKind::Piece(Box::new(settings));
    Some(new_action(name, default_title(&kind), valid, kind))
}

/// What a step of this kind is called until somebody names it; nothing for one that is not in the catalogue.
pub fn default_title(kind: &ActionKind) -> &'static str {
    match kind {
        ActionKind::Piece(settings) => {
            let name = settings.action_name.as_deref().unwrap_or_default();
            action(&settings.piece_name, name).map_or("", |meta| {
                meta.operation(&settings.input).map_or(meta.display_name, |it| it.display_name)
            })
        }
        ActionKind::Loop(_) => "For each item",
        ActionKind::Router(_) => "Choose a branch",
        ActionKind::Code(_) => "Run code",
    }
}

/// A loop with nothing to go through yet.
pub fn loop_step(name: &str) -> Action {
    let kind = ActionKind::Loop(LoopSettings::default());
    new_action(name, default_title(&kind), false, kind)
}

/// A router with one condition and a fallback.
pub fn router_step(name: &str) -> Action {
    let settings = RouterSettings {
        execution_type: ExecutionType::FirstMatch,
        branches: vec![
            condition_branch("Branch 1"),
            Branch::Fallback { branch_name: "Otherwise".to_owned() },
        ],
        parallel: false,
        other: Map::new(),
    };
    let kind = ActionKind::Router(settings);
    let mut step = new_action(name, default_title(&kind), false, kind);
    step.children = Some(vec![None, None]);
    step
}

/// What a new code step says.
const CODE: &str = "export const code = async (inputs) => {
  return inputs;
};
";

/// A code step that gives back its inputs, of which it has none yet.
pub fn code_step(name: &str) -> Action {
    let settings = CodeSettings {
        source_code: json!({ "code": CODE, "packageJson": "{}" }),
        error_handling_options: Some(no_error_handling()),
        ..CodeSettings::default()
    };
    let kind = ActionKind::Code(Box::new(settings));
    new_action(name, default_title(&kind), true, kind)
}

/// A branch with one empty condition.
pub fn condition_branch(name: &str) -> Branch {
    let condition = Condition {
        first_value: String::new(),
        second_value: Some(String::new()),
        operator: Some("TEXT_EXACTLY_MATCHES".to_owned()),
        case_sensitive: Some(false),
    };
    Branch::Condition { branch_name: name.to_owned(), conditions: vec![vec![condition]] }
}

fn new_action(name: &str, display_name: &str, valid: bool, kind: ActionKind) -> Action {
    Action {
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        valid,
        skip: false,
        kind,
        next_action: None,
        first_loop_action: None,
        children: None,
        on_error_action: None,
    }
}

fn no_error_handling() -> ErrorHandling {
    let off = Switch { value: Some(false) };
    ErrorHandling { continue_on_failure: off, retry_on_failure: off, retry_policy: None }
}

fn settings(owner: &PieceMeta, props: &[PropMeta]) -> PieceSettings {
    let held = || props.iter().filter(|it| !matches!(it.kind, PropKind::Markdown));
    PieceSettings {
        piece_name: owner.name.to_owned(),
        piece_version: owner.version.to_owned(),
        input: held().filter_map(|it| Some((it.name.to_owned(), it.default.clone()?))).collect(),
        property_settings: held()
            .map(|it| (it.name.to_owned(), json!({ "type": "MANUAL" })))
            .collect(),
        ..PieceSettings::default()
    }
}

/// Writes the defaults of dynamic groups that are open now.
fn open_groups(settings: &mut PieceSettings) {
    for field in fields::fields(settings) {
        let ([group, key], Some(default)) = (field.path.as_slice(), field.prop.default) else {
            continue;
        };
        let held = settings.input.entry(group.clone()).or_insert_with(|| json!({}));
        if let Value::Object(held) = held {
            held.entry(key.clone()).or_insert(default);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_webhook_trigger_is_complete() {
        let it = piece_trigger(super::super::WEBHOOK, "catch_webhook").expect("known");
        assert!(it.valid);
        assert_eq!(it.name, "trigger");
    }

    #[test]
    fn a_new_response_answers_200() {
        let it = piece_action("step_1", super::super::WEBHOOK, "return_response").expect("known");
        let ActionKind::Piece(settings) = it.kind else { panic!("a piece") };
        assert_eq!(settings.input["fields"]["status"], 200);
        assert_eq!(settings.input["respond"], "stop");
    }

    #[test]
    fn an_unknown_piece_gives_no_step() {
        assert_eq!(piece_action("step_1", "@activepieces/piece-nothing", "x"), None);
    }
}
