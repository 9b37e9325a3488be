//! Which steps a text mentions, and renaming them, without evaluating anything.

use super::global::is_global;
use super::lex::{Lexeme, Spanned, lex};
use super::token::{Part, parts};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The free names that the tokens of `text` begin with, in reading order, once each: `trigger`, `step_2`,
/// `connections`, but also `Math`. Texts that do not lex give none.
pub fn references(text: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let tokens = parts(text).into_iter().filter_map(|it| match it {
        Part::Token(token) => Some(token),
        Part::Text(_) => None,
    });
    tokens.flat_map(roots).map(|it| it.0).filter(|it| seen.insert(it.clone())).collect()
}

/// Words of the language that look like names.
const KEYWORDS: [&str; 15] = [
    "const",
    "else",
    "false",
    "if",
    "in",
    "let",
    "new",
    "null",
    "return",
    "true",
    "typeof",
    "undefined",
    "var",
    "void",
    "NaN",
];

/// Whether a free name means something without any step: `Math`, `true`, `connections`.
pub fn is_built_in(name: &str) -> bool {
    KEYWORDS.contains(&name) || matches!(name, "Infinity" | "connections") || is_global(name)
}

/// `text` with the free names in its tokens replaced by what `renames` says.
pub fn rename(text: &str, renames: &BTreeMap<String, String>) -> String {
    let renamed = |part| match part {
        Part::Text(text) => text.to_owned(),
        Part::Token(token) => format!("{{{{{}}}}}", rename_in(token, renames)),
    };
    parts(text).into_iter().map(renamed).collect()
}

/// The connections that the tokens of `text` begin with: `{{connections['a']}}`, `{{connections.a.b}}`.
pub fn connections(text: &str) -> Vec<String> {
    let tokens = parts(text).into_iter().filter_map(|it| match it {
        Part::Token(token) => lex(token, 0).ok(),
        Part::Text(_) => None,
    });
    tokens.filter_map(|it| first_connection(&it)).collect()
}

fn first_connection(lexemes: &[Spanned]) -> Option<String> {
    let mut lexemes = lexemes.iter().map(|it| &it.lexeme);
    (*lexemes.next()? == Lexeme::Name("connections".to_owned())).then_some(())?;
    match (lexemes.next()?, lexemes.next()?) {
        (Lexeme::Mark("["), Lexeme::Text(id)) | (Lexeme::Mark("."), Lexeme::Name(id)) => {
            Some(id.clone())
        }
        _ => None,
    }
}

fn rename_in(token: &str, renames: &BTreeMap<String, String>) -> String {
    let mut text = token.to_owned();
    for (name, place) in roots(token).into_iter().rev() {
        if let Some(new) = renames.get(&name) {
            text.replace_range(place, new);
        }
    }
    text
}

/// Names that stand for themselves: not after a dot, not a key of an object, not a parameter of an arrow.
fn roots(token: &str) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    collect(token, 0, 0, &mut found);
    found
}

fn collect(text: &str, from: usize, depth: usize, found: &mut Vec<(String, Range<usize>)>) {
    let Ok(lexemes) = lex(text, from) else { return };
    let parameters = parameters(&lexemes);
    for (index, it) in lexemes.iter().enumerate() {
        match &it.lexeme {
            Lexeme::Name(name)
                if is_root(&lexemes, index) && !parameters.contains(name.as_str()) =>
            {
                found.push((name.clone(), it.span.clone()));
            }
            Lexeme::Template(_, places) if depth < 8 => {
                for place in places {
                    let inner = place.start - from..place.end - from;
                    collect(text.get(inner).unwrap_or_default(), place.start, depth + 1, found);
                }
            }
            _ => {}
        }
    }
    found.retain(|(name, _)| !parameters.contains(name.as_str()));
}

fn is_root(lexemes: &[Spanned], index: usize) -> bool {
    let mark = |at: Option<usize>| match at.and_then(|it| lexemes.get(it)).map(|it| &it.lexeme) {
        Some(Lexeme::Mark(mark)) => *mark,
        _ => "",
    };
    let (before, after) = (mark(index.checked_sub(1)), mark(Some(index + 1)));
    let is_key = after == ":" && matches!(before, "{" | ",");
    !matches!(before, "." | "?.") && !is_key
}

/// Every name that a function of these lexemes binds, as a parameter or with `const`.
fn parameters(lexemes: &[Spanned]) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for (index, it) in lexemes.iter().enumerate() {
        if matches!(&it.lexeme, Lexeme::Name(word) if matches!(word.as_str(), "const" | "let" | "var"))
        {
            let pattern =
                lexemes.iter().skip(index + 1).take_while(|it| it.lexeme != Lexeme::Mark("="));
            names.extend(pattern.filter_map(|it| {
                if let Lexeme::Name(name) = &it.lexeme { Some(name.as_str()) } else { None }
            }));
        }
        if it.lexeme != Lexeme::Mark("=>") {
            continue;
        }
        let mut open = 0_usize;
        for before in lexemes.get(..index).unwrap_or_default().iter().rev() {
            match &before.lexeme {
                Lexeme::Mark(")" | "]" | "}") => open += 1,
                Lexeme::Mark("(" | "[" | "{") => open = open.saturating_sub(1),
                Lexeme::Name(name) => {
                    names.insert(name.as_str());
                }
                _ => {}
            }
            if open == 0 {
                break;
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_the_names_that_stand_for_themselves() {
        let text =
            "{{step_1.items.map(it => it.step_9 + step_2.x)}} and {{ `n ${trigger.n}` }} step_7";
        assert_eq!(references(text), ["step_1", "step_2", "trigger"]);
        assert_eq!(
            references("{{trigger['step_1'].step_2}} {{ {step_3: step_4} }}"),
            ["trigger", "step_4"]
        );
    }

    #[test]
    fn renaming_leaves_keys_and_other_text_alone() {
        let renames = [("step_1".to_owned(), "step_8".to_owned())].into();
        let text = "step_1 {{step_1.step_1['step_1'] + step_10 + `${step_1.x}`}}";
        assert_eq!(
            rename(text, &renames),
            "step_1 {{step_8.step_1['step_1'] + step_10 + `${step_8.x}`}}"
        );
    }
}
