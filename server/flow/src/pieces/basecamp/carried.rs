//! What is one change of Basecamp and nothing more: what carries out one of the table.

mod table;

use super::{Step, failed, ids, request, setting_up};
use crate::pieces::attachments;
use crate::pieces::input::Input;
use crate::pieces::{Done, Failed};
use basecamp::Basecamp;
use serde_json::{Map, Value, json};
use table::{Carried, Way};

/// What `operation` is, if it is one of the table.
fn find(operation: &str) -> Option<&'static Carried> {
    table::ALL.iter().find(|it| it.operation == operation)
}

/// Carries out the step's operation; none when it is not one of the table.
pub(super) async fn carry(step: &Step<'_>) -> Option<Result<Done, Failed>> {
    match find(&step.operation) {
        Some(it) => Some(carried_out(step, it).await.map(Done::Output)),
        None => match step.operation.as_str() {
            "create_upload" => Some(upload(step).await.map(Done::Output)),
            other => setting_up::run(step, other).await.map(|it| it.map(Done::Output)),
        },
    }
}

async fn carried_out(step: &Step<'_>, what: &Carried) -> Result<Value, Failed> {
    let mut on = Vec::with_capacity(what.on.len());
    for name in what.on {
        on.push(place(step, name).await?);
    }
    let last = on.last().copied().unwrap_or_default();
    let body = body_of(&step.details(), what)?;
    match what.way {
        Way::Make => {
            if body.is_empty() {
                return Err(Failed::new("Nothing is filled in. Fill in what should be made"));
            }
            step.make(what.name, &on, body).await
        }
        Way::Change(read) => step.change((read, what.name), &on, &body).await,
        Way::Act(_) if body.is_empty() && !what.fields.is_empty() => {
            Err(Failed::new("Nothing is filled in. Fill in what should change"))
        }
        Way::Act(read) => {
            let answer = step.make(what.name, &on, body).await?;
            if answer.is_object() {
                return Ok(answer);
            }
            if read.is_empty() {
                return Ok(json!({ "id": last, "done": true }));
            }
            step.fetch(read, &[last]).await
        }
    }
}

/// What people call tools of projects.
const TOOLS: [(&str, &str); 4] = [
    ("vault", "documents and files"),
    ("chat", "chat"),
    ("schedule", "schedule"),
    ("questionnaire", "check-ins"),
];

/// The id that a part of the address stands for.
async fn place(step: &Step<'_>, name: &str) -> Result<i64, Failed> {
    if let Some(tool) = name.strip_prefix('@') {
        let label = TOOLS.iter().find(|it| it.0 == tool).map_or(tool, |it| it.1);
        return step.tool(tool, label).await;
    }
    match step.call.input.integer(name) {
        Some(id) => Ok(id),
        None => {
            let label = format!("The {}", name.trim_end_matches("_id").replace('_', " "));
            step.details().required_integer(name, &label)
        }
    }
}

fn body_of(fields: &Input<'_>, what: &Carried) -> Result<Map<String, Value>, Failed> {
    let mut body = Map::new();
    for (name, value) in what.always {
        body.insert((*name).to_owned(), (*value).into());
    }
    for field in what.fields {
        let name = field.trim_end_matches(['~', '#', '@', '?']);
        let value = match field.strip_prefix(name) {
            Some("~") => fields.text(name).map(|it| Basecamp::rich(&it).into()),
            Some("?") => Some(fields.flag(name).into()),
            Some("#") => Some(fields.required_integer(name, "The number")?.into()),
            Some("@") => Some(ids(fields.json(name))).filter(|it| !it.is_empty()).map(Into::into),
            _ => fields.text(name).map(Value::from),
        };
        body.extend(value.map(|it| (name.to_owned(), it)));
    }
    Ok(match what.within {
        Some(name) if !body.is_empty() => Map::from_iter([(name.to_owned(), body.into())]),
        _ => body,
    })
}

/// Puts a file into the files of a project: stored first, then named where it belongs.
async fn upload(step: &Step<'_>) -> Result<Value, Failed> {
    let fields = step.details();
    let vault = step.tool("vault", "documents and files").await?;
    let name = fields.text("name").filter(|it| !it.trim().is_empty());
    let content = fields.value("file").ok_or_else(|| {
        Failed::new("The file is empty. Fill it in, or check the value it is taken from")
    })?;
    let file = attachments::one(step.call.engine, name.as_deref(), content).await?;
    let stored = step.basecamp().store_file(&step.actor, (&file.name, &file.kind), file.bytes);
    let stored = stored.await.map_err(failed)?;
    let mut body = super::body(&fields, &["description~"]);
    body.insert("attachable_sgid".to_owned(), stored["attachable_sgid"].clone());
    let request = request("CreateUpload", &[vault])?.with(body);
    step.basecamp().send(&step.actor, &request).await.map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::catalog;

    #[test]
    fn every_change_is_offered_and_every_place_of_it_can_be_filled_in() {
        for it in &table::ALL {
            let actions = &catalog::piece(catalog::BASECAMP).expect("Basecamp").actions;
            let mut offered = actions.iter().flat_map(|it| &it.operations);
            let meta = offered.find(|meta| meta.value == it.operation);
            let meta = meta.unwrap_or_else(|| panic!("{} is not offered", it.operation));
            let has = |name: &str| {
                meta.needs.contains(&name) || meta.inputs.iter().any(|it| it.name == name)
            };
            for name in it.on.iter().filter(|it| !it.starts_with('@')) {
                assert!(has(name), "{} asks for no {name}", it.operation);
            }
            for field in it.fields {
                assert!(
                    has(field.trim_end_matches(['~', '#', '@', '?'])),
                    "{}: {field}",
                    it.operation
                );
            }
            let ids = vec![String::from("1"); it.on.len()];
            assert!(basecamp::records::Request::new(it.name, &ids).is_some(), "{}", it.name);
        }
    }
}
