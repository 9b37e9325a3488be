//! The end of a walk: whether it was whole, what is missing since, and when the next one begins.

use crate::hours;
use crate::scopes::{self, Scope, What};
use store::db::Conn;
use store::error::StoreError;
use store::ids;
use store::mirror::Key;
use store::mirror_lookups as lookups;
use store::mirror_scopes::{self, ScopeRow, Walked};

/// A walk that comes out short begins again this often.
const ATTEMPTS: i64 = 2;
/// Up to so many records a whole walk is cheap.
const FEW: i64 = 1_000;
/// Between whole walks because counts differ: of few records, and of many. What was only archived or trashed is found
/// by the looks at those, which come first.
const GAPS_MS: (i64, i64) = (30_000, 24 * 3_600_000);

/// The end of a walk of the connection of `person`.
///
/// A client is not shown everything that is in their projects, so what their walk does not meet says nothing, and
/// what Basecamp counts for them is not what colleagues' connections have read.
pub(crate) async fn finish(
    conn: &mut Conn,
    (key, person): (&Key, i64),
    scope: Scope,
    row: ScopeRow,
    (pause, whole): (i64, i64),
) -> Result<ScopeRow, StoreError> {
    let now = ids::now_ms();
    let done = ScopeRow { pages: 0, attempt: 0, due_at: now + pause, ..row.clone() };
    let sees_all = matches!(scope.what, What::Projects | What::People)
        || !lookups::is_client(conn, key, person).await?;
    if row.mode == "delta" && scope.what == What::Hours {
        // A look at hours meets every one of its months.
        if sees_all {
            settle(conn, key, scope, &row).await?;
        }
        let is_due = now - row.full_at.unwrap_or_default() >= whole;
        let mode = if is_due { "full" } else { "delta" }.to_owned();
        let due_at = if is_due { now } else { now + pause };
        return Ok(ScopeRow { mode, due_at, checked_at: Some(row.run), ..done });
    }
    if row.mode == "delta" {
        let full_at = row.full_at.unwrap_or_default();
        let counted = count(conn, key, scope, 0).await?;
        let is_off = sees_all && row.total.is_some_and(|it| it != counted);
        let gap = if counted <= FEW { GAPS_MS.0 } else { GAPS_MS.1 };
        if is_off && counted > FEW {
            look_aside(conn, key, scope).await?;
        }
        let is_due = now - full_at >= whole || (is_off && now - full_at >= gap);
        if is_off && is_due {
            mirror_scopes::hurry_scope(conn, key, &row.scope).await?;
        }
        let mode = if is_due { "full" } else { "delta" }.to_owned();
        let due_at = if is_due { now } else { now + pause };
        let (watermark, checked_at) = (row.newest, Some(row.run));
        return Ok(ScopeRow { mode, due_at, watermark, checked_at, ..done });
    }
    let counted =
        if scope.has_places() { row.seen } else { count(conn, key, scope, row.run).await? };
    let is_short = row.total.is_some_and(|it| counted < it);
    if is_short && row.attempt < ATTEMPTS {
        // Something moved between pages while we walked: once more, and what was met counts.
        return Ok(ScopeRow { pages: 0, seen: 0, attempt: row.attempt + 1, due_at: now, ..row });
    }
    if !is_short && sees_all {
        settle(conn, key, scope, &row).await?;
    }
    let mode =
        if let What::Records(_) | What::Hours = scope.what { "delta" } else { "full" }.to_owned();
    Ok(ScopeRow {
        mode,
        seen: counted,
        watermark: row.newest,
        filled_at: row.filled_at.or(Some(now)),
        full_at: Some(row.run),
        checked_at: Some(row.run),
        ..done
    })
}

/// The scope at the end of a walk: what was heard of it before the walk began has been met, and what was heard since
/// is looked for at once. A walk that begins again has not ended.
pub(crate) async fn heard(
    conn: &mut Conn,
    key: &Key,
    row: ScopeRow,
) -> Result<ScopeRow, StoreError> {
    if row.attempt > 0 {
        return Ok(row);
    }
    let has_more = mirror_scopes::catch_up(conn, key, &row.scope, row.run).await?;
    Ok(if has_more { ScopeRow { due_at: 0, ..row } } else { row })
}

/// A record that is missed may only have been put aside: that is looked at next.
async fn look_aside(conn: &mut Conn, key: &Key, scope: Scope) -> Result<(), StoreError> {
    for status in ["archived", "trashed"] {
        let name = Scope { status, ..scope }.name();
        mirror_scopes::hurry_scope(conn, key, &name).await?;
    }
    Ok(())
}

fn walked(scope: Scope, kind: &'static str) -> Walked<'static> {
    let projects = if let What::Aside(_) = scope.what { "archived" } else { "active" };
    Walked { kind, status: scope.status, projects, since: "" }
}

async fn count(conn: &mut Conn, key: &Key, scope: Scope, run: i64) -> Result<i64, StoreError> {
    match scope.what {
        What::Projects => mirror_scopes::count_projects(conn, key, scope.status, run).await,
        What::People => mirror_scopes::count_people(conn, key, run).await,
        _ => {
            let mut counted = 0;
            for kind in scope.kinds() {
                counted += mirror_scopes::count(conn, key, walked(scope, kind), run).await?;
            }
            Ok(counted)
        }
    }
}

async fn settle(
    conn: &mut Conn,
    key: &Key,
    scope: Scope,
    row: &ScopeRow,
) -> Result<(), StoreError> {
    let run = row.run;
    match scope.what {
        What::Projects => {
            let hidden = mirror_scopes::hide_projects(conn, key, scope.status, run).await?;
            if hidden > 0 && scope.status == "active" {
                // Most likely somebody put them aside.
                let aside = Scope { status: "archived", ..scope };
                mirror_scopes::hurry_scope(conn, key, &aside.name()).await?;
            }
        }
        What::People => mirror_scopes::hide_people(conn, key, run).await?,
        What::Inside(nest) if !nest.is_whole() => {}
        What::Hours => {
            let since = hours::since(&row.mode);
            let walked = Walked { since: &since, ..walked(scope, scopes::HOURS) };
            mirror_scopes::settle(conn, key, walked, run).await?;
        }
        _ => {
            for kind in scope.kinds() {
                mirror_scopes::settle(conn, key, walked(scope, kind), run).await?;
            }
        }
    }
    Ok(())
}
