//! Messages to people: through a connection, an address or a chat of Basecamp. What was not taken is an error, never a
//! success.

use crate::error::ToolError;
use crate::secret_args::short_address;
use crate::tool::{Call, CallContext, Done};
use basecamp::names::Purpose;
use domain::actor::Via;
use domain::flow::connection::{ConnectionScope, ConnectionStatus, FlowConnection};
use domain::problem::Problem;
use flow::sending::Posting;
use serde_json::{Map, Value, json};
use store::ids;

type Outcome = Result<Done, ToolError>;

/// Letters of a message.
const LETTERS: usize = 10_000;
/// Letters of the title of an issue.
const TITLE: usize = 200;
const SLACK: &str = "https://slack.com/api/chat.postMessage";
const GITHUB: &str = "https://api.github.com/repos";
const GITHUB_VERSION: &str = "2022-11-28";
const SUBJECT: &str = "A message from PM OS";

/// What is sent, and where.
struct Letter {
    target: String,
    title: Option<String>,
    message: String,
}

impl Letter {
    fn of(call: &Call<'_>) -> Result<Self, ToolError> {
        let message = call.args.need("message")?.to_owned();
        if message.chars().count() > LETTERS {
            let words = format!("A message may have {LETTERS} characters at most. Shorten it");
            return Err(Problem::invalid("message", words).into());
        }
        let target = call.args.need("target")?.trim().to_owned();
        Ok(Self { target, title: call.args.text("title").map(|it| it.trim().to_owned()), message })
    }

    /// In one text, where there is no place for a title.
    fn whole(&self) -> String {
        match &self.title {
            Some(title) => format!("{title}\n{}", self.message),
            None => self.message.clone(),
        }
    }
}

/// Sends a message and says under which id it was taken.
pub(crate) async fn send(call: Call<'_>) -> Outcome {
    let platform = call.args.need("platform")?.to_owned();
    let letter = Letter::of(&call)?;
    let delivery = match platform.as_str() {
        "basecamp" => return Box::pin(basecamp(call, letter)).await,
        "webhook" => Box::pin(webhook(&call, &letter)).await?,
        "slack" => Box::pin(slack(&call, &letter)).await?,
        "email" => Box::pin(email(&call, &letter)).await?,
        _ => Box::pin(github(&call, &letter)).await?,
    };
    let target: &str = if platform == "webhook" { host(&letter.target) } else { &letter.target };
    Ok(sent(&platform, target, &delivery.into()))
}

fn sent(platform: &str, target: &str, delivery: &Value) -> Done {
    let value = json!({
        "message": format!("Sent to {target}"), "platform": platform, "target": target,
        "delivery_id": delivery, "sent": true
    });
    Done::new(value).on(target)
}

/// An address without what may be a secret in it.
pub(crate) fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |it| it.1);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority.rsplit('@').next().unwrap_or(authority)
}

/// Through what a call comes that another tool makes (contract.md 5.2).
fn source_of(via: Via) -> &'static str {
    match via {
        Via::Ui => "ui",
        Via::Key => "mcp",
        Via::Chat => "chat",
        Via::Flow => "flow",
        Via::System => "agent",
    }
}

/// A line in the chat of a project.
async fn basecamp(call: Call<'_>, letter: Letter) -> Outcome {
    let project = call.project_named(&letter.target, Purpose::Write).await?;
    let docks = call.docks(project.id).await?;
    let chat = docks.iter().find(|it| it["name"] == "chat" && it["enabled"] == true);
    let off = || ToolError::NotEnabled { tool: "chat".to_owned() };
    let chat = chat.and_then(|it| it["id"].as_i64()).ok_or_else(off)?;
    let args = json!({
        "project": project.id.to_string(), "chat_id": chat, "content": letter.whole()
    });
    let context = CallContext { source: source_of(call.actor.via), ..CallContext::default() };
    let made = call.tools.call(call.actor, "create_campfire_line", &args, &context);
    let made = Box::pin(made).await?;
    let id = made.pointer("/line/id").cloned().unwrap_or_default();
    let message = format!("Sent to the chat of {}", project.name);
    let value = json!({
        "message": message, "platform": "basecamp", "target": project.name, "delivery_id": id, "sent": true
    });
    Ok(Done::new(value).on(project.name).within(project.id))
}

