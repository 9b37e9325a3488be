//! Using a tool of another server.

use crate::beyond;
use crate::listing::{self, Listing, description, part};
use crate::named;
use crate::peers::{Peers, silent};
use crate::shown::{program, state};
use crate::wire::{Came, Failure, Target, shortened};
use domain::actor::{Actor, Permission};
use domain::ids::ToolServerId;
use domain::problem::Problem;
use domain::tool_server::{ToolRisk, ToolState};
use serde_json::{Map, Value, json};
use store::tool_servers::{self as rows, ServerRow, ToolRow};
use url::Url;

/// Letters of an answer that are kept, and bytes of its data.
const MOST_TEXT: usize = 100_000;
/// Where people accept what changed.
const ACCEPT_AT: &str = "An admin can read and accept it under Integrations, Tool servers";

/// A tool of another server, as a person accepted it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pinned {
    /// Its name here.
    pub called: String,
    /// What people call the server.
    pub server: String,
    /// Where the server is: a host, or a program in words.
    pub host: String,
    /// Its name there.
    pub tool: String,
    /// What the server says of it.
    pub description: String,
    /// JSON Schema of its arguments, as the server gave it.
    pub arguments: Value,
    /// SHA-256 of everything the server says of it.
    pub hash: String,
    /// How it is asked about.
    pub risk: ToolRisk,
}

/// Why a tool of another server gave nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum NotDone {
    /// It was not called.
    Refused(Problem),
    /// The server failed, or said that the tool did. In plain words; what is theirs in it is text from outside.
    Failed(String),
}

impl From<Problem> for NotDone {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl Peers {
    /// Every tool of other servers that may be used in the workspace.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub async fn offered(&self, actor: &Actor) -> Result<Vec<Pinned>, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.db.read().await?;
        let servers = rows::list(&mut conn, &actor.workspace).await?;
        if servers.is_empty() {
            return Ok(Vec::new());
        }
        let tools = rows::tools(&mut conn, &actor.workspace).await?;
        let usable = |tool: &ToolRow| {
            let server = servers.iter().find(|it| it.id == tool.server_id)?;
            (server.is_enabled == 1 && state(tool) == ToolState::Accepted)
                .then(|| pinned(server, tool))
        };
        Ok(tools.iter().filter_map(usable).collect())
    }

    /// The tool that is called so here; none when there is none.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::Conflict`] for one that may not be used, with what to do.
    pub async fn pinned(&self, actor: &Actor, called: &str) -> Result<Option<Pinned>, Problem> {
        actor.require(Permission::Read)?;
        let Some((server, tool)) = self.found(actor, called).await? else { return Ok(None) };
        check_usable(&server, &tool)?;
        Ok(Some(pinned(&server, &tool)))
    }

    /// Runs a tool, if its server still says of it what was accepted. `asked` is how the call was asked about: a tool
    /// that has to be asked about more carefully is not run.
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn call(
        &self,
        actor: &Actor,
        (called, args): (&str, &Value),
        asked: ToolRisk,
    ) -> Result<Value, NotDone> {
        actor.require(Permission::Read)?;
        let found = self.found(actor, called).await?;
        let (server, tool) = found.ok_or_else(|| Problem::not_found("Tool"))?;
        check_usable(&server, &tool)?;
        if ToolRisk::parse(&tool.risk) > asked {
            let words = format!("{called} has to be asked about: call it by its own name");
            return Err(Problem::Forbidden { message: words }.into());
        }
        let wanted = self.entered(actor, self.stored(&server)?).await?;
        let target = self.target(&server.id, &wanted).await?;
        let ran = tokio::time::timeout(self.patience.call, ask(&target, &tool, args)).await;
        match ran.unwrap_or_else(|_| Err(silent(self.patience.call))) {
            Ok(Ran::Answered(result)) => told(&server, &tool, &result),
            Ok(Ran::Read(result)) => Ok(told_beyond(&server, &tool, &result)),
            Ok(Ran::Changed(listing)) => {
                let id = ToolServerId::from(server.id.clone());
                let known = self.tools_of(actor, &id).await?;
                let offers = listing.offers(&server.slug, &known);
                self.note(actor, &server, offers).await?;
                Err(changed(&server, &tool).into())
            }
            Err(failure) => Err(NotDone::Failed(worded(&server, &failure))),
        }
    }

    async fn found(
        &self,
        actor: &Actor,
        called: &str,
    ) -> Result<Option<(ServerRow, ToolRow)>, Problem> {
        let mut conn = self.db.read().await?;
        let Some(tool) = rows::tool(&mut conn, &actor.workspace, called).await? else {
            return Ok(None);
        };
        let id = ToolServerId::from(tool.server_id.clone());
        let server = rows::find(&mut conn, &actor.workspace, &id).await?;
        Ok(server.map(|it| (it, tool)))
    }
}

/// What came of a conversation.
enum Ran {
    /// The tool ran.
    Answered(Value),
    /// Something beyond tools was read.
    Read(Value),
    /// It did not, because the server says something else of it now.
    Changed(Listing),
}

