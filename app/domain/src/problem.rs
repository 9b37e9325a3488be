//! Why an operation refused or failed: what every operation returns.

use crate::ids::ApprovalId;
use serde::{Deserialize, Serialize};

/// One thing wrong with an input, with the place and the fix in its message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// The field as the caller named it, for example `email` or `steps.step_2.input.url`.
    pub field: String,
    /// What is wrong and what to do, in plain words.
    pub message: String,
}

impl Issue {
    /// An issue with `field`.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// Why an operation refused or failed, in words a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Problem {
    /// No session and no key, or one that no longer counts.
    #[error("Sign in to continue")]
    NotSignedIn,
    /// Wrong e-mail or password; the same words for both.
    #[error("Invalid email or password.")]
    WrongCredentials,
    /// The current password, asked for again before a change, is wrong.
    #[error("The current password is wrong")]
    WrongPassword,
    /// Signed in, but the role lacks a permission.
    #[error("{message}")]
    Forbidden {
        /// Which permission is missing, as contract.md 0.4 words it.
        message: String,
    },
    /// Sign-up is switched off.
    #[error("Sign-up is closed. Ask an admin for an invitation")]
    SignupClosed,
    /// The request came from a foreign site.
    #[error("This request came from another site, so it was refused")]
    CrossSite,
    /// Missing, or not the caller's.
    #[error("{what} not found")]
    NotFound {
        /// What was looked for: "Flow", "Session".
        what: String,
    },
    /// The input is wrong; every reason at once.
    #[error("{}", first_message(.issues))]
    Invalid {
        /// Field and reason, in reading order.
        issues: Vec<Issue>,
    },
    /// The body is not JSON.
    #[error("INVALID_JSON")]
    InvalidJson,
    /// The body is not declared as JSON.
    #[error("Send the body as application/json")]
    UnsupportedMediaType,
    /// The body is larger than the limit.
    #[error("The body is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The limit that was passed.
        limit_bytes: u64,
    },
    /// Something must be set up first.
    #[error("{message}")]
    NeedsSetup {
        /// What is missing.
        message: String,
        /// What to do.
        hint: String,
        /// Where to do it.
        fix_url: String,
    },
    /// The chosen model provider needs a key and none is stored.
    #[error("No API key configured")]
    NoModelKey {
        /// What to do.
        hint: String,
        /// Where to do it.
        fix_url: String,
    },
    /// Nothing happened: it waits for a person.
    #[error("This waits for an approval")]
    NeedsApproval {
        /// The approval to decide.
        id: ApprovalId,
    },
    /// The state changed meanwhile.
    #[error("{message}")]
    Conflict {
        /// What changed.
        message: String,
        /// The state now, where the contract names it.
        status: Option<String>,
    },
    /// A conversation has a run under way, and the caller did not want to wait for it.
    #[error("The assistant is still answering the message before")]
    Busy {
        /// The run.
        run_id: String,
    },
    /// A limit was passed; nothing was executed.
    #[error("Too many requests. Try again in {retry_after_s} s")]
    RateLimited {
        /// Seconds until a call can succeed.
        retry_after_s: u64,
    },
    /// What a person may use in a day or a month is used up; nothing was executed.
    #[error("{message}")]
    UsedUp {
        /// What is used up, until when, and who can raise it.
        message: String,
        /// Seconds until it is counted anew.
        retry_after_s: u64,
    },
    /// A well-formed request that was not understood.
    #[error("{message}")]
    NotUnderstood {
        /// What was not understood.
        message: String,
        /// Requests that would be.
        examples: Vec<String>,
    },
    /// What this flow engine cannot do.
    #[error("{message}")]
    Unsupported {
        /// What it cannot do.
        message: String,
        /// What to do instead.
        hint: String,
    },
    /// An outside service failed.
    #[error("{message}")]
    Unavailable {
        /// "Basecamp", "SMTP".
        service: String,
        /// What happened and what was kept.
        message: String,
    },
    /// An outside service failed again and again, so nothing is sent to it for a while.
    #[error("{service} failed several times in a row. Next try in {} s", .retry_after_ms.div_ceil(1_000))]
    CircuitOpen {
        /// "Basecamp".
        service: String,
        /// Milliseconds until a call goes out again.
        retry_after_ms: u64,
    },
    /// An outside service takes no more calls for a while; this one was not carried out.
    #[error("{service} takes no more calls for now. Try again in {retry_after_s} s")]
    Throttled {
        /// "Basecamp".
        service: String,
        /// Seconds until it wants to be asked again.
        retry_after_s: u64,
    },
    /// A change was sent to an outside service, and nobody knows yet whether it happened.
    #[error("{message}")]
    Unclear {
        /// What is not known, and what to do.
        message: String,
    },
    /// The disk is full: nothing acknowledged is lost, nothing new is taken.
    #[error("The disk is full, so nothing was saved. Free some space and try again")]
    StorageFull,
    /// The database does not answer: nothing was read or saved.
    #[error("The database does not answer, so nothing was done. Try again in a moment")]
    StorageGone,
    /// Our fault; the reference finds the log line.
    #[error("That did not work, and it is our fault. Reference {reference}")]
    Internal {
        /// What to pass on.
        reference: String,
    },
}

