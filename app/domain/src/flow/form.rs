//! Forms that start flows: which fields they have, and what a filled-in one gives.

use super::PieceSettings;
use crate::problem::Issue;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Fields of one form.
pub const MOST_FIELDS: usize = 50;
/// Characters of one answer.
pub const LONGEST: usize = 20_000;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One line.
    Text,
    /// Several lines.
    TextArea,
    /// A number.
    Number,
    /// A mail address.
    Email,
    /// A day, as 2026-05-31.
    Date,
    /// Yes or no.
    Toggle,
    /// A file.
    File,
}

const KINDS: [(&str, Kind); 7] = [
    ("text", Kind::Text),
    ("text_area", Kind::TextArea),
    ("number", Kind::Number),
    ("email", Kind::Email),
    ("date", Kind::Date),
    ("toggle", Kind::Toggle),
    ("file", Kind::File),
];

/// What a person sent with a form, by the keys of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// What was typed and ticked.
    pub texts: Vec<(String, String)>,
    /// The files that were chosen.
    pub files: Vec<(String, GivenFile)>,
}

/// A file that was sent with a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenFile {
    /// What it is called where it came from.
    pub name: String,
    /// Its content type, as it was sent.
    pub kind: String,
    /// What is in it.
    pub base64: String,
}

impl Filled {
    /// What was typed at `key`, if it is not empty.
    fn text(&self, key: &str) -> Option<&str> {
        let given = self.texts.iter().find(|(name, _)| name == key);
        given.map(|(_, text)| text.trim()).filter(|it| !it.is_empty())
    }

    /// The file at `key`, as steps see it.
    fn file(&self, key: &str) -> Option<Value> {
        let (_, GivenFile { name, kind, base64 }) = self.files.iter().find(|it| it.0 == key)?;
        Some(json!({ "name": name, "contentType": kind, "base64": base64 }))
    }
}

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// Its name in the trigger's output: `firstName`.
    pub key: String,
    /// What people read.
    pub label: String,
    /// What it holds.
    pub kind: Kind,
    /// A line under the label; may be empty.
    pub description: String,
    /// It cannot be left empty.
    pub required: bool,
}

/// The fields of a form trigger, in order.
///
/// # Errors
/// Why the list cannot be a form, in plain words.
pub fn fields(settings: &PieceSettings) -> Result<Vec<FormField>, String> {
    let listed = match settings.input.get("inputs") {
        Some(Value::Array(items)) => items.as_slice(),
        _ => &[],
    };
    let fields = listed.iter().map(field).collect::<Result<Vec<_>, _>>()?;
    if fields.is_empty() {
        return Err("The form has no fields".to_owned());
    }
    if fields.len() > MOST_FIELDS {
        return Err(format!("A form has {MOST_FIELDS} fields at most"));
    }
    for (at, one) in fields.iter().enumerate() {
        if fields[..at].iter().any(|it| it.key == one.key) {
            return Err(format!("Two fields are called {}", one.label));
        }
    }
    Ok(fields)
}

/// A field as other engines write it, or as one line of text.
fn field(item: &Value) -> Result<FormField, String> {
    match item {
        Value::String(line) => from_line(line),
        Value::Object(map) => {
            let text = |name: &str| map.get(name).and_then(Value::as_str).unwrap_or_default();
            let is_required = map.get("required").and_then(Value::as_bool).unwrap_or(false);
            made(text("displayName"), text("type"), text("description"), is_required)
        }
        _ => Err("A field is a name or an object with displayName and type".to_owned()),
    }
}

fn from_line(line: &str) -> Result<FormField, String> {
    let (label, kind) = match line.rsplit_once(':') {
        Some((label, kind)) if KINDS.iter().any(|it| it.0 == kind.trim()) => (label, kind.trim()),
        _ => (line, "text"),
    };
    let label = label.trim();
    let (label, required) = match label.strip_suffix('*') {
        Some(label) => (label.trim(), true),
        None => (label, false),
    };
    made(label, kind, "", required)
}

fn made(label: &str, kind: &str, description: &str, required: bool) -> Result<FormField, String> {
    let label = label.trim();
    let key = key(label);
    if key.is_empty() {
        return Err("A field has no name with letters in it".to_owned());
    }
    let known = KINDS.iter().find(|it| it.0 == kind || (kind.is_empty() && it.0 == "text"));
    let Some((_, kind)) = known else {
        return Err(format!(
            "The field {label} is of the kind {kind}, which forms here do not have"
        ));
    };
    let description = description.trim().to_owned();
    Ok(FormField { key, label: label.to_owned(), kind: *kind, description, required })
}

/// `First name` becomes `firstName`, as other engines write it.
fn key(label: &str) -> String {
    let mut key = String::new();
    let mut begins_word = false;
    for letter in label.chars() {
        if !letter.is_alphanumeric() && letter != '_' {
            begins_word = !key.is_empty();
        } else if begins_word {
            key.extend(letter.to_uppercase());
            begins_word = false;
        } else {
            key.extend(letter.to_lowercase());
        }
    }
    key
}

