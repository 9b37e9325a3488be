//! The small language of `tools.tsv` for parameters: its JSON Schema, and checking arguments against it.

mod words;

use self::words::WORDS;
use crate::catalog;
use crate::tool::ToolSpec;
use domain::approval::Risk;
use domain::problem::Issue;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

/// One parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Param {
    pub(crate) name: String,
    pub(crate) is_required: bool,
    pub(crate) kind: Kind,
    pub(crate) default: Option<Value>,
}

/// What a parameter holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Number,
    Flag,
    Object,
    IntegerOrText,
    OneOf(Vec<String>),
    ListOf(Box<Kind>),
}

/// The parameters of the tools of the catalogue, each read when it is first asked for.
type Known = HashMap<&'static str, (&'static str, OnceLock<Vec<Param>>)>;

/// The parameters of a tool, with those every tool of its kind takes.
pub(crate) fn params(spec: &ToolSpec) -> Cow<'static, [Param]> {
    static KNOWN: LazyLock<Known> = LazyLock::new(|| {
        catalog::all().iter().map(|it| (it.name, (it.params, OnceLock::new()))).collect()
    });
    match KNOWN.get(spec.name).filter(|it| std::ptr::eq(it.0, spec.params)) {
        Some((_, read)) => Cow::Borrowed(read.get_or_init(|| params_of(spec))),
        None => Cow::Owned(params_of(spec)),
    }
}

fn params_of(spec: &ToolSpec) -> Vec<Param> {
    let mut all: Vec<Param> = apart(spec.params).into_iter().filter_map(param).collect();
    let common: &[&str] = match spec.risk {
        Risk::Read => &["compact:boolean", "preview_limit:integer", "limit:integer"],
        _ => &["idempotency_key:string", "request_id:string"],
    };
    for extra in common.iter().copied().filter_map(param) {
        if !all.iter().any(|it| it.name == extra.name) {
            all.push(extra);
        }
    }
    all
}

/// Cuts at commas that stand outside brackets.
fn apart(text: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    text.split(move |letter: char| {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        letter == ',' && depth == 0
    })
    .map(str::trim)
    .filter(|it| !it.is_empty())
    .collect()
}

fn param(text: &str) -> Option<Param> {
    let (name, rest) = text.split_once(':')?;
    let (kind, default) =
        rest.split_once('=').map_or((rest, None), |(kind, default)| (kind, Some(default)));
    let kind = kind_of(kind.trim());
    let default = default.map(|it| match &kind {
        Kind::Text | Kind::OneOf(_) => Value::from(it),
        _ => serde_json::from_str(it).unwrap_or_else(|_| Value::from(it)),
    });
    let (name, is_required) = name.strip_suffix('*').map_or((name, false), |it| (it, true));
    Some(Param { name: name.to_owned(), is_required, kind, default })
}

fn kind_of(text: &str) -> Kind {
    if let Some(item) = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
        return Kind::ListOf(Box::new(kind_of(item)));
    }
    if let Some(words) = text.strip_prefix("enum(").and_then(|it| it.strip_suffix(')')) {
        return Kind::OneOf(words.split('|').map(str::to_owned).collect());
    }
    match text {
        "integer" => Kind::Integer,
        "number" => Kind::Number,
        "boolean" => Kind::Flag,
        "object" => Kind::Object,
        "integer or string" => Kind::IntegerOrText,
        _ => Kind::Text,
    }
}

