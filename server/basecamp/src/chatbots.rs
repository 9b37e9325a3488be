//! Lines of chatbots: their address holds a key of its own and is no route of the API. The key is a secret, so such a
//! write is not kept in the outbox, whose rows can be read.

use crate::connections::Meta;
use crate::records::Request;
use crate::{Basecamp, failure};
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Letters of a key.
const KEY: usize = 128;

/// Who posts a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chatbot<'a> {
    /// The chatbot with this id.
    Id(i64),
    /// The one that this key is of.
    Key(&'a str),
}

impl Basecamp {
    /// Posts a line into the chat `chat` of `project` as a chatbot. It is sent once.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing chat or chatbot; [`Problem::Invalid`] for a key that cannot be one;
    /// [`Problem::Unavailable`] when it was not taken; [`Problem::Unclear`] when nobody knows whether it was.
    pub async fn post_as_chatbot(
        &self,
        actor: &Actor,
        (project, chat): (i64, i64),
        by: Chatbot<'_>,
        content: &str,
    ) -> Result<(), Problem> {
        actor.require(Permission::Write)?;
        let found;
        let key = match by {
            Chatbot::Key(key) => key,
            Chatbot::Id(id) => {
                let ids = [project, chat, id].map(|it| it.to_string());
                let request = Request::new("GetChatbot", &ids);
                let request = request.ok_or_else(|| Problem::not_found("Chatbot"))?;
                found = self.fetch(actor, &request).await?;
                key_in(&found).ok_or_else(|| {
                    failure::unavailable("Basecamp did not say where this chatbot posts")
                })?
            }
        };
        let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
        if key.is_empty() || key.len() > KEY || !key.chars().all(is_plain) {
            let words = "This is not the key of a chatbot: it has letters and digits only";
            return Err(Problem::invalid("integration_key", words));
        }
        let row = self.row(actor).await?.ok_or_else(failure::not_connected)?;
        let (base_url, account) = self.target(&Meta::read(&row)?)?;
        let place = format!("integrations/{key}/buckets/{project}/chats/{chat}/lines.json");
        let url = format!("{}/{account}/{place}", base_url.trim_end_matches('/'));
        self.post_line(&url, content).await
    }

    async fn post_line(&self, url: &str, content: &str) -> Result<(), Problem> {
        let request = self.0.transport.request(Method::POST, url);
        let request = request.header(USER_AGENT, self.0.config.user_agent());
        let request = request.header(CONTENT_TYPE, "application/json");
        let sent = request.body(json!({ "content": content }).to_string()).send().await;
        // Its address is in what the client reports, so that is never passed on.
        let answer = match sent {
            Ok(answer) => answer,
            Err(error) if error.is_connect() => {
                return Err(failure::unavailable("Basecamp did not answer. Try again in a moment"));
            }
            Err(_) => return Err(unclear()),
        };
        match answer.status() {
            status if status.is_success() => Ok(()),
            StatusCode::NOT_FOUND => Err(Problem::not_found("Chatbot")),
            StatusCode::TOO_MANY_REQUESTS => Err(failure::throttled(10)),
            status if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE => {
                Err(unclear())
            }
            status => {
                let words = format!("Basecamp did not take the line ({})", status.as_u16());
                Err(failure::unavailable(words))
            }
        }
    }
}

fn unclear() -> Problem {
    let message = "Basecamp's answer was lost, so it is not known whether the line was posted. Look into the chat";
    Problem::Unclear { message: message.to_owned() }
}

/// The key in the address that a chatbot posts to.
fn key_in(chatbot: &Value) -> Option<&str> {
    let (_, rest) = chatbot.get("lines_url")?.as_str()?.split_once("/integrations/")?;
    rest.split('/').next()
}