/// The trigger's output for what somebody filled in: texts, numbers, yes or no, files as `{name, contentType, base64}`;
/// null for what was left empty.
///
/// # Errors
/// One issue for each field that is missing or wrong, by its key.
pub fn read(fields: &[FormField], filled: &Filled) -> Result<Value, Vec<Issue>> {
    let mut output = Map::new();
    let mut issues = Vec::new();
    for field in fields {
        let read = match field.kind {
            Kind::File => chosen(field, filled.file(&field.key)),
            _ => answer(field, filled.text(&field.key)),
        };
        match read {
            Ok(value) => drop(output.insert(field.key.clone(), value)),
            Err(message) => issues.push(Issue::new(field.key.as_str(), message)),
        }
    }
    if issues.is_empty() { Ok(Value::Object(output)) } else { Err(issues) }
}

fn chosen(field: &FormField, file: Option<Value>) -> Result<Value, String> {
    match file {
        None if field.required => Err(format!("{} is missing. Choose a file", field.label)),
        file => Ok(file.unwrap_or_default()),
    }
}

fn answer(field: &FormField, text: Option<&str>) -> Result<Value, String> {
    if field.kind == Kind::Toggle {
        let is_on = text.is_some_and(|it| it != "false");
        return match field.required && !is_on {
            true => Err(format!("Tick {}", field.label)),
            false => Ok(is_on.into()),
        };
    }
    let Some(text) = text else {
        return match field.required {
            true => Err(format!("{} is missing. Fill it in", field.label)),
            false => Ok(Value::Null),
        };
    };
    if text.chars().count() > LONGEST {
        return Err(format!("{} is longer than {LONGEST} characters. Shorten it", field.label));
    }
    let wrong = |what: &str| Err(format!("{} is not {what}. Change it", field.label));
    match field.kind {
        Kind::Number => match text.replace(',', ".").parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(whole_or_not(number)),
            _ => wrong("a number"),
        },
        Kind::Email if !is_mail(text) => wrong("a mail address"),
        Kind::Date if chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_err() => {
            wrong("a date such as 2026-05-31")
        }
        _ => Ok(text.into()),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "only numbers that fit exactly are cut")]
fn whole_or_not(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        (number as i64).into()
    } else {
        number.into()
    }
}

fn is_mail(text: &str) -> bool {
    let is_plain = |it: &str| {
        !it.is_empty() && !it.chars().any(|it| it.is_whitespace() || it.is_control() || it == ',')
    };
    text.split_once('@').is_some_and(|(name, host)| {
        is_plain(name) && is_plain(host) && !host.contains('@') && !host.ends_with('.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(inputs: Value) -> Result<Vec<FormField>, String> {
        let mut settings = PieceSettings::default();
        settings.input.insert("inputs".to_owned(), inputs);
        fields(&settings)
    }

    #[test]
    fn fields_are_read_from_lines_and_from_what_other_engines_write() {
        let object = json!({ "displayName": "First name", "type": "text_area", "required": true, "description": "All of it" });
        let read = form(json!(["Budget in EUR: number", "Mail *: email", object])).expect("a form");
        let seen: Vec<_> = read.iter().map(|it| (it.key.as_str(), it.kind, it.required)).collect();
        assert_eq!(
            seen,
            [
                ("budgetInEur", Kind::Number, false),
                ("mail", Kind::Email, true),
                ("firstName", Kind::TextArea, true)
            ]
        );
    }

    #[test]
    fn what_is_no_form_says_why() {
        for (inputs, why) in [
            (json!([]), "no fields"),
            (json!(["Name", "name"]), "Two fields"),
            (json!([" * "]), "no name"),
            (json!([{ "displayName": "CV", "type": "drawing" }]), "of the kind drawing"),
            (json!([7]), "A field is"),
        ] {
            let refused = form(inputs).expect_err("no form");
            assert!(refused.contains(why), "{refused}");
        }
    }

    #[test]
    fn answers_have_the_kind_of_their_field_and_every_wrong_one_is_named() {
        let fields = form(json!([
            "Name*",
            "Budget: number",
            "Mail: email",
            "Start: date",
            "Urgent: toggle"
        ]))
        .expect("a form");
        let given = |pairs: &[(&str, &str)]| Filled {
            texts: pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
            files: Vec::new(),
        };
        let right = given(&[("name", " Ada "), ("budget", "1,5"), ("urgent", "on"), ("x", "y")]);
        let output =
            json!({ "name": "Ada", "budget": 1.5, "mail": null, "start": null, "urgent": true });
        assert_eq!(read(&fields, &right), Ok(output));
        let wrong = given(&[("budget", "much"), ("mail", "ada"), ("start", "May")]);
        let issues = read(&fields, &wrong).expect_err("wrong");
        let named: Vec<_> = issues.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(named, ["name", "budget", "mail", "start"]);
    }

    #[test]
    fn a_file_is_taken_where_one_is_asked_for() {
        let fields = form(json!(["CV*: file", "Photo: file"])).expect("a form");
        assert_eq!((fields[0].kind, fields[0].required), (Kind::File, true));
        let typed = vec![("cv".to_owned(), "cv.pdf".to_owned())];
        let refused = read(&fields, &Filled { texts: typed, files: Vec::new() });
        let issues = refused.expect_err("a text is no file");
        assert_eq!(issues[0].message, "CV is missing. Choose a file");
        let file = GivenFile {
            name: "cv.pdf".to_owned(),
            kind: "application/pdf".to_owned(),
            base64: "AAE=".to_owned(),
        };
        let filled = Filled { texts: Vec::new(), files: vec![("cv".to_owned(), file)] };
        let file = json!({ "name": "cv.pdf", "contentType": "application/pdf", "base64": "AAE=" });
        assert_eq!(read(&fields, &filled), Ok(json!({ "cv": file, "photo": null })));
    }
}
