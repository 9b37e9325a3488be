//! Under which names the first and the last day are asked for.
//!
//! Two official sources disagree, so it is a switch, and whoever asks must get by with either.

/// The names of the first and the last day that hours are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpanNames {
    /// `start_date` and `end_date`, as the documentation says.
    #[default]
    StartEnd,
    /// `from` and `to`, as the model of the API says.
    FromTo,
}

impl SpanNames {
    /// The two parameters; others are ignored.
    pub(crate) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::StartEnd => ("start_date", "end_date"),
            Self::FromTo => ("from", "to"),
        }
    }
}
