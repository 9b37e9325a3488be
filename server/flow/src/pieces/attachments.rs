//! Files that steps send on: texts, files of earlier steps, and files of other sites.

use crate::engine::Engine;
use crate::outgoing::send::{Request, SendError, TOTAL};
use crate::pieces::Failed;
use crate::pieces::input::{Input, as_text};
use ::http::header::CONTENT_TYPE;
use ::http::{HeaderMap, Method};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, SinglePart};
use serde_json::{Map, Value};
use url::Url;

/// The input they are in.
const INPUT: &str = "attachments";
/// Bytes of all of one message.
const MOST_BYTES: usize = 5 * 1024 * 1024;
/// Files of one message.
const MOST: usize = 20;
/// Characters of a content that a run's page shows.
const SHOWN: usize = 200;
/// What the ends of names mean; everything else is plain text, or bytes.
const KINDS: [(&str, &str); 12] = [
    ("csv", "text/csv; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("ics", "text/calendar; charset=utf-8"),
    ("json", "application/json"),
    ("xml", "application/xml"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("svg", "image/svg+xml"),
    ("zip", "application/zip"),
];
const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// One file.
#[derive(Debug, PartialEq)]
pub(crate) struct File {
    /// What it is called, without folders.
    pub(crate) name: String,
    /// Its content type.
    pub(crate) kind: String,
    pub(crate) bytes: Vec<u8>,
}

/// The files that the step names, in order, as parts of a message.
///
/// # Errors
/// What is wrong with which of them; too many, or too large together.
pub(crate) async fn parts(engine: &Engine, input: &Input<'_>) -> Result<Vec<SinglePart>, Failed> {
    let named = named(input)?;
    if named.len() > MOST {
        let message = format!("The e-mail has {} attachments, more than {MOST}", named.len());
        return Err(Failed::new(format!("{message}. Send it in parts")));
    }
    let (mut parts, mut bytes) = (Vec::with_capacity(named.len()), 0);
    for (name, content) in named {
        let file = read(engine, &name, &content).await?;
        bytes += file.bytes.len();
        if bytes > MOST_BYTES {
            let message = "The attachments are larger than 5 MB together";
            return Err(Failed::new(format!("{message}. Send a link to {name} instead")));
        }
        let kind = ContentType::parse(&file.kind).or_else(|_| ContentType::parse(BYTES));
        let kind = kind.map_err(|_| Failed::new(format!("{name} has no kind of file")))?;
        parts.push(Attachment::new(file.name).body(file.bytes, kind));
    }
    Ok(parts)
}

/// One file of a step, called `name`, or as it says itself.
///
/// # Errors
/// What is wrong with it; that it is too large.
pub(crate) async fn one(
    engine: &Engine,
    name: Option<&str>,
    content: &Value,
) -> Result<File, Failed> {
    let own = content.get("name").and_then(Value::as_str);
    let name = file_name(name.or(own).unwrap_or("file"))?;
    let file = read(engine, &name, content).await?;
    if file.bytes.len() > MOST_BYTES {
        return Err(Failed::new(format!("{name} is larger than 5 MB. Put a link there instead")));
    }
    Ok(file)
}

async fn read(engine: &Engine, name: &str, content: &Value) -> Result<File, Failed> {
    match address(content) {
        Some(address) => fetched(engine, name, address).await,
        None => held(name, content),
    }
}

/// Name and content of each: keys and values, or a list of `{file, name}` as other engines write it.
fn named(input: &Input<'_>) -> Result<Vec<(String, Value)>, Failed> {
    match input.json(INPUT) {
        None => Ok(Vec::new()),
        Some(Value::Object(mut one)) if one.contains_key("file") => Ok(vec![listed(&mut one, 1)?]),
        Some(Value::Object(map)) => {
            map.into_iter().map(|(name, it)| Ok((file_name(&name)?, it))).collect()
        }
        Some(Value::Array(mut items)) => {
            let item = |(at, it): (usize, &mut Value)| match it {
                Value::Object(it) if it.contains_key("file") => listed(it, at + 1),
                _ => Err(shape()),
            };
            items.iter_mut().enumerate().map(item).collect()
        }
        Some(_) => Err(shape()),
    }
}

fn shape() -> Failed {
    Failed::new(
        "Attachments are written as names with what is in them, as in {\"people.csv\": \"{{step_1.csv}}\"}, or as a list of \
         objects with file and name",
    )
}

/// One of a list, numbered for when it has no name.
fn listed(one: &mut Map<String, Value>, number: usize) -> Result<(String, Value), Failed> {
    let content = one.get_mut("file").map(Value::take).unwrap_or_default();
    let given = one.get("name").map(as_text).filter(|it| !it.trim().is_empty());
    let own = || Some(content.get("name")?.as_str()?.to_owned());
    let name = given.or_else(own).unwrap_or_else(|| format!("file-{number}"));
    Ok((file_name(&name)?, content))
}

/// The name alone: no folders, nothing that could be another header.
fn file_name(given: &str) -> Result<String, Failed> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|it| !it.is_control()).take(100).collect();
    let name = name.trim().trim_start_matches('.').to_owned();
    if name.is_empty() {
        return Err(Failed::new(format!("{given:?} is not a name of a file. Change it")));
    }
    Ok(name)
}

