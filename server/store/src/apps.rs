//! Published apps and their counters.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::error::StoreError;
use crate::ids;
use crate::templates::pattern;
use domain::app::input::InputSchema;
use domain::app::publisher::{Audience, PublishStatus};
use domain::app::{AppFilter, OutputType};
use domain::ids::{FlowId, UserId, WorkspaceId};
use serde_json::Value;

record! {
    struct Row {
        template_id: String, workspace_id: String, owner_id: String, flow_id: Option<String>, name: String,
        description: String, icon: String, category: String, tags: String, featured: i16, display_order: i64,
        input_schema: String, output_type: String, output_schema: String, missing: Option<String>, run_count: i64,
        success_count: i64, failed_count: i64, total_ms: i64, last_run_at: Option<i64>, created_at: i64,
        updated_at: i64,
    }
}

/// An app as it is stored, with the name of its template.
#[derive(Clone, Debug)]
pub struct AppRow {
    /// Its id, which is that of its template.
    pub id: String,
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Who published it.
    pub owner: UserId,
    /// What it runs.
    pub flow: Option<FlowId>,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub description: String,
    /// A name of our icons, or one sign.
    pub icon: String,
    /// In capitals.
    pub category: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Shown first.
    pub featured: bool,
    /// Smaller ones come first.
    pub display_order: i64,
    /// What it asks.
    pub input_schema: InputSchema,
    /// How its output is shown.
    pub output_type: OutputType,
    /// About the output, with the publisher's block, as it was sent.
    pub output_schema: Value,
    /// Who finds it.
    pub audience: Audience,
    /// How far it is.
    pub status: PublishStatus,
    /// Why it cannot be run yet.
    pub missing: Option<String>,
    /// Runs that ended.
    pub runs: i64,
    /// Of these, those that went well.
    pub successes: i64,
    /// Of these, those that did not.
    pub failures: i64,
    /// Milliseconds of all runs.
    pub total_ms: i64,
    /// Epoch milliseconds.
    pub last_run_at: Option<i64>,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Epoch milliseconds.
    pub updated_at: i64,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT a.template_id, a.workspace_id, a.owner_id, a.flow_id, t.name, t.description, a.icon, a.category,
                 a.tags, a.featured, a.display_order, a.input_schema, a.output_type, a.output_schema, a.missing,
                 a.run_count, a.success_count, a.failed_count, a.total_ms, a.last_run_at, a.created_at, a.updated_at
             FROM apps a JOIN templates t ON t.id = a.template_id AND t.workspace_id = a.workspace_id ",
            $rest
        )
    };
}

