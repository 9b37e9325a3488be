//! Changing to-dos. Basecamp clears what a change leaves out, so a change reads first and sends everything.

use crate::session::Session;
use crate::{Basecamp, plain};
use basecamp_sdk::models::CreateTodoRequestContent;
use basecamp_sdk::services::todos::UpdateTodoRequest;
use basecamp_sdk::{Date, DateChange};
use domain::actor::{Actor, Permission};
use domain::problem::{Issue, Problem};
use domain::todo::{NewTodo, Todo, TodoChanges};
use futures::FutureExt;

/// What is seldom said of a new to-do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TodoExtras {
    /// The day it begins, `YYYY-MM-DD`.
    pub starts_on: Option<String>,
    /// Whether Basecamp tells the people it is assigned to; as Basecamp does when none.
    pub notify: Option<bool>,
}

impl Basecamp {
    /// Creates a to-do. When the answer is lost, looks whether the to-do is there before it reports a failure.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for a blank title or a wrong day, [`Problem::NotFound`] for a missing list,
    /// [`Problem::NeedsSetup`] without a connection, [`Problem::Unavailable`] when Basecamp does not answer.
    pub async fn create_todo(&self, actor: &Actor, new: &NewTodo) -> Result<Todo, Problem> {
        self.create_todo_with(actor, new, &TodoExtras::default()).await
    }

    /// The same with what is seldom said.
    ///
    /// # Errors
    /// As [`Self::create_todo`].
    pub async fn create_todo_with(
        &self,
        actor: &Actor,
        new: &NewTodo,
        extras: &TodoExtras,
    ) -> Result<Todo, Problem> {
        let session = self.open(actor, Permission::Write).await?;
        let begins = extras.starts_on.as_deref().filter(|it| !it.trim().is_empty());
        let starts_on = begins.map(|it| day("starts_on", it)).transpose();
        let starts_on = starts_on.map_err(|it| Problem::Invalid { issues: vec![it] })?;
        let body = CreateTodoRequestContent { starts_on, notify: extras.notify, ..body_of(new)? };
        session.create(new, &body).await
    }

    /// Creates a to-do unless one with the same `mark` is in the project already, which is then given back. The mark
    /// is written into the notes: Basecamp has no other way to tell a repetition.
    ///
    /// # Errors
    /// As [`Self::create_todo`].
    pub async fn create_todo_once(
        &self,
        actor: &Actor,
        new: &NewTodo,
        mark: &str,
    ) -> Result<Todo, Problem> {
        let session = self.open(actor, Permission::Write).await?;
        let line = format!("Added by PM OS, reference {mark}");
        let found = session.todos_of_project(new.project_id).await?;
        let is_marked = |html: &str| plain::from_html(html).lines().any(|it| it == line);
        if let Some(todo) = found.iter().find(|it| it.description.as_deref().is_some_and(is_marked))
        {
            return Ok(session.convert.todo(todo));
        }
        let notes = new.description.as_deref().filter(|it| !it.trim().is_empty());
        let description = Some(notes.map_or_else(|| line.clone(), |it| format!("{it}\n\n{line}")));
        let new = NewTodo { description, ..new.clone() };
        let body = body_of(&new)?;
        session.create(&new, &body).await
    }

    /// Changes what `changes` names and keeps the rest.
    ///
    /// # Errors
    /// As [`Self::create_todo`].
    pub async fn update_todo(
        &self,
        actor: &Actor,
        id: i64,
        changes: &TodoChanges,
    ) -> Result<Todo, Problem> {
        let session = self.open(actor, Permission::Write).await?;
        let request = request_of(changes)?;
        let asked = [
            ("title", changes.title.is_some()),
            ("notes", changes.description.is_some()),
            ("due_on", changes.due_on.is_some()),
            ("assignees", changes.assignee_ids.is_some()),
        ];
        let asked = asked.into_iter().filter(|it| it.1).map(|it| it.0);
        session.witness.changes(asked.collect());
        let todo =
            session.write("To-do", session.account.todos().update(id, &request).boxed()).await?;
        Ok(session.convert.todo(&todo))
    }

