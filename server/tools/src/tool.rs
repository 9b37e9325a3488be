//! What a tool is.

use crate::args::Args;
use crate::deciding::Decider;
use crate::error::ToolError;
use crate::keys;
use crate::schema;
use crate::tools::Tools;
use domain::actor::Actor;
use domain::approval::Risk;
use domain::flow::{Flow, FlowVersion};
use domain::ids::OperationId;
use serde_json::{Value, json};
use std::pin::Pin;

/// Items of one chunk of a large list.
pub(crate) const CHUNK: usize = 50;
/// How the names of writes begin whose repetition leaves the same end state.
const REPEATABLE: [&str; 15] = [
    "complete_",
    "uncomplete_",
    "update_",
    "move_",
    "reposition_",
    "archive_",
    "unarchive_",
    "pin_",
    "unpin_",
    "subscribe_",
    "unsubscribe_",
    "enable_",
    "disable_",
    "pause_",
    "resume_",
];

/// One action, as the catalogue describes it (contract.md 8.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolSpec {
    /// Unique: `create_todo`.
    pub name: &'static str,
    /// `projects`, `todos`, `flow`, ...
    pub group: &'static str,
    /// In which list it is shown.
    pub profile: Profile,
    /// The worst it can do.
    pub risk: Risk,
    /// What people read while it works: "Add a to-do".
    pub title: &'static str,
    /// In the language of `tools.tsv`: `project*:string, due_on:string`.
    pub params: &'static str,
    /// One line.
    pub meaning: &'static str,
}

/// In which list a tool is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// In both.
    Focused,
    /// Only in the full one.
    Full,
    /// In none: another name that is accepted in a call.
    Unlisted,
}

/// Groups whose tools reach Basecamp.
const BASECAMP_GROUPS: [&str; 10] = [
    "meta",
    "projects",
    "todos",
    "people",
    "cards",
    "messages",
    "files",
    "schedule",
    "recordings",
    "api",
];

/// Tools of other groups that write to Basecamp.
const THROUGH: [&str; 6] = [
    "smart_assign",
    "build_project",
    "run_recipe",
    "pmos_template_install",
    "install_template",
    "send_notification",
];

/// Tools of other groups that reach platforms outside.
const OUTSIDE: [&str; 3] = ["send_notification", "connect_platform", "manage_plugin"];

/// Asked about in every mode (contract.md 5.5), and what runs several writes or a step for real.
const ALWAYS_ASK: [&str; 17] = [
    "flow_publish",
    "flow_enable",
    "flow_rollback",
    "create_webhook",
    "update_webhook",
    "send_notification",
    "post_chatbot_line",
    "connect_platform",
    "manage_plugin",
    "create_agent",
    "update_agent",
    "flow_connection_create",
    "flow_step_test",
    "run_recipe",
    "pmos_template_install",
    "install_template",
    // What it does on the other server, nobody here knows.
    "other_tool_write",
];

impl ToolSpec {
    /// JSON Schema of the arguments: an object, nothing else allowed, every property described.
    pub fn input_schema(&self) -> Value {
        schema::of(self)
    }

    /// Whether it reaches Basecamp.
    pub fn is_basecamp(&self) -> bool {
        BASECAMP_GROUPS.contains(&self.group)
    }

    /// Whether what it writes is in Basecamp, by itself or through other tools.
    pub fn writes_to_basecamp(&self) -> bool {
        self.is_basecamp() || THROUGH.contains(&self.name)
    }

    /// Whether a call with these arguments only suggests or plans, although others of the same tool write.
    pub fn only_tells(&self, args: &Value) -> bool {
        match self.name {
            "smart_assign" => args.get("mode").and_then(Value::as_str) != Some("assign"),
            "run_recipe" => args.get("auto_execute") != Some(&Value::Bool(true)),
            "run_agent" => args.get("dry_run") != Some(&Value::Bool(false)),
            "connect_platform" => args.get("action").and_then(Value::as_str) == Some("status"),
            "set_persona" => {
                matches!(args.get("action").and_then(Value::as_str), Some("get" | "list"))
            }
            "track_budget" => matches!(
                args.get("action").and_then(Value::as_str),
                Some("get_summary" | "forecast")
            ),
            "build_project" | "pmos_template_install" | "install_template" => {
                args.get("dry_run") != Some(&Value::Bool(false))
            }
            _ => false,
        }
    }

    /// What it does with these arguments: a raw call is as harmful as its method, what only suggests or plans is
    /// harmless, everything else is as its row says.
    pub fn risk_of(&self, args: &Value) -> Risk {
        if self.only_tells(args) {
            return Risk::Read;
        }
        let is_raw = matches!(self.name, "basecamp_request" | "basecamp_raw");
        if !is_raw || args.get("path").is_none() {
            return self.risk;
        }
        match args.get("method").and_then(Value::as_str).unwrap_or("GET").to_uppercase().as_str() {
            "GET" => Risk::Read,
            "DELETE" => Risk::Destructive,
            _ => Risk::Write,
        }
    }

