//! Lines of the trace (contract.md 3.4).

use domain::ids::OperationId;
use domain::trace::{TraceStatus, TraceStep};
use serde_json::{Value, json};
use store::chat::journal::Place;
use store::ids;

const DETAIL_CHARS: usize = 800;
const MASKED: [&str; 6] = ["password", "secret", "token", "api_key", "authorization", "authFields"];

/// A line being written.
pub(crate) struct Line<'a> {
    pub(crate) place: &'a Place,
    pub(crate) id: String,
    pub(crate) source: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) title: String,
    /// The write that it was.
    pub(crate) operation: Option<OperationId>,
}

impl Line<'_> {
    /// The line as an event.
    pub(crate) fn event(
        &self,
        status: TraceStatus,
        detail: &str,
        duration_ms: Option<i64>,
    ) -> (&'static str, Value) {
        let is_root = self.kind == "chat.run";
        let step = TraceStep {
            id: self.id.clone(),
            ts: ids::rfc3339(ids::now_ms()),
            source: self.source.to_owned(),
            kind: self.kind.to_owned(),
            status,
            title: self.title.clone(),
            detail: detail.chars().take(DETAIL_CHARS).collect(),
            run_id: self.place.run.to_string(),
            session_id: self.place.session.to_string(),
            parent_id: (!is_root).then(|| run_id(self.place)),
            duration_ms,
            operation_id: self.operation.clone(),
        };
        ("trace", json!(step))
    }
}

/// The line of the run itself.
pub(crate) fn run_line(place: &Place) -> Line<'_> {
    Line {
        place,
        id: run_id(place),
        source: "chat",
        kind: "chat.run",
        title: "Answer".to_owned(),
        operation: None,
    }
}

fn run_id(place: &Place) -> String {
    format!("chat:{}", place.run)
}

/// Values of fields that may hold secrets become dots.
pub(crate) fn masked(value: &Value) -> Value {
    match value {
        _ if tools::secret_args::is_sealed(value) => Value::from("***"),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| {
                let is_secret =
                    MASKED.iter().any(|it| key.to_lowercase().contains(&it.to_lowercase()));
                (
                    key.clone(),
                    if is_secret && !value.is_null() { Value::from("***") } else { masked(value) },
                )
            })
            .collect(),
        Value::Array(items) => items.iter().map(masked).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_become_dots_wherever_they_are() {
        let value = json!({"url": "x", "headers": [{"Authorization": "Bearer y"}], "input": {"apiToken": "z"}});
        assert_eq!(
            masked(&value),
            json!({"url": "x", "headers": [{"Authorization": "***"}], "input": {"apiToken": "***"}})
        );
    }
}
