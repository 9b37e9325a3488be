//! The settings of the assistant as its pages show and change them (contract.md 4): the same records as the API, typed.

use crate::agent::Agent;
use crate::hearing::month_of;
use crate::keys::{NewKey, maker_of};
use crate::makers::{ACCEPTED, Maker};
use crate::model_menu::model_choices;
use crate::models::Choice as Candidates;
use crate::policy::Mode;
use crate::settings::Settings;
use crate::standing;
use domain::actor::{Actor, Permission};
use domain::assistant::{
    Answering, AssistantSettings, Choice, KeyLook, KeyScope, Missing, ModelKey, ModelTest,
    ProviderChange, Rules, Saved,
};
use domain::event::{Event, EventKind};
use domain::problem::Problem;
use serde_json::{Value, json};
use store::approval_rules;
use store::care;
use store::db::Conn;
use store::model_keys::{self, StoredKey, WORKSPACE};
use store::{events, ids};

/// Millionths of a dollar in a dollar.
const MICROS: f64 = 1_000_000.0;

impl Agent {
    /// Who will answer the actor's next question.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn answering(&self, actor: &Actor) -> Result<Answering, Problem> {
        actor.require(Permission::Read)?;
        let choice = self.choice(&actor.workspace, &actor.user).await?;
        let mut conn = self.0.db.read().await?;
        let settings = Settings::of(&mut conn, &actor.workspace).await?;
        let rules = approval_rules::list(&mut conn, &actor.workspace).await?;
        let remembers = rules.iter().any(|it| standing::is_about(it, &actor.user));
        let choices = model_choices(&mut conn, actor).await?;
        Ok(Answering { choices, ..answering_of(&choice, settings.mode(), remembers) })
    }

    /// Everything on the page of the assistant's settings; what is the workspace's only for those who manage.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn assistant_settings(&self, actor: &Actor) -> Result<AssistantSettings, Problem> {
        let answering = self.answering(actor).await?;
        let today = self.0.tools.today(actor).await.unwrap_or_default().to_string();
        let mut conn = self.0.db.read().await?;
        let chosen = model_keys::personal(&mut conn, &actor.workspace, &actor.user).await?;
        let (provider, model) = chosen.map_or((None, None), |it| (it.provider, it.model));
        let keys = stored_keys(&mut conn, actor, actor.user.as_str()).await?;
        let own = Choice { provider, model, keys };
        let shared = match actor.role.can(Permission::Manage) {
            true => Some(shared(&mut conn, actor, &month_of(&today)).await?),
            false => None,
        };
        Ok(AssistantSettings { answering, own, shared })
    }

    /// Asks a provider one real question with what is given, and with what is stored where nothing is. Stores nothing
    /// but that a stored key passed.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for the workspace's without the permission to manage, [`Problem::Invalid`] naming the
    /// field.
    pub async fn test_provider(
        &self,
        actor: &Actor,
        change: &ProviderChange,
    ) -> Result<ModelTest, Problem> {
        let owner = owner_of(actor, change.scope)?;
        let Some((maker, key)) = self.offered(actor, change).await? else {
            return self.try_builtin(actor).await;
        };
        let model = key.model.clone().unwrap_or_default();
        let test = self.try_model(actor, (maker, &key, model)).await?;
        if test.used_tool && change.api_key.is_empty() && change.base_url.is_empty() {
            self.set_tested(actor, &owner, maker).await?;
        }
        Ok(test)
    }

    /// The models a provider lists for what is given, or stored.
    ///
    /// # Errors
    /// As [`Self::test_provider`]; [`Problem::Unavailable`] with the reason when it lists none.
    pub async fn provider_models(
        &self,
        actor: &Actor,
        change: &ProviderChange,
    ) -> Result<Vec<String>, Problem> {
        owner_of(actor, change.scope)?;
        let Some((maker, key)) = self.offered(actor, change).await? else { return Ok(Vec::new()) };
        let mut conn = self.0.db.read().await?;
        let model = key.model.clone().unwrap_or_default();
        let remote = self.remote(&mut conn, &actor.workspace, (maker, &key, model)).await?;
        drop(conn);
        let mut models = remote.models().await.map_err(|error| Problem::Unavailable {
            service: domain::assistant::title_of(maker.name()).to_owned(),
            message: error.to_string(),
        })?;
        models.sort();
        Ok(models)
    }

    /// Uses a provider from now on: after it passed a test, or without one when `is_untested`.
    ///
    /// # Errors
    /// As [`Self::test_provider`].
    pub async fn save_provider(
        &self,
        actor: &Actor,
        change: &ProviderChange,
        is_untested: bool,
    ) -> Result<Saved, Problem> {
        let owner = owner_of(actor, change.scope)?;
        if change.provider.is_empty() && change.scope == KeyScope::Personal {
            self.keep_choice(actor, &owner, (None, None), None).await?;
            return Ok(Saved { is_saved: true, test: None });
        }
        let offered = self.offered(actor, change).await?;
        let test = match (&offered, is_untested) {
            (_, true) => None,
            (None, false) => Some(self.try_builtin(actor).await?),
            (Some((maker, key)), false) => {
                let model = key.model.clone().unwrap_or_default();
                Some(self.try_model(actor, (*maker, key, model)).await?)
            }
        };
        if test.as_ref().is_some_and(|it| !it.valid) {
            return Ok(Saved { is_saved: false, test });
        }
        let maker =
            Maker::parse(&change.provider).ok_or_else(|| Problem::invalid("provider", ACCEPTED))?;
        let key = offered.map(|(_, key)| {
            let model = test.as_ref().map(|it| it.model.clone()).or(key.model.clone());
            let passed = test.as_ref().is_some_and(|it| it.used_tool).then(ids::now_ms);
            StoredKey { model, validated_at: passed, ..key }
        });
        let model = key.as_ref().and_then(|it| it.model.clone());
        self.keep_choice(actor, &owner, (Some(maker), model), key).await?;
        self.0.models.warm(&format!("{}/{owner}/{}", actor.workspace, maker.name()));
        Ok(Saved { is_saved: true, test })
    }

    /// Stores who answers, and their key when there is one.
    pub(crate) async fn keep_choice(
        &self,
        actor: &Actor,
        owner: &str,
        (maker, model): (Option<Maker>, Option<String>),
        key: Option<StoredKey>,
    ) -> Result<(), Problem> {
        let (actor, is_shared) = (actor.clone(), owner == WORKSPACE);
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                if let Some(key) = &key {
                    model_keys::put(tx, &actor.workspace, key).await?;
                }
                let name = maker.map(Maker::name);
                if is_shared {
                    let patch = json!({ "assistant": { "provider": name, "model": model } });
                    let settings = Settings::of(tx, &actor.workspace).await?;
                    settings.patched(&patch, false)?.save(tx, &actor.workspace).await?;
                } else {
                    let before = model_keys::personal(tx, &actor.workspace, &actor.user).await?;
                    let preferences =
                        before.and_then(|it| serde_json::from_str(&it.preferences).ok());
                    let preferences: Value = preferences.unwrap_or_else(|| json!({}));
                    let all = (name, model.as_deref(), &preferences);
                    model_keys::set_personal(tx, &actor.workspace, &actor.user, all).await?;
                }
                let of = if is_shared { actor.workspace.as_str() } else { actor.user.as_str() };
                let label = name.unwrap_or("The workspace's choice");
                let event = Event::new(EventKind::AssistantChanged, of, label);
                events::record(tx, &actor, &event).await?;
                Ok::<_, Problem>(())
            })
        });
        write.await
    }

    /// Deletes a stored key; whether there was one.
    ///
    /// # Errors
    /// As [`Self::test_provider`].
    pub async fn remove_key(
        &self,
        actor: &Actor,
        scope: KeyScope,
        provider: &str,
    ) -> Result<bool, Problem> {
        let owner = owner_of(actor, scope)?;
        let (by, name) = (actor.clone(), maker_of(provider)?.name());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let is_removed = model_keys::delete(tx, &by.workspace, &owner, name).await?;
                if is_removed {
                    let of =
                        if owner.is_empty() { by.workspace.as_str() } else { by.user.as_str() };
                    let event = Event::new(EventKind::AssistantChanged, of, name);
                    events::record(tx, &by, &event).await?;
                }
                Ok::<_, Problem>(is_removed)
            })
        });
        write.await
    }

    /// Changes what holds for everybody: limits, order, whether the built-in assistant steps in.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage, [`Problem::Invalid`] naming the setting.
    pub async fn change_rules(&self, actor: &Actor, rules: &Rules) -> Result<(), Problem> {
        let patch = json!({ "assistant": {
            "order": rules.order,
            "fallback": rules.falls_back,
            "monthlyLimit": { "usd": rules.limit_usd, "tokens": rules.limit_tokens },
        }, "approvals": { "mode": rules.approvals_mode, "fourEyes": rules.four_eyes }});
        self.change_workspace_settings(actor, patch, false).await.map(drop)
    }

    /// Whether the workspace has an assistant that passed a test, and the words for it.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage.
    pub async fn is_ready(&self, actor: &Actor) -> Result<(bool, String), Problem> {
        actor.require(Permission::Manage)?;
        let mut conn = self.0.db.read().await?;
        let settings = Settings::of(&mut conn, &actor.workspace).await?;
        let provider = settings.provider().and_then(Maker::parse).unwrap_or(Maker::Builtin);
        if provider == Maker::Builtin {
            return Ok((true, "The built-in assistant needs no key".to_owned()));
        }
        let keys = model_keys::of(&mut conn, &actor.workspace, WORKSPACE).await?;
        let key = keys.into_iter().find(|it| it.provider == provider.name());
        let title = domain::assistant::title_of(provider.name());
        Ok(match key {
            Some(key) if key.validated_at.is_some() => {
                (true, format!("{title} answered a test and used a tool"))
            }
            Some(_) => (false, format!("Test {title} before you go on")),
            None => (false, format!("{title} has no key")),
        })
    }

    /// The key as it would be stored; none for the built-in assistant.
    async fn offered(
        &self,
        actor: &Actor,
        change: &ProviderChange,
    ) -> Result<Option<(Maker, StoredKey)>, Problem> {
        if Maker::parse(&change.provider) == Some(Maker::Builtin) {
            return Ok(None);
        }
        let maker = maker_of(&change.provider)?;
        let owner = owner_of(actor, change.scope)?;
        let text = |it: &str| Some(it.trim().to_owned()).filter(|it| !it.is_empty());
        let new = NewKey {
            provider: change.provider.clone(),
            api_key: text(&change.api_key),
            default_model: text(&change.model),
            base_url: text(&change.base_url),
            input_price: change.input_price,
            output_price: change.output_price,
            ..NewKey::default()
        };
        let key = self.merged_key((actor, &owner), maker, new).await?;
        Ok(Some((maker, key)))
    }
}

