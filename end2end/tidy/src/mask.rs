//! Rust with its comments, strings and characters blanked, line for line, so that braces and words can be counted.

/// The same text with spaces for everything that is not code. Line ends stay where they are.
pub(crate) fn code_only(rust: &str) -> String {
    let chars: Vec<char> = rust.chars().collect();
    let mut out = String::with_capacity(rust.len());
    let mut at = 0;
    while at < chars.len() {
        let end = hidden_end(&chars, at);
        if end > at {
            out.extend(chars[at..end].iter().map(|it| if *it == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Where the comment, string or character that starts at `at` ends; `at` itself when none starts there.
fn hidden_end(chars: &[char], at: usize) -> usize {
    let next = chars.get(at + 1).copied().unwrap_or(' ');
    match chars[at] {
        '/' if next == '/' => find(chars, at, |rest| rest[0] == '\n'),
        '/' if next == '*' => {
            (find(chars, at + 2, |rest| rest.starts_with(&['*', '/'])) + 2).min(chars.len())
        }
        '"' => string_end(chars, at + 1),
        'r' if !is_word(chars, at) => raw_end(chars, at),
        '\'' => character_end(chars, at),
        _ => at,
    }
}

fn string_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// `r"…"` and `r#"…"#`; anything else that starts with an r is left alone.
fn raw_end(chars: &[char], at: usize) -> usize {
    let hashes = chars[at + 1..].iter().take_while(|it| **it == '#').count();
    if chars.get(at + 1 + hashes) != Some(&'"') {
        return at;
    }
    let mut close = vec!['"'];
    close.resize(hashes + 1, '#');
    (find(chars, at + 2 + hashes, |rest| rest.starts_with(&close)) + close.len()).min(chars.len())
}

/// `'x'` and `'\n'`, but not the lifetime `'a`.
fn character_end(chars: &[char], at: usize) -> usize {
    if chars.get(at + 1) == Some(&'\\') {
        return (find(chars, at + 3, |rest| rest[0] == '\'') + 1).min(chars.len());
    }
    if chars.get(at + 2) == Some(&'\'') { at + 3 } else { at }
}

fn find(chars: &[char], from: usize, is_end: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len()).find(|it| is_end(&chars[*it..])).unwrap_or(chars.len())
}

/// Whether the letter at `at` continues a word.
fn is_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

#[test]
fn braces_in_strings_comments_and_characters_are_hidden() {
    let rust = "a(\"{\\\"{\"); // {\nb('{', '\\'', r#\"{\"{\"#); /* {\n{ */ let c: &'a str;";
    let code = code_only(rust);
    assert!(!code.contains('{'), "{code}");
    assert_eq!(code.lines().count(), rust.lines().count());
    assert!(code.contains("let c: &'a str;"), "{code}");
}

#[test]
fn words_that_start_like_a_raw_string_are_code() {
    assert_eq!(code_only("for r in runs { r#type }"), "for r in runs { r#type }");
}
