//! A message arrives: it is stored with a run before anything is answered. Runs are looked at and stopped here too.

use crate::agent::{Agent, owner};
use crate::files;
use crate::hearing::called;
use crate::leading::Begun;
use crate::makers::BUILT_IN;
use crate::models::{Candidate, Choice};
use crate::sessions::{missing, title_of};
use crate::trace::run_line;
use domain::actor::{Actor, Permission, Via};
use domain::attachment::{Attachment, NewAttachment};
use domain::chat::{ChatRun, ChatRunStatus};
use domain::event::{Event, EventKind};
use domain::ids::{ChatRunId, FlowId, SessionId};
use domain::problem::Problem;
use domain::trace::TraceStatus;
use serde_json::{Value, json};
use store::chat::journal::{self, Place};
use store::chat::leases;
use store::chat::runs::{self, NewRun, StoredRun};
use store::chat::{self, NewMessage, NewSession, Owner, attachments};
use store::db::Conn;
use store::{events, ids};

/// The longest message, in characters.
const MAX_CHARS: usize = 20_000;

/// What a person says.
#[derive(Clone, Debug, Default)]
pub struct NewTurn {
    /// The conversation; a new one when none.
    pub session: Option<SessionId>,
    /// What they say.
    pub text: String,
    /// The flow their page shows.
    pub flow: Option<FlowId>,
    /// The project their page shows.
    pub project: Option<String>,
    /// Files beside the words.
    pub files: Vec<NewAttachment>,
    /// What to do while a run of the conversation is under way.
    pub when_busy: WhenBusy,
    /// The built-in assistant answers this once, whoever was chosen.
    pub by_rules: bool,
}

/// A file to be stored, with what is in it.
type File = (Attachment, String);

/// What to do while a run of the conversation is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenBusy {
    /// The text joins that run before its next model call.
    #[default]
    Join,
    /// Refuse.
    Refuse,
}

/// A message that was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The run that answers it.
    pub run: ChatRun,
    /// It joined a run that was under way.
    pub is_steered: bool,
}

impl Agent {
    /// Takes a message and begins to answer it.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for an empty message or a file that cannot be taken, [`Problem::NotFound`] for everyone else's conversation,
    /// [`Problem::Conflict`] when a run is under way and `when_busy` refuses.
    pub async fn send(&self, actor: &Actor, turn: NewTurn) -> Result<Sent, Problem> {
        actor.require(Permission::Read)?;
        let actor = actor.through(Via::Chat);
        let mut turn = checked(turn)?;
        let files = files::taken(&std::mem::take(&mut turn.files))?;
        let (new, candidates) = self.new_run(&actor, &turn).await?;
        let (asker, node) = (actor.clone(), self.0.node.clone());
        // The model is asked while the disk still writes the question; whoever asked is answered after that.
        let write = self.0.db.write_passing(move |tx| {
            Box::pin(async move { store_turn(tx, (&asker, &node), (turn, files), new).await })
        });
        let (stored, is_steered): (StoredRun, bool) = write.await?;
        let run = stored.run.clone();
        if !is_steered {
            self.spawn(run.id.clone(), Some(Begun { run: stored, actor, candidates }));
        }
        self.on_disk(&run.id).await?;
        Ok(Sent { run, is_steered })
    }

    /// Waits until what was written of a run is on the disk.
    async fn on_disk(&self, id: &ChatRunId) -> Result<(), Problem> {
        if !self.0.db.is_alone() {
            return Ok(());
        }
        let id = id.clone();
        let mark =
            self.0.db.write_talk(move |tx| Box::pin(async move { leases::mark(tx, &id).await }));
        Ok(mark.await?)
    }

    /// A run that answers `turn`, without its conversation yet, and who is asked, in order.
    pub(crate) async fn new_run(
        &self,
        actor: &Actor,
        turn: &NewTurn,
    ) -> Result<(NewRun, Vec<Candidate>), Problem> {
        let day = async { Ok(self.0.tools.today(actor).await?) };
        let choice = async {
            match turn.by_rules {
                true => Ok(Choice::builtin()),
                false => self.choice(&actor.workspace, &actor.user).await,
            }
        };
        let (choice, runtime, today) = tokio::try_join!(choice, self.runtime(), day)?;
        if let Some(missing) = &choice.missing {
            return Err(missing.clone());
        }
        let candidates = self.awake(choice);
        let first = candidates.first().map(|it| &it.provider);
        let model = first.map_or_else(|| BUILT_IN.to_owned(), |it| called(it.name(), it.model()));
        let id = ChatRunId::from(ids::fresh());
        let new = NewRun {
            user_name: actor.name.clone(),
            session: SessionId::default(),
            root: id.clone(),
            id,
            parent: None,
            runtime: runtime.0.as_str().to_owned(),
            model,
            flow: turn.flow.clone(),
            project: turn.project.clone(),
            today: today.to_string(),
            request_id: actor.request_id.clone(),
        };
        Ok((new, candidates))
    }

