//! The numbers of telemetry: for super admins of every workspace, for other admins of their own.

use crate::{Backend, about};
use domain::actor::{Actor, Permission};
use domain::flow::run::RunStatus;
use domain::problem::Problem;
use domain::telemetry::{
    AnswerSlot, AppNumbers, AppUse, ModelUse, Range, RunSlot, Service, Telemetry, within,
};
use domain::words::count;
use flow::apps::Scope;
use std::collections::BTreeMap;
use std::time::Instant;
use store::db::Conn;
use store::ids::rfc3339;
use store::{installation, request_counts, run_counts};

/// Causes of failures shown.
const CAUSES: i64 = 6;

impl Backend {
    /// The numbers of `range`, of all workspaces when a super admin asks, of the own one for other admins.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without manage.
    pub async fn telemetry(&self, actor: &Actor, range: Range) -> Result<Telemetry, Problem> {
        self.auth.authorise(actor, Permission::Manage, "telemetry").await?;
        let is_all = actor.role.can(Permission::Platform);
        // What this node counted last belongs to it.
        self.meter.store().await?;
        let now_ms = store::ids::now_ms();
        let (from_ms, part) = (range.from_ms(now_ms), range.slot_ms());
        let workspace = if is_all { "" } else { actor.workspace.as_str() };
        let scope = Scope { is_all, from_ms, to_ms: i64::MAX };
        let apps = self.app_numbers(actor, scope).await?;
        let mut conn = self.db.read().await?;
        let runs = run_counts::by_part(&mut conn, workspace, (from_ms, part)).await?;
        let answers = request_counts::since(&mut conn, workspace, (from_ms, part)).await?;
        let (queued, paused) = run_counts::waiting(&mut conn, workspace).await?;
        let month: String = rfc3339(now_ms).chars().take(7).collect();
        let models = run_counts::models(&mut conn, workspace, &month).await?;
        let model =
            |(model, input, output, cost_micros)| ModelUse { model, input, output, cost_micros };
        let numbers = Telemetry {
            range,
            is_all,
            from_ms,
            runs: runs_of(&runs, range),
            answers: answers_of(&answers, range),
            all_answers: sum_of(answers.iter()),
            changes: run_counts::changes(&mut conn, workspace, from_ms).await?,
            queued,
            paused,
            models: models.into_iter().map(model).collect(),
            causes: run_counts::causes(&mut conn, workspace, from_ms, CAUSES).await?,
            apps,
            services: if is_all { self.services(&mut conn).await? } else { Vec::new() },
        };
        Ok(numbers)
    }

    /// How runs of apps went, by the audit log.
    async fn app_numbers(&self, actor: &Actor, scope: Scope) -> Result<AppNumbers, Problem> {
        let all = self.apps.platform(actor, scope).await?;
        let found = self.apps.top_apps(actor, scope).await?;
        let mut conn = self.db.read().await?;
        let mut top = Vec::new();
        for it in found {
            let known = store::apps::find(&mut conn, &it.app_id).await?;
            top.push(AppUse {
                name: known.map_or(it.app_id, |app| app.name),
                runs: it.execution_count,
                failed: it.failure_count,
            });
        }
        Ok(AppNumbers {
            runs: all.total_executions,
            failed: all.failed_executions,
            typical_ms: all.median_execution_ms,
            slow_ms: all.p95_execution_ms,
            top,
        })
    }

    /// Parts of the server and how each does.
    async fn services(&self, conn: &mut Conn) -> Result<Vec<Service>, Problem> {
        let started = Instant::now();
        let bytes = installation::bytes(conn).await?;
        let took = started.elapsed().as_millis();
        let Some(census) = installation::census(conn).await? else { return Ok(Vec::new()) };
        let up_for = lasting(store::ids::now_ms() - self.started_at_ms);
        let kind = if self.db.is_shared() { "PostgreSQL" } else { "SQLite" };
        let is_open = self.basecamp.circuit().open_for.is_some();
        let service = |name: &str, detail: String, is_well: bool| Service {
            name: name.to_owned(),
            detail,
            is_well,
        };
        let (running, queued) = (census.running, census.queued);
        let (connections, troubled) = (census.connections, census.troubled);
        Ok(vec![
            service("App", format!("{} ({}), up for {up_for}", about::VERSION, about::BUILD), true),
            service(
                "Flow engine",
                format!("Built-in, {running} running, {queued} waiting for a worker"),
                true,
            ),
            service(
                "Database",
                format!("{kind}, {}, answered in {took} ms", crate::shell::size(bytes)),
                true,
            ),
            service(
                "Basecamp reading",
                format!(
                    "{}, {troubled} in trouble, {} so far",
                    count(connections, "connection", "connections"),
                    count(census.sync_calls, "request", "requests")
                ),
                troubled == 0 && !is_open,
            ),
        ])
    }
}

