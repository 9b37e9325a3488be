//! Invitations. Only the hash of a token is stored.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use domain::actor::Role;
use domain::ids::{InvitationId, UserId, WorkspaceId};

record! {
    /// One invitation, as stored: a pending one may have expired.
    #[derive(Clone, Debug)]
    pub struct Invitation {
        /// The invitation.
        pub id: String,
        /// The inviting workspace.
        pub workspace_id: String,
        /// Its name.
        pub workspace_name: String,
        /// Who is invited.
        pub email: String,
        /// As what.
        pub role: String,
        /// `pending`, `accepted` or `withdrawn`.
        pub status: String,
        /// Name of the inviter.
        pub invited_by: String,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub expires_at: i64,
    }
}

/// An invitation to be stored.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// The invitation.
    pub id: InvitationId,
    /// Trimmed, in lower case.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Of the token.
    pub token_hash: String,
    /// The inviter.
    pub invited_by: UserId,
    /// Epoch milliseconds.
    pub now_ms: i64,
    /// Epoch milliseconds.
    pub expires_at_ms: i64,
}

macro_rules! invitations {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.workspace_id, w.name AS workspace_name, i.email, i.role, i.status, u.name AS invited_by,
                    i.created_at, i.expires_at
             FROM invitations i
             JOIN workspaces w ON w.workspace_id = i.workspace_id
             JOIN users u ON u.id = i.invited_by ",
            $rest
        )
    };
}

/// Stores an invitation; earlier ones to the same address are withdrawn.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, workspace: &WorkspaceId, new: &NewInvitation) -> Result<()> {
    execute!(
        conn,
        "UPDATE invitations SET status = 'withdrawn' WHERE workspace_id = $1 AND email = $2 AND status = 'pending'",
        workspace.as_str(),
        new.email.as_str()
    )?;
    execute!(
        conn,
        "INSERT INTO invitations (id, workspace_id, email, role, token_hash, status, invited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8)",
        new.id.as_str(),
        workspace.as_str(),
        new.email.as_str(),
        new.role.as_str(),
        new.token_hash.as_str(),
        new.invited_by.as_str(),
        new.now_ms,
        new.expires_at_ms
    )?;
    Ok(())
}

/// The invitations of a workspace, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn of_workspace(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Vec<Invitation>> {
    let sql = invitations!("WHERE i.workspace_id = $1 ORDER BY i.created_at DESC, i.id DESC");
    fetch_all!(conn, Invitation, sql, workspace.as_str())
}

/// The invitation a token is for, whatever its state.
///
/// # Errors
/// When the database refuses.
pub async fn find_by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<Invitation>> {
    fetch_optional!(conn, Invitation, invitations!("WHERE i.token_hash = $1"), token_hash)
}

/// Ends a pending invitation as `status`; false when it is not pending any more. Of several at once exactly one
/// gets true.
///
/// # Errors
/// When the database refuses.
pub async fn end(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &InvitationId,
    status: &str,
) -> Result<bool> {
    let sql = "UPDATE invitations SET status = $3 WHERE workspace_id = $1 AND id = $2 AND status = 'pending'";
    Ok(execute!(conn, sql, workspace.as_str(), id.as_str(), status)? > 0)
}