/// The working connection to a platform: the person's own before the workspace's.
async fn connection(call: &Call<'_>, platform: &str) -> Result<FlowConnection, ToolError> {
    let all = call.tools.flows.connections().list(call.actor, None).await?;
    let is_right = |it: &FlowConnection| {
        it.piece_name.to_lowercase().contains(platform) && it.status == ConnectionStatus::Active
    };
    let fitting = all.into_iter().filter(is_right);
    let found = fitting.min_by_key(|it| it.scope == ConnectionScope::Workspace);
    let missing = || Problem::NeedsSetup {
        message: format!("There is no working connection to {platform}, so nothing was sent"),
        hint: format!("Add a connection for the piece {platform} under Integrations"),
        fix_url: "/integrations".to_owned(),
    };
    Ok(found.ok_or_else(missing)?)
}

fn no_token() -> Problem {
    Problem::NeedsSetup {
        message: "The connection holds no token, so nothing was sent".to_owned(),
        hint: "Make it anew under Integrations, with a secret".to_owned(),
        fix_url: "/integrations".to_owned(),
    }
}

/// The secret of a connection that has one.
fn token(held: &Value) -> Result<&str, Problem> {
    let found = ["secret_text", "access_token"].iter().find_map(|it| held[*it].as_str());
    found.ok_or_else(no_token)
}

async fn webhook(call: &Call<'_>, letter: &Letter) -> Result<String, ToolError> {
    let id = ids::fresh();
    let body = json!({
        "id": id, "title": letter.title, "message": letter.message, "from": call.actor.name,
        "sent_at": ids::rfc3339(ids::now_ms())
    });
    let headers = vec![("idempotency-key", id.clone())];
    let posting = Posting { address: letter.target.clone(), headers, body };
    let sent = call.tools.runs.post(call.actor, None, |_| Ok(posting)).await;
    sent.map_err(|it| ToolError::of_outside(without_address(it, &letter.target)))?;
    Ok(id)
}

/// What went wrong is written down, the whole address of a webhook is not.
fn without_address(problem: Problem, address: &str) -> Problem {
    let short = short_address(address);
    let said = |message: String| message.replace(address, &short);
    match problem {
        Problem::Unavailable { service, message } => {
            Problem::Unavailable { service, message: said(message) }
        }
        Problem::Unclear { message } => Problem::Unclear { message: said(message) },
        other => other,
    }
}

/// A connection holds the token of a bot, or the address of an incoming webhook.
async fn slack(call: &Call<'_>, letter: &Letter) -> Result<String, ToolError> {
    let found = connection(call, "slack").await?;
    let (channel, text) = (letter.target.clone(), letter.whole());
    let posting = move |held: &Value| -> Result<Posting, Problem> {
        let token = token(held)?;
        Ok(match token.starts_with("http") {
            true => Posting {
                address: token.to_owned(),
                headers: Vec::new(),
                body: json!({ "text": text }),
            },
            false => Posting {
                address: SLACK.to_owned(),
                headers: vec![("authorization", format!("Bearer {token}"))],
                body: json!({ "channel": channel, "text": text }),
            },
        })
    };
    let answer = call.tools.runs.post(call.actor, Some(&found.external_id), posting).await;
    let answer = answer.map_err(ToolError::of_outside)?;
    // A bot is answered 200 for what is refused, too.
    if answer.get("ok").is_some_and(|it| *it != true) {
        let why = answer["error"].as_str().unwrap_or("it did not say why");
        let message = format!("Slack did not take the message: {why}");
        return Err(ToolError::Outside { message, is_unknown: false });
    }
    Ok(answer["ts"].as_str().map_or_else(ids::fresh, str::to_owned))
}

