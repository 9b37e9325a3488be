//! Why a tool failed, as models and chat clients are told (contract.md 8.5).

use domain::problem::Problem;
use serde_json::{Value, json};
use store::error::StoreError;

/// Why a tool failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ToolError {
    /// The operation refused or failed.
    #[error("{0}")]
    Problem(Problem),
    /// There is no such tool.
    #[error("There is no tool called {name}")]
    UnknownTool {
        /// What was asked for.
        name: String,
        /// Names that are near.
        similar: Vec<String>,
    },
    /// `mcp_call` was asked to call itself.
    #[error("mcp_call cannot call itself")]
    Nested,
    /// The project does not use the tool.
    #[error("This project does not use {}", .tool.replace('_', " "))]
    NotEnabled {
        /// As the dock names it.
        tool: String,
    },
    /// A large result that is not there for this caller.
    #[error("This result is no longer kept. Call the tool again")]
    CacheMiss,
    /// The write cannot be taken back.
    #[error("This cannot be undone: {reason}")]
    NotUndoable {
        /// Why.
        reason: String,
    },
    /// A tool of another server failed, or its server did.
    #[error("{message}")]
    OtherServer {
        /// In plain words; what is theirs in it is text from outside.
        message: String,
    },
    /// A platform outside did not take what was sent, or nobody knows whether it did.
    #[error("{message}")]
    Outside {
        /// In plain words.
        message: String,
        /// It may have arrived.
        is_unknown: bool,
    },
    /// A policy of the workspace stops the write.
    #[error("The policy “{policy}” does not allow this: {reason}")]
    Blocked {
        /// Its name.
        policy: String,
        /// What is wrong.
        reason: String,
    },
    /// A name fits several.
    #[error("Several fit “{query}”: {}. Say which", names(.options))]
    Ambiguous {
        /// What was looked for.
        query: String,
        /// Ids and names.
        options: Vec<(i64, String)>,
    },
    /// A name fits nothing.
    #[error("No {what} is called “{query}”")]
    NoMatch {
        /// `project`, `list`, `person`.
        what: &'static str,
        /// What was looked for.
        query: String,
    },
}

fn names(options: &[(i64, String)]) -> String {
    options.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")
}

impl From<Problem> for ToolError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<StoreError> for ToolError {
    fn from(error: StoreError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<ToolError> for Problem {
    fn from(error: ToolError) -> Self {
        let message = error.to_string();
        match error {
            ToolError::Problem(problem) => problem,
            ToolError::UnknownTool { .. } => Self::not_found("Tool"),
            ToolError::OtherServer { message } => {
                Self::Unavailable { service: "Other MCP server".to_owned(), message }
            }
            ToolError::Outside { is_unknown: true, .. } => Self::Unclear { message },
            ToolError::Outside { .. } => {
                Self::Unavailable { service: "The other side".to_owned(), message }
            }
            ToolError::Nested
            | ToolError::NotEnabled { .. }
            | ToolError::CacheMiss
            | ToolError::Blocked { .. }
            | ToolError::NotUndoable { .. } => {
                Self::NotUnderstood { message, examples: Vec::new() }
            }
            ToolError::Ambiguous { options, .. } => Self::NotUnderstood {
                message,
                examples: options.into_iter().map(|it| it.1).collect(),
            },
            ToolError::NoMatch { .. } => Self::NotUnderstood { message, examples: Vec::new() },
        }
    }
}

impl ToolError {
    /// The code of contract.md 8.5.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownTool { .. } => "UNKNOWN_TOOL",
            Self::Nested => "INVALID_TOOL",
            Self::OtherServer { .. } => "MCP_CALL_ERROR",
            Self::NotEnabled { .. } => "TOOL_NOT_ENABLED",
            Self::Outside { .. } => "FLOW_ERROR",
            Self::CacheMiss => "CACHE_MISS",
            Self::NotUndoable { .. } => "NOT_UNDOABLE",
            Self::Blocked { .. } => "POLICY_BLOCKED",
            Self::Ambiguous { .. } => "AMBIGUOUS_MATCH",
            Self::NoMatch { .. } => "NO_MATCH",
            Self::Problem(problem) => match problem {
                Problem::NotFound { .. } => "RESOURCE_NOT_FOUND",
                Problem::Unavailable { service, .. } if service == "Activepieces" => {
                    "GATEWAY_ERROR"
                }
                problem if basecamp::answered(problem).is_some() => "BASECAMP_API_ERROR",
                Problem::Unavailable { .. } | Problem::Unclear { .. } => "BASECAMP_REQUEST_FAILED",
                Problem::Internal { .. } | Problem::StorageFull | Problem::StorageGone => {
                    "TOOL_ERROR"
                }
                other => other.code(),
            },
        }
    }

    /// The object that is the result of a failed call. `family` is that of the tool.
    pub fn to_value(&self, family: &str) -> Value {
        let message = self.to_string();
        let code = self.code();
        let mut value = json!({
            "ok": false,
            "error": message,
            "code": code,
            "message": message,
            "category": category(code),
            "retryable": self.is_retryable(),
            "family": family,
        });
        if let Value::Object(fields) = &mut value {
            fields.extend(self.extras());
        }
        value
    }