impl Row {
    fn read(self) -> Result<AppRow> {
        let output_schema: Value = serde_json::from_str(&self.output_schema)?;
        let publisher = domain::app::publisher::Publisher::read(output_schema.get("publisher"))
            .map_err(|_| {
                StoreError::Unreadable(format!("publisher of app {}", self.template_id))
            })?;
        Ok(AppRow {
            id: self.template_id,
            workspace: WorkspaceId::from(self.workspace_id),
            owner: UserId::from(self.owner_id),
            flow: self.flow_id.map(FlowId::from),
            name: self.name,
            description: self.description,
            icon: self.icon,
            category: self.category,
            tags: serde_json::from_str(&self.tags)?,
            featured: self.featured == 1,
            display_order: self.display_order,
            input_schema: serde_json::from_str(&self.input_schema)?,
            output_type: OutputType::parse(&self.output_type).unwrap_or_default(),
            audience: publisher.audience,
            status: publisher.publish_status,
            output_schema,
            missing: self.missing,
            runs: self.run_count,
            successes: self.success_count,
            failures: self.failed_count,
            total_ms: self.total_ms,
            last_run_at: self.last_run_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// Whose eyes a list of apps is for.
#[derive(Clone, Debug, Default)]
pub struct Viewer {
    /// Their workspace; empty for a visitor.
    pub workspace: String,
    /// The person; empty for a visitor.
    pub user: String,
    /// They may change every app of their workspace.
    pub manages: bool,
}

/// Stores an app, or everything about it but its counters again.
///
/// # Errors
/// When the database refuses.
pub async fn save(conn: &mut Conn, app: &AppRow) -> Result<()> {
    let now_ms = ids::now_ms();
    execute!(
        conn,
        "INSERT INTO apps (template_id, workspace_id, owner_id, flow_id, icon, category, tags, featured, display_order,
             input_schema, output_type, output_schema, audience, publish_status, missing, run_count, success_count,
             failed_count, total_ms, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, 0, 0, 0, $16, $16)
         ON CONFLICT (template_id) DO UPDATE SET flow_id = $4, icon = $5, category = $6, tags = $7, featured = $8,
             display_order = $9, input_schema = $10, output_type = $11, output_schema = $12, audience = $13,
             publish_status = $14, missing = $15, updated_at = $16",
        app.id.as_str(),
        app.workspace.as_str(),
        app.owner.as_str(),
        app.flow.as_ref().map(FlowId::as_str),
        app.icon.as_str(),
        app.category.as_str(),
        serde_json::to_string(&app.tags)?,
        i16::from(app.featured),
        app.display_order,
        serde_json::to_string(&app.input_schema)?,
        app.output_type.as_str(),
        app.output_schema.to_string(),
        app.audience.as_str(),
        app.status.as_str(),
        app.missing.as_deref(),
        now_ms
    )?;
    Ok(())
}

/// The app called `id`, of whatever workspace: who may see it is for the caller to say.
///
/// # Errors
/// When the database refuses or the row cannot be read.
pub async fn find(conn: &mut Conn, id: &str) -> Result<Option<AppRow>> {
    let sql = select!("WHERE a.template_id = $1");
    fetch_optional!(conn, Row, sql, id)?.map(Row::read).transpose()
}

/// The apps that `viewer` may see, in the order of the gallery: `limit` of them, after the first `skip`.
///
/// Those of their workspace that are published, or theirs to change, and those published for everybody.
///
/// # Errors
/// When the database refuses or a row cannot be read.
pub async fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    filter: &AppFilter,
    (skip, limit): (i64, i64),
) -> Result<Vec<AppRow>> {
    let sql = select!(
        "WHERE ((a.workspace_id = $1 AND (($3 = 1 OR a.owner_id = $2)
                   OR (a.publish_status = 'published' AND a.flow_id IS NOT NULL AND a.missing IS NULL)))
                OR (a.audience = 'external' AND a.publish_status = 'published' AND a.flow_id IS NOT NULL
                    AND a.missing IS NULL))
           AND ($4 = '' OR LOWER(t.name) LIKE $4 ESCAPE '\\' OR LOWER(t.description) LIKE $4 ESCAPE '\\'
                OR LOWER(a.tags) LIKE $4 ESCAPE '\\')
           AND ($5 = '' OR a.category = $5) AND ($6 < 0 OR a.featured = $6)
         ORDER BY a.featured DESC, a.display_order, a.created_at DESC, a.template_id DESC LIMIT $7 OFFSET $8"
    );
    let rows = fetch_all!(
        conn,
        Row,
        sql,
        viewer.workspace.as_str(),
        viewer.user.as_str(),
        i16::from(viewer.manages),
        pattern(&filter.search),
        filter.category.trim().to_uppercase(),
        filter.featured.map_or(-1_i16, i16::from),
        limit,
        skip
    )?;
    rows.into_iter().map(Row::read).collect()
}

/// The apps of a workspace that `user` may change, the newest first; all where they manage.
///
/// # Errors
/// When the database refuses or a row cannot be read.
pub async fn managed(conn: &mut Conn, viewer: &Viewer, search: &str) -> Result<Vec<AppRow>> {
    let sql = select!(
        "WHERE a.workspace_id = $1 AND ($3 = 1 OR a.owner_id = $2)
           AND ($4 = '' OR LOWER(t.name) LIKE $4 ESCAPE '\\' OR LOWER(t.description) LIKE $4 ESCAPE '\\')
         ORDER BY a.created_at DESC, a.template_id DESC"
    );
    let manages = i16::from(viewer.manages);
    let (workspace, user) = (viewer.workspace.as_str(), viewer.user.as_str());
    let rows = fetch_all!(conn, Row, sql, workspace, user, manages, pattern(search))?;
    rows.into_iter().map(Row::read).collect()
}

/// Takes an app out of the gallery; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, workspace: &WorkspaceId, id: &str) -> Result<bool> {
    let sql = "DELETE FROM apps WHERE workspace_id = $1 AND template_id = $2";
    Ok(execute!(conn, sql, workspace.as_str(), id)? > 0)
}

/// Apps of a flow that is deleted have none: they are drafts until they are given another one.
///
/// # Errors
/// When the database refuses.
pub async fn flow_deleted(conn: &mut Conn, workspace: &WorkspaceId, flow: &FlowId) -> Result<()> {
    let sql = "UPDATE apps SET flow_id = NULL WHERE workspace_id = $1 AND flow_id = $2";
    execute!(conn, sql, workspace.as_str(), flow.as_str())?;
    let sql = "UPDATE templates SET flow_id = NULL WHERE workspace_id = $1 AND flow_id = $2";
    execute!(conn, sql, workspace.as_str(), flow.as_str())?;
    Ok(())
}
