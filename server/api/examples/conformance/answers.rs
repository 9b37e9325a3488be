//! What the fixtures say: fixed tools, resources and prompts.

use rmcp::model::{CallToolResult, ErrorData};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// One red pixel.
pub(crate) const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
/// A sound without samples.
const WAV: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";
pub(crate) const TEXT: &str = "test://static-text";
pub(crate) const BINARY: &str = "test://static-binary";
pub(crate) const WATCHED: &str = "test://watched-resource";
pub(crate) const TEMPLATE: &str = "test://template/{id}/data";

/// A value of the protocol out of JSON.
pub(crate) fn made<T: DeserializeOwned>(value: Value) -> Result<T, ErrorData> {
    serde_json::from_value(value)
        .map_err(|error| ErrorData::internal_error(format!("a fixture is wrong: {error}"), None))
}

pub(crate) fn said(text: &str) -> Result<CallToolResult, ErrorData> {
    made(json!({"content": [{"type": "text", "text": text}], "resultType": "complete"}))
}

/// Name, arguments, which of them are needed.
const TOOLS: [(&str, &[&str]); 30] = [
    ("test_simple_text", &[]),
    ("test_image_content", &[]),
    ("test_audio_content", &[]),
    ("test_embedded_resource", &[]),
    ("test_multiple_content_types", &[]),
    ("test_error_handling", &[]),
    ("test_tool_with_logging", &[]),
    ("test_logging_tool", &[]),
    ("test_tool_with_progress", &[]),
    ("test_sampling", &["prompt"]),
    ("test_elicitation", &["message"]),
    ("test_elicitation_sep1034_defaults", &[]),
    ("test_elicitation_sep1330_enums", &[]),
    ("test_missing_capability", &[]),
    ("test_streaming_elicitation", &[]),
    ("test_trigger_tool_change", &[]),
    ("test_input_required_result_elicitation", &[]),
    ("test_input_required_result_sampling", &[]),
    ("test_input_required_result_list_roots", &[]),
    ("test_input_required_result_request_state", &[]),
    ("test_input_required_result_multiple_inputs", &[]),
    ("test_input_required_result_multi_round", &[]),
    ("test_input_required_result_tampered_state", &[]),
    ("test_input_required_result_capabilities", &[]),
    ("greet", &["name"]),
    ("failing_job", &[]),
    ("protocol_error_job", &[]),
    ("confirm_delete", &["filename"]),
    ("multi_input", &[]),
    ("test_tool_with_task", &[]),
];

/// The tools as they are listed.
pub(crate) fn tools() -> Vec<Value> {
    let plain = TOOLS.iter().map(|(name, arguments)| {
        let properties: serde_json::Map<_, _> = arguments
            .iter()
            .map(|it| ((*it).to_owned(), json!({"type": "string", "description": it})))
            .collect();
        tool(name, &json!({"type": "object", "properties": properties, "required": arguments}))
    });
    let number = json!({"type": "number", "description": "How long"});
    let label = json!({"type": "string", "description": "For the log"});
    let slow = json!({"type": "object", "properties": {"seconds": number, "label": label}, "required": ["seconds"]});
    let region = json!({"type": "string", "description": "Where", "x-mcp-header": "Region"});
    let headers =
        json!({"type": "object", "properties": {"region": region}, "required": ["region"]});
    plain
        .chain([
            tool("slow_compute", &slow),
            tool("test_custom_headers", &headers),
            tool("json_schema_2020_12_tool", &schema_2020_12()),
        ])
        .collect()
}

fn tool(name: &str, schema: &Value) -> Value {
    json!({"name": name, "description": format!("A fixture: {name}"), "inputSchema": schema})
}

fn schema_2020_12() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {"address": {
            "$anchor": "addressDef", "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }},
        "properties": {
            "name": {"type": "string"},
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"},
            "email": {"type": "string"},
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": false,
    })
}

