//! The sync: keeps the mirror of every connection filled and fresh, in the background, one node per connection.

use crate::connections::{APP, Meta};
use crate::mirror;
use crate::scheduler::Lane;
use crate::scopes::{self, Scope};
use crate::session::{Attempt, Session};
use crate::walk::{Stop, Walker, millis, stop};
use crate::{Basecamp, failure};
use domain::actor::{Actor, Permission, Role, Via};
use domain::event::Topic;
use domain::problem::Problem;
use futures::FutureExt;
use serde_json::Value;
use std::collections::HashSet;
use std::time::Duration;
use store::connections::Connection;
use store::db::{Change, Conn};
use store::error::StoreError;
use store::mirror::{By, Key, Reading};
use store::mirror_scopes::{self, ScopeRow};
use store::mirror_sync::{self, Holder};
use store::{ids, mirror as kept};
use tokio::task::{JoinHandle, JoinSet};

/// Looks for connections that are due.
const TICK: Duration = Duration::from_secs(1);
/// Connections synced at the same time by one process.
const AT_ONCE: usize = 4;
/// Open pages hear of a walk every so many pages, and when it is over.
const PAGES_OF_NEWS: i64 = 10;
/// A suspended account is asked again after so many pauses.
const SELDOM: u32 = 4;
/// Records read one by one in a round.
const ONE_BY_ONE: i64 = 50;

/// The sync of this process; stops when dropped.
pub struct Sync(JoinHandle<()>);

impl Drop for Sync {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Basecamp {
    /// Starts the sync, which ends when `closing` is ready. What is stored stays, and a walk that is cut off goes on
    /// where it was.
    pub fn sync(&self, closing: impl Future<Output = ()> + Send + 'static) -> Sync {
        let basecamp = self.clone();
        Sync(tokio::spawn(async move {
            tokio::select! {
                () = closing => {}
                () = basecamp.keep_in_sync() => {}
                () = basecamp.keep_settled() => {}
            }
        }))
    }

    /// Makes the mirror of the actor's connection look for news at once.
    ///
    /// # Errors
    /// [`Problem::NeedsSetup`] without a connection, [`Problem::Forbidden`] without the permission to write.
    pub async fn hurry_sync(&self, actor: &Actor) -> Result<(), Problem> {
        actor.require(Permission::Write)?;
        let row = self.row(actor).await?.ok_or_else(failure::not_connected)?;
        let key = Meta::read(&row)?.key(&row);
        let hurried: Result<(), StoreError> = self
            .0
            .db
            .write(move |conn| Box::pin(async move { mirror_sync::hurry(conn, &key).await }))
            .await;
        hurried?;
        self.0.wake.notify_one();
        Ok(())
    }

    /// A name for this run of this process.
    fn holder(&self) -> Holder {
        Holder { owner: ids::fresh(), lease_ms: millis(self.0.config.pace.lease) }
    }

