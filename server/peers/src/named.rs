//! Parts of an answer that are no text: said in words, so that nobody takes what is left for all of it.

use domain::words::count;
use serde_json::Value;

/// A kind of content as people call it, and how its media type begins.
const KINDS: [(&str, &str); 3] =
    [("a picture", "image/"), ("a sound", "audio/"), ("a film", "video/")];
/// The longest name or address that is passed on, letters.
const LONGEST: usize = 300;

/// What is text in a part: its own, that of the resource in it, or the name and address of what it points to.
pub(crate) fn text_of(part: &Value) -> Option<String> {
    let own = part.get("text").or_else(|| part.pointer("/resource/text"));
    if let Some(text) = own.and_then(Value::as_str) {
        return Some(text.to_owned());
    }
    if part.get("type").and_then(Value::as_str) != Some("resource_link") {
        return None;
    }
    let said = |name: &str| part.get(name).and_then(Value::as_str).map(short);
    let address = said("uri")?;
    let name = said("title").or_else(|| said("name"));
    Some(name.map_or_else(|| address.clone(), |it| format!("{it}: {address}")))
}

/// A part without text: `a picture (image/png, 34 kB)`.
pub(crate) fn kind_of(part: &Value) -> Value {
    let within = part.get("resource").unwrap_or(part);
    let kind = within.get("mimeType").and_then(Value::as_str).map(short).unwrap_or_default();
    let data = within.get("data").or_else(|| within.get("blob")).and_then(Value::as_str);
    let what = KINDS.iter().find(|it| kind.starts_with(it.1)).map(|it| it.0);
    let what = what.or_else(|| match part.get("type").and_then(Value::as_str) {
        Some("image") => Some("a picture"),
        Some("audio") => Some("a sound"),
        _ => None,
    });
    let what = what.unwrap_or("a file");
    let about: Vec<String> =
        Some(kind).filter(|it| !it.is_empty()).into_iter().chain(data.map(size)).collect();
    match about.as_slice() {
        [] => what.into(),
        about => format!("{what} ({})", about.join(", ")).into(),
    }
}

/// How large the bytes are that a text in Base64 stands for.
fn size(base64: &str) -> String {
    let bytes = base64.trim_end_matches('=').len() * 3 / 4;
    match bytes {
        0..1_000 => count(bytes, "byte", "bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

fn short(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_no_text_is_said_with_its_kind_and_size() {
        let picture = json!({"type": "image", "mimeType": "image/png", "data": "A".repeat(48_000)});
        assert_eq!(kind_of(&picture), "a picture (image/png, 36 kB)");
        assert_eq!(kind_of(&json!({"type": "audio", "data": "AAAA"})), "a sound (3 bytes)");
        let file = json!({"type": "resource", "resource": {"uri": "a", "blob": "AA==", "mimeType": "application/pdf"}});
        assert_eq!(kind_of(&file), "a file (application/pdf, 1 byte)");
        assert_eq!(kind_of(&json!({"type": "later"})), "a file");
    }

    #[test]
    fn what_a_part_points_to_is_text() {
        let link =
            json!({"type": "resource_link", "name": "Plan", "uri": "https://crm.example/plan"});
        assert_eq!(text_of(&link).as_deref(), Some("Plan: https://crm.example/plan"));
        let within = json!({"type": "resource", "resource": {"uri": "a", "text": "Hello"}});
        assert_eq!(text_of(&within).as_deref(), Some("Hello"));
        assert_eq!(text_of(&json!({"type": "image", "data": "AAAA"})), None);
    }
}
