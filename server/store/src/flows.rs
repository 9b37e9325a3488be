//! Flows and their versions. A version's body is the flow JSON as `domain` writes it.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::{flow_projects, ids};
use domain::flow::engine::FlowEngine;
use domain::flow::listing::{FlowFilter, VersionSummary};
use domain::flow::{Flow, FlowStatus, FlowVersion, VersionState};
use domain::ids::{FlowId, FlowVersionId, UserId, WorkspaceId};

/// A flow with what only the server knows of it.
#[derive(Clone, Debug)]
pub struct StoredFlow {
    /// The flow with its newest version.
    pub flow: Flow,
    /// The random part of its webhook address.
    pub hook: String,
    /// Whose rights its runs have; none before the first publishing.
    pub published_by: Option<UserId>,
    /// When it was changed last, epoch milliseconds.
    pub updated_at: i64,
}

record! {
    struct FlowRow {
        id: String, workspace_id: String, folder_id: Option<String>, status: String,
        published_version_id: Option<String>, owner_id: String, published_by: Option<String>, hook: String,
        metadata: Option<String>, runs_at_once: Option<i64>, revision: i64, created_at: i64, updated_at: i64, body: String,
    }
}

impl FlowRow {
    fn read(self) -> Result<StoredFlow> {
        let version: FlowVersion = serde_json::from_str(&self.body)?;
        let flow = Flow {
            id: FlowId::from(self.id),
            project_id: self.workspace_id,
            folder_id: self.folder_id,
            status: status_named(&self.status),
            published_version_id: self.published_version_id.map(FlowVersionId::from),
            created: ids::rfc3339(self.created_at),
            updated: ids::rfc3339(self.updated_at),
            owner_id: Some(self.owner_id),
            metadata: self.metadata.as_deref().map(serde_json::from_str).transpose()?,
            runs_at_once: self.runs_at_once.and_then(|it| u32::try_from(it).ok()),
            revision: self.revision,
            engine: FlowEngine::Builtin,
            version,
        };
        Ok(StoredFlow {
            flow,
            hook: self.hook,
            published_by: self.published_by.map(UserId::from),
            updated_at: self.updated_at,
        })
    }
}

fn status_named(word: &str) -> FlowStatus {
    if word == "ENABLED" { FlowStatus::Enabled } else { FlowStatus::Disabled }
}

/// The word in the database.
fn status_word(status: FlowStatus) -> &'static str {
    match status {
        FlowStatus::Enabled => "ENABLED",
        FlowStatus::Disabled => "DISABLED",
    }
}

fn state_word(state: VersionState) -> &'static str {
    match state {
        VersionState::Draft => "DRAFT",
        VersionState::Locked => "LOCKED",
    }
}

/// Stores a new flow with its first version.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, flow: &Flow, owner: &UserId, hook: &str) -> Result<()> {
    let now = ids::now_ms();
    let workspace = WorkspaceId::from(flow.project_id.as_str());
    execute!(
        conn,
        "INSERT INTO flows (id, workspace_id, name, folder_id, status, latest_version_id, owner_id, hook, metadata,
                            revision, created_at, updated_at, runs_at_once)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)",
        flow.id.as_str(),
        workspace.as_str(),
        flow.version.display_name.as_str(),
        flow.folder_id.as_deref(),
        status_word(flow.status),
        flow.version.id.as_str(),
        owner.as_str(),
        hook,
        flow.metadata.as_ref().map(ToString::to_string),
        flow.revision,
        now,
        flow.runs_at_once.map(i64::from)
    )?;
    save_version(conn, &workspace, &flow.version).await
}

macro_rules! select_flows {
    ($rest:literal) => {
        concat!(
            "SELECT f.id, f.workspace_id, f.folder_id, f.status, f.published_version_id, f.owner_id, f.published_by,
                    f.hook, f.metadata, f.runs_at_once, f.revision, f.created_at, f.updated_at, v.body
             FROM flows f JOIN flow_versions v ON v.id = f.latest_version_id ",
            $rest
        )
    };
}

/// A flow of the workspace with its newest version.
///
/// # Errors
/// When the database refuses or the stored flow cannot be read.
pub async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &FlowId,
) -> Result<Option<StoredFlow>> {
    let sql = select_flows!("WHERE f.workspace_id = $1 AND f.id = $2");
    fetch_optional!(conn, FlowRow, sql, workspace.as_str(), id.as_str())?
        .map(FlowRow::read)
        .transpose()
}