    /// One run of the person.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for everyone else's.
    pub async fn run(&self, actor: &Actor, id: &ChatRunId) -> Result<ChatRun, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.0.db.read().await?;
        let run = runs::find(&mut conn, &owner(actor), id).await?;
        run.map(|it| it.run).ok_or_else(|| Problem::not_found("Run"))
    }

    /// The run of a conversation that is under way.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for everyone else's conversation.
    pub async fn active_run(
        &self,
        actor: &Actor,
        session: &SessionId,
    ) -> Result<Option<ChatRun>, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.0.db.read().await?;
        chat::session(&mut conn, &owner(actor), session).await?.ok_or_else(missing)?;
        Ok(runs::active(&mut conn, session).await?.map(|it| it.run))
    }

    /// Stops a run; one that ended stays as it ended.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for everyone else's.
    pub async fn cancel(&self, actor: &Actor, id: &ChatRunId) -> Result<ChatRunStatus, Problem> {
        let run = self.run(actor, id).await?;
        if run.status.is_over() {
            return Ok(run.status);
        }
        self.end_cancelled(actor, id).await?;
        self.stop(id);
        Ok(self.run(actor, id).await?.status)
    }
}

fn checked(turn: NewTurn) -> Result<NewTurn, Problem> {
    let text = turn.text.trim().to_owned();
    if text.is_empty() {
        return Err(Problem::invalid("message", "Message is required"));
    }
    if text.chars().count() > MAX_CHARS {
        return Err(Problem::invalid(
            "message",
            format!("A message may have {MAX_CHARS} characters at most"),
        ));
    }
    Ok(NewTurn { text, ..turn })
}

async fn store_turn(
    tx: &mut Conn,
    (actor, node): (&Actor, &str),
    (turn, files): (NewTurn, Vec<File>),
    new: NewRun,
) -> Result<(StoredRun, bool), Problem> {
    let mine = owner(actor);
    let session = session_of(tx, &mine, &turn).await?;
    // No run of a conversation that was made just now can be under way.
    if turn.session.is_some()
        && let Some(active) = runs::hold(tx, &session).await?
    {
        return join(tx, &mine, (turn, files), active).await;
    }
    let new = NewRun { session, ..new };
    if !begin(tx, (actor, node), (&turn.text, &files), &new).await? {
        return Err(Problem::conflict("The assistant is still answering. Try again in a moment"));
    }
    let run = runs::find(tx, &mine, &new.id).await?.ok_or_else(|| Problem::not_found("Run"))?;
    Ok((run, false))
}

/// Stores a run with what it answers, that it began and that `node` works on it, all at once: whoever waits for the
/// first word waits for one commit before the model is asked. False when another run of the conversation is under way.
pub(crate) async fn begin(
    tx: &mut Conn,
    (actor, node): (&Actor, &str),
    said: (&str, &[File]),
    new: &NewRun,
) -> Result<bool, Problem> {
    let mine = owner(actor);
    if !runs::insert_begun(tx, &mine, new, node).await? {
        return Ok(false);
    }
    say(tx, &mine, &new.session, said, (&new.id, &new.root)).await?;
    let place =
        Place { workspace: mine.workspace, session: new.session.clone(), run: new.id.clone() };
    let start = start_event(&new.session, Some(said.0), (&new.runtime, &new.model));
    let working = run_line(&place).event(TraceStatus::Running, "", None);
    journal::append_after(tx, &place, 0, vec![("start", start), working]).await?;
    events::record(tx, actor, &Event::new(EventKind::ChatRunChanged, &new.id, "running")).await?;
    Ok(true)
}

/// The first event of a run: the message it answers, its runtime, and who answers as [`called`] names them.
pub(crate) fn start_event(
    session: &SessionId,
    message: Option<&str>,
    (runtime, model): (&str, &str),
) -> Value {
    let (provider, model) = model.split_once('/').unwrap_or((model, model));
    json!({
        "message": message, "sessionId": session, "runtime": runtime, "provider": provider, "model": model,
    })
}

/// The conversation, made when there is none; without a title it takes the beginning of the message.
async fn session_of(tx: &mut Conn, mine: &Owner, turn: &NewTurn) -> Result<SessionId, Problem> {
    let title = title_of(&turn.text);
    let Some(id) = &turn.session else {
        let new = NewSession { title, project_id: turn.project.clone(), ..NewSession::default() };
        return Ok(chat::insert_session(tx, mine, &new).await?);
    };
    let session = chat::session(tx, mine, id).await?.ok_or_else(missing)?;
    if session.title.is_empty() {
        chat::rename_session(tx, mine, id, &title).await?;
    }
    Ok(session.id)
}

async fn join(
    tx: &mut Conn,
    mine: &Owner,
    (turn, files): (NewTurn, Vec<File>),
    active: StoredRun,
) -> Result<(StoredRun, bool), Problem> {
    if turn.when_busy == WhenBusy::Refuse {
        return Err(Problem::Busy { run_id: active.run.id.to_string() });
    }
    let said = (turn.text.as_str(), files.as_slice());
    say(tx, mine, &active.run.session_id, said, (&active.run.id, &active.root)).await?;
    Ok((active, true))
}

async fn say(
    tx: &mut Conn,
    mine: &Owner,
    session: &SessionId,
    (text, files): (&str, &[File]),
    (run, root): (&ChatRunId, &ChatRunId),
) -> Result<(), Problem> {
    let message = NewMessage {
        role: "user",
        content: text.to_owned(),
        run: Some(run.clone()),
        root: Some(root.clone()),
        ..NewMessage::default()
    };
    let id = chat::insert_message(tx, mine, session, &message).await?;
    attachments::insert(tx, mine, (session, &id), files).await?;
    Ok(())
}
