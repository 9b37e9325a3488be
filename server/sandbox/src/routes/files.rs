//! Files: raw bytes become an attachment that a record can name.

use crate::account::Account;
use crate::call::{Answer, Call};
use crate::storage;
use serde_json::{Map, Value, json};

/// Stores what was sent as `{name, type, size}` and gives the id that an upload names.
pub(super) fn store(account: &mut Account, call: &Call) -> Answer {
    let Some(name) = call.param("name").map(str::to_owned) else { return Answer::missing("name") };
    let field = |name: &str| call.body.get(name).cloned().unwrap_or_default();
    let sgid = format!("BAh7FILE{}--5a4d", account.next_id);
    let fields = Map::from_iter([
        ("sgid".to_owned(), Value::from(sgid.as_str())),
        ("filename".to_owned(), name.into()),
        ("content_type".to_owned(), field("content_type")),
        ("byte_size".to_owned(), field("byte_size")),
    ]);
    super::cards::add(account, call, (0, 0, "Attachment"), fields);
    Answer::Record(201, json!({"attachable_sgid": sgid}))
}

/// Leads to where the bytes of a file lie.
pub(super) fn download(account: &Account, call: &Call, id: &str) -> Answer {
    let found = id.parse().ok().and_then(|id| account.record(id));
    match found.filter(|it| it.kind == "Upload" && call.holds(it.project_id)) {
        Some(upload) => Answer::Moved(storage::address(account, upload, &call.links.api)),
        None => Answer::not_found(),
    }
}

/// Whether the folder is the one of the dock.
pub(super) fn is_tool(account: &Account, call: &Call, id: &str) -> bool {
    let found = id.parse().ok().and_then(|id: i64| account.tool(id));
    found.is_some_and(|(project, tool)| tool.name == "vault" && call.holds(project.id))
}
