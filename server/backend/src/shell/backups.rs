//! Backups of the SQLite file, in the folder `backups` of the data folder.

use crate::Backend;
use crate::shell::commands::{Options, Ran};
use crate::shell::status::size;
use domain::problem::Problem;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use store::error::internal;
use store::ids::rfc3339;
use store::{backups, ids};

const SHOWN: usize = 20;
const ENDING: &str = ".db";
/// What is being written has this beginning until it was read to its end.
const UNFINISHED: &str = "unfinished-";
const ELSEWHERE: &str =
    "PostgreSQL is backed up with its own tools, such as pg_dump; nothing was written";

/// A backup that was read to its end when it was made.
pub(crate) struct Backup {
    pub(crate) name: String,
    pub(crate) made_at_ms: i64,
    bytes: i64,
}

/// The backups, newest first.
pub(crate) async fn all(backend: &Backend) -> Result<Vec<Backup>, Problem> {
    let folder = folder(backend);
    on_disk("reading the backups", move || read(&folder)).await
}

/// Lists them.
pub(crate) async fn list(backend: &Backend, options: &Options) -> Result<Ran, Problem> {
    let all = all(backend).await?;
    if all.is_empty() {
        let next =
            if backend.db.is_shared() { ELSEWHERE } else { "No backup yet: pmos backup make" };
        return Ok(Ran::good(next.to_owned()));
    }
    let line = |it: &Backup| format!("{}  {}  {}", rfc3339(it.made_at_ms), size(it.bytes), it.name);
    let shown = all.iter().take(options.last.unwrap_or(SHOWN)).map(line);
    Ok(Ran::good(shown.collect::<Vec<_>>().join("\n")))
}

/// Writes one and reads it to its end; only then it gets its name.
pub(crate) async fn make(backend: &Backend) -> Result<Ran, Problem> {
    if backend.db.is_shared() {
        return Ok(Ran::failed(ELSEWHERE.to_owned()));
    }
    let folder = folder(backend);
    let name = format!("pmos-{}{ENDING}", stamp(ids::now_ms()));
    let (part, whole) = (folder.join(format!("{UNFINISHED}{name}")), folder.join(&name));
    let empty = (folder.clone(), part.clone());
    on_disk("making the backup's file", move || begin(&empty.0, &empty.1)).await?;
    let copied = backups::copy(&mut backend.db.read().await?, &part).await;
    let wrong = match copied {
        Ok(_) => backups::verify(&part).await,
        Err(error) => Err(error),
    };
    if let Ok(None) = wrong {
        on_disk("keeping the backup", move || finish(&part, &whole)).await?;
        let output = format!(
            "{name} is written and was read to its end.\nThe key that opens its secrets is not in it: keep secret.key, or PMOS_SECRET_KEY, elsewhere."
        );
        return Ok(Ran::good(output));
    }
    on_disk("removing the unfinished backup", move || std::fs::remove_file(&part)).await?;
    match wrong {
        Ok(reason) => {
            let reason = reason.unwrap_or_default();
            Ok(Ran::failed(format!("The copy is damaged, so it was not kept: {reason}")))
        }
        Err(error) => Err(error.into()),
    }
}

/// Reads one to its end.
pub(crate) async fn verify(backend: &Backend, options: &Options) -> Result<Ran, Problem> {
    let wanted = options.names.first().cloned().unwrap_or_default();
    // Only a name from the list, so that no other file is opened.
    let Some(found) = all(backend).await?.into_iter().find(|it| it.name == wanted) else {
        return Ok(Ran::failed("There is no backup of this name: pmos backup list".to_owned()));
    };
    match backups::verify(&folder(backend).join(&found.name)).await {
        Ok(None) => Ok(Ran::good(format!("{} is whole", found.name))),
        Ok(Some(reason)) => Ok(Ran::failed(format!("{} is damaged: {reason}", found.name))),
        Err(error) => Ok(Ran::failed(format!("{} cannot be opened: {error}", found.name))),
    }
}

fn folder(backend: &Backend) -> PathBuf {
    backend.config.data.join("backups")
}

/// `20260218-030000-123`, so that names sort by time.
fn stamp(now_ms: i64) -> String {
    let digits = rfc3339(now_ms).replace(['-', ':', 'Z'], "");
    digits.replace(['T', '.'], "-")
}

fn begin(folder: &Path, part: &Path) -> io::Result<()> {
    // Whoever else has an account on this machine must not read it.
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(part).map(drop)
}

fn finish(part: &Path, whole: &Path) -> io::Result<()> {
    File::open(part)?.sync_all()?;
    std::fs::rename(part, whole)?;
    whole.parent().map_or(Ok(()), |it| File::open(it)?.sync_all())
}

fn read(folder: &Path) -> io::Result<Vec<Backup>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut all = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.ends_with(ENDING) || name.starts_with(UNFINISHED) {
            continue;
        }
        let about = entry.metadata()?;
        let made = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        all.push(Backup {
            name,
            made_at_ms: i64::try_from(made.as_millis()).unwrap_or_default(),
            bytes: i64::try_from(about.len()).unwrap_or(i64::MAX),
        });
    }
    all.sort_by(|a, b| b.name.cmp(&a.name));
    Ok(all)
}

/// Away from the threads that answer requests.
async fn on_disk<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|error| internal(doing, &error))?;
    done.map_err(|error| internal(doing, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_when_it_was_made() {
        assert_eq!(stamp(1_771_407_960_123), "20260218-094600-123");
    }
}
