//! Why a model did not answer.

use std::time::Duration;

/// Why an answer failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LlmError {
    /// What kind of failure.
    pub class: ErrorClass,
    /// For people.
    pub message: String,
    /// When the provider wants to be asked again.
    pub retry_after: Option<Duration>,
}

/// What kind of failure (agent.md 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// The key is wrong.
    Auth,
    /// The key may not do this.
    Permission,
    /// Too many requests.
    RateLimit,
    /// The account has no credit left.
    Quota,
    /// The provider is busy or broken.
    Overloaded,
    /// The conversation is longer than the model can read.
    ContextOverflow,
    /// The provider does not accept the request.
    BadRequest,
    /// The provider will not answer this.
    ContentFilter,
    /// Nothing came for too long.
    Timeout,
    /// The answer was cut off.
    Truncated,
    /// The answer cannot be read.
    Protocol,
    /// No connection, or it broke.
    Network,
}

impl ErrorClass {
    /// The same request to the same provider may succeed in a moment.
    pub fn is_passing(self) -> bool {
        matches!(
            self,
            Self::RateLimit
                | Self::Overloaded
                | Self::Timeout
                | Self::Truncated
                | Self::Protocol
                | Self::Network
        )
    }

    /// Another provider may answer where this one does not.
    pub fn is_of_the_provider(self) -> bool {
        !matches!(self, Self::BadRequest | Self::ContextOverflow | Self::ContentFilter)
    }
}

impl LlmError {
    /// A failure, in words for people.
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), retry_after: None }
    }

    /// The answer ended before its end.
    pub fn truncated() -> Self {
        Self::new(
            ErrorClass::Truncated,
            "The model's answer was cut off, so nothing of it was done",
        )
    }

    /// The answer, or a part of it, is not what the provider documents.
    pub fn protocol(what: &str) -> Self {
        Self::new(
            ErrorClass::Protocol,
            format!("The model's answer cannot be read ({what}), so nothing of it was done"),
        )
    }
}
