//! How a write is taken back: the reverse call, and what must still be so.

use super::Step;
use crate::plan::{Back, Does, Plan, Verb, Writing};
use crate::tool::Call;
use basecamp::classes::written;
use serde_json::{Map, Value, json};

/// The call that takes a write back.
pub(super) fn undo(
    call: &Call<'_>,
    plan: &'static Plan,
    writing: &Writing,
    step: &Step,
) -> Option<(String, Map<String, Value>)> {
    let mut place = Map::new();
    if let Some(project) = &step.project {
        place.insert("project".into(), project.id.to_string().into());
    }
    for word in format!("{} {}", plan.from, writing.read.1).split_whitespace() {
        let arg = word.split('|').next().unwrap_or(word);
        if let Some(value) = call.args.get(arg).filter(|_| arg != "project") {
            place.insert(arg.to_owned(), value.clone());
        }
    }
    let made = step.after.get("id").cloned().unwrap_or_default();
    let with = |name: &str, value: Value| {
        let mut args = place.clone();
        args.insert(name.to_owned(), value);
        args
    };
    match writing.back {
        Back::Never(_) => None,
        Back::Trash => Some(("trash_recording".into(), with("recording_id", made))),
        Back::Tool(tool) => Some((tool.into(), place)),
        Back::Remove(tool, arg) => Some((tool.into(), with(arg, made))),
        Back::Earlier => {
            let body = earlier(plan.operation, step)?;
            Some((plan.tool.into(), with("body", Value::Object(body))))
        }
        Back::Again(tool, fields) => {
            let body =
                fields.iter().map(|it| ((*it).to_owned(), step.before[*it].clone())).collect();
            Some((tool.into(), with("body", Value::Object(body))))
        }
        Back::Exchange(one, other) => {
            let list = |name: &str| step.body.get(name).cloned().unwrap_or_else(|| json!([]));
            let body = json!({ one: list(other), other: list(one) });
            Some((plan.tool.into(), with("body", body)))
        }
        Back::Raw(method, path) => {
            let path = path.replace("{}", step.params.first().map_or("", String::as_str));
            let args = json!({ "path": path, "method": method });
            Some(("basecamp_request".into(), serde_json::from_value(args).unwrap_or_default()))
        }
    }
}

/// The body that writes back what the fields were before; none when Basecamp cannot be told.
fn earlier(operation: &str, step: &Step) -> Option<Map<String, Value>> {
    let mut body = Map::new();
    for field in step.body.keys().filter(|it| *it != "notify") {
        let was = match (operation, field.as_str()) {
            ("MoveCardColumn" | "RepositionCardStep", "source_id" | "target_id") => {
                step.body.get(field).cloned().unwrap_or_default()
            }
            ("MoveCardColumn", _) => {
                let columns = step.before.get("lists").and_then(Value::as_array)?;
                let moved = columns.iter().find(|it| it.get("id") == step.body.get("source_id"))?;
                (moved["position"].as_i64()? - 1).into()
            }
            ("RepositionCardStep", "position") => (step.before["position"].as_i64()? - 1).into(),
            ("SetCardColumnColor", "color") if step.before["color"].is_null() => return None,
            _ => written(&step.before, field),
        };
        body.insert(field.clone(), if was.is_null() { "".into() } else { was });
    }
    Some(body)
}

/// What must still be as this write left it when it is taken back.
pub(super) fn guard(writing: &Writing, step: &Step) -> Option<Value> {
    let made = (writing.verb == Verb::Create).then(|| step.after["id"].as_i64()).flatten();
    let (operation, params) = match (&step.read, made) {
        (Some(read), _) => (read.name(), read.params().to_vec()),
        (None, Some(id)) => (reader(step.after["type"].as_str()?)?, vec![id.to_string()]),
        _ => return None,
    };
    let mut fields = Map::new();
    let moved = ["status", "completed", "visible_to_clients"];
    for field in step.body.keys().map(String::as_str).chain(moved) {
        let now = written(&step.after, field);
        let is_ours = made.is_some() || written(&step.before, field) != now;
        let is_known = step.after.get(field).is_some() || !now.is_null();
        if is_ours && is_known && !matches!(field, "notify" | "url" | "source_id" | "target_id") {
            fields.insert(field.to_owned(), now);
        }
    }
    Some(json!({ "operation": operation, "params": params, "fields": fields }))
}

/// The operation that reads a record of this type.
fn reader(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "Todo" => "GetTodo",
        "Todolist" => "GetTodolistOrGroup",
        "Kanban::Card" => "GetCard",
        "Kanban::Step" => "GetCardStep",
        "Kanban::Column" => "GetCardColumn",
        "Message" => "GetMessage",
        "Comment" => "GetComment",
        "Document" => "GetDocument",
        "Upload" => "GetUpload",
        "Vault" => "GetVault",
        "Schedule::Entry" => "GetScheduleEntry",
        "Question" => "GetQuestion",
        "Question::Answer" => "GetAnswer",
        _ => return None,
    })
}

/// Why a tool's writes cannot be taken back.
pub(crate) fn why_never(tool: &str) -> Option<&'static str> {
    match crate::plans::find(tool)?.does {
        Does::Write(Writing { back: Back::Never(reason), .. }) => Some(reason),
        _ => None,
    }
}
