//! One model call: streamed to the page, tried again, passed on to the next model when one does not answer.

use crate::llm::failure::{ErrorClass, LlmError};
use crate::llm::reading::Reading;
use crate::llm::{LlmEvent, Prompt, Reply, Usage};
use crate::makers::BUILT_IN;
use crate::models::Candidate;
use crate::planning;
use crate::runtime::Runtime;
use crate::trace::Line;
use crate::turn::{Told, Turn};
use domain::problem::Problem;
use domain::trace::TraceStatus;
use futures::StreamExt;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use store::chat::{journal, leases, runs};
use store::model_keys::{self, Spent};
use store::{ids, limits};
use tokio::time::MissedTickBehavior;

/// Pieces of text that come within this time are one event.
const GATHER: Duration = Duration::from_millis(50);
/// A provider that wants to be left alone for longer than this is.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// The longest answer as text, in bytes.
const TEXT_BYTES: usize = 1024 * 1024;

/// What a model came to.
pub(crate) enum Heard {
    /// A whole answer.
    Reply(Reply),
    /// No answer, and what was said before it failed.
    Failed { error: LlmError, said: String },
    /// A person stopped the run, or another node works on it.
    Stopped,
    /// The server stops; the next start takes the run up.
    Closing,
}

impl Turn {
    /// Asks whoever should answer, and the next one when that one does not. Once something was said or done, only the
    /// same provider can go on: another would begin again.
    pub(crate) async fn hear(&mut self, told: &Told) -> Result<Heard, Problem> {
        let prompt = &told.prompt;
        self.iterations += 1;
        let mut failed: Option<LlmError> = None;
        for candidate in &told.candidates {
            if candidate.stands_in_for.is_some() && !prompt.done.is_empty() && !self.is_by_rules() {
                break;
            }
            if let Some(error) = failed.take() {
                self.tell_change(candidate, &error).await?;
            }
            match self.hear_one(candidate, prompt).await? {
                Heard::Failed { error, said } => {
                    self.agent.0.models.cool(&candidate.id, &error);
                    if !said.is_empty() || !error.class.is_of_the_provider() {
                        return Ok(Heard::Failed { error, said });
                    }
                    failed = Some(error);
                }
                heard => {
                    self.agent.0.models.warm(&candidate.id);
                    self.first_words = self.first_words(candidate);
                    return Ok(heard);
                }
            }
        }
        let error =
            failed.unwrap_or_else(|| LlmError::new(ErrorClass::Network, "No model answers"));
        Ok(Heard::Failed { error, said: String::new() })
    }

    /// Asks one model, up to three times while nothing of an answer was shown.
    async fn hear_one(&mut self, candidate: &Candidate, prompt: &Prompt) -> Result<Heard, Problem> {
        let prompt = &self.fitted(candidate, prompt).await?;
        for attempt in 1..=self.agent.0.config.tries {
            let began = Instant::now();
            let heard = self.listen(candidate, prompt).await?;
            self.note(candidate, &heard, began).await?;
            let Heard::Failed { error, said } = &heard else { return Ok(heard) };
            let Some(pause) = self.pause(error, attempt).filter(|_| said.is_empty()) else {
                return Ok(heard);
            };
            self.tell_retry(candidate, error, attempt).await?;
            tokio::select! {
                () = self.stop.cancelled() => return Ok(Heard::Stopped),
                () = self.agent.0.config.closing.cancelled() => return Ok(Heard::Closing),
                () = tokio::time::sleep(pause) => {}
            }
        }
        Ok(Heard::Failed { error: silence(), said: String::new() })
    }

    /// How long to wait before the next try; none when there should be none.
    fn pause(&self, error: &LlmError, attempt: u32) -> Option<Duration> {
        let config = &self.agent.0.config;
        if !error.class.is_passing() || attempt >= config.tries {
            return None;
        }
        match error.retry_after {
            Some(wait) if wait > LONGEST_WAIT => None,
            Some(wait) => Some(wait),
            // Anywhere up to twice as long each time, so that many callers do not come back at once.
            None => {
                Some(config.retry_base.saturating_mul(1 << attempt).mul_f64(ids::random_share()))
            }
        }
    }

