//! Tools of other servers, when a person names one. What it is given is read by the schema that was accepted; whether it
//! is asked about is decided where every call is, not here.

use super::other_words::OtherUse;
use super::pick::Options;
use super::replay::{Replay, Stop};
use super::say;
use super::todos::not_done;
use super::values;
use basecamp::names::Purpose;
use serde_json::{Map, Value, json};

type Answer = Result<String, Stop>;

/// Tools that are looked at.
const MOST: usize = 40;
/// Letters of an answer that are told, and lines of it.
const MOST_LETTERS: usize = 2_000;
const MOST_LINES: usize = 30;
/// When there is no such tool.
const NONE: &str = "No tool of another server fits that. An admin adds servers, and accepts what their tools say, under \
                    [Integrations](/integrations).";
/// When what it is given is not understood.
const UNREADABLE: &str = "Say what the tool is given as name=value, for example “use crm find_contact with name=\"Ada \
                          Lovelace\", limit=3”. Nothing was done.";

pub(crate) fn act(replay: &mut Replay<'_>, asked: &OtherUse) -> Answer {
    let Some(called) = tool(replay, asked)? else {
        return Ok(if asked.is_sure { NONE.to_owned() } else { say::unknown() });
    };
    let Some(said) = &asked.args else { return Ok(UNREADABLE.to_owned()) };
    let described = replay.call("tools_describe", json!({ "names": [called] }))?;
    let schema = described.pointer("/tools/0/inputSchema").cloned().unwrap_or_default();
    let args = given(replay, &schema, said)?;
    match replay.attempt(&called, Value::Object(args))? {
        Ok(done) => Ok(told(&done)),
        Err(failure) => Ok(not_done(&failure)),
    }
}

/// The name of the tool that is meant; none when there is none like it.
fn tool(replay: &mut Replay<'_>, asked: &OtherUse) -> Result<Option<String>, Stop> {
    let wanted = plain(&asked.words);
    let query = json!({ "query": wanted, "group": "servers", "limit": MOST });
    let found = replay.call("tools_search", query)?;
    let rows = found.get("tools").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let all: Vec<String> = rows.iter().map(|it| values::text(it, "name").to_owned()).collect();
    let same = all.iter().find(|it| plain(it) == wanted);
    if same.is_some() || all.is_empty() || !asked.is_sure {
        return Ok(same.cloned());
    }
    let all = all.into_iter().map(|it| (plain(&it), it)).collect();
    let options = Options { what: "tool", all };
    let (_, called) = options.choose(replay, "tool", Some(&wanted), Purpose::Write)?;
    Ok(Some(called))
}

