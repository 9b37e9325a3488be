//! Following runs: stored events first, then new ones as they are stored, each once.
//!
//! New ones come from memory; where one is missing, because the reader was slow or another node stored it, the table is
//! read.

use crate::agent::{Agent, owner};
use crate::sending::Sent;
use crate::sessions::missing;
use domain::actor::{Actor, Permission};
use domain::chat::{ChatEvent, ChatRun};
use domain::ids::{ChatRunId, SessionId, WorkspaceId};
use domain::problem::Problem;
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;
use store::chat::{self, journal, runs};
use store::db::Db;
use store::talks::Heard;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The table is looked at this often even when nothing was heard.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// The events of one run, or of every run of a conversation.
pub struct Following {
    db: Db,
    what: What,
    workspace: WorkspaceId,
    session: SessionId,
    run: Option<ChatRunId>,
    after: i64,
    waiting: VecDeque<ChatEvent>,
    heard: broadcast::Receiver<Heard>,
    /// There may be more in the table than was heard.
    is_behind: bool,
    look_at: Instant,
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
    /// The write that waits for a person, or that a person allowed.
    pub operation: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Run,
    Session,
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
        let place = (&actor.workspace, &run.session_id);
        Ok(self.following(What::Run, place, Some(run.id.clone()), after))
    }

    /// The events of the run that answers what the actor sent, from its first to its last.
    pub fn follow_sent(&self, actor: &Actor, sent: &Sent) -> Following {
        let place = (&actor.workspace, &sent.run.session_id);
        self.following(What::Run, place, Some(sent.run.id.clone()), 0)
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
        let place = (&actor.workspace, session);
        if let Some((run, seq)) = after {
            return Ok(self.following(What::Session, place, Some(run), seq));
        }
        let following = self.following(What::Session, place, None, 0);
        let newest = journal::newest_run(&mut conn, (&actor.workspace, session)).await?;
        let Some(newest) = newest else { return Ok(following) };
        let is_over =
            runs::get(&mut conn, &newest).await?.is_some_and(|it| it.run.status.is_over());
        let after = if is_over { journal::last_seq(&mut conn, &newest).await? } else { 0 };
        Ok(Following { run: Some(newest), after, ..following })
    }

    /// Listening begins before the table is read, so nothing falls between the two.
    fn following(
        &self,
        what: What,
        (workspace, session): (&WorkspaceId, &SessionId),
        run: Option<ChatRunId>,
        after: i64,
    ) -> Following {
        Following {
            db: self.0.db.clone(),
            what,
            workspace: workspace.clone(),
            session: session.clone(),
            run,
            after,
            waiting: VecDeque::new(),
            heard: self.0.db.conversation(session),
            is_behind: true,
            look_at: Instant::now() + LOOK_EVERY,
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
        let run = self.run(actor, run).await?;
        let operation = match &run.approval_id {
            Some(approval) => self.approval(actor, approval).await?.operation_id,
            None => self.operation_of(&run).await?,
        };
        Ok(Answered { run, response, code, operation })
    }

    /// The operation that the calls of a run, which goes on from no other, wrote last.
    async fn operation_of(&self, run: &ChatRun) -> Result<Option<String>, Problem> {
        let calls = journal::calls(&mut self.0.db.read().await?, &run.id).await?;
        let told = calls.iter().rev().filter_map(|it| it.result.as_ref()?.get("operation_id"));
        Ok(told.filter_map(Value::as_str).map(str::to_owned).next())
    }

    /// Returns when a run has ended.
    pub(crate) async fn ended(&self, run: &ChatRunId) -> Result<(), Problem> {
        let Some(stored) = runs::get(&mut self.0.db.read().await?, run).await? else {
            return Ok(());
        };
        let place = (&stored.workspace, &stored.run.session_id);
        let mut following = self.following(What::Run, place, Some(run.clone()), 0);
        while following.next().await?.is_some() {}
        Ok(())
    }
}

impl Following {
    /// The next event; none when there will be no more. Nothing is lost when this is given up and called again.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn next(&mut self) -> Result<Option<ChatEvent>, Problem> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.is_over = event.event == "done" && self.what == What::Run;
                self.run = Some(event.run_id.clone());
                self.after = event.seq;
                return Ok(Some(event));
            }
            if self.is_over {
                return Ok(None);
            }
            if self.is_behind {
                self.look().await?;
            } else if !self.listen().await {
                return Ok(None);
            }
        }
    }

    /// Takes what is in the table.
    async fn look(&mut self) -> Result<(), Problem> {
        let mut conn = self.db.read().await?;
        let runs = match self.what {
            What::Run => self.run.iter().cloned().collect(),
            What::Session => {
                let place = (&self.workspace, &self.session);
                journal::runs_from(&mut conn, place, self.run.as_ref()).await?
            }
        };
        let mut found = Vec::new();
        for run in runs {
            let after = if Some(&run) == self.run.as_ref() { self.after } else { 0 };
            found.extend(journal::events(&mut conn, &run, after).await?);
        }
        self.waiting.extend(found);
        self.is_behind = false;
        self.look_at = Instant::now() + LOOK_EVERY;
        Ok(())
    }

    /// Waits until something is heard, or it is time to look; false when the server stops.
    async fn listen(&mut self) -> bool {
        tokio::select! {
            () = self.closing.cancelled() => return false,
            () = tokio::time::sleep_until(self.look_at) => self.is_behind = true,
            heard = self.heard.recv() => match heard {
                Ok(Heard::Events(events)) => self.take(&events),
                Ok(Heard::More) | Err(RecvError::Lagged(_)) => self.is_behind = true,
                Err(RecvError::Closed) => return false,
            },
        }
        true
    }

    /// Takes what was heard, where nothing is missing before it. A run that is heard of first is read from the table where
    /// another node may have worked on one before it.
    fn take(&mut self, events: &[ChatEvent]) {
        let Some(first) = events.first() else { return };
        let mut after = self.after;
        if Some(&first.run_id) != self.run.as_ref() {
            if self.what == What::Run {
                return;
            }
            if !self.db.is_alone() {
                self.is_behind = true;
                return;
            }
            after = 0;
        }
        let new = || events.iter().filter(|it| it.seq > after);
        match new().next() {
            Some(next) if next.seq == after + 1 => self.waiting.extend(new().cloned()),
            Some(_) => self.is_behind = true,
            None => {}
        }
    }
}
