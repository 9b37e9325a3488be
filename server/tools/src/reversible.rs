//! What may be taken back, for the places that offer it: the trace, a decided approval, what happened lately.

use crate::catalog;
use crate::planned;
use crate::tools::Tools;
use crate::undo::may_undo;
use domain::actor::{Actor, Permission};
use domain::ids::OperationId;
use domain::problem::Problem;
use domain::undo::Reversible;
use store::db::Conn;
use store::operations::{self, OperationRow};

/// How many of the newest writes are looked at for what happened lately.
const LOOKED_AT: i64 = 50;

/// A write that the person may take back now.
#[derive(Clone, Debug)]
pub struct Lately {
    /// As it is offered.
    pub undo: Reversible,
    /// The tool.
    pub tool: &'static str,
    /// What that does, as a command: `Complete a to-do`.
    pub title: &'static str,
    /// What it changed, by name; empty where nobody knows.
    pub target: String,
    /// Who did it.
    pub who: String,
    /// The person who looks did it.
    pub is_own: bool,
    /// Epoch milliseconds.
    pub at_ms: i64,
}

impl Tools {
    /// The newest writes since `since_ms` that `actor` may take back, newest first: their own, and everybody's for those
    /// who manage the workspace.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn reversible_lately(
        &self,
        actor: &Actor,
        since_ms: i64,
    ) -> Result<Vec<Lately>, Problem> {
        if actor.require(Permission::Write).is_err() {
            return Ok(Vec::new());
        }
        let mut conn = self.db.read().await?;
        let span = (since_ms, LOOKED_AT);
        let rows = operations::reversible(&mut conn, &actor.workspace, span).await?;
        Ok(rows.into_iter().filter_map(|row| lately(actor, row)).collect())
    }
}

/// Why a write of this tool can never be taken back, where that is known before it is done.
pub fn why_never(tool: &str) -> Option<&'static str> {
    planned::why_never(tool)
}

fn lately(actor: &Actor, row: OperationRow) -> Option<Lately> {
    let undo = offered(actor, &row).filter(|it| !it.is_undone)?;
    let spec = catalog::named(&row.tool)?;
    Some(Lately {
        undo,
        tool: spec.name,
        title: spec.title,
        is_own: row.user_id == actor.user.as_str(),
        target: row.target.unwrap_or_default(),
        who: row.actor,
        at_ms: row.created_at,
    })
}

/// Of the writes `ids`, those that `actor` may take back now, and those that were.
///
/// # Errors
/// When the database does not answer.
pub async fn of(
    conn: &mut Conn,
    actor: &Actor,
    ids: impl IntoIterator<Item = OperationId>,
) -> Result<Vec<Reversible>, Problem> {
    let mut found = Vec::new();
    for id in ids {
        let row = operations::find(conn, &actor.workspace, &id).await?;
        found.extend(row.and_then(|it| offered(actor, &it)));
    }
    Ok(found)
}

fn offered(actor: &Actor, row: &OperationRow) -> Option<Reversible> {
    let is_undone = row.undone_at.is_some();
    if !is_undone && !may_undo(actor, row) {
        return None;
    }
    let did = catalog::named(&row.tool).map_or(row.tool.as_str(), |it| it.title);
    let label = match row.target.as_deref().filter(|it| !it.is_empty()) {
        Some(target) => format!("{did}, “{target}”"),
        None => did.to_owned(),
    };
    Some(Reversible { operation: OperationId::from(row.id.as_str()), label, is_undone })
}
