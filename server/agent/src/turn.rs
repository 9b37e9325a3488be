//! One run: ask the model, do what it asks for, until it answers.

use crate::agent::{Agent, place};
use crate::catalogue;
use crate::command_list::{Command, slashed};
use crate::ending::End;
use crate::hearing::{Heard, called, total_event};
use crate::llm::failure::ErrorClass;
use crate::llm::{OtherTool, Prompt, Reply, Usage, Wanted};
use crate::models::Candidate;
use crate::planning;
use crate::policy::Mode;
use crate::runtime::Runtime;
use crate::sending::start_event;
use crate::settings::Settings;
use crate::task::Task;
use crate::trace::run_line;
use crate::untrusted;
use domain::actor::Actor;
use domain::chat::ChatRunStatus;
use domain::ids::MessageId;
use domain::problem::Problem;
use domain::trace::TraceStatus;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use store::chat::journal::{self, Place, StoredCall};
use store::chat::leases;
use store::chat::rounds::{self, StoredRound};
use store::chat::runs::{self, StoredRun};
use store::ids;
use tokio_util::sync::CancellationToken;

/// The same tool with the same arguments this often ends the run.
const REPEATS: usize = 3;

/// A run under way.
pub(crate) struct Turn {
    pub(crate) agent: Agent,
    pub(crate) run: StoredRun,
    pub(crate) actor: Actor,
    /// The agent it works for; none for what a person asked.
    pub(crate) task: Option<Task>,
    /// Who is asked first, in order, as it was read when the run was stored; empty when it has to be read.
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) place: Place,
    pub(crate) stop: CancellationToken,
    pub(crate) iterations: u32,
    /// The message that the answer becomes.
    pub(crate) message: MessageId,
    /// What the models of this run cost so far, and the last of them.
    pub(crate) total: Option<(Usage, String, String)>,
    /// What the person said in this conversation, for judging where an address comes from.
    pub(crate) said: Vec<String>,
    /// Text from outside is in what the model was told.
    pub(crate) is_tainted: bool,
    /// Tools of other servers that the model is offered: what they say of them is text from outside, too.
    pub(crate) others: Vec<OtherTool>,
    /// What asks first in this workspace, and how long it waits.
    pub(crate) mode: Mode,
    pub(crate) approval_wait: Duration,
    /// How many tokens and US dollars the models of the workspace may cost in a month.
    pub(crate) limit: (Option<f64>, Option<f64>),
    /// The command that the message names; then it is run, whoever answers otherwise.
    pub(crate) command: Option<Command>,
    /// What is said first because the built-in assistant answers in place of a model that somebody chose.
    pub(crate) first_words: Option<String>,
    started: Instant,
}

/// What a model is told, and who is asked, in order.
pub(crate) struct Told {
    pub(crate) prompt: Prompt,
    pub(crate) candidates: Vec<Candidate>,
}

impl Turn {
    /// A run that is about to be worked on.
    pub(crate) fn new(
        agent: Agent,
        run: StoredRun,
        (actor, task): (Actor, Option<Task>),
        stop: CancellationToken,
    ) -> Self {
        Self {
            iterations: run.run.iterations,
            place: place(&run),
            approval_wait: agent.0.config.approval_wait,
            agent,
            run,
            actor,
            task,
            candidates: Vec::new(),
            stop,
            message: MessageId::from(ids::fresh()),
            total: None,
            said: Vec::new(),
            is_tainted: false,
            others: Vec::new(),
            mode: Mode::default(),
            limit: (None, None),
            command: None,
            first_words: None,
            started: Instant::now(),
        }
    }

