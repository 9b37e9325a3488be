//! What people enter about a server, checked.

use domain::problem::{Issue, Problem};
use http::header::{HeaderName, HeaderValue};

const LONGEST_NAME: usize = 60;
const LONGEST_SECRET: usize = 4_096;
const DEFAULT_HEADER: &str = "authorization";
/// Headers that the protocol or the connection itself need.
const OURS: [&str; 11] = [
    "accept",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "mcp-protocol-version",
    "mcp-session-id",
    "origin",
    "transfer-encoding",
    "upgrade",
];

/// The name, without blanks around it.
pub(crate) fn name(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_NAME {
        let words = format!("Enter a name of at most {LONGEST_NAME} characters");
        return Err(Problem::invalid("name", words));
    }
    Ok(text.to_owned())
}

/// The header and its value, where there is a secret.
pub(crate) fn secret(
    header: Option<&str>,
    secret: Option<&str>,
) -> Result<Option<(String, String)>, Problem> {
    let header = header.map(str::trim).filter(|it| !it.is_empty());
    let Some(secret) = secret.map(str::trim).filter(|it| !it.is_empty()) else {
        return Ok(None);
    };
    let named = header.unwrap_or(DEFAULT_HEADER).to_ascii_lowercase();
    let mut issues = Vec::new();
    if HeaderName::try_from(named.as_str()).is_err() || OURS.contains(&named.as_str()) {
        issues.push(Issue::new("header", "Name a header such as Authorization or X-API-Key"));
    }
    if secret.len() > LONGEST_SECRET || HeaderValue::try_from(secret).is_err() {
        issues.push(Issue::new("secret", "This cannot be the value of a header. Check it"));
    }
    if !issues.is_empty() {
        return Err(Problem::Invalid { issues });
    }
    Ok(Some((named, secret.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_goes_into_a_header_that_nothing_else_needs() {
        let given = secret(None, Some(" Bearer x ")).unwrap();
        assert_eq!(given, Some(("authorization".to_owned(), "Bearer x".to_owned())));
        assert_eq!(secret(Some("X-Key"), None).unwrap(), None);
        for header in ["Host", "content-length", "no header", "Mcp-Session-Id", "Cookie"] {
            assert!(secret(Some(header), Some("x")).is_err(), "{header}");
        }
        assert!(secret(None, Some("line\nbreak")).is_err());
        assert!(name("  ").is_err() && name(&"x".repeat(61)).is_err());
    }
}
