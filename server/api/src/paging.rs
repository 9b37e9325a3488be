//! Which part of a list is asked for.

use serde::Deserialize;

/// How many, and where the part before ended; both may be left out.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Paging {
    /// At most so many.
    pub(crate) limit: Option<u32>,
    /// As the part before said it.
    pub(crate) cursor: Option<String>,
}
