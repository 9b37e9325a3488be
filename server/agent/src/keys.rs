//! Settings and model keys of a workspace (contract.md 4.3, 4.4). Keys go in and never come out.

use crate::agent::Agent;
use crate::makers::Maker;
use crate::models::bound_to;
use crate::settings::Settings;
use domain::actor::{Actor, Permission};
use domain::assistant::ModelTest;
use domain::event::{Event, EventKind};
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use flow::outgoing::dial;
use serde::Deserialize;
use serde_json::{Value, json};
use store::model_keys::{self, StoredKey, WORKSPACE};
use store::{events, ids};

/// What stands for a key that is stored.
pub(crate) const MASK: &str = "***";
/// How many letters of a key are shown, of keys that are long enough to spare them.
const SHOWN: usize = 4;
const LONG_ENOUGH: usize = 12;

/// A key of the workspace, as it is given.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewKey {
    /// Whose.
    pub provider: String,
    /// The key; none, blank or `***` keeps the stored one.
    pub api_key: Option<String>,
    /// What people read.
    pub label: Option<String>,
    /// The model to use when none is chosen.
    pub default_model: Option<String>,
    /// Where the provider is, when it is not its maker's own service.
    pub base_url: Option<String>,
    /// US dollars for a million tokens read.
    pub input_price: Option<f64>,
    /// US dollars for a million tokens written.
    pub output_price: Option<f64>,
    /// How many tokens the model can read.
    pub context_tokens: Option<i64>,
}

impl Agent {
    /// The settings of the actor's workspace: what was set, and what counts.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn workspace_settings(&self, actor: &Actor) -> Result<(Value, Value), Problem> {
        actor.require(Permission::Read)?;
        let settings = Settings::of(&mut self.0.db.read().await?, &actor.workspace).await?;
        Ok((settings.value(), settings.effective()))
    }

    /// Puts `patch` over the settings of the actor's workspace, or in their place.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage, [`Problem::Invalid`] naming the setting.
    pub async fn change_workspace_settings(
        &self,
        actor: &Actor,
        patch: Value,
        replaces: bool,
    ) -> Result<(Value, Value), Problem> {
        actor.require(Permission::Manage)?;
        let by = actor.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let settings = Settings::of(tx, &by.workspace).await?.patched(&patch, replaces)?;
                settings.save(tx, &by.workspace).await?;
                let parts: Vec<String> =
                    patch.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
                let event =
                    Event::new(EventKind::WorkspaceChanged, &by.workspace, parts.join(", "));
                events::record(tx, &by, &event).await?;
                Ok::<_, Problem>(())
            })
        });
        write.await?;
        self.workspace_settings(actor).await
    }

    /// Keys of the workspace, without what is secret.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage.
    pub async fn keys(&self, actor: &Actor) -> Result<Vec<Value>, Problem> {
        actor.require(Permission::Manage)?;
        let mut conn = self.0.db.read().await?;
        let keys = model_keys::of(&mut conn, &actor.workspace, WORKSPACE).await?;
        Ok(keys.iter().map(key_row).collect())
    }

    /// Stores a key of the workspace. The first one makes its provider the workspace's choice.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage, [`Problem::Invalid`] naming the field.
    pub async fn put_key(&self, actor: &Actor, new: NewKey) -> Result<String, Problem> {
        actor.require(Permission::Manage)?;
        let maker = maker_of(&new.provider)?;
        let key = self.merged_key((actor, WORKSPACE), maker, new).await?;
        let by = actor.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                model_keys::put(tx, &by.workspace, &key).await?;
                let settings = Settings::of(tx, &by.workspace).await?;
                if settings.provider().is_none() {
                    let patch = json!({ "assistant": { "provider": key.provider } });
                    settings.patched(&patch, false)?.save(tx, &by.workspace).await?;
                }
                let event = Event::new(EventKind::AssistantChanged, &by.workspace, key.provider);
                events::record(tx, &by, &event).await?;
                Ok::<_, Problem>(())
            })
        });
        write.await?;
        Ok(maker.name().to_owned())
    }

    /// The key as it will be stored: what is left out stays as it was.
    pub(crate) async fn merged_key(
        &self,
        (actor, owner): (&Actor, &str),
        maker: Maker,
        new: NewKey,
    ) -> Result<StoredKey, Problem> {
        let mut conn = self.0.db.read().await?;
        let stored = model_keys::of(&mut conn, &actor.workspace, owner).await?;
        let stored = stored.into_iter().find(|it| it.provider == maker.name());
        let some =
            |it: Option<String>| it.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
        let before = stored.clone();
        let base = some(new.base_url).or_else(|| before.as_ref()?.base_url.clone());
        check_base(maker, base.as_deref(), &self.allowed(&mut conn).await?, "baseUrl")?;
        let fresh = some(new.api_key).filter(|it| it != MASK);
        let key = self.sealed((&actor.workspace, owner), maker, (stored, fresh), "apiKey")?;
        Ok(StoredKey {
            label: some(new.label).or(key.label),
            model: some(new.default_model).or(key.model),
            base_url: base,
            input_price: new.input_price.or(key.input_price),
            output_price: new.output_price.or(key.output_price),
            context_tokens: new.context_tokens.filter(|it| *it > 0).or(key.context_tokens),
            ..key
        })
    }

    /// Deletes a key of the workspace; whether there was one.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage, [`Problem::Invalid`] for an unknown provider.
    pub async fn delete_key(&self, actor: &Actor, provider: &str) -> Result<bool, Problem> {
        actor.require(Permission::Manage)?;
        let (by, name) = (actor.clone(), maker_of(provider)?.name());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let is_removed = model_keys::delete(tx, &by.workspace, WORKSPACE, name).await?;
                if is_removed {
                    let event = Event::new(EventKind::AssistantChanged, &by.workspace, name);
                    events::record(tx, &by, &event).await?;
                }
                Ok::<_, Problem>(is_removed)
            })
        });
        write.await
    }

    /// Tries a key with a real call: the given one, or the stored one.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage, [`Problem::Invalid`] naming the field.
    pub async fn try_key(&self, actor: &Actor, new: NewKey) -> Result<ModelTest, Problem> {
        actor.require(Permission::Manage)?;
        let maker = maker_of(&new.provider)?;
        let is_stored = new.api_key.as_deref().is_none_or(|it| it.trim().is_empty() || it == MASK);
        let key = self.merged_key((actor, WORKSPACE), maker, new).await?;
        let model = key.model.clone().unwrap_or_default();
        let test = self.try_model(actor, (maker, &key, model)).await?;
        if is_stored && test.used_tool {
            self.set_tested(actor, WORKSPACE, maker).await?;
        }
        Ok(test)
    }

    /// Remembers that a stored key passed a test.
    pub(crate) async fn set_tested(
        &self,
        actor: &Actor,
        owner: &str,
        maker: Maker,
    ) -> Result<(), Problem> {
        let (workspace, owner) = (actor.workspace.clone(), owner.to_owned());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                model_keys::set_validated(tx, &workspace, &owner, maker.name()).await
            })
        });
        Ok(write.await?)
    }

    /// A key with its secret sealed: the given one, else the stored one, else none where none is needed.
    pub(crate) fn sealed(
        &self,
        (workspace, owner): (&WorkspaceId, &str),
        maker: Maker,
        (stored, fresh): (Option<StoredKey>, Option<String>),
        field: &str,
    ) -> Result<StoredKey, Problem> {
        let base = stored.unwrap_or_else(|| empty(owner, maker));
        let Some(fresh) = fresh else {
            if base.secret.is_empty() && maker.needs_key() {
                return Err(Problem::invalid(field, "Give the key of the provider"));
            }
            return Ok(base);
        };
        if fresh.chars().any(|it| !it.is_ascii_graphic()) {
            return Err(Problem::invalid(field, "A key has no blanks and no special letters"));
        }
        let secret = self.0.models.key.seal(&fresh, &bound_to(workspace, owner, maker.name()));
        let shown = fresh.chars().count().saturating_sub(SHOWN);
        let last4 = match fresh.chars().count() < LONG_ENOUGH {
            true => String::new(),
            false => fresh.chars().skip(shown).collect(),
        };
        Ok(StoredKey { secret, last4, validated_at: None, ..base })
    }
}

