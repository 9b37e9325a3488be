//! The handle: what there is, and calling it.

use crate::args::Args;
use crate::catalog;
use crate::error::ToolError;
use crate::flow_connections;
use crate::flow_update;
use crate::keys::{self, Turn};
use crate::record::Write;
use crate::said::{self, Answers};
use crate::style::ListStyle;
use crate::tool::{Call, CallContext, Done, Profile, ToolSpec};
use crate::tool_rules::ToolRules;
use crate::{schema, sources};
use basecamp::Basecamp;
use domain::actor::{Actor, Permission};
use domain::approval::Risk;
use domain::ids::{OperationId, WorkspaceId};
use domain::problem::Problem;
use flow::flows::Flows;
use flow::runs::Runs;
use insight::Insight;
use peers::peers::Peers;
use serde_json::{Map, Value, json};
use std::time::Instant;
use store::db::Db;
use store::ids;
use store::memo::Memo;
use store::operations::{self, ToolKey};

/// Credentials that must never reach a tool, wherever they were put.
pub const SECRETS: [&str; 3] = ["api_key", "session_key", "user_key"];
/// Other spellings of arguments (contract.md 8.12).
const SPELLINGS: [(&str, &str); 13] = [
    ("flowId", "flow_id"),
    ("runId", "run_id"),
    ("connectionId", "connection_id"),
    ("versionId", "version_id"),
    ("folderId", "folder_id"),
    ("templateId", "template_id"),
    ("projectId", "project_id"),
    ("folderName", FOLDER_NAME),
    ("displayName", "name"),
    ("display_name", "name"),
    ("pieceName", "piece_name"),
    ("stepName", "step_name"),
    ("searchQuery", "search"),
];

/// Accepted when a flow is made, and not listed (contract.md 8.12).
pub(crate) const FOLDER_NAME: &str = "folder_name";

/// Workspaces whose rules are not read again as long as nothing is written.
const RULES_KEPT: usize = 1_000;

/// Every tool of the product. Cheap to clone.
#[derive(Clone)]
pub struct Tools {
    pub(crate) db: Db,
    pub(crate) basecamp: Basecamp,
    pub(crate) insight: Insight,
    pub(crate) flows: Flows,
    pub(crate) runs: Runs,
    pub(crate) peers: Option<Peers>,
    /// The rules about tools of a workspace.
    pub(crate) rules: Memo<WorkspaceId, ToolRules>,
    /// How lists are given.
    pub(crate) style: ListStyle,
    /// Answers that chat clients were given.
    pub(crate) said: Answers,
}

impl Tools {
    /// The tools over these handles.
    pub fn new(db: Db, basecamp: Basecamp, flows: Flows, runs: Runs) -> Self {
        let insight = Insight::new(basecamp.clone());
        let (rules, said) = (Memo::new(RULES_KEPT), said::none_yet());
        Self {
            db,
            basecamp,
            insight,
            flows,
            runs,
            peers: None,
            rules,
            style: ListStyle::default(),
            said,
        }
    }

    /// The same, with the tools of other servers.
    #[must_use]
    pub fn reaching(self, peers: Peers) -> Self {
        Self { peers: Some(peers), ..self }
    }

    /// The same, with lists given in this way where a call does not say it.
    #[must_use]
    pub fn listing(self, style: ListStyle) -> Self {
        Self { style, ..self }
    }

