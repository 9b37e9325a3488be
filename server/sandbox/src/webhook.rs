//! Addresses that hear of what happens in a project, and what they are told.

use crate::account::{Account, Time};
use crate::call::{Answer, Call};
use crate::record::Happening;
use crate::render::{Render, iso};
use crate::routes;
use axum::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a hook may be about.
pub(crate) const KINDS: [&str; 18] = [
    "Comment",
    "Client::Approval::Response",
    "Client::Forward",
    "Client::Reply",
    "CloudFile",
    "Document",
    "GoogleDocument",
    "Inbox::Forward",
    "Kanban::Card",
    "Kanban::Step",
    "Message",
    "Question",
    "Question::Answer",
    "Schedule::Entry",
    "Todo",
    "Todolist",
    "Upload",
    "Vault",
];
/// Deliveries that are shown.
const SHOWN: usize = 25;
/// What the record inside a delivery lacks.
const LEFT_OUT: [&str; 9] = [
    "description",
    "description_attachments",
    "completed",
    "completion",
    "completion_subscribers",
    "assignees",
    "due_on",
    "starts_on",
    "steps",
];

/// One address of one project.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) id: i64,
    pub(crate) project_id: i64,
    pub(crate) payload_url: String,
    pub(crate) types: Vec<String>,
    pub(crate) active: bool,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
    /// The newest first, request and response.
    pub(crate) deliveries: Vec<Value>,
}

/// Something to tell an address.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) account: i64,
    pub(crate) hook: i64,
    pub(crate) url: String,
    pub(crate) payload: Value,
}

impl Webhook {
    pub(crate) fn render(&self, call: &Call) -> Value {
        let place = format!("buckets/{}/webhooks/{}", self.project_id, self.id);
        json!({
            "id": self.id, "active": self.active, "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at), "payload_url": self.payload_url, "types": self.types,
            "url": format!("{}/{place}.json", call.links.api),
            "app_url": format!("{}/{place}", call.links.app)
        })
    }

    /// The same with what was delivered lately.
    pub(crate) fn whole(&self, call: &Call) -> Value {
        let mut value = self.render(call);
        value["recent_deliveries"] = self.deliveries.clone().into();
        value
    }

    /// Writes down how one attempt ended; 0 when nobody answered.
    pub(crate) fn note(&mut self, payload: &Value, status: u16, at: Time) {
        let entry = json!({
            "id": payload["id"], "created_at": iso(at),
            "request": {"headers": {"Content-Type": "application/json", "User-Agent": USER_AGENT}, "body": payload},
            "response": {"code": status, "headers": {}, "message": "", "body": ""}
        });
        self.deliveries.insert(0, entry);
        self.deliveries.truncate(SHOWN);
    }
}

/// How the service names itself to the addresses.
pub(crate) const USER_AGENT: &str = "Basecamp3 Webhook";

/// What the addresses are told of everything that happened from number `from` on.
pub(crate) fn deliveries(account: &Account, call: &Call, from: usize) -> Vec<Delivery> {
    let happened = account.happenings.get(from..).unwrap_or_default();
    let mut told = Vec::new();
    for happening in happened {
        let Some(kind) = word(happening) else { continue };
        let hears = |it: &&Webhook| {
            it.active && it.project_id == happening.project_id && it.types.contains(&happening.kind)
        };
        let hooks: Vec<&Webhook> = account.webhooks.iter().filter(hears).collect();
        if hooks.is_empty() {
            continue;
        }
        let payload = payload(account, call, happening, &kind);
        told.extend(hooks.into_iter().map(|it| Delivery {
            account: account.id,
            hook: it.id,
            url: it.payload_url.clone(),
            payload: payload.clone(),
        }));
    }
    told
}

/// `todo_created`; none for what nobody is told, such as a new order.
fn word(it: &Happening) -> Option<String> {
    let action = match it.action.as_str() {
        "position_changed" | "moved" | "pinned" | "unpinned" | "client_visibility_changed" => {
            return None;
        }
        other => other,
    };
    let mut kind = String::new();
    for letter in it.kind.replace("::", "_").chars() {
        if letter.is_uppercase() && !kind.is_empty() && !kind.ends_with('_') {
            kind.push('_');
        }
        kind.extend(letter.to_lowercase());
    }
    KINDS.contains(&it.kind.as_str()).then(|| format!("{kind}_{action}"))
}

fn payload(account: &Account, call: &Call, it: &Happening, kind: &str) -> Value {
    let path = vec!["recordings".to_owned(), it.recording_id.to_string()];
    let read = Call { method: Method::GET, path, bucket: None, ..call.clone() };
    let mut recording = match routes::read(account, &read) {
        Answer::Record(_, record) => record,
        _ => json!({ "id": it.recording_id, "type": it.kind, "bucket": {"id": it.project_id} }),
    };
    if let Some(fields) = recording.as_object_mut() {
        fields.retain(|name, _| !LEFT_OUT.contains(&name.as_str()));
    }
    let people = [&it.added_person_ids, &it.removed_person_ids];
    let details = if people.iter().all(|it| it.is_empty()) {
        json!({})
    } else {
        json!({"added_person_ids": people[0], "removed_person_ids": people[1]})
    };
    let render = Render { account, links: &call.links };
    json!({
        "id": it.id, "kind": kind, "details": details, "created_at": iso(it.created_at), "recording": recording,
        "creator": account.person(it.creator_id).map(|it| render.person(it))
    })
}
