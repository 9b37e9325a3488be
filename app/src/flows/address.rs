//! The address that starts a flow, with a line to try it.

use super::server_fns::webhook_address;
use super::store::Studio;
use super::values::expressions;
use crate::ui::code::Code;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};

/// The fields of the request's body that the flow reads: `{{trigger.body.name}}` reads `name`.
fn read_fields(expressions: &[String]) -> Vec<String> {
    let mut fields = Vec::new();
    for expression in expressions {
        let rest = expression
            .strip_prefix("trigger.body.")
            .or_else(|| expression.strip_prefix("trigger['body']['"));
        let Some(rest) = rest else { continue };
        let field: String =
            rest.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
        if !field.is_empty() && !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields
}

/// A body to try the flow with.
pub fn sample_body(studio: Studio) -> Value {
    let mut fields = studio.flow.with(|it| read_fields(&expressions(&it.version)));
    if fields.is_empty() {
        fields.push("name".to_owned());
    }
    let value = |field: String| {
        let sample = if field == "name" { "Call the printer" } else { "…" };
        (field, Value::from(sample))
    };
    Value::Object(fields.into_iter().map(value).collect::<Map<_, _>>())
}

/// A line for a terminal that sends `body` to `url`.
fn curl(url: &str, body: &Value) -> String {
    let body = body.to_string().replace('\'', "'\\''");
    format!("curl -X POST {url} -H 'Content-Type: application/json' -d '{body}'")
}

/// The address of the flow and a ready line to try it.
#[component]
pub fn WebhookAddress(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let id = Memo::new(move |_| studio.flow.with(|it| it.id.clone()));
    let address = RwSignal::new(None);
    // Asked for by the browser: on the server this is part of a page that loads.
    Effect::new(move |_| {
        let id = id.get();
        spawn_local(async move {
            let answer = webhook_address(id).await;
            address.try_set(Some(answer));
        });
    });
    move || match address.get() {
        None => view! { <span class="skel" style="inline-size: 80%"></span> }.into_any(),
        Some(Ok(url)) => view! { <Lines studio=studio url=url /> }.into_any(),
        Some(Err(error)) => {
            view! { <p class="error" role="alert">{error.to_string()}</p> }.into_any()
        }
    }
}

/// The address, and a line for a terminal that sends what the flow reads.
#[component]
fn Lines(studio: Studio, url: String) -> impl IntoView {
    let address = url.clone();
    let line = Signal::derive(move || curl(&url, &sample_body(studio)));
    view! {
        <div class="stack">
            <h3>"A request to this address starts it"</h3>
            <Code label="Address" text=address />
            <Code label="Try it in a terminal" text=line />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_line_sends_what_the_flow_reads() {
        let fields = read_fields(&[
            "trigger.body.name".to_owned(),
            "step_1.id".to_owned(),
            "trigger['body']['due']".to_owned(),
        ]);
        assert_eq!(fields, ["name", "due"]);
        assert_eq!(
            curl("http://127.0.0.1:10000/hooks/f/s", &json!({"name": "It's late"})),
            r#"curl -X POST http://127.0.0.1:10000/hooks/f/s -H 'Content-Type: application/json' -d '{"name":"It'\''s late"}'"#
        );
    }
}
