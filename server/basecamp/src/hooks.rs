//! Webhooks, only where an account has no event feed: one address for each project, which nobody can guess.
//!
//! What Basecamp tells there is a hint and no more: the record is read again with our own access before anything
//! counts. An address that Basecamp switched off is switched on again, a lost one made anew.

use crate::records::Request;
use crate::scopes::Nest;
use crate::session::{Attempt, Session};
use crate::sync::is_ours_to_leave;
use crate::walk::{Stop, millis, stop};
use crate::{Basecamp, scopes};
use basecamp_sdk::webhooks::verify_signature;
use domain::problem::Problem;
use futures::FutureExt;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use store::basecamp_hooks::{self as hooks, Hint, HookRow};
use store::error::StoreError;
use store::mirror::By;
use store::mirror_sync::Holder;
use store::{ids, mirror_lookups, mirror_scopes};

/// Where Basecamp calls, below our own address.
pub const PATH: &str = "/hooks/basecamp";
/// The longest call that is read.
pub const BODY_LIMIT: usize = 256 * 1024;
/// Records read for hints in a round.
const AT_ONCE: i64 = 50;

/// How Basecamp names itself to the addresses it calls.
const AGENT: &str = "Basecamp";

/// What comes to an address.
#[derive(Clone, Copy, Debug, Default)]
pub struct HookCall<'a> {
    /// `User-Agent`.
    pub agent: Option<&'a str>,
    /// `X-Basecamp-Signature`: what a proxy in front of us signed the body with.
    pub signature: Option<&'a str>,
    /// The body as it came.
    pub body: &'a [u8],
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is kept, and followed soon.
    Kept,
    /// It was told before, or is about nothing of this address.
    Known,
    /// No project has this address, or it is not Basecamp that calls.
    Nobody,
}

fn hash(secret: &str) -> String {
    hex_of(&Sha256::digest(secret))
}

pub(crate) fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}

