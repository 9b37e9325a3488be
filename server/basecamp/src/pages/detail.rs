//! One record with its comments and its history.

use super::{PATIENCE, Sheet, items, request};
use crate::todos::is_away;
use crate::{Basecamp, failure, rows, scopes};
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use domain::record::{Detail, Item, Kind, Step};
use serde_json::Value;
use store::ids;

/// The operation that reads one record of a kind.
fn reader(kind: Kind) -> &'static str {
    match kind {
        Kind::Todo => "GetTodo",
        Kind::Card => "GetCard",
        Kind::Message => "GetMessage",
        Kind::Document => "GetDocument",
        Kind::Upload => "GetUpload",
        Kind::Folder => "GetVault",
        Kind::Entry => "GetScheduleEntry",
    }
}

impl Basecamp {
    /// One record of a project with its comments and its history, as Basecamp has it now; as it was last read when
    /// Basecamp does not answer. What is gone is given as it was, marked as removed.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for what was never in that project, else as [`Self::work`].
    pub async fn detail(&self, actor: &Actor, project: i64, id: i64) -> Result<Detail, Problem> {
        let known = self.known(actor, id).await?;
        let is_known = known.is_some();
        let asked = Box::pin(self.read(actor, known.as_ref().map(|it| it.kind), id));
        let slow = || failure::unavailable("Basecamp is slow to answer");
        let found = if is_known {
            tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| Err(slow()))
        } else {
            asked.await
        };
        let (item, is_here) = match (found, known) {
            (Ok(item), _) => (item, true),
            (Err(Problem::NotFound { .. }), Some(item)) => {
                (Item { is_removed: true, ..item }, false)
            }
            (Err(problem), Some(item)) if is_away(&problem) => (item, false),
            (Err(problem), _) => return Err(problem),
        };
        if item.project_id != project {
            return Err(Problem::not_found("Record"));
        }
        if is_here {
            let comments = self.comments(actor, id).await?;
            return Ok(Detail { item, comments, history: self.history(actor, id).await });
        }
        let needed = [scopes::PEOPLE, scopes::COMMENTS];
        let comments = match self.mirrored_with(actor, &needed).await? {
            Some(mut mirror) => mirror.comments(id).await?,
            None => Vec::new(),
        };
        Ok(Detail { item, comments, history: None })
    }

    /// Reads a record again of which the mirror knows: what is written under it changes its numbers.
    ///
    /// # Errors
    /// As [`Self::detail`].
    pub async fn look_again(&self, actor: &Actor, id: i64) -> Result<(), Problem> {
        if let Some(known) = self.known(actor, id).await? {
            self.read(actor, Some(known.kind), id).await?;
        }
        Ok(())
    }

    /// The record as it was last read.
    async fn known(&self, actor: &Actor, id: i64) -> Result<Option<Item>, Problem> {
        let needed = [scopes::PROJECTS, scopes::PEOPLE];
        let Some(mut mirror) = self.mirrored_with(actor, &needed).await? else { return Ok(None) };
        let Some((sheet, is_gone)) = mirror.raw(id).await? else { return Ok(None) };
        let item = sheet.items().pop();
        Ok(item.map(|it| Item { is_removed: it.is_removed || is_gone, ..it }))
    }

    /// The record as Basecamp has it; without a kind each is tried.
    async fn read(&self, actor: &Actor, kind: Option<Kind>, id: i64) -> Result<Item, Problem> {
        let kinds = kind.map_or_else(|| Kind::ALL.to_vec(), |it| vec![it]);
        let is_sample = self.open(actor, Permission::Read).await?.convert.is_sample;
        for kind in kinds {
            let asked_at = ids::now_ms();
            match self.fetch(actor, &request(reader(kind), &[id])?).await {
                Ok(value) => {
                    self.keep_read(actor, vec![value.clone()], asked_at).await?;
                    let item = Sheet::new(vec![value], Vec::new(), is_sample).items().pop();
                    return item.ok_or_else(|| Problem::not_found("Record"));
                }
                Err(Problem::NotFound { .. }) => {}
                Err(problem) => return Err(problem),
            }
        }
        Err(Problem::not_found("Record"))
    }

    /// What happened to a record, the newest first; none when Basecamp does not tell.
    async fn history(&self, actor: &Actor, id: i64) -> Option<Vec<Step>> {
        let found = self.fetch_all(actor, &request("ListEvents", &[id]).ok()?).await.ok()?;
        let step = |it: &Value| {
            let who = items::person(&it["creator"]).map(|it| it.name).unwrap_or_default();
            let action = done(it["action"].as_str()?);
            Some(Step { action, who, at_ms: rows::instant(it, "created_at")? })
        };
        let mut steps: Vec<Step> = found.items.iter().filter_map(step).collect();
        steps.sort_by_key(|it| -it.at_ms);
        Some(steps)
    }
}

/// What somebody did to a record, as words after their name; `action` is Basecamp's word.
fn done(action: &str) -> String {
    let words = match action {
        "created" => "made it",
        "completed" => "completed it",
        "uncompleted" => "opened it again",
        "content_changed" => "changed what it says",
        "assignment_changed" => "changed who does it",
        "due_on_changed" => "changed its day",
        "position_changed" => "put it in another place",
        "moved" => "moved it",
        "trashed" => "put it into the trash",
        "archived" => "archived it",
        "unarchived" | "untrashed" | "active" => "brought it back",
        "subscribers_changed" => "changed who is told of it",
        "client_visibility_changed" => "changed whether clients see it",
        other => return other.replace('_', " "),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_reads_as_people_say_it() {
        assert_eq!(done("uncompleted"), "opened it again");
        assert_eq!(done("some_new_word"), "some new word");
    }
}
