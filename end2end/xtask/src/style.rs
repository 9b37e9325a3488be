//! Joins the style sheets. `style/main.scss` only lists them in cascade order with `@use`, and plain CSS nests,
//! so nothing has to be compiled.

use crate::process::{Outcome, failed};
use std::path::Path;

/// One sheet from the list in `folder/main.scss`, without comments and indentation.
pub(crate) fn join(folder: &Path) -> Outcome<String> {
    let list = folder.join("main.scss");
    let text = std::fs::read_to_string(&list).map_err(failed("reading", &list))?;
    let mut sheet = String::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let name = line
            .trim()
            .strip_prefix("@use \"")
            .and_then(|rest| rest.strip_suffix("\";"))
            .ok_or_else(|| {
                format!("{} may hold nothing but @use \"name\"; it holds: {line}", list.display())
            })?;
        let path = folder.join(format!("{name}.css"));
        sheet
            .push_str(&squeeze(&std::fs::read_to_string(&path).map_err(failed("reading", &path))?));
    }
    Ok(sheet)
}

/// Drops comments, indentation and empty lines. Line ends stay: they may separate words.
fn squeeze(css: &str) -> String {
    let mut out = String::new();
    let mut parts = css.split("/*");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str(part.split_once("*/").map_or("", |(_, rest)| rest));
    }
    let lines = out.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.fold(String::new(), |sheet, line| sheet + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::squeeze;

    #[test]
    fn comments_and_indentation_go_and_words_stay_apart() {
        let css = "/* Card\n   with { braces */\n@layer components {\n  .card,\n  .tile > a {\n    color: red; /* why */\n  }\n}\n";
        assert_eq!(squeeze(css), "@layer components {\n.card,\n.tile > a {\ncolor: red;\n}\n}\n");
    }
}