/// Looks whether the server says the same as ever, then calls.
async fn ask(target: &Target, tool: &ToolRow, args: &Value) -> Result<Ran, Failure> {
    let (mut session, listing) = listing::begin(target).await.map_err(before)?;
    if listing.hash(&tool.name) != tool.accepted_hash {
        session.close().await;
        return Ok(Ran::Changed(listing));
    }
    let method = listing.method(&tool.name);
    let result = match method {
        Some(method) => session.ask(method, args.clone()).await,
        None => session.ask("tools/call", json!({ "name": tool.name, "arguments": args })).await,
    };
    session.close().await;
    result.map(if method.is_some() { Ran::Read } else { Ran::Answered })
}

/// A failure before the tool was called: nothing happened there.
fn before(failure: Failure) -> Failure {
    match failure.came {
        Came::Unknown => Failure { came: Came::Answered, ..failure },
        _ => failure,
    }
}

fn worded(server: &ServerRow, failure: &Failure) -> String {
    let words = format!("{}: {}", server.name, failure.message);
    match failure.came {
        Came::Unknown => {
            format!("{words}. It may have been done all the same: look there before you try again")
        }
        _ => words,
    }
}

fn check_usable(server: &ServerRow, tool: &ToolRow) -> Result<(), Problem> {
    if server.is_enabled != 1 {
        let words = format!("{} is switched off under Integrations", server.name);
        return Err(Problem::conflict(words));
    }
    match state(tool) {
        ToolState::Accepted => Ok(()),
        ToolState::New => {
            let words = format!("Nobody accepted {} of {} yet", tool.name, server.name);
            Err(Problem::conflict(format!("{words}. {ACCEPT_AT}")))
        }
        ToolState::Changed | ToolState::Gone => Err(changed(server, tool)),
    }
}

fn changed(server: &ServerRow, tool: &ToolRow) -> Problem {
    let words = format!("{} says something else of {} now", server.name, tool.name);
    Problem::conflict(format!("{words}, so it was not called. {ACCEPT_AT}"))
}

fn pinned(server: &ServerRow, tool: &ToolRow) -> Pinned {
    let text = tool.accepted.as_deref().unwrap_or_default();
    let host = match program(server) {
        Some(program) => Some(format!("the program {} on this machine", program.command)),
        None => Url::parse(&server.url).ok().and_then(|it| it.host_str().map(str::to_owned)),
    };
    Pinned {
        called: tool.called.clone(),
        server: server.name.clone(),
        host: host.unwrap_or_default(),
        tool: tool.name.clone(),
        description: description(text),
        arguments: part(text, "inputSchema").unwrap_or_else(|| json!({ "type": "object" })),
        hash: tool.accepted_hash.clone().unwrap_or_default(),
        risk: ToolRisk::parse(&tool.risk),
    }
}

/// The result in our words: text and data; pictures and sounds are only named, with their kind and size.
fn told(server: &ServerRow, tool: &ToolRow, result: &Value) -> Result<Value, NotDone> {
    let parts = result.get("content").and_then(Value::as_array).map_or(&[] as &[Value], |it| it);
    let mut texts = Vec::new();
    let mut left_out = Vec::new();
    for part in parts {
        match named::text_of(part) {
            Some(text) => texts.push(text),
            None => left_out.push(named::kind_of(part)),
        }
    }
    let text = texts.join("\n");
    if result.get("isError").and_then(Value::as_bool) == Some(true) {
        let words = format!("{} of {} failed: {}", tool.name, server.name, shortened(&text));
        return Err(NotDone::Failed(words));
    }
    let data = result.get("structuredContent").filter(|it| it.is_object());
    Ok(worded_answer((server, tool), (&text, data), left_out))
}

/// What lies beyond tools, in our words.
fn told_beyond(server: &ServerRow, tool: &ToolRow, result: &Value) -> Value {
    let (text, data, left_out) = beyond::told(result);
    let data = Some(&data).filter(|it| it.as_object().is_some_and(|it| !it.is_empty()));
    worded_answer((server, tool), (&text, data), left_out)
}

/// Text and data, as much of it as is kept, and what is left out.
fn worded_answer(
    (server, tool): (&ServerRow, &ToolRow),
    (text, data): (&str, Option<&Value>),
    mut left_out: Vec<Value>,
) -> Value {
    let mut told = Map::new();
    told.insert("server".to_owned(), server.name.as_str().into());
    told.insert("tool".to_owned(), tool.name.as_str().into());
    let kept: String = text.chars().take(MOST_TEXT).collect();
    if kept.len() < text.len() {
        left_out.push("the end of the text".into());
    }
    told.insert("text".to_owned(), kept.into());
    match data {
        Some(data) if data.to_string().len() <= MOST_TEXT => {
            told.insert("data".to_owned(), data.clone());
        }
        Some(_) => left_out.push("data".into()),
        None => {}
    }
    if !left_out.is_empty() {
        told.insert("left_out".to_owned(), left_out.into());
    }
    Value::Object(told)
}
