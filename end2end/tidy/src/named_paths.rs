//! Every path that the two front pages name must exist: a map that lies is worse than none.

use crate::tree::{files, none, root, text};

const PAGES: [&str; 2] = ["README.md", "ARCHITECTURE.md"];

const ENDINGS: [&str; 11] =
    [".rs", ".md", ".toml", ".css", ".scss", ".ts", ".json", ".sql", ".svg", ".yml", ".sh"];

/// Made by a build or a start, so absent in a fresh clone.
const MADE: [&str; 4] = ["target/", "data/", "./data", "node_modules/"];

/// What stands between backticks and reads as a path of ours.
fn paths(markdown: &str) -> Vec<String> {
    let spans = markdown.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let first = spans
        .filter(|span| !span.is_empty())
        .map(|span| span.split(':').next().unwrap_or(span).to_owned());
    first.filter(|span| is_path(span)).collect()
}

fn is_path(span: &str) -> bool {
    let is_plain = span.chars().all(|it| it.is_ascii_alphanumeric() || "._-/".contains(it));
    let looks_like_one = span.contains('/') || ENDINGS.iter().any(|ending| span.ends_with(ending));
    is_plain
        && looks_like_one
        && !span.starts_with('/')
        && !MADE.iter().any(|made| span.starts_with(made))
}

#[test]
fn every_named_path_exists() {
    let known = files();
    let mut problems = Vec::new();
    for page in PAGES {
        for path in paths(&text(page)) {
            let is_name = !path.contains('/')
                && known.iter().any(|file| file.path.ends_with(&format!("/{path}")));
            if !is_name && !root().join(&path).exists() {
                problems.push(format!("{page} names {path}, which does not exist"));
            }
        }
    }
    none(&problems);
}

#[test]
fn paths_are_told_from_other_words() {
    let markdown = "Run `cargo xtask run`, see `server/src/lib.rs:12`, `/hooks/{flow}`, `GET /health`, `flow` and `config.rs`; `target/site`.";
    assert_eq!(paths(markdown), ["server/src/lib.rs", "config.rs"]);
}