/// The answer of a tool that always says the same; none for one that does something.
pub(crate) fn fixed(name: &str, args: &Value) -> Option<Value> {
    let text = |text: &str| json!({"type": "text", "text": text});
    let image = json!({"type": "image", "data": PNG, "mimeType": "image/png"});
    let resource = |uri: &str, kind: &str, text: &str| json!({"type": "resource", "resource": {"uri": uri, "mimeType": kind, "text": text}});
    let content = match name {
        "test_simple_text" => json!([text("This is a simple text response for testing.")]),
        "test_image_content" => json!([image]),
        "test_audio_content" => {
            json!([{"type": "audio", "data": WAV, "mimeType": "audio/wav"}])
        }
        "test_embedded_resource" => {
            let words = "This is an embedded resource content.";
            json!([resource("test://embedded-resource", "text/plain", words)])
        }
        "test_multiple_content_types" => {
            let data = r#"{"test":"data","value":123}"#;
            let mixed = resource("test://mixed-content-resource", "application/json", data);
            json!([text("Multiple content types test:"), image, mixed])
        }
        "test_error_handling" => {
            let words = "This tool intentionally returns an error for testing";
            return Some(
                json!({"content": [text(words)], "isError": true, "resultType": "complete"}),
            );
        }
        "greet" => {
            let name = args.get("name").and_then(Value::as_str).unwrap_or("you");
            json!([text(&format!("Hello, {name}!"))])
        }
        "test_custom_headers" | "json_schema_2020_12_tool" => json!([text(&args.to_string())]),
        _ => return None,
    };
    Some(json!({"content": content, "resultType": "complete"}))
}

/// The resources as they are listed.
pub(crate) fn resources() -> [Value; 3] {
    let resource = |uri: &str, name: &str, kind: &str| json!({"uri": uri, "name": name, "description": "A fixture", "mimeType": kind});
    [
        resource(TEXT, "static-text", "text/plain"),
        resource(BINARY, "static-binary", "image/png"),
        resource(WATCHED, "watched-resource", "text/plain"),
    ]
}

/// What is at an address of the fixtures.
pub(crate) fn read(uri: &str) -> Option<Value> {
    let contents = match uri {
        TEXT => {
            json!({"uri": uri, "mimeType": "text/plain", "text": "This is the content of the static text resource."})
        }
        BINARY => json!({"uri": uri, "mimeType": "image/png", "blob": PNG}),
        WATCHED => json!({"uri": uri, "mimeType": "text/plain", "text": "Watched"}),
        _ => {
            let id = uri.strip_prefix("test://template/")?.strip_suffix("/data")?;
            let text =
                json!({"id": id, "templateTest": true, "data": format!("Data for ID: {id}")});
            json!({"uri": uri, "mimeType": "application/json", "text": text.to_string()})
        }
    };
    Some(json!({"contents": [contents], "resultType": "complete"}))
}

/// The prompts as they are listed.
pub(crate) fn prompts() -> [Value; 5] {
    let prompt = |name: &str, arguments: &[&str]| {
        let arguments: Vec<Value> = arguments
            .iter()
            .map(|it| json!({"name": it, "description": it, "required": true}))
            .collect();
        json!({"name": name, "description": "A fixture", "arguments": arguments})
    };
    [
        prompt("test_simple_prompt", &[]),
        prompt("test_prompt_with_arguments", &["arg1", "arg2"]),
        prompt("test_prompt_with_embedded_resource", &["resourceUri"]),
        prompt("test_prompt_with_image", &[]),
        prompt("test_input_required_result_prompt", &[]),
    ]
}

/// A prompt that needs no answer of the client.
pub(crate) fn prompt(name: &str, args: &Value) -> Option<Value> {
    let given = |name: &str| args.get(name).and_then(Value::as_str).unwrap_or_default();
    let text = |text: &str| json!({"role": "user", "content": {"type": "text", "text": text}});
    let messages = match name {
        "test_simple_prompt" => json!([text("This is a simple prompt for testing.")]),
        "test_prompt_with_arguments" => {
            let (first, second) = (given("arg1"), given("arg2"));
            json!([text(&format!("Prompt with arguments: arg1='{first}', arg2='{second}'"))])
        }
        "test_prompt_with_embedded_resource" => json!([
            {"role": "user", "content": {"type": "resource", "resource": {
                "uri": given("resourceUri"), "mimeType": "text/plain",
                "text": "Embedded resource content for testing.",
            }}},
            text("Please process the embedded resource above."),
        ]),
        "test_prompt_with_image" => json!([
            {"role": "user", "content": {"type": "image", "data": PNG, "mimeType": "image/png"}},
            text("Please analyze the image above."),
        ]),
        _ => return None,
    };
    Some(json!({"messages": messages, "resultType": "complete"}))
}
