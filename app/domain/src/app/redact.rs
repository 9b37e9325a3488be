//! Errors that may hold secrets, made fit to be shown and kept.

use crate::expr::REDACTED;

/// Characters of an error that are kept.
const LONGEST: usize = 1_000;
/// So many signs of a token in a row are taken for one.
const TOKEN: usize = 24;
/// What comes before a secret.
const WORDS: [&str; 4] = ["key", "token", "authorization", "password"];
/// Words between such a word and the secret.
const SCHEMES: [&str; 3] = ["bearer", "basic", "is"];

/// `text` with values after key, token, authorization and password, and everything that looks like a token, replaced;
/// 1000 characters at most.
pub fn redact(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    // A secret comes next: sure after a sign such as `=`, likely after a space.
    let mut expects = Expects::Nothing;
    while let Some(first) = rest.chars().next() {
        // What was hidden before stays as it is.
        if let Some(after) = rest.strip_prefix(REDACTED) {
            out.push_str(REDACTED);
            (rest, expects) = (after, Expects::Nothing);
            continue;
        }
        if !is_token(first) {
            expects = expects.after(first);
            out.push(first);
            rest = rest.strip_prefix(first).unwrap_or_default();
            continue;
        }
        let end = rest.find(|it: char| !is_token(it)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        expects = piece(word, expects, &mut out);
    }
    out.chars().take(LONGEST).collect()
}

/// What may come next.
#[derive(Clone, Copy, PartialEq)]
enum Expects {
    Nothing,
    /// After the word, before any sign.
    Maybe,
    /// After a colon or an equals sign.
    Secret,
}

impl Expects {
    fn after(self, sign: char) -> Self {
        match (self, sign) {
            (Self::Nothing, _) | (_, ',' | ';' | '&' | '}' | ')' | ']' | '\n') => Self::Nothing,
            (_, ':' | '=') => Self::Secret,
            (other, _) => other,
        }
    }
}

/// Writes one word, hidden when it has to be.
fn piece(word: &str, expects: Expects, out: &mut String) -> Expects {
    let is_scheme = SCHEMES.contains(&word.to_lowercase().as_str());
    let looks_secret = word.len() >= 8 && word.chars().any(|it| it.is_ascii_digit());
    if expects != Expects::Nothing && is_scheme {
        out.push_str(word);
        return Expects::Secret;
    }
    if expects == Expects::Secret || (expects == Expects::Maybe && looks_secret) {
        out.push_str(REDACTED);
        return Expects::Nothing;
    }
    if word.len() >= TOKEN {
        out.push_str(REDACTED);
        return Expects::Nothing;
    }
    out.push_str(word);
    if is_name(word) { Expects::Maybe } else { Expects::Nothing }
}

fn is_name(word: &str) -> bool {
    let word = word.to_lowercase();
    WORDS.iter().any(|it| word.ends_with(it))
}

fn is_token(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || "_-.+~".contains(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_after_a_telling_word_are_hidden() {
        for (text, shown) in [
            ("api_key: abc", "api_key: **REDACTED**"),
            ("refused {\"token\":\"abc\",\"n\":1}", "refused {\"token\":\"**REDACTED**\",\"n\":1}"),
            ("?key=s3cr3t&x=1", "?key=**REDACTED**&x=1"),
            ("Authorization: Bearer abc.def", "Authorization: Bearer **REDACTED**"),
            ("password = hunter2", "password = **REDACTED**"),
            ("the token abc12345 is old", "the token **REDACTED** is old"),
            ("the password is hunter2", "the password is **REDACTED**"),
            ("The key was refused by the site", "The key was refused by the site"),
        ] {
            assert_eq!(redact(text), shown);
            assert_eq!(redact(shown), shown);
        }
    }

    #[test]
    fn long_runs_of_token_signs_are_hidden_and_words_are_kept() {
        let token = "a".repeat(24);
        assert_eq!(redact(&format!("failed with {token}!")), "failed with **REDACTED**!");
        let plain = "The site answered with 500: something is wrong over there, try again";
        assert_eq!(redact(plain), plain);
        assert_eq!(redact(&"ab ".repeat(600)).chars().count(), 1_000);
    }
}
