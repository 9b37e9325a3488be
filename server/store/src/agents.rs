//! Agents: saved goals that the assistant works on by schedule, and the runs they had. A run of an agent has the id of
//! the first run of the assistant it began with; what the assistant did is kept there.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use domain::ids::{ChatRunId, SessionId, WorkspaceId};

record! {
    /// One agent.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Agent {
        /// The agent.
        pub id: String,
        /// Where it works.
        pub workspace_id: String,
        /// Whose rights it has.
        pub owner_id: String,
        /// Their name when they made it.
        pub owner: String,
        /// What people call it.
        pub name: String,
        /// `pm`, `triage`, `quality`, `review` or `custom`.
        pub kind: String,
        /// What it is asked each time.
        pub goal: String,
        /// How it goes about it; may be empty.
        pub strategy: String,
        /// `on_demand`, `hourly`, `daily` or `weekly`.
        pub schedule: String,
        /// 1 when it may change things, by the rules for approvals; else it only tells what it would do.
        pub is_executing: i16,
        /// 1 while it does not run at all.
        pub is_paused: i16,
        /// When it is due next, epoch milliseconds.
        pub next_at: Option<i64>,
        /// When somebody asked it to run at once, epoch milliseconds, until it does.
        pub asked_at: Option<i64>,
        /// 1 when they asked only for what it would do.
        pub is_asked_dry: i16,
        /// The conversation its runs are in.
        pub session_id: Option<String>,
        /// Epoch milliseconds.
        pub created_at: i64,
    }
}

record! {
    /// One run of an agent.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AgentRun {
        /// The first run of the assistant; one of its own where none began.
        pub id: String,
        /// Where it worked.
        pub workspace_id: String,
        /// The agent.
        pub agent_id: String,
        /// What the agent was called.
        pub agent: String,
        /// Whose rights it had.
        pub owner_id: String,
        /// 1 when it only told what it would do.
        pub is_dry: i16,
        /// `running`, `succeeded`, `failed` or `cancelled`.
        pub status: String,
        /// Why it failed.
        pub error: Option<String>,
        /// What it answered.
        pub findings: Option<String>,
        /// Epoch milliseconds.
        pub started_at: i64,
        /// Epoch milliseconds.
        pub ended_at: Option<i64>,
    }
}

const COLUMNS: &str = "id, workspace_id, owner_id, owner, name, kind, goal, strategy, schedule, is_executing, is_paused,
    next_at, asked_at, is_asked_dry, session_id, created_at";
const RUN_COLUMNS: &str = "id, workspace_id, agent_id, agent, owner_id, is_dry, status, error, findings, started_at, ended_at";

/// Stores an agent.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, new: &Agent) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO agents (id, workspace_id, owner_id, owner, name, kind, goal, strategy, schedule, is_executing,
             is_paused, next_at, is_asked_dry, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, $13)",
        new.id.as_str(),
        new.workspace_id.as_str(),
        new.owner_id.as_str(),
        new.owner.as_str(),
        new.name.as_str(),
        new.kind.as_str(),
        new.goal.as_str(),
        new.strategy.as_str(),
        new.schedule.as_str(),
        new.is_executing,
        new.is_paused,
        new.next_at,
        new.created_at
    )?;
    Ok(())
}

/// Writes name, kind, goal, strategy, schedule and what it may do again, and when it is due; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn update(conn: &mut Conn, it: &Agent) -> Result<bool> {
    let sql = "UPDATE agents SET name = $3, kind = $4, goal = $5, strategy = $6, schedule = $7, is_executing = $8,
                   next_at = $9, updated_at = $10
               WHERE workspace_id = $1 AND id = $2";
    let changed = execute!(
        conn,
        sql,
        it.workspace_id.as_str(),
        it.id.as_str(),
        it.name.as_str(),
        it.kind.as_str(),
        it.goal.as_str(),
        it.strategy.as_str(),
        it.schedule.as_str(),
        it.is_executing,
        it.next_at,
        ids::now_ms()
    )?;
    Ok(changed > 0)
}

/// The agents of a workspace, the newest first.
///
/// # Errors
/// When the database refuses.
pub async fn list(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Vec<Agent>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM agents WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC"
    );
    fetch_all!(conn, Agent, sqlx::AssertSqlSafe(sql), workspace.as_str())
}

/// One agent of a workspace.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, workspace: &WorkspaceId, id: &str) -> Result<Option<Agent>> {
    let sql = format!("SELECT {COLUMNS} FROM agents WHERE workspace_id = $1 AND id = $2");
    fetch_optional!(conn, Agent, sqlx::AssertSqlSafe(sql), workspace.as_str(), id)
}

/// Deletes an agent; its runs stay. False when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, workspace: &WorkspaceId, id: &str) -> Result<bool> {
    let sql = "DELETE FROM agents WHERE workspace_id = $1 AND id = $2";
    Ok(execute!(conn, sql, workspace.as_str(), id)? > 0)
}

/// Pauses an agent, or lets it go on and be due at `next_at`; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn set_paused(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &str,
    (is_paused, next_at): (bool, Option<i64>),
) -> Result<bool> {
    let sql = "UPDATE agents SET is_paused = $3, next_at = $4, asked_at = NULL, updated_at = $5
               WHERE workspace_id = $1 AND id = $2";
    let changed =
        execute!(conn, sql, workspace.as_str(), id, i16::from(is_paused), next_at, ids::now_ms())?;
    Ok(changed > 0)
}

