//! Failed runs of the workspace the super admin is in, and starting them again.

use crate::Backend;
use crate::shell::commands::{Options, Ran};
use domain::actor::Actor;
use domain::flow::listing::RunFilter;
use domain::flow::run::{LIVE, Retry, Run, RunStatus};
use domain::problem::Problem;
use std::collections::BTreeMap;
use store::ids::rfc3339;
use store::shell;

const FAILED: [RunStatus; 5] = [
    RunStatus::Failed,
    RunStatus::Timeout,
    RunStatus::InternalError,
    RunStatus::QuotaExceeded,
    RunStatus::MemoryLimitExceeded,
];
const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;
/// Runs looked at, at most.
const MOST: usize = 500;
const WRONG_TIME: &str = "Give --since a time of today such as 06:00, or 30m, 2h or 3d";

/// Lists them.
pub(crate) async fn failed(
    backend: &Backend,
    actor: &Actor,
    options: &Options,
) -> Result<Ran, Problem> {
    let Some(since) = since(backend, actor, options).await? else {
        return Ok(Ran::wrong(WRONG_TIME.to_owned()));
    };
    let runs = all(backend, actor, since).await?;
    if runs.is_empty() {
        return Ok(Ran::good(format!("No run failed since {}", rfc3339(since))));
    }
    let line = |it: &Run| {
        let step = it.failed_step.as_ref().map_or("", |it| it.display_name.as_str());
        format!("{}  {}  {}  “{}”  {step}", it.created, it.id, it.status.as_str(), it.flow_name)
    };
    Ok(Ran::good(runs.iter().map(line).collect::<Vec<_>>().join("\n")))
}

/// Starts them again from the step that failed, each once.
pub(crate) async fn rerun(
    backend: &Backend,
    actor: &Actor,
    options: &Options,
) -> Result<Ran, Problem> {
    if !options.failed {
        return Ok(Ran::wrong(
            "Say which: --failed. One run is tried again on its page".to_owned(),
        ));
    }
    let Some(since) = since(backend, actor, options).await? else {
        return Ok(Ran::wrong(WRONG_TIME.to_owned()));
    };
    let mut waiting = Vec::new();
    for run in all(backend, actor, since).await? {
        let mut conn = backend.db.read().await?;
        if !shell::was_rerun(&mut conn, &actor.workspace, &run.id).await? {
            waiting.push(run);
        }
    }
    if options.dry_run {
        let note = "Nothing was changed. Leave out --dry-run to start them.";
        let told = counted(&waiting, "would start again");
        return Ok(Ran::good(format!("{told}\n{note}")));
    }
    let (mut started, mut refused) = (Vec::new(), Vec::new());
    for run in waiting {
        match start(backend, actor, &run).await {
            Ok(true) => started.push(run),
            Ok(false) => {}
            Err(limited @ Problem::RateLimited { .. }) => {
                refused.push(format!("Stopped there: {limited}"));
                break;
            }
            Err(problem) => refused.push(format!("{} was not started: {problem}", run.id)),
        }
    }
    let mut lines = vec![counted(&started, "started again")];
    let exit_code = i32::from(!refused.is_empty());
    lines.append(&mut refused);
    Ok(Ran { output: lines.join("\n"), exit_code })
}

/// Starts one again; false when somebody else did meanwhile.
async fn start(backend: &Backend, actor: &Actor, run: &Run) -> Result<bool, Problem> {
    let (workspace, id) = (actor.workspace.clone(), run.id.clone());
    let now_ms = backend.auth.clock().now_ms();
    let claimed: Result<bool, Problem> = backend
        .db
        .write(move |conn| {
            Box::pin(async move { Ok(shell::claim_rerun(conn, &workspace, &id, now_ms).await?) })
        })
        .await;
    if !claimed? {
        return Ok(false);
    }
    let Err(problem) = backend.runs.retry(actor, &run.id, Retry::FromFailedStep).await else {
        return Ok(true);
    };
    let (workspace, id) = (actor.workspace.clone(), run.id.clone());
    let released: Result<(), Problem> = backend
        .db
        .write(move |conn| {
            Box::pin(async move { Ok(shell::release_rerun(conn, &workspace, &id).await?) })
        })
        .await;
    released?;
    Err(problem)
}

