//! Notes that outlive a conversation: saved, found, changed, deleted. A personal note is there for its owner alone.

use crate::error::ToolError;
use crate::lists;
use crate::tool::{Call, Done};
use domain::actor::{Permission, Via};
use domain::event::{Event, EventKind};
use domain::problem::Problem;
use serde_json::{Value, json};
use store::memories::{self, Content, Memory};
use store::{events, ids};

type Outcome = Result<Done, ToolError>;

const CONTENT_CHARS: usize = 2_000;
const KIND_CHARS: usize = 40;
const MOST: i64 = 200;
/// How many notes a search looks through.
const LOOKED_AT: i64 = 1_000;

pub(crate) async fn save(call: Call<'_>) -> Outcome {
    let kind = call.args.need("memory_type")?.trim().to_lowercase();
    if kind.chars().count() > KIND_CHARS {
        return Err(Problem::invalid(
            "memory_type",
            "Give one word, such as fact, preference or decision",
        )
        .into());
    }
    let memory = Memory {
        id: ids::fresh(),
        scope: "user".to_owned(),
        owner_id: call.actor.user.to_string(),
        project_id: None,
        kind,
        content: content(call.args.need("content")?)?,
        tags: tags(&call)?.unwrap_or_else(|| "[]".to_owned()),
        importance: importance(&call)?.unwrap_or(0.5),
        source: call.actor.via.as_str().to_owned(),
        trust: if call.actor.via == Via::Chat { "assistant" } else { "person" }.to_owned(),
        author: call.actor.name.clone(),
        created_at: ids::now_ms(),
        updated_at: ids::now_ms(),
    };
    let (id, stored) = (memory.id.clone(), memory.clone());
    write(&call, &id, move |tx, workspace| {
        Box::pin(async move { memories::insert(tx, &workspace, &stored).await })
    })
    .await?;
    let value = json!({ "message": "Kept for later", "memory": row(&memory) });
    Ok(Done::new(value).on("A note").undone_by("pmos_memory_delete", &json!({ "memory_id": id })))
}

pub(crate) async fn recall(call: Call<'_>) -> Outcome {
    let kind = call.args.text("memory_type").map(str::to_lowercase);
    let least = call.args.read::<f64>("min_importance")?.unwrap_or(0.5);
    let limit = call.args.read::<f64>("limit")?.map_or(50, whole).clamp(1, MOST);
    let query = call.args.text("query").unwrap_or_default().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let mut conn = call.tools.db.read().await?;
    let place = (&call.actor.workspace, &call.actor.user);
    let mut found = memories::visible(&mut conn, place, least, LOOKED_AT).await?;
    found.retain(|it| {
        let text = format!("{} {} {}", it.content, it.tags, it.kind).to_lowercase();
        kind.as_ref().is_none_or(|kind| it.kind == *kind)
            && words.iter().all(|word| text.contains(word))
    });
    found.truncate(usize::try_from(limit).unwrap_or(50));
    Ok(Done::new(lists::all("memories", &found.iter().map(row).collect::<Vec<_>>())))
}

pub(crate) async fn update(call: Call<'_>) -> Outcome {
    let before = own(&call, false).await?;
    let earlier = before_of(&before);
    let scope = call.args.text("scope").unwrap_or(&before.scope).to_owned();
    let to = Content {
        project_id: project(&call, &scope, &before).await?,
        scope,
        content: call
            .args
            .text("content")
            .map(content)
            .transpose()?
            .unwrap_or(before.content.clone()),
        tags: tags(&call)?.unwrap_or_else(|| before.tags.clone()),
        importance: importance(&call)?.unwrap_or(before.importance),
    };
    if to.scope != "user" {
        // What everybody reads is everybody's to trust.
        call.actor.require(Permission::Manage)?;
    }
    let (id, stored) = (before.id.clone(), to.clone());
    write(&call, &before.id, move |tx, workspace| {
        Box::pin(async move { memories::update(tx, &workspace, &id, &stored).await })
    })
    .await?;
    let Content { scope, project_id, content, tags, importance } = to;
    let updated_at = ids::now_ms();
    let now = Memory { scope, project_id, content, tags, importance, updated_at, ..before };
    let value = json!({ "message": "Changed the note", "memory": row(&now) });
    Ok(Done::new(value).on("A note").undone_by("pmos_memory_put", &earlier))
}

/// The project a note is about: one that this person sees. Notes of other scopes are about none.
async fn project(
    call: &Call<'_>,
    scope: &str,
    before: &Memory,
) -> Result<Option<String>, ToolError> {
    if scope != "project" {
        return Ok(None);
    }
    let Some(given) = call.args.text("project_id").filter(|it| !it.is_empty()) else {
        return Ok(before.project_id.clone());
    };
    if before.project_id.as_deref() == Some(given) {
        return Ok(before.project_id.clone());
    }
    let id =
        given.parse().map_err(|_| Problem::invalid("project_id", "Choose one of the projects"))?;
    let found = call.tools.basecamp.project(call.actor, id).await?;
    Ok(Some(found.id.to_string()))
}

