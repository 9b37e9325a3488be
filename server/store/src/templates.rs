//! Templates of workspaces.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::error::StoreError;
use crate::ids;
use domain::ids::{UserId, WorkspaceId};
use domain::template::{KeptTemplate, TemplateKind, Visibility};

record! {
    struct Row {
        id: String, owner_id: String, kind: String, name: String, description: String, visibility: String,
        flow_id: Option<String>, content: String, tags: String, seed: Option<String>, created_at: i64,
        updated_at: i64,
    }
}

impl Row {
    fn read(self) -> Result<KeptTemplate> {
        let unreadable = |what: &str| StoreError::Unreadable(format!("template {what}"));
        Ok(KeptTemplate {
            kind: TemplateKind::parse(&self.kind).ok_or_else(|| unreadable(&self.kind))?,
            visibility: Visibility::parse(&self.visibility)
                .ok_or_else(|| unreadable(&self.visibility))?,
            id: self.id,
            owner: UserId::from(self.owner_id),
            name: self.name,
            description: self.description,
            flow_id: self.flow_id,
            content: serde_json::from_str(&self.content)?,
            tags: serde_json::from_str(&self.tags)?,
            seed: self.seed,
            created: ids::rfc3339(self.created_at),
            updated: ids::rfc3339(self.updated_at),
        })
    }
}

macro_rules! templates {
    ($rest:literal) => {
        concat!(
            "SELECT id, owner_id, kind, name, description, visibility, flow_id, content, tags, seed, created_at,
                    updated_at
             FROM templates ",
            $rest
        )
    };
}

/// Which templates are asked for.
#[derive(Clone, Debug, Default)]
pub struct TemplateFilter {
    /// Only of this kind.
    pub kind: Option<TemplateKind>,
    /// Only with this in the name, the description or the tags, in any case.
    pub search: String,
}

/// Stores a new template, whose id comes from [`ids::fresh`]; gives it with the times of now.
///
/// # Errors
/// When the database refuses, also a second default of one name.
pub async fn insert(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    new: KeptTemplate,
) -> Result<KeptTemplate> {
    let now_ms = ids::now_ms();
    execute!(
        conn,
        "INSERT INTO templates (id, workspace_id, owner_id, kind, name, description, visibility, flow_id, content,
             tags, seed, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)",
        new.id.as_str(),
        workspace.as_str(),
        new.owner.as_str(),
        new.kind.as_str(),
        new.name.as_str(),
        new.description.as_str(),
        new.visibility.as_str(),
        new.flow_id.as_deref(),
        new.content.to_string(),
        serde_json::to_string(&new.tags)?,
        new.seed.as_deref(),
        now_ms
    )?;
    let now = ids::rfc3339(now_ms);
    Ok(KeptTemplate { created: now.clone(), updated: now, ..new })
}

/// The template called `id`; `viewer` finds shared ones and their own, nobody given finds all of the workspace.
///
/// # Errors
/// When the database refuses or the row cannot be read.
pub async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &str,
    viewer: Option<&UserId>,
) -> Result<Option<KeptTemplate>> {
    let sql = templates!(
        "WHERE workspace_id = $1 AND id = $2 AND ($3 = '' OR visibility = 'shared' OR owner_id = $3)"
    );
    let viewer = viewer.map(UserId::as_str).unwrap_or_default();
    let row = fetch_optional!(conn, Row, sql, workspace.as_str(), id, viewer)?;
    row.map(Row::read).transpose()
}

/// The templates that `viewer` finds, shared ones and their own, the newest first.
///
/// # Errors
/// When the database refuses or a row cannot be read.
pub async fn list(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    viewer: &UserId,
    filter: &TemplateFilter,
) -> Result<Vec<KeptTemplate>> {
    let sql = templates!("WHERE workspace_id = $1 AND (visibility = 'shared' OR owner_id = $2) AND ($3 = '' OR kind = $3)
                 AND ($4 = '' OR LOWER(name) LIKE $4 ESCAPE '\\' OR LOWER(description) LIKE $4 ESCAPE '\\'
                      OR LOWER(tags) LIKE $4 ESCAPE '\\')
               ORDER BY id DESC");
    let kind = filter.kind.map(TemplateKind::as_str).unwrap_or_default();
    let (workspace, viewer) = (workspace.as_str(), viewer.as_str());
    let rows = fetch_all!(conn, Row, sql, workspace, viewer, kind, pattern(&filter.search))?;
    rows.into_iter().map(Row::read).collect()
}

/// The default called `seed`.
///
/// # Errors
/// When the database refuses or the row cannot be read.
pub async fn seeded(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    seed: &str,
) -> Result<Option<KeptTemplate>> {
    let sql = templates!("WHERE workspace_id = $1 AND seed = $2");
    fetch_optional!(conn, Row, sql, workspace.as_str(), seed)?.map(Row::read).transpose()
}

/// Writes name, description, visibility, flow, content and tags again; false when there is no such template.
///
/// # Errors
/// When the database refuses.
pub async fn update(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    template: &KeptTemplate,
) -> Result<bool> {
    let sql = "UPDATE templates SET name = $3, description = $4, visibility = $5, flow_id = $6, content = $7,
                   tags = $8, updated_at = $9
               WHERE workspace_id = $1 AND id = $2";
    let changed = execute!(
        conn,
        sql,
        workspace.as_str(),
        template.id.as_str(),
        template.name.as_str(),
        template.description.as_str(),
        template.visibility.as_str(),
        template.flow_id.as_deref(),
        template.content.to_string(),
        serde_json::to_string(&template.tags)?,
        ids::now_ms()
    )?;
    Ok(changed > 0)
}

/// Removes a template with the app that was published of it; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, workspace: &WorkspaceId, id: &str) -> Result<bool> {
    let sql = "DELETE FROM apps WHERE workspace_id = $1 AND template_id = $2";
    execute!(conn, sql, workspace.as_str(), id)?;
    let sql = "DELETE FROM templates WHERE workspace_id = $1 AND id = $2";
    Ok(execute!(conn, sql, workspace.as_str(), id)? > 0)
}

/// What `LIKE` finds `search` with, its own signs taken as they are; empty for everything.
pub(crate) fn pattern(search: &str) -> String {
    let search = search.trim().to_lowercase();
    if search.is_empty() {
        return search;
    }
    let plain = search.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{plain}%")
}