async fn email(call: &Call<'_>, letter: &Letter) -> Result<String, ToolError> {
    let found = connection(call, "smtp").await?;
    let (to, text) = (letter.target.clone(), letter.message.clone());
    let subject = letter.title.clone().unwrap_or_else(|| SUBJECT.to_owned());
    let inputs = move |held: &Value| -> Result<Map<String, Value>, Problem> {
        let places = [held, &held["props"]];
        let named = ["from", "email", "username"];
        let from = named.iter().find_map(|name| places.iter().find_map(|it| it[*name].as_str()));
        let none = || Problem::NeedsSetup {
            message: "The connection names no sender, so nothing was sent".to_owned(),
            hint: "Add the field email to it under Integrations".to_owned(),
            fix_url: "/integrations".to_owned(),
        };
        let from = from.ok_or_else(none)?;
        let inputs =
            json!({ "auth": held, "from": from, "to": [to], "subject": subject, "body": text });
        Ok(inputs.as_object().cloned().unwrap_or_default())
    };
    let sent = call.tools.runs.mail(call.actor, &found.external_id, inputs).await;
    sent.map_err(ToolError::of_outside)
}

/// Where an issue or a comment goes: `owner/repository`, and the number of the issue.
fn place(target: &str) -> Result<(&str, Option<u64>), Problem> {
    let wrong = || {
        let words = "Write owner/repository for a new issue, or owner/repository#12 for a comment";
        Problem::invalid("target", words)
    };
    let (place, number) = match target.split_once('#') {
        Some((place, number)) => (place, Some(number.parse().map_err(|_| wrong())?)),
        None => (target, None),
    };
    let is_plain = |it: &str| {
        let letters = it.chars().all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it));
        letters && !it.is_empty() && !it.chars().all(|it| it == '.')
    };
    let parts: Vec<&str> = place.split('/').collect();
    match parts.len() == 2 && parts.into_iter().all(is_plain) {
        true => Ok((place, number)),
        false => Err(wrong()),
    }
}

async fn github(call: &Call<'_>, letter: &Letter) -> Result<String, ToolError> {
    let (place, number) = place(&letter.target)?;
    let (address, body) = match number {
        Some(number) => {
            let body = json!({ "body": letter.whole() });
            (format!("{GITHUB}/{place}/issues/{number}/comments"), body)
        }
        None => {
            let first = letter.message.lines().next().unwrap_or_default();
            let title = letter.title.as_deref().unwrap_or(first);
            let title: String = title.chars().take(TITLE).collect();
            (format!("{GITHUB}/{place}/issues"), json!({ "title": title, "body": letter.message }))
        }
    };
    let found = connection(call, "github").await?;
    let posting = move |held: &Value| -> Result<Posting, Problem> {
        let headers = vec![
            ("authorization", format!("Bearer {}", token(held)?)),
            ("accept", "application/vnd.github+json".to_owned()),
            ("x-github-api-version", GITHUB_VERSION.to_owned()),
            ("user-agent", "pmos".to_owned()),
        ];
        Ok(Posting { address, headers, body })
    };
    let answer = call.tools.runs.post(call.actor, Some(&found.external_id), posting).await;
    let answer = answer.map_err(ToolError::of_outside)?;
    let none = || ToolError::Outside {
        message: "GitHub answered without the id of what was made. Look there before trying again"
            .to_owned(),
        is_unknown: true,
    };
    Ok(answer["id"].as_i64().ok_or_else(none)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_has_one_place_and_an_address_is_told_without_its_secrets() {
        assert_eq!(place("a/b").unwrap(), ("a/b", None));
        assert_eq!(place("a/b.c#12").unwrap(), ("a/b.c", Some(12)));
        for wrong in ["a", "a/b/c", "a/..", "/b", "a/b#x", "a/b?c", "a/b#-1"] {
            assert!(place(wrong).is_err(), "{wrong}");
        }
        assert_eq!(host("https://u:p@hooks.example.com/secret?x=1"), "hooks.example.com");
    }
}
