//! Lines of chatbots.

use crate::error::ToolError;
use crate::tool::{Call, Done};
use basecamp::chatbots::Chatbot;
use basecamp::names::Purpose;
use domain::problem::Problem;
use serde_json::{Value, json};

/// Posts a line as a chatbot: the one that is named, or the one whose key was sent.
pub(crate) async fn post_line(call: Call<'_>) -> Result<Done, ToolError> {
    let project = call.project(Purpose::Write).await?;
    let chat = call.args.need_number("chat_id")?;
    let body: Value = call.args.read("body")?.unwrap_or_default();
    let content = call.args.text("content").or_else(|| body["content"].as_str());
    let content = content.map(str::trim).filter(|it| !it.is_empty());
    let missing = || Problem::invalid("content", "Say what the chatbot posts");
    let content = content.ok_or_else(missing)?;
    let by = match (call.args.number("chatbot_id"), call.args.text("integration_key")) {
        (Some(_), Some(_)) => {
            let words = "Send chatbot_id or integration_key, not both";
            return Err(Problem::invalid("chatbot_id", words).into());
        }
        (Some(id), None) => Chatbot::Id(id),
        (None, Some(key)) => Chatbot::Key(key),
        (None, None) => {
            let words = "Say which chatbot posts: chatbot_id, or its integration_key";
            return Err(Problem::invalid("chatbot_id", words).into());
        }
    };
    let basecamp = &call.tools.basecamp;
    let posted = basecamp.post_as_chatbot(call.actor, (project.id, chat), by, content).await;
    posted.map_err(|problem| match problem {
        // It is in no outbox, so nobody finds out by themselves.
        Problem::Unclear { message } => ToolError::Outside { message, is_unknown: true },
        other => other.into(),
    })?;
    let message = format!("Posted to the chat of {}", project.name);
    let value = json!({
        "message": message, "project": { "id": project.id, "name": project.name },
        "line": { "chat_id": chat, "content": content }
    });
    Ok(Done::new(value).on(project.name).within(project.id))
}