pub(crate) async fn delete(call: Call<'_>) -> Outcome {
    let memory = own(&call, false).await?;
    set_deleted(&call, &memory, true).await?;
    let value = json!({ "message": "Deleted the note", "memory_id": memory.id });
    let undo = json!({ "memory_id": memory.id });
    Ok(Done::new(value).on("A note").undone_by("pmos_memory_restore", &undo))
}

pub(crate) async fn restore(call: Call<'_>) -> Outcome {
    let memory = own(&call, true).await?;
    set_deleted(&call, &memory, false).await?;
    let value = json!({ "message": "Brought the note back", "memory": row(&memory) });
    let undo = json!({ "memory_id": memory.id });
    Ok(Done::new(value).on("A note").undone_by("pmos_memory_delete", &undo))
}

async fn set_deleted(call: &Call<'_>, memory: &Memory, is_deleted: bool) -> Result<(), ToolError> {
    let id = memory.id.clone();
    write(call, &memory.id, move |tx, workspace| {
        Box::pin(async move { memories::set_deleted(tx, &workspace, &id, is_deleted).await })
    })
    .await
}

/// The note, when this person may change it: its author, or who manages for what everybody shares.
async fn own(call: &Call<'_>, is_deleted: bool) -> Result<Memory, ToolError> {
    let id = call.args.need("memory_id")?;
    let mut conn = call.tools.db.read().await?;
    let place = (&call.actor.workspace, &call.actor.user);
    let found = memories::find(&mut conn, place, id, is_deleted).await?;
    let found = found.ok_or_else(|| Problem::not_found("Note"))?;
    if found.owner_id != call.actor.user.as_str() {
        call.actor.require(Permission::Manage)?;
    }
    Ok(found)
}

async fn write(
    call: &Call<'_>,
    id: &str,
    work: impl for<'c> FnOnce(
        &'c mut store::db::Conn,
        domain::ids::WorkspaceId,
    ) -> futures::future::BoxFuture<'c, store::db::Result<()>>
    + Send
    + 'static,
) -> Result<(), ToolError> {
    let (actor, id) = (call.actor.clone(), id.to_owned());
    let write = call.tools.db.write(move |tx| {
        Box::pin(async move {
            work(tx, actor.workspace.clone()).await?;
            // What a note says is nobody else's business.
            events::record(tx, &actor, &Event::new(EventKind::MemoryChanged, &id, "A note"))
                .await?;
            Ok::<_, Problem>(())
        })
    });
    Ok(write.await?)
}

fn content(text: &str) -> Result<String, ToolError> {
    let text = text.trim();
    if text.chars().count() > CONTENT_CHARS {
        let message = format!("A note may have {CONTENT_CHARS} characters at most");
        return Err(Problem::invalid("content", message).into());
    }
    Ok(text.to_owned())
}

fn tags(call: &Call<'_>) -> Result<Option<String>, ToolError> {
    let tags: Option<Vec<String>> = call.args.read("tags")?;
    Ok(tags.map(|it| json!(it).to_string()))
}

fn importance(call: &Call<'_>) -> Result<Option<f64>, ToolError> {
    let importance: Option<f64> = call.args.read("importance")?;
    match importance {
        Some(it) if !(0.0..=1.0).contains(&it) => {
            Err(Problem::invalid("importance", "Give a number from 0 to 1").into())
        }
        other => Ok(other),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
fn whole(number: f64) -> i64 {
    number as i64
}

/// The arguments that write a note back as it is.
fn before_of(memory: &Memory) -> Value {
    json!({
        "memory_id": memory.id, "content": memory.content, "tags": read_tags(memory), "importance": memory.importance,
        "scope": memory.scope, "project_id": memory.project_id.as_deref().unwrap_or_default(),
    })
}

fn read_tags(memory: &Memory) -> Value {
    serde_json::from_str(&memory.tags).unwrap_or_else(|_| json!([]))
}

fn row(memory: &Memory) -> Value {
    json!({
        "id": memory.id,
        "memory_type": memory.kind,
        "content": memory.content,
        "tags": read_tags(memory),
        "importance": memory.importance,
        "scope": memory.scope,
        "project_id": memory.project_id,
        "source": memory.source,
        "trust": memory.trust,
        "author": memory.author,
        "created_at": ids::rfc3339(memory.created_at),
        "updated_at": ids::rfc3339(memory.updated_at),
    })
}