fn first_message(issues: &[Issue]) -> String {
    issues.first().map_or_else(|| "The request is wrong".to_owned(), |it| it.message.clone())
}

impl Problem {
    /// One field is wrong.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { issues: vec![Issue::new(field, message)] }
    }

    /// `what` is missing, or not the caller's.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    /// The state changed meanwhile.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict { message: message.into(), status: None }
    }

    /// The HTTP status, for REST and pages alike (contract.md 0.6).
    pub fn status(&self) -> u16 {
        match self {
            Self::Invalid { .. }
            | Self::InvalidJson
            | Self::NeedsSetup { .. }
            | Self::NoModelKey { .. } => 400,
            Self::NotSignedIn | Self::WrongCredentials | Self::WrongPassword => 401,
            Self::Forbidden { .. } | Self::SignupClosed | Self::CrossSite => 403,
            Self::NotFound { .. } => 404,
            Self::Conflict { .. } | Self::Busy { .. } => 409,
            Self::TooLarge { .. } => 413,
            Self::UnsupportedMediaType => 415,
            Self::NotUnderstood { .. } | Self::Unsupported { .. } => 422,
            Self::RateLimited { .. } | Self::UsedUp { .. } => 429,
            Self::NeedsApproval { .. } => 202,
            Self::Internal { .. } => 500,
            Self::Unavailable { .. }
            | Self::CircuitOpen { .. }
            | Self::Throttled { .. }
            | Self::Unclear { .. } => 502,
            Self::StorageFull | Self::StorageGone => 503,
        }
    }

    /// The machine-readable code (contract.md 0.6).
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSignedIn | Self::WrongCredentials | Self::WrongPassword => "NOT_AUTHENTICATED",
            Self::Forbidden { .. } => "FORBIDDEN",
            Self::SignupClosed => "SIGNUP_CLOSED",
            Self::CrossSite => "CSRF",
            Self::NotFound { .. } => "NOT_FOUND",
            Self::Invalid { .. } => "INVALID_INPUT",
            Self::InvalidJson => "INVALID_JSON",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::TooLarge { .. } => "PAYLOAD_TOO_LARGE",
            Self::NeedsSetup { .. } => "NOT_READY",
            Self::NoModelKey { .. } => "NO_MODEL_KEY",
            Self::NeedsApproval { .. } => "CONFIRM_REQUIRED",
            Self::Conflict { .. } | Self::Busy { .. } => "CONFLICT",
            Self::RateLimited { .. } | Self::UsedUp { .. } => "RATE_LIMITED",
            Self::NotUnderstood { .. } => "NOT_UNDERSTOOD",
            Self::Unavailable { .. } | Self::Throttled { .. } | Self::Unclear { .. } => {
                "UPSTREAM_ERROR"
            }
            Self::CircuitOpen { .. } => "CIRCUIT_OPEN",
            Self::Unsupported { .. } => "TOOL_UNAVAILABLE",
            Self::StorageFull => "STORAGE_FULL",
            Self::StorageGone => "STORAGE_UNAVAILABLE",
            Self::Internal { .. } => "SERVER_ERROR",
        }
    }
}
