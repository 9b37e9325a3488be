//! Texts that must not be seen: secrets of the connections a run uses, in every form in which they travel.

use domain::expr::REDACTED;
use serde_json::{Map, Value};

/// The texts to hide. An empty one hides nothing and costs nothing.
#[derive(Default)]
pub(crate) struct Mask {
    /// Longest first, so that a secret inside another leaves no rest.
    hidden: Vec<String>,
}

impl Mask {
    /// Hides `secret` too, also where it is part of an address or of JSON in a text.
    pub(crate) fn hide(&mut self, secret: &str) {
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let percent = encoded.replace('+', "%20");
        let quoted = Value::from(secret).to_string();
        let escaped = quoted.trim_matches('"').to_owned();
        for form in [secret.to_owned(), encoded, percent, escaped] {
            if !form.is_empty() && !self.hidden.contains(&form) {
                self.hidden.push(form);
            }
        }
        self.hidden.sort_by_key(|it| std::cmp::Reverse(it.len()));
    }

    fn finds(&self, text: &str) -> bool {
        self.hidden.iter().any(|it| text.contains(it.as_str()))
    }

    /// What of it is in `value`, in the form it has there.
    pub(crate) fn hidden_in(&self, value: &Value) -> Vec<String> {
        self.hidden.iter().filter(|it| holds(value, it)).cloned().collect()
    }

    /// The text with what is hidden masked; none when there is nothing to hide in it.
    pub(crate) fn text(&self, text: &str) -> Option<String> {
        if !self.finds(text) {
            return None;
        }
        let masked = self
            .hidden
            .iter()
            .fold(text.to_owned(), |it, hidden| it.replace(hidden.as_str(), REDACTED));
        Some(masked)
    }

    /// Masks every text, number and key of `value`; whether there was anything to mask.
    pub(crate) fn value(&self, value: &mut Value) -> bool {
        if self.hidden.is_empty() {
            return false;
        }
        match value {
            Value::String(text) => match self.text(text) {
                Some(masked) => {
                    *text = masked;
                    true
                }
                None => false,
            },
            Value::Number(number) => {
                let is_hidden = self.hidden.contains(&number.to_string());
                if is_hidden {
                    *value = REDACTED.into();
                }
                is_hidden
            }
            Value::Array(items) => {
                items.iter_mut().filter_map(|it| self.value(it).then_some(())).count() > 0
            }
            Value::Object(map) => self.object(map),
            Value::Null | Value::Bool(_) => false,
        }
    }

    fn object(&self, map: &mut Map<String, Value>) -> bool {
        let mut found = map.values_mut().filter_map(|it| self.value(it).then_some(())).count() > 0;
        if map.keys().any(|it| self.finds(it)) {
            let all = std::mem::take(map).into_iter();
            map.extend(all.map(|(key, it)| (self.text(&key).unwrap_or(key), it)));
            found = true;
        }
        found
    }

    /// JSON text with everything hidden masked.
    pub(crate) fn json(&self, text: &mut String) {
        if self.hidden.is_empty() {
            return;
        }
        match serde_json::from_str::<Value>(text) {
            Ok(mut value) => {
                if self.value(&mut value) {
                    *text = value.to_string();
                }
            }
            Err(_) => *text = self.text(text).unwrap_or_default(),
        }
    }
}

fn holds(value: &Value, hidden: &str) -> bool {
    match value {
        Value::String(text) => text.contains(hidden),
        Value::Number(number) => number.to_string() == hidden,
        Value::Array(items) => items.iter().any(|it| holds(it, hidden)),
        Value::Object(map) => map.iter().any(|(key, it)| key.contains(hidden) || holds(it, hidden)),
        Value::Null | Value::Bool(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_is_masked_wherever_it_is() {
        let mut mask = Mask::default();
        mask.hide("a b\"c");
        mask.hide("123456");
        let mut value = json!({
            "plain": "x a b\"c y", "url": "https://x/?k=a+b%22c&l=a%20b%22c", "in": ["{\"k\":\"a b\\\"c\"}"],
            "number": 123456, "other": 7, "a b\"c": null,
        });
        assert!(mask.value(&mut value));
        assert_eq!(
            value,
            json!({
                "plain": "x **REDACTED** y", "url": "https://x/?k=**REDACTED**&l=**REDACTED**",
                "in": ["{\"k\":\"**REDACTED**\"}"], "number": "**REDACTED**", "other": 7, "**REDACTED**": null,
            })
        );
        assert!(!mask.value(&mut value));
    }

    #[test]
    fn json_stays_json() {
        let mut mask = Mask::default();
        mask.hide("true");
        let mut text = r#"{"a":true,"b":"true"}"#.to_owned();
        mask.json(&mut text);
        assert_eq!(text, r#"{"a":true,"b":"**REDACTED**"}"#);
    }
}
