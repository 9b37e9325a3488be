//! How long things may be. A file or a function at its ceiling does more than one thing.

use crate::mask::code_only;
use crate::tree::{files, files_ending, none};

const RUST_FILE: usize = 400;
const CSS_FILE: usize = 250;
const FUNCTION: usize = 70;
const COMPONENT: usize = 60;
const SERVER_FUNCTION: usize = 10;

/// Flat lists that read better in one piece, each with the reason.
const EXEMPT: [(&str, &str); 0] = [];

fn ceiling_of(path: &str) -> Option<usize> {
    match path.rsplit('.').next() {
        Some("rs") => Some(RUST_FILE),
        Some("css") => Some(CSS_FILE),
        _ => None,
    }
}

fn long_file(path: &str, text: &str) -> Option<String> {
    let (lines, ceiling) = (text.lines().count(), ceiling_of(path)?);
    (lines > ceiling).then(|| format!("{path}: {lines} lines, the ceiling is {ceiling}"))
}

/// Functions over the ceiling of their kind. Blank lines and comments are free.
fn long_functions(path: &str, rust: &str) -> Vec<String> {
    let code = code_only(rust);
    let lines: Vec<&str> = code.lines().collect();
    let mut problems = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let length = body_length(&lines[number..]);
        let ceiling = ceiling_above(&lines[..number]);
        if length > ceiling {
            problems.push(format!(
                "{path}:{}: {name} has {length} lines, the ceiling is {ceiling}",
                number + 1
            ));
        }
    }
    problems
}

/// `pub(crate) async fn name(` gives the name.
fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let is_start = before.split_whitespace().all(|word| {
        ["pub", "async", "const", "unsafe", "extern"].contains(&word)
            || word.starts_with("pub(")
            || word.ends_with(')')
    });
    let name = after.split(|it: char| !it.is_alphanumeric() && it != '_').next()?;
    (is_start && !name.is_empty()).then_some(name)
}

/// Lines with code between the braces of the function that starts on the first line; 0 without a body.
fn body_length(lines: &[&str]) -> usize {
    let (mut depth, mut parentheses, mut inside, mut length) = (0, 0, false, 0);
    for line in lines {
        let was_inside = inside;
        for letter in line.chars() {
            match letter {
                '(' | '[' => parentheses += 1,
                ')' | ']' => parentheses -= 1,
                ';' if !inside && parentheses == 0 => return 0,
                '{' => {
                    inside = true;
                    depth += 1;
                }
                '}' => depth -= 1,
                _ => {}
            }
            if inside && depth == 0 {
                return length;
            }
        }
        if was_inside && !line.trim().is_empty() {
            length += 1;
        }
    }
    length
}

/// The ceiling that the attributes right above set.
fn ceiling_above(lines: &[&str]) -> usize {
    let attributes = lines
        .iter()
        .rev()
        .take_while(|line| line.trim().is_empty() || !line.trim().ends_with(['}', ';']));
    for line in attributes {
        if line.trim().starts_with("#[component") {
            return COMPONENT;
        }
        if line.trim().starts_with("#[server") {
            return SERVER_FUNCTION;
        }
    }
    FUNCTION
}

#[test]
fn files_are_short() {
    let is_exempt = |path: &str| EXEMPT.iter().any(|(known, _)| *known == path);
    let long = files()
        .into_iter()
        .filter_map(|file| Some((long_file(&file.path, &file.text)?, file.path)));
    let problems: Vec<String> =
        long.filter(|(_, path)| !is_exempt(path)).map(|(problem, _)| problem).collect();
    none(&problems);
}

#[test]
fn exemptions_are_needed_and_have_a_reason() {
    for (path, reason) in EXEMPT {
        assert!(!reason.is_empty(), "{path} has no reason");
        assert!(long_file(path, &crate::tree::text(path)).is_some(), "{path} needs no exemption");
    }
}

#[test]
fn functions_are_short() {
    let problems: Vec<String> = files_ending(".rs")
        .iter()
        .flat_map(|file| long_functions(&file.path, &file.text))
        .collect();
    none(&problems);
}

#[test]
fn modules_are_named_by_their_file() {
    let problems: Vec<String> = files_ending("/mod.rs").into_iter().map(|file| file.path).collect();
    none(&problems);
}

#[test]
fn long_file_is_found() {
    assert!(long_file("a.rs", &"x\n".repeat(RUST_FILE)).is_none());
    assert!(long_file("a.rs", &"x\n".repeat(RUST_FILE + 1)).is_some());
    assert!(long_file("a.css", &"x\n".repeat(CSS_FILE + 1)).is_some());
    assert!(long_file("a.json", &"x\n".repeat(CSS_FILE + 1)).is_none());
}

#[test]
fn long_function_is_found() {
    let body = |lines: usize| {
        format!(
            "impl A {{\n    pub(crate) async fn long(\n        a: [u8; 2],\n    ) -> B {{\n{}    }}\n}}\n",
            "        b();\n".repeat(lines)
        )
    };
    assert!(long_functions("a.rs", &body(FUNCTION)).is_empty());
    assert_eq!(
        long_functions("a.rs", &body(FUNCTION + 1)),
        ["a.rs:2: long has 71 lines, the ceiling is 70"]
    );
}

#[test]
fn comments_and_blank_lines_are_free() {
    let rust = format!("fn short() {{\n{}}}\n", "    // why {\n\n".repeat(FUNCTION));
    assert!(long_functions("a.rs", &rust).is_empty());
}

#[test]
fn components_and_server_functions_have_lower_ceilings() {
    let lines = "    a();\n".repeat(COMPONENT + 1);
    assert_eq!(
        long_functions(
            "a.rs",
            &format!("#[component]\npub fn Page() -> impl IntoView {{\n{lines}}}\n")
        )
        .len(),
        1
    );
    let lines = "    a();\n".repeat(SERVER_FUNCTION + 1);
    assert_eq!(
        long_functions(
            "a.rs",
            &format!(
                "/// Lists.\n#[server(prefix = \"/fn\")]\npub async fn list() {{\n{lines}}}\n"
            )
        )
        .len(),
        1
    );
    assert!(
        long_functions("a.rs", &format!("#[component]\nfn A() {{}}\nfn plain() {{\n{lines}}}\n"))
            .is_empty()
    );
}
