//! What is one change of Basecamp and nothing more: a table of them, and what carries one out.

use super::{Step, failed, ids, request};
use crate::pieces::attachments;
use crate::pieces::input::Input;
use crate::pieces::{Done, Failed};
use basecamp::Basecamp;
use serde_json::{Map, Value, json};

/// How a change is made.
#[derive(Clone, Copy)]
enum Way {
    /// Something new, in the record it is on.
    Make,
    /// New values for some fields; read by this operation before and after.
    Change(&'static str),
    /// Anything else; the record is read by this operation afterwards, where there is one.
    Act(&'static str),
}

/// One change.
struct Carried {
    /// What the step chooses.
    operation: &'static str,
    way: Way,
    /// Basecamp's name of it.
    name: &'static str,
    /// What it is on, in the order of the address: pickers or details, `@vault` for a tool of the project.
    on: &'static [&'static str],
    /// Details that go along: `name~` as rich text, `name#` as a number, `name@` as a list of ids.
    fields: &'static [&'static str],
    /// Where Basecamp wants them under one name.
    within: Option<&'static str>,
}

const fn carried(
    operation: &'static str,
    way: Way,
    name: &'static str,
    on: &'static [&'static str],
    fields: &'static [&'static str],
) -> Carried {
    Carried { operation, way, name, on, fields, within: None }
}

const ALL: [Carried; 27] = [
    carried("reposition_todo", Way::Act("GetTodo"), "RepositionTodo", &["todo"], &["position#"]),
    carried(
        "update_todolist",
        Way::Change("GetTodolistOrGroup"),
        "UpdateTodolistOrGroup",
        &["todolist"],
        &["name", "description~"],
    ),
    carried("create_todolist_group", Way::Make, "CreateTodolistGroup", &["todolist"], &["name"]),
    carried("archive_card", Way::Act("GetCard"), "ArchiveRecording", &["card"], &[]),
    carried("trash_card", Way::Act("GetCard"), "TrashRecording", &["card"], &[]),
    carried("create_card_step", Way::Make, "CreateCardStep", &["card"], &["title", "due_on"]),
    carried(
        "create_card_table_column",
        Way::Make,
        "CreateCardColumn",
        &["card_table"],
        &["title", "description"],
    ),
    carried(
        "update_card_table_column",
        Way::Change("GetCardColumn"),
        "UpdateCardColumn",
        &["column"],
        &["title", "description"],
    ),
    carried(
        "update_card_table_column_color",
        Way::Act(""),
        "SetCardColumnColor",
        &["project", "column"],
        &["color"],
    ),
    carried(
        "update_message",
        Way::Change("GetMessage"),
        "UpdateMessage",
        &["message"],
        &["subject", "content~"],
    ),
    carried("pin_recording", Way::Act("GetMessage"), "PinMessage", &["message"], &[]),
    carried("unpin_recording", Way::Act("GetMessage"), "UnpinMessage", &["message"], &[]),
    carried(
        "update_comment",
        Way::Change("GetComment"),
        "UpdateComment",
        &["comment_id"],
        &["content~"],
    ),
    carried(
        "update_schedule_entry",
        Way::Change("GetScheduleEntry"),
        "ReplaceScheduleEntry",
        &["entry"],
        &["summary", "starts_at", "ends_at", "description~", "participant_ids@"],
    ),
    carried(
        "update_document",
        Way::Change("GetDocument"),
        "ReplaceDocument",
        &["document"],
        &["title", "content~"],
    ),
    carried("create_child_vault", Way::Make, "CreateVault", &["@vault"], &["title"]),
    carried(
        "update_project",
        Way::Change("GetProject"),
        "UpdateProject",
        &["project"],
        &["name", "description"],
    ),
    carried("trash_project", Way::Act("GetProject"), "TrashProject", &["project"], &[]),
    Carried {
        within: Some("project"),
        ..carried(
            "create_project_construction",
            Way::Make,
            "CreateProjectFromTemplate",
            &["template"],
            &["name", "description"],
        )
    },
    carried(
        "create_question_answer",
        Way::Make,
        "CreateAnswer",
        &["question"],
        &["content~", "group_on"],
    ),
    carried("pause_question", Way::Act("GetQuestion"), "PauseQuestion", &["question"], &[]),
    carried("resume_question", Way::Act("GetQuestion"), "ResumeQuestion", &["question"], &[]),
    carried("archive_recording", Way::Act(""), "ArchiveRecording", &["record"], &[]),
    carried("unarchive_recording", Way::Act(""), "UnarchiveRecording", &["record"], &[]),
    carried("trash_recording", Way::Act(""), "TrashRecording", &["record"], &[]),
    carried("subscribe_recording", Way::Act(""), "Subscribe", &["record"], &[]),
    carried("unsubscribe_recording", Way::Act(""), "Unsubscribe", &["record"], &[]),
];

/// What `operation` is, if it is one of the table.
fn find(operation: &str) -> Option<&'static Carried> {
    ALL.iter().find(|it| it.operation == operation)
}

/// Carries out the step's operation; none when it is not one of the table.
pub(super) async fn carry(step: &Step<'_>) -> Option<Result<Done, Failed>> {
    match find(&step.operation) {
        Some(it) => Some(carried_out(step, it).await.map(Done::Output)),
        None if step.operation == "create_upload" => Some(upload(step).await.map(Done::Output)),
        None => None,
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
        Way::Change(read) => step.change((read, what.name), last, &body).await,
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

/// The id that a part of the address stands for.
async fn place(step: &Step<'_>, name: &str) -> Result<i64, Failed> {
    if let Some(tool) = name.strip_prefix('@') {
        return step.tool(tool, "documents and files").await;
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
    for field in what.fields {
        let name = field.trim_end_matches(['~', '#', '@']);
        let value = match field.strip_prefix(name) {
            Some("~") => fields.text(name).map(|it| Basecamp::rich(&it).into()),
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
        for it in &ALL {
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
                assert!(has(field.trim_end_matches(['~', '#', '@'])), "{}: {field}", it.operation);
            }
            let ids = vec![String::from("1"); it.on.len()];
            assert!(basecamp::records::Request::new(it.name, &ids).is_some(), "{}", it.name);
        }
    }
}