    /// Every tool, in the order of the catalogue.
    pub fn list(&self) -> impl Iterator<Item = &'static ToolSpec> {
        catalog::all().iter().filter(|it| it.profile != Profile::Unlisted)
    }

    /// The tool called `name`.
    pub fn find(&self, name: &str) -> Option<&'static ToolSpec> {
        catalog::named(name)
    }

    /// The tool that a call amounts to: `flow_update` can publish a flow, which is to be asked about as publishing is.
    pub fn amounts_to(&self, name: &str, args: &Value) -> Option<&'static ToolSpec> {
        self.find(flow_update::name_of(name, args))
    }

    /// SHA-256 of a tool with its arguments, whatever the order of their fields.
    pub fn hash(name: &str, args: &Value) -> String {
        keys::hash(name, args)
    }

    /// Arguments as the tool will see them.
    ///
    /// # Errors
    /// [`ToolError::UnknownTool`], or every field that is wrong.
    pub fn check(&self, name: &str, args: &Value) -> Result<Value, ToolError> {
        let spec = self.known(name)?;
        Ok(Value::Object(checked(spec, args)?))
    }

    /// Runs a tool. A write leaves an operation and an event, also when it fails.
    ///
    /// # Errors
    /// Wrong arguments, a missing permission, or what the operation reported.
    pub async fn call(
        &self,
        actor: &Actor,
        name: &str,
        args: &Value,
        context: &CallContext,
    ) -> Result<Value, ToolError> {
        if let Some((name, args)) = self.resolved(actor, name, args).await? {
            return Box::pin(self.call(actor, name, &args, context)).await;
        }
        let spec = self.known(name)?;
        if name == "mcp_call" {
            return Box::pin(self.call_another(actor, args, context)).await;
        }
        let risk = spec.risk_of(args);
        // A tool that can write is not for people who may only look, whatever they ask of it.
        actor.require(needed(if spec.only_tells(args) { spec.risk } else { risk }))?;
        let opened = self.opened(&actor.workspace, name, args)?;
        let mut checked = checked(spec, &opened)?;
        let sent =
            ["idempotency_key", "request_id"].iter().filter_map(|it| checked.remove(*it)).next();
        let key = context
            .idempotency_key
            .clone()
            .or_else(|| sent.as_ref().and_then(Value::as_str).map(str::to_owned));
        match key.filter(|_| risk != Risk::Read) {
            Some(key) => Box::pin(self.call_once(spec, actor, checked, (context, key))).await,
            None => Box::pin(self.run(spec, actor, checked, (context, None))).await,
        }
    }

    /// Runs the tool that `mcp_call` names: the answer, the risk and the rights are those of that tool.
    async fn call_another(
        &self,
        actor: &Actor,
        args: &Value,
        context: &CallContext,
    ) -> Result<Value, ToolError> {
        let mut args = checked(self.known("mcp_call")?, args)?;
        let tool = args.get("tool").and_then(Value::as_str).unwrap_or_default().to_owned();
        if tool == "mcp_call" {
            return Err(ToolError::Nested);
        }
        let inner = args.remove("args").unwrap_or_else(|| json!({}));
        let resolved = self.resolved(actor, &tool, &inner).await?;
        let (tool, mut inner) = match resolved {
            Some((name, args)) => (name.to_owned(), args),
            None => (tool, inner),
        };
        for key in ["idempotency_key", "request_id"] {
            if let (Some(value), Some(fields)) = (args.remove(key), inner.as_object_mut()) {
                fields.entry(key).or_insert(value);
            }
        }
        self.call(actor, &tool, &inner, context).await
    }

    /// What became of a call with an idempotency key: nothing when it never began, no answer when its end is unknown.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn answered(
        &self,
        actor: &Actor,
        name: &str,
        key: &str,
    ) -> Result<Option<Option<Value>>, Problem> {
        let mut conn = self.db.read().await?;
        Ok(operations::kept(&mut conn, &key_of(actor, name, key)).await?)
    }

    async fn call_once(
        &self,
        spec: &'static ToolSpec,
        actor: &Actor,
        args: Map<String, Value>,
        (context, key): (&CallContext, String),
    ) -> Result<Value, ToolError> {
        let hash = keys::hash(spec.name, &Value::Object(args.clone()));
        let key = ToolKey {
            workspace: actor.workspace.clone(),
            user: actor.user.clone(),
            tool: spec.name.into(),
            key,
        };
        if let Turn::Answered(answer) = self.claim(&key, &hash).await? {
            return Ok(answer);
        }
        let outcome = Box::pin(self.run(spec, actor, args, (context, Some(&key.key)))).await;
        if outcome.as_ref().is_err_and(ToolError::may_be_done) {
            // A repeat must not write again: the key waits until somebody knows what became of the first.
            return outcome;
        }
        self.settle(key, outcome.as_ref().ok().cloned()).await?;
        outcome
    }

    async fn run(
        &self,
        spec: &'static ToolSpec,
        actor: &Actor,
        args: Map<String, Value>,
        (context, key): (&CallContext, Option<&str>),
    ) -> Result<Value, ToolError> {
        let started = Instant::now();
        let reads = Args::of(spec, args.clone());
        let args = Value::Object(args);
        // Asked before the answer is made, the age never says too little.
        let freshness = if sources::is_mirrored(spec.name, &args) {
            Some(Box::pin(self.basecamp.freshness_of(actor, sources::parts(spec.name))).await?)
        } else {
            None
        };
        let id = context.operation.clone().unwrap_or_else(|| OperationId::new(ids::fresh()));
        let write = Write { id, spec, actor, context, args: &args, duration_ms: 0, undoes: None };
        if spec.risk_of(&args) == Risk::Read {
            self.tool_rules(&actor.workspace).await?.admit(actor.role, spec, &args)?;
            let hurries = context.hurries;
            let call = Call { tools: self, actor, args: reads.clone(), decider: None, hurries };
            let outcome = catalog::dispatch(spec.name, call).await;
            let value = self.shaped(actor, outcome?.value, &reads).await?;
            let value = match &freshness {
                Some(it) => sources::aged(value, it),
                None => value,
            };
            return Ok(reads.confess(value));
        }
        let basecamp = self.basecamp.on_behalf(write.draft(key));
        let tools = Self { basecamp, ..self.clone() };
        let decider = context.decider.clone();
        let hurries = context.hurries;
        let call = Call { tools: &tools, actor, args: reads.clone(), decider, hurries };
        let (outcome, notes) = match Box::pin(self.permitted(actor, spec, &args)).await {
            Ok(notes) => (catalog::dispatch(spec.name, call).await, notes),
            Err(error) => (Err(error), Vec::new()),
        };
        let write = Write { duration_ms: millis(started), ..write };
        let operation = self.record(write, outcome.as_ref()).await?;
        outcome.map(|it| noted(reads.confess(answer(it, operation.as_str())), &notes))
    }

    /// Whether policies and limits let a write happen; gives the notes of policies that only warn.
    async fn permitted(
        &self,
        actor: &Actor,
        spec: &ToolSpec,
        args: &Value,
    ) -> Result<Vec<String>, ToolError> {
        let notes = self.obeyed(actor, spec, args).await?;
        self.within_changes(actor, spec).await?;
        Ok(notes)
    }

    pub(crate) fn known(&self, name: &str) -> Result<&'static ToolSpec, ToolError> {
        self.find(name).ok_or_else(|| {
            let words: Vec<&str> = name.split('_').collect();
            let near =
                |it: &&ToolSpec| words.iter().any(|word| word.len() > 3 && it.name.contains(word));
            let similar =
                catalog::all().iter().filter(near).take(5).map(|it| it.name.to_owned()).collect();
            ToolError::UnknownTool { name: name.to_owned(), similar }
        })
    }
}

