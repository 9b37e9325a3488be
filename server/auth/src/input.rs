//! What people type about themselves, checked with every reason at once.

use domain::problem::{Issue, Problem};

const NAME_MIN: usize = 2;
const NAME_MAX: usize = 200;
const EMAIL_MAX: usize = 254;
const PASSWORD_MIN: usize = 8;
const PASSWORD_MAX: usize = 1024;

/// Every issue there is, as one problem.
pub(crate) fn invalid(issues: impl IntoIterator<Item = Option<Issue>>) -> Problem {
    Problem::Invalid { issues: issues.into_iter().flatten().collect() }
}

/// Trimmed.
pub(crate) fn name(text: &str) -> Result<String, Issue> {
    let text = text.trim();
    let length = text.chars().count();
    if length < NAME_MIN {
        return Err(Issue::new("name", "Give a name of at least 2 characters"));
    }
    if length > NAME_MAX || text.chars().any(char::is_control) {
        return Err(Issue::new("name", "Give a name of at most 200 plain characters"));
    }
    Ok(text.to_owned())
}

/// Trimmed and in lower case.
pub(crate) fn email(text: &str) -> Result<String, Issue> {
    let text = text.trim().to_lowercase();
    let is_plain = |part: &str| !part.chars().any(|it| it.is_whitespace() || it.is_control());
    let is_address = text.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !local.contains('@')
            && domain.contains('.')
            && domain.split('.').all(|label| !label.is_empty())
    });
    if text.len() <= EMAIL_MAX && is_address && is_plain(&text) {
        return Ok(text);
    }
    Err(Issue::new("email", "Give an e-mail address such as name@example.com"))
}

/// Of a fitting length; any characters.
pub(crate) fn password<'a>(field: &str, text: &'a str) -> Result<&'a str, Issue> {
    let length = text.chars().count();
    if length < PASSWORD_MIN {
        return Err(Issue::new(field, "Give a password of at least 8 characters"));
    }
    if length > PASSWORD_MAX {
        return Err(Issue::new(field, "Give a password of at most 1,024 characters"));
    }
    Ok(text)
}

/// Present at all.
pub(crate) fn present(field: &str, text: &str, ask: &str) -> Option<Issue> {
    text.is_empty().then(|| Issue::new(field, ask))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_trimmed_and_in_lower_case() {
        assert_eq!(email(" Owner@Example.COM ").unwrap(), "owner@example.com");
    }

    #[test]
    fn an_address_needs_a_domain() {
        for wrong in [
            "",
            "owner",
            "owner@",
            "@example.com",
            "owner@localhost",
            "a b@example.com",
            "a@b@c.de",
            "a@.de",
        ] {
            assert!(email(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert!(name("Ä").is_err());
        assert_eq!(name(" Äb ").unwrap(), "Äb");
        assert!(password("password", "1234567").is_err());
        assert!(password("password", "pässwört").is_ok());
        assert!(password("password", &"x".repeat(1025)).is_err());
    }
}
