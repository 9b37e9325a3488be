//! A look into one tool of one project, where something was said to have changed in it: the columns of a board, the
//! newest lines of a chat. The whole walks over all projects come once a day.

use crate::mirror::Batch;
use crate::places;
use crate::scopes::{Nest, Scope, What};
use crate::session::{Attempt, Session};
use crate::walk::{self, Stop, stop};
use crate::{Basecamp, rows};
use basecamp_sdk::Page;
use futures::FutureExt;
use serde_json::Value;
use std::collections::HashSet;
use store::error::StoreError;
use store::mirror::Reading;
use store::mirror_sync::{self, Holder};
use store::{ids, mirror, mirror_lookups as lookups};

impl Basecamp {
    /// Reads what the tools of a sort list in a project, once for however often they were told of.
    pub(crate) async fn glance_at(
        &self,
        session: &Session,
        holder: &Holder,
        (nest, project): (Nest, i64),
    ) -> Result<(), Stop> {
        for tool in places::tools(session, nest, Some(project)).await? {
            self.glance_into(session, holder, (nest, tool)).await?;
        }
        Ok(())
    }

    /// The first page is enough: the newest lines are on it, and a board has no other.
    async fn glance_into(
        &self,
        session: &Session,
        holder: &Holder,
        (nest, tool): (Nest, i64),
    ) -> Result<(), Stop> {
        let asked_at = ids::now_ms();
        let route = Scope { what: What::Inside(nest), status: "active" }.route();
        let operation = session.account.operation(route, &[&tool]);
        let call = session.account.send_page::<Value>(operation).boxed();
        let items = match session.attempt(call).await {
            Ok(page) => walk::listed(Page::into_inner(page)),
            Err(Attempt::Failed(error)) if walk::is_gone(&error) => return Ok(()),
            Err(attempt) => return Err(stop(session, attempt).await),
        };
        let missed = if nest.is_on_one_page() {
            self.missed(session, (nest, tool), &items).await?
        } else {
            Vec::new()
        };
        let (key, holder, batch) = (session.key.clone(), holder.clone(), Batch::new(items));
        let kept = self.0.db.write::<bool, StoreError, _>(move |conn| {
            Box::pin(async move {
                if !mirror_sync::renew(conn, &key, &holder, 1).await? {
                    return Ok(false);
                }
                batch.store(conn, &key, Reading { run: 0, asked_at, is_ours: false }).await?;
                for id in missed {
                    mirror::mark_dirty(conn, &key, id, false).await?;
                }
                Ok(true)
            })
        });
        if kept.await? { Ok(()) } else { Err(Stop::Lost) }
    }

    /// What the mirror holds inside a tool and `items` does not: whether it is gone, a look at each tells.
    async fn missed(
        &self,
        session: &Session,
        (nest, tool): (Nest, i64),
        items: &[Value],
    ) -> Result<Vec<i64>, Stop> {
        let met: HashSet<i64> = items.iter().filter_map(|it| rows::number(it, "id")).collect();
        let mut conn = self.0.db.read().await?;
        let mut missed = Vec::new();
        for kind in nest.kinds() {
            let known = lookups::inside(&mut conn, &session.key, kind, tool).await?;
            missed.extend(known.into_iter().map(|it| it.id).filter(|it| !met.contains(it)));
        }
        Ok(missed)
    }
}