/// One more than what is there is the next part; anything outside the range is left out.
fn part_of(at: i64, range: Range) -> Option<usize> {
    usize::try_from(at).ok().filter(|_| at < range.slots())
}

fn runs_of(rows: &[(i64, String, i64)], range: Range) -> Vec<RunSlot> {
    let mut slots: Vec<RunSlot> = (0..range.slots()).map(|_| RunSlot::default()).collect();
    for (at, status, count) in rows {
        let Some(slot) = part_of(*at, range).and_then(|at| slots.get_mut(at)) else { continue };
        match RunStatus::parse(status) {
            Some(RunStatus::Succeeded | RunStatus::Canceled) => slot.finished += count,
            Some(RunStatus::Queued | RunStatus::Running | RunStatus::Paused) => {
                slot.waiting += count
            }
            _ => slot.failed += count,
        }
    }
    slots
}

/// Number of the part, bucket, requests, refused, failed.
type AnswerRow = (i64, i64, i64, i64, i64);

fn answers_of(rows: &[AnswerRow], range: Range) -> Vec<AnswerSlot> {
    let mut parts: BTreeMap<i64, Vec<&AnswerRow>> = BTreeMap::new();
    for row in rows {
        parts.entry(row.0).or_default().push(row);
    }
    let slot = |at| parts.get(&at).map(|rows| sum_of(rows.iter().copied())).unwrap_or_default();
    (0..range.slots()).map(slot).collect()
}

fn sum_of<'a>(rows: impl Iterator<Item = &'a AnswerRow>) -> AnswerSlot {
    let mut sum = AnswerSlot::default();
    let mut ends = Vec::new();
    for (_, bucket, requests, refused, failed) in rows {
        sum.requests += requests;
        sum.refused += refused;
        sum.failed += failed;
        ends.push((*bucket, *requests));
    }
    AnswerSlot { typical_ms: within(&ends, 50), slow_ms: within(&ends, 95), ..sum }
}

/// "4 hours": how long something has lasted, in the largest unit that says enough.
fn lasting(ms: i64) -> String {
    let minutes = ms.max(0) / 60_000;
    match minutes {
        ..120 => count(minutes, "minute", "minutes"),
        120..2880 => count(minutes / 60, "hour", "hours"),
        _ => count(minutes / 1440, "day", "days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_it_runs_is_said_in_words() {
        let said = [60_000, 90 * 60_000, 5 * 3_600_000, 3 * 86_400_000].map(lasting);
        assert_eq!(said, ["1 minute", "90 minutes", "5 hours", "3 days"]);
    }

    #[test]
    fn parts_hold_their_own_numbers_and_the_whole_all() {
        let rows = [(0, 10, 3, 1, 0), (0, 100, 1, 0, 1), (23, 20, 4, 0, 0), (99, 5, 7, 0, 0)];
        let parts = answers_of(&rows, Range::Day);
        assert_eq!(parts.len(), 24);
        assert_eq!((parts[0].requests, parts[0].refused, parts[0].failed), (4, 1, 1));
        assert_eq!((parts[0].typical_ms, parts[0].slow_ms), (Some(10), Some(100)));
        assert_eq!((parts[1].requests, parts[23].typical_ms), (0, Some(20)));
        let word = |it: &str| it.to_owned();
        let runs = [(0, word("SUCCEEDED"), 2), (0, word("TIMEOUT"), 1), (5, word("PAUSED"), 3)];
        let runs = runs_of(&runs, Range::Day);
        assert_eq!(runs[0], RunSlot { finished: 2, waiting: 0, failed: 1 });
        assert_eq!(runs[5].waiting, 3);
    }
}
