//! Start to first answer, and memory at rest.

use crate::product::{free_port, start};
use crate::{Failure, Measured, bare, report};
use reqwest::Client;
use std::path::Path;
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;
/// What a server settles in.
const REST: Duration = Duration::from_secs(3);

pub(crate) async fn measure(binary: &Path) -> Measured {
    let client = Client::new();
    let (mut ours, mut bases) = (Vec::new(), Vec::new());
    let folder = tempfile::tempdir()?;
    for _ in 0..ROUNDS {
        let since = Instant::now();
        let process = start(binary, folder.path(), free_port()?)?;
        ours.push(process.answers(&client, since).await?);
        drop(process);
        let since = Instant::now();
        let base = bare::start(free_port()?)?;
        bases.push(base.answers(&client, since).await?);
    }
    report("start to first answer", "ms", median(ours)?, median(bases)?);
    let process = start(binary, folder.path(), free_port()?)?;
    let base = bare::start(free_port()?)?;
    process.answers(&client, Instant::now()).await?;
    base.answers(&client, Instant::now()).await?;
    tokio::time::sleep(REST).await;
    report("memory at rest", "MiB", process.rss_mib()?, base.rss_mib()?);
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Result<f64, Failure> {
    times.sort_unstable();
    Ok(times.get(times.len() / 2).ok_or("no rounds")?.as_secs_f64() * 1_000.0)
}
