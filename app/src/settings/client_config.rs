//! What to paste into the chat clients that people use most, for this server and, while it is shown, a new key.

use crate::ui::code::Code;
use crate::ui::typed::Choose;
use leptos::prelude::*;
use serde_json::{Value, json};

/// Stands where the key goes.
const NO_KEY: &str = "YOUR_KEY";

/// One way to connect.
struct Way {
    /// Unique among them.
    key: &'static str,
    /// What people call the client.
    name: &'static str,
    /// Where the text goes.
    place: &'static str,
    /// The text, of the address and the key.
    text: fn(&str, &str) -> String,
}

const WAYS: [Way; 8] = [
    Way { key: "most", name: "Most clients", place: "Its MCP configuration file", text: most },
    Way {
        key: "claude-code",
        name: "Claude Code",
        place: "A terminal",
        text: |url, key| {
            format!(
                "claude mcp add --transport http pmos {url} --header \"Authorization: Bearer {key}\""
            )
        },
    },
    Way {
        key: "claude-desktop",
        name: "Claude Desktop",
        place: "claude_desktop_config.json",
        text: bridged,
    },
    Way { key: "vscode", name: "VS Code", place: ".vscode/mcp.json", text: vs_code },
    Way { key: "cursor", name: "Cursor", place: "~/.cursor/mcp.json", text: cursor },
    Way {
        key: "codex",
        name: "Codex",
        place: "~/.codex/config.toml",
        text: |url, key| {
            format!(
                "[mcp_servers.pmos]\nurl = \"{url}\"\nhttp_headers = {{ \"Authorization\" = \"Bearer {key}\" }}"
            )
        },
    },
    Way { key: "gemini", name: "Gemini CLI", place: "~/.gemini/settings.json", text: gemini },
    Way { key: "script", name: "A script", place: "A terminal", text: script },
];

fn written(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn headers(key: &str) -> Value {
    json!({ "Authorization": format!("Bearer {key}") })
}

fn most(url: &str, key: &str) -> String {
    written(
        &json!({ "mcpServers": { "pmos": { "type": "http", "url": url, "headers": headers(key) } } }),
    )
}

/// Through a program that speaks for clients which know programs alone.
fn bridged(url: &str, key: &str) -> String {
    let header = "Authorization:${PMOS_AUTH}";
    written(&json!({ "mcpServers": { "pmos": {
        "command": "npx", "args": ["-y", "mcp-remote", url, "--header", header],
        "env": { "PMOS_AUTH": format!("Bearer {key}") },
    } } }))
}

fn vs_code(url: &str, key: &str) -> String {
    written(
        &json!({ "servers": { "pmos": { "type": "http", "url": url, "headers": headers(key) } } }),
    )
}

fn cursor(url: &str, key: &str) -> String {
    written(&json!({ "mcpServers": { "pmos": { "url": url, "headers": headers(key) } } }))
}

fn gemini(url: &str, key: &str) -> String {
    written(&json!({ "mcpServers": { "pmos": { "httpUrl": url, "headers": headers(key) } } }))
}

fn script(url: &str, key: &str) -> String {
    let base = url.trim_end_matches("/mcp");
    format!(
        "curl {base}/action/list_projects \\\n  -H \"x-api-key: {key}\" -H \"content-type: application/json\" -d '{{}}'"
    )
}

/// A choice of clients, and what to paste into the chosen one.
#[component]
pub(crate) fn ClientConfig(
    /// The address of this server.
    #[prop(into)]
    address: String,
    /// The key that is shown now; else a word stands in its place.
    #[prop(optional, into)]
    api_key: Option<String>,
    /// Unique on the page.
    id: &'static str,
) -> impl IntoView {
    let chosen = RwSignal::new(WAYS[0].key.to_owned());
    let options = WAYS.iter().map(|it| (it.key, it.name)).collect();
    let (url, api_key) = (format!("{address}/mcp"), api_key.unwrap_or_else(|| NO_KEY.to_owned()));
    let shown = move || {
        let way = chosen.with(|key| WAYS.iter().find(|it| it.key == *key)).unwrap_or(&WAYS[0]);
        let label = format!("{}: {}", way.name, way.place);
        view! { <Code label=label text=(way.text)(&url, &api_key) /> }
    };
    view! {
        <Choose id=id label="Client" options=options value=chosen />
        {shown}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_names_the_address_and_the_key_and_can_be_read() {
        for way in &WAYS {
            let text = (way.text)("https://pmos.example.com/mcp", "pmos_key");
            assert!(
                text.contains("https://pmos.example.com") && text.contains("pmos_key"),
                "{text}"
            );
            if text.starts_with('{') {
                let read: Value = serde_json::from_str(&text).unwrap();
                assert!(
                    read.as_object().unwrap().values().all(|it| it["pmos"].is_object()),
                    "{text}"
                );
            }
        }
    }
}
