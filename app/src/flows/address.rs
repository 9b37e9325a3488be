//! The address that starts a flow, with a line to try it, and renewing it.

use super::about::starts_by_form;
use super::server_fns::{renew_webhook_address, webhook_address};
use super::store::{Saving, Studio};
use super::values::expressions;
use crate::error::AppError;
use crate::live::{LiveEvent, use_live};
use crate::session::can;
use crate::ui::button::{Button, Kind};
use crate::ui::code::Code;
use crate::ui::dialog::Confirm;
use domain::actor::Permission;
use domain::event::{EventKind, Topic};
use domain::flow::FlowVersion;
use domain::flow::engine::FlowEngine;
use domain::ids::FlowId;
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

/// The fields of a request's body that a version reads.
pub fn body_fields(version: &FlowVersion) -> Vec<String> {
    read_fields(&expressions(version))
}

/// A body to try the flow with.
pub fn sample_body(studio: Studio) -> Value {
    let mut fields = studio.flow.with(|it| body_fields(&it.version));
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

/// What the server said the address is; nothing until it answers.
type Known = RwSignal<Option<Result<String, AppError>>>;

/// The address of the flow and a ready line to try it. It is asked for again whenever somebody renewed it.
#[component]
pub fn WebhookAddress(
    /// The open flow.
    studio: Studio,
    /// Whether it can be renewed here, by whom that is for.
    #[prop(optional)]
    can_renew: bool,
) -> impl IntoView {
    let address: Known = RwSignal::new(None);
    let is_form = stored_form(studio);
    ask(studio, address, is_form);
    let lines = move || match address.get() {
        None => view! { <span class="skel" style="inline-size: 80%"></span> }.into_any(),
        Some(Ok(url)) => view! { <Lines studio=studio url=url is_form=is_form.get() /> }.into_any(),
        Some(Err(error)) => {
            view! { <p class="error" role="alert">{error.to_string()}</p> }.into_any()
        }
    };
    view! {
        {lines}
        {can_renew.then(|| view! { <Renew studio=studio address=address /> })}
    }
}

/// Whether the flow that the server has starts by a form: its address is another page then.
fn stored_form(studio: Studio) -> Memo<bool> {
    let is_form = starts_by_form(studio);
    Memo::new(move |before: Option<&bool>| match before {
        Some(before) if studio.saving.get() != Saving::Saved => *before,
        _ => is_form.get(),
    })
}

/// Asks for the address, in the browser: on the server this is part of a page that loads.
fn ask(studio: Studio, address: Known, is_form: Memo<bool>) {
    let id = Memo::new(move |_| studio.flow.with(|it| it.id.clone()));
    let asked = RwSignal::new(0_u32);
    let live = use_live();
    let (version, last) = (live.version(Topic::Flow), live.last(Topic::Flow));
    Effect::new(move |before: Option<u64>| {
        let version = version.get();
        let is_news = before.is_some_and(|it| it != version);
        if is_news && last.get_untracked().is_none_or(|it| id.with_untracked(|id| renews(&it, id)))
        {
            asked.update(|it| *it += 1);
        }
        version
    });
    Effect::new(move |_| {
        let (id, question) = (id.get(), asked.get());
        is_form.track();
        spawn_local(async move {
            let answer = webhook_address(id).await;
            // What was asked before the address was renewed comes too late.
            if asked.try_get_untracked() == Some(question) {
                address.try_set(Some(answer));
            }
        });
    });
}

/// Whether an event says that the flow `id` has another address.
fn renews(event: &LiveEvent, id: &FlowId) -> bool {
    let kind = event.data.get("kind").and_then(Value::as_str);
    event.id == id.as_str() && kind == Some(EventKind::FlowAddressRenewed.as_str())
}

/// The address, and a line for a terminal that sends what the flow reads.
#[component]
fn Lines(studio: Studio, url: String, is_form: bool) -> impl IntoView {
    let address = url.clone();
    let title = if is_form {
        "People fill in the form at this address"
    } else {
        "A request to this address starts it"
    };
    let line = Signal::derive(move || curl(&url, &sample_body(studio)));
    view! {
        <div class="stack">
            <h3>{title}</h3>
            <Code label="Address" text=address />
            {(!is_form).then(|| view! { <Code label="Try it in a terminal" text=line /> })}
        </div>
    }
}

/// Gives the flow another address, after asking. Flows of another engine keep theirs.
#[component]
fn Renew(studio: Studio, address: Known) -> impl IntoView {
    let manages = can(Permission::Manage);
    let is_ours = studio.flow.with_untracked(|it| it.engine == FlowEngine::Builtin);
    let (asks, busy) = (RwSignal::new(false), RwSignal::new(false));
    let renew = move |()| {
        busy.set(true);
        let id = studio.flow.with_untracked(|it| it.id.clone());
        spawn_local(async move {
            match renew_webhook_address(id).await {
                Ok(url) => {
                    address.try_set(Some(Ok(url)));
                    studio.toasts.say("The flow has a new address");
                }
                Err(error) => studio.toasts.failed(format!("The address stays. {error}")),
            }
            busy.try_set(false);
            asks.try_set(false);
        });
    };
    view! {
        <Show when=move || is_ours && manages.get()>
            <div class="row">
                <Button kind=Kind::Plain icon="refresh" on:click=move |_| asks.set(true)>"Renew the address"</Button>
            </div>
            <Confirm
                open=asks
                title="Renew the address?"
                body="The flow gets a new address at once. Whoever calls the old one is refused from now on, so tell them the new one."
                action="Renew the address"
                keep="Keep this one"
                busy=busy
                confirm=renew
            />
        </Show>
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
