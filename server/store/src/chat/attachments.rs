//! Files beside what people say. Text is kept as text, a picture in base64.

use crate::chat::Owner;
use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::error::StoreError;
use crate::ids;
use domain::attachment::{Attachment, AttachmentKind};
use domain::ids::{AttachmentId, MessageId, SessionId};

record! {
    struct Row { message_id: String, id: String, name: String, kind: String, media_type: String, bytes: i64 }
}

record! {
    struct WholeRow {
        message_id: String, id: String, name: String, kind: String, media_type: String, bytes: i64, content: String,
    }
}

/// A file with what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredFile {
    /// The message it is beside.
    pub message: MessageId,
    /// The file.
    pub about: Attachment,
    /// Text, or a picture in base64.
    pub content: String,
}

/// Stores the files of a message in their order.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut Conn,
    owner: &Owner,
    (session, message): (&SessionId, &MessageId),
    files: &[(Attachment, String)],
) -> Result<()> {
    // One moment for all of them, so that they stay in their order.
    let now = ids::now_ms();
    for (position, (about, content)) in files.iter().enumerate() {
        execute!(
            conn,
            "INSERT INTO chat_attachments (id, workspace_id, user_id, session_id, message_id, position, name, kind,
                                           media_type, bytes, content, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            about.id.as_str(),
            owner.workspace.as_str(),
            owner.user.as_str(),
            session.as_str(),
            message.as_str(),
            i64::try_from(position).unwrap_or(i64::MAX),
            about.name.as_str(),
            about.kind.as_str(),
            about.media_type.as_str(),
            i64::try_from(about.bytes).unwrap_or(i64::MAX),
            content.as_str(),
            now
        )?;
    }
    Ok(())
}

/// The files of a conversation, each with its message, in their order, without what is in them.
///
/// # Errors
/// When the database refuses.
pub async fn of_session(
    conn: &mut Conn,
    owner: &Owner,
    session: &SessionId,
) -> Result<Vec<(MessageId, Attachment)>> {
    let sql = "SELECT message_id, id, name, kind, media_type, bytes FROM chat_attachments
               WHERE workspace_id = $1 AND session_id = $2 AND user_id = $3 ORDER BY created_at, message_id, position";
    let rows = fetch_all!(
        conn,
        Row,
        sql,
        owner.workspace.as_str(),
        session.as_str(),
        owner.user.as_str()
    )?;
    rows.into_iter()
        .map(|it| {
            let about = read((it.id, it.name), &it.kind, (it.media_type, it.bytes))?;
            Ok((it.message_id.into(), about))
        })
        .collect()
}

/// The newest `limit` files of a conversation with what is in them, newest message first.
///
/// # Errors
/// When the database refuses.
pub async fn newest(
    conn: &mut Conn,
    owner: &Owner,
    session: &SessionId,
    limit: i64,
) -> Result<Vec<StoredFile>> {
    let sql = "SELECT message_id, id, name, kind, media_type, bytes, content FROM chat_attachments
               WHERE workspace_id = $1 AND session_id = $2 AND user_id = $3
               ORDER BY created_at DESC, message_id, position LIMIT $4";
    let rows = fetch_all!(
        conn,
        WholeRow,
        sql,
        owner.workspace.as_str(),
        session.as_str(),
        owner.user.as_str(),
        limit
    )?;
    rows.into_iter().map(whole).collect()
}

/// One file of a conversation; none for anybody else's.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    owner: &Owner,
    session: &SessionId,
    id: &AttachmentId,
) -> Result<Option<StoredFile>> {
    let sql = "SELECT message_id, id, name, kind, media_type, bytes, content FROM chat_attachments
               WHERE workspace_id = $1 AND session_id = $2 AND user_id = $3 AND id = $4";
    let row = fetch_optional!(
        conn,
        WholeRow,
        sql,
        owner.workspace.as_str(),
        session.as_str(),
        owner.user.as_str(),
        id.as_str()
    )?;
    row.map(whole).transpose()
}

pub(crate) async fn delete_of(conn: &mut Conn, (workspace, session): (&str, &str)) -> Result<()> {
    let sql = "DELETE FROM chat_attachments WHERE workspace_id = $1 AND session_id = $2";
    execute!(conn, sql, workspace, session)?;
    Ok(())
}

fn whole(row: WholeRow) -> Result<StoredFile> {
    let about = read((row.id, row.name), &row.kind, (row.media_type, row.bytes))?;
    Ok(StoredFile { message: row.message_id.into(), about, content: row.content })
}

fn read(
    (id, name): (String, String),
    kind: &str,
    (media_type, bytes): (String, i64),
) -> Result<Attachment> {
    let known = AttachmentKind::parse(kind);
    let kind = known.ok_or_else(|| StoreError::Unreadable(format!("kind of a file: {kind}")))?;
    Ok(Attachment {
        id: id.into(),
        name,
        kind,
        media_type,
        bytes: u64::try_from(bytes).unwrap_or_default(),
    })
}
