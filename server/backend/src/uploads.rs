//! Files that people put into a project from its page.

use crate::Backend;
use crate::records::acted;
use domain::actor::{Actor, Permission};
use domain::problem::{Issue, Problem};
use domain::record::{Acted, LARGEST_FILE};
use serde_json::json;
use std::time::Duration;
use tokio::sync::Semaphore;
use tools::tool::CallContext;

/// Each upload is held in memory until Basecamp has it, so only so many are under way; the others wait unread.
static TURNS: Semaphore = Semaphore::const_new(2);

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
        content: impl Future<Output = Result<Vec<u8>, Problem>> + Send,
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
        let bytes = tokio::time::timeout(SLOWEST, content).await.map_err(|_| {
            Problem::invalid("file", "The file came too slowly. Try again from a faster network")
        })??;
        if bytes.is_empty() {
            return Err(Problem::invalid("file", "The file is empty. Choose another one"));
        }
        if bytes.len() > LARGEST_FILE as usize {
            return Err(Problem::TooLarge { limit_bytes: u64::from(LARGEST_FILE) });
        }
        let context = CallContext { source: "ui", ..CallContext::default() };
        let kind = match file.content_type.as_str() {
            "" => "application/octet-stream",
            kind => kind,
        };
        let stored = self.tools.attach(actor, (&file.name, kind), bytes, &context).await?;
        drop(turn);
        let args = json!({
            "project": project.to_string(), "vault_id": file.folder, "body": { "attachable_sgid": stored }
        });
        let answer = self.tools.call(actor, "create_upload", &args, &context).await?;
        Ok(acted(&answer))
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
