//! The beginning of a long conversation in short words: made once, and kept for the answers after it.

use crate::db::{Conn, Result, execute, fetch_optional};
use crate::ids;
use domain::ids::{SessionId, WorkspaceId};

/// What was said up to one turn of a conversation, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSummary {
    /// The last turn that is in it.
    pub until_seq: i64,
    /// Lines of plain text.
    pub text: String,
    /// Text from outside is in it.
    pub is_tainted: bool,
}

/// The summary of a conversation; none while all of it is told.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    session: &SessionId,
) -> Result<Option<StoredSummary>> {
    let sql = "SELECT until_seq, text, is_tainted FROM chat_summaries WHERE workspace_id = $1 AND session_id = $2";
    let row = fetch_optional!(conn, (i64, String, i16), sql, workspace.as_str(), session.as_str())?;
    Ok(row.map(|(until_seq, text, tainted)| StoredSummary {
        until_seq,
        text,
        is_tainted: tainted != 0,
    }))
}

/// Keeps a summary, unless one that goes further is kept.
///
/// # Errors
/// When the database refuses.
pub async fn keep(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    session: &SessionId,
    new: &StoredSummary,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO chat_summaries (session_id, workspace_id, until_seq, text, is_tainted, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (session_id) DO UPDATE SET until_seq = excluded.until_seq, text = excluded.text,
             is_tainted = excluded.is_tainted, updated_at = excluded.updated_at
         WHERE chat_summaries.workspace_id = excluded.workspace_id
           AND chat_summaries.until_seq < excluded.until_seq",
        session.as_str(),
        workspace.as_str(),
        new.until_seq,
        new.text.as_str(),
        i16::from(new.is_tainted),
        ids::now_ms()
    )?;
    Ok(())
}
