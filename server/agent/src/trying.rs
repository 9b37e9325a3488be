//! One real question to a model, with one real tool: whether it can be the assistant.

use crate::agent::Agent;
use crate::llm::failure::{ErrorClass, LlmError};
use crate::llm::reading::read;
use crate::llm::{DoneCall, Prompt, Provider, Round, Usage};
use crate::makers::Maker;
use crate::models::FIX_URL;
use crate::planner::Planner;
use domain::actor::{Actor, Permission};
use domain::assistant::{ModelCheck, ModelTest, title_of};
use domain::integration::{Check, Checked};
use domain::problem::Problem;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use store::error::StoreError;
use store::ids;
use store::model_keys::{self, StoredKey, WORKSPACE};
use tools::tool::CallContext;

/// The tool it is offered, and what it is asked.
const TOOL: &str = "list_projects";
const QUESTION: &str = "Which projects are there?";
const HOW: &str = "Use the tool list_projects once, then answer in one short sentence.";
/// Answers it may give: one that asks for the tool, one that uses what came back, one to spare.
const ROUNDS: usize = 3;
/// Letters of its answer that are shown.
const SHOWN: usize = 400;
/// A test gives up after this.
const PATIENCE: Duration = Duration::from_secs(60);

/// A look at a key gives up after this (contract.md 2: a probe takes 6 s at most).
const LIST_PATIENCE: Duration = Duration::from_secs(5);

/// Who answers somebody.
#[derive(Debug)]
pub struct InUse {
    /// As in [`domain::assistant::PROVIDERS`].
    pub provider: String,
    /// The model's name; `builtin` for the built-in assistant, empty where none is chosen.
    pub model: String,
    /// Whose key it is; empty for that of the workspace.
    owner: String,
    /// What was chosen instead cannot answer without this.
    pub missing: Option<Problem>,
    /// What the last look at its key found.
    pub checked: Option<Checked>,
}

impl InUse {
    /// Whether the rules of PM OS answer, which need no key.
    #[must_use]
    pub fn is_builtin(&self) -> bool {
        self.provider == "builtin"
    }
}

/// What a model came to.
#[derive(Default)]
struct Talk {
    answer: Option<String>,
    usage: Usage,
    /// What the tool gave, in words, once it was used.
    used: Option<String>,
}

impl Agent {
    /// Asks the built-in assistant.
    pub(crate) async fn try_builtin(&self, actor: &Actor) -> Result<ModelTest, Problem> {
        let began = Instant::now();
        let (talk, failed) = self.talk(actor, &Planner, QUESTION).await?;
        let mut test = ModelTest {
            provider: "builtin".into(),
            model: "builtin".into(),
            ..ModelTest::default()
        };
        test.checks.push(passed("reached", "Runs on this server", None));
        finish(&mut test, began, talk, failed);
        Ok(test)
    }

    /// Asks a model with a key, whether it is stored yet or not.
    pub(crate) async fn try_model(
        &self,
        actor: &Actor,
        (maker, key, model): (Maker, &StoredKey, String),
    ) -> Result<ModelTest, Problem> {
        let mut conn = self.0.db.read().await?;
        let mut remote = self.remote(&mut conn, &actor.workspace, (maker, key, model)).await?;
        drop(conn);
        let mut test = ModelTest { provider: maker.name().into(), ..ModelTest::default() };
        let began = Instant::now();
        let listed = remote.models().await;
        let listing = millis(began);
        test.models = listed.as_ref().cloned().unwrap_or_default();
        test.checks = reached(maker, listed.as_ref().err(), listing);
        if remote.model.is_empty() {
            remote.model = test.models.first().cloned().unwrap_or_default();
        }
        test.model = remote.model.clone();
        let began = Instant::now();
        let (talk, failed) = match listed.err().filter(is_final) {
            Some(error) => (Talk::default(), Some(error)),
            None if remote.model.is_empty() => (Talk::default(), Some(no_model())),
            None => {
                let words = format!("{QUESTION} {HOW}");
                let talked =
                    tokio::time::timeout(PATIENCE, self.talk(actor, &remote, &words)).await;
                talked.unwrap_or_else(|_| Ok((Talk::default(), Some(slow()))))?
            }
        };
        finish(&mut test, began, talk, failed);
        Ok(test)
    }

    /// Asks a provider with a stored key which models there are: that costs nothing, and says whether the key still
    /// counts. `owner` is empty for the key of the workspace.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage for the key of the workspace; [`Problem::NotFound`], also
    /// for somebody else's key. What is found is no error.
    pub async fn check_key(
        &self,
        actor: &Actor,
        owner: &str,
        provider: &str,
    ) -> Result<Checked, Problem> {
        let missing = || Problem::not_found("Key");
        match owner {
            WORKSPACE => actor.require(Permission::Manage)?,
            owner if owner != actor.user.as_str() => return Err(missing()),
            _ => {}
        }
        self.asked_for_models(actor, owner, provider).await
    }

