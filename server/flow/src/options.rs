//! Choices of drop-down fields that depend on the workspace.

use crate::flows::Flows;
use crate::pieces::input::Input;
use basecamp::records::Request;
use domain::actor::{Actor, Permission};
use domain::flow::catalog;
use domain::flow::listing::{Choice, FlowFilter, OptionsRequest};
use domain::problem::Problem;
use domain::todo::TodoQuery;
use serde_json::Value;
use store::workspaces;

/// Choices in one answer.
const MOST: usize = 200;

impl Flows {
    /// The choices of one field, given the other fields of its step.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`] for a field without choices; what the app itself answers.
    pub async fn options(
        &self,
        actor: &Actor,
        request: &OptionsRequest,
    ) -> Result<Vec<Choice>, Problem> {
        actor.require(Permission::Read)?;
        let field = request.prop.rsplit('.').next().unwrap_or_default();
        let all = match (request.piece.as_str(), field) {
            (catalog::SUBFLOWS, "flow") => self.callable(actor).await?,
            (catalog::NOTIFY | catalog::APPROVAL, "person") => self.members(actor).await?,
            (_, "connection" | "auth") => self.connected(actor).await?,
            (catalog::BASECAMP, "project") => self.projects(actor).await?,
            (catalog::BASECAMP, "todolist") => self.lists(actor, request).await?,
            (catalog::BASECAMP, "todo" | "recording_id") => self.todos(actor, request).await?,
            (catalog::BASECAMP, "assignee_ids" | "participant_ids" | "person") => {
                self.people(actor).await?
            }
            (catalog::BASECAMP, "card_table") => self.boards(actor, request).await?,
            (catalog::BASECAMP, "column") => self.columns(actor, request).await?,
            (catalog::BASECAMP, "card") => self.cards(actor, request).await?,
            (
                catalog::BASECAMP,
                "message" | "document" | "entry" | "question" | "upload" | "folder",
            ) => self.kept_in(actor, request, field).await?,
            (catalog::BASECAMP, "template") => {
                self.all_of(actor, "ListTemplates", &[], "name").await?
            }
            (catalog::BASECAMP, "marker") => {
                self.all_of(actor, "ListLineupMarkers", &[], "name").await?
            }
            (catalog::BASECAMP, "message_type" | "group" | "card_step" | "tool") => {
                self.parts(actor, request, field).await?
            }
            _ => return Err(Problem::not_found("Field")),
        };
        Ok(narrowed(all, request.search.as_deref().unwrap_or_default()))
    }

    /// Flows that start when another one calls them.
    async fn callable(&self, actor: &Actor) -> Result<Vec<Choice>, Problem> {
        let filter = FlowFilter { limit: Some(200), ..FlowFilter::default() };
        let flows = self.list(actor, &filter).await?.data.into_iter();
        let callable = flows.filter(|it| it.trigger_piece.as_deref() == Some(catalog::SUBFLOWS));
        Ok(callable.map(|it| Choice { label: it.name, value: it.id.as_str().into() }).collect())
    }

    /// Connections as steps name them.
    async fn connected(&self, actor: &Actor) -> Result<Vec<Choice>, Problem> {
        let found = self.connections().list(actor, None).await?.into_iter();
        let named = |id: &str| format!("{{{{connections['{id}']}}}}");
        Ok(found
            .map(|it| Choice { label: it.display_name, value: named(&it.external_id).into() })
            .collect())
    }

    async fn members(&self, actor: &Actor) -> Result<Vec<Choice>, Problem> {
        let mut conn = self.engine.db.read().await?;
        let members = workspaces::members(&mut conn, &actor.workspace).await?;
        let active = members.into_iter().filter(|it| it.status == "active");
        Ok(active.map(|it| Choice { label: it.name, value: it.user_id.into() }).collect())
    }
}

impl Flows {
    async fn projects(&self, actor: &Actor) -> Result<Vec<Choice>, Problem> {
        let found = self.engine.basecamp.projects(actor).await?;
        Ok(found.into_iter().map(|it| Choice { label: it.name, value: it.id.into() }).collect())
    }

    async fn lists(&self, actor: &Actor, request: &OptionsRequest) -> Result<Vec<Choice>, Problem> {
        let Some(project) = chosen(request, "project") else { return Ok(Vec::new()) };
        let found = self.engine.basecamp.lists(actor, project).await?;
        Ok(found.into_iter().map(|it| Choice { label: it.name, value: it.id.into() }).collect())
    }

    async fn todos(&self, actor: &Actor, request: &OptionsRequest) -> Result<Vec<Choice>, Problem> {
        let Some(project) = chosen(request, "project") else { return Ok(Vec::new()) };
        let list = chosen(request, "todolist");
        let query = TodoQuery { project_id: Some(project), ..TodoQuery::default() };
        let found = self.engine.basecamp.todos(actor, &query).await?;
        let of_list = found.into_iter().filter(|it| list.is_none() || it.list_id == list);
        Ok(of_list.map(|it| Choice { label: it.title, value: it.id.into() }).collect())
    }

    async fn people(&self, actor: &Actor) -> Result<Vec<Choice>, Problem> {
        let found = self.engine.basecamp.people(actor).await?;
        Ok(found.into_iter().map(|it| Choice { label: it.name, value: it.id.into() }).collect())
    }
}

