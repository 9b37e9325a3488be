//! What a request to a flow's address gives to the steps: method, headers, body by its kind, query and raw text.

use crate::multipart;
use domain::problem::Problem;
use serde_json::{Map, Value, json};

/// Bytes of a request's body.
pub const BODY_LIMIT: usize = 5 * 1024 * 1024;
/// The kind of forms that carry files.
const WITH_FILES: &str = "multipart/form-data";
/// How deep bodies may nest.
const DEPTH: usize = 64;

/// A request to a flow's address, as it came.
#[derive(Clone, Debug, Default)]
pub struct HookRequest {
    /// `POST`.
    pub method: String,
    /// Names in lower case; of repeated ones the last.
    pub headers: Vec<(String, String)>,
    /// Without the question mark.
    pub query: String,
    /// As sent.
    pub body: Vec<u8>,
}

impl HookRequest {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().rev().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn header_map(&self) -> Map<String, Value> {
        self.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect()
    }

    /// The output of the trigger.
    ///
    /// # Errors
    /// [`Problem::TooLarge`], [`Problem::InvalidJson`], and [`Problem::Invalid`] for XML that cannot be read.
    pub fn output(&self) -> Result<Value, Problem> {
        if self.body.len() > BODY_LIMIT {
            return Err(Problem::TooLarge { limit_bytes: BODY_LIMIT as u64 });
        }
        let mut output = Map::new();
        output.insert("method".into(), self.method.as_str().into());
        output.insert("headers".into(), Value::Object(self.header_map()));
        if let Some(body) = self.read_body()? {
            output.insert("body".into(), body);
        }
        output.insert("queryParams".into(), Value::Object(form(&self.query)));
        let kind = self.kind();
        if let Ok(text) = std::str::from_utf8(&self.body)
            && !is_file(&kind)
            && kind != WITH_FILES
        {
            output.insert("rawBody".into(), text.into());
        }
        Ok(Value::Object(output))
    }

    /// The content type without its parameters.
    fn kind(&self) -> String {
        let kind = self.header("content-type").unwrap_or_default();
        kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    fn read_body(&self) -> Result<Option<Value>, Problem> {
        if self.body.is_empty() {
            return Ok(None);
        }
        let kind = self.kind();
        if kind == "application/json" || kind.ends_with("+json") {
            return serde_json::from_slice(&self.body).map(Some).map_err(|_| Problem::InvalidJson);
        }
        if kind == WITH_FILES {
            return self.parts().map(Some);
        }
        let text = std::str::from_utf8(&self.body).ok().filter(|_| !is_file(&kind));
        let Some(text) = text else {
            use base64::Engine;
            let encoded = base64::engine::general_purpose::STANDARD.encode(&self.body);
            return Ok(Some(json!({ "base64": encoded, "contentType": kind })));
        };
        if kind == "application/x-www-form-urlencoded" {
            return Ok(Some(Value::Object(form(text))));
        }
        if kind == "application/xml" || kind == "text/xml" || kind.ends_with("+xml") {
            return xml(text).map(Some);
        }
        Ok(Some(text.into()))
    }
}

/// Whether a body of this kind is a file, whatever is in it.
fn is_file(kind: &str) -> bool {
    let families = ["image/", "audio/", "video/", "font/"];
    let kinds = ["application/octet-stream", "application/pdf", "application/zip"];
    (families.iter().any(|it| kind.starts_with(it)) && !kind.ends_with("+xml"))
        || kinds.contains(&kind)
}

impl HookRequest {
    /// A form with files: texts as they are, each file as `{name, contentType, base64}`.
    fn parts(&self) -> Result<Value, Problem> {
        let kind = self.header("content-type").unwrap_or_default();
        let parts = multipart::read(kind, &self.body).ok_or_else(|| {
            Problem::invalid("body", "The body is not a form with files that can be read")
        })?;
        let mut root = Map::new();
        for part in parts {
            put_named(&mut root, &part.name, part.value());
        }
        Ok(Value::Object(root))
    }
}

/// Reads `a=1&b[]=x&c[d]=z`; repeated names become lists.
fn form(text: &str) -> Map<String, Value> {
    let mut root = Map::new();
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        put_named(&mut root, &name, Value::String(value.into_owned()));
    }
    root
}

/// Puts one value of a form where its name says: `a`, `b[]`, `c[d]`.
fn put_named(root: &mut Map<String, Value>, name: &str, value: Value) {
    let (first, rest) = name.split_once('[').unwrap_or((name, ""));
    let keys: Vec<&str> = rest.split('[').map(|it| it.trim_end_matches(']')).collect();
    let keys = if rest.is_empty() { Vec::new() } else { keys };
    if keys.len() < DEPTH {
        put(root.entry(first.to_owned()).or_insert(Value::Null), &keys, value);
    }
}

fn put(slot: &mut Value, keys: &[&str], value: Value) {
    match keys {
        [] => add(slot, value),
        ["", rest @ ..] => {
            if !slot.is_array() {
                *slot = Value::Array(slot.take().as_str().map(Value::from).into_iter().collect());
            }
            let mut item = Value::Null;
            put(&mut item, rest, value);
            if let Value::Array(items) = slot {
                items.push(item);
            }
        }
        [key, rest @ ..] => {
            if !slot.is_object() {
                *slot = Value::Object(Map::new());
            }
            if let Value::Object(map) = slot {
                put(map.entry((*key).to_owned()).or_insert(Value::Null), rest, value);
            }
        }
    }
}

