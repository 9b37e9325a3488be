//! API keys: a person's stand-in for scripts and chat clients, in one workspace, with at most the person's role.

use crate::auth::Auth;
use crate::input::invalid;
use crate::{people, tokens};
use domain::actor::{Actor, Permission, Role, Via};
use domain::client::Client;
use domain::event::{Event, EventKind};
use domain::ids::{KeyId, WorkspaceId};
use domain::keys::{ApiKey, KeyChange, KeyGrant, KeyProfile, MadeKey, NewKey};
use domain::problem::{Issue, Problem};
use serde_json::json;
use std::sync::Arc;
use store::api_keys::{self, NewApiKey, StoredKey};
use store::db::Conn;
use store::{events, ids};

const LABEL_MAX: usize = 100;
const TOOLS_MAX: usize = 500;
const TOOL_NAME_MAX: usize = 64;
const DAYS_MAX: i64 = 3_650;
/// One person's keys in one workspace.
const KEYS_MAX: usize = 100;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// When a key was last used is kept to the minute, so that a call costs no write.
const USED_EVERY_MS: i64 = 60 * 1000;
const PREFIX_CHARS: usize = 9;
const LAST_CHARS: usize = 4;

/// Who calls with a key.
#[derive(Clone, Debug)]
pub struct KeyHolder {
    /// The person it stands for, with the authority that both have now.
    pub actor: Actor,
    /// What else the key says.
    pub grant: KeyGrant,
    /// It was given for reading only, to a chat client whose person may write: the client can ask for more.
    pub may_widen: bool,
}

impl Auth {
    /// Who calls with the key of this text; none when it is unknown, taken back or expired, or its owner is kept out.
    ///
    /// # Errors
    /// When the database does not answer: then nobody is let in.
    pub async fn authenticate_key(
        &self,
        client: &Client,
        key: &str,
    ) -> Result<Option<KeyHolder>, Problem> {
        if !tokens::is_key(key) {
            return Ok(None);
        }
        let now_ms = self.now_ms();
        let found = self.key_of_hash(tokens::hash(key)).await?;
        let Some(row) = found.filter(|it| it.expires_at.is_none_or(|end| now_ms < end)) else {
            return Ok(None);
        };
        let Some(role) = role_now(&row) else { return Ok(None) };
        let (id, workspace) = (row.id.as_str().into(), row.workspace_id.as_str().into());
        if row.last_used_at.is_none_or(|it| now_ms - it >= USED_EVERY_MS) {
            self.used(&workspace, &id, now_ms).await?;
        }
        let actor = Actor {
            user: row.user_id.as_str().into(),
            name: row.owner.clone(),
            workspace,
            role,
            via: Via::Key,
            request_id: client.request_id.clone(),
            ip: client.ip.clone(),
        };
        let grant = KeyGrant {
            id,
            masked: format!("{}…{}", row.prefix, row.last4),
            profile: KeyProfile::parse(&row.profile).unwrap_or_default(),
            ask_first: row.ask_first == 1,
            can_approve: row.can_approve == 1,
            tools: tools_of(&row.tools)?,
        };
        Ok(Some(KeyHolder { actor, grant, may_widen: false }))
    }

    async fn key_of_hash(&self, hash: String) -> Result<Option<Arc<StoredKey>>, Problem> {
        let read = || async {
            let mut conn = self.db.read().await?;
            Ok(api_keys::find_by_hash(&mut conn, &hash).await?.map(Arc::new))
        };
        self.keys.of(&self.db, hash.clone(), read).await
    }

    async fn used(&self, workspace: &WorkspaceId, id: &KeyId, now_ms: i64) -> Result<(), Problem> {
        let (workspace, id) = (workspace.clone(), id.clone());
        let used = self.db.write(move |conn| {
            Box::pin(async move {
                api_keys::used(conn, &workspace, &id, now_ms).await.map_err(Problem::from)
            })
        });
        used.await
    }