/// Compares two texts of the same length in a time that does not tell where they differ.
fn is_equal(one: &str, other: &str) -> bool {
    let differs = one.bytes().zip(other.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    one.len() == other.len() && differs == 0
}

impl Basecamp {
    /// Takes a call to the address ending in `token`: what it hints at is stored when this returns, and followed by
    /// the sync. Nothing in its body is believed. Basecamp signs nothing, so the address is the proof; a call must also
    /// come in Basecamp's name, and be signed where a proxy is set up to sign.
    ///
    /// # Errors
    /// [`Problem::InvalidJson`], [`Problem::TooLarge`], or when the database does not answer.
    pub async fn hook_called(&self, token: &str, call: HookCall<'_>) -> Result<Told, Problem> {
        let HookCall { agent, signature, body } = call;
        let Some((id, secret)) = token.split_once('.') else { return Ok(Told::Nobody) };
        let mut conn = self.0.db.read().await?;
        let hook = hooks::find(&mut conn, id).await?;
        drop(conn);
        let Some(hook) = hook.filter(|it| is_equal(&it.token_hash, &hash(secret))) else {
            return Ok(Told::Nobody);
        };
        if body.len() > BODY_LIMIT {
            let limit_bytes = u64::try_from(BODY_LIMIT).unwrap_or(u64::MAX);
            return Err(Problem::TooLarge { limit_bytes });
        }
        let is_signed =
            self.0.config.webhook_secret.as_ref().is_none_or(|secret| {
                verify_signature(body, signature.unwrap_or_default(), &secret.0)
            });
        if !is_signed || !agent.is_some_and(|it| it.starts_with(AGENT)) {
            tracing::warn!(hook.project_id, "a webhook came in another name and was refused");
            return Ok(Told::Nobody);
        }
        let body: Value = serde_json::from_slice(body).map_err(|_| Problem::InvalidJson)?;
        let Some(hint) = hint_of(&body).filter(|_| bucket(&body) == Some(hook.project_id)) else {
            return Ok(Told::Known);
        };
        let at = ids::now_ms() + millis(self.0.config.pace.hints);
        let kept = self.0.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { hooks::hint(conn, &hook, &hint, at).await })
        });
        let is_new = kept.await?;
        self.0.wake.notify_one();
        Ok(if is_new { Told::Kept } else { Told::Known })
    }

    /// Keeps an address for every project, or none where there is a feed.
    pub(crate) async fn keep_hooks(&self, session: &Session, has_feed: bool) -> Result<(), Stop> {
        let Some(home) = self.hooks_home(session) else { return Ok(()) };
        let mut conn = self.0.db.read().await?;
        let rows = hooks::of_connection(&mut conn, &session.key).await?;
        let projects = mirror_lookups::projects(&mut conn, &session.key).await?;
        drop(conn);
        if has_feed {
            for row in rows {
                self.take_away(session, &row).await?;
            }
            return Ok(());
        }
        let now = ids::now_ms();
        for project in projects.iter().filter(|it| it.status == "active") {
            let known = rows.iter().find(|it| it.project_id == project.id);
            let is_fresh = |it: &HookRow| now - it.checked_at < millis(self.0.config.pace.whole);
            match known {
                Some(row) if is_fresh(row) => {}
                Some(row) if row.hook_id.is_some() => self.look_after(session, row).await?,
                _ => self.register(session, project.id, &home).await?,
            }
        }
        Ok(())
    }

    /// The address below which Basecamp calls; none where it cannot reach us.
    fn hooks_home(&self, session: &Session) -> Option<String> {
        let home = self.0.config.own_address.as_deref()?;
        let is_reached = home.starts_with("https://") || session.convert.is_sample;
        is_reached.then(|| format!("{home}{PATH}/"))
    }

    /// Makes an address and tells Basecamp. Addresses of ours that nobody here knows of are taken away first.
    async fn register(&self, session: &Session, project: i64, home: &str) -> Result<(), Stop> {
        let id = project.to_string();
        let Some(found) = called(session, "ListWebhooks", &id, None).await? else {
            return self.put(session, project, None).await.map(|_| ());
        };
        for hook in found.as_array().into_iter().flatten() {
            let address = hook["payload_url"].as_str().unwrap_or_default();
            if let Some(hook) = hook["id"].as_i64()
                && self.is_left_over(address, home, project, session).await?
            {
                called(session, "DeleteWebhook", &hook.to_string(), None).await?;
            }
        }
        let secret = ids::random_hex(32);
        let row = self.put(session, project, Some(&secret)).await?;
        let body = json!({ "payload_url": format!("{home}{row}.{secret}"), "types": ["all"] });
        let made = called(session, "CreateWebhook", &id, Some(body)).await?;
        let hook = made.and_then(|it| it["id"].as_i64());
        self.note(session, row, hook).await
    }

    /// Whether an address is of ours and nobody here knows of it any more, or it is the one that is made anew. Other
    /// connections may have addresses for the same project.
    async fn is_left_over(
        &self,
        address: &str,
        home: &str,
        project: i64,
        session: &Session,
    ) -> Result<bool, Stop> {
        let Some((id, _)) = address.strip_prefix(home).and_then(|it| it.split_once('.')) else {
            return Ok(false);
        };
        let mut conn = self.0.db.read().await?;
        let known = hooks::find(&mut conn, id).await?;
        let is_this = |it: &HookRow| {
            it.connection_id == session.key.connection.as_str() && it.project_id == project
        };
        Ok(known.is_none_or(|it| is_this(&it)))
    }

    /// Stores an address; without a secret none that anybody could call, so that it is tried again another day.
    async fn put(
        &self,
        session: &Session,
        project: i64,
        secret: Option<&str>,
    ) -> Result<String, Stop> {
        let (key, hash) = (session.key.clone(), hash(secret.unwrap_or(&ids::random_hex(32))));
        let put = self.0.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { hooks::put(conn, &key, project, &hash).await })
        });
        let row = put.await?;
        if secret.is_none() {
            self.note(session, row.clone(), None).await?;
        }
        Ok(row)
    }

    async fn note(&self, session: &Session, row: String, hook: Option<i64>) -> Result<(), Stop> {
        let key = session.key.clone();
        let noted = self.0.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { hooks::checked(conn, &key, &row, hook).await })
        });
        Ok(noted.await?)
    }

    /// Switches an address on again that Basecamp gave up on; one that is gone is made anew the next time.
    async fn look_after(&self, session: &Session, row: &HookRow) -> Result<(), Stop> {
        let id = row.hook_id.unwrap_or_default().to_string();
        let Some(found) = called(session, "GetWebhook", &id, None).await? else {
            return self.forget_hook(session, row).await;
        };
        if found["active"] == false {
            let body = json!({
                "payload_url": found["payload_url"], "types": found["types"], "active": true
            });
            called(session, "UpdateWebhook", &id, Some(body)).await?;
        }
        self.note(session, row.id.clone(), row.hook_id).await
    }

    async fn take_away(&self, session: &Session, row: &HookRow) -> Result<(), Stop> {
        if let Some(hook) = row.hook_id {
            called(session, "DeleteWebhook", &hook.to_string(), None).await?;
        }
        self.forget_hook(session, row).await
    }

    async fn forget_hook(&self, session: &Session, row: &HookRow) -> Result<(), Stop> {
        let (key, id) = (session.key.clone(), row.id.clone());
        let forgotten = self.0.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { hooks::delete(conn, &key, &id).await })
        });
        Ok(forgotten.await?)
    }

    /// Reads what was hinted at, once for however many hints came.
    pub(crate) async fn follow_hints(
        &self,
        session: &Session,
        holder: &Holder,
    ) -> Result<(), Stop> {
        let before = ids::now_ms() - millis(self.0.config.pace.hints);
        let mut conn = self.0.db.read().await?;
        let hinted = hooks::hinted(&mut conn, &session.key, before, AT_ONCE).await?;
        drop(conn);
        let mut boards = HashSet::new();
        for (record, kind) in hinted {
            self.look_at(session, holder, (&kind, record), By::default()).await?;
            let is_readable = scopes::one(&session.account, &kind, record).is_some();
            if kind == scopes::CARDS {
                let mut conn = self.0.db.read().await?;
                let card = mirror_lookups::brief(&mut conn, &session.key, record).await?;
                boards.extend(card.map(|it| it.bucket_id));
            }
            let (key, scope) = (session.key.clone(), kind);
            let followed = self.0.db.write::<_, StoreError, _>(move |conn| {
                Box::pin(async move {
                    if !is_readable {
                        // What cannot be read alone is found by the next look at its list.
                        mirror_scopes::hurry_scope(conn, &key, &scope).await?;
                    }
                    hooks::followed(conn, &key, record, before).await
                })
            });
            followed.await?;
        }
        for project in boards {
            self.glance_at(session, holder, (Nest::Columns, project)).await?;
        }
        Ok(())
    }
}

