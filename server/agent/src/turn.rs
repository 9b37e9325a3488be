//! One run: ask the model, do what it asks for, until it answers.

use crate::agent::{Agent, place};
use crate::ending::End;
use crate::llm::{self, LlmError, Prompt, Reply, Wanted};
use crate::trace::{Line, run_line};
use domain::actor::Actor;
use domain::ids::ChatRunId;
use domain::problem::Problem;
use domain::trace::TraceStatus;
use serde_json::{Value, json};
use std::time::Instant;
use store::chat::journal::{self, Place, StoredCall};
use store::chat::runs::{self, StoredRun};
use tokio_util::sync::CancellationToken;

/// The same tool with the same arguments this often ends the run.
const REPEATS: usize = 3;

/// A run under way.
pub(crate) struct Turn {
    pub(crate) agent: Agent,
    pub(crate) run: StoredRun,
    pub(crate) actor: Actor,
    pub(crate) place: Place,
    pub(crate) stop: CancellationToken,
    iterations: u32,
    started: Instant,
}

/// What the model came to.
enum Heard {
    Reply(Reply),
    Failed(LlmError),
    Stopped,
    /// The server stops; the next start takes the run up.
    Closing,
}

impl Agent {
    /// Works on a stored run in the background. Without an actor, the person is looked up as they are now.
    pub(crate) fn spawn(&self, id: ChatRunId, actor: Option<Actor>) {
        let agent = self.clone();
        tokio::spawn(async move {
            let Some(stop) = agent.enter(&id) else { return };
            if let Err(problem) = agent.work_on(&id, actor, stop).await {
                tracing::error!(run = id.as_str(), %problem, "a run of the assistant could not be worked on");
            }
            agent.leave(&id);
            if let Err(problem) = agent.carry_on().await {
                tracing::error!(%problem, "decided approvals could not be carried on");
            }
        });
    }

    async fn work_on(
        &self,
        id: &ChatRunId,
        actor: Option<Actor>,
        stop: CancellationToken,
    ) -> Result<(), Problem> {
        let mut conn = self.0.db.read().await?;
        let Some(run) = runs::get(&mut conn, id).await? else { return Ok(()) };
        drop(conn);
        let actor = match actor {
            Some(actor) => Some(actor),
            None => self.person(&run.workspace, &run.user, &run.request_id).await?,
        };
        let Some(actor) = actor else {
            let gone =
                End::failed("FORBIDDEN", "The person who asked is no longer in this workspace");
            return self.end_without_turn(&run, gone).await;
        };
        let mut turn = Turn {
            agent: self.clone(),
            iterations: run.run.iterations,
            place: place(&run),
            run,
            actor,
            stop,
            started: Instant::now(),
        };
        let end = match turn.work().await {
            Ok(end) => end,
            Err(problem) => Some(End::failed(problem.code(), problem.to_string())),
        };
        match end {
            Some(end) => turn.end(end).await,
            None => Ok(()),
        }
    }
}

impl Turn {
    /// How the run ends; none when it was ended from outside or the server stops.
    async fn work(&mut self) -> Result<Option<End>, Problem> {
        self.begin().await?;
        loop {
            if self.stop.is_cancelled() || self.agent.0.config.closing.is_cancelled() {
                return Ok(None);
            }
            if let Some(end) = self.settle_calls().await? {
                return Ok(end.into_option());
            }
            if self.iterations >= self.agent.0.config.max_iterations {
                return Ok(Some(End::limit(self.iterations)));
            }
            let prompt = self.agent.prompt(&self.run).await?;
            let reply = match self.hear(&prompt).await? {
                Heard::Reply(reply) => reply,
                Heard::Failed(error) => {
                    return Ok(Some(End::failed(code_of(&error), error.message)));
                }
                Heard::Stopped | Heard::Closing => return Ok(None),
            };
            if reply.calls.is_empty() {
                let end =
                    End::Answered { text: reply.text, note: reply.note, heard: prompt.said.len() };
                if self.answer(&end).await? {
                    return Ok(None);
                }
            } else if let Some(end) = self.propose(reply.calls).await? {
                return Ok(Some(end));
            }
        }
    }