    /// Reads one answer to its end, and shows its text as it comes.
    async fn listen(&self, candidate: &Candidate, prompt: &Prompt) -> Result<Heard, Problem> {
        let agent = self.agent.clone();
        let mut stream = candidate.provider.respond(prompt);
        let mut first_words = self.first_words(candidate);
        let mut reading = Reading::default();
        let mut shown = 0;
        // The first piece is stored and shown at once; what comes after it is gathered.
        let mut ticks = tokio::time::interval(GATHER);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = tokio::time::Instant::now();
        loop {
            let event = tokio::select! {
                biased;
                () = self.stop.cancelled() => return Ok(Heard::Stopped),
                () = agent.0.config.closing.cancelled() => return Ok(Heard::Closing),
                event = stream.next() => event,
                () = tokio::time::sleep_until(last + agent.0.config.idle) => {
                    return Ok(Heard::Failed { error: silence(), said: reading.text().to_owned() });
                }
                _ = ticks.tick(), if reading.text().len() > shown => {
                    shown = self.show(reading.text(), shown).await?;
                    continue;
                }
            };
            last = tokio::time::Instant::now();
            let said = reading.text().to_owned();
            let event = event.map(|it| led(it, &mut first_words));
            match event.map_or_else(|| Err(LlmError::truncated()), |it| take(&mut reading, it)) {
                Ok(None) => {}
                Ok(Some(reply)) => return self.whole(reply, shown).await,
                Err(error) => {
                    // What nobody saw was not said.
                    let said = if shown == 0 { String::new() } else { said };
                    return Ok(Heard::Failed { error, said });
                }
            }
        }
    }

    /// What the built-in assistant says first where it answers in place of a model that somebody chose; once in a chain
    /// of runs.
    pub(crate) fn first_words(&self, candidate: &Candidate) -> Option<String> {
        let model = candidate.stands_in_for.as_ref()?;
        let is_first = self.run.run.parent_run_id.is_none();
        is_first.then(|| format!("{model} did not answer, so the built-in assistant does.\n\n"))
    }

    /// The built-in assistant answers this run: by choice, or since it took over. What it planned it has to carry to the
    /// end itself.
    pub(crate) fn is_by_rules(&self) -> bool {
        [BUILT_IN, planning::MODEL].contains(&self.run.run.model.as_str())
    }

    async fn whole(&self, reply: Reply, shown: usize) -> Result<Heard, Problem> {
        // The answer itself follows as one event; only what comes before tools would be lost.
        if !reply.calls.is_empty() && reply.text.len() > shown {
            self.show(&reply.text, shown).await?;
        }
        Ok(Heard::Reply(reply))
    }

    /// Stores the next piece of the answer; gives how much of it is shown now.
    async fn show(&self, text: &str, shown: usize) -> Result<usize, Problem> {
        if self.runtime() == Runtime::V1 {
            return Ok(0);
        }
        let piece = text.get(shown..).unwrap_or_default();
        let data = json!({ "text": piece, "messageId": self.message });
        self.tell(vec![("delta", data)]).await?;
        Ok(text.len())
    }

    /// The trace of a model call, and what it cost.
    async fn note(
        &mut self,
        candidate: &Candidate,
        heard: &Heard,
        began: Instant,
    ) -> Result<(), Problem> {
        let name = format!("{}/{}", candidate.provider.name(), candidate.provider.model());
        let (status, detail) = match heard {
            Heard::Reply(reply) => (TraceStatus::Success, spent_words(&name, reply.usage)),
            Heard::Failed { error, .. } => (TraceStatus::Error, format!("{name}: {error}")),
            Heard::Stopped | Heard::Closing => return Ok(()),
        };
        let duration = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        let line = self.line("model", "model.call", "Work out what to do");
        let mut events = vec![line.event(status, &detail, Some(duration))];
        let usage = match heard {
            Heard::Reply(reply) => reply.usage,
            _ => None,
        };
        if matches!(heard, Heard::Reply(_)) {
            self.run.run.model = called(candidate.provider.name(), candidate.provider.model());
        }
        if let Some(usage) = usage {
            let (provider, model) = (candidate.provider.name(), candidate.provider.model());
            events.push(("usage", usage_event((provider, model), usage, false)));
            let before = self.total.take().map(|it| it.0).unwrap_or_default();
            self.total = Some((sum(before, usage), provider.to_owned(), model.to_owned()));
        }
        self.save_progress(events, candidate, usage).await
    }

    async fn tell_retry(
        &self,
        candidate: &Candidate,
        error: &LlmError,
        attempt: u32,
    ) -> Result<(), Problem> {
        let name = candidate.provider.name();
        let line = self.line(&format!("retry:{name}:{attempt}"), "retry", "Ask the model again");
        self.tell(vec![line.event(TraceStatus::Info, &error.message, None)]).await
    }

    async fn tell_change(&self, next: &Candidate, error: &LlmError) -> Result<(), Problem> {
        let name = next.provider.name();
        let title = if next.stands_in_for.is_some() {
            "No model answers, so the built-in assistant does".to_owned()
        } else {
            format!("Ask {name} instead")
        };
        let line = self.line(&format!("failover:{name}"), "retry", &title);
        self.tell(vec![line.event(TraceStatus::Info, &error.message, None)]).await
    }