/// Where a content is that is only an address.
fn address(content: &Value) -> Option<&str> {
    let text = content.as_str()?.trim();
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    (is_web && !text.contains(char::is_whitespace)).then_some(text)
}

/// A file of another site.
async fn fetched(engine: &Engine, name: &str, address: &str) -> Result<File, Failed> {
    let site = Url::parse(address).ok().and_then(|it| it.host_str().map(str::to_owned));
    let site = site.unwrap_or_default();
    let refused = |why: String| Failed::new(format!("{name} was not fetched from {site}: {why}"));
    let request = Request {
        address: address.to_owned(),
        query: Vec::new(),
        method: Method::GET,
        headers: HeaderMap::new(),
        body: None,
        within: TOTAL,
        follow_redirects: true,
    };
    let reply = match engine.send(request).await {
        Ok(reply) => reply,
        Err(SendError::Refused(why) | SendError::Broken(why)) => return Err(refused(why)),
    };
    if !reply.status.is_success() {
        return Err(refused(format!("it answered {}", reply.status.as_u16())));
    }
    let kind = reply.headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let kind = kind.unwrap_or_else(|| kind_of(name, BYTES)).to_owned();
    Ok(File { name: name.to_owned(), kind, bytes: reply.body })
}

/// A text, a `data:` address, `{base64, contentType}` as triggers give files, or anything else as JSON.
fn held(name: &str, content: &Value) -> Result<File, Failed> {
    let made = |kind: &str, bytes: Vec<u8>| {
        let (name, kind) = (name.to_owned(), kind.to_owned());
        if bytes.is_empty() {
            let message = format!("The attachment {name} is empty");
            return Err(Failed::new(format!("{message}. Check the value it is taken from")));
        }
        Ok(File { name, kind, bytes })
    };
    if let Some(encoded) = content.get("base64").and_then(Value::as_str) {
        let kind = content.get("contentType").and_then(Value::as_str).filter(|it| !it.is_empty());
        return made(kind.unwrap_or_else(|| kind_of(name, BYTES)), decoded(name, encoded)?);
    }
    match content {
        Value::Null => made(TEXT, Vec::new()),
        Value::String(text) => match text.trim_start().strip_prefix("data:") {
            Some(rest) if rest.contains(',') => {
                let (head, data) = rest.split_once(',').unwrap_or_default();
                let (kind, bytes) = match head.strip_suffix(";base64") {
                    Some(kind) => (kind, decoded(name, data)?),
                    None => (head, percent_decoded(data)),
                };
                made(if kind.is_empty() { TEXT } else { kind }, bytes)
            }
            _ => made(kind_of(name, TEXT), text.clone().into_bytes()),
        },
        other => made("application/json", other.to_string().into_bytes()),
    }
}

fn decoded(name: &str, encoded: &str) -> Result<Vec<u8>, Failed> {
    let plain: String = encoded.chars().filter(|it| !it.is_ascii_whitespace()).collect();
    STANDARD.decode(plain).map_err(|_| {
        let message = format!("The attachment {name} is not base64");
        Failed::new(format!("{message}. Check the value it is taken from"))
    })
}

