//! The tools of a request, as each wire writes them.

use crate::llm::wire::Wire;
use crate::llm::{OtherTool, Prompt};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tools::tool::ToolSpec;

/// A tool that is offered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer<'a> {
    pub(crate) name: &'a str,
    pub(crate) meaning: &'a str,
    /// JSON Schema of its arguments.
    pub(crate) schema: &'a Value,
}

/// Our tools as each wire writes them: the catalogue never changes, so each is written once.
static WRITTEN: LazyLock<Mutex<Written>> = LazyLock::new(Mutex::default);

/// Each by its wire and its name.
type Written = HashMap<(Wire, &'static str), Arc<str>>;

/// The tools of `prompt`, a JSON list without its brackets.
pub(crate) fn list(prompt: &Prompt, wire: Wire) -> String {
    let mut list = String::new();
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    for spec in &prompt.tools {
        let text = written.entry((wire, spec.name)).or_insert_with(|| ours(spec, wire));
        add(&mut list, text);
    }
    for tool in &prompt.others {
        add(&mut list, &of_another(tool, wire));
    }
    list
}

fn add(list: &mut String, text: &str) {
    if !list.is_empty() {
        list.push(',');
    }
    list.push_str(text);
}

fn ours(spec: &ToolSpec, wire: Wire) -> Arc<str> {
    let schema = spec.input_schema();
    let offer = Offer { name: spec.name, meaning: spec.meaning, schema: &schema };
    wire.tool(offer).to_string().into()
}

fn of_another(tool: &OtherTool, wire: Wire) -> String {
    let meaning = format!("Of another server, in its own words: {}", tool.meaning);
    wire.tool(Offer { name: &tool.name, meaning: &meaning, schema: &tool.schema }).to_string()
}
