//! Conversations, and asking (contract.md 3.1, 3.2).

use crate::body::Body;
use crate::error::Answer;
use crate::paging::Paging;
use crate::query::Query;
use crate::routes::{Route, SIGNED_IN};
use agent::command_list::is_command;
use agent::follow::Answered;
use agent::sending::{NewTurn, WhenBusy};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::Actor;
use domain::attachment::{AttachmentKind, NewAttachment};
use domain::chat::{ChatRunStatus, Session};
use domain::ids::{AttachmentId, MessageId, SessionId};
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::{Value, json};
use store::chat::NewSession;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/chat", SIGNED_IN, ask).once(),
        Route::get("/api/chat/stream", SIGNED_IN, super::chat_stream::ask),
        Route::post("/api/chat/sessions", SIGNED_IN, create),
        Route::get("/api/chat/sessions", SIGNED_IN, list),
        Route::get("/api/chat/sessions/{id}", SIGNED_IN, read),
        Route::patch("/api/chat/sessions/{id}", SIGNED_IN, rename),
        Route::delete("/api/chat/sessions/{id}", SIGNED_IN, remove),
        Route::get("/api/chat/sessions/{id}/export", SIGNED_IN, export),
        Route::get("/api/chat/sessions/{id}/attachments/{file}", SIGNED_IN, attachment),
    ]
}

/// A question, in the spellings clients use.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ask {
    message: Option<String>,
    #[serde(alias = "session_id")]
    session_id: Option<String>,
    #[serde(alias = "project_id", alias = "projectId")]
    project_context: Option<Value>,
    #[serde(alias = "flow_id", alias = "flowId")]
    flow_context: Option<String>,
    #[serde(default)]
    attachments: Vec<NewAttachment>,
    #[serde(default, rename = "async")]
    is_async: bool,
    mode: Option<String>,
}

impl Ask {
    pub(crate) fn turn(self) -> NewTurn {
        let is_refusing = self.mode.as_deref() == Some("reject");
        let some = |it: Option<String>| it.filter(|it| !it.is_empty());
        NewTurn {
            session: some(self.session_id).map(SessionId::from),
            text: self.message.unwrap_or_default(),
            flow: some(self.flow_context).map(Into::into),
            project: some(self.project_context.as_ref().map(name_of)),
            files: self.attachments,
            when_busy: if is_refusing { WhenBusy::Refuse } else { WhenBusy::Join },
            by_rules: false,
        }
    }
}

