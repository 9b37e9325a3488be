//! Keys of model providers, of a workspace or of one person in it, and what models cost. Secrets are sealed by the
//! caller with [`crate::secrets::SecretKey`].

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use domain::ids::{UserId, WorkspaceId};
use serde_json::Value;

/// The owner of keys that belong to the whole workspace.
pub const WORKSPACE: &str = "";

record! {
    /// One key, its secret still sealed.
    #[derive(Clone, Debug)]
    pub struct StoredKey {
        /// Whose it is; [`WORKSPACE`] for the workspace's own.
        pub owner_id: String,
        /// `openai`, `anthropic`, ...
        pub provider: String,
        /// What people read.
        pub label: Option<String>,
        /// The model to use when none is chosen.
        pub model: Option<String>,
        /// Where the provider is, when it is not its maker's own service.
        pub base_url: Option<String>,
        /// The sealed key; empty when the address needs none.
        pub secret: String,
        /// The last letters of the key.
        pub last4: String,
        /// US dollars for a million tokens read.
        pub input_price: Option<f64>,
        /// US dollars for a million tokens written.
        pub output_price: Option<f64>,
        /// How many tokens the model can read.
        pub context_tokens: Option<i64>,
        /// When it last answered a test; epoch milliseconds.
        pub validated_at: Option<i64>,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub updated_at: i64,
    }
}

record! {
    /// What a person chose for themselves.
    #[derive(Clone, Debug)]
    pub struct Personal {
        /// The provider, when they chose one.
        pub provider: Option<String>,
        /// The model, when they chose one.
        pub model: Option<String>,
        /// A JSON object.
        pub preferences: String,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub updated_at: i64,
    }
}

record! {
    struct Looked {
        checked: String,
    }
}

const COLUMNS: &str =
    "owner_id, provider, label, model, base_url, secret, last4, input_price, output_price,
    context_tokens, validated_at, created_at, updated_at";

/// Keys of `owner` in the workspace, by provider.
///
/// # Errors
/// When the database refuses.
pub async fn of(conn: &mut Conn, workspace: &WorkspaceId, owner: &str) -> Result<Vec<StoredKey>> {
    let place = conn.place("model keys", &[workspace.as_str(), owner]);
    if let Some(kept) = place.answer() {
        return Ok(kept);
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM model_keys WHERE workspace_id = $1 AND owner_id = $2 ORDER BY provider"
    );
    let sql = sqlx::AssertSqlSafe(sql);
    Ok(place.keep(fetch_all!(conn, StoredKey, sql, workspace.as_str(), owner)?))
}

/// Stores a key in place of the one before; `created_at` of the one before is kept.
///
/// # Errors
/// When the database refuses.
pub async fn put(conn: &mut Conn, workspace: &WorkspaceId, key: &StoredKey) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO model_keys (workspace_id, owner_id, provider, label, model, base_url, secret, last4, input_price,
             output_price, context_tokens, validated_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
         ON CONFLICT (workspace_id, owner_id, provider) DO UPDATE SET label = excluded.label, model = excluded.model,
             base_url = excluded.base_url, secret = excluded.secret, last4 = excluded.last4,
             input_price = excluded.input_price, output_price = excluded.output_price,
             context_tokens = excluded.context_tokens, validated_at = excluded.validated_at,
             checked = NULL, updated_at = excluded.updated_at",
        workspace.as_str(),
        key.owner_id.as_str(),
        key.provider.as_str(),
        key.label.as_deref(),
        key.model.as_deref(),
        key.base_url.as_deref(),
        key.secret.as_str(),
        key.last4.as_str(),
        key.input_price,
        key.output_price,
        key.context_tokens,
        key.validated_at,
        ids::now_ms()
    )?;
    Ok(())
}

/// Marks a key as one that answered a test just now.
///
/// # Errors
/// When the database refuses.
pub async fn set_validated(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    owner: &str,
    provider: &str,
) -> Result<()> {
    let sql = "UPDATE model_keys SET validated_at = $4
               WHERE workspace_id = $1 AND owner_id = $2 AND provider = $3";
    execute!(conn, sql, workspace.as_str(), owner, provider, ids::now_ms())?;
    Ok(())
}

