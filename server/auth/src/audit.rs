//! Reading the audit log: one row per outcome of everything that matters, newest first.

use crate::auth::Auth;
use domain::actor::{Actor, Permission};
use domain::audit::{AuditCheck, AuditHead};
use domain::event::{AuditFilter, AuditPage, Event, EventKind, StoredEvent};
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use serde_json::json;
use store::chain::{self, Chain, Head};
use store::db::{Conn, Db};
use store::events;

const ROWS: i64 = 50;
const ROWS_MAX: i64 = 200;
/// Rows of an export that are read at once.
const EXPORT_ROWS: i64 = 500;

/// An export under way: the rows that were there when it began, newest first, a part at a time.
pub struct AuditExport {
    db: Db,
    workspace: WorkspaceId,
    is_whole: bool,
    /// What comes next; none after the last.
    left: Option<AuditFilter>,
}

impl AuditExport {
    /// The next rows; none after the last.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn next(&mut self) -> Result<Option<Vec<StoredEvent>>, Problem> {
        let Some(filter) = &self.left else { return Ok(None) };
        let mut conn = self.db.read().await?;
        let rows = rows(&mut conn, &self.workspace, filter, self.is_whole).await?;
        let before = rows.last().map(|it| it.seq);
        self.left = before.map(|it| AuditFilter { before: Some(it), ..filter.clone() });
        Ok(before.map(|_| rows))
    }
}

impl Auth {
    /// The audit log of the workspace. A limit of 0 is the default of 50; 200 is the most.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without manage.
    pub async fn audit(&self, actor: &Actor, filter: &AuditFilter) -> Result<AuditPage, Problem> {
        self.authorise(actor, Permission::Manage, "audit log").await?;
        let limit = if filter.limit > 0 { filter.limit.min(ROWS_MAX) } else { ROWS };
        let wider = AuditFilter { limit: limit + 1, ..filter.clone() };
        let mut conn = self.db.read().await?;
        let is_whole = actor.role.can(Permission::Platform);
        let mut rows = rows(&mut conn, &actor.workspace, &wider, is_whole).await?;
        let shown = usize::try_from(limit).unwrap_or_default();
        let has_more = rows.len() > shown;
        rows.truncate(shown);
        let next = rows.last().map(|it| it.seq).filter(|_| has_more);
        Ok(AuditPage { events: rows, next })
    }

    /// Reads every event of the workspace and compares it with its hash (`store::chain`). `kept` is a head that somebody
    /// kept elsewhere; with it an end that was cut off shows too.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without manage.
    pub async fn verify_audit(&self, actor: &Actor, kept: Option<&Head>) -> Result<Chain, Problem> {
        self.authorise(actor, Permission::Manage, "audit log").await?;
        let mut conn = self.db.read().await?;
        Ok(chain::verify(&mut conn, &actor.workspace, kept).await?)
    }

    /// The same in words for people: `kept` is a line that they kept elsewhere, "NUMBER HASH" or what `pmos audit head`
    /// prints; empty without one.
    ///
    /// # Errors
    /// As [`Self::verify_audit`]; [`Problem::Invalid`] for `kept` that is no such line, or is of another workspace.
    pub async fn check_audit(&self, actor: &Actor, kept: &str) -> Result<AuditCheck, Problem> {
        let head = match kept.split_whitespace().collect::<Vec<_>>().as_slice() {
            [] => None,
            [seq, hash] => Some(head(seq, hash)?),
            [workspace, seq, hash] if *workspace == actor.workspace.as_str() => {
                Some(head(seq, hash)?)
            }
            [_, _, _] => {
                let words = "This line is of another workspace";
                return Err(Problem::invalid("kept", words));
            }
            _ => return Err(not_a_line()),
        };
        let found = self.verify_audit(actor, head.as_ref()).await?;
        Ok(AuditCheck {
            events: found.events,
            without_hash: found.older,
            first_broken: found.broken,
            is_compared: head.is_some(),
            head: AuditHead { seq: found.head.seq, hash: found.head.hash },
        })
    }

    /// Begins to export what `filter` finds, whatever its limit and its cursor; the log says so. `format` is what the file
    /// will be, for that row.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without manage.
    pub async fn export_audit(
        &self,
        actor: &Actor,
        filter: &AuditFilter,
        format: &str,
    ) -> Result<AuditExport, Problem> {
        self.authorise(actor, Permission::Manage, "audit log").await?;
        let detail = json!({
            "format": format, "action": filter.action, "actor": filter.actor, "outcome": filter.outcome,
            "fromMs": filter.from_ms, "toMs": filter.to_ms,
        });
        let event = Event::new(EventKind::AuditExported, &actor.workspace, "Audit log");
        let (by, event) = (actor.clone(), event.with(detail));
        let write = self
            .db
            .write(move |conn| Box::pin(async move { events::record(conn, &by, &event).await }));
        let exported = write.await?;
        // Its own row is not in it: the file ends where it began.
        let all = AuditFilter { before: Some(exported), limit: EXPORT_ROWS, ..filter.clone() };
        Ok(AuditExport {
            db: self.db.clone(),
            workspace: actor.workspace.clone(),
            is_whole: actor.role.can(Permission::Platform),
            left: Some(all),
        })
    }
}

/// Rows as a person may see them: what super admins did for the whole installation is for super admins.
async fn rows(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    filter: &AuditFilter,
    is_whole: bool,
) -> Result<Vec<StoredEvent>, Problem> {
    Ok(match is_whole {
        true => events::whole_audit(conn, workspace, filter).await?,
        false => events::audit(conn, workspace, filter).await?,
    })
}

fn head(seq: &str, hash: &str) -> Result<Head, Problem> {
    let seq = seq.parse().map_err(|_| not_a_line())?;
    Ok(Head { seq, hash: hash.to_owned() })
}

fn not_a_line() -> Problem {
    Problem::invalid("kept", "Give a number and a hash, as they stood here before")
}