/// The first value stays alone, more make a list.
fn add(slot: &mut Value, value: Value) {
    match slot {
        Value::Null => *slot = value,
        Value::Array(items) => items.push(value),
        other => *other = Value::Array(vec![other.take(), value]),
    }
}

/// Elements become keys, repeated ones lists, attributes `@name`, texts that are numbers numbers. No entities beyond
/// XML's own are read and no document type is accepted.
fn xml(text: &str) -> Result<Value, Problem> {
    let refused = || Problem::invalid("body", "The body is not XML that can be read");
    let document = roxmltree::Document::parse(text).map_err(|_| refused())?;
    let root = document.root_element();
    let mut map = Map::new();
    map.insert(root.tag_name().name().to_owned(), element(root, DEPTH).ok_or_else(refused)?);
    Ok(Value::Object(map))
}

fn element(node: roxmltree::Node<'_, '_>, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let mut map = Map::new();
    for attribute in node.attributes() {
        map.insert(format!("@{}", attribute.name()), attribute.value().into());
    }
    for child in node.children().filter(roxmltree::Node::is_element) {
        let slot = map.entry(child.tag_name().name().to_owned()).or_insert(Value::Null);
        add(slot, element(child, depth)?);
    }
    let text: String =
        node.children().filter(roxmltree::Node::is_text).filter_map(|it| it.text()).collect();
    let text = text.trim();
    if map.is_empty() {
        return Some(number_or_text(text));
    }
    if !text.is_empty() {
        map.insert("#text".to_owned(), text.into());
    }
    Some(Value::Object(map))
}

fn number_or_text(text: &str) -> Value {
    text.parse::<i64>()
        .ok()
        .filter(|it| it.to_string() == text)
        .map_or_else(|| text.into(), Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(kind: &str, bytes: &[u8]) -> Result<Value, Problem> {
        let request = HookRequest {
            method: "POST".to_owned(),
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            query: String::new(),
            body: bytes.to_vec(),
        };
        request.output().map(|mut it| it["body"].take())
    }

    #[test]
    fn bodies_are_read_by_their_kind() {
        assert_eq!(body("application/json", b"[1,2]"), Ok(json!([1, 2])));
        assert_eq!(body("application/json; charset=utf-8", b"{\"a\":1}"), Ok(json!({ "a": 1 })));
        assert_eq!(body("text/plain", b"hello"), Ok(json!("hello")));
        assert_eq!(body("application/xml", b"<a>1</a>"), Ok(json!({ "a": 1 })));
        let form = b"a=1&b[]=x&b[]=y&c[d]=z";
        let read = json!({ "a": "1", "b": ["x", "y"], "c": { "d": "z" } });
        assert_eq!(body("application/x-www-form-urlencoded", form), Ok(read));
        assert_eq!(body("application/json", b"{bad"), Err(Problem::InvalidJson));
    }

    #[test]
    fn files_of_a_form_are_read() {
        let part = |head: &str, body: &str| {
            format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
        };
        let text = part("name=\"who[first]\"", "Ada");
        let file = part("name=\"files[]\"; filename=\"a.txt\"\r\nContent-Type: text/plain", "hi");
        let sent = format!("{text}{file}--x--\r\n");
        let file = json!({ "name": "a.txt", "contentType": "text/plain", "base64": "aGk=" });
        let read = json!({ "who": { "first": "Ada" }, "files": [file] });
        assert_eq!(body("Multipart/Form-Data; boundary=x", sent.as_bytes()), Ok(read));
        assert!(body("multipart/form-data; boundary=y", sent.as_bytes()).is_err());
    }

    #[test]
    fn xml_keeps_repeated_elements_and_attributes() {
        let read = json!({ "r": { "@id": "7", "i": [1, "x", { "k": "v" }] } });
        let text = b"<r id=\"7\"><i>1</i><i>x</i><i><k>v</k></i></r>";
        assert_eq!(body("text/xml", text), Ok(read));
        assert!(body("text/xml", b"<r><unclosed></r>").is_err());
        assert!(body("text/xml", b"<!DOCTYPE r [<!ENTITY a \"b\">]><r>&a;</r>").is_err());
    }

    #[test]
    fn a_request_without_a_body_has_no_body_key() {
        let request = HookRequest {
            method: "GET".to_owned(),
            query: "a=1&b=2&b=3".to_owned(),
            ..HookRequest::default()
        };
        let output = json!({
            "method": "GET",
            "headers": {},
            "queryParams": { "a": "1", "b": ["2", "3"] },
            "rawBody": "",
        });
        assert_eq!(request.output(), Ok(output));
    }

    #[test]
    fn a_body_over_the_limit_is_refused() {
        let request = HookRequest { body: vec![b'a'; BODY_LIMIT + 1], ..HookRequest::default() };
        assert_eq!(request.output(), Err(Problem::TooLarge { limit_bytes: BODY_LIMIT as u64 }));
    }
}
