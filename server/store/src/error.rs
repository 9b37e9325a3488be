//! What can go wrong with the database, and what the caller is told.

use domain::problem::Problem;

/// A failed read or write. Nothing acknowledged is ever lost by one.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full.
    #[error("the disk is full")]
    Full(#[source] sqlx::Error),
    /// The database does not answer, or is shutting down.
    #[error("the database does not answer")]
    Gone(#[source] sqlx::Error),
    /// A unique or foreign key refused the row.
    #[error("a constraint refused the row")]
    Constraint(#[source] sqlx::Error),
    /// A stored value cannot be read back.
    #[error("a stored value cannot be read: {0}")]
    Unreadable(String),
    /// The database closed while the write was waiting; it was not done.
    #[error("the database is closing")]
    Closing,
    /// A whole batch failed to reach the disk; none of it was done.
    #[error("the batch was not committed: {0}")]
    NotCommitted(String),
    /// Anything else the driver reports.
    #[error("the database refused")]
    Other(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether a unique or foreign key refused the row.
    pub fn is_constraint(&self) -> bool {
        matches!(self, Self::Constraint(_))
    }

    /// A piece of work that began and never ended.
    pub(crate) fn unfinished() -> Self {
        Self::NotCommitted("it did not finish".to_owned())
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return if is_gone(&error) { Self::Gone(error) } else { Self::Other(error) };
        };
        if database.is_unique_violation() || database.is_foreign_key_violation() {
            return Self::Constraint(error);
        }
        // SQLITE_FULL is 13; PostgreSQL's disk_full is 53100. 57P01 to 57P03 are its shut-downs and its start,
        // 53300 says that it takes no more connections. SQLITE_BUSY is 5, its kinds 261 and 517, SQLITE_LOCKED 6.
        match database.code().as_deref() {
            Some("13" | "53100") => Self::Full(error),
            Some("57P01" | "57P02" | "57P03" | "53300" | "5" | "6" | "261" | "517") => {
                Self::Gone(error)
            }
            _ => Self::Other(error),
        }
    }
}

/// Whether the way to the database is cut, so that the next try may work.
fn is_gone(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
    )
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// Logs the whole chain and gives the caller a reference to pass on.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if let StoreError::Full(_) = error {
            tracing::error!(error = &error as &dyn std::error::Error, "the disk is full");
            return Self::StorageFull;
        }
        if let StoreError::Gone(_) | StoreError::Closing = error {
            tracing::error!(error = &error as &dyn std::error::Error, "the database is gone");
            return Self::StorageGone;
        }
        if let StoreError::NotCommitted(reason) = &error {
            tracing::error!(error = &error as &dyn std::error::Error, "nothing was saved");
            return if reason.contains("full") { Self::StorageFull } else { Self::StorageGone };
        }
        internal("storing or reading", &error)
    }
}

/// A failure of ours while `doing`: logs the whole chain, tells the caller only a reference.
pub fn internal(doing: &str, error: &(dyn std::error::Error + 'static)) -> Problem {
    let reference = crate::ids::short();
    tracing::error!(reference, error, "failed while {doing}");
    Problem::Internal { reference }
}
