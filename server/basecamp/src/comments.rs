//! Comments under to-dos.

use crate::todos::is_away;
use crate::{Basecamp, plain, scopes};
use basecamp_sdk::models::CreateCommentRequestContent;
use basecamp_sdk::services::comments::ListCommentsParams;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use domain::todo::Comment;
use futures::FutureExt;

impl Basecamp {
    /// The comments under a to-do, oldest first.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing to-do, [`Problem::NeedsSetup`] without a connection,
    /// [`Problem::Unavailable`] when Basecamp does not answer.
    pub async fn comments(&self, actor: &Actor, todo_id: i64) -> Result<Vec<Comment>, Problem> {
        let session = self.open(actor, Permission::Read).await?;
        let params = ListCommentsParams::default();
        let service = session.account.comments();
        match session.all("To-do", service.list(todo_id, &params).boxed()).await {
            Ok(found) => Ok(found.iter().map(|it| session.convert.comment(it)).collect()),
            Err(problem) if is_away(&problem) => {
                match self.mirrored_with(actor, &[scopes::PEOPLE, scopes::COMMENTS]).await? {
                    Some(mut mirror) => mirror.comments(todo_id).await,
                    None => Err(problem),
                }
            }
            Err(problem) => Err(problem),
        }
    }

    /// Adds a comment in plain text.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for a blank one, else as [`Self::comments`].
    pub async fn comment(
        &self,
        actor: &Actor,
        todo_id: i64,
        text: &str,
    ) -> Result<Comment, Problem> {
        let session = self.open(actor, Permission::Write).await?;
        if text.trim().is_empty() {
            return Err(Problem::invalid("content", "Write something to say"));
        }
        let body = CreateCommentRequestContent { content: plain::to_html(text) };
        let made = session
            .write("To-do", session.account.comments().create(todo_id, &body).boxed())
            .await?;
        Ok(session.convert.comment(&made))
    }
}