/// What a call is about; none when it is about nothing we could read.
fn hint_of(body: &Value) -> Option<Hint> {
    Some(Hint {
        event: body.get("id")?.as_i64()?,
        record: body.pointer("/recording/id")?.as_i64()?,
        kind: body.pointer("/recording/type")?.as_str()?.chars().take(60).collect(),
    })
}

fn bucket(body: &Value) -> Option<i64> {
    body.pointer("/recording/bucket/id")?.as_i64()
}

/// What an operation answers; none when it is refused for good, such as to a client.
async fn called(
    session: &Session,
    name: &str,
    id: &str,
    body: Option<Value>,
) -> Result<Option<Value>, Stop> {
    let Some(request) = Request::new(name, &[id.to_owned()]) else { return Ok(None) };
    let body: Map<String, Value> =
        body.and_then(|it| serde_json::from_value(it).ok()).unwrap_or_default();
    match session.attempt(session.raw(&request.with(body)).boxed()).await {
        Ok(value) => Ok(Some(value)),
        Err(Attempt::Failed(error))
            if is_ours_to_leave(&error) || error.http_status() == Some(507) =>
        {
            Ok(None)
        }
        Err(attempt) => Err(stop(session, attempt).await),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_equal_only_when_every_byte_is() {
        assert!(is_equal("abc", "abc") && is_equal("", ""));
        assert!(!is_equal("abc", "abd") && !is_equal("abc", "ab") && !is_equal("", "a"));
    }

    #[test]
    fn a_hint_names_the_event_and_the_record_and_unknown_kinds_are_fine() {
        let told =
            json!({"id": 7, "kind": "todo_unheard_of", "recording": {"id": 3, "type": "Todo"}});
        let hint = hint_of(&told).unwrap();
        assert_eq!((hint.event, hint.record, hint.kind.as_str()), (7, 3, "Todo"));
        assert!(hint_of(&json!({"id": "7"})).is_none());
    }
}
