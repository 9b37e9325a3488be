//! Words that no file may hold: unfinished business, addresses of one machine, secrets.

use crate::tree::{files, none};

/// Unfinished business needs a condition in brackets: when it will be done.
const UNFINISHED: [&str; 3] = ["TODO", "FIXME", "XXX"];

/// Addresses that hold only on one machine or at one supplier.
const PLACES: [&str; 7] = [
    "registry.npmjs",
    "static.crates.io",
    "index.crates.io",
    "pypi.org",
    "deb.debian.org",
    "/work/",
    "/root/",
];

/// How well-known secrets begin; a secret goes on for sixteen letters or more.
const SECRETS: [&str; 9] = [
    "sk-ant-",
    "sk-proj-",
    "AKIA",
    "ghp_",
    "github_pat_",
    "xoxb-",
    "AIza",
    "glpat-",
    "-----BEGIN ",
];

const SECRET_LENGTH: usize = 16;

/// Where the words themselves are written down, and what tools write.
const UNREAD: [&str; 3] = ["end2end/tidy/src/", "Cargo.lock", "package-lock.json"];

fn unfinished(line: &str) -> bool {
    UNFINISHED.iter().any(|word| {
        line.match_indices(word).any(|(at, _)| {
            let is_word = |it: char| it.is_alphanumeric() || it == '_' || it == '-';
            let before = line.get(..at).and_then(|it| it.chars().next_back());
            let after = line.get(at + word.len()..).and_then(|it| it.chars().next());
            !before.is_some_and(is_word) && !after.is_some_and(is_word) && after != Some('(')
        })
    })
}

fn secret(line: &str) -> bool {
    SECRETS.iter().any(|start| {
        line.match_indices(start).any(|(at, _)| {
            let rest = line.get(at + start.len()..).unwrap_or_default().chars();
            let is_secret =
                |it: &char| it.is_ascii_alphanumeric() || *it == '_' || *it == '-' || *it == ' ';
            rest.take_while(is_secret).count() >= SECRET_LENGTH
        })
    })
}

fn problems(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let place = format!("{path}:{}", number + 1);
        if unfinished(line) {
            found.push(format!(
                "{place}: say when, as in {}(when …): {}",
                UNFINISHED[0],
                line.trim()
            ));
        }
        if let Some(word) = PLACES.iter().find(|word| line.contains(**word)) {
            found.push(format!("{place}: {word} holds only on one machine or at one supplier"));
        }
        if secret(line) {
            found.push(format!("{place}: this looks like a secret"));
        }
    }
    found
}

#[test]
fn no_file_holds_a_forbidden_word() {
    let read =
        files().into_iter().filter(|file| !UNREAD.iter().any(|it| file.path.starts_with(it)));
    none(&read.flat_map(|file| problems(&file.path, &file.text)).collect::<Vec<_>>());
}

#[test]
fn package_list_of_the_browser_tests_names_no_supplier() {
    assert!(!crate::tree::text("end2end/package-lock.json").contains("://"));
}

#[test]
fn unfinished_business_is_found() {
    assert_eq!(
        problems("a.rs", "// TODO: later\n// TODO(when 0.9 is final): move\nlet TODO_LIST = 1;\n")
            .len(),
        1
    );
}

#[test]
fn secret_is_found_and_a_short_stand_in_is_not() {
    assert_eq!(problems("a.rs", "let key = \"sk-ant-0123456789abcdef0123\";\n").len(), 1);
    assert!(problems("a.rs", "let key = \"sk-ant-test\";\n").is_empty());
}

#[test]
fn address_of_one_machine_is_found() {
    assert_eq!(problems("a.sh", "cd /work/main\n").len(), 1);
}
