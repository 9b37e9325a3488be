//! What a write did to which record: every success leaves a happening, as the real service keeps a history.

use crate::account::Account;
use crate::call::{Answer, Call};
use crate::record::Happening;
use serde_json::Value;

/// How a record was before a write.
pub(crate) struct Before {
    id: Option<i64>,
    assignees: Vec<i64>,
}

impl Before {
    /// Looks at the record the path names.
    pub(crate) fn of(account: &Account, call: &Call) -> Self {
        let id = call.path.iter().find_map(|it| it.parse().ok());
        let assignees = id.map(|it| assignees(account, it)).unwrap_or_default();
        Self { id, assignees }
    }

    /// Writes down what `answer` says was done.
    pub(crate) fn note(self, account: &mut Account, call: &Call, answer: &Answer) {
        let made = match answer {
            Answer::Record(201, record) => record.get("id").and_then(Value::as_i64),
            _ => None,
        };
        let Some(recording_id) = made.or(self.id) else { return };
        let Some(place) = account.place(recording_id) else { return };
        let now = assignees(account, recording_id);
        let added = minus(&now, &self.assignees);
        let removed = minus(&self.assignees, &now);
        let is_assigned = made.is_none() && !(added.is_empty() && removed.is_empty());
        let action = if made.is_some() {
            "created"
        } else if is_assigned {
            "assignment_changed"
        } else {
            action(call)
        };
        let happening = Happening {
            id: account.take_id(),
            recording_id,
            project_id: place.project_id,
            action: action.to_owned(),
            kind: place.kind,
            creator_id: account.owner_id(),
            created_at: call.now,
            added_person_ids: added,
            removed_person_ids: removed,
        };
        account.happenings.push(happening);
    }
}

fn assignees(account: &Account, id: i64) -> Vec<i64> {
    let todo = account.todo(id).map(|it| it.assignee_ids.clone());
    todo.or_else(|| account.record(id).map(|it| it.people("assignee_ids"))).unwrap_or_default()
}

fn minus(all: &[i64], without: &[i64]) -> Vec<i64> {
    all.iter().copied().filter(|it| !without.contains(it)).collect()
}

/// The word for a write to a record that was there.
fn action(call: &Call) -> &'static str {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match (call.method.as_str(), path.as_slice()) {
        ("POST", ["todos", _, "completion"]) => "completed",
        ("DELETE", ["todos", _, "completion"]) => "uncompleted",
        (_, [.., "position" | "positions"]) => "position_changed",
        (_, [.., "moves"]) => "moved",
        (_, ["recordings", _, "status", "archived"]) => "archived",
        (_, ["recordings", _, "status", "trashed"]) => "trashed",
        (_, ["recordings", _, "status", _]) => "unarchived",
        (_, [.., "subscription"]) => "subscribers_changed",
        ("POST", [.., "pin"]) => "pinned",
        ("DELETE", [.., "pin"]) => "unpinned",
        (_, [.., "client_visibility"]) => "client_visibility_changed",
        _ => "content_changed",
    }
}