/// The flow a webhook address belongs to: by its random part.
///
/// # Errors
/// When the database refuses or the stored flow cannot be read.
pub async fn find_by_hook(conn: &mut Conn, hook: &str) -> Result<Option<StoredFlow>> {
    let sql = select_flows!("WHERE f.hook = $1");
    fetch_optional!(conn, FlowRow, sql, hook)?.map(FlowRow::read).transpose()
}

record! {
    /// What a request to a webhook address needs to know, without the flow itself.
    #[derive(Clone, Debug)]
    pub struct HookTarget {
        /// The flow.
        pub flow_id: String,
        /// Its workspace.
        pub workspace_id: String,
        /// `ENABLED` or `DISABLED`.
        pub status: String,
        /// What runs.
        pub published_version_id: Option<String>,
        /// Whose rights runs have.
        pub published_by: Option<String>,
        /// Who made it.
        pub owner_id: String,
        /// Runs that may be under way at once.
        pub runs_at_once: Option<i64>,
    }
}

/// The flow a webhook address belongs to, by its random part.
///
/// # Errors
/// When the database refuses.
pub async fn hook_target(conn: &mut Conn, hook: &str) -> Result<Option<HookTarget>> {
    let sql = "SELECT id AS flow_id, workspace_id, status, published_version_id, published_by, owner_id, runs_at_once
               FROM flows WHERE hook = $1";
    fetch_optional!(conn, HookTarget, sql, hook)
}

/// Flows of the workspace, the last changed first, one more than `limit` when there are more.
///
/// # Errors
/// When the database refuses or a stored flow cannot be read.
pub async fn list(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    filter: &FlowFilter,
    before: (i64, &str),
    limit: i64,
) -> Result<Vec<StoredFlow>> {
    let sql = select_flows!(
        "WHERE f.workspace_id = $1 AND ($2 = '' OR f.status = $2) AND ($3 = '' OR f.folder_id = $3)
           AND ($4 = '' OR LOWER(f.name) LIKE '%' || LOWER($4) || '%')
           AND (f.updated_at < $5 OR (f.updated_at = $5 AND f.id < $6))
         ORDER BY f.updated_at DESC, f.id DESC LIMIT $7"
    );
    fetch_all!(
        conn,
        FlowRow,
        sql,
        workspace.as_str(),
        filter.status.map(status_word).unwrap_or_default(),
        filter.folder_id.as_deref().unwrap_or_default(),
        filter.name.as_deref().unwrap_or_default(),
        before.0,
        before.1,
        limit
    )?
    .into_iter()
    .map(FlowRow::read)
    .collect()
}

async fn save_version(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    version: &FlowVersion,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO flow_versions (id, workspace_id, flow_id, name, state, valid, body, updated_by, created_at,
                                    updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, state = excluded.state, valid = excluded.valid,
             body = excluded.body, updated_by = excluded.updated_by, updated_at = excluded.updated_at
         WHERE flow_versions.state = 'DRAFT'",
        version.id.as_str(),
        workspace.as_str(),
        version.flow_id.as_str(),
        version.display_name.as_str(),
        state_word(version.state),
        i16::from(version.valid),
        serde_json::to_string(version)?,
        version.updated_by.as_deref(),
        ids::now_ms()
    )?;
    flow_projects::keep(conn, workspace, version).await
}

/// Saves `flow.version` as the newest and everything about the flow but its status, if nobody saved since revision
/// `base`. False when somebody did, or when the flow is gone.
///
/// # Errors
/// When the database refuses.
pub async fn save(conn: &mut Conn, flow: &Flow, base: i64) -> Result<bool> {
    let changed = execute!(
        conn,
        "UPDATE flows SET name = $4, folder_id = $5, metadata = $6, latest_version_id = $7, revision = revision + 1,
             updated_at = $8, runs_at_once = $9
         WHERE workspace_id = $1 AND id = $2 AND revision = $3",
        flow.project_id.as_str(),
        flow.id.as_str(),
        base,
        flow.version.display_name.as_str(),
        flow.folder_id.as_deref(),
        flow.metadata.as_ref().map(ToString::to_string),
        flow.version.id.as_str(),
        ids::now_ms(),
        flow.runs_at_once.map(i64::from)
    )?;
    if changed == 0 {
        return Ok(false);
    }
    save_version(conn, &WorkspaceId::from(flow.project_id.as_str()), &flow.version).await?;
    Ok(true)
}

