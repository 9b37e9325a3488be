//! Load: so many connections, each sending the next request when the last was answered.

use crate::Failure;
use reqwest::Client;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// What a load gave.
pub(crate) struct Figures {
    /// Answers a second.
    pub(crate) rate: f64,
    /// Middle time of an answer, ms.
    pub(crate) p50_ms: f64,
    /// Time that 99 of 100 answers stay under, ms.
    pub(crate) p99_ms: f64,
    /// How many answers.
    pub(crate) count: f64,
}

/// Posts to `url` over `connections` connections for `time`. Any answer but a success ends it.
pub(crate) async fn post(
    url: &str,
    connections: usize,
    time: Duration,
) -> Result<Figures, Failure> {
    let begun = Instant::now();
    let workers: Vec<_> =
        (0..connections).map(|at| tokio::spawn(worker(url.to_owned(), at, begun + time))).collect();
    gathered(workers, begun).await
}

/// What workers that began at `begun` gave: the time of each answer.
pub(crate) async fn gathered(
    workers: Vec<JoinHandle<Result<Vec<Duration>, Failure>>>,
    begun: Instant,
) -> Result<Figures, Failure> {
    let mut times = Vec::new();
    for worker in workers {
        times.extend(worker.await??);
    }
    let took = begun.elapsed().as_secs_f64();
    times.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "counts of a few thousand")]
    let count = times.len() as f64;
    Ok(Figures {
        rate: count / took,
        p50_ms: percentile(&times, 50),
        p99_ms: percentile(&times, 99),
        count,
    })
}

async fn worker(url: String, at: usize, until: Instant) -> Result<Vec<Duration>, Failure> {
    let client = Client::builder().pool_max_idle_per_host(1).build()?;
    let body = json!({ "name": format!("Worker {at}") });
    let mut times = Vec::new();
    while Instant::now() < until {
        let sent = Instant::now();
        let answer = client.post(&url).json(&body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            return Err(format!("{status}: {text}").into());
        }
        times.push(sent.elapsed());
    }
    Ok(times)
}

fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |it| it.as_secs_f64() * 1_000.0)
}
