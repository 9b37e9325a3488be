//! Conversations: made, listed, read, renamed, deleted. Everyone else's are not found.

use crate::agent::{Agent, owner};
use crate::conversation::beside;
use domain::actor::{Actor, Permission};
use domain::chat::{Message, Session};
use domain::event::{Event, EventKind};
use domain::ids::{MessageId, SessionId};
use domain::problem::Problem;
use store::chat::{self, NewSession, attachments, runs};
use store::events;

/// How many turns one reading gives.
const PAGE: i64 = 100;
const TITLE_CHARS: usize = 50;
/// Of what conversations are searched for.
const SEARCH_CHARS: usize = 200;

impl Agent {
    /// Makes a conversation.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn create_session(&self, actor: &Actor, new: NewSession) -> Result<Session, Problem> {
        actor.require(Permission::Read)?;
        let (actor, mine) = (actor.clone(), owner(actor));
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let id = chat::insert_session(tx, &mine, &new).await?;
                events::record(tx, &actor, &Event::new(EventKind::SessionChanged, &id, new.title))
                    .await?;
                chat::session(tx, &mine, &id).await?.ok_or_else(missing)
            })
        });
        write.await
    }

    /// The person's conversations, newest first, from the cursor of the answer before.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn sessions(
        &self,
        actor: &Actor,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<(Vec<Session>, Option<String>), Problem> {
        actor.require(Permission::Read)?;
        let limit = i64::from(limit.clamp(1, 100));
        let before = cursor.and_then(|it| it.parse().ok()).unwrap_or(i64::MAX);
        let mut conn = self.0.db.read().await?;
        let rows = chat::sessions(&mut conn, &owner(actor), before, limit).await?;
        let is_full = i64::try_from(rows.len()).unwrap_or(i64::MAX) == limit;
        let next = rows.last().filter(|_| is_full).map(|(_, at)| at.to_string());
        Ok((rows.into_iter().map(|(session, _)| session).collect(), next))
    }

    /// The newest of the person's conversations, at most `limit`; with `words`, those that have them in their title or in
    /// what was said.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn sessions_about(
        &self,
        actor: &Actor,
        words: &str,
        limit: u32,
    ) -> Result<Vec<Session>, Problem> {
        let words: String = words.trim().chars().take(SEARCH_CHARS).collect();
        if words.is_empty() {
            return Ok(self.sessions(actor, limit, None).await?.0);
        }
        actor.require(Permission::Read)?;
        let mut conn = self.0.db.read().await?;
        let limit = i64::from(limit.clamp(1, 100));
        Ok(chat::sessions_about(&mut conn, &owner(actor), &words, limit).await?)
    }

    /// A conversation with its turns, oldest first: the newest, or those before `before`.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for everyone else's.
    pub async fn session(
        &self,
        actor: &Actor,
        id: &SessionId,
        before: Option<&MessageId>,
    ) -> Result<(Session, Vec<Message>), Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.0.db.read().await?;
        let session = chat::session(&mut conn, &owner(actor), id).await?.ok_or_else(missing)?;
        let before = match before {
            Some(message) => chat::message_seq(&mut conn, id, message).await?.unwrap_or(0),
            None => i64::MAX,
        };
        let turns = chat::messages(&mut conn, id, before, PAGE).await?;
        let files = attachments::of_session(&mut conn, &owner(actor), id).await?;
        let shown = turns.into_iter().map(|it| {
            let attachments = beside(&files, &it.message.id);
            Message { attachments, ..it.message }
        });
        Ok((session, shown.collect()))
    }

    /// Gives a conversation another name.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for a blank name, [`Problem::NotFound`] for everyone else's conversation.
    pub async fn rename_session(
        &self,
        actor: &Actor,
        id: &SessionId,
        title: &str,
    ) -> Result<Session, Problem> {
        actor.require(Permission::Read)?;
        let title = title.trim().to_owned();
        if title.is_empty() {
            return Err(Problem::invalid("title", "Give the conversation a name"));
        }
        let (actor, mine, id) = (actor.clone(), owner(actor), id.clone());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                if !chat::rename_session(tx, &mine, &id, &title).await? {
                    return Err(missing());
                }
                events::record(tx, &actor, &Event::new(EventKind::SessionChanged, &id, title))
                    .await?;
                chat::session(tx, &mine, &id).await?.ok_or_else(missing)
            })
        });
        write.await
    }

    /// Deletes a conversation; its run is stopped first.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for everyone else's.
    pub async fn delete_session(&self, actor: &Actor, id: &SessionId) -> Result<(), Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.0.db.read().await?;
        let session = chat::session(&mut conn, &owner(actor), id).await?.ok_or_else(missing)?;
        let active = runs::active(&mut conn, id).await?;
        drop(conn);
        if let Some(run) = active {
            self.cancel(actor, &run.run.id).await?;
        }
        let (actor, mine, id) = (actor.clone(), owner(actor), id.clone());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                // What was asked for in it can come to nothing any more, so nobody is to decide it.
                crate::deciding::withdraw(tx, &actor, &id).await?;
                if !chat::delete_session(tx, &mine, &id).await? {
                    return Err(missing());
                }
                events::record(
                    tx,
                    &actor,
                    &Event::new(EventKind::SessionChanged, &id, session.title),
                )
                .await?;
                Ok(())
            })
        });
        write.await
    }
}

pub(crate) fn missing() -> Problem {
    Problem::not_found("Session")
}

/// The title a conversation takes from its first message.
pub(crate) fn title_of(message: &str) -> String {
    message.chars().take(TITLE_CHARS).collect()
}
