//! Being told of events: people subscribe, and what happens becomes a notification in the app.

use crate::error::ToolError;
use crate::lists;
use crate::tool::{Call, Done};
use crate::tools::Tools;
use basecamp::names::Purpose;
use domain::actor::{Actor, Permission, Role};
use domain::event::{Event, EventKind, StoredEvent};
use domain::ids::{OperationId, UserId, WorkspaceId};
use domain::problem::Problem;
use domain::subscription::{Subscribed, is_managed, is_told, kinds};
use serde_json::{Value, json};
use store::db::Conn;
use store::notifications::{self, NewNotification};
use store::subscriptions::{self, Subscription};
use store::{events, ids, operations, workspaces};

type Outcome = Result<Done, ToolError>;

/// Subscriptions of one person.
const MOST: usize = 50;
/// Events looked at in one go, and those told one by one; the rest is counted.
const BATCH: i64 = 500;
const ONE_BY_ONE: usize = 10;

fn row(it: &Subscription) -> Value {
    json!({
        "id": it.id, "event": it.event, "project_id": Some(&it.project_id).filter(|it| !it.is_empty()),
        "channel": "app", "delivered": it.delivered, "last_delivery": it.last_at.map(ids::rfc3339),
        "created_at": ids::rfc3339(it.created_at)
    })
}

fn shown(it: Subscription) -> Subscribed {
    Subscribed {
        id: it.id,
        event: it.event,
        project_id: Some(it.project_id).filter(|it| !it.is_empty()),
        delivered: it.delivered,
        last_at: it.last_at.map(ids::rfc3339),
        created_at: ids::rfc3339(it.created_at),
    }
}

/// Subscribes the caller, or ends that.
pub(crate) async fn subscribe(call: Call<'_>) -> Outcome {
    let word = call.args.need("event")?.trim().to_lowercase();
    let word = word.trim_end_matches(".*").to_owned();
    let found = kinds(&word);
    if found.is_empty() {
        let known: Vec<&str> =
            EventKind::ALL.iter().filter(|it| is_told(**it)).map(|it| it.as_str()).collect();
        let words = format!("There is no such event. Known: {}", known.join(", "));
        return Err(Problem::invalid("event", words).into());
    }
    if found.iter().any(|it| is_managed(*it)) {
        call.actor.require(Permission::Manage)?;
    }
    let project = call.ground(Purpose::Read).await?;
    if project.is_some() && !found.iter().all(|it| is_managed(*it)) {
        let words = "Only writes are about a project: subscribe to tool.used or operation.undone";
        return Err(Problem::invalid("project", words).into());
    }
    let ends = call.args.text("action") == Some("unsubscribe");
    let id = project.as_ref().map(|it| it.id.to_string()).unwrap_or_default();
    let (actor, event) = (call.actor.clone(), word.clone());
    let write = call.tools.db.write(move |tx| {
        Box::pin(async move {
            let me = (&actor.workspace, &actor.user);
            if ends {
                if !subscriptions::delete(tx, me, (&event, &id)).await? {
                    return Err(Problem::not_found("Subscription"));
                }
            } else {
                if subscriptions::list(tx, me).await?.len() >= MOST {
                    let words = format!("There are {MOST} subscriptions already. End one first");
                    return Err(Problem::conflict(words));
                }
                let after = events::latest(tx, &actor.workspace).await?;
                if !subscriptions::insert(tx, me, (&event, &id), after).await? {
                    return Err(Problem::conflict("You are subscribed to this already"));
                }
            }
            let change = Event::new(EventKind::DefinitionChanged, &actor.user, event);
            events::record(tx, &actor, &change).await?;
            Ok(())
        })
    });
    write.await?;
    let place = project.as_ref().map(|it| it.name.clone());
    let message = match ends {
        true => format!("You are no longer told of {word}"),
        false => format!("From now on you are told of {word} in the app"),
    };
    let back = json!({
        "event": word, "project": project.map(|it| it.id.to_string()),
        "action": if ends { "subscribe" } else { "unsubscribe" }
    });
    let value = json!({ "message": message, "event": word, "project": place, "channel": "app" });
    Ok(Done::new(value).on(word).undone_by("subscribe_event", &back))
}