pub(crate) fn maker_of(provider: &str) -> Result<Maker, Problem> {
    Maker::parse(provider).filter(|it| *it != Maker::Builtin).ok_or_else(|| {
        Problem::invalid(
            "provider",
            "Give openai, openai_chat, anthropic, gemini or openai_compatible",
        )
    })
}

/// The address must be one PM OS may reach, and be there where the maker has none of its own.
pub(crate) fn check_base(
    maker: Maker,
    base: Option<&str>,
    allowed: &flow::outgoing::allowed::Allowed,
    field: &str,
) -> Result<(), Problem> {
    match base {
        Some(base) => dial::judge(base, allowed)
            .map(drop)
            .map_err(|it| Problem::invalid(field, it.to_string())),
        None if maker == Maker::Compatible => Err(Problem::invalid(
            field,
            "Give the address of the provider, such as https://models.example.com/v1",
        )),
        None => Ok(()),
    }
}

fn empty(owner: &str, maker: Maker) -> StoredKey {
    StoredKey {
        owner_id: owner.to_owned(),
        provider: maker.name().to_owned(),
        label: None,
        model: None,
        base_url: None,
        secret: String::new(),
        last4: String::new(),
        input_price: None,
        output_price: None,
        context_tokens: None,
        validated_at: None,
        created_at: 0,
        updated_at: 0,
    }
}

fn key_row(key: &StoredKey) -> Value {
    json!({
        "provider": key.provider,
        "label": key.label,
        "defaultModel": key.model,
        "baseUrl": key.base_url,
        "inputPrice": key.input_price,
        "outputPrice": key.output_price,
        "contextTokens": key.context_tokens,
        "validated": key.validated_at.is_some(),
        "last4": key.last4,
        "createdAt": ids::rfc3339(key.created_at),
        "updatedAt": ids::rfc3339(key.updated_at),
    })
}
