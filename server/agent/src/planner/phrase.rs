//! A message as words, and the small pattern language the grammar is written in.
//!
//! A pattern is a row of words: `add|create` one of several, `[the]` optional, `{title}` one or more words kept under
//! that name, as many as fit (`{who?}` as few as fit), `to_do` two words written as one, `@todo` a named group of words. It fits when the whole
//! message does, whatever the case and the punctuation around words.

use std::collections::BTreeMap;

/// Private-use characters that stand for quoted pieces, so that words inside quotes never act as grammar.
const QUOTE_BASE: u32 = 0xE000;

/// Words that mean the same to the grammar.
const GROUPS: &[(&str, &str)] = &[
    ("@todo", "to-do|todo|task|to_do"),
    ("@todos", "to-dos|todos|tasks|to_dos|to-do|todo|task"),
    ("@show", "show|list|see|give|get|display|tell"),
    ("@make", "add|create|make|new|log|put"),
    ("@flow", "flow|automation|workflow"),
    ("@flows", "flows|automations|workflows"),
    ("@what", "what|what's|whats|which|what_is|what_are|which_are"),
];

/// "A flow that adds ..." says the same as "add ...".
const VERBS: [(&str, &str); 9] = [
    ("adds", "add"),
    ("creates", "create"),
    ("tells", "tell"),
    ("sends", "send"),
    ("waits", "wait"),
    ("notifies", "notify"),
    ("completes", "complete"),
    ("posts", "post"),
    ("pings", "ping"),
];

/// A message, split into words.
#[derive(Clone, Debug)]
pub(crate) struct Phrase {
    text: String,
    quotes: Vec<String>,
    words: Vec<Word>,
}

#[derive(Clone, Debug)]
struct Word {
    key: String,
    start: usize,
    end: usize,
    sentence_end: bool,
}

/// What the named parts of a pattern matched.
#[derive(Clone, Debug, Default)]
pub(crate) struct Captures(BTreeMap<String, Phrase>);

impl Captures {
    /// The words matched by `{name}`, as the person wrote them; empty when the pattern has no such part.
    pub(crate) fn get(&self, name: &str) -> String {
        self.0.get(name).map(Phrase::text).unwrap_or_default()
    }

    /// The same, where there are some.
    pub(crate) fn some(&self, name: &str) -> Option<String> {
        Some(self.get(name)).filter(|it| !it.is_empty())
    }

    /// The same as a phrase, in which quotes are still one word.
    pub(crate) fn part(&self, name: &str) -> Phrase {
        self.0.get(name).cloned().unwrap_or_else(|| Phrase::new(""))
    }
}

impl Phrase {
    /// Splits a message.
    pub(crate) fn new(message: &str) -> Self {
        let (text, quotes) = mask(&message.replace(['\u{2018}', '\u{2019}'], "'"));
        let words = split(&text);
        Self { text, quotes, words }
    }

    /// Nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How many words it has.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// The message as written.
    pub(crate) fn text(&self) -> String {
        self.span(0, self.words.len())
    }

    /// The words from `from` up to `to`, as written, without the punctuation around them.
    pub(crate) fn span(&self, from: usize, to: usize) -> String {
        let (Some(first), Some(last)) =
            (self.words.get(from), to.checked_sub(1).and_then(|it| self.words.get(it)))
        else {
            return String::new();
        };
        let written = self.text.get(first.start..last.end).unwrap_or_default();
        self.unmask(
            written
                .trim_matches(|it: char| it.is_whitespace() || ",;:!?".contains(it))
                .trim_end_matches('.'),
        )
    }

    /// The sentences, and lines, one after the other.
    pub(crate) fn sentences(&self) -> Vec<Self> {
        let mut all = Vec::new();
        let mut from = 0;
        for at in 1..=self.words.len() {
            let next = self.words.get(at).map_or(self.text.len(), |it| it.start);
            let before = self.words.get(at - 1).map_or(next, |it| it.start);
            let written = self.text.get(before..next).unwrap_or_default();
            let is_over =
                written.contains('\n') || written.trim_end().ends_with(['.', ';', '!', '?']);
            if is_over || at == self.words.len() {
                all.push(self.part(from, at));
                from = at;
            }
        }
        all.retain(|it| !it.is_empty());
        all
    }

    /// The part from `from` up to `to`, as a phrase of its own.
    pub(crate) fn part(&self, from: usize, to: usize) -> Self {
        let words = self.words.get(from..to.min(self.words.len())).unwrap_or_default().to_vec();
        Self { text: self.text.clone(), quotes: self.quotes.clone(), words }
    }

    /// Whether a word, or several joined by `_`, occurs.
    pub(crate) fn has(&self, words: &str) -> bool {
        alternatives(words)
            .iter()
            .any(|it| (0..self.words.len()).any(|at| self.literal(it, at).is_some()))
    }

