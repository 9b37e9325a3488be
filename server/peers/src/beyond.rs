//! What a server offers beyond tools, as tools: its resources and its prompts are listed and read by name, accepted by a
//! person like any tool of it, and what they hold is text from outside. What is said of these tools is ours.

use crate::named;
use serde_json::{Map, Value, json};

/// What a server says that it has, when it is greeted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Beyond {
    pub(crate) resources: bool,
    pub(crate) prompts: bool,
}

/// One of them. Its name is the method that it is; names of tools hold no slash.
struct Extra {
    method: &'static str,
    is_prompt: bool,
    meaning: &'static str,
    /// Name, kind, meaning, whether it is needed.
    arguments: &'static [(&'static str, &'static str, &'static str, bool)],
}

const CURSOR: (&str, &str, &str, bool) =
    ("cursor", "string", "Where the next page begins, from the page before", false);

const ALL: [Extra; 4] = [
    Extra {
        method: "resources/list",
        is_prompt: false,
        meaning: "Lists what can be read on this server, each with its address",
        arguments: &[CURSOR],
    },
    Extra {
        method: "resources/read",
        is_prompt: false,
        meaning: "Reads the text of something on this server by its address",
        arguments: &[("uri", "string", "The address, as the list gives it", true)],
    },
    Extra {
        method: "prompts/list",
        is_prompt: true,
        meaning: "Lists the questions that this server has ready, each with its arguments",
        arguments: &[CURSOR],
    },
    Extra {
        method: "prompts/get",
        is_prompt: true,
        meaning: "Reads a question that this server has ready, with its arguments filled in",
        arguments: &[
            ("name", "string", "The question, as the list names it", true),
            ("arguments", "object", "Its arguments, each a text", false),
        ],
    },
];

impl Beyond {
    /// What a server says of itself.
    pub(crate) fn of(welcome: &Value) -> Self {
        let has = |name: &str| {
            welcome.pointer(&format!("/capabilities/{name}")).is_some_and(Value::is_object)
        };
        Self { resources: has("resources"), prompts: has("prompts") }
    }

    /// The tools that this is, as a server would tell of them.
    pub(crate) fn tools(self) -> impl Iterator<Item = Value> {
        let has = move |it: &&Extra| if it.is_prompt { self.prompts } else { self.resources };
        ALL.iter().filter(has).map(tool)
    }
}

fn tool(extra: &Extra) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (name, kind, meaning, is_needed) in extra.arguments {
        properties.insert((*name).to_owned(), json!({"type": kind, "description": meaning}));
        required.extend(is_needed.then_some(*name));
    }
    let schema = json!({
        "type": "object", "properties": properties, "required": required, "additionalProperties": false,
    });
    json!({"name": extra.method, "description": extra.meaning, "inputSchema": schema})
}

/// The method that a tool is; none for a tool of the server itself.
pub(crate) fn method(name: &str) -> Option<&'static str> {
    ALL.iter().map(|it| it.method).find(|it| *it == name)
}

/// The texts of what was read, what else is told of it, and the kinds that are left out.
pub(crate) fn told(result: &Value) -> (String, Value, Vec<Value>) {
    let list = |name: &str| result.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let (mut texts, mut left_out) = (Vec::new(), Vec::new());
    for part in list("contents") {
        match part.get("text").and_then(Value::as_str) {
            Some(text) => texts.push(text.to_owned()),
            None => left_out.push(named::kind_of(&part)),
        }
    }
    for message in list("messages") {
        let role = message["role"].as_str().unwrap_or("user");
        let content = &message["content"];
        match named::text_of(content) {
            Some(text) => texts.push(format!("{role}: {text}")),
            None => left_out.push(named::kind_of(content)),
        }
    }
    let mut data = result.clone();
    if let Some(fields) = data.as_object_mut() {
        // What was read is in the text; what is for programs only is of no use here.
        for name in ["contents", "messages", "_meta", "ttlMs", "cacheScope", "resultType"] {
            fields.remove(name);
        }
        for name in ["resources", "prompts"] {
            let rows = fields.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten();
            for row in rows.filter_map(Value::as_object_mut) {
                row.remove("icons");
                row.remove("_meta");
            }
        }
    }
    (texts.join("\n"), data, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_server_has_becomes_tools() {
        let names = |capabilities: Value| -> Vec<String> {
            let tools = Beyond::of(&json!({ "capabilities": capabilities })).tools();
            tools.map(|it| it["name"].as_str().unwrap().to_owned()).collect()
        };
        assert!(names(json!({"tools": {}, "prompts": null})).is_empty());
        assert_eq!(names(json!({"prompts": {}})), ["prompts/list", "prompts/get"]);
        assert_eq!(names(json!({"prompts": {}, "resources": {"subscribe": true}})).len(), 4);
    }

    #[test]
    fn texts_are_told_and_everything_else_is_named() {
        let read = json!({"contents": [
            {"uri": "a", "text": "Hello"}, {"uri": "b", "blob": "AAAA", "mimeType": "image/png"},
        ]});
        assert_eq!(
            told(&read),
            ("Hello".to_owned(), json!({}), vec!["a picture (image/png, 3 bytes)".into()])
        );
        let got = json!({"description": "Greets", "messages": [
            {"role": "user", "content": {"type": "text", "text": "Say hi"}},
            {"role": "user", "content": {"type": "image", "data": "AAAA"}},
        ]});
        let expected = (
            "user: Say hi".to_owned(),
            json!({"description": "Greets"}),
            vec!["a picture (3 bytes)".into()],
        );
        assert_eq!(told(&got), expected);
        let listed =
            json!({"resources": [{"uri": "a", "name": "A", "icons": []}], "nextCursor": "2"});
        assert_eq!(
            told(&listed).1,
            json!({"resources": [{"uri": "a", "name": "A"}], "nextCursor": "2"})
        );
    }
}
