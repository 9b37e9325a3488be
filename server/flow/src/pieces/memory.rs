//! The piece that keeps values. Each change and the note that its step is done are one transaction, so that nothing
//! is added twice, whatever happens to the process.

use crate::engine::journal;
use crate::pieces::input::{Input, as_text};
use crate::pieces::{Call, Done, Failed, Refused};
use domain::event::{Event, EventKind};
use serde_json::{Value, json};
use store::events;
use store::flow_values::{self, Place};

/// Characters of a name.
const NAME: usize = 128;
/// Bytes of a value as JSON.
const VALUE: usize = 512 * 1024;

/// What a step does to a value.
enum Change {
    Put(Value),
    Append { text: String, separator: String },
    Remove,
    Add { values: Vec<Value>, only_new: bool },
    Take(Value),
}

/// Does what `action` says.
pub(crate) async fn run(action: &str, call: &Call<'_>) -> Result<Done, Failed> {
    let input = &call.input;
    let place = place(call)?;
    if action == "get" {
        let mut conn = call.engine.db.read().await?;
        let found = flow_values::get(&mut conn, &place).await?;
        let found = found.or_else(|| input.value("defaultValue").cloned());
        return Ok(Done::Output(found.unwrap_or_default()));
    }
    let change = match action {
        "put" => Change::Put(input.json("value").unwrap_or_default()),
        "append" => Change::Append {
            text: input.text("value").unwrap_or_default(),
            separator: input.text("separator").unwrap_or_default(),
        },
        "remove_value" => Change::Remove,
        "add_to_list" => {
            Change::Add { values: added(input), only_new: input.flag("ignore_if_exists") }
        }
        "remove_from_list" => Change::Take(input.json("value").unwrap_or_default()),
        other => return Err(Failed::unknown("Memory", other)),
    };
    write(call, place, change).await
}

fn place(call: &Call<'_>) -> Result<Place, Failed> {
    let name = call.input.required_text("key", "The name")?;
    if name.chars().count() > NAME {
        return Err(Failed::new(format!("The name is longer than {NAME} characters")));
    }
    let kept_for = match call.input.text("store_scope").as_deref() {
        None | Some("COLLECTION" | "PROJECT") => String::new(),
        Some("FLOW") => call.run.flow.to_string(),
        Some("RUN") => call.run.id.to_string(),
        Some(other) => {
            let message =
                format!("{other} is not a choice. Keep it for the workspace, the flow or the run");
            return Err(Failed::new(message));
        }
    };
    Ok(Place { workspace: call.run.workspace.clone(), kept_for, name })
}

fn added(input: &Input<'_>) -> Vec<Value> {
    match input.json("value") {
        None => Vec::new(),
        Some(Value::Array(values)) => values,
        Some(one) => vec![one],
    }
}

async fn write(call: &Call<'_>, place: Place, change: Change) -> Result<Done, Failed> {
    let (run, key) = (call.run.clone(), call.key.to_owned());
    let actor = journal::acting(call.run);
    let done: Result<Value, Refused> = call
        .engine
        .db
        .write(move |conn| {
            Box::pin(async move {
                flow_values::lock(conn, &place).await?;
                if let Some(output) = flow_values::done_before(conn, &run.workspace, &key).await? {
                    return Ok(output);
                }
                let before = flow_values::get(conn, &place).await?;
                let (after, output) = changed(before, change)?;
                flow_values::set(conn, &place, after.as_ref()).await?;
                flow_values::mark_done(conn, (&run.workspace, &run.id), &key, &output).await?;
                let event = Event::new(EventKind::FlowValueChanged, &run.flow, place.name.as_str());
                events::record(conn, &actor, &event).await?;
                Ok(output)
            })
        })
        .await;
    Ok(Done::Output(done?))
}

/// What is kept after the change, and what the step gives.
fn changed(before: Option<Value>, change: Change) -> Result<(Option<Value>, Value), Refused> {
    let after = match change {
        Change::Put(value) => value,
        Change::Append { text, separator } => {
            let before = before.map(|it| as_text(&it)).filter(|it| !it.is_empty());
            before.map_or_else(|| text.clone(), |it| format!("{it}{separator}{text}")).into()
        }
        Change::Remove => return Ok((None, json!({ "removed": before.is_some() }))),
        Change::Add { values, only_new } => {
            let mut items = list(before)?;
            for value in values {
                if !only_new || !items.contains(&value) {
                    items.push(value);
                }
            }
            Value::Array(items)
        }
        Change::Take(value) => {
            let mut items = list(before)?;
            if let Some(at) = items.iter().position(|it| *it == value) {
                items.remove(at);
            }
            Value::Array(items)
        }
    };
    if after.to_string().len() > VALUE {
        let message = "The value would be larger than 512 kB. Keep less under one name";
        return Err(Refused::Step(Failed::new(message)));
    }
    Ok((Some(after.clone()), after))
}

fn list(before: Option<Value>) -> Result<Vec<Value>, Refused> {
    match before {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => {
            let message = "What is kept under this name is not a list. Use another name";
            Err(Refused::Step(Failed::new(message)))
        }
    }
}