    /// Who answers the actor, and what the last look at its key found. Asks nobody.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn in_use(&self, actor: &Actor) -> Result<InUse, Problem> {
        actor.require(Permission::Read)?;
        let choice = self.choice(&actor.workspace, &actor.user).await?;
        let (provider, model) = choice.chosen;
        let owner = match choice.source {
            "personal" => actor.user.to_string(),
            _ => WORKSPACE.to_owned(),
        };
        let key = (provider.as_str(), owner.as_str());
        let mut conn = self.0.db.read().await?;
        let checked = model_keys::checked(&mut conn, &actor.workspace, key).await?;
        let checked = checked.and_then(|it| serde_json::from_str(&it).ok());
        Ok(InUse { provider, model, owner, missing: choice.missing, checked })
    }

    /// Asks the provider that answers the actor which models there are, as [`Self::check_key`] does; nobody is asked for
    /// the built-in assistant.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to write. What is found is no error.
    pub async fn check_in_use(&self, actor: &Actor) -> Result<InUse, Problem> {
        actor.require(Permission::Write)?;
        let used = self.in_use(actor).await?;
        if used.is_builtin() || used.missing.is_some() {
            return Ok(used);
        }
        let checked = self.asked_for_models(actor, &used.owner, &used.provider).await?;
        Ok(InUse { checked: Some(checked), ..used })
    }

    /// Asks for the list of models, and remembers what came of it.
    async fn asked_for_models(
        &self,
        actor: &Actor,
        owner: &str,
        provider: &str,
    ) -> Result<Checked, Problem> {
        let missing = || Problem::not_found("Key");
        let maker = Maker::parse(provider).ok_or_else(missing)?;
        let mut conn = self.0.db.read().await?;
        let keys = model_keys::of(&mut conn, &actor.workspace, owner).await?;
        let key = keys.into_iter().find(|it| it.provider == provider).ok_or_else(missing)?;
        let model = key.model.clone().unwrap_or_default();
        let remote = self.remote(&mut conn, &actor.workspace, (maker, &key, model)).await?;
        drop(conn);
        let began = Instant::now();
        let listed = tokio::time::timeout(LIST_PATIENCE, remote.models()).await;
        let failed = listed.unwrap_or_else(|_| Err(silent())).err();
        let checked = known(maker, failed.as_ref(), millis(began));
        let (workspace, kept) =
            (actor.workspace.clone(), serde_json::to_string(&checked).map_err(StoreError::from)?);
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let of = (key.provider.as_str(), key.owner_id.as_str());
                model_keys::set_checked(tx, &workspace, of, &kept).await
            })
        });
        write.await?;
        Ok(checked)
    }

    /// Lets a model answer one question with one tool.
    async fn talk(
        &self,
        actor: &Actor,
        provider: &dyn Provider,
        question: &str,
    ) -> Result<(Talk, Option<LlmError>), Problem> {
        let mut talk = Talk::default();
        let mut prompt = Prompt {
            asker: actor.name.clone(),
            asker_id: actor.user.clone(),
            today: self.0.tools.today(actor).await.unwrap_or_default(),
            timezone: "UTC".to_owned(),
            said: vec![question.to_owned()],
            tools: self.0.tools.find(TOOL).into_iter().collect(),
            ..Prompt::default()
        };
        for _ in 0..ROUNDS {
            let reply = match read(provider.respond(&prompt)).await {
                Ok(reply) => reply,
                Err(error) => return Ok((talk, Some(error))),
            };
            talk.usage = crate::hearing::sum(talk.usage, reply.usage.unwrap_or_default());
            if reply.calls.is_empty() {
                talk.answer = Some(reply.text);
                return Ok((talk, None));
            }
            let first = prompt.done.len();
            for call in reply.calls {
                let outcome = self.answer_of_tool(actor, &call.name, &call.args, &mut talk).await;
                let (id, position) = (ids::fresh(), prompt.done.len());
                prompt.done.push(DoneCall {
                    id,
                    position,
                    name: call.name,
                    args: call.args,
                    outcome,
                });
            }
            let calls = (first, prompt.done.len());
            prompt.rounds.push(Round { heard: 1, text: reply.text, note: reply.note, calls });
        }
        Ok((talk, None))
    }

    /// What the one tool gives; every other is refused.
    async fn answer_of_tool(
        &self,
        actor: &Actor,
        name: &str,
        args: &Value,
        talk: &mut Talk,
    ) -> Result<Value, Value> {
        if name != TOOL {
            return Err(json!({ "ok": false, "message": format!("Only {TOOL} is offered now") }));
        }
        let context = CallContext { source: "chat", ..CallContext::default() };
        match self.0.tools.call(actor, TOOL, args, &context).await {
            Ok(value) => {
                let count = value.get("count").and_then(Value::as_u64);
                let counted = count.map(|it| format!("Used a tool: counted {it} projects"));
                talk.used = Some(counted.unwrap_or_else(|| "Used a tool".to_owned()));
                Ok(value)
            }
            Err(error) => {
                talk.used = Some(format!("Used a tool, which said: {error}"));
                Err(error.to_value("basecamp"))
            }
        }
    }
}