impl Flows {
    async fn boards(
        &self,
        actor: &Actor,
        request: &OptionsRequest,
    ) -> Result<Vec<Choice>, Problem> {
        let Some(project) = chosen(request, "project") else { return Ok(Vec::new()) };
        let project = self.raw(actor, ("GetProject", "Project"), project).await?;
        let dock = project["dock"].as_array().into_iter().flatten();
        let is_board = |it: &&Value| it["name"] == "kanban_board" && it["enabled"] == true;
        Ok(dock.filter(is_board).filter_map(|it| named(it, "title")).collect())
    }

    async fn columns(
        &self,
        actor: &Actor,
        request: &OptionsRequest,
    ) -> Result<Vec<Choice>, Problem> {
        let Some(board) = chosen(request, "card_table") else { return Ok(Vec::new()) };
        let board = self.raw(actor, ("GetCardTable", "Board"), board).await?;
        let columns = board["lists"].as_array().into_iter().flatten();
        Ok(columns.filter_map(|it| named(it, "title")).collect())
    }

    async fn cards(&self, actor: &Actor, request: &OptionsRequest) -> Result<Vec<Choice>, Problem> {
        let mut cards = Vec::new();
        for column in self.columns(actor, request).await? {
            let id = column.value.to_string();
            let Some(asked) = Request::new("ListCards", &[id]) else { continue };
            let found = self.engine.basecamp.fetch_all(actor, &asked).await?.items;
            cards.extend(found.iter().filter_map(|it| named(it, "title")));
        }
        Ok(cards)
    }

    /// What a tool of the project holds.
    async fn kept_in(
        &self,
        actor: &Actor,
        request: &OptionsRequest,
        field: &str,
    ) -> Result<Vec<Choice>, Problem> {
        let Some(project) = chosen(request, "project") else { return Ok(Vec::new()) };
        let (tool, operation, label) = match field {
            "message" => ("message_board", "ListMessages", "subject"),
            "document" => ("vault", "ListDocuments", "title"),
            "upload" => ("vault", "ListUploads", "filename"),
            "folder" => ("vault", "ListVaults", "title"),
            "entry" => ("schedule", "ListScheduleEntries", "summary"),
            _ => ("questionnaire", "ListQuestions", "title"),
        };
        let project = self.raw(actor, ("GetProject", "Project"), project).await?;
        let dock = project["dock"].as_array().into_iter().flatten();
        let mut of_kind = dock.filter(|it| it["name"] == tool && it["enabled"] == true);
        let Some(id) = of_kind.find_map(|it| it["id"].as_i64()) else { return Ok(Vec::new()) };
        self.all_of(actor, operation, &[id.to_string()], label).await
    }

    /// Parts of what is chosen beside the field.
    async fn parts(
        &self,
        actor: &Actor,
        request: &OptionsRequest,
        field: &str,
    ) -> Result<Vec<Choice>, Problem> {
        let owner = match field {
            "group" => "todolist",
            "card_step" => "card",
            _ => "project",
        };
        let Some(id) = chosen(request, owner) else { return Ok(Vec::new()) };
        let (record, list) = match field {
            "group" => {
                return self.all_of(actor, "ListTodolistGroups", &[id.to_string()], "name").await;
            }
            "message_type" => {
                return self.all_of(actor, "ListMessageTypes", &[id.to_string()], "name").await;
            }
            "card_step" => (self.raw(actor, ("GetCard", "Card"), id).await?, "steps"),
            _ => (self.raw(actor, ("GetProject", "Project"), id).await?, "dock"),
        };
        let parts = record[list].as_array().into_iter().flatten();
        Ok(parts.filter_map(|it| named(it, "title")).collect())
    }

    async fn all_of(
        &self,
        actor: &Actor,
        operation: &str,
        params: &[String],
        label: &str,
    ) -> Result<Vec<Choice>, Problem> {
        let asked = Request::new(operation, params).ok_or_else(|| Problem::not_found("Field"))?;
        let found = self.engine.basecamp.fetch_all(actor, &asked).await?.items;
        Ok(found.iter().filter_map(|it| named(it, label)).collect())
    }

    async fn raw(
        &self,
        actor: &Actor,
        (operation, what): (&str, &str),
        id: i64,
    ) -> Result<Value, Problem> {
        let asked = Request::new(operation, &[id.to_string()]);
        let asked = asked.ok_or_else(|| Problem::not_found(what))?;
        self.engine.basecamp.fetch(actor, &asked).await
    }
}

/// A record of Basecamp as a choice.
fn named(record: &Value, field: &str) -> Option<Choice> {
    let label = record[field].as_str()?.to_owned();
    Some(Choice { label, value: record["id"].as_i64()?.into() })
}

/// What another field of the step holds, beside it or among its details.
fn chosen(request: &OptionsRequest, field: &str) -> Option<i64> {
    let details = Input::new(&request.input).object("inputs");
    Input::new(&request.input).integer(field).or_else(|| Input::new(&details).integer(field))
}

fn narrowed(all: Vec<Choice>, search: &str) -> Vec<Choice> {
    let wanted = search.trim().to_lowercase();
    all.into_iter().filter(|it| it.label.to_lowercase().contains(&wanted)).take(MOST).collect()
}