/// How many of which flow.
fn counted(runs: &[Run], what: &str) -> String {
    let mut by_flow: BTreeMap<&str, usize> = BTreeMap::new();
    for run in runs {
        *by_flow.entry(&run.flow_name).or_default() += 1;
    }
    if by_flow.is_empty() {
        return format!("0 runs {what}");
    }
    let line = |(flow, count): (&&str, &usize)| {
        let runs = if *count == 1 { "run" } else { "runs" };
        format!("{count} {runs} of “{flow}” {what}")
    };
    by_flow.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Failed runs of published flows created since then, newest first.
async fn all(backend: &Backend, actor: &Actor, since: i64) -> Result<Vec<Run>, Problem> {
    let since = rfc3339(since);
    let mut filter =
        RunFilter { status: FAILED.to_vec(), limit: Some(100), ..RunFilter::default() };
    let mut found = Vec::new();
    loop {
        let page = backend.runs.list(actor, &filter).await?;
        let is_last = page.next.is_none() || page.data.iter().any(|it| it.created < since);
        let fits = |it: &Run| it.created >= since && it.environment == LIVE;
        found.extend(page.data.into_iter().filter(fits));
        if is_last || found.len() >= MOST {
            return Ok(found);
        }
        filter.cursor = page.next;
    }
}

/// The moment `--since` names, in the time zone of the workspace; a day ago when it is absent, none when it is wrong.
async fn since(
    backend: &Backend,
    actor: &Actor,
    options: &Options,
) -> Result<Option<i64>, Problem> {
    let clock = backend.auth.clock();
    let zone = backend.auth.workspace(actor).await?.timezone;
    let ahead_ms = i64::from(clock.offset_minutes(&zone)) * MINUTE_MS;
    Ok(moment(options.since.as_deref(), clock.now_ms(), ahead_ms))
}

fn moment(text: Option<&str>, now_ms: i64, ahead_ms: i64) -> Option<i64> {
    let Some(text) = text else { return Some(now_ms - DAY_MS) };
    if let Some((hours, minutes)) = text.split_once(':') {
        let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
        let is_time = (0..24).contains(&hours) && (0..60).contains(&minutes);
        let midnight = (now_ms + ahead_ms).div_euclid(DAY_MS) * DAY_MS - ahead_ms;
        return is_time.then_some(midnight + (hours * 60 + minutes) * MINUTE_MS);
    }
    let unit = match text.chars().last()? {
        'm' => MINUTE_MS,
        'h' => 60 * MINUTE_MS,
        'd' => DAY_MS,
        _ => return None,
    };
    let count: i64 = text.get(..text.len() - 1)?.parse().ok()?;
    (1..=366).contains(&count).then(|| now_ms - count * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-02-18, 09:46 in UTC.
    const NOW: i64 = 1_771_407_960_000;

    #[test]
    fn a_time_is_of_today_in_the_workspace() {
        let at = |text, ahead: i64| moment(Some(text), NOW, ahead * 60 * MINUTE_MS).map(rfc3339);
        assert_eq!(at("06:00", 0).as_deref(), Some("2026-02-18T06:00:00.000Z"));
        assert_eq!(at("06:00", 2).as_deref(), Some("2026-02-18T04:00:00.000Z"));
        assert_eq!(at("2h", 2).as_deref(), Some("2026-02-18T07:46:00.000Z"));
        assert_eq!(moment(None, NOW, 0), Some(NOW - DAY_MS));
        for wrong in ["25:00", "6", "h", "-1h", "soon", "999d", ""] {
            assert_eq!(at(wrong, 0), None, "{wrong}");
        }
    }
}