    /// How the run ends; none when it was ended from outside or the server stops.
    pub(crate) async fn work(&mut self) -> Result<Option<End>, Problem> {
        // Before a tool was asked for there is none to bring to its end, and what was read at the beginning is still so.
        let (told, used_up) = Box::pin(self.begin()).await?;
        if let Some(end) = self.over_budget(used_up).await? {
            return Ok(Some(end));
        }
        let mut first = Some(told).filter(|it| it.prompt.rounds.is_empty());
        loop {
            if self.stop.is_cancelled() || self.agent.0.config.closing.is_cancelled() {
                return Ok(None);
            }
            if first.is_none()
                && let Some(end) = self.settle_calls().await?
            {
                return Ok(end.into_option());
            }
            if self.run.run.model == planning::MODEL {
                let end = self.carried_out().await?;
                self.answer(&end).await?;
                return Ok(None);
            }
            if self.iterations >= self.agent.0.config.iterations(self.runtime()) {
                return Ok(Some(End::limit(self.iterations)));
            }
            self.message = MessageId::from(ids::fresh());
            let told = match first.take() {
                Some(told) => told,
                None => self.told().await?,
            };
            let heard = told.prompt.said.len();
            let reply = match self.hear(&told).await? {
                Heard::Reply(reply) => reply,
                Heard::Failed { error, said } => {
                    let code = code_of(error.class).to_owned();
                    return Ok(Some(End::Failed { code, message: error.message, said }));
                }
                Heard::Stopped | Heard::Closing => return Ok(None),
            };
            if reply.calls.is_empty() {
                let end = End::Answered { text: reply.text, note: reply.note, heard };
                if self.answer(&end).await? {
                    return Ok(None);
                }
            } else if let Some(end) = self.propose(reply, heard).await? {
                return Ok(Some(end));
            }
        }
    }

    /// What the model is told now, and who is asked.
    async fn told(&mut self) -> Result<Told, Problem> {
        let known = std::mem::take(&mut self.candidates);
        // They are known of a run that was begun just now.
        let is_fresh = !known.is_empty();
        let candidates = async {
            if is_fresh {
                return Ok(known);
            }
            let mut choice = self.agent.choice(&self.run.workspace, &self.run.user).await?;
            if self.is_by_rules() {
                choice.candidates.retain(|it| !it.is_paid);
                if choice.candidates.is_empty() {
                    choice.candidates.push(Candidate::builtin());
                }
            } else if let Some(missing) = choice.missing.take() {
                return Err(missing);
            }
            Ok::<_, Problem>(self.agent.awake(choice))
        };
        let (prompt, others, candidates) = tokio::try_join!(
            self.agent.prompt(&self.run, self.task.as_ref(), is_fresh),
            self.agent.0.tools.others(&self.actor),
            candidates,
        )?;
        // A file may have come with what was said meanwhile.
        self.is_tainted |= prompt.has_files();
        self.others = catalogue::others(others, &prompt);
        self.command = match prompt.said.as_slice() {
            [said] => slashed(said).map(|it| it.0),
            _ => None,
        };
        let candidates = match self.command {
            Some(_) => vec![Candidate::builtin()],
            None => candidates,
        };
        Ok(Told { prompt, candidates })
    }

    /// Reads what counts for the whole run, and says that it has begun, once, also when a restart takes it up again.
    /// Gives why no model may be asked for the person, too, where that is so.
    async fn begin(&mut self) -> Result<(Told, Option<Problem>), Problem> {
        let (agent, workspace) = (self.agent.clone(), self.run.workspace.clone());
        let user = self.run.user.clone();
        let settings = async {
            let mut conn = agent.0.db.read().await?;
            Settings::of(&mut conn, &workspace).await
        };
        let used_up = agent.used_up_for(&workspace, &user);
        let (told, settings, used_up) = tokio::try_join!(self.told(), settings, used_up)?;
        let prompt = &told.prompt;
        let earlier = prompt.history.iter().filter(|it| it.role == "user").map(|it| &it.text);
        self.said = earlier.chain(&prompt.said).cloned().collect();
        let mut before = prompt.history.iter().flat_map(|it| &it.calls);
        self.is_tainted |= prompt.is_summary_tainted;
        self.is_tainted |= before.any(|it| untrusted::is_outside(&it.name));
        self.mode = settings.mode();
        self.approval_wait = settings.approval_wait().unwrap_or(self.approval_wait);
        self.limit = settings.monthly_limit();
        // One that somebody asked for was stored with its beginning.
        if self.run.run.status == ChatRunStatus::Queued {
            self.store_beginning(&told).await?;
        }
        Ok((told, used_up))
    }

