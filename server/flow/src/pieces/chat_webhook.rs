//! Messages to chats through an incoming webhook, in the form that Slack made common.

use crate::outgoing::send::{Request, SendError, TOTAL};
use crate::pieces::{Again, Call, Done, Failed};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Map, Value, json};

/// How much of a refusal is shown.
const SHOWN: usize = 200;

/// Posts one message. Such webhooks know no idempotency key, so a try that was cut off needs a person.
pub(crate) async fn post_message(call: &Call<'_>) -> Result<Done, Failed> {
    let input = &call.input;
    let text = input.required_text("text", "The message")?;
    if call.is_unsure {
        let message = "PM OS stopped while this message was being sent, so it is not known whether it arrived. This \
                       needs a person: look into the channel, then retry the run from this step, or leave it";
        return Err(Failed { message: message.to_owned(), again: Again::NeedsPerson });
    }
    let mut body = json!({ "text": text });
    if let Some(name) = input.text("username") {
        body["username"] = name.into();
    }
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let request = Request {
        address: input.required_text("webhook_url", "The webhook address")?,
        query: Vec::new(),
        method: Method::POST,
        headers,
        body: Some(body.to_string().into_bytes()),
        within: TOTAL,
        follow_redirects: false,
    };
    match call.engine.send(request).await {
        Ok(answer) if answer.status.is_success() => {
            Ok(Done::Output(json!({ "sent": true, "text": text })))
        }
        Ok(answer) => {
            let body: String = String::from_utf8_lossy(&answer.body).chars().take(SHOWN).collect();
            let message =
                format!("The chat answered {}: {body}. Check the address", answer.status.as_u16());
            Err(Failed::new(message))
        }
        Err(SendError::Refused(message) | SendError::Broken(message)) => Err(Failed::new(message)),
    }
}

/// The inputs without the address: whoever knows it can write into the channel.
pub(crate) fn shown_input(input: &Map<String, Value>) -> Value {
    let mut shown = input.clone();
    if let Some(address) = shown.get_mut("webhook_url") {
        *address = domain::expr::REDACTED.into();
    }
    Value::Object(shown)
}
