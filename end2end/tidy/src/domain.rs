//! What is absent, by design: I/O in the domain, SQL outside the store, Leptos outside the pages.

use crate::mask::code_only;
use crate::tree::{File, files_ending, none};

/// One rule: words that code may hold only in these places.
struct Rule {
    words: &'static [&'static str],
    /// Whether the words are looked for in strings too.
    in_strings: bool,
    /// Whether the rule speaks about this file at all.
    applies: fn(&str) -> bool,
    why: &'static str,
}

const RULES: [Rule; 6] = [
    Rule {
        words: &["sqlx::"],
        in_strings: false,
        applies: |path| !path.starts_with("server/store/"),
        why: "only server/store knows SQL",
    },
    Rule {
        words: &["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM "],
        in_strings: true,
        // What a test sends as somebody's words may look like SQL.
        applies: |path| !path.starts_with("server/store/") && !path.contains("/tests"),
        why: "only server/store knows SQL",
    },
    Rule {
        words: &["leptos"],
        in_strings: false,
        applies: |path| {
            !path.starts_with("app/src/")
                && path != "server/src/pages.rs"
                && path != "frontend/src/lib.rs"
                // Asks for the list of server functions, to walk it.
                && path != "server/tests/pages/walls.rs"
        },
        why: "only app and server/src/pages.rs know Leptos",
    },
    Rule {
        words: &["env::var", "env::set_var", "env::vars"],
        in_strings: false,
        applies: |path| {
            !path.ends_with("config.rs")
                && !path.ends_with("/testing.rs")
                && !path.contains("/tests/")
                // What cargo tells the one build script.
                && path != "server/build.rs"
        },
        why: "the environment is read once, in a config.rs",
    },
    Rule {
        words: &[
            "async fn",
            "std::fs",
            "std::net",
            "std::env",
            "tokio",
            "::now()",
            "new_v4()",
            "now_v7()",
            "cfg(feature",
        ],
        in_strings: false,
        applies: |path| path.starts_with("app/domain/src/"),
        why: "the domain is pure: no I/O, no clock, no randomness, no features",
    },
    Rule {
        words: &["basecamp_sdk"],
        in_strings: false,
        applies: |path| !path.starts_with("server/basecamp/"),
        why: "only server/basecamp speaks to Basecamp",
    },
];

fn broken(rule: &Rule, path: &str, rust: &str) -> Vec<String> {
    if !(rule.applies)(path) || path.starts_with("end2end/tidy/") {
        return Vec::new();
    }
    let masked = code_only(rust);
    let read = if rule.in_strings { rust } else { masked.as_str() };
    let lines = read.lines().enumerate();
    lines
        .filter_map(|(number, line)| {
            Some((number, rule.words.iter().find(|word| line.contains(**word))?))
        })
        .map(|(number, word)| format!("{path}:{}: {word} ({})", number + 1, rule.why))
        .collect()
}

#[test]
fn absent_things_are_absent() {
    let check = |file: &File| {
        RULES.iter().flat_map(|rule| broken(rule, &file.path, &file.text)).collect::<Vec<_>>()
    };
    none(&files_ending(".rs").iter().flat_map(check).collect::<Vec<_>>());
}

#[test]
fn each_rule_can_fail() {
    let bad = [
        ("server/auth/src/members.rs", "use sqlx::Row;\n"),
        ("server/auth/src/members.rs", "let text = \"SELECT 1\";\n"),
        ("server/api/src/lib.rs", "use leptos::prelude::*;\n"),
        ("server/auth/src/lib.rs", "let key = std::env::var(\"KEY\");\n"),
        ("app/domain/src/flow.rs", "let now = Utc::now();\n"),
        ("server/tools/src/lib.rs", "use basecamp_sdk::Client;\n"),
    ];
    for (rule, (path, rust)) in RULES.iter().zip(bad) {
        assert_eq!(broken(rule, path, rust).len(), 1, "{}", rule.why);
    }
}

#[test]
fn words_in_comments_are_free() {
    assert!(broken(&RULES[0], "server/auth/src/lib.rs", "// unlike sqlx::query\n").is_empty());
}
