//! Runs a second, each step journaled and on the disk before the answer, beside a route that keeps nothing.

use crate::product::{Process, free_port, sign_up, start};
use crate::{Measured, bare, flows, load, report, report_bar};
use reqwest::Client;
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};

const TIME: Duration = Duration::from_secs(5);
const WARM: Duration = Duration::from_secs(1);

/// webhook -> set -> if -> respond at 1, 10 and 50 connections.
pub(crate) async fn measure(binary: &Path) -> Measured {
    let folder = tempfile::tempdir()?;
    let (process, address) = ready(binary, folder.path(), flows::short()).await?;
    let base = bare::start(free_port()?)?;
    base.answers(&Client::new(), Instant::now()).await?;
    load::post(&address, 4, WARM).await?;
    for connections in [1, 10, 50] {
        let bare = load::post(&base.url("/run"), connections, TIME).await?;
        let cpu = process.cpu_ms()?;
        let ours = load::post(&address, connections, TIME).await?;
        report(
            &format!("runs a second, {connections} connections"),
            "runs/s",
            ours.rate,
            bare.rate,
        );
        report(&format!("p50, {connections} connections"), "ms", ours.p50_ms, bare.p50_ms);
        report(&format!("p99, {connections} connections"), "ms", ours.p99_ms, bare.p99_ms);
        let each = (process.cpu_ms()? - cpu) / ours.count;
        report_bar(&format!("CPU a run, {connections} connections"), "ms", each, "1 ms, aim 0.3");
    }
    report_bar("memory after the load", "MiB", process.rss_mib()?, "no bar");
    Ok(())
}

/// 40 steps in a row.
pub(crate) async fn measure_steps(binary: &Path) -> Measured {
    let folder = tempfile::tempdir()?;
    let (_process, address) = ready(binary, folder.path(), flows::row_of(40)).await?;
    load::post(&address, 1, WARM).await?;
    let ours = load::post(&address, 1, TIME).await?;
    report_bar("40 steps in a row, p50", "ms", ours.p50_ms, "60 ms, aim 15");
    report_bar("40 steps in a row, p99", "ms", ours.p99_ms, "60 ms, aim 15");
    Ok(())
}

async fn ready(
    binary: &Path,
    data: &Path,
    trigger: Value,
) -> Result<(Process, String), crate::Failure> {
    let process = start(binary, data, free_port()?)?;
    process.answers(&Client::new(), Instant::now()).await?;
    let client = sign_up(&process).await?;
    let (_, address) = flows::publish(&process, &client, trigger).await?;
    Ok((process, format!("{address}/sync")))
}