/// A project as text, number, or an object with its id.
fn name_of(project: &Value) -> String {
    match project {
        Value::String(text) => text.clone(),
        Value::Object(fields) => fields.get("id").map(name_of).unwrap_or_default(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

async fn ask(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(ask): Body<Ask>,
) -> Answer {
    let is_async = ask.is_async;
    let is_command = ask.message.as_deref().is_some_and(is_command);
    let sent = backend.agent.send(&actor, ask.turn()).await?;
    if is_async {
        // Taken, and that is all that is promised: its run may be under way by now.
        let status = if sent.is_steered { sent.run.status } else { ChatRunStatus::Queued };
        let body = json!({
            "ok": true, "runId": sent.run.id, "sessionId": sent.run.session_id, "status": status,
            "steered": sent.is_steered,
        });
        return Ok((StatusCode::ACCEPTED, Json(body)).into_response());
    }
    let answered = backend.agent.answer_of(&actor, &sent.run.id).await?;
    Ok(told(&answered, (sent.is_steered, is_command)))
}

fn told(answered: &Answered, (is_steered, is_command): (bool, bool)) -> Response {
    let run = &answered.run;
    let mut body = json!({
        "ok": run.status != ChatRunStatus::WaitingApproval,
        "response": answered.response,
        "assistant_message": answered.response,
        "sessionId": run.session_id,
        "session_id": run.session_id,
        "runId": run.id,
        "status": run.status,
        "toolsUsed": run.tools_used,
        "iterations": run.iterations,
    });
    if is_steered {
        body["steered"] = true.into();
    }
    if is_command && !is_steered {
        body["confidence"] = 1.0.into();
        body["operation_id"] = json!(answered.operation);
    }
    let status = match run.status {
        ChatRunStatus::WaitingApproval => {
            body["pending_approval"] = true.into();
            body["approval_id"] = json!(run.approval_id);
            body["operation_id"] = json!(answered.operation);
            StatusCode::ACCEPTED
        }
        ChatRunStatus::Failed => {
            body = json!({
                "ok": false, "error": run.error, "code": answered.code, "runId": run.id, "sessionId": run.session_id,
            });
            StatusCode::INTERNAL_SERVER_ERROR
        }
        _ => StatusCode::OK,
    };
    (status, Json(body)).into_response()
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct New {
    title: Option<String>,
    project_id: Option<String>,
    persona_id: Option<String>,
}

async fn create(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(new): Body<New>,
) -> Answer<Json<Session>> {
    let new = NewSession {
        title: new.title.unwrap_or_default(),
        project_id: new.project_id,
        persona_id: new.persona_id,
    };
    Ok(Json(backend.agent.create_session(&actor, new).await?))
}

async fn list(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Query(page): Query<Paging>,
) -> Answer {
    let limit = page.limit.unwrap_or(20);
    let (sessions, next) = backend.agent.sessions(&actor, limit, page.cursor.as_deref()).await?;
    let mut headers = HeaderMap::new();
    if let Some(next) = next.and_then(|it| HeaderValue::from_str(&it).ok()) {
        headers.insert(HeaderName::from_static("x-next-cursor"), next);
    }
    Ok((headers, Json(sessions)).into_response())
}

#[derive(Deserialize)]
struct Before {
    before: Option<String>,
}

async fn read(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Query(page): Query<Before>,
) -> Answer<Json<Value>> {
    let before = page.before.map(MessageId::from);
    let (session, messages) = backend.agent.session(&actor, &id.into(), before.as_ref()).await?;
    let active = backend.agent.active_run(&actor, &session.id).await?;
    let mut body = json!(session);
    body["messages"] = json!(messages);
    body["active_run"] = json!(active);
    Ok(Json(body))
}

#[derive(Deserialize)]
struct Rename {
    title: Option<String>,
}

#[derive(Deserialize)]
struct Export {
    format: Option<String>,
}

/// The whole conversation as a file: `md` for reading, `json` with every trace.
async fn export(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<SessionId>,
    Query(wanted): Query<Export>,
) -> Answer<Response> {
    let exported = backend.agent.export_session(&actor, &id).await?;
    let named = |name: &str| [("content-disposition", format!("attachment; filename=\"{name}\""))];
    match wanted.format.as_deref().unwrap_or("json") {
        "json" => Ok((named("conversation.json"), Json(exported.json())).into_response()),
        "md" => {
            let kind = [("content-type", "text/markdown; charset=utf-8")];
            Ok((named("conversation.md"), kind, exported.markdown()).into_response())
        }
        _ => Err(Problem::invalid("format", "Give json or md").into()),
    }
}

/// Whether a file of a conversation is at this path.
pub(crate) fn is_file(path: &str) -> bool {
    path.strip_prefix("/api/chat/sessions/").is_some_and(|rest| rest.contains("/attachments/"))
}

/// A file of a conversation. Only pictures are shown; everything else is saved, so that nothing in it acts as a page.
async fn attachment(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path((session, file)): Path<(SessionId, AttachmentId)>,
) -> Answer<Response> {
    let content = backend.agent.attachment(&actor, &session, &file).await?;
    let (kind, shown) = match content.about.kind {
        AttachmentKind::Image => (content.about.media_type, "inline"),
        AttachmentKind::Text | AttachmentKind::Table => {
            ("text/plain; charset=utf-8".to_owned(), "attachment")
        }
    };
    let safe = |it: char| if it.is_ascii_alphanumeric() || ".-_".contains(it) { it } else { '_' };
    let name: String = content.about.name.chars().map(safe).collect();
    let headers = [
        ("content-type", kind),
        ("content-disposition", format!("{shown}; filename=\"{name}\"")),
        ("cache-control", "private, no-store".to_owned()),
    ];
    Ok((headers, content.bytes).into_response())
}

async fn rename(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Body(new): Body<Rename>,
) -> Answer<Json<Session>> {
    let title = new.title.ok_or_else(|| Problem::invalid("title", "title is missing"));
    // A conversation that is not theirs is not found, whatever else is wrong with the request.
    let id = SessionId::from(id);
    backend.agent.session(&actor, &id, None).await?;
    Ok(Json(backend.agent.rename_session(&actor, &id, &title?).await?))
}

async fn remove(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Answer<Json<Value>> {
    backend.agent.delete_session(&actor, &id.into()).await?;
    Ok(Json(json!({ "deleted": true })))
}
