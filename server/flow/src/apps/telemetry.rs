//! Numbers over the audit rows of apps. What was only queued is left out: its end has a row of its own.

use crate::apps::Apps;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use store::app_runs;

/// Apps in the list of the most used.
const TOP: usize = 10;

/// Which rows are counted.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// Every workspace; for super admins.
    pub is_all: bool,
    /// Epoch milliseconds, inclusive.
    pub from_ms: i64,
    /// Epoch milliseconds, exclusive.
    pub to_ms: i64,
}

impl Default for Scope {
    fn default() -> Self {
        Self { is_all: false, from_ms: i64::MIN, to_ms: i64::MAX }
    }
}

/// How runs of apps went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Platform {
    /// All.
    pub total_executions: usize,
    /// That went well.
    pub successful_executions: usize,
    /// That did not, refusals included.
    pub failed_executions: usize,
    /// Percent of all that went well; 0 without any.
    pub success_rate: f64,
    /// Half of those that went well took less, milliseconds.
    pub median_execution_ms: i64,
    /// 95 % took less.
    #[serde(rename = "p95ExecutionMs")]
    pub p95_execution_ms: i64,
    /// 99 % took less.
    #[serde(rename = "p99ExecutionMs")]
    pub p99_execution_ms: i64,
}

/// How runs of one app went.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TopApp {
    /// The app.
    pub app_id: String,
    /// All.
    pub execution_count: usize,
    /// That went well.
    pub success_count: usize,
    /// That did not.
    pub failure_count: usize,
    /// Percent that went well.
    pub success_rate: f64,
}

/// One row that counts.
struct Execution {
    app: String,
    is_success: bool,
    took_ms: i64,
}

impl Apps {
    /// How runs of apps went.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without manage, and for every workspace without being super admin.
    pub async fn platform(&self, actor: &Actor, scope: Scope) -> Result<Platform, Problem> {
        let rows = self.executions(actor, scope).await?;
        let successes = rows.iter().filter(|it| it.is_success).count();
        let mut times: Vec<i64> =
            rows.iter().filter(|it| it.is_success).map(|it| it.took_ms).collect();
        times.sort_unstable();
        Ok(Platform {
            total_executions: rows.len(),
            successful_executions: successes,
            failed_executions: rows.len() - successes,
            success_rate: percent(successes, rows.len()),
            median_execution_ms: share(&times, 50),
            p95_execution_ms: share(&times, 95),
            p99_execution_ms: share(&times, 99),
        })
    }

    /// The apps that were run most, ten at most.
    ///
    /// # Errors
    /// As [`Apps::platform`].
    pub async fn top_apps(&self, actor: &Actor, scope: Scope) -> Result<Vec<TopApp>, Problem> {
        let mut by_app: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for row in self.executions(actor, scope).await? {
            let count = by_app.entry(row.app).or_default();
            count.0 += 1;
            count.1 += usize::from(row.is_success);
        }
        let mut all: Vec<TopApp> = by_app
            .into_iter()
            .map(|(app_id, (all, good))| TopApp {
                app_id,
                execution_count: all,
                success_count: good,
                failure_count: all - good,
                success_rate: percent(good, all),
            })
            .collect();
        all.sort_by_key(|it| std::cmp::Reverse(it.execution_count));
        all.truncate(TOP);
        Ok(all)
    }

    /// How many of those that went well took how long.
    ///
    /// # Errors
    /// As [`Apps::platform`].
    pub async fn distribution(&self, actor: &Actor, scope: Scope) -> Result<Value, Problem> {
        let rows = self.executions(actor, scope).await?;
        let many = |from_ms: i64, to_ms: i64| {
            let fits = |it: &&Execution| it.is_success && (from_ms..to_ms).contains(&it.took_ms);
            rows.iter().filter(fits).count()
        };
        let spans = [
            ("<1s", 0, 1_000),
            ("1-2s", 1_000, 2_000),
            ("2-5s", 2_000, 5_000),
            ("5-10s", 5_000, 10_000),
            (">10s", 10_000, i64::MAX),
        ];
        let counted: Map<String, Value> =
            spans.iter().map(|it| (it.0.to_owned(), json!(many(it.1, it.2)))).collect();
        Ok(Value::Object(counted))
    }

    async fn executions(&self, actor: &Actor, scope: Scope) -> Result<Vec<Execution>, Problem> {
        actor.require(Permission::Manage)?;
        if scope.is_all {
            actor.require(Permission::Platform)?;
        }
        let mut conn = self.runs.engine.db.read().await?;
        let workspace = (!scope.is_all).then_some(&actor.workspace);
        let span = (scope.from_ms, scope.to_ms);
        let rows = app_runs::executions(&mut conn, workspace, span).await?;
        Ok(rows.iter().filter_map(execution).collect())
    }
}

fn execution(detail: &Value) -> Option<Execution> {
    let status = detail["executionStatus"].as_str()?;
    (status != "queued").then(|| Execution {
        app: detail["templateId"].as_str().unwrap_or_default().to_owned(),
        is_success: status == "success",
        took_ms: detail["executionTimeMs"].as_i64().unwrap_or_default(),
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows fit exactly")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 10_000.0).round() / 100.0 }
}

/// What so many percent of the sorted `times` stay within; 0 without any.
pub(crate) fn share(times: &[i64], percent: usize) -> i64 {
    let rank = (times.len() * percent).div_ceil(100).max(1);
    times.get(rank - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_times_that_were_measured() {
        let times: Vec<i64> = (1..=100).collect();
        assert_eq!([50, 95, 99].map(|it| share(&times, it)), [50, 95, 99]);
        assert_eq!((share(&[7], 99), share(&[], 50), share(&[1, 9], 50)), (7, 0, 1));
        assert!((percent(1, 3) - 33.33).abs() < 1e-9);
    }
}
