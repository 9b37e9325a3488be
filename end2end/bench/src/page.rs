//! What the first page weighs on the wire: the document and every script, style and program it asks for, compressed.

use crate::product::{Process, free_port, sign_up, start};
use crate::{Failure, Measured, report_bar};
use reqwest::Client;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

pub(crate) async fn measure(binary: &Path) -> Measured {
    let folder = tempfile::tempdir()?;
    let process = start(binary, folder.path(), free_port()?)?;
    process.answers(&Client::new(), Instant::now()).await?;
    let client = sign_up(&process).await?;
    let (document, text) = weigh(&process, &client, "/").await?;
    let mut total = document;
    for path in assets(&text) {
        let (bytes, _) = weigh(&process, &client, &path).await?;
        report_bar(&format!("  {path}"), "kB", bytes / 1_000.0, "part of the page");
        total += bytes;
    }
    report_bar("first signed-in page", "kB", total / 1_000.0, "600 kB, aim 400");
    Ok(())
}

/// Bytes on the wire of a path, and its text where it is one.
pub(crate) async fn weigh(
    process: &Process,
    client: &Client,
    path: &str,
) -> Result<(f64, String), Failure> {
    // The client is asked not to unpack, so the body is what travelled.
    let plain = client.get(process.url(path)).send().await?.error_for_status()?;
    let text = String::from_utf8_lossy(&plain.bytes().await?).into_owned();
    let packed = client.get(process.url(path)).header("accept-encoding", "br, gzip").send().await?;
    let bytes = packed.error_for_status()?.bytes().await?.len();
    #[expect(clippy::cast_precision_loss, reason = "sizes of a few hundred kB")]
    Ok((bytes as f64, text))
}

/// Paths of our own files that a document names.
pub(crate) fn assets(document: &str) -> BTreeSet<String> {
    let words = document.split(['"', '\'']);
    let is_file = |it: &&str| {
        it.starts_with('/') && [".js", ".css", ".wasm"].iter().any(|end| it.ends_with(end))
    };
    words.filter(is_file).map(str::to_owned).collect()
}
