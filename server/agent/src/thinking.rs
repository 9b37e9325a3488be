//! Answers to steps of flows: one text to the workspace's model, without tools, counted like every other answer.

use crate::agent::{Agent, Inner};
use crate::budget::share;
use crate::hearing::{month_of, spent};
use crate::llm::failure::LlmError;
use crate::llm::reading::read;
use crate::llm::{Prompt, Reply};
use crate::makers::BUILT_IN;
use crate::models::Candidate;
use crate::settings::Settings;
use crate::untrusted;
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use flow::thinking::{Ask, Thinker, Thought, Unanswered};
use serde_json::Value;
use std::sync::{Arc, Weak};
use std::time::Duration;
use store::error::StoreError;
use store::{ids, limits, model_keys};

/// A model that says nothing for so long is not waited for.
const PATIENCE: Duration = Duration::from_secs(60);

impl Agent {
    /// Who answers steps of flows. It keeps nothing alive.
    pub fn thinker(&self) -> Thinker {
        let inner: Weak<Inner> = Arc::downgrade(&self.0);
        Arc::new(move |ask| {
            let inner = inner.clone();
            Box::pin(async move {
                let stopped = || Unanswered::Failed("The server is stopping".to_owned());
                let agent = Self(inner.upgrade().ok_or_else(stopped)?);
                agent.think(&ask).await
            })
        })
    }

    async fn think(&self, ask: &Ask) -> Result<Thought, Unanswered> {
        let month = month_of(&ids::rfc3339(ids::now_ms()));
        if self.is_over_limit(&ask.workspace, &month).await.map_err(failed)? {
            let message = "This month's limit for the assistant is reached. An admin can raise it under Settings, Assistant";
            return Err(Unanswered::NeedsSetup(message.to_owned()));
        }
        let used_up = self.0.tools.models_used_up(&ask.workspace, &ask.user).await;
        if let Some(problem) = used_up.map_err(failed)? {
            return Err(Unanswered::NeedsSetup(problem.to_string()));
        }
        let mut choice = self.choice(&ask.workspace, &ask.user).await.map_err(failed)?;
        choice.candidates.retain(|it| it.provider.name() != BUILT_IN);
        if choice.candidates.is_empty() {
            return Err(Unanswered::NeedsSetup(nobody(choice.missing)));
        }
        let words = untrusted::clean(&Value::from(ask.words.as_str()));
        let said = vec![words.as_str().unwrap_or_default().to_owned()];
        let prompt = Prompt { asker_id: ask.user.clone(), said, ..Prompt::default() };
        let mut last = None;
        for candidate in self.awake(choice) {
            match asked(&candidate, &prompt).await {
                Ok(reply) => {
                    self.0.models.warm(&candidate.id);
                    return self.counted(ask, (&month, &candidate), reply).await.map_err(failed);
                }
                Err(error) => {
                    self.0.models.cool(&candidate.id, &error);
                    last = Some(error);
                }
            }
        }
        let why = last.map_or_else(|| "no model answered".to_owned(), |it| it.message);
        Err(Unanswered::Failed(format!("The model did not answer: {why}")))
    }

    async fn is_over_limit(&self, workspace: &WorkspaceId, month: &str) -> Result<bool, Problem> {
        let mut conn = self.0.db.read().await?;
        let (tokens, usd) = Settings::of(&mut conn, workspace).await?.monthly_limit();
        if tokens.is_none() && usd.is_none() {
            return Ok(false);
        }
        let spent = model_keys::spent(&mut conn, workspace, month).await?;
        Ok(share(spent, tokens, usd) >= 1.0)
    }

    /// The answer, once what it cost is written down.
    async fn counted(
        &self,
        ask: &Ask,
        (month, candidate): (&str, &Candidate),
        reply: Reply,
    ) -> Result<Thought, Problem> {
        let usage = reply.usage.unwrap_or_default();
        let provider = candidate.provider.name().to_owned();
        let model = candidate.provider.model().to_owned();
        let thought =
            Thought { text: reply.text, model: model.clone(), tokens: usage.input + usage.output };
        let today = self.0.tools.day_in(&ask.workspace).await?;
        let (workspace, user, month) = (ask.workspace.clone(), ask.user.clone(), month.to_owned());
        let written: Result<(), StoreError> = self
            .0
            .db
            .write(move |conn| {
                Box::pin(async move {
                    let of = (provider.as_str(), model.as_str());
                    model_keys::add_spent(conn, &workspace, &month, of, spent(usage)).await?;
                    limits::add_used(conn, (&workspace, &user), &today, spent(usage)).await
                })
            })
            .await;
        written?;
        Ok(thought)
    }
}

async fn asked(candidate: &Candidate, prompt: &Prompt) -> Result<Reply, LlmError> {
    let answered = tokio::time::timeout(PATIENCE, read(candidate.provider.respond(prompt))).await;
    let reply = answered.unwrap_or_else(|_| Err(crate::trying::slow()))?;
    // No tool was offered, so what asks for one is no answer.
    if reply.calls.is_empty() { Ok(reply) } else { Err(LlmError::truncated()) }
}

fn failed(problem: Problem) -> Unanswered {
    Unanswered::Failed(problem.to_string())
}

fn nobody(missing: Option<Problem>) -> String {
    match missing {
        Some(problem) => format!("No model can answer this step: {problem}. See Settings, Assistant"),
        None => "The built-in assistant follows fixed rules and cannot read texts. Add a key of a model provider under \
                 Settings, Assistant, then retry the run"
            .to_owned(),
    }
}