    /// Says that the run has begun, once, also when a restart takes it up again.
    async fn begin(&mut self) -> Result<(), Problem> {
        let (provider, model) = self.agent.model();
        let mut data = json!({
            "message": self.agent.prompt(&self.run).await?.said.first(),
            "sessionId": self.place.session,
            "runtime": self.run.run.runtime,
            "provider": provider,
            "model": model,
        });
        let mut events = Vec::new();
        if let (Some(parent), Value::Object(fields)) = (&self.run.run.parent_run_id, &mut data) {
            fields.insert("parentRunId".into(), json!(parent));
            let approval = self.decided_approval(parent).await?;
            fields.insert("resumeOf".into(), json!(approval.as_ref().map(|it| &it.approval.id)));
            events.extend(approval.map(|it| ("approval", crate::asking::shown(&it.approval))));
        }
        events.insert(0, ("start", data));
        events.push(run_line(&self.place).event(TraceStatus::Running, "", None));
        let (id, place) = (self.run.run.id.clone(), self.place.clone());
        let write = self.agent.0.db.write(move |tx| {
            Box::pin(async move {
                runs::start(tx, &id).await?;
                if journal::events(tx, &id, 0).await?.is_empty() {
                    for (event, data) in events {
                        journal::append(tx, &place, event, data).await?;
                    }
                }
                Ok::<_, Problem>(())
            })
        });
        write.await
    }

    async fn hear(&mut self, prompt: &Prompt) -> Result<Heard, Problem> {
        let began = Instant::now();
        let agent = self.agent.clone();
        let heard = tokio::select! {
            () = self.stop.cancelled() => Heard::Stopped,
            () = agent.0.config.closing.cancelled() => Heard::Closing,
            () = tokio::time::sleep(agent.0.config.idle) => Heard::Failed(idle()),
            reply = llm::read(agent.0.provider.respond(prompt)) => reply.map_or_else(Heard::Failed, Heard::Reply),
        };
        self.iterations += 1;
        let (status, detail) = match &heard {
            Heard::Reply(_) => (TraceStatus::Success, String::new()),
            Heard::Failed(error) => (TraceStatus::Error, error.message.clone()),
            Heard::Stopped | Heard::Closing => return Ok(heard),
        };
        let duration = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        let line = Line {
            place: &self.place,
            id: format!("model:{}:{}", self.place.run, self.iterations),
            source: "chat",
            kind: "model.call",
            title: "Work out what to do".to_owned(),
        };
        let mut events = vec![line.event(status, &detail, Some(duration))];
        events.extend(self.usage(&heard));
        self.save_progress(events).await?;
        Ok(heard)
    }

    fn usage(&self, heard: &Heard) -> Option<(&'static str, Value)> {
        let Heard::Reply(Reply { usage: Some([input, output, cached]), .. }) = heard else {
            return None;
        };
        let (provider, model) = self.agent.model();
        let data = json!({
            "provider": provider, "model": model, "inputTokens": input, "outputTokens": output, "cachedTokens": cached,
            "total": false,
        });
        Some(("usage", data))
    }

    async fn save_progress(&self, events: Vec<(&'static str, Value)>) -> Result<(), Problem> {
        let (run, iterations, place) =
            (self.run.run.id.clone(), self.iterations, self.place.clone());
        let write = self.agent.0.db.write(move |tx| {
            Box::pin(async move {
                if !runs::progress(tx, &run, iterations).await? {
                    return Ok::<_, Problem>(());
                }
                for (event, data) in events {
                    journal::append(tx, &place, event, data).await?;
                }
                Ok(())
            })
        });
        write.await
    }

    /// Stores what the model asked for; the same call twice in one answer is one call.
    async fn propose(&mut self, wanted: Vec<Wanted>) -> Result<Option<End>, Problem> {
        let before = self.calls().await?;
        let mut once: Vec<Wanted> = Vec::new();
        for call in wanted {
            let same =
                before.iter().filter(|it| it.name == call.name && it.args == call.args).count();
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
        let (place, root) = (self.place.clone(), self.run.root.clone());
        let write = self.agent.0.db.write(move |tx| {
            Box::pin(async move {
                for call in once {
                    journal::propose(tx, &place, &root, &call.name, &call.args).await?;
                }
                Ok::<_, Problem>(None)
            })
        });
        write.await
    }

    pub(crate) async fn calls(&self) -> Result<Vec<StoredCall>, Problem> {
        let mut conn = self.agent.0.db.read().await?;
        Ok(journal::calls(&mut conn, &self.run.root).await?)
    }

    pub(crate) fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

fn idle() -> LlmError {
    let message = "The model said nothing for too long, so the run was ended".to_owned();
    LlmError { class: "timeout", message, is_retryable: true }
}

fn code_of(error: &LlmError) -> &'static str {
    match error.class {
        "timeout" => "IDLE_TIMEOUT",
        "auth" => "MODEL_AUTH",
        "rate_limit" | "quota" => "MODEL_LIMIT",
        _ => "MODEL_FAILED",
    }
}
