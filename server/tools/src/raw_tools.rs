//! Basecamp's own calls: any path, and one tool for each of the listed endpoints.

use crate::error::ToolError;
use crate::lists;
use crate::tool::{Call, Done, ToolSpec};
use basecamp::records::Request;
use domain::problem::Problem;
use serde_json::{Map, Value, json};

type Outcome = Result<Done, ToolError>;

/// A path with a method.
pub(crate) async fn request(call: Call<'_>) -> Outcome {
    let method = call.args.text("method").unwrap_or("GET").to_owned();
    let path = own_path(call.args.need("path")?)?;
    send(&call, &method, &path).await
}

/// The endpoint that the meaning of an `api_*` tool names: `Basecamp endpoint GET /people/{person_id}.json`.
pub(crate) async fn endpoint(call: Call<'_>, spec: &ToolSpec) -> Outcome {
    let words = spec.meaning.strip_prefix("Basecamp endpoint ").unwrap_or_default();
    let (method, template) = words.split_once(' ').unwrap_or_default();
    let mut path = String::new();
    for part in template.trim_start_matches('/').split('/') {
        let part = part.trim_end_matches(".json");
        let arg = part.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
        path.push('/');
        match arg {
            Some(arg) => path.push_str(&id_of(&call, arg)?),
            None => path.push_str(part),
        }
    }
    send(&call, method, &path).await
}

/// An id: a number, or digits in text.
fn id_of(call: &Call<'_>, arg: &str) -> Result<String, ToolError> {
    let written = call.args.get(arg).map(crate::args::text_of).unwrap_or_default();
    if !written.is_empty() && written.bytes().all(|it| it.is_ascii_digit()) {
        return Ok(written);
    }
    Err(Problem::invalid(arg, format!("{arg} must be a number")).into())
}

/// The path of an address, which must not lead out of the connected account.
fn own_path(text: &str) -> Result<String, ToolError> {
    let text = text.trim();
    let Some((_, rest)) = text.split_once("://") else { return Ok(text.to_owned()) };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if !host.ends_with("basecampapi.com") && !host.ends_with("basecamp.com") {
        return Err(Problem::invalid("path", "Only paths of Basecamp can be called").into());
    }
    let after_account = path.split_once('/').map_or("", |(_, path)| path);
    Ok(format!("/{after_account}"))
}

async fn send(call: &Call<'_>, method: &str, path: &str) -> Outcome {
    let mut request = Request::recognise(method, path).ok_or_else(|| {
        let words =
            format!("Basecamp has no route {} {path} that PM OS knows", method.to_uppercase());
        Problem::invalid("path", words)
    })?;
    let query: Map<String, Value> = call.args.read("query")?.unwrap_or_default();
    for (name, value) in query {
        let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        for value in values {
            request = request.asking(&name, crate::args::text_of(&value));
        }
    }
    let api = &call.tools.basecamp;
    if !request.is_read() {
        let body: Map<String, Value> = call.args.read("body")?.unwrap_or_default();
        let answered = api.send(call.actor, &request.with(body)).await?;
        let message = format!("{} {path}: done", method.to_uppercase());
        return Ok(Done::new(json!({ "message": message, "data": answered })).on(path));
    }
    let is_whole = call.args.get("paginate").and_then(Value::as_bool).unwrap_or(true);
    let first = api.fetch(call.actor, &request).await?;
    match first {
        Value::Array(_) if is_whole => {
            Ok(Done::new(lists::read("items", &api.fetch_all(call.actor, &request).await?)))
        }
        Value::Array(_) => {
            Ok(Done::new(lists::read("items", &api.fetch_page(call.actor, &request).await?)))
        }
        record => Ok(Done::new(json!({ "data": record }))),
    }
}
