//! The HTTP piece.

use crate::outgoing::send::{Reply, Request, SendError, TOTAL};
use crate::pieces::input::{Input, as_text};
use crate::pieces::webhook::base64_of;
use crate::pieces::{Again, Call, Done, Failed};
use domain::flow::connection::ConnectionType;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Map, Value, json};
use std::time::Duration;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Headers that the connection itself sets.
const RESERVED: [&str; 5] =
    ["host", "content-length", "connection", "transfer-encoding", "upgrade"];
/// How much of an error answer is shown.
const SHOWN: usize = 500;

/// Sends a request and gives status, headers and body.
pub(crate) async fn send_request(call: &Call<'_>) -> Result<Done, Failed> {
    let input = &call.input;
    let method = method(input)?;
    let mut headers = headers(input)?;
    // The author set a key of their own: they say that the site keeps to it.
    let is_keyed = headers.contains_key(IDEMPOTENCY_KEY);
    if call.is_unsure && !is_keyed && matches!(method, Method::POST | Method::PATCH) {
        return Err(needs_person(input));
    }
    if !is_keyed {
        headers.insert(IDEMPOTENCY_KEY, header_value(call.key)?);
    }
    let body = body(input, &mut headers)?;
    let seconds = input.integer("timeout").filter(|it| *it > 0);
    let request = Request {
        address: input.required_text("url", "The address")?,
        query: pairs(&input.object("queryParams")),
        method,
        headers,
        body,
        within: seconds.map_or(TOTAL, |it| Duration::from_secs(it.unsigned_abs())),
        follow_redirects: input.flag("followRedirects"),
    };
    let mode = input.text("failureMode").unwrap_or_default();
    match call.engine.send(request).await {
        Ok(answer) => judge(input, &mode, &answer),
        Err(SendError::Refused(message) | SendError::Broken(message)) if mode == "continue_all" => {
            Ok(Done::Output(json!({ "error": message })))
        }
        Err(SendError::Refused(message) | SendError::Broken(message)) => {
            let again = if mode == "retry_all" { Again::Yes } else { Again::AsSet };
            Err(Failed { message, again })
        }
    }
}

fn needs_person(input: &Input<'_>) -> Failed {
    let site = input.text("url").unwrap_or_default();
    Failed {
        message: format!(
            "PM OS stopped while this request was being sent, so it is not known whether it arrived. This needs a \
             person: look at {site}, then retry the run from this step, or leave it"
        ),
        again: Again::NeedsPerson,
    }
}

fn method(input: &Input<'_>) -> Result<Method, Failed> {
    let name = input.required_text("method", "The method")?.to_ascii_uppercase();
    Method::from_bytes(name.as_bytes()).map_err(|_| Failed::new(format!("{name} is not a method")))
}

fn headers(input: &Input<'_>) -> Result<HeaderMap, Failed> {
    let mut headers = HeaderMap::new();
    for (name, value) in input.object("headers") {
        let parsed = HeaderName::from_bytes(name.trim().as_bytes())
            .map_err(|_| Failed::new(format!("{name} is not the name of a header")))?;
        if !RESERVED.contains(&parsed.as_str()) {
            headers.insert(parsed, header_value(&as_text(&value))?);
        }
    }
    let fields = input.object("authFields");
    let fields = Input::new(&fields);
    if input.text("authType").as_deref() == Some("CONNECTION") {
        let connection = fields
            .value("connection")
            .ok_or_else(|| Failed::new("No connection is chosen. Choose one in this step"))?;
        signed(&mut headers, connection)?;
        return Ok(headers);
    }
    let credentials = match input.text("authType").as_deref() {
        Some("BASIC") => {
            let name = fields.required_text("username", "The name")?;
            let password = fields.text("password").unwrap_or_default();
            Some(format!("Basic {}", base64_of(&format!("{name}:{password}"))))
        }
        Some("BEARER_TOKEN") => Some(format!("Bearer {}", token(fields)?)),
        _ => None,
    };
    if let Some(credentials) = credentials {
        headers.insert(AUTHORIZATION, header_value(&credentials)?);
    }
    Ok(headers)
}

/// The token, which may be a whole connection that holds one.
fn token(fields: Input<'_>) -> Result<String, Failed> {
    let held = fields.value("token").and_then(|it| {
        ["secret_text", "access_token"].iter().find_map(|name| it.get(*name)?.as_str())
    });
    match held {
        Some(held) => Ok(held.to_owned()),
        None => fields.required_text("token", "The token"),
    }
}