    /// The actor's own keys in the workspace, newest first; those of everybody when `all` is asked for.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] when `all` is asked for without manage.
    pub async fn api_keys(&self, actor: &Actor, all: bool) -> Result<Vec<ApiKey>, Problem> {
        let needed = if all { Permission::Manage } else { Permission::Read };
        self.authorise(actor, needed, "list API keys").await?;
        let rows = api_keys::of_workspace(&mut self.db.read().await?, &actor.workspace).await?;
        let is_shown = |it: &StoredKey| all || it.user_id == actor.user.as_str();
        rows.into_iter().filter(is_shown).map(shown).collect()
    }

    /// Makes a key of the actor for the workspace they are in.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with every reason, [`Problem::Forbidden`] for a role above their own, [`Problem::Conflict`]
    /// when they have too many.
    pub async fn create_api_key(&self, actor: &Actor, new: NewKey) -> Result<MadeKey, Problem> {
        actor.require(Permission::Read)?;
        let key = tokens::fresh_key();
        let new = self.checked(actor, new, &key)?;
        let actor = actor.clone();
        let made = self.db.write(move |conn| {
            Box::pin(async move {
                let rows = api_keys::of_workspace(conn, &actor.workspace).await?;
                let own = rows.iter().filter(|it| it.user_id == actor.user.as_str()).count();
                if own >= KEYS_MAX {
                    return Err(Problem::conflict(format!(
                        "You have {KEYS_MAX} keys here. Delete one that is no longer used"
                    )));
                }
                api_keys::insert(conn, &actor.workspace, &new).await?;
                let detail = json!({"role": new.role, "profile": new.profile, "last4": new.last4});
                let event = Event::new(EventKind::KeyCreated, &new.id, new.label.as_str());
                events::record(conn, &actor, &event.with(detail)).await?;
                shown(find(conn, &actor, &new.id).await?)
            })
        });
        Ok(MadeKey { key, meta: made.await? })
    }

    fn checked(&self, actor: &Actor, new: NewKey, key: &str) -> Result<NewApiKey, Problem> {
        let now_ms = self.now_ms();
        let label = label(&new.label);
        let role = match new.role.as_deref() {
            None => Ok(actor.role.min(Role::WorkspaceAdmin)),
            Some(word) => Role::parse(word).ok_or_else(|| {
                Issue::new("role", "Give viewer, member, workspace_admin or super_admin")
            }),
        };
        let profile = profile(new.profile.as_deref());
        let days = match new.expires_in_days {
            Some(days) if !(1..=DAYS_MAX).contains(&days) => Err(Issue::new(
                "expiresInDays",
                format!("Give 1 to {DAYS_MAX} days, or leave it out"),
            )),
            days => Ok(days),
        };
        let tools = check_tools(&new.tools);
        let (label, role, profile, days) = match (label, role, profile, days, tools) {
            (Ok(label), Ok(role), Ok(profile), Ok(days), None) => (label, role, profile, days),
            (label, role, profile, days, tools) => {
                return Err(invalid([label.err(), role.err(), profile.err(), days.err(), tools]));
            }
        };
        if role > actor.role {
            let message =
                format!("A key cannot have the role {}: it is above yours", role.as_str());
            return Err(Problem::Forbidden { message });
        }
        Ok(NewApiKey {
            id: KeyId::from(ids::fresh()),
            user: actor.user.clone(),
            label,
            token_hash: tokens::hash(key),
            prefix: key.chars().take(PREFIX_CHARS).collect(),
            last4: key.chars().skip(key.len() - LAST_CHARS).collect(),
            role: role.as_str(),
            profile: profile.unwrap_or_default().as_str(),
            ask_first: new.ask_first,
            can_approve: new.can_approve,
            tools: json!(new.tools).to_string(),
            now_ms,
            expires_at_ms: days.map(|it| now_ms + it * DAY_MS),
        })
    }

