//! Which model a person chose for themselves, and their own key for it (contract.md 4.2). Only they see it.

use crate::agent::Agent;
use crate::keys::{MASK, check_base};
use crate::makers::{ACCEPTED, Maker};
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::problem::Problem;
use serde_json::{Map, Value, json};
use store::model_keys::{self, Personal, StoredKey};
use store::{events, ids};

impl Agent {
    /// What a person chose, and who would answer them now.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn personal_settings(&self, actor: &Actor) -> Result<Value, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.0.db.read().await?;
        let chosen = model_keys::personal(&mut conn, &actor.workspace, &actor.user).await?;
        let keys = model_keys::of(&mut conn, &actor.workspace, actor.user.as_str()).await?;
        drop(conn);
        let choice = self.choice(&actor.workspace, &actor.user).await?;
        let (provider, model) = choice.chosen;
        let model = Some(model).filter(|it| !it.is_empty());
        let mut effective =
            json!({ "provider": provider, "model": model, "source": choice.source });
        if let Some(missing) = choice.missing.as_ref().map(crate::assistant::missing_of) {
            effective["missing"] = missing.message.into();
            effective["hint"] = missing.hint.into();
            effective["fix_url"] = missing.fix_url.into();
        }
        Ok(shown(actor, chosen, &keys, &effective))
    }

    /// Changes what a person chose. What is left out stays; a key of `""` or `***` stays, `null` is cleared.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for a provider nobody knows, a key without one, or an address that may not be reached.
    pub async fn change_personal_settings(
        &self,
        actor: &Actor,
        change: Map<String, Value>,
    ) -> Result<Value, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.0.db.read().await?;
        let before = model_keys::personal(&mut conn, &actor.workspace, &actor.user).await?;
        let keys = model_keys::of(&mut conn, &actor.workspace, actor.user.as_str()).await?;
        let allowed = self.allowed(&mut conn).await?;
        drop(conn);
        let mut chosen = Chosen::from(before);
        chosen.change(&change)?;
        let maker = chosen.provider.as_deref().and_then(Maker::parse);
        let key = match (key_change(&change)?, maker.filter(|it| *it != Maker::Builtin)) {
            (KeyChange::Keep, maker)
                if text(&change, "llmBaseUrl").is_none() || maker.is_none() =>
            {
                KeyWrite::None
            }
            (KeyChange::Clear, Some(maker)) => KeyWrite::Remove(vec![maker.name().to_owned()]),
            // Nobody's key is asked for by the built-in assistant: whatever is kept goes.
            (KeyChange::Clear, None) => {
                KeyWrite::Remove(keys.into_iter().map(|it| it.provider).collect())
            }
            (_, None) => {
                return Err(Problem::invalid("llmProvider", "Say which provider the key is for"));
            }
            (given, Some(maker)) => {
                let stored = keys.into_iter().find(|it| it.provider == maker.name());
                let base =
                    text(&change, "llmBaseUrl").or_else(|| stored.as_ref()?.base_url.clone());
                check_base(maker, base.as_deref(), &allowed, "llmBaseUrl")?;
                let fresh = match given {
                    KeyChange::Set(secret) => Some(secret),
                    _ => None,
                };
                let place = (&actor.workspace, actor.user.as_str());
                let key = self.sealed(place, maker, (stored, fresh), "llmApiKey")?;
                KeyWrite::Put(Box::new(StoredKey { base_url: base, ..key }))
            }
        };
        self.save_personal(actor, chosen, key).await?;
        self.personal_settings(actor).await
    }

    async fn save_personal(
        &self,
        actor: &Actor,
        chosen: Chosen,
        key: KeyWrite,
    ) -> Result<(), Problem> {
        let actor = actor.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let (provider, model) = (chosen.provider.as_deref(), chosen.model.as_deref());
                let all = (provider, model, &chosen.preferences);
                model_keys::set_personal(tx, &actor.workspace, &actor.user, all).await?;
                match key {
                    KeyWrite::Put(key) => model_keys::put(tx, &actor.workspace, &key).await?,
                    KeyWrite::Remove(providers) => {
                        let owner = actor.user.as_str();
                        for provider in providers {
                            model_keys::delete(tx, &actor.workspace, owner, &provider).await?;
                        }
                    }
                    KeyWrite::None => {}
                }
                let event =
                    Event::new(EventKind::AssistantChanged, &actor.user, "Personal settings");
                events::record(tx, &actor, &event).await?;
                Ok::<_, Problem>(())
            })
        });
        write.await
    }
}