/// Adds what a connection (its value as expressions see it) says who is asking with: a token, a name with a password,
/// or each of its fields as a header.
pub(crate) fn signed(headers: &mut HeaderMap, connection: &Value) -> Result<(), Failed> {
    let text = |name: &str| connection[name].as_str().unwrap_or_default();
    let credentials = match connection["type"].as_str().and_then(ConnectionType::parse) {
        Some(ConnectionType::SecretText) => format!("Bearer {}", text("secret_text")),
        Some(ConnectionType::OAuth2) => format!("Bearer {}", text("access_token")),
        Some(ConnectionType::BasicAuth) => {
            format!("Basic {}", base64_of(&format!("{}:{}", text("username"), text("password"))))
        }
        Some(ConnectionType::CustomAuth) => {
            for (name, value) in connection["props"].as_object().into_iter().flatten() {
                let name = HeaderName::from_bytes(name.trim().as_bytes())
                    .ok()
                    .filter(|it| !RESERVED.contains(&it.as_str()))
                    .ok_or_else(|| {
                        Failed::new(format!(
                            "The connection's field {name} cannot be the name of a header"
                        ))
                    })?;
                headers.insert(name, header_value(&as_text(value))?);
            }
            return Ok(());
        }
        Some(ConnectionType::NoAuth) => return Ok(()),
        None => {
            let message = "The authentication is not a connection. Choose one in this step";
            return Err(Failed::new(message));
        }
    };
    headers.insert(AUTHORIZATION, header_value(&credentials)?);
    Ok(())
}

fn header_value(text: &str) -> Result<HeaderValue, Failed> {
    HeaderValue::from_str(text.trim()).map_err(|_| {
        Failed::new("A header's value holds a line break or another control character")
    })
}

fn body(input: &Input<'_>, headers: &mut HeaderMap) -> Result<Option<Vec<u8>>, Failed> {
    let fields = input.object("body");
    let data = Input::new(&fields);
    let (bytes, content_type) = match input.text("body_type").as_deref() {
        Some("json") => {
            let json = data.json("data").unwrap_or(Value::Null);
            (json.to_string().into_bytes(), "application/json")
        }
        Some("form_data") => {
            let form = pairs(&data.object("data"));
            let encoded =
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            (encoded.into_bytes(), "application/x-www-form-urlencoded")
        }
        Some("raw") => {
            (data.text("data").unwrap_or_default().into_bytes(), "text/plain; charset=utf-8")
        }
        _ => return Ok(None),
    };
    if !headers.contains_key(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    Ok(Some(bytes))
}

fn pairs(map: &Map<String, Value>) -> Vec<(String, String)> {
    map.iter()
        .filter(|(_, it)| !it.is_null())
        .map(|(name, it)| (name.clone(), as_text(it)))
        .collect()
}

/// Whether the answer counts as a failure, as the step says.
fn judge(input: &Input<'_>, mode: &str, answer: &Reply) -> Result<Done, Failed> {
    let output = output(input, answer);
    let status = answer.status;
    if !(status.is_client_error() || status.is_server_error()) {
        return Ok(Done::Output(output));
    }
    let goes_on = mode == "continue_all" || (mode == "continue_4xx" && status.is_client_error());
    if goes_on {
        return Ok(Done::Output(output));
    }
    let again = match mode {
        "retry_all" => Again::Yes,
        "retry_5xx" if status.is_server_error() => Again::Yes,
        _ => Again::AsSet,
    };
    let body: String = as_text(&output["body"]).chars().take(SHOWN).collect();
    let reason = status.canonical_reason().unwrap_or_default();
    let message = format!("The site answered {} {reason}: {body}", status.as_u16());
    Err(Failed { message, again })
}

fn output(input: &Input<'_>, answer: &Reply) -> Value {
    let headers: Map<String, Value> = answer
        .headers
        .iter()
        .map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned().into())
        })
        .collect();
    let content_type = headers.get("content-type").and_then(Value::as_str).unwrap_or_default();
    let body = if input.flag("response_is_binary") {
        use base64::Engine;
        Value::String(base64::engine::general_purpose::STANDARD.encode(&answer.body))
    } else {
        readable(content_type, &answer.body)
    };
    json!({ "status": answer.status.as_u16(), "headers": headers, "body": body })
}

fn readable(content_type: &str, body: &[u8]) -> Value {
    let text = || Value::String(String::from_utf8_lossy(body).into_owned());
    if content_type.contains("json") {
        serde_json::from_slice(body).unwrap_or_else(|_| text())
    } else {
        text()
    }
}

/// The inputs with credentials masked, for the run's page.
pub(crate) fn shown_input(input: &Map<String, Value>) -> Value {
    const MASK: &str = "**REDACTED**";
    let mut shown = input.clone();
    if let Some(Value::Object(fields)) = shown.get_mut("authFields") {
        for name in ["password", "token", "connection"] {
            if let Some(value) = fields.get_mut(name) {
                *value = MASK.into();
            }
        }
    }
    if let Some(Value::Object(headers)) = shown.get_mut("headers") {
        for (name, value) in headers.iter_mut() {
            if matches!(
                name.to_ascii_lowercase().as_str(),
                "authorization" | "cookie" | "x-api-key"
            ) {
                *value = MASK.into();
            }
        }
    }
    Value::Object(shown)
}