/// Whose keys are meant; the workspace's only by those who manage.
fn owner_of(actor: &Actor, scope: KeyScope) -> Result<String, Problem> {
    match scope {
        KeyScope::Workspace => actor.require(Permission::Manage).map(|()| WORKSPACE.to_owned()),
        KeyScope::Personal => actor.require(Permission::Read).map(|()| actor.user.to_string()),
    }
}

fn answering_of(choice: &Candidates, mode: Mode, remembers: bool) -> Answering {
    let (provider, model) = choice.chosen.clone();
    Answering {
        provider,
        model,
        source: choice.source.to_owned(),
        missing: choice.missing.as_ref().map(missing_of),
        mode: mode.as_str().to_owned(),
        remembers,
        choices: Vec::new(),
    }
}

/// Why what was chosen cannot answer, and what to do about it.
pub(crate) fn missing_of(problem: &Problem) -> Missing {
    let message = problem.to_string();
    match problem {
        Problem::NoModelKey { hint, fix_url } | Problem::NeedsSetup { hint, fix_url, .. } => {
            Missing { message, hint: hint.clone(), fix_url: fix_url.clone() }
        }
        _ => Missing { message, hint: String::new(), fix_url: crate::models::FIX_URL.to_owned() },
    }
}

async fn stored_keys(
    conn: &mut Conn,
    actor: &Actor,
    owner: &str,
) -> Result<Vec<ModelKey>, Problem> {
    let mut all = Vec::new();
    for key in model_keys::of(conn, &actor.workspace, owner).await? {
        let target = care::model_target(owner, &key.provider);
        let found = care::find(conn, actor.workspace.as_str(), (care::MODEL, &target)).await?;
        let looked = found.and_then(|it| looked(&key, it));
        all.push(ModelKey { looked, ..shown(key) });
    }
    Ok(all)
}