/// What becomes of the keys of a person.
enum KeyWrite {
    None,
    Put(Box<StoredKey>),
    /// Of these providers.
    Remove(Vec<String>),
}

/// What a person chose, being changed.
struct Chosen {
    provider: Option<String>,
    model: Option<String>,
    preferences: Value,
}

impl From<Option<Personal>> for Chosen {
    fn from(stored: Option<Personal>) -> Self {
        let preferences = stored.as_ref().and_then(|it| serde_json::from_str(&it.preferences).ok());
        let (provider, model) = stored.map_or((None, None), |it| (it.provider, it.model));
        Self { provider, model, preferences: preferences.unwrap_or_else(|| json!({})) }
    }
}

impl Chosen {
    fn change(&mut self, change: &Map<String, Value>) -> Result<(), Problem> {
        match change.get("llmProvider") {
            None => {}
            Some(Value::Null) => self.provider = None,
            Some(Value::String(name)) => {
                let maker =
                    Maker::parse(name).ok_or_else(|| Problem::invalid("llmProvider", ACCEPTED))?;
                if self.provider.as_deref() != Some(maker.name()) {
                    // Another provider does not have the model of the one before.
                    self.model = None;
                }
                self.provider = Some(maker.name().to_owned());
            }
            Some(_) => return Err(Problem::invalid("llmProvider", ACCEPTED)),
        }
        match change.get("llmModel") {
            None => {}
            Some(Value::String(model)) => {
                self.model = Some(model.trim().to_owned()).filter(|it| !it.is_empty())
            }
            Some(Value::Null) => self.model = None,
            Some(_) => return Err(Problem::invalid("llmModel", "Give the name of a model")),
        }
        match change.get("preferences") {
            None | Some(Value::Null) => {}
            Some(preferences @ Value::Object(_)) => self.preferences = preferences.clone(),
            Some(_) => {
                return Err(Problem::invalid("preferences", "preferences must be an object"));
            }
        }
        Ok(())
    }
}

enum KeyChange {
    Keep,
    Clear,
    Set(String),
}

fn key_change(change: &Map<String, Value>) -> Result<KeyChange, Problem> {
    match change.get("llmApiKey") {
        None => Ok(KeyChange::Keep),
        Some(Value::Null) => Ok(KeyChange::Clear),
        Some(Value::String(text)) if text.trim().is_empty() || text == MASK => Ok(KeyChange::Keep),
        Some(Value::String(text)) => Ok(KeyChange::Set(text.trim().to_owned())),
        Some(_) => Err(Problem::invalid("llmApiKey", "Give the key as text")),
    }
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    let text = fields.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn shown(actor: &Actor, chosen: Option<Personal>, keys: &[StoredKey], effective: &Value) -> Value {
    let times =
        chosen.as_ref().map(|it| (ids::rfc3339(it.created_at), ids::rfc3339(it.updated_at)));
    let chosen = Chosen::from(chosen);
    let key = keys.iter().find(|it| Some(it.provider.as_str()) == chosen.provider.as_deref());
    json!({
        "user_key": actor.user,
        "llm_provider": chosen.provider,
        "llm_model": chosen.model,
        "llm_api_key": key.filter(|it| !it.secret.is_empty()).map(|_| MASK),
        "llm_base_url": key.and_then(|it| it.base_url.clone()),
        "preferences": chosen.preferences,
        "created_at": times.as_ref().map(|it| &it.0),
        "updated_at": times.as_ref().map(|it| &it.1),
        "effective": effective,
    })
}
