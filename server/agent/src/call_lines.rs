//! How a call of a tool reads in the trace of its run.

use crate::agent::Agent;
use crate::ending::tool_line;
use crate::trace::{Line, masked};
use domain::actor::Actor;
use domain::approval::Risk;
use domain::ids::OperationId;
use serde_json::Value;
use store::chat::journal::{Place, StoredCall};
use tools::other_tools::as_called;

const RESULT_CHARS: usize = 400;

/// A saved change to a flow, for the canvas.
pub(crate) fn flow_change(change: &Value, actor: &Actor) -> Value {
    let mut change = change.clone();
    if let Value::Object(fields) = &mut change {
        fields.insert("actor".into(), actor.name.as_str().into());
    }
    change
}

/// The line of a call in words: a change to a flow says what it changed.
pub(crate) fn line<'a>(
    agent: &Agent,
    place: &'a Place,
    call: &StoredCall,
    result: Option<&Value>,
) -> Line<'a> {
    let spec = agent.0.tools.find(&call.name);
    let change =
        result.and_then(|it| it.get("change")?.get("summary")?.as_str().map(str::to_owned));
    let is_edit = spec.is_some_and(|it| it.group == "flow" && it.risk == Risk::Write);
    let plain = tool_line(place, call);
    let other = as_called(&call.name, &call.args).map(|it| format!("Use {}", it.0));
    let title = change
        .or(other)
        .or_else(|| spec.map(|it| it.title.to_owned()))
        .unwrap_or_else(|| plain.title.clone());
    let (source, kind) = if is_edit { ("flow", "flow.edit") } else { (plain.source, plain.kind) };
    let operation = result.and_then(|it| it.get("operation_id")?.as_str().map(OperationId::from));
    Line { source, kind, title, operation, ..plain }
}

/// The arguments of a call, without secrets.
pub(crate) fn asked(args: &Value) -> String {
    match args.as_object().is_none_or(serde_json::Map::is_empty) {
        true => "Asked for everything".to_owned(),
        false => format!("Asked for {}", masked(args)),
    }
}

/// What came back, as short as a line of the trace.
pub(crate) fn shortened(result: &Value) -> String {
    let said = result.get("message").and_then(Value::as_str).map(str::to_owned);
    let counted = result.get("count").and_then(Value::as_i64).map(|it| format!("{it} in all"));
    said.or(counted)
        .unwrap_or_else(|| masked(result).to_string())
        .chars()
        .take(RESULT_CHARS)
        .collect()
}