/// What was found by ourselves, unless the key was changed or passed a test after that.
fn looked(key: &StoredKey, found: care::Found) -> Option<KeyLook> {
    let known = key.updated_at.max(key.validated_at.unwrap_or_default());
    let at_ms = found.checked_at.filter(|it| *it > known)?;
    let hint = found.hint.unwrap_or_default();
    Some(KeyLook { at_ms, trouble: found.error.map(|it| format!("{it}. {hint}")) })
}

fn shown(key: StoredKey) -> ModelKey {
    ModelKey {
        has_secret: !key.secret.is_empty(),
        provider: key.provider,
        model: key.model,
        base_url: key.base_url,
        last4: key.last4,
        input_price: key.input_price,
        output_price: key.output_price,
        tested_at_ms: key.validated_at,
        looked: None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "no month costs 2^52 millionths of a dollar")]
async fn shared(conn: &mut Conn, actor: &Actor, month: &str) -> Result<(Choice, Rules), Problem> {
    let settings = Settings::of(conn, &actor.workspace).await?;
    let spent = model_keys::spent(conn, &actor.workspace, month).await?;
    let keys = stored_keys(conn, actor, WORKSPACE).await?;
    let (limit_tokens, limit_usd) = settings.monthly_limit();
    let mut order: Vec<String> = keys.iter().map(|it| it.provider.clone()).collect();
    order.sort_by_key(|it| settings.place_of(it));
    let choice = Choice {
        provider: settings.provider().map(str::to_owned),
        model: settings.model().map(str::to_owned),
        keys,
    };
    let rules = Rules {
        order,
        falls_back: settings.falls_back(),
        approvals_mode: settings.mode().as_str().to_owned(),
        four_eyes: settings.wants_four_eyes(),
        limit_usd,
        limit_tokens,
        spent_usd: spent.cost_micros as f64 / MICROS,
        spent_tokens: spent.input + spent.output,
        month: month.to_owned(),
    };
    Ok((choice, rules))
}
