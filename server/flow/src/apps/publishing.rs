//! Putting apps into the gallery, changing them, taking them out.

use crate::apps::{Apps, Visitor, can_manage, missing, shown, viewer};
use domain::actor::{Actor, Permission};
use domain::app::input::InputSchema;
use domain::app::publisher::{PublishStatus, Publisher};
use domain::app::{App, AppChange, OutputType};
use domain::event::{Event, EventKind};
use domain::flow::engine::FlowEngine;
use domain::ids::{FlowId, WorkspaceId};
use domain::problem::{Issue, Problem};
use domain::template::{KeptTemplate, TemplateKind, Visibility};
use serde_json::{Value, json};
use store::apps::AppRow;
use store::db::Conn;
use store::templates::TemplateFilter;
use store::{apps, events, flows, ids, templates};

/// Characters of a description, of a category, of an icon and of a tag.
const LONGEST: (usize, usize, usize, usize) = (2_000, 40, 40, 40);
const MOST_TAGS: usize = 20;

impl Apps {
    /// The apps that the actor may change, the newest first.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to write.
    pub async fn managed(&self, actor: &Actor, search: &str) -> Result<Vec<App>, Problem> {
        actor.require(Permission::Write)?;
        let mut conn = self.runs.engine.db.read().await?;
        let rows = apps::managed(&mut conn, &viewer(actor), search).await?;
        let visitor = Visitor::member(actor);
        Ok(rows.into_iter().map(|it| shown(it, &visitor)).collect())
    }

    /// Templates of flows that the actor finds: their own and shared ones, the newest first.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to write.
    pub async fn templates(
        &self,
        actor: &Actor,
        search: &str,
    ) -> Result<Vec<KeptTemplate>, Problem> {
        actor.require(Permission::Write)?;
        let filter = TemplateFilter { kind: Some(TemplateKind::Flow), search: search.to_owned() };
        let mut conn = self.runs.engine.db.read().await?;
        Ok(templates::list(&mut conn, &actor.workspace, &actor.user, &filter).await?)
    }

    /// Keeps a flow as a template under `name`, or under its own, so that it can be published.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::Invalid`] for a flow that is not of this workspace or runs elsewhere.
    pub async fn keep_template(
        &self,
        actor: &Actor,
        flow: &FlowId,
        (name, visibility): (&str, Visibility),
    ) -> Result<KeptTemplate, Problem> {
        actor.require(Permission::Write)?;
        let (by, flow, name) = (actor.clone(), flow.clone(), name.trim().to_owned());
        self.runs
            .engine
            .db
            .write(move |conn| {
                Box::pin(async move {
                    let own = flow_name(conn, &by.workspace, &flow).await?;
                    let name = if name.is_empty() { own } else { name };
                    let (id, owner) = (ids::fresh(), by.user.clone());
                    let new = KeptTemplate {
                        visibility,
                        flow_id: Some(flow.to_string()),
                        ..KeptTemplate::new(id, owner, TemplateKind::Flow, name)
                    };
                    let kept = templates::insert(conn, &by.workspace, new).await?;
                    let event = Event::new(EventKind::TemplateKept, &kept.id, kept.name.as_str());
                    events::record(conn, &by, &event).await?;
                    Ok(kept)
                })
            })
            .await
    }

    /// Publishes the template called `id` as an app; done again it is changed.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for anybody but its owner; [`Problem::NotFound`] for a template of another workspace;
    /// [`Problem::Invalid`] with everything that is wrong.
    pub async fn publish(
        &self,
        actor: &Actor,
        id: &str,
        change: AppChange,
    ) -> Result<App, Problem> {
        let outcome = match actor.require(Permission::Write) {
            Ok(()) => self.written(actor, (Wanted::ToPublish, id), change).await,
            Err(refused) => Err(refused),
        };
        self.noted(actor, (EventKind::AppPublished, id), outcome).await
    }

    /// Changes an app; what is left out stays.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for anybody but its owner and those who manage; [`Problem::NotFound`];
    /// [`Problem::Invalid`] with everything that is wrong.
    pub async fn update(&self, actor: &Actor, id: &str, change: AppChange) -> Result<App, Problem> {
        let outcome = self.written(actor, (Wanted::ToUpdate, id), change).await;
        self.noted(actor, (EventKind::AppUpdated, id), outcome).await
    }