/// What the last look at the key of `(provider, owner)` found, as JSON; none before the first one.
///
/// # Errors
/// When the database refuses.
pub async fn checked(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (provider, owner): (&str, &str),
) -> Result<Option<String>> {
    let sql = "SELECT checked FROM model_keys
               WHERE workspace_id = $1 AND owner_id = $2 AND provider = $3 AND checked IS NOT NULL";
    let found = fetch_optional!(conn, Looked, sql, workspace.as_str(), owner, provider)?;
    Ok(found.map(|it| it.checked))
}

/// Remembers what a look at the key of `(provider, owner)` found, as JSON.
///
/// # Errors
/// When the database refuses.
pub async fn set_checked(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (provider, owner): (&str, &str),
    checked: &str,
) -> Result<()> {
    let sql = "UPDATE model_keys SET checked = $4
               WHERE workspace_id = $1 AND owner_id = $2 AND provider = $3";
    execute!(conn, sql, workspace.as_str(), owner, provider, checked)?;
    Ok(())
}

/// Deletes a key; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    owner: &str,
    provider: &str,
) -> Result<bool> {
    let sql = "DELETE FROM model_keys WHERE workspace_id = $1 AND owner_id = $2 AND provider = $3";
    Ok(execute!(conn, sql, workspace.as_str(), owner, provider)? > 0)
}

/// What a person chose; none when they never did.
///
/// # Errors
/// When the database refuses.
pub async fn personal(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
) -> Result<Option<Personal>> {
    let place = conn.place("personal settings", &[workspace.as_str(), user.as_str()]);
    if let Some(kept) = place.answer() {
        return Ok(kept);
    }
    let sql = "SELECT provider, model, preferences, created_at, updated_at FROM personal_settings
               WHERE workspace_id = $1 AND user_id = $2";
    Ok(place.keep(fetch_optional!(conn, Personal, sql, workspace.as_str(), user.as_str())?))
}

/// Stores what a person chose.
///
/// # Errors
/// When the database refuses.
pub async fn set_personal(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
    (provider, model, preferences): (Option<&str>, Option<&str>, &Value),
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO personal_settings (workspace_id, user_id, provider, model, preferences, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (workspace_id, user_id) DO UPDATE SET provider = excluded.provider, model = excluded.model,
             preferences = excluded.preferences, updated_at = excluded.updated_at",
        workspace.as_str(),
        user.as_str(),
        provider,
        model,
        preferences.to_string(),
        ids::now_ms()
    )?;
    Ok(())
}

/// What models read, wrote and cost in a month: tokens in, tokens out, millionths of a US dollar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Tokens read.
    pub input: i64,
    /// Tokens written.
    pub output: i64,
    /// Millionths of a US dollar.
    pub cost_micros: i64,
}

/// Adds to the month (`YYYY-MM`) of a workspace.
///
/// # Errors
/// When the database refuses.
pub async fn add_spent(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    month: &str,
    (provider, model): (&str, &str),
    spent: Spent,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO model_usage (workspace_id, month, provider, model, input_tokens, output_tokens, cost_micros)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (workspace_id, month, provider, model) DO UPDATE SET
             input_tokens = model_usage.input_tokens + excluded.input_tokens,
             output_tokens = model_usage.output_tokens + excluded.output_tokens,
             cost_micros = model_usage.cost_micros + excluded.cost_micros",
        workspace.as_str(),
        month,
        provider,
        model,
        spent.input,
        spent.output,
        spent.cost_micros
    )?;
    Ok(())
}

/// What a workspace spent in a month.
///
/// # Errors
/// When the database refuses.
pub async fn spent(conn: &mut Conn, workspace: &WorkspaceId, month: &str) -> Result<Spent> {
    let sql = "SELECT input_tokens, output_tokens, cost_micros FROM model_usage
               WHERE workspace_id = $1 AND month = $2";
    let rows = fetch_all!(conn, (i64, i64, i64), sql, workspace.as_str(), month)?;
    Ok(rows.into_iter().fold(Spent::default(), |sum, (input, output, cost)| Spent {
        input: sum.input + input,
        output: sum.output + output,
        cost_micros: sum.cost_micros + cost,
    }))
}
