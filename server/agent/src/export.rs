//! A conversation as a file: everything said and everything done for it, for reading and for other programs.

use crate::agent::{Agent, owner};
use crate::conversation::turn;
use crate::sessions::missing;
use domain::actor::{Actor, Permission};
use domain::assistant::model_title;
use domain::chat::{Session, Turn};
use domain::ids::SessionId;
use domain::problem::Problem;
use serde_json::{Value, json};
use store::chat::{self, attachments};

/// Turns read at once.
const PAGE: i64 = 200;

/// A whole conversation, oldest turn first, each answer with its trace.
#[derive(Clone, Debug)]
pub struct Exported {
    session: Session,
    turns: Vec<Turn>,
}

impl Agent {
    /// Everything of a conversation, whatever its length.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for everyone else's.
    pub async fn export_session(&self, actor: &Actor, id: &SessionId) -> Result<Exported, Problem> {
        actor.require(Permission::Read)?;
        let owner = &owner(actor);
        let conn = &mut self.0.db.read().await?;
        let session = chat::session(conn, owner, id).await?.ok_or_else(missing)?;
        let (mut pages, mut before) = (Vec::new(), i64::MAX);
        loop {
            let page = chat::messages(conn, id, before, PAGE).await?;
            let Some(first) = page.first() else { break };
            before = first.seq;
            pages.push(page);
        }
        let files = attachments::of_session(conn, owner, id).await?;
        let mut turns = Vec::new();
        for message in pages.into_iter().rev().flatten().filter(|it| it.message.role != "tool") {
            turns.push(turn(conn, owner, (message, &files), false).await?);
        }
        self.mask(&mut turns);
        Ok(Exported { session, turns })
    }
}

impl Exported {
    /// For other programs.
    pub fn json(&self) -> Value {
        let turns = self.turns.iter().map(|it| {
            json!({
                "id": it.id, "role": if it.is_mine { "user" } else { "assistant" }, "content": it.text, "at": it.at,
                "attachments": it.attachments, "run": it.run,
            })
        });
        json!({ "session": self.session, "turns": turns.collect::<Vec<_>>() })
    }

    /// For people.
    pub fn markdown(&self) -> String {
        let mut text = format!("# {}\n", self.session.title);
        for turn in &self.turns {
            let by = match &turn.run {
                _ if turn.is_mine => "You".to_owned(),
                Some(run) => format!("Assistant ({})", model_title(&run.model)),
                None => "Assistant".to_owned(),
            };
            text.push_str(&format!("\n## {by}, {}\n\n{}\n", turn.at, turn.text.trim()));
            for file in &turn.attachments {
                text.push_str(&format!("\n- File: {} ({} bytes)", file.name, file.bytes));
            }
            let steps = turn.run.iter().flat_map(|it| &it.trace);
            for step in steps.filter(|it| it.kind != "chat.run") {
                let took = step.duration_ms.map_or_else(String::new, |it| format!(", {it} ms"));
                text.push_str(&format!("\n- {}{took}", step.title));
            }
            text.push('\n');
        }
        text
    }
}
