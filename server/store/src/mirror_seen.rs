//! Which records a connection sees: the SQL that readings of the mirror share.

/// Where a record `r` of the workspace `$1` and the account `$2` is in a project `p` that the connection `$3` sees.
macro_rules! seen {
    () => {
        "r.workspace_id = $1 AND r.account_id = $2 AND p.workspace_id = r.workspace_id AND p.connection_id = $3
         AND p.id = r.bucket_id AND p.hidden = 0"
    };
}
pub(crate) use seen;

/// All `$row`s of `$columns` from records `r` and their projects `p`, as far as the connection of `$key` sees them and
/// `$rest` says, which binds from `$4` on. Records that are gone or put aside are there unless `$rest` leaves them out.
/// After `many` they are read as by [`crate::db::fetch_many`].
///
/// `CROSS JOIN` keeps SQLite to the written order: it knows nothing of how many rows a table has.
macro_rules! fetch_seen {
    (many $($rest:tt)*) => {
        $crate::mirror_seen::fetch_seen!(by fetch_many, $($rest)*)
    };
    (by $fetch:ident, $conn:expr, $key:expr, $row:ty, $columns:literal, $rest:expr $(, $bind:expr)* $(,)?) => {
        $crate::db::$fetch!(
            $conn,
            $row,
            concat!(
                "SELECT ", $columns, " FROM mirror_records r CROSS JOIN mirror_projects p WHERE ",
                $crate::mirror_seen::seen!(), " AND ", $rest
            ),
            $key.workspace.as_str(),
            $key.account,
            $key.connection.as_str()
            $(, $bind)*
        )
    };
    ($($all:tt)*) => {
        $crate::mirror_seen::fetch_seen!(by fetch_all, $($all)*)
    };
}
pub(crate) use fetch_seen;