/// `%20` becomes a space; a `+` stays.
fn percent_decoded(data: &str) -> Vec<u8> {
    let plus = data.replace('+', "%2B");
    let pair = format!("a={}", plus.replace('&', "%26"));
    let read = url::form_urlencoded::parse(pair.as_bytes()).next();
    read.map(|(_, value)| value.into_owned().into_bytes()).unwrap_or_default()
}

fn kind_of(name: &str, other: &'static str) -> &'static str {
    let end = name.rsplit_once('.').map(|it| it.1.to_ascii_lowercase()).unwrap_or_default();
    KINDS.iter().find(|it| it.0 == end).map_or(other, |it| it.1)
}

/// The input with long contents told by their length, for the run's page.
pub(crate) fn shorten(shown: &mut Map<String, Value>) {
    if let Some(files) = shown.get_mut(INPUT) {
        cut(files);
    }
}

fn cut(value: &mut Value) {
    match value {
        Value::String(text) if text.chars().count() > SHOWN => {
            *value = format!("({} characters)", text.chars().count()).into();
        }
        Value::Array(items) => items.iter_mut().for_each(cut),
        Value::Object(map) => map.values_mut().for_each(cut),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(attachments: Value) -> Result<Vec<(String, Value)>, Failed> {
        let mut fields = Map::new();
        fields.insert(INPUT.to_owned(), attachments);
        named(&Input::new(&fields))
    }

    #[test]
    fn files_are_named_by_keys_or_in_a_list() {
        let pair = |name: &str, content: Value| (name.to_owned(), content);
        let keys = json!({ "../a b.csv": "x", "c\r\n.txt": 1 });
        assert_eq!(of(keys), Ok(vec![pair("a b.csv", json!("x")), pair("c.txt", json!(1))]));
        let file = json!({ "base64": "AA==", "name": "own.bin" });
        let list = json!([{ "file": "x", "name": "one.txt" }, { "file": file }, { "file": "y" }]);
        let read =
            vec![pair("one.txt", json!("x")), pair("own.bin", file), pair("file-3", json!("y"))];
        assert_eq!(of(list), Ok(read));
        assert_eq!(of(json!("{\"a.txt\": \"x\"}")), Ok(vec![pair("a.txt", json!("x"))]));
        assert_eq!(of(Value::Null), Ok(Vec::new()));
        for wrong in [json!("a text"), json!(["x"]), json!(7), json!({ "/": "x" })] {
            assert!(of(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn contents_are_texts_bytes_and_values() {
        let read = |name: &str, content: Value| held(name, &content).map(|it| (it.kind, it.bytes));
        let is = |kind: &str, bytes: &[u8]| Ok((kind.to_owned(), bytes.to_vec()));
        assert_eq!(read("a.csv", json!("n\n1")), is("text/csv; charset=utf-8", b"n\n1"));
        assert_eq!(read("a", json!("Grüße")), is(TEXT, "Grüße".as_bytes()));
        let bytes = json!({ "base64": "AAEC\n/w==", "contentType": "image/png" });
        assert_eq!(read("a", bytes), is("image/png", &[0, 1, 2, 255]));
        assert_eq!(read("a.pdf", json!({ "base64": "AA==" })), is("application/pdf", &[0]));
        assert_eq!(read("a", json!("data:image/gif;base64,AA==")), is("image/gif", &[0]));
        assert_eq!(read("a", json!("data:,1%20+%262")), is(TEXT, b"1 +&2"));
        assert_eq!(read("a", json!({ "b": 1 })), is("application/json", b"{\"b\":1}"));
        for wrong in [json!(""), Value::Null, json!({ "base64": "?" }), json!("data:a/b;base64,?")]
        {
            assert!(read("a", wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_page_of_a_run_shows_no_long_content() {
        let mut shown = Map::new();
        shown.insert(INPUT.to_owned(), json!({ "a": "x".repeat(300), "b": ["short"] }));
        shorten(&mut shown);
        assert_eq!(shown[INPUT], json!({ "a": "(300 characters)", "b": ["short"] }));
    }
}
