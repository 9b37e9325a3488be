//! JSON-RPC errors that name their reason, and what rmcp leaves to the server to look at.

use rmcp::model::{ErrorCode, ErrorData};
use serde_json::{Value, json};

/// The first revision without a handshake. Revisions are dates, so they compare as text.
pub(crate) const SINCE_STATELESS: &str = "2026-07-28";

/// An error with the code of contract.md in its data.
pub(crate) fn error(code: ErrorCode, word: &str, message: impl Into<String>) -> ErrorData {
    ErrorData::new(code, message.into(), Some(json!({ "code": word })))
}

/// The error of a method that there is not.
pub(crate) fn unknown_method(method: &str) -> ErrorData {
    error(ErrorCode::METHOD_NOT_FOUND, "UNKNOWN_METHOD", format!("There is no method {method}"))
}

/// The error of parameters that do not fit a method.
pub(crate) fn bad_params(message: impl Into<String>) -> ErrorData {
    error(ErrorCode::INVALID_PARAMS, "BAD_REQUEST", message)
}

/// What a call that its client took back ends with.
pub(crate) fn cancelled() -> ErrorData {
    error(ErrorCode::INVALID_REQUEST, "CANCELLED", "The call was cancelled")
}

/// The message that tells of an error of the request `id`.
pub(crate) fn error_message(id: &Value, error: &ErrorData) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": error})
}

/// Why a body is no message of the protocol; none when it is one.
pub(crate) fn malformed(body: &[u8]) -> Result<Value, Value> {
    let refused = |code: i32, word: &str, message: &str| {
        let error = json!({"code": code, "message": message, "data": {"code": word}});
        Err(json!({"jsonrpc": "2.0", "id": null, "error": error}))
    };
    let invalid = |message: &str| refused(ErrorCode::INVALID_REQUEST.0, "BAD_REQUEST", message);
    let Ok(message) = serde_json::from_slice::<Value>(body) else {
        return refused(ErrorCode::PARSE_ERROR.0, "INVALID_JSON", "The body is not JSON");
    };
    if message.is_array() {
        return invalid("Send one message at a time: batches are not taken");
    }
    let is_known = |name: &str| message.get(name).is_some();
    let is_method = message.get("method").is_some_and(Value::is_string);
    if message.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return invalid("jsonrpc must be \"2.0\"");
    }
    if !is_method && !is_known("result") && !is_known("error") {
        return invalid("method must be a string");
    }
    if message.get("params").is_some_and(|it| !it.is_object()) {
        return invalid("params must be an object");
    }
    let is_id = |it: &Value| it.is_string() || it.is_i64() || it.is_u64();
    if message.get("id").is_some_and(|it| !is_id(it)) {
        return invalid("id must be a string or a whole number");
    }
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_told_why() {
        let code = |body: &str| malformed(body.as_bytes()).unwrap_err()["error"]["code"].clone();
        assert_eq!(code("{"), -32700);
        for wrong in [
            "[]",
            "7",
            r#"{"id": 1, "method": "ping"}"#,
            r#"{"jsonrpc": "2.0", "id": 1}"#,
            r#"{"jsonrpc": "2.0", "id": 1, "method": 7}"#,
            r#"{"jsonrpc": "2.0", "id": {}, "method": "ping"}"#,
            r#"{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}"#,
            r#"[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]"#,
        ] {
            assert_eq!(code(wrong), -32600, "{wrong}");
        }
        assert!(malformed(br#"{"jsonrpc": "2.0", "id": 1, "method": "ping"}"#).is_ok());
    }
}
