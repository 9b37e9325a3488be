//! What the engine holds on to: ten thousand runs that pause, a hundred thousand that end, five thousand that nobody
//! waits for, and a loop of a hundred items.

use crate::product::{Process, free_port, sign_up, start, tool};
use crate::{Failure, Measured, flows, load, report_bar};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const PAUSED: usize = 10_000;
/// Requests at once that start them.
const STARTERS: usize = 16;
/// Between the first start and the moment all go on: longer than starting takes.
const PAUSE: Duration = Duration::from_secs(90);
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs that nobody waits for, and the connections that start them.
const UNWATCHED: usize = 5_000;
const SENDERS: usize = 10;

const ENDED: f64 = 100_000.0;
/// Runs after which the memory in use is what stays.
const WARM: f64 = 10_000.0;
const SLICE: Duration = Duration::from_secs(5);

/// Runs that wait for one moment: what they take while they wait, and how soon all have gone on after it.
pub(crate) async fn measure_paused(binary: &Path) -> Measured {
    let folder = tempfile::tempdir()?;
    let process = start(binary, folder.path(), free_port()?)?;
    process.answers(&Client::new(), Instant::now()).await?;
    let client = sign_up(&process).await?;
    let (flow, address) = flows::publish(&process, &client, flows::pausing()).await?;
    let before = process.rss_mib()?;
    let moment = SystemTime::now() + PAUSE;
    let begun = Instant::now();
    let at = moment.duration_since(UNIX_EPOCH)?.as_millis();
    let at = i64::try_from(at).ok().and_then(chrono::DateTime::from_timestamp_millis);
    let body = json!({ "at": at.ok_or("no time")?.to_rfc3339() });
    start_all(&address, &body, (STARTERS, PAUSED)).await?;
    wait_for(&process, &client, (&flow, &["QUEUED", "RUNNING"])).await?;
    if SystemTime::now() >= moment {
        return Err("starting took longer than the pause".into());
    }
    report_bar("10,000 runs started and paused", "s", begun.elapsed().as_secs_f64(), "no bar");
    report_bar("memory for 10,000 paused runs", "MiB", process.rss_mib()? - before, "no bar");
    tokio::time::sleep(moment.duration_since(SystemTime::now()).unwrap_or_default()).await;
    let since = Instant::now();
    wait_for(&process, &client, (&flow, &["PAUSED", "QUEUED", "RUNNING"])).await?;
    report_bar(
        "10,000 paused runs resumed and ended",
        "s",
        since.elapsed().as_secs_f64(),
        "no bar",
    );
    report_bar("memory after they ended", "MiB", process.rss_mib()?, "no bar");
    Ok(())
}

/// Runs that are accepted with 2xx and end later: how many are taken a second, and how many have ended a second.
pub(crate) async fn measure_drain(binary: &Path) -> Measured {
    let folder = tempfile::tempdir()?;
    let process = start(binary, folder.path(), free_port()?)?;
    process.answers(&Client::new(), Instant::now()).await?;
    let client = sign_up(&process).await?;
    let (flow, address) = flows::publish(&process, &client, flows::short()).await?;
    let body = json!({ "name": "Ada" });
    start_all(&address, &body, (SENDERS, UNWATCHED / 10)).await?;
    wait_for(&process, &client, (&flow, &["QUEUED", "RUNNING"])).await?;
    let begun = Instant::now();
    start_all(&address, &body, (SENDERS, UNWATCHED)).await?;
    let accepted = begun.elapsed().as_secs_f64();
    wait_for(&process, &client, (&flow, &["QUEUED", "RUNNING"])).await?;
    let ended = begun.elapsed().as_secs_f64();
    let count = u32::try_from(UNWATCHED).map_or(f64::NAN, f64::from);
    report_bar("accepted without waiting, 10 connections", "runs/s", count / accepted, "no bar");
    report_bar("accepted and ended", "runs/s", count / ended, "no bar");
    report_bar("from the last accepted to all ended", "s", ended - accepted, "no bar");
    let failed =
        json!({ "flow_id": flow, "status": ["FAILED", "TIMEOUT", "INTERNAL_ERROR"], "limit": 1 });
    let failed = tool(&process, &client, "flow_runs_list", failed).await?;
    match failed.get("data").and_then(Value::as_array) {
        Some(rows) if rows.is_empty() => Ok(()),
        _ => Err("runs that were accepted did not end well".into()),
    }
}

/// Starts `count` runs over so many connections, each again when there was no place.
async fn start_all(address: &str, body: &Value, (starters, count): (usize, usize)) -> Measured {
    let starters: Vec<_> = (0..starters)
        .map(|_| tokio::spawn(start_some(address.to_owned(), body.clone(), count / starters)))
        .collect();
    for starter in starters {
        starter.await??;
    }
    Ok(())
}

async fn start_some(address: String, body: Value, count: usize) -> Measured {
    let client = Client::new();
    let mut left = count;
    while left > 0 {
        let answer = client.post(&address).json(&body).send().await?;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        }
        answer.error_for_status()?;
        left -= 1;
    }
    Ok(())
}

/// Waits until no run of the flow is in one of these states.
async fn wait_for(process: &Process, client: &Client, (flow, states): (&str, &[&str])) -> Measured {
    let since = Instant::now();
    loop {
        let wanted = json!({ "flow_id": flow, "status": states, "limit": 1 });
        let page = tool(process, client, "flow_runs_list", wanted).await?;
        if page.get("data").and_then(Value::as_array).is_some_and(Vec::is_empty) {
            return Ok(());
        }
        if since.elapsed() > PATIENCE {
            return Err("the runs do not go on".into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A hundred thousand runs, one after the other on many connections: how much the memory grows after the first ten
/// thousand.
pub(crate) async fn measure_memory(binary: &Path) -> Measured {
    let folder = tempfile::tempdir()?;
    let process = start(binary, folder.path(), free_port()?)?;
    process.answers(&Client::new(), Instant::now()).await?;
    let client = sign_up(&process).await?;
    let (_, address) = flows::publish(&process, &client, flows::short()).await?;
    let address = format!("{address}/sync");
    let (mut runs, mut first, mut most) = (0.0, None::<f64>, 0.0_f64);
    while runs < ENDED {
        runs += load::post(&address, 50, SLICE).await?.count;
        if runs >= WARM {
            let now = process.rss_mib()?;
            first.get_or_insert(now);
            most = most.max(now);
        }
    }
    let first = first.ok_or("no runs")?;
    report_bar("memory after 10,000 runs", "MiB", first, "no bar");
    report_bar("most memory up to 100,000 runs", "MiB", most, "no bar");
    report_bar("growth", "%", (most / first - 1.0) * 100.0, "10 %");
    Ok(())
}

/// A loop over a hundred items with one step in it.
pub(crate) async fn measure_loop(binary: &Path) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let process = start(binary, folder.path(), free_port()?)?;
    process.answers(&Client::new(), Instant::now()).await?;
    let client = sign_up(&process).await?;
    let (_, address) = flows::publish(&process, &client, flows::loop_of(100)).await?;
    let address = format!("{address}/sync");
    load::post(&address, 1, Duration::from_secs(1)).await?;
    let ours = load::post(&address, 1, SLICE).await?;
    report_bar("loop of 100 items, p50", "ms", ours.p50_ms, "no bar");
    report_bar("loop of 100 items, p99", "ms", ours.p99_ms, "no bar");
    Ok(())
}
