//! How Basecamp's writes behave (spec: write semantics), as data: which clear what they are not given, which are
//! silent drafts, where a lost creation can be found, and how a field is read back.

use serde_json::{Map, Value};

/// Writes that clear or require what is left out: they are given every one of these fields.
pub(crate) const WHOLE: &[(&str, &[&str])] = &[
    (
        "ReplaceTodo",
        &[
            "content",
            "description",
            "assignee_ids",
            "completion_subscriber_ids",
            "due_on",
            "starts_on",
        ],
    ),
    ("UpdateTodolistOrGroup", &["name", "description"]),
    ("ReplaceDocument", &["title", "content"]),
    (
        "ReplaceScheduleEntry",
        &[
            "summary",
            "starts_at",
            "ends_at",
            "description",
            "participant_ids",
            "all_day",
            "url",
            "highlighted",
        ],
    ),
    ("UpdateCardStep", &["title", "due_on", "assignee_ids"]),
    ("UpdateProject", &["name", "description"]),
    ("UpdateTemplate", &["name", "description"]),
    ("UpdateMessageType", &["name", "icon"]),
    ("UpdateChatbot", &["service_name", "command_url"]),
    ("UpdateLineupMarker", &["name", "date"]),
    ("UpdateQuestion", &["title", "schedule"]),
];

/// Creations that notify nobody unless they say that they are active.
pub(crate) const DRAFTS: &[&str] = &["CreateMessage", "CreateDocument", "CreateGoogleDocument"];

/// Where a creation without a clear answer is looked for: its listing, and the field that tells it.
pub(crate) const LISTINGS: &[(&str, &str, &str)] = &[
    ("CreateTodo", "ListTodos", "content"),
    ("CreateTodolist", "ListTodolists", "name"),
    ("CreateTodolistGroup", "ListTodolistGroups", "name"),
    ("CreateCard", "ListCards", "title"),
    ("CreateMessage", "ListMessages", "subject"),
    ("CreateComment", "ListComments", "content"),
    ("CreateDocument", "ListDocuments", "title"),
    ("CreateUpload", "ListUploads", "description"),
    ("CreateVault", "ListVaults", "title"),
    ("CreateScheduleEntry", "ListScheduleEntries", "summary"),
    ("CreateCampfireLine", "ListCampfireLines", "content"),
    ("CreateQuestion", "ListQuestions", "title"),
    ("CreateAnswer", "ListAnswers", "content"),
    ("CreateProject", "ListProjects", "name"),
    ("CreateTemplate", "ListTemplates", "name"),
    ("CreateMessageType", "ListMessageTypes", "name"),
    ("CreateChatbot", "ListChatbots", "service_name"),
    ("CreateLineupMarker", "ListLineupMarkers", "name"),
    ("CreateWebhook", "ListWebhooks", "payload_url"),
    ("CreateTimesheetEntry", "GetRecordingTimesheet", "description"),
    ("CreateRecordingBoost", "ListRecordingBoosts", "content"),
];

/// A writable field as the record shows it now, in the form a write takes.
pub fn written(record: &Value, field: &str) -> Value {
    let ids = |name: &str| {
        let people = record.get(name).and_then(Value::as_array);
        people.map(|it| it.iter().filter_map(|it| it.get("id").cloned()).collect::<Value>())
    };
    let shown = match field {
        "assignee_ids" => ids("assignees"),
        "completion_subscriber_ids" => ids("completion_subscribers"),
        "participant_ids" => ids("participants"),
        "category_id" => record.pointer("/category/id").cloned(),
        "url" => record.get("join_url").cloned(),
        "parent_id" | "column_id" => record.pointer("/parent/id").cloned(),
        "base_name" => {
            let name = record.get("filename").and_then(Value::as_str).unwrap_or_default();
            Some(name.rsplit_once('.').map_or(name, |(base, _)| base).into())
        }
        other => record.get(other).cloned(),
    };
    shown.unwrap_or_default()
}

/// The fields of `record` with `changes` over them: everything a write of this class must be given.
///
/// Nothing when a text of the record is not a text: such an answer is never written back.
pub(crate) fn overlaid(
    operation: &str,
    record: &Value,
    changes: &Map<String, Value>,
) -> Option<Map<String, Value>> {
    let fields = WHOLE.iter().find(|it| it.0 == operation).map(|it| it.1).unwrap_or_default();
    let mut body = Map::new();
    for field in fields {
        let now = written(record, field);
        let is_text = matches!(*field, "content" | "description" | "title" | "name" | "summary");
        if is_text && !(now.is_string() || now.is_null()) {
            return None;
        }
        if !now.is_null() {
            body.insert((*field).to_owned(), now);
        }
    }
    body.extend(changes.clone());
    Some(body)
}

/// What a write must be given to take a change of the fields of `changes` back.
pub(crate) fn written_back(
    before: &Value,
    mut whole: Map<String, Value>,
    changes: &Map<String, Value>,
) -> Value {
    for field in changes.keys().filter(|it| *it != "notify") {
        let was = written(before, field);
        whole.insert(field.clone(), if was.is_null() { "".into() } else { was });
    }
    Value::Object(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_change_is_laid_over_everything_the_record_has() {
        let record = json!({
            "content": "A", "description": "<div>n</div>", "due_on": null, "assignees": [{"id": 7}],
            "completion_subscribers": []
        });
        let body = overlaid("ReplaceTodo", &record, &fields(json!({"content": "B"}))).unwrap();
        let wanted = json!({
            "content": "B", "description": "<div>n</div>", "assignee_ids": [7], "completion_subscriber_ids": []
        });
        assert_eq!(Value::Object(body), wanted);
    }

    #[test]
    fn a_malformed_record_is_never_written_back() {
        for wrong in [json!([]), json!({}), json!(4)] {
            let record = json!({"title": "A", "content": wrong});
            assert_eq!(overlaid("ReplaceDocument", &record, &Map::new()), None);
        }
    }

    #[test]
    fn a_link_is_read_back_under_its_other_name() {
        assert_eq!(
            written(&json!({"join_url": "https://a.test", "url": "x"}), "url"),
            "https://a.test"
        );
    }
}