    /// Writes the change of what is `wanted` under `id`, in one transaction.
    async fn written(
        &self,
        actor: &Actor,
        (wanted, id): (Wanted, &str),
        change: AppChange,
    ) -> Result<App, Problem> {
        let (by, id) = (actor.clone(), id.to_owned());
        let row = self
            .runs
            .engine
            .db
            .write(move |conn| {
                Box::pin(async move {
                    let (kind, row, template) = wanted.find(conn, &by, &id).await?;
                    saved(conn, (&by, kind), row, template, change).await
                })
            })
            .await?;
        Ok(shown(row, &Visitor::member(actor)))
    }

    /// Takes an app out of the gallery; its template and its flow stay.
    ///
    /// # Errors
    /// As [`Apps::update`].
    pub async fn unpublish(&self, actor: &Actor, id: &str) -> Result<(), Problem> {
        let (by, app) = (actor.clone(), id.to_owned());
        let outcome = self
            .runs
            .engine
            .db
            .write(move |conn| {
                Box::pin(async move {
                    let row = managed(conn, &by, &app).await?;
                    apps::delete(conn, &by.workspace, &app).await?;
                    let event = Event::new(EventKind::AppUnpublished, &app, row.name);
                    events::record(conn, &by, &event).await?;
                    Ok(())
                })
            })
            .await;
        self.noted(actor, (EventKind::AppUnpublished, id), outcome).await
    }
}

/// What is looked for to be changed.
#[derive(Clone, Copy)]
enum Wanted {
    /// A template of the actor's own, with its app or an empty one.
    ToPublish,
    /// An app that the actor may change, with its template.
    ToUpdate,
}

impl Wanted {
    /// The app and its template as they are, and what a change of them is.
    async fn find(
        self,
        conn: &mut Conn,
        by: &Actor,
        id: &str,
    ) -> Result<(EventKind, AppRow, KeptTemplate), Problem> {
        let template = templates::find(conn, &by.workspace, id, None).await?;
        if let Self::ToUpdate = self {
            let row = managed(conn, by, id).await?;
            return Ok((EventKind::AppUpdated, row, template.ok_or_else(missing)?));
        }
        let template = template.filter(|it| it.kind == TemplateKind::Flow);
        let template = template.ok_or_else(|| Problem::not_found("Template"))?;
        if template.owner != by.user {
            return Err(not_yours());
        }
        Ok(match apps::find(conn, id).await? {
            Some(row) => (EventKind::AppUpdated, row, template),
            None => (EventKind::AppPublished, empty(by, &template), template),
        })
    }
}

fn not_yours() -> Problem {
    Problem::Forbidden { message: "Only the owner may do this with the app. Ask them".to_owned() }
}

/// An app of the actor's workspace that they may change.
async fn managed(conn: &mut Conn, by: &Actor, id: &str) -> Result<AppRow, Problem> {
    let row = apps::find(conn, id).await?.filter(|it| it.workspace == by.workspace);
    let row = row.ok_or_else(missing)?;
    if can_manage(&row, &Visitor::member(by)) { Ok(row) } else { Err(not_yours()) }
}

/// The name of a flow of the workspace that runs on our engine.
async fn flow_name(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    flow: &FlowId,
) -> Result<String, Problem> {
    if FlowEngine::of_id(flow.as_str()) == FlowEngine::Activepieces {
        let message = "A flow on the Activepieces server cannot be an app. Choose one of PM OS";
        return Err(Problem::invalid("flowId", message));
    }
    let stored = flows::find(conn, workspace, flow).await?;
    let known = || Problem::invalid("flowId", "There is no such flow. Choose another one");
    Ok(stored.ok_or_else(known)?.flow.version.display_name)
}

