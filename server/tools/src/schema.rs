//! The small language of `tools.tsv` for parameters: its JSON Schema, and checking arguments against it.

use crate::tool::ToolSpec;
use domain::approval::Risk;
use domain::problem::Issue;
use serde_json::{Map, Value, json};

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

/// What the words of parameters mean.
const WORDS: &[(&str, &str)] = &[
    ("project", "Name or id of a Basecamp project"),
    ("project_id", "Id of a project"),
    ("todolist", "Name or id of a to-do list; the first list of the project when left out"),
    ("todolist_id", "Id of a to-do list"),
    ("todo_id", "Id of a to-do"),
    ("task", "What is to be done"),
    ("content", "The text"),
    ("body", "The fields as Basecamp names them"),
    ("description", "Notes, plain text"),
    ("due_on", "The day it is due, YYYY-MM-DD"),
    ("starts_on", "The day it begins, YYYY-MM-DD"),
    ("assignee_ids", "Basecamp ids of the people who do it"),
    ("notify", "Whether Basecamp tells the people assigned"),
    ("date", "A day YYYY-MM-DD, or two as 2026-03-01..2026-03-07; today when left out"),
    ("include_overdue", "Also what is overdue"),
    ("name", "What people read"),
    ("query", "Words to look for"),
    ("person", "Name or id of a person"),
    ("person_id", "Id of a person"),
    ("since", "Since when: yesterday, last week, 3 days ago, Monday, or a day YYYY-MM-DD"),
    ("until", "Until when, in the same words; now when left out"),
    ("period", "How long back: 7 days, 2 weeks, a month"),
    ("sort_by", "In which order"),
    ("entity_type", "Only records of this kind: todo, card, message, comment, document"),
    ("entity_id", "Id of a record"),
    ("energy_level", "How much there is left to give: high, medium or low"),
    ("stale_days", "Days without activity after which work is stale; 7 when left out"),
    ("include_completed", "Also what was completed late in the last two weeks"),
    ("confidence", "How to guess: optimistic, likely or pessimistic"),
    ("assignee", "Name or id of a person"),
    ("recording_id", "Id or address of a record"),
    ("recording_query", "Words of the record's title"),
    ("recording_title", "Exact title of the record"),
    ("archived", "Archived ones instead of active ones"),
    ("compact", "Only the most important fields of each item"),
    ("limit", "At most this many"),
    ("preview_limit", "How many items a preview holds"),
    ("inlineLimit", "How many items are given in the answer itself"),
    ("cursor", "The next value of the answer before"),
    ("flow_id", "Id of a flow"),
    ("run_id", "Id of a run"),
    ("version_id", "Id of a version of the flow"),
    ("folder_id", "Id of a folder"),
    ("status", "Only in this state"),
    ("trigger", "What starts the flow, in the form of the engines"),
    ("actions", "The steps, in order"),
    ("data", "The fields to change"),
    ("operations", "Edit operations, each {type, request}"),
    ("base_version_id", "The version the operations were made on"),
    ("dry_run", "Only say what would happen"),
    ("template_id", "Id of a template"),
    ("connection_id", "Id of a connection"),
    ("operation", "One edit operation, {type, request}"),
    ("payload", "What the flow is given"),
    ("sync", "Wait for the run to end"),
    ("draft", "Run the draft instead of what is published"),
    ("step", "The step, in the form of the engines"),
    ("step_name", "The step, for example step_2"),
    ("after_step", "The step it goes after; trigger for the beginning"),
    (
        "inside",
        "The loop or router it goes into; with any other step, what runs when that step fails",
    ),
    ("branch", "Which branch of the router, from 0"),
    ("changes", "The fields to change, with their new values"),
    ("piece_name", "The piece on the wire, for example @activepieces/piece-http"),
    ("action", "What to do; for a step, the action of the piece"),
    ("field", "The field of the step"),
    ("input", "The other fields of the step"),
    ("search", "Words that narrow the answer"),
    ("names", "Names of tools"),
    ("group", "Only tools of this group"),
    ("risk", "Only tools of this risk"),
    ("memory_type", "What kind of note: fact, preference, decision"),
    ("memory_id", "Id of a note"),
    ("tags", "Words to find it by"),
    ("importance", "How much it matters, from 0 to 1"),
    ("min_importance", "Only what matters at least this much, from 0 to 1"),
    ("scope", "Whose it is: user, project or workspace"),
    ("ref", "What was said: it, that project, a name or a part of one"),
    ("url", "The address of a record in Basecamp"),
    ("topic", "Words of the topic"),
    ("from_date", "From which day: YYYY-MM-DD, yesterday, last week; a week ago when left out"),
    ("to_date", "To which day, in the same words; today when left out"),
    ("user", "Name or id of who did it"),
    ("entity", "Name or id of what it was done to"),
    ("max_age_ms", "Data older than this many milliseconds is looked at again"),
    ("recipe_id", "Id of a recipe"),
    ("source_type", "What the template is made of"),
    ("source_id", "Id of the recipe, agent, policy or project"),
    ("customize", "Fields of the template that get another value, by name"),
    ("category", "Only of this kind"),
    (
        "event",
        "An event such as flow.published, run.finished or tool.used; flow stands for all of flows",
    ),
    (
        "q",
        "A question in plain words: what is overdue, who has the most work, what is due this week",
    ),
    ("agent_id", "Id of an agent"),
    ("goal", "What the agent is asked each time it runs"),
    ("strategy", "How it goes about it"),
    (
        "schedule",
        "Hourly on the hour, daily when work begins, weekly on Monday; on_demand when left out",
    ),
    ("persona", "Name of a persona: standard, brief, friendly, formal, detailed, or one of yours"),
    ("traits", "How it speaks, such as tone, length and language, each in a few words"),
    ("policy_id", "Id of a policy"),
    ("place", "Place among the rules about tools, from 1; 0 leaves it where it is"),
    ("variables", "Values for the variables of the recipe, by name"),
    ("auto_execute", "Do it, instead of only saying what would be done"),
    ("operation_count", "How many of the last writes, 3 when left out"),
    (
        "rule",
        "A rule in words: every to-do needs an assignee, no due date in the past, nothing is deleted",
    ),
    ("amount", "How much, in the currency of the project"),
    ("insight_id", "Id of an insight"),
    ("acknowledged", "Those that were seen instead of those that were not"),
    ("days_to_keep", "Days that are kept"),
    ("horizon", "How far ahead: 2 weeks, a month"),
    ("severity", "Only of this severity"),
    ("categories", "Only of these categories"),
    ("idempotency_key", "The same key gives the first answer and does nothing again"),
    ("request_id", "The same as idempotency_key"),
];

/// The parameters of a tool, with those every tool of its kind takes.
pub(crate) fn params(spec: &ToolSpec) -> Vec<Param> {
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
    for param in params(spec) {
        let mut schema = kind_schema(&param.kind);
        schema.insert("description".into(), words(&param.name).into());
        if let Some(default) = &param.default {
            schema.insert("default".into(), default.clone());
        }
        if param.is_required {
            required.push(Value::from(param.name.as_str()));
        }
        properties.insert(param.name, Value::Object(schema));
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
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
    for param in &params {
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
const NAMES: [&str; 9] = [
    "project",
    "todolist",
    "person",
    "assignee",
    "list",
    "card_table",
    "column",
    "board",
    "project_id",
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
            checked(json!({"project": "1", "todo_id": "42", "assignee_ids": ["7", 8]})).unwrap();
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
        assert!(schema["properties"]["idempotency_key"]["description"].is_string());
    }
}