fn key_of(actor: &Actor, tool: &str, key: &str) -> ToolKey {
    ToolKey {
        workspace: actor.workspace.clone(),
        user: actor.user.clone(),
        tool: tool.to_owned(),
        key: key.to_owned(),
    }
}

/// The least a person needs for tools of a risk. The operation itself may ask for more.
pub(crate) fn needed(risk: Risk) -> Permission {
    match risk {
        Risk::Read => Permission::Read,
        Risk::Write | Risk::Destructive => Permission::Write,
    }
}

/// Milliseconds since then.
pub(crate) fn millis(started: Instant) -> i64 {
    i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX)
}

fn answer(done: Done, operation: &str) -> Value {
    let is_undoable = done.undo.is_some();
    crate::lists::with(done.value, json!({ "operation_id": operation, "undoable": is_undoable }))
}

/// With what policies that only warn have to say.
fn noted(value: Value, notes: &[String]) -> Value {
    match notes {
        [] => value,
        notes => crate::lists::with(value, json!({ "policy_notes": notes })),
    }
}

fn checked(spec: &ToolSpec, args: &Value) -> Result<Map<String, Value>, ToolError> {
    let mut fields = match args {
        Value::Object(fields) => fields.clone(),
        Value::Null => Map::new(),
        _ => return Err(Problem::invalid("arguments", "Arguments must be an object").into()),
    };
    for secret in SECRETS {
        fields.remove(secret);
    }
    if spec.group == "flow" {
        fields = flow_update::gathered(spec.name, flow_connections::unwrapped(spec.name, fields)?)?;
        fields = one_spelling(fields)?;
    }
    let folder = (spec.name == "flow_create").then(|| fields.remove(FOLDER_NAME)).flatten();
    let mut checked = schema::check(spec, &fields).map_err(|issues| Problem::Invalid { issues })?;
    match folder {
        Some(folder) if !folder.is_string() => {
            return Err(Problem::invalid(FOLDER_NAME, "folderName must be text").into());
        }
        folder => checked.extend(folder.map(|it| (FOLDER_NAME.to_owned(), it))),
    }
    Ok(checked)
}

fn one_spelling(mut fields: Map<String, Value>) -> Result<Map<String, Value>, ToolError> {
    for (other, name) in SPELLINGS {
        let Some(value) = fields.remove(other) else { continue };
        if fields.get(name).is_some_and(|it| *it != value) {
            return Err(
                Problem::invalid(name, format!("{name} and {other} differ. Send one")).into()
            );
        }
        fields.insert(name.to_owned(), value);
    }
    Ok(fields)
}
