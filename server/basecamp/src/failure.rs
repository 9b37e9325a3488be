//! What the SDK reports, in words a person can act on.

use crate::circuit::Health;
use basecamp_sdk::http::{Body, Response};
use basecamp_sdk::{Error, ErrorCode};
use bytes::Bytes;
use domain::problem::{Issue, Problem};
use futures::stream;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
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

/// What Basecamp says, in a header, of an account that is suspended; the status alone would mean that a record is gone.
const INACTIVE: &str = "Account Inactive";

/// Whether an answer says that the whole account is suspended.
pub(crate) fn says_inactive(status: StatusCode, headers: &HeaderMap) -> bool {
    let is_refused = status == StatusCode::NOT_FOUND || status == StatusCode::FORBIDDEN;
    let reason = headers.get("reason").and_then(|it| it.to_str().ok());
    is_refused && reason.is_some_and(|it| it.trim().eq_ignore_ascii_case(INACTIVE))
}

/// Such an answer as the SDK is to see it: with a status that Basecamp never sends and nobody takes for one about a
/// record. As an error of ours it would be sent again.
pub(crate) fn inactive() -> Response<Body> {
    let text = Bytes::from(format!("{{\"error\":\"{INACTIVE}\"}}"));
    let length = u64::try_from(text.len()).ok();
    let parts = stream::iter([Ok::<Bytes, Error>(text)]);
    let mut response = Response::new(Body::from_stream(parts, length));
    *response.status_mut() = StatusCode::LOCKED;
    response
}

/// Whether the whole account is suspended.
pub(crate) fn is_inactive(error: &Error) -> bool {
    error.http_status() == Some(StatusCode::LOCKED.as_u16()) && error.message() == INACTIVE
}

/// The account is suspended: nothing of it can be read or changed.
pub(crate) fn suspended() -> Problem {
    Problem::NeedsSetup {
        message: "The Basecamp account is suspended".into(),
        hint: "An owner can open it again at Basecamp. PM OS goes on by itself then".into(),
        fix_url: "/integrations".into(),
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

/// Basecamp takes no more calls for so many seconds.
pub(crate) fn throttled(retry_after_s: u64) -> Problem {
    Problem::Throttled { service: "Basecamp".into(), retry_after_s }
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
    if is_inactive(error) {
        return suspended();
    }
    match error.code() {
        ErrorCode::NotFound => Problem::not_found(what),
        ErrorCode::AuthRequired => access_lost(),
        ErrorCode::Forbidden => Problem::Forbidden {
            message: "Basecamp does not allow this for the connected person. Somebody with access there can do it".into(),
        },
        ErrorCode::RateLimit => throttled(error.retry_after().map_or(DEFAULT_WAIT_S, u64::from)),
        ErrorCode::Validation => refused(error),
        ErrorCode::LimitExceeded => {
            unavailable(format!("{ANSWERED}507: a limit of the account is reached"))
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
            match error.http_status() {
                Some(status) => unavailable(format!("{ANSWERED}{status}. Try again in a moment")),
                None => unavailable("Basecamp sent an answer that cannot be understood"),
            }
        }
    }
}

/// How the words begin that say with what status Basecamp failed.
const ANSWERED: &str = "Basecamp answered with error ";

/// The status with which Basecamp answered, where it did and failed; none where no answer came.
pub fn answered(problem: &Problem) -> Option<u16> {
    match problem {
        Problem::Throttled { .. } => Some(429),
        Problem::Unavailable { message, .. } => {
            message.strip_prefix(ANSWERED)?.split(['.', ':']).next()?.parse().ok()
        }
        _ => None,
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
