//! Full text over the mirror: FTS5 on SQLite, `tsvector` on PostgreSQL, behind one function.

use crate::db::{Conn, Inner, Result, execute, fetch_all, fetch_optional};
use crate::mirror::Key;

/// Words taken from a query; more say nothing more.
const WORDS: usize = 12;

/// Makes the words of a record findable. PostgreSQL computes them itself.
pub(crate) async fn put(
    conn: &mut Conn,
    key: &Key,
    id: i64,
    title: &str,
    body: &str,
) -> Result<()> {
    if let Inner::Postgres(_) = conn.inner {
        return Ok(());
    }
    let workspace = key.workspace.as_str();
    let sql = "INSERT INTO mirror_word_rows (workspace_id, account_id, id) VALUES ($1, $2, $3)
               ON CONFLICT (workspace_id, account_id, id) DO UPDATE SET id = excluded.id RETURNING docid";
    let docid = fetch_optional!(conn, (i64,), sql, workspace, key.account, id)?;
    let Some((docid,)) = docid else { return Ok(()) };
    let sql = "INSERT OR REPLACE INTO mirror_words (rowid, title, body) VALUES ($1, $2, $3)";
    execute!(conn, sql, docid, title, body)?;
    Ok(())
}

/// Forgets the words of a whole account.
pub(crate) async fn forget(conn: &mut Conn, workspace: &str, account: i64) -> Result<()> {
    if let Inner::Postgres(_) = conn.inner {
        return Ok(());
    }
    let sql = "DELETE FROM mirror_words WHERE rowid IN
               (SELECT docid FROM mirror_word_rows WHERE workspace_id = $1 AND account_id = $2)";
    execute!(conn, sql, workspace, account)?;
    let sql = "DELETE FROM mirror_word_rows WHERE workspace_id = $1 AND account_id = $2";
    execute!(conn, sql, workspace, account)?;
    Ok(())
}

/// The words of `text`: letters and digits only, so that nothing in it is taken for an operator.
fn words(text: &str) -> Vec<String> {
    text.split(|it: char| !it.is_alphanumeric())
        .filter(|it| !it.is_empty())
        .take(WORDS)
        .map(str::to_lowercase)
        .collect()
}

/// Ids of the records that hold every word of `text`, or a word that begins with it, the best first. Only what the
/// connection may see, and nothing that is in the trash.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, key: &Key, text: &str, limit: i64) -> Result<Vec<i64>> {
    let words = words(text);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let is_sqlite = matches!(conn.inner, Inner::Sqlite(_));
    let (query, sql) = if is_sqlite {
        let parts: Vec<String> = words.iter().map(|it| format!("\"{it}\"*")).collect();
        (
            parts.join(" AND "),
            "SELECT r.id FROM mirror_words w
             CROSS JOIN mirror_word_rows d ON d.docid = w.rowid
             CROSS JOIN mirror_records r ON r.workspace_id = d.workspace_id AND r.account_id = d.account_id AND r.id = d.id
             CROSS JOIN mirror_projects p ON p.workspace_id = r.workspace_id AND p.connection_id = $3 AND p.id = r.bucket_id
             WHERE mirror_words MATCH $4 AND d.workspace_id = $1 AND d.account_id = $2 AND r.deleted_at IS NULL
                   AND r.status <> 'trashed' AND p.hidden = 0
             ORDER BY bm25(mirror_words, 4.0, 1.0), r.id DESC LIMIT $5",
        )
    } else {
        let parts: Vec<String> = words.iter().map(|it| format!("{it}:*")).collect();
        (
            parts.join(" & "),
            "SELECT r.id FROM mirror_records r
             JOIN mirror_projects p ON p.workspace_id = r.workspace_id AND p.connection_id = $3 AND p.id = r.bucket_id
             WHERE r.workspace_id = $1 AND r.account_id = $2 AND r.words @@ to_tsquery('simple', $4)
                   AND r.deleted_at IS NULL AND r.status <> 'trashed' AND p.hidden = 0
             ORDER BY ts_rank(r.words, to_tsquery('simple', $4)) DESC, r.id DESC LIMIT $5",
        )
    };
    let found = fetch_all!(
        conn,
        (i64,),
        sql,
        key.workspace.as_str(),
        key.account,
        key.connection.as_str(),
        query.as_str(),
        limit
    )?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}
