//! Calling a tool from outside: who may, what the key says, what waits for a person, and how a failure is told.

use crate::asking;
use domain::actor::{Actor, Role, Via};
use domain::ids::{UserId, WorkspaceId};
use domain::keys::KeyGrant;
use domain::problem::Problem;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use store::db::Db;
use tools::deciding::Decider;
use tools::error::ToolError;
use tools::said::Said;
use tools::tool::{CallContext, ToolSpec};
use tools::tools::Tools;

/// Says how far a client is.
const STARTING: &str = "startbcgpt";
/// What anybody may call (contract.md 8.3).
pub(crate) const OPEN: [&str; 3] = [STARTING, "tools_search", "tools_describe"];
/// Runs any other tool.
pub(crate) const NESTED: &str = "mcp_call";
/// Decides approvals, for keys that may.
const DECIDING: &str = "pmos_approvals_decide";

/// Who calls a tool from outside.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// The person; none without a session or a valid key.
    pub actor: Option<Actor>,
    /// What their key says, when they came with one.
    pub grant: Option<KeyGrant>,
}

/// Why a call failed: the object of contract.md 8.5.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure(Value);

impl Failure {
    /// The machine-readable code.
    pub fn code(&self) -> &str {
        self.0.get("code").and_then(Value::as_str).unwrap_or_default()
    }

    /// What happened, in plain words.
    pub fn message(&self) -> &str {
        self.0.get("message").and_then(Value::as_str).unwrap_or_default()
    }

    /// The whole object.
    pub fn value(&self) -> &Value {
        &self.0
    }

    pub(crate) fn with(mut self, more: Value) -> Self {
        if let (Value::Object(fields), Value::Object(more)) = (&mut self.0, more) {
            fields.extend(more);
        }
        self
    }
}

/// A call that nothing stands in the way of.
struct Ready {
    actor: Actor,
    spec: &'static ToolSpec,
    args: Value,
    context: CallContext,
}

/// Counts the call of a tool by somebody, and refuses when there were too many.
pub type Limit = Arc<dyn Fn(&Actor, &str) -> Result<(), Problem> + Send + Sync>;

/// The way to the tools for every door but our own pages. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    limit: Option<Limit>,
    decider: Option<Decider>,
    pub(crate) tools: Tools,
    pub(crate) db: Db,
    pub(crate) base_url: String,
    /// What `initialize` answers a client whose revision we do not speak; the newest when none.
    pub(crate) revision: Option<String>,
}

impl Door {
    /// A door to `tools`; `base_url` begins the links in answers, without a slash at its end.
    pub fn new(tools: Tools, db: Db, base_url: impl Into<String>) -> Self {
        Self { limit: None, decider: None, tools, db, base_url: base_url.into(), revision: None }
    }

    /// The same door, where a client whose revision of the protocol we do not speak is answered with `revision`.
    #[must_use]
    pub fn falling_back_to(self, revision: Option<String>) -> Self {
        Self { revision, ..self }
    }

    /// The same door, where `limit` counts each call before anything is done.
    #[must_use]
    pub fn limited_by(self, limit: Limit) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// The same door, where keys that may decide approvals do so through `decider`.
    #[must_use]
    pub fn deciding_by(self, decider: Decider) -> Self {
        Self { decider: Some(decider), ..self }
    }

    /// The tools behind it.
    pub fn tools(&self) -> &Tools {
        &self.tools
    }

    /// Calls a tool. `source` is the door's word in operations: `mcp`, `action`.
    ///
    /// # Errors
    /// A [`Failure`] for everything that can go wrong; then nothing was done, except where its code says otherwise.
    pub async fn call(
        &self,
        caller: &Caller,
        name: &str,
        args: &Value,
        source: &'static str,
    ) -> Result<Value, Failure> {
        let ready = self.ready(caller, (name, args), source).await?;
        let done = self.tools.call(&ready.actor, ready.spec.name, &ready.args, &ready.context);
        let mut value = done.await.map_err(|error| self.failure(&error, ready.spec))?;
        if ready.spec.name == STARTING {
            value["api_key"] = masked(caller.grant.as_ref());
        }
        Ok(value)
    }

    /// The same, with the answer as it is sent.
    pub(crate) async fn said(
        &self,
        caller: &Caller,
        name: &str,
        args: &Value,
        source: &'static str,
    ) -> Result<Arc<Said>, Failure> {
        if name == STARTING {
            return Ok(Arc::new(Said::of(&self.call(caller, name, args, source).await?)));
        }
        let ready = self.ready(caller, (name, args), source).await?;
        let asked = (ready.spec.name, &ready.args);
        let done = self.tools.said(&ready.actor, asked, &ready.context).await;
        done.map_err(|error| self.failure(&error, ready.spec))
    }

    /// The call, once everything is looked at that may stand in its way.
    async fn ready(
        &self,
        caller: &Caller,
        (name, args): (&str, &Value),
        source: &'static str,
    ) -> Result<Ready, Failure> {
        let (name, args) = match target(name, args)? {
            Some((target, args)) => (target, args),
            None => (name, args.clone()),
        };
        let (name, args) = self.resolved(caller, name, args).await?;
        let Some(spec) = self.tools.find(name) else { return Err(self.unknown(name)) };
        let actor = self.actor(caller, spec)?;
        self.check_key(caller.grant.as_ref(), spec)?;
        if let Some(limit) = &self.limit {
            limit(&actor, spec.name).map_err(|it| self.failure(&it.into(), spec))?;
        }
        let (args, approval) = asking::apart(spec, args);
        let decider = self.decider.clone().filter(|_| spec.name == DECIDING);
        let context = CallContext { source, decider, ..CallContext::default() };
        let by_policy = self.tools.asks_first(&actor, spec, &args).await;
        let by_policy = by_policy.map_err(|it| self.failure(&it.into(), spec))?;
        let asks = by_policy || asking::needs_question(caller.grant.as_ref(), spec, &args);
        let context = match asks {
            true => self.agreed(&actor, spec, &args, (approval, context)).await?,
            false => context,
        };
        Ok(Ready { actor, spec, args, context })
    }

