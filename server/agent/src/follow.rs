//! Following runs: stored events first, then new ones as they are stored, each once.

use crate::agent::{Agent, owner};
use crate::sessions::missing;
use domain::actor::{Actor, Permission};
use domain::chat::{ChatEvent, ChatRun};
use domain::event::Topic;
use domain::ids::{ChatRunId, SessionId};
use domain::problem::Problem;
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;
use store::chat::{self, journal, runs};
use store::db::{Change, Db};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// Looked at this often even when nothing was announced.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// The events of one run, or of every run of a conversation.
pub struct Following {
    db: Db,
    what: What,
    run: Option<ChatRunId>,
    after: i64,
    waiting: VecDeque<ChatEvent>,
    changes: broadcast::Receiver<Change>,
    closing: CancellationToken,
    is_over: bool,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The run at its end.
    pub run: ChatRun,
    /// Its answer, markdown.
    pub response: String,
    /// Why it failed, for machines.
    pub code: Option<String>,
}

enum What {
    Run,
    Session(SessionId),
}

impl Agent {
    /// The events of a run after number `after`, up to its last.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for everyone else's.
    pub async fn follow(
        &self,
        actor: &Actor,
        run: &ChatRunId,
        after: i64,
    ) -> Result<Following, Problem> {
        let run = self.run(actor, run).await?;
        Ok(self.following(What::Run, Some(run.id), after))
    }

    /// The events of every run of a conversation, after one event or from now on, without end.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for everyone else's.
    pub async fn follow_session(
        &self,
        actor: &Actor,
        session: &SessionId,
        after: Option<(ChatRunId, i64)>,
    ) -> Result<Following, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.0.db.read().await?;
        chat::session(&mut conn, &owner(actor), session).await?.ok_or_else(missing)?;
        let what = What::Session(session.clone());
        if let Some((run, seq)) = after {
            return Ok(self.following(what, Some(run), seq));
        }
        let following = self.following(what, None, 0);
        let newest = journal::runs_from(&mut conn, session, None).await?.pop();
        let Some(newest) = newest else { return Ok(following) };
        let is_over =
            runs::get(&mut conn, &newest).await?.is_some_and(|it| it.run.status.is_over());
        let seen = journal::events(&mut conn, &newest, 0).await?.last().map_or(0, |it| it.seq);
        Ok(Following { run: Some(newest), after: if is_over { seen } else { 0 }, ..following })
    }

    fn following(&self, what: What, run: Option<ChatRunId>, after: i64) -> Following {
        Following {
            db: self.0.db.clone(),
            what,
            run,
            after,
            waiting: VecDeque::new(),
            changes: self.0.db.changes(),
            closing: self.0.config.closing.clone(),
            is_over: false,
        }
    }

    /// Waits until a run has ended; gives its answer.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for everyone else's.
    pub async fn answer_of(&self, actor: &Actor, run: &ChatRunId) -> Result<Answered, Problem> {
        let mut following = self.follow(actor, run, 0).await?;
        let (mut response, mut code) = (String::new(), None);
        while let Some(event) = following.next().await? {
            let text = |name: &str| event.data.get(name).and_then(Value::as_str).map(str::to_owned);
            match event.event.as_str() {
                "response" => response = text("content").unwrap_or_default(),
                "error" => code = text("code"),
                _ => {}
            }
        }
        Ok(Answered { run: self.run(actor, run).await?, response, code })
    }

    /// Returns when a run has ended.
    pub(crate) async fn ended(&self, run: &ChatRunId) -> Result<(), Problem> {
        let mut following = self.following(What::Run, Some(run.clone()), 0);
        while following.next().await?.is_some() {}
        Ok(())
    }
}

impl Following {
    /// The next event; none when there will be no more.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn next(&mut self) -> Result<Option<ChatEvent>, Problem> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.is_over = event.event == "done" && matches!(self.what, What::Run);
                self.run = Some(event.run_id.clone());
                self.after = event.seq;
                return Ok(Some(event));
            }
            if self.is_over {
                return Ok(None);
            }
            self.look().await?;
            if self.waiting.is_empty() && !self.changed().await {
                return Ok(None);
            }
        }
    }

    async fn look(&mut self) -> Result<(), Problem> {
        let mut conn = self.db.read().await?;
        let runs = match &self.what {
            What::Run => self.run.iter().cloned().collect(),
            What::Session(session) => {
                journal::runs_from(&mut conn, session, self.run.as_ref()).await?
            }
        };
        for run in runs {
            let after = if Some(&run) == self.run.as_ref() { self.after } else { 0 };
            self.waiting.extend(journal::events(&mut conn, &run, after).await?);
        }
        Ok(())
    }

    /// Waits until it is worth looking again; false when the server stops.
    async fn changed(&mut self) -> bool {
        loop {
            tokio::select! {
                () = self.closing.cancelled() => return false,
                () = tokio::time::sleep(LOOK_EVERY) => return true,
                change = self.changes.recv() => match change {
                    Ok(change) if change.topic != Topic::Chat || !self.is_about(&change.target) => {}
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return true,
                    Err(broadcast::error::RecvError::Closed) => return false,
                },
            }
        }
    }

    fn is_about(&self, target: &str) -> bool {
        match self.what {
            What::Run => self.run.as_ref().is_some_and(|it| it.as_str() == target),
            What::Session(_) => true,
        }
    }
}
