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

/// The connections that the tokens of `text` name, wherever in them: `{{connections['a']}}`, `{{connections.a.b}}`,
/// `{{'Bearer ' + connections.a.token}}`. A name that is worked out is not found.
pub fn connections(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in parts(text) {
        if let Part::Token(token) = part {
            connections_in(token, 0, &mut found);
        }
    }
    found
}

fn connections_in(token: &str, depth: usize, found: &mut Vec<String>) {
    let mut add = |id: &str| {
        if !found.iter().any(|it| it == id) {
            found.push(id.to_owned());
        }
    };
    // An external id that is no name of the language, as the evaluator reads it.
    let dashed = token
        .trim_start()
        .strip_prefix("connections.")
        .map(|rest| rest.split(['.', '[', ' ', '?']).next().unwrap_or_default());
    let dashed = dashed.filter(|it| it.contains('-'));
    dashed.into_iter().for_each(&mut add);
    let Ok(lexemes) = lex(token, 0) else { return };
    let root = Lexeme::Name("connections".to_owned());
    for (index, it) in lexemes.iter().enumerate().skip(usize::from(dashed.is_some())) {
        if it.lexeme == root && is_root(&lexemes, index) {
            let next = |by: usize| lexemes.get(index + by).map(|it| &it.lexeme);
            let key = match next(1) {
                Some(Lexeme::Mark("?.")) if next(2) == Some(&Lexeme::Mark("[")) => next(3),
                _ => next(2),
            };
            if let (
                Some(Lexeme::Mark("[" | "." | "?.")),
                Some(Lexeme::Text(id) | Lexeme::Name(id)),
            ) = (next(1), key)
            {
                add(id);
            }
        }
    }
    let templates = lexemes.iter().filter_map(|it| match &it.lexeme {
        Lexeme::Template(_, places) if depth < 8 => Some(places),
        _ => None,
    });
    for place in templates.flatten() {
        connections_in(token.get(place.clone()).unwrap_or_default(), depth + 1, found);
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
    fn connections_are_found_wherever_a_token_names_them() {
        let text = "{{connections['a b'].x}} {{'Bearer ' + connections.b.token}} {{`${connections.c}`}} connections.no";
        assert_eq!(connections(text), ["a b", "b", "c"]);
        assert_eq!(connections("{{connections.my-app.token}}"), ["my-app"]);
        assert_eq!(connections("{{connections?.['d']}} {{step_1.connections.e}}"), ["d"]);
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
