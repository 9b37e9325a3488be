//! A process that is ended at every point of a run, with ten kinds of steps, twenty runs for each point: how many runs
//! are lost, and how many recorded steps happen again.
//!
//! A point is a change that was committed: the process ends itself there, at once and without a word, and the next one
//! goes on with the same file.

mod kinds;
mod process;

pub(crate) use process::{COMMAND, carry_out};

use crate::{Failure, Measured, report_bar};
use axum::Router;
use axum::extract::{Path as Named, State};
use axum::routing::any;
use kinds::{KINDS, Kind};
use serde_json::Value;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;

const RUNS: usize = 20;
/// The file with every flow published, copied for each run.
const FILE: &str = "pmos.db";
/// How long a process may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Requests that steps sent, by run and step.
#[derive(Clone, Default)]
struct Site(Arc<Mutex<HashMap<String, usize>>>);

impl Site {
    async fn open() -> Result<(Self, SocketAddr), Failure> {
        let site = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let app = Router::new().route("/{step}", any(asked)).with_state(site.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok((site, address))
    }

    /// Requests of each step since this was asked last.
    fn take(&self) -> HashMap<String, usize> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn asked(State(site): State<Site>, Named(step): Named<String>) -> &'static str {
    *site.0.lock().unwrap_or_else(PoisonError::into_inner).entry(step).or_default() += 1;
    "ok"
}

/// What went wrong with the runs of one kind of step.
#[derive(Default)]
struct Tally {
    runs: usize,
    lost: usize,
    repeated: usize,
    /// Requests that may have arrived, and that only a person can tell.
    left_to_a_person: usize,
}

/// Measures every point of every kind.
pub(crate) async fn measure() -> Measured {
    let (site, address) = Site::open().await?;
    let template = tempfile::tempdir()?;
    told(&["make", &folder(&template), &address.to_string()]).await?;
    let mut all = Tally::default();
    for kind in KINDS {
        let mut tally = Tally::default();
        let mut points = 0;
        while at_point(kind, points + 1, (&site, &template), &mut tally).await? {
            points += 1;
        }
        println!(
            "{}: {points} points, {} runs, {} lost, {} repeated, {} left to a person",
            kind.name, tally.runs, tally.lost, tally.repeated, tally.left_to_a_person
        );
        all.runs += tally.runs;
        all.lost += tally.lost;
        all.repeated += tally.repeated;
    }
    report_bar("runs ended by a crash", "runs", number(all.runs), "none");
    report_bar("lost", "runs", number(all.lost), "0");
    report_bar("repeated", "steps", number(all.repeated), "0");
    Ok(())
}

/// Ends twenty runs at the `at`-th change; false when they are over before it.
async fn at_point(
    kind: &Kind,
    at: usize,
    (site, template): (&Site, &TempDir),
    tally: &mut Tally,
) -> Result<bool, Failure> {
    for _ in 0..RUNS {
        let data = tempfile::tempdir()?;
        for part in std::fs::read_dir(template.path())? {
            let part = part?;
            std::fs::copy(part.path(), data.path().join(part.file_name()))?;
        }
        site.take();
        let begun = told(&["begin", &folder(&data), kind.name, &at.to_string()]).await?;
        if begun.is_some() {
            return Ok(false);
        }
        let recorded = told(&["read", &folder(&data)]).await?.ok_or("nothing was read")?;
        let ended = told(&["finish", &folder(&data)]).await?.ok_or("it was not finished")?;
        judge(kind, (&recorded, &ended), &site.take(), tally);
    }
    Ok(true)
}

/// Compares what is there at the end with what the flow does once.
fn judge(
    kind: &Kind,
    (recorded, ended): (&Value, &Value),
    requests: &HashMap<String, usize>,
    tally: &mut Tally,
) {
    tally.runs += 1;
    let text = |value: &Value, name: &str| -> String {
        value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let done: Vec<&str> = recorded
        .get("done")
        .and_then(Value::as_array)
        .map(|it| it.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let is_done = |step: &str| done.contains(&step);
    let may_come_twice = |step: &str| kind.sends_again && !is_done(step);
    tally.repeated +=
        requests.iter().filter(|(step, times)| **times > 1 && !may_come_twice(step)).count();
    let mut missing: Vec<&str> = kind.leaves.to_vec();
    let marks = ended.get("marks").and_then(Value::as_array).cloned().unwrap_or_default();
    for mark in marks.iter().filter_map(Value::as_str) {
        match missing.iter().position(|it| *it == mark) {
            Some(at) => drop(missing.remove(at)),
            None => tally.repeated += 1,
        }
    }
    if text(ended, "error").contains("needs a person") {
        tally.left_to_a_person += 1;
    } else if text(ended, "status") != "SUCCEEDED" || !missing.is_empty() {
        tally.lost += 1;
    }
}

/// Lets a process of its own do something; what it says, or nothing when it was ended in the middle.
async fn told(words: &[&str]) -> Result<Option<Value>, Failure> {
    let me = std::env::current_exe()?;
    let child = Command::new(me)
        .arg(COMMAND)
        .args(words)
        .stderr(Stdio::inherit())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await??;
    if output.status.signal().is_some() {
        return Ok(None);
    }
    if !output.status.success() {
        return Err(format!("{words:?} ended with {}", output.status).into());
    }
    Ok(Some(serde_json::from_slice(&output.stdout)?))
}

fn folder(folder: &TempDir) -> String {
    let path: &Path = folder.path();
    path.to_string_lossy().into_owned()
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::NAN, f64::from)
}
