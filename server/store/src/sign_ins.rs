//! Sign-ins at Basecamp: those under way, and whose each identity is.

use crate::db::{Conn, Result, execute, fetch_optional, record};
use crate::ids;
use domain::ids::{UserId, WorkspaceId};

record! {
    /// A sign-in that was begun.
    #[derive(Clone)]
    pub struct SignIn {
        /// The hash of the state in the address.
        pub state_hash: String,
        /// The workspace it is for; empty when nobody is signed in.
        pub workspace_id: String,
        /// Who began it; empty when nobody is signed in.
        pub user_id: String,
        /// The hash of the cookie of the browser that began it.
        pub browser_hash: String,
        /// What for: a word of the caller's.
        pub purpose: String,
        /// The page to return to.
        pub back: String,
        /// The sealed proof for the exchange.
        pub verifier: String,
        /// Epoch milliseconds.
        pub expires_at: i64,
    }
}

record! {
    /// Whose an identity is.
    #[derive(Clone, Debug)]
    pub struct Linked {
        /// The workspace they came to first.
        pub workspace_id: String,
        /// The person.
        pub user_id: String,
    }
}

/// Stores a sign-in that begins, and forgets those that ended.
///
/// # Errors
/// When the database refuses.
pub async fn begin(conn: &mut Conn, new: &SignIn) -> Result<()> {
    execute!(conn, "DELETE FROM basecamp_sign_ins WHERE expires_at < $1", ids::now_ms())?;
    execute!(
        conn,
        "INSERT INTO basecamp_sign_ins (state_hash, workspace_id, user_id, browser_hash, purpose, back, verifier,
                                        expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new.state_hash.as_str(),
        new.workspace_id.as_str(),
        new.user_id.as_str(),
        new.browser_hash.as_str(),
        new.purpose.as_str(),
        new.back.as_str(),
        new.verifier.as_str(),
        new.expires_at
    )?;
    Ok(())
}

/// Takes a sign-in out: it counts once, whatever comes of it.
///
/// # Errors
/// When the database refuses.
pub async fn take(conn: &mut Conn, state_hash: &str) -> Result<Option<SignIn>> {
    fetch_optional!(
        conn,
        SignIn,
        "DELETE FROM basecamp_sign_ins WHERE state_hash = $1
         RETURNING state_hash, workspace_id, user_id, browser_hash, purpose, back, verifier, expires_at",
        state_hash
    )
}

/// Whose an identity is; none when nobody came with it.
///
/// # Errors
/// When the database refuses.
pub async fn linked(conn: &mut Conn, identity: i64) -> Result<Option<Linked>> {
    let sql = "SELECT workspace_id, user_id FROM basecamp_identities WHERE identity_id = $1";
    fetch_optional!(conn, Linked, sql, identity)
}

/// Makes an identity somebody's; one that is somebody's already stays theirs.
///
/// # Errors
/// When the database refuses.
pub async fn link(
    conn: &mut Conn,
    identity: i64,
    workspace: &WorkspaceId,
    user: &UserId,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO basecamp_identities (identity_id, workspace_id, user_id, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (identity_id) DO NOTHING",
        identity,
        workspace.as_str(),
        user.as_str(),
        ids::now_ms()
    )?;
    Ok(())
}