    /// Changes what a key is called, what it shows or whether it asks first.
    ///
    /// # Errors
    /// [`Problem::Invalid`], [`Problem::NotFound`] for a key that is neither theirs nor theirs to manage.
    pub async fn change_api_key(
        &self,
        actor: &Actor,
        id: &KeyId,
        change: KeyChange,
    ) -> Result<ApiKey, Problem> {
        let label = change.label.as_deref().map(label).transpose();
        let profile = profile(change.profile.as_deref());
        let (label, profile) = match (label, profile) {
            (Ok(label), Ok(profile)) => (label, profile),
            (label, profile) => return Err(invalid([label.err(), profile.err()])),
        };
        let (actor, id) = (actor.clone(), id.clone());
        let changed = self.db.write(move |conn| {
            Box::pin(async move {
                let before = find(conn, &actor, &id).await?;
                let label = label.unwrap_or(before.label);
                let profile = profile.map_or(before.profile, |it| it.as_str().to_owned());
                let ask_first = change.ask_first.unwrap_or(before.ask_first == 1);
                let workspace = &actor.workspace;
                api_keys::change(conn, workspace, &id, (&label, &profile, ask_first)).await?;
                let detail = json!({"profile": profile, "askFirst": ask_first});
                let event = Event::new(EventKind::KeyChanged, &id, label).with(detail);
                events::record(conn, &actor, &event).await?;
                shown(find(conn, &actor, &id).await?)
            })
        });
        changed.await
    }

    /// Takes a key back, at once.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a key that is neither theirs nor theirs to manage.
    pub async fn delete_api_key(&self, actor: &Actor, id: &KeyId) -> Result<(), Problem> {
        let (actor, id) = (actor.clone(), id.clone());
        let deleted = self.db.write(move |conn| {
            Box::pin(async move {
                let row = find(conn, &actor, &id).await?;
                api_keys::delete(conn, &actor.workspace, &id).await?;
                let event = Event::new(EventKind::KeyRevoked, &id, row.label);
                events::record(conn, &actor, &event).await?;
                Ok(())
            })
        });
        deleted.await
    }
}

/// A key that is the actor's or theirs to manage.
async fn find(conn: &mut Conn, actor: &Actor, id: &KeyId) -> Result<StoredKey, Problem> {
    let rows = api_keys::of_workspace(conn, &actor.workspace).await?;
    let is_theirs =
        |it: &StoredKey| it.user_id == actor.user.as_str() || actor.role.can(Permission::Manage);
    let found = rows.into_iter().find(|it| it.id == id.as_str() && is_theirs(it));
    found.ok_or_else(|| Problem::not_found("API key"))
}

/// What the key may do now: its own role, or its owner's where that has become less.
fn role_now(row: &StoredKey) -> Option<Role> {
    let owner =
        people::role(row.is_super_admin, row.owner_role.as_deref(), row.owner_status.as_deref())?;
    Some(Role::parse(&row.role)?.min(owner))
}

fn shown(row: StoredKey) -> Result<ApiKey, Problem> {
    let role = role_now(&row).or_else(|| Role::parse(&row.role)).unwrap_or(Role::Viewer);
    Ok(ApiKey {
        id: KeyId::from(row.id),
        label: row.label,
        prefix: row.prefix,
        last4: row.last4,
        role,
        profile: KeyProfile::parse(&row.profile).unwrap_or_default(),
        ask_first: row.ask_first == 1,
        can_approve: row.can_approve == 1,
        tools: tools_of(&row.tools)?,
        created_at_ms: row.created_at,
        last_used_at_ms: row.last_used_at,
        expires_at_ms: row.expires_at,
        owner: row.owner,
    })
}

fn tools_of(text: &str) -> Result<Vec<String>, Problem> {
    serde_json::from_str(text).map_err(|error| store::error::internal("reading a key", &error))
}

fn label(text: &str) -> Result<String, Issue> {
    let text = text.trim();
    let length = text.chars().count();
    if (1..=LABEL_MAX).contains(&length) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(Issue::new("label", format!("Say what the key is for, in at most {LABEL_MAX} characters")))
}

fn profile(word: Option<&str>) -> Result<Option<KeyProfile>, Issue> {
    let wrong = || Issue::new("profile", "Give focused or full");
    word.map(|it| KeyProfile::parse(it).ok_or_else(wrong)).transpose()
}

fn check_tools(tools: &[String]) -> Option<Issue> {
    let is_plain = |it: &String| {
        (1..=TOOL_NAME_MAX).contains(&it.len())
            && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
    };
    let is_right = tools.len() <= TOOLS_MAX && tools.iter().all(is_plain);
    let message = format!("Give at most {TOOLS_MAX} names of tools or tool groups");
    (!is_right).then(|| Issue::new("tools", message))
}
