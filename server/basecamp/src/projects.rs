//! Projects and the lists in them.

use crate::session::Session;
use crate::{Basecamp, scopes};
use basecamp_sdk::services::projects::ListProjectsParams;
use basecamp_sdk::services::todolists::ListTodolistsParams;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use domain::project::Project;
use domain::todo::{Todo, TodoList, TodoQuery};
use futures::FutureExt;

impl Basecamp {
    /// Active projects, by name.
    ///
    /// # Errors
    /// [`Problem::NeedsSetup`] without a connection, [`Problem::Unavailable`] when Basecamp does not answer.
    pub async fn projects(&self, actor: &Actor) -> Result<Vec<Project>, Problem> {
        if let Some(projects) = self.mirrored_projects(actor).await? {
            return Ok(projects.to_vec());
        }
        Box::pin(self.live_projects(actor)).await
    }

    async fn live_projects(&self, actor: &Actor) -> Result<Vec<Project>, Problem> {
        let session = self.open(actor, Permission::Read).await?;
        let params = ListProjectsParams::default();
        let found =
            session.all("Projects", session.account.projects().list(&params).boxed()).await?;
        let mut projects: Vec<Project> =
            found.iter().map(|it| session.convert.project(it)).collect();
        projects.sort_by_key(|it| it.name.to_lowercase());
        Ok(projects)
    }

    /// One project.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing one, else as [`Self::projects`].
    pub async fn project(&self, actor: &Actor, id: i64) -> Result<Project, Problem> {
        if let Some(mut mirror) = self.mirrored_with(actor, &[scopes::PROJECTS]).await?
            && let Some(project) = mirror.project(id).await?
        {
            return Ok(project);
        }
        let session = self.open(actor, Permission::Read).await?;
        session.project(id).await
    }

    /// The to-do lists of a project in their order, without their to-dos.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing project, else as [`Self::projects`].
    pub async fn lists(&self, actor: &Actor, project_id: i64) -> Result<Vec<TodoList>, Problem> {
        if let Some(mut mirror) = self.mirrored(actor).await?
            && let Some(lists) = mirror.lists(project_id).await?
        {
            return Ok(lists);
        }
        let session = self.open(actor, Permission::Read).await?;
        session.lists(project_id).await
    }

    /// The to-do lists of a project with their to-dos, open ones first. Groups follow the lists; to-dos outside any
    /// list are in one more, named as Basecamp names the place.
    ///
    /// # Errors
    /// As [`Self::lists`].
    pub async fn lists_with_todos(
        &self,
        actor: &Actor,
        project_id: i64,
    ) -> Result<Vec<TodoList>, Problem> {
        let mut all = match self.mirrored_lists(actor, project_id).await? {
            Some(lists) => lists,
            None => Box::pin(self.live_lists(actor, project_id)).await?,
        };
        for list in &mut all {
            list.todos.sort_by_key(|it| it.completed);
        }
        Ok(all)
    }

    async fn live_lists(&self, actor: &Actor, project_id: i64) -> Result<Vec<TodoList>, Problem> {
        let session = self.open(actor, Permission::Read).await?;
        let todos = session.todos_of_project(project_id);
        let (lists, todos) = tokio::try_join!(session.lists(project_id), todos)?;
        Ok(session.placed(lists, todos))
    }

    /// The same from the mirror, places behind the lists where to-dos are that are in none.
    async fn mirrored_lists(
        &self,
        actor: &Actor,
        project_id: i64,
    ) -> Result<Option<Vec<TodoList>>, Problem> {
        let Some(mut mirror) = self.mirrored(actor).await? else { return Ok(None) };
        let Some(lists) = mirror.lists(project_id).await? else { return Ok(None) };
        let (todos, places) = mirror.placed_todos(project_id).await?;
        let mut all = lists;
        for (todo, place) in todos.into_iter().zip(places) {
            match all.iter_mut().find(|it| it.id == place.id) {
                Some(list) => list.todos.push(todo),
                None => all.push(TodoList { todos: vec![todo], ..place }),
            }
        }
        Ok(Some(all))
    }

    /// To-dos of a project or of all, as `query` says.
    ///
    /// # Errors
    /// As [`Self::projects`].
    pub async fn todos(&self, actor: &Actor, query: &TodoQuery) -> Result<Vec<Todo>, Problem> {
        let mut todos = match (self.mirrored(actor).await?, query.project_id) {
            (Some(mut mirror), Some(id)) => mirror.todos_of_project(id).await?,
            (Some(mut mirror), None) => mirror.todos(query.completed).await?,
            (None, _) => Box::pin(self.live_todos(actor, query)).await?,
        };
        todos.retain(|it: &Todo| {
            let is_theirs = query
                .assignee_id
                .is_none_or(|id| it.assignees.iter().any(|person| person.id == id));
            it.completed == query.completed && is_theirs
        });
        Ok(todos)
    }

    async fn live_todos(&self, actor: &Actor, query: &TodoQuery) -> Result<Vec<Todo>, Problem> {
        let session = self.open(actor, Permission::Read).await?;
        match query.project_id {
            Some(id) => {
                let found = session.todos_of_project(id).await?;
                Ok(found.iter().map(|it| session.convert.todo(it)).collect())
            }
            None => session.todos_of_all(query).await,
        }
    }
}

impl Session {
    async fn project(&self, id: i64) -> Result<Project, Problem> {
        let found = self.run("Project", self.account.projects().get(id).boxed()).await?;
        Ok(self.convert.project(&found))
    }

    async fn lists(&self, project_id: i64) -> Result<Vec<TodoList>, Problem> {
        let Some(set) = self.project(project_id).await?.todoset_id else { return Ok(Vec::new()) };
        let params = ListTodolistsParams::default();
        let found =
            self.all("To-do lists", self.account.todolists().list(set, &params).boxed()).await?;
        Ok(found.iter().map(|it| self.convert.list(it)).collect())
    }
}
