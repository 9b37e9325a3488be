//! What an app asks, and the check of what it is given.

use crate::problem::Issue;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Fields of one app.
pub const MOST_FIELDS: usize = 30;
/// Choices of one field.
pub const MOST_OPTIONS: usize = 50;
/// Characters of a field's name.
const LONGEST_NAME: usize = 64;

/// What a field takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// One line.
    #[default]
    Text,
    /// Several lines.
    Textarea,
    /// A number.
    Number,
    /// One of the options.
    Select,
    /// Yes or no.
    Boolean,
    /// A secret: never shown, kept sealed.
    Password,
}

/// Every kind of field, with its word.
pub const TYPES: [(&str, FieldType); 6] = [
    ("text", FieldType::Text),
    ("textarea", FieldType::Textarea),
    ("number", FieldType::Number),
    ("select", FieldType::Select),
    ("boolean", FieldType::Boolean),
    ("password", FieldType::Password),
];

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldOption {
    /// What people read.
    pub label: String,
    /// What the flow is given.
    pub value: String,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name in the flow.
    pub name: String,
    /// What people read; the name where it is empty.
    #[serde(default)]
    pub label: String,
    /// What it takes.
    pub r#type: FieldType,
    /// It cannot be left empty.
    #[serde(default)]
    pub required: bool,
    /// An example shown while it is empty.
    #[serde(default)]
    pub placeholder: String,
    /// The choices of a select.
    #[serde(default)]
    pub options: Vec<FieldOption>,
}

impl Field {
    /// What people read.
    pub fn title(&self) -> &str {
        if self.label.is_empty() { &self.name } else { &self.label }
    }
}

/// Everything an app asks, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InputSchema {
    /// The fields.
    pub fields: Vec<Field>,
}

impl InputSchema {
    /// Reads what somebody sent under the name `at`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(value: &Value, at: &str) -> Result<Self, Vec<Issue>> {
        let fields = match value {
            Value::Null => return Ok(Self::default()),
            Value::Object(map) => map.get("fields").unwrap_or(&Value::Null),
            _ => return Err(vec![Issue::new(at, "Give an object such as {\"fields\": []}")]),
        };
        let list = match fields {
            Value::Null => &[],
            Value::Array(list) => list.as_slice(),
            _ => return Err(vec![Issue::new(format!("{at}.fields"), "Give a list of fields")]),
        };
        if list.len() > MOST_FIELDS {
            let message = format!("An app asks {MOST_FIELDS} things at most");
            return Err(vec![Issue::new(format!("{at}.fields"), message)]);
        }
        let (mut read, mut issues) = (Vec::<Field>::new(), Vec::new());
        for (index, one) in list.iter().enumerate() {
            let place = format!("{at}.fields.{index}");
            match field(one, &place) {
                Ok(one) if read.iter().any(|it| it.name == one.name) => {
                    let message = format!("Two fields are called {}. Rename one", one.name);
                    issues.push(Issue::new(format!("{place}.name"), message));
                }
                Ok(one) => read.push(one),
                Err(issue) => issues.push(issue),
            }
        }
        if issues.is_empty() { Ok(Self { fields: read }) } else { Err(issues) }
    }

    /// Checks what was filled in and gives it typed: numbers as numbers, yes and no as such. What was left empty is
    /// absent.
    ///
    /// # Errors
    /// One issue for each field that is missing or wrong, and for each name that no field has.
    pub fn check(&self, given: &Map<String, Value>) -> Result<Map<String, Value>, Vec<Issue>> {
        let (mut typed, mut issues) = (Map::new(), Vec::new());
        for field in &self.fields {
            match one(field, given.get(&field.name)) {
                Ok(Some(value)) => drop(typed.insert(field.name.clone(), value)),
                Ok(None) => {}
                Err(message) => issues.push(Issue::new(field.name.clone(), message)),
            }
        }
        for name in given.keys().filter(|name| !self.fields.iter().any(|it| it.name == **name)) {
            issues
                .push(Issue::new(name.clone(), format!("There is no field {name}. Leave it out")));
        }
        if issues.is_empty() { Ok(typed) } else { Err(issues) }
    }

    /// Names of the fields that hold secrets.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let secret = self.fields.iter().filter(|it| it.r#type == FieldType::Password);
        secret.map(|it| it.name.as_str())
    }
}

fn field(value: &Value, at: &str) -> Result<Field, Issue> {
    let issue = |part: &str, message: String| Err(Issue::new(format!("{at}.{part}"), message));
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().trim();
    let name = text("name");
    let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '_';
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_plain) {
        let message =
            format!("Name a field with 1 to {LONGEST_NAME} letters, digits and underscores");
        return issue("name", message);
    }
    let Some((_, kind)) = TYPES.iter().find(|it| it.0 == text("type")) else {
        let known = TYPES.map(|it| it.0).join(", ");
        return issue("type", format!("{name} needs a type: one of {known}"));
    };
    let options = match value.get("options") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => list.iter().filter_map(option).collect(),
        Some(_) => return issue("options", format!("Give the options of {name} as a list")),
    };
    let given = value.get("options").and_then(Value::as_array).map_or(0, Vec::len);
    if given != options.len() {
        return issue("options", format!("Give each option of {name} a label and a value"));
    }
    if options.len() > MOST_OPTIONS {
        return issue("options", format!("{name} has more than {MOST_OPTIONS} options"));
    }
    if *kind == FieldType::Select && options.is_empty() {
        return issue("options", format!("{name} is a select, so it needs options"));
    }
    Ok(Field {
        name: name.to_owned(),
        label: text("label").to_owned(),
        r#type: *kind,
        required: value.get("required").and_then(Value::as_bool).unwrap_or_default(),
        placeholder: text("placeholder").to_owned(),
        options,
    })
}