/// Writes down how a talk went.
fn finish(test: &mut ModelTest, began: Instant, talk: Talk, failed: Option<LlmError>) {
    test.took_ms = millis(began);
    test.tokens = talk.usage.input + talk.usage.output;
    test.cost_usd = talk.usage.cost_usd;
    test.used_tool = talk.used.is_some();
    test.valid = failed.is_none() && (talk.answer.is_some() || test.used_tool);
    test.answer = talk.answer.map(|it| it.chars().take(SHOWN).collect());
    let is_tried = failed.as_ref().is_none_or(|it| !is_final(it));
    test.checks.push(match (&failed, is_tried) {
        (None, _) => passed("answer", "Answered a question", Some(test.took_ms)),
        (Some(error), true) => refused("answer", "Answered a question", error, Some(test.took_ms)),
        (Some(_), false) => untried("answer", "Answer a question"),
    });
    test.checks.push(match talk.used {
        Some(words) => passed("tool", &words, None),
        None if failed.is_some() => untried("tool", "Use a tool"),
        None => ModelCheck {
            message: Some("It answered without the tool it was told to use".to_owned()),
            ..check("tool", "Use a tool", Some(false), None)
        },
    });
    test.error = failed.as_ref().map(ToString::to_string);
    test.hint = failed.as_ref().map(|it| hint(it).to_owned()).or_else(|| {
        let words = "Choose a model that can use tools, then test again";
        (!test.used_tool).then(|| words.to_owned())
    });
}

/// Whether the provider was there, and took the key.
fn reached(maker: Maker, error: Option<&LlmError>, took: u64) -> Vec<ModelCheck> {
    let reach = format!("Reached {}", title_of(maker.name()));
    match error {
        None => vec![passed("reached", &reach, Some(took)), passed("key", "Key accepted", None)],
        Some(error) if is_about_key(error) => {
            vec![passed("reached", &reach, Some(took)), refused("key", "Key accepted", error, None)]
        }
        Some(error) if is_final(error) => {
            vec![refused("reached", &reach, error, Some(took)), untried("key", "Key accepted")]
        }
        // Some give no list of models, and answer nevertheless.
        Some(_) => vec![passed("reached", &reach, Some(took))],
    }
}

/// What asking for the list of models says of a key. Some providers give no list, and answer nevertheless.
fn known(maker: Maker, failed: Option<&LlmError>, took: u64) -> Checked {
    let wrong = failed.filter(|it| is_final(it));
    let checks = reached(maker, failed, took).into_iter().map(|it| Check {
        name: it.label,
        ok: it.ok,
        ms: it.took_ms,
        detail: it.message.unwrap_or_default(),
    });
    Checked {
        at_ms: ids::now_ms(),
        reachable: wrong.is_none_or(is_about_key),
        auth_ok: wrong.is_none(),
        checks: checks.collect(),
        error: wrong.map(ToString::to_string),
        hint: wrong.map(|it| hint(it).to_owned()),
        fix_url: wrong.map(|_| FIX_URL.to_owned()),
    }
}

fn is_about_key(error: &LlmError) -> bool {
    matches!(error.class, ErrorClass::Auth | ErrorClass::Permission)
}

/// After this failure a question would fail too.
fn is_final(error: &LlmError) -> bool {
    is_about_key(error) || matches!(error.class, ErrorClass::Network | ErrorClass::Timeout)
}

fn hint(error: &LlmError) -> &'static str {
    match error.class {
        ErrorClass::Auth => "Copy the whole key again from the provider's own page",
        ErrorClass::Permission => {
            "Give the key access to this model at the provider, or choose another model"
        }
        ErrorClass::Quota => "Add credit to the account at the provider, or use another provider",
        ErrorClass::RateLimit => "Wait a minute, then test again",
        ErrorClass::Network => "Check the address, and that this server may reach it",
        ErrorClass::BadRequest => {
            "Check the address and the name of the model; load the list to see which there are"
        }
        _ => "Check the model and the account at the provider, then test again",
    }
}

fn no_model() -> LlmError {
    LlmError::new(ErrorClass::BadRequest, "No model is chosen, and the provider lists none")
}

fn silent() -> LlmError {
    LlmError::new(ErrorClass::Timeout, "Nobody answered within 5 seconds")
}

pub(crate) fn slow() -> LlmError {
    LlmError::new(ErrorClass::Timeout, "The model took longer than a minute")
}

fn check(name: &str, label: &str, ok: Option<bool>, took_ms: Option<u64>) -> ModelCheck {
    ModelCheck { name: name.to_owned(), ok, label: label.to_owned(), message: None, took_ms }
}

fn passed(name: &str, label: &str, took_ms: Option<u64>) -> ModelCheck {
    check(name, label, Some(true), took_ms)
}

fn untried(name: &str, label: &str) -> ModelCheck {
    check(name, label, None, None)
}

fn refused(name: &str, label: &str, error: &LlmError, took_ms: Option<u64>) -> ModelCheck {
    ModelCheck { message: Some(error.to_string()), ..check(name, label, Some(false), took_ms) }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
