//! Making a step do something else without losing what still holds.

use super::fields::{CONNECTION, Field, fields};
use super::{PropKind, step};
use crate::flow::{Action, ActionKind, PieceSettings};
use serde_json::{Map, Value};
use std::mem::discriminant;

/// `new` in the place of `old`.
///
/// It keeps the step's name, a name that a person gave it, whether it is passed over and what happens when it fails;
/// and of what was filled in, what the new one asks for by the same name and kind, connection included. What another
/// piece was told is not kept: the same word means another thing there.
pub fn replacing(old: &Action, mut new: Action) -> Action {
    new.name.clone_from(&old.name);
    new.skip = old.skip;
    // What a step is called that we do not know says what it did.
    let default = step::default_title(&old.kind);
    if !default.is_empty() && old.display_name != default {
        new.display_name.clone_from(&old.display_name);
    }
    let failure = failure_of(&old.kind).cloned();
    match &mut new.kind {
        ActionKind::Piece(settings) => {
            settings.error_handling_options = failure.or(settings.error_handling_options.take());
            if let ActionKind::Piece(held) = &old.kind {
                keep_inputs(held, settings);
            }
            new.valid = super::fields::missing(settings).is_empty();
        }
        ActionKind::Code(settings) => {
            settings.error_handling_options = failure.or(settings.error_handling_options.take());
        }
        ActionKind::Loop(_) | ActionKind::Router(_) => {}
    }
    new
}

fn failure_of(kind: &ActionKind) -> Option<&crate::flow::ErrorHandling> {
    match kind {
        ActionKind::Piece(it) => it.error_handling_options.as_ref(),
        ActionKind::Code(it) => it.error_handling_options.as_ref(),
        ActionKind::Loop(_) | ActionKind::Router(_) => None,
    }
}

/// Twice, because a choice that is kept may open a group.
fn keep_inputs(old: &PieceSettings, new: &mut PieceSettings) {
    if old.piece_name != new.piece_name {
        return;
    }
    if let Some(connection) = old.input.get(CONNECTION) {
        new.input.insert(CONNECTION.to_owned(), connection.clone());
    }
    let held = fields(old);
    for _ in 0..2 {
        for field in fields(new).iter().filter(|it| !decides(it)) {
            let same = held.iter().find(|it| is_same(it, field));
            if let Some(value) = same.and_then(|it| it.value(&old.input)) {
                put(&mut new.input, &field.path, value.clone());
            }
        }
    }
}

/// Whether the field is what the new choice is about.
fn decides(field: &Field) -> bool {
    field.path == ["operation"]
}

/// Whether what was filled in there fits here. Of a fixed list, the choice has to be offered here too.
fn is_same(old: &Field, new: &Field) -> bool {
    old.path == new.path
        && match (&old.prop.kind, &new.prop.kind) {
            (
                PropKind::StaticDropdown { options: old },
                PropKind::StaticDropdown { options: new },
            ) => old == new,
            (old, new) => discriminant(old) == discriminant(new),
        }
}

fn put(input: &mut Map<String, Value>, path: &[String], value: Value) {
    match path {
        [] => {}
        [key] => {
            input.insert(key.clone(), value);
        }
        [group, rest @ ..] => {
            let group = input.entry(group.clone()).or_insert_with(|| Map::new().into());
            if let Value::Object(group) = group {
                put(group, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::BASECAMP;
    use super::super::choices::choice;
    use super::*;
    use serde_json::json;

    fn made(id: &str) -> Action {
        choice(&format!("{BASECAMP}/{id}")).and_then(|it| it.step("step_7")).expect("known")
    }

    fn input(action: &mut Action) -> &mut Map<String, Value> {
        match &mut action.kind {
            ActionKind::Piece(settings) => &mut settings.input,
            other => panic!("{other:?}"),
        }
    }

    fn filled() -> Action {
        let mut old = made("todos/create_todo");
        let told = json!({"auth": "{{connections['c']}}", "project": 1, "todolist": 2, "inputs": {"content": "Call"}});
        input(&mut old).extend(told.as_object().cloned().expect("an object"));
        old
    }

    #[test]
    fn what_the_new_step_asks_for_too_stays_filled_in() {
        let mut new = replacing(&filled(), made("todos/complete_todo"));
        assert_eq!(new.name, "step_7");
        assert_eq!(new.display_name, made("todos/complete_todo").display_name);
        let input = input(&mut new);
        assert_eq!((&input["project"], &input["todolist"]), (&json!(1), &json!(2)));
        assert_eq!(input["operation"], "complete_todo");
        assert_eq!(input["auth"], "{{connections['c']}}");
        assert_eq!(input.get("inputs").and_then(|it| it.get("content")), None);
    }

    #[test]
    fn what_was_said_to_another_piece_goes() {
        let mut old = filled();
        old.display_name = "Call the client".to_owned();
        old.skip = true;
        let new = choice("router").and_then(|it| it.step("step_7")).expect("known");
        let new = replacing(&old, new);
        assert_eq!((new.display_name.as_str(), new.skip), ("Call the client", true));
    }

    #[test]
    fn what_happens_on_failure_stays() {
        let mut old = filled();
        let ActionKind::Piece(settings) = &mut old.kind else { panic!("a piece") };
        settings.error_handling_options.as_mut().expect("there").retry_on_failure.value =
            Some(true);
        let expected = settings.error_handling_options.clone();
        let new = replacing(&old, choice("code").and_then(|it| it.step("x")).expect("known"));
        assert_eq!(failure_of(&new.kind).cloned(), expected);
        assert_eq!(new.name, "step_7");
    }
}
