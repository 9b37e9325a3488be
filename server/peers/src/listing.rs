//! What a server offers, as it is pinned: everything it says of a tool, in one text with one hash.

use crate::beyond::{self, Beyond};
use crate::names;
use crate::wire::{Came, Failure, Session, Target};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use store::secrets::digest;
use store::tool_servers::{Offer, ToolRow};

/// Pages of one listing, and tools of one server.
const PAGES: usize = 20;
const TOOLS: usize = 300;
/// The longest name of a tool, in letters, and the longest text about one, in bytes.
const NAME: usize = 128;
const TEXT: usize = 32 * 1024;
/// What belongs to what a server says of a tool.
const SAID: [&str; 5] = ["title", "description", "inputSchema", "outputSchema", "annotations"];

/// What a server offers now.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Name there, and everything it says.
    pub(crate) tools: BTreeMap<String, String>,
    /// How many were too long or badly made to be offered.
    pub(crate) left_out: usize,
}

/// Begins a conversation with what the server offers now. A program that ended since it was last used is started again:
/// nothing was asked of it yet that could happen twice.
pub(crate) async fn begin(target: &Target) -> Result<(Session<'_>, Listing), Failure> {
    loop {
        let mut session = Session::open(target).await?;
        let failure = match Listing::read(&mut session).await {
            Ok(listing) => return Ok((session, listing)),
            Err(failure) => failure,
        };
        let is_stale = session.is_stale();
        session.close().await;
        if !is_stale {
            return Err(failure);
        }
    }
}

impl Listing {
    /// Asks a server for all its tools.
    async fn read(session: &mut Session<'_>) -> Result<Self, Failure> {
        let (mut listing, mut cursor) = (Self::default(), None);
        for _ in 0..PAGES {
            let params = cursor.map_or_else(|| json!({}), |it: Value| json!({ "cursor": it }));
            let page = session.ask("tools/list", params).await?;
            let Some(tools) = page.get("tools").and_then(Value::as_array) else {
                return Err(Failure::new(Came::Answered, "It gives no list of tools"));
            };
            tools.iter().for_each(|it| listing.take(it));
            cursor = page.get("nextCursor").filter(|it| it.is_string()).cloned();
            if cursor.is_none() {
                // A tool of the server itself with such a name comes first.
                let named = |it: &Value| it["name"].as_str().map(str::to_owned);
                for tool in session.beyond.tools() {
                    if named(&tool).is_some_and(|it| !listing.tools.contains_key(&it)) {
                        listing.take(&tool);
                    }
                }
                return Ok(listing);
            }
        }
        Err(Failure::new(Came::Answered, "Its list of tools has no end"))
    }

    fn take(&mut self, tool: &Value) {
        let name = tool.get("name").and_then(Value::as_str).unwrap_or_default();
        let said = SAID.iter().filter_map(|it| Some(((*it).to_owned(), tool.get(*it)?.clone())));
        let text = canonical(&Value::Object(said.collect())).to_string();
        let is_good = !name.is_empty()
            && name.chars().count() <= NAME
            && !name.chars().any(char::is_control)
            && tool.get("inputSchema").is_some_and(Value::is_object)
            && text.len() <= TEXT
            && self.tools.len() < TOOLS
            && !self.tools.contains_key(name);
        if is_good {
            self.tools.insert(name.to_owned(), text);
        } else {
            self.left_out += 1;
        }
    }

    /// The method that a tool is which stands for something beyond tools; none for a tool of the server itself.
    pub(crate) fn method(&self, name: &str) -> Option<&'static str> {
        let method = beyond::method(name)?;
        let all = Beyond { resources: true, prompts: true };
        let ours = all.tools().find(|it| it["name"] == method)?;
        let mut listing = Self::default();
        listing.take(&ours);
        (listing.tools.get(method) == self.tools.get(name)).then_some(method)
    }

    /// The hash of what is said of the tool; none when there is no such tool.
    pub(crate) fn hash(&self, name: &str) -> Option<String> {
        self.tools.get(name).map(|it| digest(it))
    }

    /// The tools with their names here; those that are known keep theirs.
    pub(crate) fn offers(&self, slug: &str, known: &[ToolRow]) -> Vec<Offer> {
        let mut taken: BTreeSet<String> = known.iter().map(|it| it.called.clone()).collect();
        let mut offers = Vec::new();
        for (name, text) in &self.tools {
            let before = known.iter().find(|it| it.name == *name).map(|it| it.called.clone());
            let called = before.unwrap_or_else(|| names::called(slug, name, &mut taken));
            offers.push(Offer {
                name: name.clone(),
                called,
                text: text.clone(),
                hash: digest(text),
            });
        }
        offers
    }

    /// "12 tools".
    pub(crate) fn counted(&self) -> String {
        let count = self.tools.len();
        let tools = if count == 1 { "1 tool".to_owned() } else { format!("{count} tools") };
        match self.left_out {
            0 => tools,
            more => format!("{tools}, {more} left out because they are too long or badly made"),
        }
    }
}

/// `value` with the keys of every object in order.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            let sorted = sorted.into_iter().map(|(key, value)| (key.clone(), canonical(value)));
            Value::Object(sorted.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(canonical).collect(),
        other => other.clone(),
    }
}

/// One part of what was pinned.
pub(crate) fn part(text: &str, name: &str) -> Option<Value> {
    serde_json::from_str::<Value>(text).ok()?.get(name).cloned()
}

/// What was pinned about the purpose of a tool, for people and models.
pub(crate) fn description(text: &str) -> String {
    let said = |name| part(text, name).and_then(|it| it.as_str().map(str::to_owned));
    said("description").or_else(|| said("title")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(tools: &[Value]) -> Listing {
        let mut listing = Listing::default();
        tools.iter().for_each(|it| listing.take(it));
        listing
    }

    #[test]
    fn the_hash_holds_everything_that_is_said_and_no_order() {
        let hash = |tool: Value| taken(&[tool]).hash("a").unwrap();
        let first = hash(
            json!({"name": "a", "description": "x", "inputSchema": {"type": "object", "b": 1}}),
        );
        let same = hash(
            json!({"inputSchema": {"b": 1, "type": "object"}, "description": "x", "name": "a", "_meta": 1}),
        );
        assert_eq!(first, same);
        for other in [
            json!({"name": "a", "description": "y", "inputSchema": {"type": "object", "b": 1}}),
            json!({"name": "a", "description": "x", "inputSchema": {"type": "object", "b": 2}}),
            json!({"name": "a", "description": "x", "title": "t", "inputSchema": {"type": "object", "b": 1}}),
            json!({"name": "a", "description": "x", "annotations": {"readOnlyHint": true}, "inputSchema": {"type": "object", "b": 1}}),
        ] {
            assert_ne!(first, hash(other));
        }
    }

    #[test]
    fn what_is_badly_made_or_too_long_is_left_out() {
        let schema = json!({"type": "object"});
        let listing = taken(&[
            json!({"name": "good", "inputSchema": schema}),
            json!({"name": "good", "description": "again", "inputSchema": schema}),
            json!({"name": "", "inputSchema": schema}),
            json!({"name": "no schema"}),
            json!({"name": "line\nbreak", "inputSchema": schema}),
            json!({"name": "long", "description": "x".repeat(TEXT), "inputSchema": schema}),
            json!("no object"),
        ]);
        assert_eq!((listing.tools.len(), listing.left_out), (1, 6));
        assert_eq!(listing.counted(), "1 tool, 6 left out because they are too long or badly made");
    }
}
