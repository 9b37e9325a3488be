//! Files that people put into a project from its page.

use crate::Backend;
use crate::records::acted;
use bytes::Bytes;
use domain::actor::{Actor, Permission};
use domain::problem::{Issue, Problem};
use domain::record::{Acted, LARGEST_FILE};
use futures::{Stream, StreamExt};
use serde_json::json;
use std::fs::{self, File};
use std::io;
use std::pin::pin;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::sync::Semaphore;
use tools::tool::CallContext;

/// Each upload takes room on the disk until Basecamp has it, so only so many are under way; the others wait unread.
static TURNS: Semaphore = Semaphore::const_new(8);
/// Where they are meanwhile, inside the data folder. They have no names there, so nothing is left of them when the
/// process ends, however it ends.
const FOLDER: &str = "uploads";

/// A file that takes longer to come gives its turn to the next.
const SLOWEST: Duration = Duration::from_secs(15 * 60);

/// A file that is about to come.
#[derive(Clone, Debug, Default)]
pub struct NewFile {
    /// The folder.
    pub folder: i64,
    /// Its name.
    pub name: String,
    /// Its media type; bytes of any kind when empty.
    pub content_type: String,
}

impl Backend {
    /// Puts a file into a folder of `project`. `content` is read only when everything else is right and its turn has
    /// come.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, [`Problem::NotFound`] for a missing project, [`Problem::Invalid`] with every
    /// field that is wrong, [`Problem::TooLarge`], [`Problem::Unavailable`] when Basecamp does not answer.
    pub async fn add_file(
        &self,
        actor: &Actor,
        project: i64,
        file: &NewFile,
        content: impl Stream<Item = Result<Bytes, Problem>> + Send,
    ) -> Result<Acted, Problem> {
        actor.require(Permission::Write)?;
        self.basecamp.project(actor, project).await?;
        let issues = wrong(file);
        if !issues.is_empty() {
            return Err(Problem::Invalid { issues });
        }
        let turn = TURNS.acquire().await.map_err(|_| Problem::Unavailable {
            service: "PM OS".to_owned(),
            message: "PM OS is closing. Try again".to_owned(),
        })?;
        let taken = tokio::time::timeout(SLOWEST, self.taken(content)).await.map_err(|_| {
            Problem::invalid("file", "The file came too slowly. Try again from a faster network")
        })??;
        if taken.1 == 0 {
            return Err(Problem::invalid("file", "The file is empty. Choose another one"));
        }
        let context = CallContext { source: "ui", ..CallContext::default() };
        let kind = match file.content_type.as_str() {
            "" => "application/octet-stream",
            kind => kind,
        };
        let stored = self.tools.attach(actor, (&file.name, kind), taken, &context).await?;
        drop(turn);
        let args = json!({
            "project": project.to_string(), "vault_id": file.folder, "body": { "attachable_sgid": stored }
        });
        let answer = self.tools.call(actor, "create_upload", &args, &context).await?;
        Ok(acted(&answer))
    }

    /// Writes what comes to a file as it comes; gives it with its length.
    async fn taken(
        &self,
        content: impl Stream<Item = Result<Bytes, Problem>> + Send,
    ) -> Result<(File, u64), Problem> {
        let folder = self.config.data.join(FOLDER);
        let made = tokio::task::spawn_blocking(move || {
            fs::create_dir_all(&folder)?;
            tempfile::tempfile_in(&folder)
        });
        let made = made.await.map_err(io::Error::other).and_then(|it| it).map_err(full)?;
        let mut file = tokio::fs::File::from_std(made);
        let mut content = pin!(content);
        let mut length = 0;
        while let Some(part) = content.next().await {
            let part = part?;
            length += u64::try_from(part.len()).unwrap_or(u64::MAX);
            if length > u64::from(LARGEST_FILE) {
                return Err(Problem::TooLarge { limit_bytes: u64::from(LARGEST_FILE) });
            }
            file.write_all(&part).await.map_err(full)?;
        }
        file.flush().await.map_err(full)?;
        Ok((file.into_std().await, length))
    }
}

/// Why a file could not be kept while it was on its way.
fn full(error: io::Error) -> Problem {
    tracing::error!(%error, "a file on its way could not be kept");
    Problem::Unavailable {
        service: "PM OS".to_owned(),
        message: "There was no room for the file. An admin can make some on the disk".to_owned(),
    }
}

fn wrong(file: &NewFile) -> Vec<Issue> {
    let mut issues = Vec::new();
    if file.folder == 0 {
        issues.push(Issue::new("folder", "Say which folder it goes to"));
    }
    if file.name.trim().is_empty() {
        issues.push(Issue::new("name", "Give the file a name"));
    }
    let is_type = file.content_type.is_ascii() && file.content_type.contains('/');
    if !file.content_type.is_empty() && !is_type {
        issues.push(Issue::new("type", "Give its media type, for example text/plain"));
    }
    issues
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named() {
        let file = NewFile { content_type: "text".into(), ..NewFile::default() };
        let named: Vec<String> = wrong(&file).into_iter().map(|it| it.field).collect();
        assert_eq!(named, ["folder", "name", "type"]);
        let right = NewFile { folder: 1, name: "a.txt".into(), content_type: String::new() };
        assert!(wrong(&right).is_empty());
    }
}