/// Makes `flow.version` the one that runs, with the rights of `publisher`; to be called after [`save`].
///
/// # Errors
/// When the database refuses.
pub async fn publish(conn: &mut Conn, flow: &Flow, publisher: &UserId) -> Result<()> {
    execute!(
        conn,
        "UPDATE flows SET published_version_id = $3, published_by = $4, status = 'ENABLED' WHERE workspace_id = $1
         AND id = $2",
        flow.project_id.as_str(),
        flow.id.as_str(),
        flow.version.id.as_str(),
        publisher.as_str()
    )?;
    Ok(())
}

/// Switches a flow on or off; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn set_status(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &FlowId,
    status: FlowStatus,
) -> Result<bool> {
    let sql = "UPDATE flows SET status = $3, updated_at = $4 WHERE workspace_id = $1 AND id = $2";
    Ok(execute!(conn, sql, workspace.as_str(), id.as_str(), status_word(status), ids::now_ms())?
        > 0)
}

/// How many runs of a flow may be under way at once; none without a limit of its own.
///
/// # Errors
/// When the database refuses.
pub async fn runs_at_once(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &FlowId,
) -> Result<Option<i64>> {
    let sql = "SELECT runs_at_once FROM flows WHERE workspace_id = $1 AND id = $2";
    let row = fetch_optional!(conn, (Option<i64>,), sql, workspace.as_str(), id.as_str())?;
    Ok(row.and_then(|(most,)| most))
}

/// Replaces the random part of a flow's webhook address; false when there is no such flow.
///
/// # Errors
/// When the database refuses.
pub async fn set_hook(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &FlowId,
    hook: &str,
) -> Result<bool> {
    let sql = "UPDATE flows SET hook = $3, updated_at = $4 WHERE workspace_id = $1 AND id = $2";
    Ok(execute!(conn, sql, workspace.as_str(), id.as_str(), hook, ids::now_ms())? > 0)
}

/// Deletes a flow with its versions; its runs stay. False when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, workspace: &WorkspaceId, id: &FlowId) -> Result<bool> {
    let versions = "DELETE FROM flow_versions WHERE workspace_id = $1 AND flow_id = $2";
    execute!(conn, versions, workspace.as_str(), id.as_str())?;
    flow_projects::forget(conn, workspace, id).await?;
    let flows = "DELETE FROM flows WHERE workspace_id = $1 AND id = $2";
    Ok(execute!(conn, flows, workspace.as_str(), id.as_str())? > 0)
}

/// One version.
///
/// # Errors
/// When the database refuses or the version cannot be read.
pub async fn version(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    flow: &FlowId,
    id: &FlowVersionId,
) -> Result<Option<FlowVersion>> {
    let sql = "SELECT body FROM flow_versions WHERE workspace_id = $1 AND flow_id = $2 AND id = $3";
    let row =
        fetch_optional!(conn, (String,), sql, workspace.as_str(), flow.as_str(), id.as_str())?;
    Ok(row.map(|(body,)| serde_json::from_str(&body)).transpose()?)
}

record! {
    struct VersionRow {
        id: String, name: String, state: String, valid: i16, updated_by: Option<String>, updated_at: i64,
        published: i16,
    }
}

/// The versions of a flow, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn versions(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    flow: &FlowId,
) -> Result<Vec<VersionSummary>> {
    let rows = fetch_all!(
        conn,
        VersionRow,
        "SELECT v.id, v.name, v.state, v.valid, COALESCE(u.name, v.updated_by) AS updated_by, v.updated_at,
                CAST(CASE WHEN v.id = f.published_version_id THEN 1 ELSE 0 END AS SMALLINT) AS published
         FROM flow_versions v JOIN flows f ON f.id = v.flow_id LEFT JOIN users u ON u.id = v.updated_by
         WHERE v.workspace_id = $1 AND v.flow_id = $2 ORDER BY v.id DESC LIMIT 200",
        workspace.as_str(),
        flow.as_str()
    )?;
    Ok(rows.into_iter().map(summary).collect())
}

fn summary(row: VersionRow) -> VersionSummary {
    VersionSummary {
        id: FlowVersionId::from(row.id),
        display_name: row.name,
        state: if row.state == "DRAFT" { VersionState::Draft } else { VersionState::Locked },
        valid: row.valid == 1,
        published: row.published == 1,
        updated_by: row.updated_by,
        updated: ids::rfc3339(row.updated_at),
    }
}
