//! Writing one input of a step: what depends on it is emptied, groups that close are forgotten.

use domain::flow::PieceSettings;
use domain::flow::catalog::fields::{CONNECTION, dynamic, fields};
use domain::flow::catalog::{PropKind, PropMeta, action, trigger};
use serde_json::{Map, Value};

/// Puts `value` at `path` (`["project"]`, `["inputs", "content"]`); nothing empties it.
pub fn set(settings: &mut PieceSettings, path: &[String], value: Option<Value>) {
    if matches!(path, [name] if settings.input.get(name) == value.as_ref()) {
        return;
    }
    put(&mut settings.input, path, value);
    if let [name] = path {
        reset_dependents(settings, name);
    } else if let [group, name] = path {
        empty_in_group(settings, group, name);
    }
}

fn put(input: &mut Map<String, Value>, path: &[String], value: Option<Value>) {
    match (path, value) {
        ([], _) => {}
        ([key], None) => {
            input.shift_remove(key);
        }
        ([key], Some(value)) => {
            input.insert(key.clone(), value);
        }
        ([key, rest @ ..], value) => {
            let group = input.entry(key.clone()).or_insert_with(|| Value::Object(Map::new()));
            if !group.is_object() {
                *group = Value::Object(Map::new());
            }
            if let Value::Object(group) = group {
                put(group, rest, value);
            }
        }
    }
}

fn props(settings: &PieceSettings) -> &'static [PropMeta] {
    let piece = &settings.piece_name;
    match (&settings.action_name, &settings.trigger_name) {
        (Some(name), _) => action(piece, name).map_or(&[], |it| &it.props),
        (None, Some(name)) => trigger(piece, name).map_or(&[], |it| &it.props),
        (None, None) => &[],
    }
}

fn reset_dependents(settings: &mut PieceSettings, changed: &str) {
    if changed == CONNECTION {
        return empty_choices(settings);
    }
    for prop in props(settings) {
        match &prop.kind {
            PropKind::Dropdown { refreshers, .. }
            | PropKind::MultiSelectDropdown { refreshers }
                if refreshers.contains(&changed) =>
            {
                settings.input.shift_remove(prop.name);
            }
            PropKind::Dynamic { refreshers } if refreshers.contains(&changed) => {
                keep_open(settings, prop.name)
            }
            _ => {}
        }
    }
}

/// Empties what was chosen from lists of the account that the step worked in; values of earlier steps stay.
fn empty_choices(settings: &mut PieceSettings) {
    for field in fields(settings) {
        let is_chosen = matches!(
            field.prop.kind,
            PropKind::Dropdown { .. } | PropKind::MultiSelectDropdown { .. }
        );
        let is_of_a_step =
            field.value(&settings.input).is_some_and(|it| it.to_string().contains("{{"));
        if is_chosen && !is_of_a_step {
            put(&mut settings.input, &field.path, None);
        }
    }
}

/// Keeps of a group what it still asks for, and adds its defaults.
fn keep_open(settings: &mut PieceSettings, group: &str) {
    let owner =
        settings.action_name.as_deref().or(settings.trigger_name.as_deref()).unwrap_or_default();
    let asked = dynamic(&settings.piece_name, owner, group, &settings.input);
    let held = settings.input.get(group).and_then(Value::as_object).cloned().unwrap_or_default();
    let kept = asked.into_iter().filter_map(|prop| {
        let value = held.get(prop.name).cloned().or(prop.default)?;
        Some((prop.name.to_owned(), value))
    });
    settings.input.insert(group.to_owned(), Value::Object(kept.collect()));
}

/// Inside a group, choices that depend on `changed` are emptied too.
fn empty_in_group(settings: &mut PieceSettings, group: &str, changed: &str) {
    let owner =
        settings.action_name.as_deref().or(settings.trigger_name.as_deref()).unwrap_or_default();
    let asked = dynamic(&settings.piece_name, owner, group, &settings.input);
    let Some(Value::Object(held)) = settings.input.get_mut(group) else { return };
    for prop in asked {
        if let PropKind::Dropdown { refreshers, .. } | PropKind::MultiSelectDropdown { refreshers } =
            &prop.kind
            && refreshers.contains(&changed)
        {
            held.shift_remove(prop.name);
        }
    }
}

/// What a typed number is stored as: a number where it is one, else the text.
pub fn number(text: &str) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let whole = text.parse::<i64>().ok().map(Value::from);
    let real =
        || text.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map(Value::Number);
    Some(whole.or_else(real).unwrap_or_else(|| Value::from(text)))
}

/// The text a value is edited as.
pub fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::ActionKind;
    use domain::flow::catalog::{BASECAMP, step};
    use serde_json::json;

    fn todo() -> PieceSettings {
        let input = json!({"operation": "create_todo", "project": 1, "todolist": 2, "inputs": {"content": "Call"}});
        let input = input.as_object().cloned().unwrap();
        match step::piece_action_with("step_1", BASECAMP, "todos", input).unwrap().kind {
            ActionKind::Piece(settings) => *settings,
            other => panic!("{other:?}"),
        }
    }

    fn path(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn another_project_empties_the_list_that_belonged_to_the_first() {
        let mut it = todo();
        set(&mut it, &path(&["project"]), Some(json!(7)));
        assert_eq!(it.input.get("project"), Some(&json!(7)));
        assert_eq!(it.input.get("todolist"), None);
        assert_eq!(it.input["inputs"]["content"], "Call");
    }

    #[test]
    fn another_connection_empties_what_was_chosen_in_the_account() {
        let mut it = todo();
        it.input.insert("todolist".into(), json!("{{trigger.list}}"));
        set(&mut it, &path(&["auth"]), Some(json!("{{connections['c']}}")));
        assert_eq!(
            (it.input.get("project"), &it.input["todolist"]),
            (None, &json!("{{trigger.list}}"))
        );
        assert_eq!(it.input["inputs"]["content"], "Call");
    }

    #[test]
    fn another_operation_forgets_what_it_does_not_ask_for() {
        let mut it = todo();
        set(&mut it, &path(&["operation"]), Some(json!("complete_todo")));
        assert_eq!(it.input["inputs"], json!({}));
        assert_eq!(it.input["project"], 1);
    }

    #[test]
    fn a_value_inside_a_group_is_written_there() {
        let mut it = todo();
        set(&mut it, &path(&["inputs", "content"]), Some(json!("Write")));
        assert_eq!(it.input["inputs"]["content"], "Write");
        set(&mut it, &path(&["inputs", "content"]), None);
        assert_eq!(it.input["inputs"], json!({}));
    }

    #[test]
    fn numbers_stay_numbers_and_expressions_texts() {
        assert_eq!(number(" 5 "), Some(json!(5)));
        assert_eq!(number("2.5"), Some(json!(2.5)));
        assert_eq!(number("{{trigger.n}}"), Some(json!("{{trigger.n}}")));
        assert_eq!(number(""), None);
        assert_eq!(text(Some(&json!(5))), "5");
    }
}