fn option(value: &Value) -> Option<FieldOption> {
    let text = |name: &str| match value.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    if let Value::String(same) = value {
        return Some(FieldOption { label: same.clone(), value: same.clone() });
    }
    let value = text("value")?;
    Some(FieldOption { label: text("label").unwrap_or_else(|| value.clone()), value })
}

/// One answer with its type; none when it was left empty.
fn one(field: &Field, given: Option<&Value>) -> Result<Option<Value>, String> {
    let title = field.title();
    let is_blank = match given {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(_) => false,
    };
    let Some(value) = given.filter(|_| !is_blank) else {
        return if field.required { Err(format!("Fill in {title}")) } else { Ok(None) };
    };
    let typed = match (field.r#type, value) {
        (FieldType::Number, Value::Number(_)) | (FieldType::Boolean, Value::Bool(_)) => {
            Some(value.clone())
        }
        (FieldType::Number, Value::String(text)) => number(text.trim()),
        (FieldType::Boolean, Value::String(text)) => match text.trim() {
            "true" => Some(true.into()),
            "false" => Some(false.into()),
            _ => None,
        },
        (FieldType::Select, Value::String(text)) => {
            let is_known = field.options.iter().any(|it| it.value == *text);
            is_known.then(|| value.clone())
        }
        (FieldType::Text | FieldType::Textarea | FieldType::Password, Value::String(_)) => {
            Some(value.clone())
        }
        _ => None,
    };
    typed.map(Some).ok_or_else(|| match field.r#type {
        FieldType::Number => format!("{title} must be a number"),
        FieldType::Boolean => format!("{title} must be true or false"),
        FieldType::Select => format!("{title} must be one of its options"),
        FieldType::Text | FieldType::Textarea | FieldType::Password => {
            format!("{title} must be a text")
        }
    })
}

fn number(text: &str) -> Option<Value> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    let number: f64 = text.parse().ok()?;
    serde_json::Number::from_f64(number).map(Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> InputSchema {
        let fields = json!({"fields": [
            {"name": "text", "type": "textarea", "required": true, "label": "Your text"},
            {"name": "many", "type": "number"},
            {"name": "kind", "type": "select", "options": [{"label": "One", "value": "1"}, "two"]},
            {"name": "sure", "type": "boolean"},
            {"name": "pin", "type": "password"},
        ]});
        InputSchema::read(&fields, "inputSchema").unwrap()
    }

    fn check(given: Value) -> Result<Value, Vec<String>> {
        let given = given.as_object().unwrap().clone();
        let checked = schema().check(&given).map(Value::Object);
        checked.map_err(|all| all.into_iter().map(|it| it.field).collect())
    }

    #[test]
    fn answers_are_typed() {
        let given = json!({"text": "a", "many": "4", "kind": "two", "sure": "true", "pin": ""});
        assert_eq!(check(given), Ok(json!({"text": "a", "many": 4, "kind": "two", "sure": true})));
        assert_eq!(check(json!({"text": "a", "many": 1.5})), Ok(json!({"text": "a", "many": 1.5})));
    }

    #[test]
    fn everything_wrong_is_named_at_once() {
        let given = json!({"text": " ", "many": "x", "kind": "3", "sure": 1, "other": 1});
        let wrong = ["text", "many", "kind", "sure", "other"].map(str::to_owned).to_vec();
        assert_eq!(check(given), Err(wrong));
        assert_eq!(check(json!({"text": 7})), Err(vec!["text".to_owned()]));
        assert_eq!(schema().secrets().collect::<Vec<_>>(), ["pin"]);
    }

    #[test]
    fn a_schema_that_cannot_be_asked_is_refused() {
        let many: Vec<_> =
            (0..31).map(|it| json!({"name": format!("f{it}"), "type": "text"})).collect();
        for (fields, place) in [
            (json!([{"name": "a b", "type": "text"}]), "s.fields.0.name"),
            (json!([{"name": "a", "type": "date"}]), "s.fields.0.type"),
            (json!([{"name": "a", "type": "select"}]), "s.fields.0.options"),
            (json!([{"name": "a", "type": "select", "options": [{}]}]), "s.fields.0.options"),
            (
                json!([{"name": "a", "type": "text"}, {"name": "a", "type": "text"}]),
                "s.fields.1.name",
            ),
            (json!(many), "s.fields"),
            (json!("a"), "s.fields"),
        ] {
            let issues = InputSchema::read(&json!({"fields": fields}), "s").unwrap_err();
            assert_eq!(issues[0].field, place);
        }
        assert!(InputSchema::read(&json!([]), "s").is_err());
        assert_eq!(InputSchema::read(&Value::Null, "s"), Ok(InputSchema::default()));
    }
}
