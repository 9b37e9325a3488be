//! What the assistant's pages ask of the server.

use crate::error::AppError;
use crate::wire::Json;
use domain::attachment::NewAttachment;
use domain::chat::{ChatRun, Conversation, Session, TurnsBefore};
use domain::ids::{ChatRunId, FlowId, MessageId, SessionId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How many conversations a list shows.
#[cfg(feature = "ssr")]
const SHOWN: u32 = 100;
/// How many turns are read at once.
#[cfg(feature = "ssr")]
const TURNS: u32 = 100;

/// Something said to the assistant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// The conversation; a new one when none.
    pub session: Option<SessionId>,
    /// The words.
    pub text: String,
    /// The flow on the canvas beside the conversation.
    pub flow: Option<FlowId>,
    /// Files beside the words.
    pub files: Vec<NewAttachment>,
    /// The built-in assistant answers this once, whoever was chosen.
    #[serde(default)]
    pub by_rules: bool,
}

/// The person's conversations, newest first; with words to `search`, those that have them in their title or in what was
/// said.
#[server(prefix = "/fn", endpoint = "chat_sessions", output = Json)]
pub async fn chat_sessions(search: String) -> Result<Vec<Session>, AppError> {
    let actor = crate::session::actor()?;
    Ok(crate::session::backend().agent.sessions_about(&actor, &search, SHOWN).await?)
}

/// One conversation with its newest turns.
#[server(prefix = "/fn", endpoint = "open_conversation", output = Json)]
pub async fn open_conversation(session: SessionId) -> Result<Conversation, AppError> {
    let actor = crate::session::actor()?;
    Ok(crate::session::backend().agent.conversation(&actor, &session, TURNS).await?)
}

/// Turns of a conversation before the turn `before`.
#[server(prefix = "/fn", endpoint = "read_earlier", output = Json)]
pub async fn read_earlier(session: SessionId, before: MessageId) -> Result<TurnsBefore, AppError> {
    let actor = crate::session::actor()?;
    Ok(crate::session::backend().agent.turns_before(&actor, &session, (&before, TURNS)).await?)
}

/// The name of a project to begin with; none while nothing is connected.
#[server(prefix = "/fn", endpoint = "chat_project", output = Json)]
pub async fn chat_project() -> Result<Option<String>, AppError> {
    let actor = crate::session::actor()?;
    let projects = crate::session::backend().basecamp.projects(&actor).await;
    Ok(projects.unwrap_or_default().into_iter().next_back().map(|it| it.name))
}

/// Says something to the assistant; the answer comes as events of the run.
#[server(prefix = "/fn", endpoint = "send_message", input = Json, output = Json)]
pub async fn send_message(said: Said) -> Result<ChatRun, AppError> {
    let actor = crate::session::actor()?;
    let Said { session, text, flow, files, by_rules } = said;
    let agent = &crate::session::backend().agent;
    Ok(agent.say(&actor, session, (text, files, by_rules), flow).await?)
}

/// Stops a run.
#[server(prefix = "/fn", endpoint = "cancel_chat_run", output = Json)]
pub async fn cancel_chat_run(run: ChatRunId) -> Result<(), AppError> {
    let actor = crate::session::actor()?;
    crate::session::backend().agent.cancel(&actor, &run).await?;
    Ok(())
}

/// Gives a conversation another name.
#[server(prefix = "/fn", endpoint = "rename_session", output = Json)]
pub async fn rename_session(session: SessionId, title: String) -> Result<(), AppError> {
    let actor = crate::session::actor()?;
    crate::session::backend().agent.rename_session(&actor, &session, &title).await?;
    Ok(())
}

/// Deletes a conversation with everything said in it.
#[server(prefix = "/fn", endpoint = "delete_session", output = Json)]
pub async fn delete_session(session: SessionId) -> Result<(), AppError> {
    let actor = crate::session::actor()?;
    crate::session::backend().agent.delete_session(&actor, &session).await?;
    Ok(())
}
