//! Reading to-dos: whole records over all lists in a few pages, instead of a walk through every list.

use crate::Basecamp;
use crate::session::Session;
use basecamp_sdk::models;
use basecamp_sdk::routes;
use basecamp_sdk::services::everything::{
    GetEverythingCompletedTodosParams, GetEverythingOpenTodosParams,
};
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use domain::todo::{Todo, TodoList, TodoQuery};
use futures::FutureExt;

impl Basecamp {
    /// One to-do.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing one, [`Problem::NeedsSetup`] without a connection,
    /// [`Problem::Unavailable`] when Basecamp does not answer.
    pub async fn todo(&self, actor: &Actor, id: i64) -> Result<Todo, Problem> {
        let session = self.open(actor, Permission::Read).await?;
        match session.todo(id).await {
            Err(problem) if is_away(&problem) => {
                let found = match self.mirrored(actor).await? {
                    Some(mut mirror) => mirror.todo(id).await?,
                    None => None,
                };
                found.ok_or(problem)
            }
            answer => answer,
        }
    }
}

/// Whether it is Basecamp that does not answer, so that what was last read is better than nothing.
pub(crate) fn is_away(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::Unavailable { .. }
            | Problem::CircuitOpen { .. }
            | Problem::Throttled { .. }
            | Problem::NeedsSetup { .. }
    )
}

impl Session {
    pub(crate) async fn todo(&self, id: i64) -> Result<Todo, Problem> {
        let found = self.run("To-do", self.account.todos().get(id).boxed()).await?;
        Ok(self.convert.todo(&found))
    }

    /// Open and completed to-dos of a project by list and position. The listing of records gives whole to-dos,
    /// which the SDK's own method for it would cut short.
    pub(crate) async fn todos_of_project(
        &self,
        project_id: i64,
    ) -> Result<Vec<models::Todo>, Problem> {
        let mut listing = self.account.operation(&routes::LIST_RECORDINGS, &[]);
        listing.query("type", "Todo").query("bucket", project_id).query("status", "active");
        let mut todos: Vec<models::Todo> = self
            .all("To-dos", self.account.send_page::<Vec<models::Todo>>(listing).boxed())
            .await?;
        todos.sort_by_key(|it| (it.parent.id, it.position, it.id));
        Ok(todos)
    }

    pub(crate) async fn todos_of_all(&self, query: &TodoQuery) -> Result<Vec<Todo>, Problem> {
        let assignee_ids = query.assignee_id.map(|it| vec![it]);
        let everything = self.account.everything();
        let groups = if query.completed {
            let params = GetEverythingCompletedTodosParams { assignee_ids, ..Default::default() };
            self.all("To-dos", everything.everything_completed_todos(&params).boxed()).await?
        } else {
            let params = GetEverythingOpenTodosParams { assignee_ids, ..Default::default() };
            self.all("To-dos", everything.everything_open_todos(&params).boxed()).await?
        };
        Ok(groups.iter().flat_map(|it| &it.todos).map(|it| self.convert.todo(it)).collect())
    }

    /// Puts each to-do into its list; a place that is not among `lists` is added behind them.
    pub(crate) fn placed(
        &self,
        mut lists: Vec<TodoList>,
        todos: Vec<models::Todo>,
    ) -> Vec<TodoList> {
        for todo in todos {
            let index = lists.iter().position(|it| it.id == todo.parent.id).unwrap_or_else(|| {
                lists.push(TodoList {
                    id: todo.parent.id,
                    name: todo.parent.title.clone(),
                    project_id: todo.bucket.id,
                    app_url: self.convert.page(&todo.parent.app_url, todo.bucket.id, "?tab=todos"),
                    todos: Vec::new(),
                });
                lists.len() - 1
            });
            lists[index].todos.push(self.convert.todo(&todo));
        }
        lists
    }
}