    /// The captures when `pattern` fits the whole message.
    pub(crate) fn fits(&self, pattern: &str) -> Option<Captures> {
        self.search(&parse(pattern), 0, true).map(|(captures, _)| captures)
    }

    /// The captures of the first pattern that fits the whole message.
    pub(crate) fn fits_any(&self, patterns: &[&str]) -> Option<Captures> {
        patterns.iter().find_map(|it| self.fits(it))
    }

    /// Where `pattern` fits first, and the captures: the first word, and the one after the last.
    pub(crate) fn find(&self, pattern: &str) -> Option<(usize, usize, Captures)> {
        let parts = parse(pattern);
        let at = |at: usize| self.search(&parts, at, false).map(|(it, end)| (at, end, it));
        (0..self.words.len()).find_map(at)
    }

    /// Without the words from `from` up to `to`.
    pub(crate) fn except(&self, from: usize, to: usize) -> Self {
        let (before, after) = (self.part(0, from), self.part(to, self.words.len()));
        Self::new(&format!("{} {}", before.written(), after.written()))
    }

    /// The captures and the rest when `pattern` fits the beginning.
    pub(crate) fn starts(&self, pattern: &str) -> Option<(Captures, Self)> {
        let (captures, end) = self.search(&parse(pattern), 0, false)?;
        Some((captures, self.part(end, self.words.len())))
    }

    /// Cuts before every word where `is_cut` says so; empty parts are left out.
    pub(crate) fn cut(&self, is_cut: impl Fn(&Self, usize) -> bool) -> Vec<Self> {
        let mut cuts: Vec<usize> = (1..self.words.len()).filter(|at| is_cut(self, *at)).collect();
        cuts.insert(0, 0);
        cuts.push(self.words.len());
        let pairs = cuts.iter().zip(cuts.iter().skip(1));
        pairs.map(|(from, to)| self.part(*from, *to)).filter(|it| !it.is_empty()).collect()
    }

    /// Whether a comma, semicolon or full stop stands before the word at `at`.
    pub(crate) fn stops_before(&self, at: usize) -> bool {
        at.checked_sub(1).and_then(|it| self.words.get(it)).is_some_and(|it| it.sentence_end)
    }

    /// The message with its quotation marks, so that it reads the same again.
    pub(crate) fn written(&self) -> String {
        let quoted = self.quotes.iter().map(|it| format!("\"{it}\"")).collect();
        Self { quotes: quoted, ..self.clone() }.text()
    }

    fn unmask(&self, written: &str) -> String {
        written
            .chars()
            .map(|it| {
                match (it as u32)
                    .checked_sub(QUOTE_BASE)
                    .and_then(|at| self.quotes.get(at as usize))
                {
                    Some(quoted) => quoted.clone(),
                    None => it.to_string(),
                }
            })
            .collect()
    }

    fn named(
        &self,
        name: &str,
        (from, to): (usize, usize),
        rest: &[Part],
        whole: bool,
    ) -> Option<(Captures, usize)> {
        let (mut captures, reached) = self.search(rest, to, whole)?;
        captures.0.insert(name.to_owned(), self.part(from, to));
        Some((captures, reached))
    }

    fn literal(&self, literal: &str, at: usize) -> Option<usize> {
        let mut end = at;
        for word in literal.split('_') {
            if self.words.get(end)?.key != word {
                return None;
            }
            end += 1;
        }
        Some(end)
    }

    fn search(&self, pattern: &[Part], at: usize, whole: bool) -> Option<(Captures, usize)> {
        let Some((first, rest)) = pattern.split_first() else {
            return (!whole || at == self.words.len()).then(|| (Captures::default(), at));
        };
        match first {
            Part::OneOf(words) => words
                .iter()
                .filter_map(|it| self.literal(it, at))
                .find_map(|end| self.search(rest, end, whole)),
            Part::Maybe(words) => words
                .iter()
                .filter_map(|it| self.literal(it, at))
                .find_map(|end| self.search(rest, end, whole))
                .or_else(|| self.search(rest, at, whole)),
            Part::Named(name, Greed::Most) => (at + 1..=self.words.len())
                .rev()
                .find_map(|end| self.named(name, (at, end), rest, whole)),
            Part::Named(name, Greed::Least) => {
                (at + 1..=self.words.len()).find_map(|end| self.named(name, (at, end), rest, whole))
            }
        }
    }
}

enum Part {
    OneOf(Vec<String>),
    Maybe(Vec<String>),
    Named(String, Greed),
}

enum Greed {
    Most,
    Least,
}

fn parse(pattern: &str) -> Vec<Part> {
    pattern.split_whitespace().map(part).collect()
}