/// Notes that somebody wants an agent to run at once; false when it is paused, gone, or asked already.
///
/// # Errors
/// When the database refuses.
pub async fn ask(conn: &mut Conn, workspace: &WorkspaceId, id: &str, is_dry: bool) -> Result<bool> {
    let sql = "UPDATE agents SET asked_at = $3, is_asked_dry = $4
               WHERE workspace_id = $1 AND id = $2 AND is_paused = 0 AND asked_at IS NULL";
    let now = ids::now_ms();
    Ok(execute!(conn, sql, workspace.as_str(), id, now, i16::from(is_dry))? > 0)
}

/// Agents of every workspace that are to run now, the longest waiting first.
///
/// # Errors
/// When the database refuses.
pub async fn due(conn: &mut Conn, now_ms: i64) -> Result<Vec<Agent>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM agents WHERE is_paused = 0 AND (next_at <= $1 OR asked_at IS NOT NULL)
         ORDER BY COALESCE(asked_at, next_at) LIMIT 100"
    );
    fetch_all!(conn, Agent, sqlx::AssertSqlSafe(sql), now_ms)
}

/// Takes an agent that is due, so that of several nodes one runs it, and makes it due again at `next_at`; false when
/// another node took it, or it changed since.
///
/// # Errors
/// When the database refuses.
pub async fn take(conn: &mut Conn, it: &Agent, next_at: Option<i64>) -> Result<bool> {
    let sql = "UPDATE agents SET next_at = $2, asked_at = NULL
               WHERE id = $1 AND is_paused = 0 AND COALESCE(next_at, 0) = $3 AND COALESCE(asked_at, 0) = $4";
    let before = (it.next_at.unwrap_or(0), it.asked_at.unwrap_or(0));
    Ok(execute!(conn, sql, it.id.as_str(), next_at, before.0, before.1)? > 0)
}

/// Names the conversation that the runs of an agent are in.
///
/// # Errors
/// When the database refuses.
pub async fn set_session(conn: &mut Conn, id: &str, session: &SessionId) -> Result<()> {
    let sql = "UPDATE agents SET session_id = $2 WHERE id = $1";
    execute!(conn, sql, id, session.as_str())?;
    Ok(())
}

/// Stores a run that begins, or one that could not.
///
/// # Errors
/// When the database refuses.
pub async fn insert_run(conn: &mut Conn, new: &AgentRun) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO agent_runs (id, workspace_id, agent_id, agent, owner_id, is_dry, status, error, started_at, ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id.as_str(),
        new.workspace_id.as_str(),
        new.agent_id.as_str(),
        new.agent.as_str(),
        new.owner_id.as_str(),
        new.is_dry,
        new.status.as_str(),
        new.error.as_deref(),
        new.started_at,
        new.ended_at
    )?;
    Ok(())
}

/// The run of an agent that began with a run of the assistant.
///
/// # Errors
/// When the database refuses.
pub async fn run_of(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    root: &ChatRunId,
) -> Result<Option<AgentRun>> {
    let sql = format!("SELECT {RUN_COLUMNS} FROM agent_runs WHERE workspace_id = $1 AND id = $2");
    fetch_optional!(conn, AgentRun, sqlx::AssertSqlSafe(sql), workspace.as_str(), root.as_str())
}

/// The runs of a workspace since a moment, the newest first.
///
/// # Errors
/// When the database refuses.
pub async fn runs(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    since_ms: i64,
) -> Result<Vec<AgentRun>> {
    let sql = format!(
        "SELECT {RUN_COLUMNS} FROM agent_runs WHERE workspace_id = $1 AND started_at >= $2
         ORDER BY started_at DESC, id DESC LIMIT 2000"
    );
    fetch_all!(conn, AgentRun, sqlx::AssertSqlSafe(sql), workspace.as_str(), since_ms)
}

/// Runs of every workspace that are not known to have ended.
///
/// # Errors
/// When the database refuses.
pub async fn open_runs(conn: &mut Conn) -> Result<Vec<AgentRun>> {
    let sql = format!(
        "SELECT {RUN_COLUMNS} FROM agent_runs WHERE ended_at IS NULL ORDER BY started_at LIMIT 500"
    );
    fetch_all!(conn, AgentRun, sqlx::AssertSqlSafe(sql))
}

/// The state of the last run of the assistant in a chain, and why it failed; none when the conversation was deleted.
///
/// # Errors
/// When the database refuses.
pub async fn state_of_chain(
    conn: &mut Conn,
    it: &AgentRun,
) -> Result<Option<(String, Option<String>)>> {
    let sql = "SELECT status, error FROM chat_runs WHERE workspace_id = $1 AND root_id = $2
               ORDER BY created_at DESC, id DESC LIMIT 1";
    fetch_optional!(conn, (String, Option<String>), sql, it.workspace_id.as_str(), it.id.as_str())
}

/// What the assistant answered last in a chain.
///
/// # Errors
/// When the database refuses.
pub async fn answer_of_chain(conn: &mut Conn, it: &AgentRun) -> Result<Option<String>> {
    let sql = "SELECT content FROM chat_messages WHERE workspace_id = $1 AND root_id = $2 AND role = 'assistant'
               ORDER BY seq DESC LIMIT 1";
    let row = fetch_optional!(conn, (String,), sql, it.workspace_id.as_str(), it.id.as_str())?;
    Ok(row.map(|(text,)| text))
}

/// Notes how a run ended; false when that is known already.
///
/// # Errors
/// When the database refuses.
pub async fn end_run(conn: &mut Conn, it: &AgentRun) -> Result<bool> {
    let sql = "UPDATE agent_runs SET status = $2, error = $3, findings = $4, ended_at = $5
               WHERE id = $1 AND ended_at IS NULL";
    let changed = execute!(
        conn,
        sql,
        it.id.as_str(),
        it.status.as_str(),
        it.error.as_deref(),
        it.findings.as_deref(),
        it.ended_at
    )?;
    Ok(changed > 0)
}