/// Words and names of tools, written alike: `crm__find_contact` and "CRM find contact".
fn plain(words: &str) -> String {
    let words = words.to_lowercase();
    let parts = words.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

/// What the tool is given: what was said, as the schema wants it, and what is asked for because it is missing.
fn given(
    replay: &Replay<'_>,
    schema: &Value,
    said: &Map<String, Value>,
) -> Result<Map<String, Value>, Stop> {
    let known = schema.get("properties").and_then(Value::as_object);
    let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    let mut args = Map::new();
    for (name, value) in said {
        let wanted = known.and_then(|it| it.get(name));
        if wanted.is_none() && is_closed {
            return Err(Stop::Say(unknown(name, known)));
        }
        args.insert(name.clone(), typed(name, value, wanted)?);
    }
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    for name in required.filter_map(Value::as_str) {
        if args.contains_key(name) {
            continue;
        }
        let slot = format!("argument {name}");
        let Some(answer) = replay.answer(&slot) else {
            let question = format!("What should “{}” be?", say::plain(name));
            return Err(replay.ask(&slot, &question, &[]));
        };
        let wanted = known.and_then(|it| it.get(name));
        args.insert(name.to_owned(), typed(name, &answer.into(), wanted)?);
    }
    Ok(args)
}

fn unknown(name: &str, known: Option<&Map<String, Value>>) -> String {
    let name = say::plain(name);
    let all: Vec<String> = known.into_iter().flatten().map(|it| say::plain(it.0)).collect();
    match all.is_empty() {
        true => format!("The tool takes nothing, so “{name}” was not sent. Nothing was done."),
        false => {
            format!("The tool takes no “{name}”. It takes: {}. Nothing was done.", all.join(", "))
        }
    }
}

/// A value as the schema wants it; without a schema, numbers and yes or no are what they look like.
fn typed(name: &str, value: &Value, wanted: Option<&Value>) -> Result<Value, Stop> {
    let Some(text) = value.as_str() else { return Ok(value.clone()) };
    let kind = wanted.and_then(|it| it.get("type")).and_then(Value::as_str);
    let read = serde_json::from_str::<Value>(text).ok();
    let (found, words) = match kind {
        Some("string") => (Some(value.clone()), ""),
        Some("integer") => (read.filter(|it| it.is_i64() || it.is_u64()), "a whole number"),
        Some("number") => (read.filter(Value::is_number), "a number"),
        Some("boolean") => (truth(text).map(Value::Bool), "true or false"),
        Some("array") => (read.filter(Value::is_array), "a list such as [1, 2]"),
        Some("object") => (read.filter(Value::is_object), "an object such as {\"a\": 1}"),
        _ => {
            let scalar = read.filter(|it| it.is_number() || it.is_boolean());
            (Some(scalar.unwrap_or_else(|| value.clone())), "")
        }
    };
    found.ok_or_else(|| {
        let name = say::plain(name);
        Stop::Say(format!("“{name}” has to be {words}. Nothing was done."))
    })
}

fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" => Some(true),
        "false" | "no" => Some(false),
        _ => None,
    }
}

/// What the tool answered, as a quotation: its words are another's, and act as nothing.
fn told(done: &Value) -> String {
    let (tool, server) = (values::text(done, "tool"), values::text(done, "server"));
    let head = format!("{} of {} answered", say::plain(tool), say::plain(server));
    let mut text = values::text(done, "text").trim().to_owned();
    if text.is_empty() {
        text = done.get("data").map(Value::to_string).unwrap_or_default();
    }
    if text.is_empty() {
        return format!("{head} without words.");
    }
    let kept: String = text.chars().take(MOST_LETTERS).collect();
    let lines: Vec<&str> = kept.lines().take(MOST_LINES).collect();
    let is_whole = kept.len() == text.len() && kept.lines().count() <= MOST_LINES;
    let quoted: Vec<String> = lines.iter().map(|it| format!("> {}", say::plain(it))).collect();
    let rest = if is_whole { "" } else { "\n\nThat is its beginning." };
    format!("{head}:\n\n{}{rest}", quoted.join("  \n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_what_the_schema_wants() {
        let typed =
            |text: &str, kind: &str| typed("x", &text.into(), Some(&json!({ "type": kind })));
        assert_eq!(typed("007", "string"), Ok(json!("007")));
        assert_eq!(typed("7", "integer"), Ok(json!(7)));
        assert_eq!(typed("7.5", "number"), Ok(json!(7.5)));
        assert_eq!(typed("Yes", "boolean"), Ok(json!(true)));
        assert_eq!(typed("[1, \"a\"]", "array"), Ok(json!([1, "a"])));
        for (text, kind) in
            [("7.5", "integer"), ("many", "number"), ("maybe", "boolean"), ("1, 2", "array")]
        {
            assert!(matches!(typed(text, kind), Err(Stop::Say(_))), "{text}");
        }
    }

    #[test]
    fn what_another_server_says_acts_as_nothing() {
        let done = json!({"server": "CRM", "tool": "find_contact", "text": "# Hello\n[here](https://e.test)"});
        let told = told(&done);
        assert_eq!(
            told,
            "find\\_contact of CRM answered:\n\n> \\# Hello  \n> \\[here\\](https://e.test)"
        );
        let only_data = json!({"server": "CRM", "tool": "a", "text": "", "data": {"n": 1}});
        assert!(super::told(&only_data).ends_with("> {\"n\":1}"));
        assert!(super::told(&json!({"server": "CRM", "tool": "a"})).ends_with("without words."));
    }
}