    /// A call of another server's tool as the tool of ours that makes it; any other call as it is.
    pub(crate) async fn resolved<'a>(
        &self,
        caller: &Caller,
        name: &'a str,
        args: Value,
    ) -> Result<(&'a str, Value), Failure> {
        let Some(actor) = &caller.actor else { return Ok((name, args)) };
        match self.tools.resolved(actor, name, &args).await {
            Ok(Some((name, args))) => Ok((name, with_approval(args))),
            Ok(None) => Ok((name, args)),
            Err(error) => Err(Failure(error.to_value("system"))),
        }
    }

    /// The person, or a stranger for the few tools that are for anybody.
    fn actor(&self, caller: &Caller, spec: &ToolSpec) -> Result<Actor, Failure> {
        match &caller.actor {
            Some(actor) => Ok(actor.clone()),
            None if OPEN.contains(&spec.name) => Ok(stranger()),
            None => Err(self.failure(&Problem::NotSignedIn.into(), spec)),
        }
    }

    /// What a key says besides the role of its person. Deciding approvals takes a key that was made for it.
    fn check_key(&self, grant: Option<&KeyGrant>, spec: &ToolSpec) -> Result<(), Failure> {
        if spec.name == DECIDING && !grant.is_some_and(|it| it.can_approve) {
            return Err(self.forbidden("missing scope: approve", "approve", spec));
        }
        let Some(grant) = grant else { return Ok(()) };
        if !grant.allows(spec.name, spec.group) && !OPEN.contains(&spec.name) {
            let message = format!("This API key is not for {}", spec.name);
            return Err(self.forbidden(&message, spec.group, spec));
        }
        Ok(())
    }

    fn forbidden(&self, message: &str, permission: &str, spec: &ToolSpec) -> Failure {
        let problem = Problem::Forbidden { message: message.to_owned() };
        self.failure(&problem.into(), spec).with(json!({ "permission": permission }))
    }

    fn unknown(&self, name: &str) -> Failure {
        let error = match self.tools.check(name, &Value::Null) {
            Err(error) => error,
            Ok(_) => ToolError::UnknownTool { name: name.to_owned(), similar: Vec::new() },
        };
        Failure(error.to_value("system"))
    }

    /// The error with the links that mend it.
    pub(crate) fn failure(&self, error: &ToolError, spec: &ToolSpec) -> Failure {
        let failure = Failure(error.to_value(spec.family()));
        match failure.code() {
            "NOT_AUTHENTICATED" => {
                let link = format!("{}/connect", self.base_url);
                failure.with(json!({"action": "reauth", "connect_url": link, "reauth_url": link}))
            }
            "CONFIRM_REQUIRED" => {
                let id = failure.0.get("approval_id").and_then(Value::as_str).unwrap_or_default();
                let link = format!("{}/approvals/{id}", self.base_url);
                failure.with(json!({ "approve_url": link }))
            }
            "NOT_READY" => {
                let path = failure.0.get("fix_url").and_then(Value::as_str).unwrap_or_default();
                let link = match path.starts_with('/') {
                    true => format!("{}{path}", self.base_url),
                    false => path.to_owned(),
                };
                failure.with(json!({ "fix_url": link }))
            }
            _ => failure,
        }
    }
}

/// A key as its owner knows it; nothing of a chat client that signed its person in.
fn masked(grant: Option<&KeyGrant>) -> Value {
    grant.map(|it| it.masked.as_str()).filter(|it| !it.is_empty()).into()
}

/// The approval of a call stands beside what goes to another server, not in it.
fn with_approval(mut args: Value) -> Value {
    let inner = args.get_mut("args").and_then(Value::as_object_mut);
    let approval = inner.and_then(|it| it.remove(asking::FIELD));
    if let (Some(approval), Some(fields)) = (approval, args.as_object_mut()) {
        fields.insert(asking::FIELD.to_owned(), approval);
    }
    args
}

/// The tool that a nested call is about, and its arguments.
pub(crate) fn target<'a>(name: &str, args: &'a Value) -> Result<Option<(&'a str, Value)>, Failure> {
    if name != NESTED {
        return Ok(None);
    }
    let refused = |code: &str, message: &str| {
        Failure(json!({
            "ok": false, "error": message, "code": code, "message": message, "category": "input",
            "retryable": false, "family": "system",
        }))
    };
    match args.get("tool").and_then(Value::as_str) {
        None | Some("") => Err(refused("MISSING_PARAM", "tool is missing: name the tool to run")),
        Some(NESTED) => Err(refused("INVALID_TOOL", "mcp_call cannot run itself")),
        Some(tool) => {
            let args = args.get("args").filter(|it| !it.is_null()).cloned();
            Ok(Some((tool, args.unwrap_or_else(|| Value::Object(Map::new())))))
        }
    }
}

/// Somebody we do not know, who may read the catalogue.
fn stranger() -> Actor {
    Actor {
        user: UserId::default(),
        name: "Somebody".to_owned(),
        workspace: WorkspaceId::default(),
        role: Role::Viewer,
        via: Via::Key,
        request_id: String::new(),
        ip: None,
    }
}