pub(crate) fn of(spec: &ToolSpec) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for param in params(spec).iter() {
        let mut schema = kind_schema(&param.kind);
        if let Some(both) = both_forms(param) {
            schema.extend(both);
        }
        schema.insert("description".into(), words(&param.name).into());
        if let Some(default) = &param.default {
            schema.insert("default".into(), default.clone());
        }
        if param.is_required {
            required.push(Value::from(param.name.as_str()));
        }
        properties.insert(param.name.clone(), Value::Object(schema));
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// What the schema says of an argument that takes an id as a number and as digits (contract.md 0.5).
fn both_forms(param: &Param) -> Option<Map<String, Value>> {
    let is_id = param.name == "id" || param.name.ends_with("_id");
    let number_first = json!(["integer", "string"]);
    let (field, value) = match &param.kind {
        Kind::Text if NAMES.contains(&param.name.as_str()) => {
            ("type", json!(["string", "integer"]))
        }
        Kind::Integer if is_id => ("type", number_first),
        Kind::ListOf(item) if **item == Kind::Integer && param.name.ends_with("_ids") => {
            ("items", json!({ "type": number_first }))
        }
        _ => return None,
    };
    Some(Map::from_iter([(field.to_owned(), value)]))
}

fn words(name: &str) -> String {
    let known = WORDS.iter().find(|(word, _)| *word == name);
    known.map_or_else(|| name.replace('_', " "), |(_, words)| (*words).to_owned())
}

fn kind_schema(kind: &Kind) -> Map<String, Value> {
    let schema = match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Integer => json!({ "type": "integer" }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Object => json!({ "type": "object" }),
        Kind::IntegerOrText => json!({ "type": ["integer", "string"] }),
        Kind::OneOf(words) => json!({ "type": "string", "enum": words }),
        Kind::ListOf(item) => json!({ "type": "array", "items": kind_schema(item) }),
    };
    match schema {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// `args` with digits read as numbers and defaults filled in.
///
/// # Errors
/// Every field that is missing, unknown or of the wrong kind.
pub(crate) fn check(
    spec: &ToolSpec,
    args: &Map<String, Value>,
) -> Result<Map<String, Value>, Vec<Issue>> {
    let params = params(spec);
    let mut checked = Map::new();
    let mut issues = unknown(&params, args);
    for param in params.iter() {
        match args.get(&param.name).filter(|it| !it.is_null()) {
            Some(value) => match named(param, value).or_else(|| fit(&param.kind, value)) {
                Some(value) => drop(checked.insert(param.name.clone(), value)),
                None => issues.push(Issue::new(
                    &param.name,
                    format!("{} must be {}", param.name, kind_words(&param.kind)),
                )),
            },
            None if param.is_required => {
                issues.push(Issue::new(
                    &param.name,
                    format!("{} is missing: {}", param.name, words(&param.name)),
                ));
            }
            None => checked.extend(param.default.clone().map(|it| (param.name.clone(), it))),
        }
    }
    if issues.is_empty() { Ok(checked) } else { Err(issues) }
}

/// Arguments that name a record take its id as a number too (contract.md 0.5).
const NAMES: [&str; 11] = [
    "project",
    "todolist",
    "person",
    "assignee",
    "list",
    "card_table",
    "column",
    "board",
    "project_id",
    "person_id",
    "entity_id",
];

fn named(param: &Param, value: &Value) -> Option<Value> {
    let is_name = param.kind == Kind::Text && NAMES.contains(&param.name.as_str());
    value.as_i64().filter(|_| is_name).map(|id| id.to_string().into())
}

fn unknown(params: &[Param], args: &Map<String, Value>) -> Vec<Issue> {
    let names: Vec<&str> = params.iter().map(|it| it.name.as_str()).collect();
    args.keys()
        .filter(|it| !names.contains(&it.as_str()))
        .map(|it| Issue::new(it, format!("There is no {it} here. Known: {}", names.join(", "))))
        .collect()
}

/// The value as the kind wants it; none when it does not fit.
fn fit(kind: &Kind, value: &Value) -> Option<Value> {
    match kind {
        Kind::Text => value.is_string().then(|| value.clone()),
        Kind::Flag => value.is_boolean().then(|| value.clone()),
        Kind::Object => value.is_object().then(|| value.clone()),
        Kind::Number => value.is_number().then(|| value.clone()),
        Kind::IntegerOrText => (value.is_i64() || value.is_string()).then(|| value.clone()),
        Kind::Integer => match value {
            Value::String(digits) => digits.trim().parse::<i64>().ok().map(Value::from),
            other => other.as_i64().map(Value::from),
        },
        Kind::OneOf(words) => {
            value.as_str().filter(|it| words.iter().any(|word| word == it)).map(Value::from)
        }
        Kind::ListOf(item) => {
            let items =
                value.as_array()?.iter().map(|it| fit(item, it)).collect::<Option<Vec<_>>>()?;
            Some(items.into())
        }
    }
}

fn kind_words(kind: &Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Integer => "a whole number".to_owned(),
        Kind::Number => "a number".to_owned(),
        Kind::Flag => "true or false".to_owned(),
        Kind::Object => "an object".to_owned(),
        Kind::IntegerOrText => "a whole number or text".to_owned(),
        Kind::OneOf(words) => format!("one of {}", words.join(", ")),
        Kind::ListOf(_) => "a list".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::Profile;

    const SPEC: ToolSpec = ToolSpec {
        name: "x",
        group: "todos",
        profile: Profile::Focused,
        risk: Risk::Write,
        title: "X",
        params: "project*:string, todo_id*:integer, status:enum(open|done)=open, assignee_ids:[integer], payload:object={}",
        meaning: "Does x",
    };

    fn checked(args: Value) -> Result<Map<String, Value>, Vec<Issue>> {
        check(&SPEC, args.as_object().unwrap())
    }

    #[test]
    fn ids_may_be_digits_in_text_and_defaults_are_filled_in() {
        let args =
            checked(json!({"project": 1, "todo_id": "42", "assignee_ids": ["7", 8]})).unwrap();
        assert_eq!(
            Value::Object(args),
            json!({"project": "1", "todo_id": 42, "status": "open", "assignee_ids": [7, 8], "payload": {}})
        );
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let issues =
            checked(json!({"todo_id": "x", "status": "later", "colour": "red"})).unwrap_err();
        let fields: Vec<&str> = issues.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["colour", "project", "todo_id", "status"]);
    }

    #[test]
    fn a_schema_allows_nothing_else_and_describes_everything() {
        let schema = of(&SPEC);
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["required"], json!(["project", "todo_id"]));
        assert_eq!(schema["properties"]["status"]["enum"], json!(["open", "done"]));
        assert_eq!(schema["properties"]["project"]["type"], json!(["string", "integer"]));
        assert_eq!(schema["properties"]["todo_id"]["type"], json!(["integer", "string"]));
        assert_eq!(
            schema["properties"]["assignee_ids"]["items"]["type"],
            json!(["integer", "string"])
        );
        assert!(schema["properties"]["idempotency_key"]["description"].is_string());
    }
}
