//! People. Their e-mail is trimmed and in lower case before it comes here.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use domain::ids::{UserId, WorkspaceId};

record! {
    /// A person.
    #[derive(Clone)]
    pub struct User {
        /// The person.
        pub id: String,
        /// The workspace they were in last.
        pub workspace_id: String,
        /// Their name.
        pub name: String,
        /// Trimmed, in lower case.
        pub email: String,
        /// Argon2id, with salt and parameters.
        pub password_hash: String,
        /// 1 for a super admin.
        pub is_super_admin: i16,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub updated_at: i64,
        /// Epoch milliseconds; none before the first sign-in.
        pub last_login_at: Option<i64>,
    }
}

/// A person to be stored.
pub struct NewUser {
    /// The person.
    pub id: UserId,
    /// The workspace they start in.
    pub workspace: WorkspaceId,
    /// Their name.
    pub name: String,
    /// Trimmed, in lower case.
    pub email: String,
    /// Argon2id, with salt and parameters.
    pub password_hash: String,
    /// Whether they manage the installation.
    pub is_super_admin: bool,
    /// Epoch milliseconds.
    pub now_ms: i64,
}

/// Stores a person; false when the e-mail is taken.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, new: &NewUser) -> Result<bool> {
    let inserted = execute!(
        conn,
        "INSERT INTO users (id, workspace_id, name, email, password_hash, is_super_admin, created_at, updated_at,
                            last_login_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7) ON CONFLICT (email) DO NOTHING",
        new.id.as_str(),
        new.workspace.as_str(),
        new.name.as_str(),
        new.email.as_str(),
        new.password_hash.as_str(),
        i16::from(new.is_super_admin),
        new.now_ms
    )?;
    Ok(inserted > 0)
}

/// The person with this id.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, id: &UserId) -> Result<Option<User>> {
    fetch_optional!(
        conn,
        User,
        "SELECT id, workspace_id, name, email, password_hash, is_super_admin, created_at, updated_at, last_login_at
         FROM users WHERE id = $1",
        id.as_str()
    )
}

/// The person with this e-mail.
///
/// # Errors
/// When the database refuses.
pub async fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<User>> {
    fetch_optional!(
        conn,
        User,
        "SELECT id, workspace_id, name, email, password_hash, is_super_admin, created_at, updated_at, last_login_at
         FROM users WHERE email = $1",
        email
    )
}

/// Remembers a sign-in and the workspace it led to.
///
/// # Errors
/// When the database refuses.
pub async fn signed_in(
    conn: &mut Conn,
    id: &UserId,
    workspace: &WorkspaceId,
    now_ms: i64,
) -> Result<()> {
    let sql = "UPDATE users SET workspace_id = $2, last_login_at = $3 WHERE id = $1";
    execute!(conn, sql, id.as_str(), workspace.as_str(), now_ms)?;
    Ok(())
}

/// Remembers the workspace they are in now.
///
/// # Errors
/// When the database refuses.
pub async fn entered(conn: &mut Conn, id: &UserId, workspace: &WorkspaceId) -> Result<()> {
    let sql = "UPDATE users SET workspace_id = $2 WHERE id = $1";
    execute!(conn, sql, id.as_str(), workspace.as_str())?;
    Ok(())
}

/// Sets the password.
///
/// # Errors
/// When the database refuses.
pub async fn set_password(
    conn: &mut Conn,
    id: &UserId,
    password_hash: &str,
    now_ms: i64,
) -> Result<()> {
    let sql = "UPDATE users SET password_hash = $2, updated_at = $3 WHERE id = $1";
    execute!(conn, sql, id.as_str(), password_hash, now_ms)?;
    Ok(())
}

/// Everybody who manages the installation, the first account first.
///
/// # Errors
/// When the database refuses.
pub async fn super_admins(conn: &mut Conn) -> Result<Vec<User>> {
    fetch_all!(
        conn,
        User,
        "SELECT id, workspace_id, name, email, password_hash, is_super_admin, created_at, updated_at, last_login_at
         FROM users WHERE is_super_admin = 1 ORDER BY created_at, id"
    )
}

/// Whether there is nobody yet.
///
/// # Errors
/// When the database refuses.
pub async fn is_empty(conn: &mut Conn) -> Result<bool> {
    Ok(fetch_optional!(conn, (String,), "SELECT id FROM users LIMIT 1")?.is_none())
}
