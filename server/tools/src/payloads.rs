//! Large answers: shortened, kept for their caller, fetched chunk by chunk (contract.md 8.8).

use crate::args::Args;
use crate::error::ToolError;
use crate::lists;
use crate::tool::{CHUNK, Call, Done};
use crate::tools::Tools;
use domain::actor::Actor;
use serde_json::{Value, json};
use store::ids;
use store::payloads::{self, Payload};

/// Items above which an answer is also kept.
const KEPT_ABOVE: usize = 200;
impl Tools {
    /// A list as the caller wants it: limited, compact, and kept when it is large.
    pub(crate) async fn shaped(
        &self,
        actor: &Actor,
        mut value: Value,
        args: &Args,
    ) -> Result<Value, ToolError> {
        // They are for lists, and leave other answers as they are.
        let (limit, is_compact) = (args.size("limit"), self.is_compact(args));
        let (preview, inline) = (args.size("preview_limit"), args.size("inlineLimit"));
        let Some(name) = lists::collection(&value) else { return Ok(value) };
        let count = value[&name].as_array().map_or(0, Vec::len);
        let most = inline.unwrap_or(self.style.expanded_up_to);
        let is_kept = count > KEPT_ABOVE.min(most);
        if !is_kept && !is_compact && limit.is_none_or(|it| count <= it) {
            return Ok(value);
        }
        let mut items = value[&name].as_array().cloned().unwrap_or_default();
        if let Some(limit) = limit.filter(|it| items.len() > *it) {
            items.truncate(limit);
            value["count"] = limit.into();
            value[&name] = items.clone().into();
        }
        if is_compact {
            items = items.iter().map(lists::compact).collect();
            value["compact"] = true.into();
            value[&name] = items.clone().into();
        }
        if items.len() <= KEPT_ABOVE.min(most) || value.get("payload_key").is_some() {
            return Ok(value);
        }
        let count = items.len();
        value = lists::with(value, self.kept(actor, (&name, items), CHUNK).await?);
        if count > most {
            let preview = preview.unwrap_or(self.style.preview);
            lists::cut(&mut value, &name, (most.min(CHUNK), preview));
        }
        Ok(value)
    }

    /// Whether only the most important fields of each item are wanted.
    pub(crate) fn is_compact(&self, args: &Args) -> bool {
        args.get("compact").and_then(Value::as_bool).unwrap_or(self.style.is_compact)
    }

    /// Keeps a collection for its caller, and says how it is fetched: `chunk` items at a time.
    pub(crate) async fn kept(
        &self,
        actor: &Actor,
        (name, items): (&str, Vec<Value>),
        chunk: usize,
    ) -> Result<Value, ToolError> {
        let key = ids::random_hex(16);
        let payload = self.keep(actor, &key, (name, items, chunk)).await?;
        Ok(json!({
            "cached": true, "payload_key": key, "cache_key": key,
            "chunk_count": payload.items.len().div_ceil(chunk), "export": self.export_of(&key, &payload)
        }))
    }

    async fn keep(
        &self,
        actor: &Actor,
        key: &str,
        (name, items, chunk): (&str, Vec<Value>, usize),
    ) -> Result<Payload, ToolError> {
        let (workspace, user) = (actor.workspace.clone(), actor.user.clone());
        let (key, collection) = (key.to_owned(), name.to_owned());
        let expires_at = ids::now_ms() + payloads::KEPT_MS;
        let payload = Payload { collection, items, chunk, expires_at };
        let kept = payload.clone();
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                let place = (&workspace, &user);
                payloads::keep(tx, place, &key, &kept).await
            })
        });
        write.await?;
        Ok(payload)
    }

    /// Every item that the caller keeps under `key`, as a file.
    ///
    /// # Errors
    /// [`ToolError::CacheMiss`] for a key that is unknown, too old, or another person's.
    pub async fn export(&self, actor: &Actor, key: &str) -> Result<Value, ToolError> {
        Ok(self.payload(actor, key).await?.items.into())
    }

    /// Where the whole list can be fetched as a file.
    fn export_of(&self, key: &str, payload: &Payload) -> Value {
        let size: usize = payload.items.iter().map(|it| it.to_string().len() + 1).sum();
        let path = format!("/api/exports/{key}");
        json!({
            "url": format!("{}{path}", self.style.base_url), "file_path": path, "size_bytes": size + 1,
            "item_count": payload.items.len(), "expires_at": ids::rfc3339(payload.expires_at)
        })
    }

    async fn payload(&self, actor: &Actor, key: &str) -> Result<Payload, ToolError> {
        let mut conn = self.db.read().await?;
        let found = payloads::find(&mut conn, (&actor.workspace, &actor.user), key).await?;
        found.ok_or(ToolError::CacheMiss)
    }
}

pub(crate) async fn chunk(call: Call<'_>) -> Result<Done, ToolError> {
    let payload = call.tools.payload(call.actor, call.args.need("payload_key")?).await?;
    let count = payload.items.len().div_ceil(payload.chunk);
    let index = call.args.size("index").unwrap_or(0);
    let chunk: Vec<&Value> =
        payload.items.iter().skip(index * payload.chunk).take(payload.chunk).collect();
    let next = (index + 1 < count).then_some(index + 1);
    Ok(Done::new(json!({
        "collection_key": payload.collection, "chunk": chunk, "index": index, "chunk_count": count,
        "next_index": next, "done": next.is_none()
    })))
}

pub(crate) async fn as_file(call: Call<'_>) -> Result<Done, ToolError> {
    let key = call.args.need("payload_key")?;
    let payload = call.tools.payload(call.actor, key).await?;
    Ok(Done::new(json!({ "export": call.tools.export_of(key, &payload) })))
}