pub(crate) async fn list(call: Call<'_>) -> Outcome {
    let mut conn = call.tools.db.read().await?;
    let mine = (&call.actor.workspace, &call.actor.user);
    let found = subscriptions::list(&mut conn, mine).await?;
    let rows: Vec<Value> = found.iter().map(row).collect();
    Ok(Done::new(lists::all("subscriptions", &rows)))
}

impl Tools {
    /// What the actor is told of, the newest first.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read; when the database does not answer.
    pub async fn subscriptions(&self, actor: &Actor) -> Result<Vec<Subscribed>, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.db.read().await?;
        let found = subscriptions::list(&mut conn, (&actor.workspace, &actor.user)).await?;
        Ok(found.into_iter().map(shown).collect())
    }

    /// Tells subscribers what happened since they were told last, in every workspace.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tell_subscribers(&self) -> Result<(), Problem> {
        let behind = subscriptions::behind(&mut self.db.read().await?).await?;
        for it in behind {
            self.tell(it).await?;
        }
        Ok(())
    }

    async fn tell(&self, it: Subscription) -> Result<(), Problem> {
        let workspace = WorkspaceId::from(it.workspace_id.as_str());
        let mut conn = self.db.read().await?;
        let happened = events::after(&mut conn, &workspace, it.after_seq, BATCH).await?;
        let Some(last) = happened.last().map(|it| it.seq) else { return Ok(()) };
        let role = role(&mut conn, &workspace, &it).await?;
        let wanted = kinds(&it.event);
        let mut told = Vec::new();
        for event in happened {
            let kind = event.event.kind;
            // Nobody needs to be told what they wrote themselves.
            let is_own = is_managed(kind) && event.actor_id == it.user_id;
            let may = role.is_some_and(|it| !is_managed(kind) || it.can(Permission::Manage));
            if may
                && !is_own
                && wanted.contains(&kind)
                && is_about(&mut conn, &workspace, &it, &event).await?
            {
                told.push(event);
            }
        }
        drop(conn);
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                let count = i64::try_from(told.len()).unwrap_or(i64::MAX);
                if !subscriptions::advance(tx, &it, (last, count)).await? || told.is_empty() {
                    return Ok(());
                }
                for new in notes(&it, &told) {
                    notifications::insert(tx, &workspace, &new).await?;
                }
                let event = Event::new(EventKind::NotificationSent, &it.user_id, it.event.as_str());
                events::record(tx, &Actor::system(workspace.clone(), ids::short()), &event).await?;
                Ok::<_, Problem>(())
            })
        });
        write.await
    }
}

/// What a subscriber may do now; none when they left.
async fn role(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    it: &Subscription,
) -> Result<Option<Role>, Problem> {
    let user = UserId::from(it.user_id.as_str());
    let memberships = workspaces::of_user(conn, &user).await?;
    let here = memberships
        .into_iter()
        .find(|it| it.workspace_id == workspace.as_str() && it.status == "active");
    Ok(here.and_then(|it| Role::parse(&it.role)))
}

/// Whether a write was in the project of the subscription.
async fn is_about(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    it: &Subscription,
    event: &StoredEvent,
) -> Result<bool, Problem> {
    if it.project_id.is_empty() {
        return Ok(true);
    }
    let id = OperationId::from(event.event.target.as_str());
    let found = operations::find(conn, workspace, &id).await?;
    Ok(found.is_some_and(|row| row.project_id.as_deref() == Some(it.project_id.as_str())))
}

fn notes(it: &Subscription, told: &[StoredEvent]) -> Vec<NewNotification> {
    let note = |title: String, body: String, key: String| NewNotification {
        user: UserId::from(it.user_id.as_str()),
        title,
        body,
        link: None,
        once: Some(key),
    };
    let mut notes: Vec<NewNotification> = told
        .iter()
        .take(ONE_BY_ONE)
        .map(|event| {
            let words = event.event.kind.as_str().replace(['.', '_'], " ");
            let body = format!("{}, by {}", event.event.label, event.actor);
            note(words, body, format!("event:{}:{}", it.id, event.seq))
        })
        .collect();
    if let Some(last) = told.get(ONE_BY_ONE..).and_then(|rest| rest.last()) {
        let more = told.len() - ONE_BY_ONE;
        let key = format!("event:{}:more:{}", it.id, last.seq);
        notes.push(note(format!("{more} more: {}", it.event), String::new(), key));
    }
    notes
}
