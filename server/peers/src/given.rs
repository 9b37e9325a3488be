//! What people enter about a server, checked.

use domain::problem::{Issue, Problem};
use domain::tool_server::NewProgram;
use http::header::{HeaderName, HeaderValue};

const LONGEST_NAME: usize = 60;
const LONGEST_SECRET: usize = 4_096;
const LONGEST_COMMAND: usize = 500;
const MOST_ARGUMENTS: usize = 50;
const LONGEST_ARGUMENT: usize = 4_096;
const MOST_VARIABLES: usize = 30;
const LONGEST_VARIABLE: usize = 100;
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

/// The program, its command without blanks around it.
pub(crate) fn program(new: NewProgram) -> Result<NewProgram, Problem> {
    let command = new.command.trim().to_owned();
    let mut issues = Vec::new();
    // What a path that is not whole means depends on where PM OS was started.
    let is_path = command.contains('/') && !command.starts_with('/');
    let is_odd = command.is_empty() || command.chars().any(char::is_control) || is_path;
    if is_odd || command.len() > LONGEST_COMMAND {
        let words = "Name a program such as uvx, or give its whole path, such as /usr/local/bin/files-mcp. What it is \
                     started with goes into the arguments";
        issues.push(Issue::new("program.command", words));
    }
    let is_short = |it: &String| it.len() <= LONGEST_ARGUMENT && !it.contains('\0');
    if new.arguments.len() > MOST_ARGUMENTS || !new.arguments.iter().all(is_short) {
        let words = format!("Give at most {MOST_ARGUMENTS} arguments of {LONGEST_ARGUMENT} bytes");
        issues.push(Issue::new("program.arguments", words));
    }
    let is_good = |(name, value): (&String, &String)| is_variable(name) && is_short(value);
    if new.variables.len() > MOST_VARIABLES || !new.variables.iter().all(is_good) {
        let words = format!(
            "Give at most {MOST_VARIABLES} variables, each as NAME=value, with names of letters, digits and _"
        );
        issues.push(Issue::new("program.variables", words));
    }
    if !issues.is_empty() {
        return Err(Problem::Invalid { issues });
    }
    Ok(NewProgram { command, ..new })
}

fn is_variable(name: &str) -> bool {
    name.len() <= LONGEST_VARIABLE
        && name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
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

    #[test]
    fn a_program_is_a_name_or_a_whole_path_with_plain_variables() {
        let new = |command: &str, argument: &str, variable: &str| NewProgram {
            command: command.to_owned(),
            arguments: vec![argument.to_owned()],
            variables: [(variable.to_owned(), "x".to_owned())].into(),
        };
        assert_eq!(program(new(" uvx ", "files", "API_KEY")).unwrap().command, "uvx");
        assert!(program(new("/opt/a b/mcp", "", "_A1")).is_ok());
        for (wrong, field) in [
            (new("", "", "A"), "program.command"),
            (new("./mcp", "", "A"), "program.command"),
            (new("bin/mcp", "", "A"), "program.command"),
            (new("a\nb", "", "A"), "program.command"),
            (new("mcp", "a\0b", "A"), "program.arguments"),
            (new("mcp", &"x".repeat(LONGEST_ARGUMENT + 1), "A"), "program.arguments"),
            (new("mcp", "", "A=B"), "program.variables"),
            (new("mcp", "", "1A"), "program.variables"),
            (new("mcp", "", ""), "program.variables"),
        ] {
            match program(wrong).unwrap_err() {
                Problem::Invalid { issues } => assert_eq!(issues[0].field, field),
                other => panic!("{other:?}"),
            }
        }
    }
}