fn part(text: &str) -> Part {
    if let Some(name) = text.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
        return match name.strip_suffix('?') {
            Some(name) => Part::Named(name.to_owned(), Greed::Least),
            None => Part::Named(name.to_owned(), Greed::Most),
        };
    }
    match text.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
        Some(inner) => Part::Maybe(alternatives(inner)),
        None => Part::OneOf(alternatives(text)),
    }
}

fn alternatives(text: &str) -> Vec<String> {
    let expand = |it| GROUPS.iter().find(|(name, _)| *name == it).map_or(it, |(_, words)| *words);
    text.split('|').flat_map(|it| expand(it).split('|')).map(str::to_owned).collect()
}

/// Replaces every quoted piece by one private-use character.
fn mask(message: &str) -> (String, Vec<String>) {
    let mut text = String::new();
    let mut quotes = Vec::new();
    let mut rest = message;
    while let Some((before, quoted, after)) = next_quote(rest) {
        text.push_str(before);
        let number = u32::try_from(quotes.len()).unwrap_or_default();
        text.push(char::from_u32(QUOTE_BASE + number).unwrap_or('\u{E000}'));
        quotes.push(quoted.to_owned());
        rest = after;
    }
    text.push_str(rest);
    (text, quotes)
}

fn next_quote(text: &str) -> Option<(&str, &str, &str)> {
    let pairs = [('"', '"'), ('\u{201C}', '\u{201D}'), ('\u{00AB}', '\u{00BB}'), ('`', '`')];
    let found = pairs.iter().filter_map(|(open, close)| {
        let (before, rest) = text.split_once(*open)?;
        let (quoted, after) = rest.split_once(*close)?;
        (!quoted.trim().is_empty()).then_some((before, quoted.trim(), after))
    });
    found.min_by_key(|(before, ..)| before.len())
}

/// Words with their place; `{{a b}}` is one word.
fn split(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    let mut braces = 0_i32;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => braces += 1,
            '}' => braces -= 1,
            _ => {}
        }
        if letter.is_whitespace() && braces <= 0 {
            words.extend(start.take().into_iter().flat_map(|from| word(text, from, at)));
        } else if start.is_none() {
            start = Some(at);
        }
    }
    words.extend(start.into_iter().flat_map(|from| word(text, from, text.len())));
    words
}

/// A colon at the end of a word is a word of its own.
fn word(text: &str, start: usize, end: usize) -> Vec<Word> {
    let Some(written) = text.get(start..end) else { return Vec::new() };
    let key = written.trim_matches(|it: char| "()[],;:!?.".contains(it)).to_lowercase();
    let key =
        VERBS.iter().find(|(said, _)| *said == key).map_or(key, |(_, verb)| (*verb).to_owned());
    let sentence_end = written.ends_with([',', ';', '.', ':', '!', '?']);
    let colon = Word { key: ":".to_owned(), start: end - 1, end, sentence_end: true };
    match (key.is_empty(), written.ends_with(':')) {
        (true, true) => vec![colon],
        (true, false) => Vec::new(),
        (false, true) => vec![Word { key, start, end: end - 1, sentence_end: false }, colon],
        (false, false) => vec![Word { key, start, end, sentence_end }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_whatever_the_case_and_the_punctuation() {
        let captures = Phrase::new("Add a To-do called Send the brief!")
            .fits("add [a] @todo [called] {title}")
            .unwrap();
        assert_eq!(captures.get("title"), "Send the brief");
        assert!(Phrase::new("What is overdue?").fits("@what [is] overdue").is_some());
        assert!(Phrase::new("What is overdue in Halden?").fits("@what [is] overdue").is_none());
    }

    #[test]
    fn words_in_quotes_are_one_word_and_no_grammar() {
        let captures = Phrase::new("complete \"Check in with Ana in person\" in Website relaunch")
            .fits("complete {t} in {p}")
            .unwrap();
        assert_eq!(captures.get("t"), "Check in with Ana in person");
        assert_eq!(captures.get("p"), "Website relaunch");
    }

    #[test]
    fn two_words_can_be_written_as_one() {
        assert!(Phrase::new("add to do Buy milk").fits("add @todo {title}").is_some());
        assert!(Phrase::new("create a to do list").fits("create a list").is_none());
    }

    #[test]
    fn the_rest_after_a_beginning_is_a_phrase_of_its_own() {
        let (_, rest) = Phrase::new("When a webhook arrives, tell me")
            .starts("when [a|the] webhook arrives")
            .unwrap();
        assert_eq!(rest.text(), "tell me");
    }

    #[test]
    fn an_expression_is_one_word() {
        let captures = Phrase::new("tell {{ first name }} hello").fits("tell {who} hello").unwrap();
        assert_eq!(captures.get("who"), "{{ first name }}");
    }
}
