//! Finding `{{…}}` in a text.

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Stays as it is.
    Text(&'a str),
    /// What stood between `{{` and the first `}}` on the same line.
    Token(&'a str),
}

/// The parts of `text` in order; joined with their braces they are `text` again.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut plain, mut at) = (Vec::new(), 0, 0);
    while let Some(open) = found(text, "{{", at) {
        let line =
            text.get(open + 2..).unwrap_or_default().split(LINE_ENDS).next().unwrap_or_default();
        let Some(length) = line.find("}}") else {
            at = open + 2 + line.len();
            continue;
        };
        if open > plain {
            parts.push(Part::Text(text.get(plain..open).unwrap_or_default()));
        }
        parts.push(Part::Token(line.get(..length).unwrap_or_default()));
        plain = open + 2 + length + 2;
        at = plain;
    }
    if plain < text.len() {
        parts.push(Part::Text(text.get(plain..).unwrap_or_default()));
    }
    parts
}

/// What a token cannot span.
const LINE_ENDS: [char; 4] = ['\n', '\r', '\u{2028}', '\u{2029}'];

fn found(text: &str, what: &str, from: usize) -> Option<usize> {
    Some(text.get(from..)?.find(what)? + from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_closing_braces_on_the_line_end_a_token() {
        assert_eq!(parts("a {{b}} c"), [Part::Text("a "), Part::Token("b"), Part::Text(" c")]);
        assert_eq!(parts("{{{x}}}"), [Part::Token("{x"), Part::Text("}")]);
        assert_eq!(parts("{{a\n.b}}"), [Part::Text("{{a\n.b}}")]);
        assert_eq!(parts("{{a\n{{b}}"), [Part::Text("{{a\n"), Part::Token("b")]);
        assert_eq!(parts("{{open"), [Part::Text("{{open")]);
        assert_eq!(parts(""), []);
    }
}