/// Writes what changes about an app and its template, with its event.
async fn saved(
    conn: &mut Conn,
    (by, kind): (&Actor, EventKind),
    row: AppRow,
    mut template: KeptTemplate,
    change: AppChange,
) -> Result<AppRow, Problem> {
    if let Some(flow) = &change.flow_id {
        flow_name(conn, &by.workspace, &FlowId::from(flow.as_str())).await?;
        template.flow_id = Some(flow.clone());
    }
    if let Some(description) = &change.description {
        template.description = description.trim().to_owned();
    }
    let row = changed(row, change)?;
    templates::update(conn, &by.workspace, &template).await?;
    apps::save(conn, &row).await?;
    events::record(conn, by, &Event::new(kind, &row.id, row.name.as_str())).await?;
    apps::find(conn, &row.id).await?.ok_or_else(missing)
}

pub(super) fn empty(by: &Actor, template: &KeptTemplate) -> AppRow {
    AppRow {
        id: template.id.clone(),
        workspace: by.workspace.clone(),
        owner: template.owner.clone(),
        flow: template.flow_id.as_deref().map(FlowId::from),
        name: template.name.clone(),
        description: template.description.clone(),
        icon: String::new(),
        category: String::new(),
        tags: template.tags.clone(),
        featured: false,
        display_order: 0,
        input_schema: InputSchema::default(),
        output_type: OutputType::default(),
        output_schema: json!({}),
        audience: domain::app::publisher::Audience::default(),
        status: PublishStatus::default(),
        missing: None,
        runs: 0,
        successes: 0,
        failures: 0,
        total_ms: 0,
        last_run_at: None,
        created_at: 0,
        updated_at: 0,
    }
}

/// The app with what changes.
pub(super) fn changed(mut row: AppRow, change: AppChange) -> Result<AppRow, Problem> {
    let mut issues = Vec::new();
    if let Some(flow) = change.flow_id {
        row.flow = Some(FlowId::from(flow));
        row.missing = None;
    }
    short(change.description, ("description", LONGEST.0), &mut issues);
    if let Some(category) = short(change.category, ("category", LONGEST.1), &mut issues) {
        row.category = category.to_uppercase();
    }
    if let Some(icon) = short(change.icon, ("icon", LONGEST.2), &mut issues) {
        row.icon = icon;
    }
    if let Some(tags) = change.tags {
        if tags.len() > MOST_TAGS || tags.iter().any(|it| it.chars().count() > LONGEST.3) {
            let message = format!("Give {MOST_TAGS} tags at most, of {} characters", LONGEST.3);
            issues.push(Issue::new("tags", message));
        }
        row.tags = tags;
    }
    row.featured = change.featured.unwrap_or(row.featured);
    row.display_order = change.display_order.unwrap_or(row.display_order);
    if let Some(schema) = &change.input_schema {
        let read = InputSchema::read(schema, "inputSchema");
        row.input_schema = read.unwrap_or_else(|more| kept(more, &mut issues));
    }
    if let Some(word) = &change.output_type {
        match OutputType::parse(word) {
            Some(kind) => row.output_type = kind,
            None => issues.push(Issue::new(
                "outputType",
                "Give json, text, markdown, image or html as outputType",
            )),
        }
    }
    if let Some(schema) = change.output_schema {
        describe(&mut row, schema, &mut issues);
    }
    if issues.is_empty() { Ok(row) } else { Err(Problem::Invalid { issues }) }
}

/// Takes what is written about the output, and the publisher's block in it.
fn describe(row: &mut AppRow, schema: Value, issues: &mut Vec<Issue>) {
    if !(schema.is_object() || schema.is_null()) {
        issues.push(Issue::new("outputSchema", "Give outputSchema as an object"));
        return;
    }
    let publisher = Publisher::read(schema.get("publisher"));
    let publisher = publisher.unwrap_or_else(|more| kept(more, issues));
    row.audience = publisher.audience;
    row.status = publisher.publish_status;
    row.output_schema = if schema.is_null() { json!({}) } else { schema };
}

fn kept<T: Default>(more: Vec<Issue>, issues: &mut Vec<Issue>) -> T {
    issues.extend(more);
    T::default()
}

fn short(
    text: Option<String>,
    (field, most): (&str, usize),
    issues: &mut Vec<Issue>,
) -> Option<String> {
    let text = text?.trim().to_owned();
    if text.chars().count() > most {
        issues.push(Issue::new(field, format!("Give {most} characters at most for {field}")));
    }
    Some(text)
}