    /// What went wrong while something was sent to a platform outside.
    pub(crate) fn of_outside(problem: Problem) -> Self {
        match problem {
            Problem::Unavailable { message, .. } => Self::Outside { message, is_unknown: false },
            Problem::Unclear { message } => Self::Outside { message, is_unknown: true },
            other => other.into(),
        }
    }

    /// Whether the write may have been done, although it failed.
    pub fn may_be_done(&self) -> bool {
        matches!(
            self,
            Self::Problem(Problem::Unclear { .. }) | Self::Outside { is_unknown: true, .. }
        )
    }

    /// Whether the same call may be made again. One whose outcome is not known must be looked at first.
    fn is_retryable(&self) -> bool {
        const CODES: [&str; 5] = [
            "NOT_READY",
            "RATE_LIMITED",
            "BASECAMP_REQUEST_FAILED",
            "CIRCUIT_OPEN",
            "GATEWAY_ERROR",
        ];
        match self {
            Self::Problem(Problem::Unclear { .. }) => false,
            Self::Problem(problem) if self.code() == "BASECAMP_API_ERROR" => {
                basecamp::answered(problem).is_some_and(|it| PASSING.contains(&it))
            }
            _ => CODES.contains(&self.code()),
        }
    }

    fn extras(&self) -> Vec<(String, Value)> {
        let field = |name: &str, value: Value| (name.to_owned(), value);
        match self {
            Self::UnknownTool { similar, .. } => vec![field("similar", json!(similar))],
            Self::Ambiguous { options, .. } => {
                let options: Vec<Value> =
                    options.iter().map(|(id, name)| json!({ "id": id, "name": name })).collect();
                vec![field("options", options.into())]
            }
            Self::NotEnabled { tool } => vec![
                field("tool", tool.as_str().into()),
                field("hint", "Switch the tool on in the project's settings in Basecamp".into()),
            ],
            Self::Outside { is_unknown: true, .. } => vec![field("unknown", true.into())],
            Self::Blocked { policy, .. } => vec![field("policy", policy.as_str().into())],
            Self::NotUndoable { reason } => vec![field("reason", reason.as_str().into())],
            Self::NoMatch { .. }
            | Self::Nested
            | Self::CacheMiss
            | Self::Outside { .. }
            | Self::OtherServer { .. } => Vec::new(),
            Self::Problem(problem) => problem_extras(problem),
        }
    }
}

/// The statuses of Basecamp after which the same call may be made again.
const PASSING: [u16; 5] = [429, 500, 502, 503, 504];

fn problem_extras(problem: &Problem) -> Vec<(String, Value)> {
    let field = |name: &str, value: Value| (name.to_owned(), value);
    if let Some(status) = basecamp::answered(problem) {
        let wait = match problem {
            Problem::Throttled { retry_after_s, .. } => Some(retry_after_s.saturating_mul(1_000)),
            _ => None,
        };
        let wait = wait.map(|it| field("retry_after_ms", it.into()));
        return [field("status", status.into())].into_iter().chain(wait).collect();
    }
    match problem {
        Problem::Invalid { issues } => {
            let details: Vec<Value> = issues
                .iter()
                .map(|it| json!({ "path": it.field, "message": it.message }))
                .collect();
            vec![field("details", details.into())]
        }
        Problem::NeedsSetup { hint, fix_url, .. } => vec![
            field("action", "setup".into()),
            field("hint", hint.as_str().into()),
            field("fix_url", fix_url.as_str().into()),
        ],
        Problem::Forbidden { message } => message
            .strip_prefix("missing permission: ")
            .map(|it| field("permission", it.into()))
            .into_iter()
            .collect(),
        Problem::Unsupported { hint, .. } => vec![field("hint", hint.as_str().into())],
        Problem::RateLimited { retry_after_s } | Problem::UsedUp { retry_after_s, .. } => vec![
            field("action", "retry_later".into()),
            field("retry_after_ms", retry_after_s.saturating_mul(1_000).into()),
        ],
        Problem::CircuitOpen { retry_after_ms, .. } => vec![
            field("action", "retry_later".into()),
            field("retry_after_ms", (*retry_after_ms).into()),
        ],
        Problem::Unclear { .. } => vec![field("unknown", true.into())],
        Problem::NeedsApproval { id } => vec![
            field("action", "confirm".into()),
            field("approval_id", id.as_str().into()),
            field("approve_url", format!("/approvals/{id}").into()),
        ],
        Problem::Internal { reference } => vec![field("requestId", reference.as_str().into())],
        _ => Vec::new(),
    }
}

fn category(code: &str) -> &'static str {
    match code {
        "NOT_AUTHENTICATED" | "FORBIDDEN" => "auth",
        "NOT_READY" => "setup",
        "BASECAMP_REQUEST_FAILED" | "GATEWAY_ERROR" => "network",
        "RATE_LIMITED" | "CIRCUIT_OPEN" => "resilience",
        "RESOURCE_NOT_FOUND" | "CONFLICT" => "data",
        "FLOW_ERROR" | "BASECAMP_API_ERROR" => "api",
        "TOOL_NOT_ENABLED" | "TOOL_UNAVAILABLE" => "feature",
        "CACHE_MISS" => "payload",
        "TOOL_ERROR" => "internal",
        _ => "input",
    }
}