    async fn store_beginning(&self, told: &Told) -> Result<(), Problem> {
        let first = told.candidates.first().map(|it| &it.provider);
        let model = first.map_or_else(|| "builtin".to_owned(), |it| called(it.name(), it.model()));
        let message = told.prompt.said.first().map(String::as_str);
        let mut data = start_event(&self.place.session, message, (&self.run.run.runtime, &model));
        let mut asked = None;
        if let (Some(parent), Value::Object(fields)) = (&self.run.run.parent_run_id, &mut data) {
            fields.insert("parentRunId".into(), json!(parent));
            asked = self.decided_approval(parent).await?;
            fields.insert("resumeOf".into(), json!(asked.as_ref().map(|it| &it.approval.id)));
        }
        let mut events = vec![("start", data)];
        events.extend(asked.map(|it| ("approval", crate::asking::shown(&it.approval))));
        events.push(run_line(&self.place).event(TraceStatus::Running, "", None));
        let (id, place) = (self.run.run.id.clone(), self.place.clone());
        let write = self.agent.0.db.write_talk(move |tx| {
            Box::pin(async move {
                // One that was stopped meanwhile has said its last.
                if runs::start(tx, &id).await? {
                    journal::append_all(tx, &place, events).await?;
                }
                Ok::<_, Problem>(())
            })
        });
        write.await
    }

    /// Stores what the model asked for, and what it said with it, before anything of it is done; the same call twice in
    /// one answer is one call.
    async fn propose(&mut self, reply: Reply, heard: usize) -> Result<Option<End>, Problem> {
        let before = self.calls().await?;
        let mut once: Vec<Wanted> = Vec::new();
        for call in reply.calls {
            let call = self.agent.as_ours(&self.actor, call).await;
            let is_same = |it: &&StoredCall| {
                it.name == call.name
                    && self.agent.0.tools.is_same_call(
                        &self.place.workspace,
                        &call.name,
                        (&it.args, &call.args),
                    )
            };
            let same = before.iter().filter(is_same).count();
            if same + 1 >= REPEATS {
                return Ok(Some(End::repeated(&call.name)));
            }
            if !once.contains(&call) {
                once.push(call);
            }
        }
        if before.len() + once.len() > self.agent.0.config.max_calls {
            return Ok(Some(End::limit(self.iterations)));
        }
        let first_call = before.last().map_or(0, |it| it.position + 1);
        let round = StoredRound {
            heard: i64::try_from(heard).unwrap_or(i64::MAX),
            text: reply.text,
            note: reply.note,
            first_call,
            end_call: first_call + i64::try_from(once.len()).unwrap_or(i64::MAX),
        };
        let (place, root, node) =
            (self.place.clone(), self.run.root.clone(), self.agent.0.node.clone());
        for call in &mut once {
            call.args = self.agent.0.tools.sealed(&place.workspace, &call.name, &call.args);
        }
        let write = self.agent.0.db.write_talk(move |tx| {
            Box::pin(async move {
                if !leases::renew(tx, &place.run, &node).await? {
                    return Ok::<_, Problem>(Some(End::Gone));
                }
                rounds::insert(tx, &place.workspace, &root, &round).await?;
                for call in once {
                    journal::propose(tx, &place, &root, &call.name, &call.args).await?;
                }
                Ok(None)
            })
        });
        write.await
    }

    /// How this run is worked on; it keeps what it started with.
    pub(crate) fn runtime(&self) -> Runtime {
        Runtime::parse(&self.run.run.runtime).unwrap_or_default()
    }

    /// What the run cost in all, when anything was counted.
    pub(crate) fn total_event(&self) -> Option<(&'static str, Value)> {
        self.total.as_ref().map(total_event)
    }

    pub(crate) async fn calls(&self) -> Result<Vec<StoredCall>, Problem> {
        let mut conn = self.agent.0.db.read().await?;
        Ok(journal::calls(&mut conn, &self.run.root).await?)
    }

    pub(crate) fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

/// The code of contract.md for a failed model call.
fn code_of(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::Timeout => "IDLE_TIMEOUT",
        ErrorClass::Auth | ErrorClass::Permission => "MODEL_AUTH",
        ErrorClass::RateLimit | ErrorClass::Quota => "MODEL_LIMIT",
        _ => "MODEL_FAILED",
    }
}
