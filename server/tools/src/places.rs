//! Which project, list, person or to-do is meant, by contract.md 8.7.

use crate::error::ToolError;
use crate::tool::Call;
use crate::tools::Tools;
use basecamp::names::{self, Candidate, Match, Purpose};
use domain::actor::{Actor, Permission};
use domain::integration::Sharing;
use domain::problem::Problem;
use domain::project::{Person, Project};
use domain::todo::{Todo, TodoList};

impl Call<'_> {
    /// The project that the argument `project` names.
    pub(crate) async fn project(&self, purpose: Purpose) -> Result<Project, ToolError> {
        self.project_named(self.args.need("project")?, purpose).await
    }

    /// The project called `name`, or with that id.
    pub(crate) async fn project_named(
        &self,
        name: &str,
        purpose: Purpose,
    ) -> Result<Project, ToolError> {
        if let Some(id) = digits(name) {
            return Ok(self.tools.basecamp.project(self.actor, id).await?);
        }
        let all = self.tools.basecamp.projects(self.actor).await?;
        pick("project", name, &all, |it| (it.id, it.name.clone()), purpose)
    }

    /// The list of `project` that the argument `todolist` names; its first list when the argument is absent.
    pub(crate) async fn list(&self, project: &Project) -> Result<TodoList, ToolError> {
        let all = self.tools.basecamp.lists(self.actor, project.id).await?;
        match self.args.text("todolist") {
            Some(name) => pick("list", name, &all, |it| (it.id, it.name.clone()), Purpose::Write),
            None => all
                .into_iter()
                .next()
                .ok_or(ToolError::NoMatch { what: "list", query: project.name.clone() }),
        }
    }

    /// The person called `name`, or with that id.
    pub(crate) async fn person_named(&self, name: &str) -> Result<Person, ToolError> {
        let all = self.tools.basecamp.people(self.actor).await?;
        pick("person", name, &all, |it| (it.id, it.name.clone()), Purpose::Read)
    }

    /// The to-do with the argument's id, which must be in the project of the argument `project`.
    pub(crate) async fn todo(&self, name: &str) -> Result<Todo, ToolError> {
        let todo = self.tools.basecamp.todo(self.actor, self.args.need_number(name)?).await?;
        if self.project(Purpose::Write).await?.id != todo.project_id {
            return Err(Problem::not_found("To-do").into());
        }
        Ok(todo)
    }

    /// Who the caller themselves is in Basecamp, as [`Tools::own_person`] says.
    pub(crate) async fn own_person(&self) -> Result<Option<Person>, ToolError> {
        Ok(self.tools.own_person(self.actor).await?)
    }

    /// Who the caller is in Basecamp: the person of the same name, else the one whose access is used.
    pub(crate) async fn me(&self) -> Result<Person, ToolError> {
        let all = self.tools.basecamp.people(self.actor).await?;
        let same = all.into_iter().find(|it| it.name.eq_ignore_ascii_case(&self.actor.name));
        if let Some(me) = same {
            return Ok(me);
        }
        let connection = self.tools.basecamp.connection(self.actor).await?;
        connection
            .map(|it| it.person)
            .ok_or(ToolError::NoMatch { what: "person", query: self.actor.name.clone() })
    }
}

impl Tools {
    /// Who the actor themselves is in Basecamp: the person of the same name, else the one they signed in as; none for
    /// somebody who only uses the access that everybody shares.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read, [`Problem::NeedsSetup`] without a connection.
    pub async fn own_person(&self, actor: &Actor) -> Result<Option<Person>, Problem> {
        let all = self.basecamp.people(actor).await?;
        let same = all.into_iter().find(|it| it.name.eq_ignore_ascii_case(&actor.name));
        if same.is_some() {
            return Ok(same);
        }
        if actor.require(Permission::Write).is_err() {
            // Who may only read has no access of their own.
            return Ok(None);
        }
        let accesses = self.basecamp.accesses(actor).await?.connections;
        let is_own = accesses.iter().any(|it| it.is_in_use && it.sharing == Sharing::Personal);
        let connection = self.basecamp.connection(actor).await?;
        Ok(connection.filter(|_| is_own).map(|it| it.person))
    }
}

fn digits(text: &str) -> Option<i64> {
    text.trim().parse().ok().filter(|it: &i64| *it > 0)
}

fn pick<T: Clone>(
    what: &'static str,
    query: &str,
    all: &[T],
    named: impl Fn(&T) -> (i64, String),
    purpose: Purpose,
) -> Result<T, ToolError> {
    let candidates: Vec<Candidate> = all
        .iter()
        .map(|it| {
            let (id, name) = named(it);
            Candidate::new(id, name)
        })
        .collect();
    let missing = || ToolError::NoMatch { what, query: query.to_owned() };
    match names::resolve(query, &candidates, purpose) {
        Match::One(found) => {
            all.iter().find(|it| named(it).0 == found.id).cloned().ok_or_else(missing)
        }
        Match::Ambiguous(options) => Err(ToolError::Ambiguous {
            query: query.to_owned(),
            options: options.into_iter().map(|it| (it.id, it.name)).collect(),
        }),
        Match::None => Err(missing()),
    }
}
