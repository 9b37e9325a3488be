//! The webhook piece: what the caller is answered, and who may call.

use crate::pieces::input::{Input, as_text};
use crate::pieces::{Call, Done, Failed};
use crate::waits::{self, Waited};
use domain::flow::PieceSettings;
use serde_json::{Map, Value, json};

/// The header that names where the next request goes.
const NEXT: &str = "x-next-webhook-url";

/// Answers the caller with status, headers and body.
pub(crate) fn return_response(input: &Input<'_>) -> Result<Done, Failed> {
    let then_stop = input.text("respond").as_deref() != Some("respond");
    let fields = input.object("fields");
    let fields = Input::new(&fields);
    let kind = input.text("responseType").unwrap_or_else(|| "json".to_owned());
    if kind == "redirect" {
        let answer = json!({ "status": 302, "headers": { "location": redirect(&fields)? } });
        return Ok(Done::Respond { answer, then_stop });
    }
    let status = fields.integer("status").unwrap_or(200);
    if !(200..=599).contains(&status) {
        return Err(Failed::new("The status of the answer must be a number from 200 to 599"));
    }
    let body = match kind.as_str() {
        "raw" => fields.text("body").map(Value::String),
        _ => fields.json("body"),
    };
    let answer = json!({
        "status": status,
        "headers": headers(&fields.object("headers")),
        "body": body.unwrap_or(Value::Null),
    });
    Ok(Done::Respond { answer, then_stop })
}

/// Answers the caller and waits for the next request, to an address that only this answer names.
pub(crate) async fn respond_and_wait(call: &Call<'_>) -> Result<Done, Failed> {
    let wait = waits::open(call, "webhook", String::new(), true).await?;
    match waits::state(call, &wait)? {
        Waited::Answered(request) => Ok(Done::Output(request)),
        Waited::Not { until_ms } => {
            let Done::Respond { mut answer, .. } = return_response(&call.input)? else {
                return Err(Failed::new("The answer cannot be made"));
            };
            answer["headers"][NEXT] = waits::address(call.engine, &wait).into();
            Ok(Done::Pending { until_ms, answer: Some(answer) })
        }
    }
}

fn redirect(fields: &Input<'_>) -> Result<String, Failed> {
    let target = fields.required_text("body", "The address to redirect to")?;
    if target.starts_with("http://") || target.starts_with("https://") {
        return Ok(target);
    }
    Ok(format!("https://{target}"))
}

fn headers(given: &Map<String, Value>) -> Map<String, Value> {
    given.iter().map(|(name, value)| (name.clone(), Value::String(as_text(value)))).collect()
}

/// Why a request may not start the flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused;

/// Checks what the trigger asks of callers; gives the header that held the secret.
pub(crate) fn check(
    trigger: &PieceSettings,
    headers: &Map<String, Value>,
) -> Result<Option<String>, Refused> {
    let input = Input::new(&trigger.input);
    let fields = input.object("authFields");
    let fields = Input::new(&fields);
    let header = |name: &str| headers.get(&name.to_ascii_lowercase()).and_then(Value::as_str);
    let expected = match input.text("authType").as_deref() {
        Some("basic") => {
            let pair = format!(
                "{}:{}",
                fields.text("username").unwrap_or_default(),
                fields.text("password").unwrap_or_default()
            );
            Some(("authorization".to_owned(), format!("Basic {}", base64_of(&pair))))
        }
        Some("header") => {
            let name = fields.text("headerName").unwrap_or_default();
            Some((name, fields.text("headerValue").unwrap_or_default()))
        }
        _ => None,
    };
    let Some((name, value)) = expected else { return Ok(None) };
    let is_right = header(&name).is_some_and(|it| same(it.as_bytes(), value.as_bytes()));
    if is_right && !value.is_empty() { Ok(Some(name.to_ascii_lowercase())) } else { Err(Refused) }
}

pub(crate) fn base64_of(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// Compares secrets without telling by its time where they differ.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (x, y)| differs | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_raw_answer_keeps_status_headers_and_text() {
        let fields = json!({ "status": 201, "headers": { "x-a": 1 }, "body": "hi" });
        let input =
            object(json!({ "responseType": "raw", "respond": "respond", "fields": fields }));
        let answer = json!({ "status": 201, "headers": { "x-a": "1" }, "body": "hi" });
        let done = return_response(&Input::new(&input));
        assert_eq!(done, Ok(Done::Respond { answer, then_stop: false }));
    }

    #[test]
    fn only_the_right_header_may_call() {
        let settings = PieceSettings {
            input: object(json!({
                "authType": "header",
                "authFields": { "headerName": "X-Key", "headerValue": "s3cret" },
            })),
            ..PieceSettings::default()
        };
        let right = check(&settings, &object(json!({ "x-key": "s3cret" })));
        assert_eq!(right, Ok(Some("x-key".to_owned())));
        assert_eq!(check(&settings, &object(json!({ "x-key": "guess" }))), Err(Refused));
        assert_eq!(check(&settings, &Map::new()), Err(Refused));
    }

    #[test]
    fn a_name_and_password_are_checked() {
        let settings = PieceSettings {
            input: object(json!({
                "authType": "basic",
                "authFields": { "username": "ann", "password": "pw" },
            })),
            ..PieceSettings::default()
        };
        let right = json!({ "authorization": "Basic YW5uOnB3" });
        assert_eq!(check(&settings, &object(right)), Ok(Some("authorization".to_owned())));
        assert_eq!(
            check(&settings, &object(json!({ "authorization": "Basic eDp5" }))),
            Err(Refused)
        );
    }
}
