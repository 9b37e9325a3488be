//! Definitions that people keep: stored with their event, read, deleted.

use crate::error::ToolError;
use crate::tool::Call;
use domain::event::{Event, EventKind};
use domain::problem::Problem;
use serde_json::Value;
use store::definitions::{self, Definition};
use store::events;

/// Definitions of one kind in a workspace.
const MOST: usize = 500;

impl Call<'_> {
    /// Keeps a definition.
    pub(crate) async fn keep(
        &self,
        (kind, name): (&str, &str),
        body: &Value,
    ) -> Result<Definition, ToolError> {
        if self.kept(kind).await?.len() >= MOST {
            let words = format!("There are {MOST} of them already. Delete one first");
            return Err(Problem::conflict(words).into());
        }
        let new = definitions::made(self.actor, kind, name, body);
        let (actor, stored) = (self.actor.clone(), new.clone());
        let write = self.tools.db.write(move |tx| {
            Box::pin(async move {
                definitions::insert(tx, &actor.workspace, &stored).await?;
                let event = Event::new(EventKind::DefinitionChanged, &stored.id, &stored.name);
                events::record(tx, &actor, &event).await?;
                Ok::<_, Problem>(())
            })
        });
        write.await?;
        Ok(new)
    }

    /// The definitions of a kind, the newest first.
    pub(crate) async fn kept(&self, kind: &str) -> Result<Vec<Definition>, ToolError> {
        let mut conn = self.tools.db.read().await?;
        Ok(definitions::list(&mut conn, &self.actor.workspace, kind).await?)
    }

    /// One definition of a kind; `what` names it when it is missing.
    pub(crate) async fn kept_one(
        &self,
        (kind, id): (&str, &str),
        what: &str,
    ) -> Result<Definition, ToolError> {
        let mut conn = self.tools.db.read().await?;
        let found = definitions::find(&mut conn, &self.actor.workspace, (kind, id)).await?;
        found.ok_or_else(|| Problem::not_found(what).into())
    }

    /// Deletes a definition.
    pub(crate) async fn drop_kept(&self, it: &Definition) -> Result<(), ToolError> {
        let (actor, it) = (self.actor.clone(), it.clone());
        let write = self.tools.db.write(move |tx| {
            Box::pin(async move {
                let which = (it.kind.as_str(), it.id.as_str());
                if !definitions::delete(tx, &actor.workspace, which).await? {
                    return Err(Problem::not_found(&it.name));
                }
                let event = Event::new(EventKind::DefinitionChanged, &it.id, &it.name);
                events::record(tx, &actor, &event).await?;
                Ok(())
            })
        });
        Ok(write.await?)
    }
}

/// What a definition says.
pub(crate) fn body(it: &Definition) -> Value {
    serde_json::from_str(&it.body).unwrap_or_default()
}
