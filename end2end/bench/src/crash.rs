//! Ten acknowledged runs of ten steps, killed with -9 in the middle: how many finish after the restart, how long the
//! restart takes to go on, and how many recorded steps ran again.

use crate::product::{Process, free_port, sign_up, start, tool};
use crate::{Failure, Measured, flows, report_bar};
use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;
use reqwest::Client;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const RUNS: usize = 10;
const STEPS: usize = 10;
/// What the called service takes to answer, so that the kill falls between steps.
const ANSWER_TIME: Duration = Duration::from_millis(60);
const PATIENCE: Duration = Duration::from_secs(60);

/// Steps that were asked for, in order, with the process that asked: before the kill or after.
#[derive(Clone, Default)]
struct Calls(Arc<Mutex<Vec<(String, usize, bool)>>>, Arc<std::sync::atomic::AtomicBool>);

impl Calls {
    fn all(&self) -> Vec<(String, usize, bool)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn called(
    State(calls): State<Calls>,
    Query(query): Query<HashMap<String, String>>,
) -> &'static str {
    let run = query.get("run").cloned().unwrap_or_default();
    let step = query.get("step").and_then(|it| it.parse().ok()).unwrap_or_default();
    let after = calls.1.load(std::sync::atomic::Ordering::SeqCst);
    calls.0.lock().unwrap_or_else(PoisonError::into_inner).push((run, step, after));
    tokio::time::sleep(ANSWER_TIME).await;
    "ok"
}

pub(crate) async fn measure(binary: &Path) -> Measured {
    let calls = Calls::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let target = listener.local_addr()?;
    let app = Router::new().route("/step", get(called)).with_state(calls.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let folder = tempfile::tempdir()?;
    let mut process = start(binary, folder.path(), free_port()?)?;
    process.answers(&Client::new(), Instant::now()).await?;
    let client = sign_up(&process).await?;
    let allow = json!({ "outgoingAllowList": [target.to_string()] });
    let settings = process.url("/api/pmos/platform/settings");
    client.put(settings).json(&allow).send().await?.error_for_status()?;
    let (_, address) =
        flows::publish(&process, &client, flows::calls(STEPS, &format!("http://{target}/step")))
            .await?;
    let mut runs = Vec::new();
    for at in 0..RUNS {
        let body = json!({ "run": at.to_string() });
        let answer: Value =
            client.post(&address).json(&body).send().await?.error_for_status()?.json().await?;
        runs.push(answer.get("runId").and_then(Value::as_str).ok_or("no runId")?.to_owned());
    }
    wait_until(|| calls.all().len() >= RUNS * STEPS / 2).await?;
    process.kill();
    calls.1.store(true, std::sync::atomic::Ordering::SeqCst);
    let before = calls.all().len();
    let since = Instant::now();
    let process = start(binary, folder.path(), process.port)?;
    process.answers(&Client::new(), since).await?;
    wait_until(|| calls.all().len() > before).await?;
    report_bar(
        "restart to the next step",
        "ms",
        since.elapsed().as_secs_f64() * 1_000.0,
        "1000 ms",
    );
    let finished = finished(&process, &client, &runs).await?;
    report_bar("runs finished after kill -9", "of 10", finished, "10 of 10");
    report_bar("recorded steps that ran again", "steps", repeated(&calls.all()), "0");
    Ok(())
}

async fn wait_until(done: impl Fn() -> bool) -> Measured {
    let since = Instant::now();
    while !done() {
        if since.elapsed() > PATIENCE {
            return Err("the runs do not go on".into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

async fn finished(process: &Process, client: &Client, runs: &[String]) -> Result<f64, Failure> {
    let since = Instant::now();
    loop {
        let mut done = 0.0;
        for run in runs {
            let run = tool(process, client, "flow_run_get", json!({ "run_id": run })).await?;
            if run.get("status").and_then(Value::as_str) == Some("SUCCEEDED") {
                done += 1.0;
            }
        }
        if done >= 10.0 || since.elapsed() > PATIENCE {
            return Ok(done);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Steps of a run are taken one after the other, so only the last one asked for before the kill can have been under
/// way; any other that is asked for again had been recorded.
fn repeated(calls: &[(String, usize, bool)]) -> f64 {
    let last_before = |run: &str| {
        calls.iter().filter(|it| it.0 == run && !it.2).map(|it| it.1).max().unwrap_or(0)
    };
    let again = calls.iter().filter(|it| it.2 && it.1 < last_before(&it.0)).count();
    u32::try_from(again).map_or(f64::NAN, f64::from)
}
