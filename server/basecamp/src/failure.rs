//! What the SDK reports, in words a person can act on.

use crate::circuit::Health;
use basecamp_sdk::{Error, ErrorCode};
use domain::problem::{Issue, Problem};
use std::time::Duration;

/// Seconds to wait when Basecamp does not say.
const DEFAULT_WAIT_S: u64 = 10;

/// There is no connection, so there is nothing to read.
pub(crate) fn not_connected() -> Problem {
    Problem::NeedsSetup {
        message: "Basecamp is not connected".into(),
        hint: "Connect Basecamp, or use the sample".into(),
        fix_url: "/setup/basecamp".into(),
    }
}

/// Somebody signed in, and must still say which account is meant.
pub(crate) fn no_account() -> Problem {
    Problem::NeedsSetup {
        message: "No Basecamp account is chosen".into(),
        hint: "Choose the account to work with".into(),
        fix_url: "/integrations".into(),
    }
}

/// This installation has no app at Basecamp to sign in with.
pub(crate) fn no_integration() -> Problem {
    Problem::NeedsSetup {
        message: "This server cannot sign in to Basecamp yet".into(),
        hint: "A super admin registers it with Basecamp once, under Integrations".into(),
        fix_url: "/integrations".into(),
    }
}

/// The stored access no longer counts.
pub(crate) fn access_lost() -> Problem {
    Problem::NeedsSetup {
        message: "Basecamp no longer accepts our access".into(),
        hint: "Connect Basecamp again".into(),
        fix_url: "/setup/basecamp".into(),
    }
}

/// Basecamp is out of reach.
pub(crate) fn unavailable(message: impl Into<String>) -> Problem {
    Problem::Unavailable { service: "Basecamp".into(), message: message.into() }
}

/// Nothing is sent to Basecamp for `rest`.
pub(crate) fn held_back(rest: Duration) -> Problem {
    let retry_after_ms = u64::try_from(rest.as_millis()).unwrap_or(u64::MAX).max(1);
    Problem::CircuitOpen { service: "Basecamp".into(), retry_after_ms }
}

/// Whether the failure says that Basecamp itself is not well. 501 and 507 are answers like those of 4xx.
pub(crate) fn health(error: &Error) -> Health {
    let is_down = error.code() == ErrorCode::Network
        || error.http_status().is_some_and(|it| it >= 500 && it != 507 && it != 501);
    if is_down { Health::Unwell } else { Health::Well }
}

/// Whether a write that failed like this may have happened all the same.
pub(crate) fn is_unclear(error: &Error) -> bool {
    match error.code() {
        ErrorCode::Network => true,
        // An answer of 2xx that cannot be read has no status; 503 says that nothing was done.
        ErrorCode::ApiError => error.http_status().is_none_or(|it| it >= 500 && it != 503),
        _ => false,
    }
}

/// `error` while looking for or changing `what`: "Project", "To-do".
pub(crate) fn problem(what: &str, error: &Error) -> Problem {
    match error.code() {
        ErrorCode::NotFound => Problem::not_found(what),
        ErrorCode::AuthRequired => access_lost(),
        ErrorCode::Forbidden => Problem::Forbidden {
            message: "Basecamp does not allow this for the connected person. Somebody with access there can do it".into(),
        },
        ErrorCode::RateLimit => Problem::RateLimited {
            retry_after_s: error.retry_after().map_or(DEFAULT_WAIT_S, u64::from),
        },
        ErrorCode::Validation => refused(error),
        ErrorCode::LimitExceeded => {
            unavailable("Basecamp refused this because a limit of the account is reached")
        }
        // Our own limits: nothing was sent.
        ErrorCode::Usage => unavailable(error.message()),
        ErrorCode::Network => unavailable("Basecamp did not answer. Try again in a moment"),
        _ => {
            tracing::warn!(
                error = error as &dyn std::error::Error,
                request = error.request_id(),
                "Basecamp failed"
            );
            unavailable("Basecamp answered with an error. Try again in a moment")
        }
    }
}

/// Fields under the names we use.
fn refused(error: &Error) -> Problem {
    let fields = error.field_errors().into_iter().flatten();
    let ours = |field: &str| match field {
        "content" => "title".to_owned(),
        other => other.to_owned(),
    };
    let mut issues: Vec<Issue> = fields
        .map(|(field, reasons)| {
            Issue::new(ours(field), format!("Basecamp says: {}", reasons.join(", ")))
        })
        .collect();
    if issues.is_empty() {
        issues.push(Issue::new("", format!("Basecamp refused this: {}", error.message())));
    }
    Problem::Invalid { issues }
}
