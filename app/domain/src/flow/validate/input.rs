//! Problems of single inputs: what they refer to and what they hold.

use super::{FlowProblem, ProblemCode, UsedConnection};
use crate::expr::names;
use crate::flow::PieceSettings;
use crate::flow::catalog::PropKind;
use crate::flow::catalog::fields::{self, Field};
use serde_json::{Map, Value};

/// References in `input` to steps that are not in `visible`.
pub(super) fn reference_problems(
    step: &str,
    input: &Map<String, Value>,
    visible: &[&str],
) -> Vec<FlowProblem> {
    let texts = input.iter().flat_map(|(key, value)| texts(format!("input.{key}"), value));
    texts.flat_map(|(path, text)| text_problems(step, &path, text, visible)).collect()
}

/// The connections that the texts of an input name, each place once.
pub(super) fn connections(step: &str, input: &Map<String, Value>) -> Vec<UsedConnection> {
    let texts = input.iter().flat_map(|(key, value)| texts(format!("input.{key}"), value));
    let named = texts.flat_map(|(path, text)| {
        names::connections(text)
            .into_iter()
            .map(move |id| UsedConnection::new(step, path.clone(), id))
    });
    named.collect()
}

/// References in one text to steps that are not in `visible`.
pub(super) fn text_problems(
    step: &str,
    path: &str,
    text: &str,
    visible: &[&str],
) -> Vec<FlowProblem> {
    let names = names::references(text).into_iter();
    let unknown = names.filter(|it| !names::is_built_in(it) && !visible.contains(&it.as_str()));
    let problem = |name: String| {
        let message = if name == step {
            "The step refers to its own result".to_owned()
        } else {
            format!("It refers to {name}, which does not run before this step")
        };
        let words = (message, "Choose a value of an earlier step");
        FlowProblem::new(step, path, ProblemCode::NotBefore, words)
    };
    unknown.map(problem).collect()
}

fn texts(path: String, value: &Value) -> Vec<(String, &str)> {
    match value {
        Value::String(text) => vec![(path, text.as_str())],
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(at, it)| texts(format!("{path}.{at}"), it))
            .collect(),
        Value::Object(map) => {
            map.iter().flat_map(|(key, it)| texts(format!("{path}.{key}"), it)).collect()
        }
        _ => Vec::new(),
    }
}

/// Inputs that hold the wrong kind of value; texts with an expression may become anything.
pub(super) fn kind_problems(step: &str, settings: &PieceSettings) -> Vec<FlowProblem> {
    let wrong = |field: &Field| {
        let value = field.value(&settings.input).filter(|it| !fields::is_empty(Some(it)))?;
        let expected = expected(&field.prop.kind, value)?;
        let words = (format!("{} is not {expected}", field.prop.display_name), "Change the value");
        Some(FlowProblem::new(
            step,
            format!("input.{}", field.dotted()),
            ProblemCode::WrongKind,
            words,
        ))
    };
    fields::fields(settings).iter().filter_map(wrong).collect()
}

/// What `value` should be, when it is not.
fn expected(kind: &PropKind, value: &Value) -> Option<&'static str> {
    let text = value.as_str();
    if text.is_some_and(|it| it.contains("{{")) {
        return None;
    }
    let json = |fits: fn(&Value) -> bool| {
        fits(value)
            || text.is_some_and(|it| serde_json::from_str(it).is_ok_and(|it: Value| fits(&it)))
    };
    let (fits, expected) = match kind {
        PropKind::Number => (
            value.is_number() || text.is_some_and(|it| it.trim().parse::<f64>().is_ok()),
            "a number",
        ),
        PropKind::Checkbox => {
            (value.is_boolean() || matches!(text, Some("true" | "false")), "yes or no")
        }
        PropKind::StaticDropdown { options } => (
            options.iter().any(|it| it.value == *value || same_number(&it.value, value)),
            "one of the choices",
        ),
        PropKind::Object => (json(Value::is_object), "a set of keys and values"),
        PropKind::Json => (json(|_| true), "JSON"),
        PropKind::Array | PropKind::MultiSelectDropdown { .. } => {
            (json(Value::is_array) || value.is_object(), "a list")
        }
        PropKind::ShortText | PropKind::LongText | PropKind::DateTime => {
            (!value.is_array() && !value.is_object(), "a text")
        }
        PropKind::Dropdown { .. } | PropKind::Dynamic { .. } | PropKind::Markdown => (true, ""),
    };
    (!fits).then_some(expected)
}

/// `5` and `"5"` choose the same option.
fn same_number(option: &Value, value: &Value) -> bool {
    let number = option.as_f64();
    number.is_some() && number == value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}
