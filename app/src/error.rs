//! What server functions return when they fail: a problem, or a failure on the way.

use crate::session;
use crate::wire::JsonText;
use domain::problem::{Issue, Problem};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// A problem, or a failure on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// The server refused or failed, in words a person can act on.
    #[error(transparent)]
    Problem(Problem),
    /// The server was not reached, so nothing is known to have happened.
    #[error("The server could not be reached. What you see may be out of date")]
    Offline,
}

/// `?` in a server function: also sets the status of its answer.
impl From<Problem> for AppError {
    fn from(problem: Problem) -> Self {
        session::answer_with(problem.status());
        Self::Problem(problem)
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::Problem(Problem::invalid(
                    "form",
                    "Some of the form is missing. Reload the page and try again",
                ))
            }
            _ => Self::Problem(Problem::Internal { reference: session::request_id() }),
        }
    }
}

/// What the page shows besides the words: the problem, if the server said one.
impl AppError {
    /// The problem the server named.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Offline => None,
        }
    }

    /// What is wrong with the field called `name`.
    pub fn issue(&self, name: &str) -> Option<String> {
        let issue = self.issues()?.iter().find(|it| it.field == name)?;
        Some(issue.message.clone())
    }

    /// What is wrong, without the names of fields: for forms whose fields need none.
    pub fn words(&self) -> String {
        match self.issues() {
            Some(all) => all.iter().map(|it| it.message.as_str()).collect::<Vec<_>>().join(". "),
            None => self.to_string(),
        }
    }

    fn issues(&self) -> Option<&[Issue]> {
        match self {
            Self::Problem(Problem::Invalid { issues }) => Some(issues),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_found_by_its_field_only() {
        let error = AppError::Problem(Problem::invalid("email", "Write an email address"));
        assert_eq!(error.issue("email").as_deref(), Some("Write an email address"));
        assert_eq!(error.issue("name"), None);
        assert_eq!(AppError::Offline.issue("email"), None);
    }

    #[test]
    fn words_name_every_issue_and_no_field() {
        let issues = ["Write a title", "Choose a day"].map(|it| Issue::new("form", it)).to_vec();
        let error = AppError::Problem(Problem::Invalid { issues });
        assert_eq!(error.words(), "Write a title. Choose a day");
        assert_eq!(AppError::Offline.words(), AppError::Offline.to_string());
    }
}