    async fn keep_in_sync(&self) {
        let holder = self.holder();
        let (mut busy, mut running) = (HashSet::new(), JoinSet::new());
        loop {
            if let Err(problem) = self.start_due(&holder, &mut busy, &mut running).await {
                tracing::error!(%problem, "the sync could not look for work");
            }
            tokio::select! {
                Some(done) = running.join_next(), if !running.is_empty() => match done {
                    Ok(id) => { busy.remove(&id); }
                    Err(error) => {
                        tracing::error!(error = &error as &dyn std::error::Error, "a sync ended early");
                        busy.clear();
                        running = JoinSet::new();
                    }
                },
                () = self.0.wake.notified() => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    async fn keep_settled(&self) {
        loop {
            if let Err(problem) = self.settle_writes().await {
                tracing::error!(%problem, "what became of writes could not be found out");
            }
            tokio::time::sleep(TICK).await;
        }
    }

    async fn start_due(
        &self,
        holder: &Holder,
        busy: &mut HashSet<String>,
        running: &mut JoinSet<String>,
    ) -> Result<(), Problem> {
        self.forget_removed().await?;
        for row in self.due().await? {
            if busy.len() >= AT_ONCE {
                return Ok(());
            }
            if busy.contains(&row.id) {
                continue;
            }
            busy.insert(row.id.clone());
            let (basecamp, holder) = (self.clone(), holder.clone());
            running.spawn(async move {
                basecamp.round(&row, &holder).await;
                row.id
            });
        }
        Ok(())
    }

    async fn due(&self) -> Result<Vec<Connection>, Problem> {
        let mut conn = self.0.db.read().await?;
        Ok(mirror_sync::due(&mut conn, APP, !self.0.db.is_shared()).await?)
    }

    async fn forget_removed(&self) -> Result<(), Problem> {
        let mut conn = self.0.db.read().await?;
        let has_orphans = mirror_sync::has_orphans(&mut conn).await?;
        drop(conn);
        if has_orphans {
            let forgotten: Result<usize, StoreError> =
                self.0.db.write(|conn| Box::pin(mirror_sync::forget_orphans(conn))).await;
            forgotten?;
        }
        Ok(())
    }

    /// Brings every connection that is due up to date, and answers when that is done: what the sync does again and
    /// again.
    ///
    /// # Errors
    /// When the database does not answer. What Basecamp does not answer is noted with the connection.
    pub async fn sync_once(&self) -> Result<(), Problem> {
        self.forget_removed().await?;
        let holder = self.holder();
        for row in self.due().await? {
            self.round(&row, &holder).await;
        }
        Ok(())
    }

    /// Everything that is due for one connection.
    async fn round(&self, row: &Connection, holder: &Holder) {
        let outcome = self.follow(row, holder).await;
        let retry = self.0.config.pace.retry;
        let (pause, trouble) = match outcome {
            Ok(pause) => (pause, None),
            Err(Stop::Lost) => return,
            Err(Stop::Revoked(problem)) => (retry, Some(problem.to_string())),
            Err(Stop::Suspended(problem)) => (retry * SELDOM, Some(problem.to_string())),
            Err(Stop::Wait(wait)) => (wait, None),
            Err(Stop::Away(words)) => (retry, Some(words)),
            // The connection itself cannot be used: no sample here, or its token cannot be opened.
            Err(Stop::Ours(
                problem @ (Problem::NeedsSetup { .. } | Problem::Unavailable { .. }),
            )) => (retry, Some(problem.to_string())),
            Err(Stop::Ours(problem)) => {
                tracing::error!(connection = row.id, %problem, "a sync failed");
                (retry, None)
            }
        };
        if let Err(problem) = self.rest(row, holder, pause, trouble).await {
            tracing::error!(connection = row.id, %problem, "a sync could not let go");
        }
    }

    async fn rest(
        &self,
        row: &Connection,
        holder: &Holder,
        pause: Duration,
        trouble: Option<String>,
    ) -> Result<(), Problem> {
        let (key, holder) = (Meta::read(row)?.key(row), holder.clone());
        let next_at = ids::now_ms() + millis(pause);
        let change = change(&key);
        let rested: Result<(), StoreError> = self
            .0
            .db
            .write(move |conn| {
                Box::pin(async move {
                    mirror_sync::rest(conn, &key, &holder, next_at, trouble.as_deref()).await
                })
            })
            .await;
        self.0.db.announce(change);
        Ok(rested?)
    }

    /// Walks what is due; gives how long nothing will be.
    async fn follow(&self, row: &Connection, holder: &Holder) -> Result<Duration, Stop> {
        let key = Meta::read(row)?.key(row);
        if !self.take(&key, holder).await? {
            return Err(Stop::Lost);
        }
        let is_filling = self.scopes(&key).await?.iter().any(|it| it.filled_at.is_none());
        let lane = if is_filling { Lane::Backfill } else { Lane::Sync };
        let session = self.session(&sync_actor(row), row, lane)?;
        let has_feed = self.read_feed(&session, holder).await?;
        match self.keep_hooks(&session, has_feed).await {
            // Hints only make news come sooner: what they need may wait.
            Err(Stop::Away(words)) => tracing::info!(%words, "webhooks could not be looked after"),
            outcome => outcome?,
        }
        let walker = Walker { session: &session, holder, pace: self.0.config.pace, has_feed };
        self.follow_hints(&session, holder).await?;
        self.look_one_by_one(&session, holder).await?;
        loop {
            let scopes = self.scopes(&key).await?;
            let now = ids::now_ms();
            let Some(next) = scopes.iter().find(|it| it.due_at <= now) else {
                self.look_one_by_one(&session, holder).await?;
                return Ok(pause(&scopes, self.0.config.pace.work));
            };
            let is_news = next.pages % PAGES_OF_NEWS == PAGES_OF_NEWS - 1;
            walker.step(next.clone()).await?;
            if is_news {
                self.0.db.announce(change(&key));
            }
        }
    }

    async fn take(&self, key: &Key, holder: &Holder) -> Result<bool, Stop> {
        let (key, holder, is_alone) = (key.clone(), holder.clone(), !self.0.db.is_shared());
        let taken: Result<bool, StoreError> = self
            .0
            .db
            .write(move |conn| {
                Box::pin(async move {
                    let is_ours = mirror_sync::lease(conn, &key, &holder, is_alone).await?;
                    if is_ours {
                        for (rank, scope) in (0..).zip(scopes::all()) {
                            mirror_scopes::add_scope(conn, &key, &scope.name(), rank).await?;
                        }
                    }
                    Ok(is_ours)
                })
            })
            .await;
        Ok(taken?)
    }

    async fn scopes(&self, key: &Key) -> Result<Vec<ScopeRow>, Stop> {
        let mut conn = self.0.db.read().await?;
        let rows = mirror_scopes::scopes(&mut conn, key).await?;
        Ok(rows.into_iter().filter(|it| Scope::named(&it.scope).is_some()).collect())
    }

    /// Reads the records marked for it; one that is not there any more is gone.
    async fn look_one_by_one(&self, session: &Session, holder: &Holder) -> Result<(), Stop> {
        let mut conn = self.0.db.read().await?;
        let dirty = kept::dirty(&mut conn, &session.key, ONE_BY_ONE).await?;
        drop(conn);
        for (id, kind) in dirty {
            self.look_at(session, holder, (&kind, id), By::default()).await?;
        }
        Ok(())
    }

    /// Reads one record; `by` is who made what is new about it, as far as that is known.
    pub(crate) async fn look_at(
        &self,
        session: &Session,
        holder: &Holder,
        (kind, id): (&str, i64),
        by: By,
    ) -> Result<(), Stop> {
        let asked_at = ids::now_ms();
        let found = match scopes::one(&session.account, kind, id) {
            None => Found::Unknown,
            Some(operation) => {
                let call = session.account.run(operation, |answer| answer.json::<Value>());
                match session.attempt(call.boxed()).await {
                    Ok(value) => Found::There(value),
                    Err(Attempt::Failed(error)) if error.http_status() == Some(404) => Found::Gone,
                    Err(Attempt::Failed(error)) if is_ours_to_leave(&error) => Found::Unknown,
                    Err(attempt) => return Err(stop(session, attempt).await),
                }
            }
        };
        let (key, holder) = (session.key.clone(), holder.clone());
        let kept: Result<bool, StoreError> = self
            .0
            .db
            .write(move |conn| {
                Box::pin(async move {
                    if !mirror_sync::renew(conn, &key, &holder, 1).await? {
                        return Ok(false);
                    }
                    keep(conn, &key, (id, asked_at), found, by).await?;
                    Ok(true)
                })
            })
            .await;
        if kept? { Ok(()) } else { Err(Stop::Lost) }
    }
}

/// What a look at one record found.
enum Found {
    There(Value),
    Gone,
    /// It cannot be looked at like this.
    Unknown,
}

async fn keep(
    conn: &mut Conn,
    key: &Key,
    (id, asked_at): (i64, i64),
    found: Found,
    by: By,
) -> Result<(), StoreError> {
    match found {
        Found::Gone => kept::bury(conn, key, id).await,
        Found::Unknown => kept::leave(conn, key, id).await,
        Found::There(value) => {
            let reading = Reading { run: 0, asked_at, is_ours: false };
            mirror::Batch::new(vec![value]).by(by).store(conn, key, reading).await?;
            kept::leave(conn, key, id).await
        }
    }
}

/// An answer that will be the same the next time.
pub(crate) fn is_ours_to_leave(error: &basecamp_sdk::Error) -> bool {
    matches!(error.http_status(), Some(400 | 403 | 404 | 409 | 410 | 422 | 501 | 302))
}

/// How long until something is due.
fn pause(scopes: &[ScopeRow], most: Duration) -> Duration {
    let next = scopes.iter().map(|it| it.due_at).min().unwrap_or_default();
    let left = u64::try_from(next - ids::now_ms()).unwrap_or_default();
    Duration::from_millis(left).min(most)
}

fn change(key: &Key) -> Change {
    let (workspace, connection) = (key.workspace.clone(), key.connection.as_str());
    Change::unrecorded(workspace, Topic::Connector, connection)
}

/// The sync acts for nobody: it only reads, and what it reads is shown by each reader's own rights.
pub(crate) fn sync_actor(row: &Connection) -> Actor {
    Actor {
        user: "system".into(),
        name: "PM OS".into(),
        workspace: row.workspace_id.as_str().into(),
        role: Role::Viewer,
        via: Via::System,
        request_id: ids::fresh(),
        ip: None,
    }
}
