//! Choices of steps in Basecamp: what the connection sees that the step works with.

use crate::pieces::input::Input;
use basecamp::Basecamp;
use basecamp::records::Request;
use domain::actor::{Actor, Permission};
use domain::flow::catalog::fields::CONNECTION;
use domain::flow::connection::reference;
use domain::flow::listing::{Choice, OptionsRequest};
use domain::integration::{BasecampAccess, Sharing};
use domain::problem::Problem;
use domain::todo::TodoQuery;
use serde_json::Value;

/// One question for the choices of a field.
pub(super) struct InBasecamp<'a> {
    pub(super) basecamp: Basecamp,
    pub(super) actor: &'a Actor,
    pub(super) request: &'a OptionsRequest,
}

impl InBasecamp<'_> {
    /// The choices of `field`.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a field without choices; what Basecamp answers.
    pub(super) async fn choices(&self, field: &str) -> Result<Vec<Choice>, Problem> {
        match field {
            CONNECTION => self.connections().await,
            "project" => self.projects().await,
            "todolist" => self.lists().await,
            "todo" | "recording_id" => self.todos().await,
            "assignee_ids" | "participant_ids" | "person" => self.people().await,
            "card_table" => self.boards().await,
            "column" => self.columns().await,
            "card" => self.cards().await,
            "message" | "document" | "entry" | "question" | "upload" | "folder" => {
                self.kept_in(field).await
            }
            "template" => self.all_of("ListTemplates", &[], "name").await,
            "marker" => self.all_of("ListLineupMarkers", &[], "name").await,
            "message_type" | "group" | "card_step" | "tool" => self.parts(field).await,
            _ => Err(Problem::not_found("Field")),
        }
    }

    /// The connections that the actor may use, named as steps name them; none for who only looks.
    async fn connections(&self) -> Result<Vec<Choice>, Problem> {
        if !self.actor.role.can(Permission::Write) {
            return Ok(Vec::new());
        }
        let all = self.basecamp.accesses(self.actor).await?.connections.into_iter();
        let chosen = all.filter(|it| it.account.is_some() || it.is_sample);
        let choice = |it: BasecampAccess| Choice {
            label: in_words(&it),
            value: reference(it.id.as_str()).into(),
        };
        Ok(chosen.map(choice).collect())
    }

    async fn projects(&self) -> Result<Vec<Choice>, Problem> {
        let found = self.basecamp.projects(self.actor).await?;
        Ok(found.into_iter().map(|it| Choice { label: it.name, value: it.id.into() }).collect())
    }

    async fn lists(&self) -> Result<Vec<Choice>, Problem> {
        let Some(project) = self.chosen("project") else { return Ok(Vec::new()) };
        let found = self.basecamp.lists(self.actor, project).await?;
        Ok(found.into_iter().map(|it| Choice { label: it.name, value: it.id.into() }).collect())
    }

    async fn todos(&self) -> Result<Vec<Choice>, Problem> {
        let Some(project) = self.chosen("project") else { return Ok(Vec::new()) };
        let list = self.chosen("todolist");
        let query = TodoQuery { project_id: Some(project), ..TodoQuery::default() };
        let found = self.basecamp.todos(self.actor, &query).await?;
        let of_list = found.into_iter().filter(|it| list.is_none() || it.list_id == list);
        Ok(of_list.map(|it| Choice { label: it.title, value: it.id.into() }).collect())
    }

    async fn people(&self) -> Result<Vec<Choice>, Problem> {
        let found = self.basecamp.people(self.actor).await?;
        Ok(found.into_iter().map(|it| Choice { label: it.name, value: it.id.into() }).collect())
    }

    async fn boards(&self) -> Result<Vec<Choice>, Problem> {
        let Some(project) = self.chosen("project") else { return Ok(Vec::new()) };
        let project = self.raw(("GetProject", "Project"), project).await?;
        let dock = project["dock"].as_array().into_iter().flatten();
        let is_board = |it: &&Value| it["name"] == "kanban_board" && it["enabled"] == true;
        Ok(dock.filter(is_board).filter_map(|it| named(it, "title")).collect())
    }

    async fn columns(&self) -> Result<Vec<Choice>, Problem> {
        let Some(board) = self.chosen("card_table") else { return Ok(Vec::new()) };
        let board = self.raw(("GetCardTable", "Board"), board).await?;
        let columns = board["lists"].as_array().into_iter().flatten();
        Ok(columns.filter_map(|it| named(it, "title")).collect())
    }

    async fn cards(&self) -> Result<Vec<Choice>, Problem> {
        let mut cards = Vec::new();
        for column in self.columns().await? {
            let id = column.value.to_string();
            let Some(asked) = Request::new("ListCards", &[id]) else { continue };
            let found = self.basecamp.fetch_all(self.actor, &asked).await?.items;
            cards.extend(found.iter().filter_map(|it| named(it, "title")));
        }
        Ok(cards)
    }

    /// What a tool of the project holds.
    async fn kept_in(&self, field: &str) -> Result<Vec<Choice>, Problem> {
        let Some(project) = self.chosen("project") else { return Ok(Vec::new()) };
        let (tool, operation, label) = match field {
            "message" => ("message_board", "ListMessages", "subject"),
            "document" => ("vault", "ListDocuments", "title"),
            "upload" => ("vault", "ListUploads", "filename"),
            "folder" => ("vault", "ListVaults", "title"),
            "entry" => ("schedule", "ListScheduleEntries", "summary"),
            _ => ("questionnaire", "ListQuestions", "title"),
        };
        let project = self.raw(("GetProject", "Project"), project).await?;
        let dock = project["dock"].as_array().into_iter().flatten();
        let mut of_kind = dock.filter(|it| it["name"] == tool && it["enabled"] == true);
        let Some(id) = of_kind.find_map(|it| it["id"].as_i64()) else { return Ok(Vec::new()) };
        self.all_of(operation, &[id.to_string()], label).await
    }

    /// Parts of what is chosen beside the field.
    async fn parts(&self, field: &str) -> Result<Vec<Choice>, Problem> {
        let owner = match field {
            "group" => "todolist",
            "card_step" => "card",
            _ => "project",
        };
        let Some(id) = self.chosen(owner) else { return Ok(Vec::new()) };
        let (record, list) = match field {
            "group" => {
                return self.all_of("ListTodolistGroups", &[id.to_string()], "name").await;
            }
            "message_type" => {
                return self.all_of("ListMessageTypes", &[id.to_string()], "name").await;
            }
            "card_step" => (self.raw(("GetCard", "Card"), id).await?, "steps"),
            _ => (self.raw(("GetProject", "Project"), id).await?, "dock"),
        };
        let parts = record[list].as_array().into_iter().flatten();
        Ok(parts.filter_map(|it| named(it, "title")).collect())
    }

    async fn all_of(
        &self,
        operation: &str,
        params: &[String],
        label: &str,
    ) -> Result<Vec<Choice>, Problem> {
        let asked = Request::new(operation, params).ok_or_else(|| Problem::not_found("Field"))?;
        let found = self.basecamp.fetch_all(self.actor, &asked).await?.items;
        Ok(found.iter().filter_map(|it| named(it, label)).collect())
    }

    async fn raw(&self, (operation, what): (&str, &str), id: i64) -> Result<Value, Problem> {
        let asked = Request::new(operation, &[id.to_string()]);
        let asked = asked.ok_or_else(|| Problem::not_found(what))?;
        self.basecamp.fetch(self.actor, &asked).await
    }

    /// What another field of the step holds, beside it or among its details.
    fn chosen(&self, field: &str) -> Option<i64> {
        let details = Input::new(&self.request.input).object("inputs");
        let beside = Input::new(&self.request.input).integer(field);
        beside.or_else(|| Input::new(&details).integer(field))
    }
}

/// A record of Basecamp as a choice.
fn named(record: &Value, field: &str) -> Option<Choice> {
    let label = record[field].as_str()?.to_owned();
    Some(Choice { label, value: record["id"].as_i64()?.into() })
}

/// The account, and whose sign-in it is.
fn in_words(access: &BasecampAccess) -> String {
    let account = access.account.as_ref().map_or(access.name.as_str(), |it| it.name.as_str());
    match access.sharing {
        Sharing::Personal => format!("{account}, mine"),
        Sharing::Workspace => format!("{account}, the workspace's"),
    }
}
