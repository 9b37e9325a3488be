//! What the studio weighs and how long the server takes to draw it, for flows of 100, 200 and 500 steps.

use crate::flows::{publish, row_of};
use crate::page::{assets, weigh};
use crate::product::{Process, free_port, sign_up, start};
use crate::{Failure, Measured, report, report_bar};
use reqwest::Client;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

/// The fastest of so many counts: the others were disturbed.
const TIMES: usize = 9;

pub(crate) async fn measure(binary: &Path) -> Measured {
    let folder = tempfile::tempdir()?;
    let process = start(binary, folder.path(), free_port()?)?;
    process.answers(&Client::new(), Instant::now()).await?;
    let client = sign_up(&process).await?;
    let bare = fastest(&process, &client, "/health").await?;
    for steps in [100, 200, 500] {
        let (id, _) = publish(&process, &client, row_of(steps)).await?;
        let path = format!("/flows/{id}");
        let (document, text) = weigh(&process, &client, &path).await?;
        report_bar(
            &format!("studio, {steps} steps, document"),
            "kB",
            document / 1_000.0,
            "none yet",
        );
        if steps == 100 {
            let mut total = document;
            let loaded = assets(&text);
            for path in &loaded {
                total += weigh(&process, &client, path).await?.0;
            }
            report_bar("studio, 100 steps, cold", "kB", total / 1_000.0, "1000, aim 600");
            let rest = later(&process, &client, &loaded, &["studio_more"]).await?;
            report_bar("studio, once it stands", "kB", rest / 1_000.0, "none yet");
            let rest = later(&process, &client, &loaded, &["studio_more", "chat"]).await?;
            report_bar("studio, with the assistant beside it", "kB", rest / 1_000.0, "none yet");
        }
        let drawn = fastest(&process, &client, &path).await?;
        report(&format!("studio, {steps} steps, drawn on the server"), "ms", drawn, bare);
    }
    Ok(())
}

/// Bytes of what `areas` need and the page that named `loaded` does not load.
async fn later(
    process: &Process,
    client: &Client,
    loaded: &BTreeSet<String>,
    areas: &[&str],
) -> Result<f64, Failure> {
    let folder = loaded.iter().find_map(|it| it.strip_suffix("/pmos.css"));
    let folder = folder.ok_or("the page names no style sheet")?;
    let manifest = format!("{folder}/__wasm_split_manifest.json");
    let modules: BTreeMap<String, Vec<String>> =
        serde_json::from_str(&weigh(process, client, &manifest).await?.1)?;
    let needed: BTreeSet<_> = areas.iter().filter_map(|it| modules.get(*it)).flatten().collect();
    let mut total = 0.0;
    for module in needed {
        let path = format!("{folder}/{module}.wasm");
        if !loaded.contains(&path) {
            total += weigh(process, client, &path).await?.0;
        }
    }
    Ok(total)
}

/// Milliseconds until all of `path` is there.
pub(crate) async fn fastest(
    process: &Process,
    client: &Client,
    path: &str,
) -> Result<f64, Failure> {
    let mut best = f64::INFINITY;
    for _ in 0..TIMES {
        let since = Instant::now();
        client.get(process.url(path)).send().await?.error_for_status()?.bytes().await?;
        best = best.min(since.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(best)
}