    /// The line about the month's limit.
    pub(crate) fn budget_line(&self) -> Line<'_> {
        self.line("budget", "budget", "The assistant's limit for this month")
    }

    /// A line of this round.
    pub(crate) fn line(&self, id: &str, kind: &'static str, title: &str) -> Line<'_> {
        Line {
            place: &self.place,
            id: format!("{id}:{}:{}", self.place.run, self.iterations),
            source: "chat",
            kind,
            title: title.to_owned(),
            operation: None,
        }
    }

    /// Stores events of the run, unless it has ended or another node works on it.
    pub(crate) async fn tell(&self, events: Vec<(&'static str, Value)>) -> Result<(), Problem> {
        let (run, node, place) =
            (self.run.run.id.clone(), self.agent.0.node.clone(), self.place.clone());
        let write = self.agent.0.db.write_passing(move |tx| {
            Box::pin(async move {
                let Some(last) = leases::renew_counting(tx, &run, &node).await? else {
                    return Ok::<_, Problem>(());
                };
                journal::append_after(tx, &place, last, events).await?;
                Ok(())
            })
        });
        write.await
    }

    async fn save_progress(
        &self,
        events: Vec<(&'static str, Value)>,
        candidate: &Candidate,
        usage: Option<Usage>,
    ) -> Result<(), Problem> {
        let (run, iterations, place) =
            (self.run.run.id.clone(), self.iterations, self.place.clone());
        let (provider, model) =
            (candidate.provider.name().to_owned(), candidate.provider.model().to_owned());
        let spent = usage.filter(|_| candidate.is_paid).map(spent);
        let (user, today) = (self.run.user.clone(), self.run.today.clone());
        let node = self.agent.0.node.clone();
        let write = self.agent.0.db.write_talk(move |tx| {
            Box::pin(async move {
                if let Some(spent) = spent {
                    let (of, month) = ((provider.as_str(), model.as_str()), month_of(&today));
                    model_keys::add_spent(tx, &place.workspace, &month, of, spent).await?;
                    limits::add_used(tx, (&place.workspace, &user), &today, spent).await?;
                }
                let Some(last) = leases::renew_counting(tx, &run, &node).await? else {
                    return Ok::<_, Problem>(());
                };
                if !runs::progress(tx, &run, iterations).await? {
                    return Ok(());
                }
                runs::set_model(tx, &run, &called(&provider, &model)).await?;
                journal::append_after(tx, &place, last, events).await?;
                Ok(())
            })
        });
        write.await
    }
}

fn take(reading: &mut Reading, event: LlmEvent) -> Result<Option<Reply>, LlmError> {
    let reply = reading.take(event)?;
    if reading.text().len() > TEXT_BYTES {
        return Err(LlmError::protocol("it is longer than 1 MB"));
    }
    Ok(reply)
}

/// An event of a model with what is said before its first words.
fn led(event: LlmEvent, first_words: &mut Option<String>) -> LlmEvent {
    match event {
        LlmEvent::TextDelta { text } => {
            LlmEvent::TextDelta { text: first_words.take().unwrap_or_default() + &text }
        }
        other => other,
    }
}

/// How a run names who answered it: `builtin`, or provider and model.
pub(crate) fn called(provider: &str, model: &str) -> String {
    if provider == model { provider.to_owned() } else { format!("{provider}/{model}") }
}

/// The month of a day `YYYY-MM-DD`.
pub(crate) fn month_of(day: &str) -> String {
    day.chars().take("YYYY-MM".len()).collect()
}

/// What is counted for the month.
#[expect(clippy::cast_possible_truncation, reason = "no answer costs a billion dollars")]
pub(crate) fn spent(usage: Usage) -> Spent {
    Spent {
        input: i64::try_from(usage.input).unwrap_or(i64::MAX),
        output: i64::try_from(usage.output).unwrap_or(i64::MAX),
        cost_micros: (usage.cost_usd.unwrap_or_default() * 1_000_000.0) as i64,
    }
}

/// What a whole run cost.
pub(crate) fn total_event(
    (usage, provider, model): &(Usage, String, String),
) -> (&'static str, Value) {
    ("usage", usage_event((provider, model), *usage, true))
}

pub(crate) fn sum(one: Usage, other: Usage) -> Usage {
    let cost = one.cost_usd.unwrap_or_default() + other.cost_usd.unwrap_or_default();
    Usage {
        input: one.input + other.input,
        output: one.output + other.output,
        cached: one.cached + other.cached,
        cost_usd: (one.cost_usd.is_some() || other.cost_usd.is_some()).then_some(cost),
    }
}

fn usage_event((provider, model): (&str, &str), usage: Usage, is_total: bool) -> Value {
    json!({
        "provider": provider, "model": model, "inputTokens": usage.input, "outputTokens": usage.output,
        "cachedTokens": usage.cached, "costUsd": usage.cost_usd, "total": is_total,
    })
}

fn spent_words(name: &str, usage: Option<Usage>) -> String {
    let Some(usage) = usage else { return name.to_owned() };
    let cost = usage.cost_usd.map_or_else(String::new, |it| format!(", ${it:.4}"));
    format!("{name}: {} tokens read, {} written{cost}", usage.input, usage.output)
}

fn silence() -> LlmError {
    LlmError::new(ErrorClass::Timeout, "The model said nothing for too long, so the run was ended")
}
