//! How statements are written: macros that run one SQL text on whichever database is open.

/// Runs the same expression against whichever connection is open.
///
/// `on!(conn, c => sqlx::query("...").bind(x).execute(c).await)`
macro_rules! on {
    ($conn:expr, $c:ident => $body:expr) => {
        match &mut $conn.inner {
            $crate::db::Inner::Sqlite(it) => {
                let $c = &mut **it;
                $body
            }
            $crate::db::Inner::Postgres(it) => {
                let $c = &mut **it;
                $body
            }
        }
    };
}
pub(crate) use on;

/// A statement that changes rows; gives how many.
macro_rules! execute {
    ($conn:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::sql::on!($conn, c => sqlx::query($sql)$(.bind($bind))*.execute(c).await.map(|it| it.rows_affected()))
            .map_err($crate::error::StoreError::from)
    };
}
pub(crate) use execute;

/// All rows of a query, as a [`record!`] type or a tuple.
macro_rules! fetch_all {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::sql::on!($conn, c => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(c).await)
            .map_err($crate::error::StoreError::from)
    };
}
pub(crate) use fetch_all;

/// The row of a query, or none.
macro_rules! fetch_optional {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::sql::on!($conn, c => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(c).await)
            .map_err($crate::error::StoreError::from)
    };
}
pub(crate) use fetch_optional;

/// As [`fetch_all!`], for answers of many rows. With SQLite they come as one text, because each value that comes by
/// itself costs a microsecond. `$row` is a [`record!`] that serde reads, and `$sql` names its columns as its fields.
macro_rules! fetch_many {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $conn.inner {
            $crate::db::Inner::Sqlite(it) => {
                static SQL: std::sync::LazyLock<String> =
                    std::sync::LazyLock::new(|| $crate::sql::as_text::<$row>($sql));
                let sql = sqlx::AssertSqlSafe(SQL.as_str());
                let text = sqlx::query_scalar::<_, String>(sql)$(.bind($bind))*.fetch_one(&mut **it).await;
                text.map_err($crate::error::StoreError::from).and_then(|it| Ok(serde_json::from_str::<Vec<$row>>(&it)?))
            }
            $crate::db::Inner::Postgres(it) => {
                let rows = sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **it).await;
                rows.map_err($crate::error::StoreError::from)
            }
        }
    };
}
pub(crate) use fetch_many;

/// The columns of a [`record!`], in their order.
pub(crate) trait Columns {
    const COLUMNS: &'static [&'static str];
}

/// The statement that gives all rows of `sql` as one JSON array of arrays. SQLite keeps the order of the inner one.
pub(crate) fn as_text<T: Columns>(sql: &str) -> String {
    format!("SELECT json_group_array(json_array([{}])) FROM ({sql})", T::COLUMNS.join("], ["))
}

/// A row type readable from both databases: `record! { pub(crate) struct FlowRow { id: String, revision: i64 } }`.
/// Columns are read by field name.
macro_rules! record {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$field_meta:meta])* $field_vis:vis $field:ident : $ty:ty),* $(,)? }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$field_meta])* $field_vis $field: $ty),* }

        impl $crate::sql::Columns for $name {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];
        }

        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $name
        where
            &'static str: sqlx::ColumnIndex<R>,
            $($ty: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)*
        {
            fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: row.try_get(stringify!($field))?),* })
            }
        }
    };
}
pub(crate) use record;