    /// Completes a to-do; a completed one stays as it is.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing one, else as [`Self::create_todo`].
    pub async fn complete_todo(&self, actor: &Actor, id: i64) -> Result<Todo, Problem> {
        let session = self.open(actor, Permission::Write).await?;
        let todo = session.todo(id).await?;
        if !todo.completed {
            session.write("To-do", session.account.todos().complete(id).boxed()).await?;
        }
        Ok(Todo { completed: true, ..todo })
    }

    /// Opens a completed to-do again; an open one stays as it is.
    ///
    /// # Errors
    /// As [`Self::complete_todo`].
    pub async fn reopen_todo(&self, actor: &Actor, id: i64) -> Result<Todo, Problem> {
        let session = self.open(actor, Permission::Write).await?;
        let todo = session.todo(id).await?;
        if todo.completed {
            session.write("To-do", session.account.todos().uncomplete(id).boxed()).await?;
        }
        Ok(Todo { completed: false, ..todo })
    }

    /// Moves a to-do to the trash, from where Basecamp can bring it back.
    ///
    /// # Errors
    /// As [`Self::complete_todo`].
    pub async fn trash_todo(&self, actor: &Actor, id: i64) -> Result<Todo, Problem> {
        let session = self.open(actor, Permission::Write).await?;
        let todo = session.todo(id).await?;
        session.write("To-do", session.account.recordings().trash(id).boxed()).await?;
        Ok(Todo { status: "trashed".into(), ..todo })
    }
}

impl Session {
    async fn create(
        &self,
        new: &NewTodo,
        body: &CreateTodoRequestContent,
    ) -> Result<Todo, Problem> {
        let todo = self
            .write("To-do list", self.account.todos().create(new.list_id, body).boxed())
            .await?;
        Ok(self.convert.todo(&todo))
    }
}

fn day(field: &str, text: &str) -> Result<Date, Issue> {
    text.trim()
        .parse()
        .map_err(|_| Issue::new(field, "Write the day as YYYY-MM-DD, for example 2026-03-27"))
}

fn title(text: &str) -> Result<String, Issue> {
    let title = text.trim();
    if title.is_empty() {
        Err(Issue::new("title", "Give the to-do a title"))
    } else {
        Ok(title.to_owned())
    }
}

/// Both or every reason why not.
fn both<A, B>(one: Result<A, Issue>, other: Result<B, Issue>) -> Result<(A, B), Problem> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (one, other) => {
            Err(Problem::Invalid { issues: one.err().into_iter().chain(other.err()).collect() })
        }
    }
}

fn body_of(new: &NewTodo) -> Result<CreateTodoRequestContent, Problem> {
    let due = new.due_on.as_deref().filter(|it| !it.trim().is_empty());
    let (content, due_on) = both(title(&new.title), due.map(|it| day("due_on", it)).transpose())?;
    Ok(CreateTodoRequestContent {
        content,
        description: new.description.as_deref().map(plain::to_html),
        assignee_ids: Some(new.assignee_ids.clone()),
        due_on,
        ..CreateTodoRequestContent::default()
    })
}

fn request_of(changes: &TodoChanges) -> Result<UpdateTodoRequest, Problem> {
    let due = changes.due_on.as_deref().map(|it| match it.trim() {
        "" => Ok(DateChange::Clear),
        text => day("due_on", text).map(DateChange::On),
    });
    let content = changes.title.as_deref().map(title).transpose();
    let (content, due_on) = both(content, due.transpose())?;
    Ok(UpdateTodoRequest {
        content,
        description: changes.description.as_deref().map(plain::to_html),
        assignee_ids: changes.assignee_ids.clone(),
        due_on,
        ..UpdateTodoRequest::default()
    })
}