    /// Whether the assistant asks about it in every mode.
    pub fn always_asks(&self) -> bool {
        ALWAYS_ASK.contains(&self.name)
    }

    /// Whether a repeat leaves the same end state, so that it may be run again when its outcome was lost.
    pub fn is_repeatable(&self) -> bool {
        self.risk == Risk::Read
            || (self.risk == Risk::Write && REPEATABLE.iter().any(|it| self.name.starts_with(it)))
            || matches!(self.name, "flow_enable" | "flow_disable" | "flow_publish")
    }

    /// `basecamp`, `flow` or `pmos`: the family of its errors.
    pub fn family(&self) -> &'static str {
        match self.group {
            "flow" => "flow",
            _ if self.is_basecamp() => "basecamp",
            _ => "pmos",
        }
    }

    /// Name, meaning and schema for a model or a chat client.
    pub fn describe(&self) -> Value {
        let is_read = self.risk == Risk::Read;
        json!({
            "name": self.name,
            "title": self.title,
            "description": self.meaning,
            "inputSchema": self.input_schema(),
            "annotations": {
                "readOnlyHint": is_read,
                "destructiveHint": self.risk == Risk::Destructive,
                "idempotentHint": self.is_repeatable(),
                "openWorldHint": self.is_basecamp() || self.group == "flow" || OUTSIDE.contains(&self.name),
            },
        })
    }
}

/// Through what and for what a tool is called; written to the operation.
#[derive(Clone, Debug, Default)]
pub struct CallContext {
    /// `chat`, `mcp`, `action`, `ui`, `undo`, ...
    pub source: &'static str,
    /// The conversation.
    pub session: Option<String>,
    /// The run of the assistant.
    pub run: Option<String>,
    /// The agreement it needed.
    pub approval: Option<String>,
    /// The operation that waited for this call; a new one when there is none.
    pub operation: Option<OperationId>,
    /// The same key, caller and arguments give the first answer and do nothing.
    pub idempotency_key: Option<String>,
    /// The way to decide approvals; only a door sets it, for a key that may, and only for that very call.
    pub decider: Option<Decider>,
    /// It is answered once it is stored, without waiting for what comes of it.
    pub hurries: bool,
}

/// One call on its way to its handler.
pub(crate) struct Call<'a> {
    pub(crate) tools: &'a Tools,
    pub(crate) actor: &'a Actor,
    pub(crate) args: Args,
    /// What decides approvals for this call; none for nearly all.
    pub(crate) decider: Option<Decider>,
    /// Whoever calls does not wait for what comes of it.
    pub(crate) hurries: bool,
}

/// A call under way.
pub(crate) type Doing<'a> = Pin<Box<dyn Future<Output = Result<Done, ToolError>> + Send + 'a>>;

/// Begins a call. Each handler's future is made in a frame of its own: a `match` over all of them, compiled without
/// optimising, would hold a place for every one on the stack at once.
pub(crate) fn doing<'a, F>(begin: impl FnOnce() -> F) -> Doing<'a>
where
    F: Future<Output = Result<Done, ToolError>> + Send + 'a,
{
    Box::pin(begin())
}

/// What a handler did.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) value: Value,
    pub(crate) target: Option<String>,
    pub(crate) project: Option<String>,
    pub(crate) undo: Option<Value>,
}

impl Done {
    /// An answer, without what a write adds.
    pub(crate) fn new(value: Value) -> Self {
        Self { value, target: None, project: None, undo: None }
    }

    /// What was changed, as people know it.
    pub(crate) fn on(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// In which Basecamp project.
    pub(crate) fn within(mut self, project: i64) -> Self {
        self.project = Some(project.to_string());
        self
    }

    /// What must still be so when it is reversed: `{operation, params, fields}` of the record.
    pub(crate) fn guarded(mut self, guard: Value) -> Self {
        if let Some(undo) = &mut self.undo {
            undo["guard"] = guard;
        }
        self
    }

    /// It is reversed only while the draft of `flow` still holds what this write left in it.
    pub(crate) fn while_it_is(mut self, flow: &Flow) -> Self {
        if let Some(undo) = &mut self.undo {
            undo["flow"] = json!({ "id": flow.id, "left": content(flow) });
        }
        self
    }

    /// The call that reverses it.
    pub(crate) fn undone_by(mut self, tool: &str, args: &Value) -> Self {
        self.undo = Some(json!({ "tool": tool, "args": args }));
        self
    }
}

/// What people make of a flow, as a hash.
pub(crate) fn content(flow: &Flow) -> String {
    let FlowVersion { display_name, trigger, notes, .. } = &flow.version;
    keys::hash("flow", &json!({ "name": display_name, "trigger": trigger, "notes": notes }))
}
