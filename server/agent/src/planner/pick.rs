//! Which thing a name means, and asking when it is not clear.

use super::phrase::Phrase;
use super::replay::{Question, Replay, Stop};
use super::{dates, recipe};
use basecamp::names::{self, Candidate, Match, Purpose};

/// The most choices a question shows.
const CHOICES: usize = 12;

/// Things that can be meant, with what they are called.
pub(crate) struct Options<T> {
    /// "project", "list", "person".
    pub(crate) what: &'static str,
    pub(crate) all: Vec<(String, T)>,
}

impl<T: Clone> Options<T> {
    fn candidates(&self) -> Vec<Candidate> {
        self.all.iter().zip(0..).map(|((name, _), id)| Candidate::new(id, name.clone())).collect()
    }

    fn names(&self) -> Vec<String> {
        self.all.iter().map(|(name, _)| name.clone()).take(CHOICES).collect()
    }

    fn at(&self, candidate: &Candidate) -> Option<(String, T)> {
        self.all.get(usize::try_from(candidate.id).ok()?).cloned()
    }

    /// The one thing that `words` can mean; none when there are several or none.
    pub(crate) fn clear(&self, words: &str, purpose: Purpose) -> Option<(String, T)> {
        let words = without_digits(words)?;
        match names::resolve(&words, &self.candidates(), purpose) {
            Match::One(found) => self.at(&found),
            _ => None,
        }
    }

    /// The thing that `words` mean, asking when that is not clear. Without words, the only one there is.
    ///
    /// # Errors
    /// A question with the names as choices.
    pub(crate) fn choose(
        &self,
        replay: &Replay<'_>,
        slot: &str,
        words: Option<&str>,
        purpose: Purpose,
    ) -> Result<(String, T), Stop> {
        if let Some(answered) = replay.answer(slot).and_then(|it| self.clear(it, Purpose::Write)) {
            return Ok(answered);
        }
        let Some(words) = words else {
            return match self.all.as_slice() {
                [] => Err(Stop::Say(format!("There is no {} yet.", self.what))),
                [only] => Ok(only.clone()),
                _ => Err(replay.ask(slot, &format!("Which {}?", self.what), &self.names())),
            };
        };
        let found = without_digits(words)
            .map_or(Match::None, |it| names::resolve(&it, &self.candidates(), purpose));
        match found {
            Match::One(found) => {
                self.at(&found).ok_or_else(|| Stop::Say(format!("There is no {} yet.", self.what)))
            }
            Match::Ambiguous(several) => {
                let names: Vec<String> =
                    several.into_iter().map(|it| it.name).take(CHOICES).collect();
                Err(replay.ask(
                    slot,
                    &format!("Several fit “{words}”. Which {}?", self.what),
                    &names,
                ))
            }
            Match::None if self.all.is_empty() => {
                Err(Stop::Say(format!("There is no {} yet.", self.what)))
            }
            Match::None => {
                let text = format!("No {} is called “{words}”. Which {}?", self.what, self.what);
                Err(replay.ask(slot, &text, &self.names()))
            }
        }
    }
}

/// Positions stand in for ids here, so a name that is only digits must not be read as one.
fn without_digits(words: &str) -> Option<String> {
    let words = words.trim();
    (!words.is_empty() && !words.bytes().all(|it| it.is_ascii_digit())).then(|| words.to_owned())
}

/// What a message answers to a question; none when it answers something else.
pub(crate) fn answer(said: &str, question: &Question) -> Option<String> {
    let phrase = Phrase::new(said);
    let text = phrase.text();
    if question.choices.is_empty() {
        return (!text.is_empty()).then_some(text);
    }
    if question.slot == "start" && recipe::alone(&phrase).is_some() {
        return Some(text);
    }
    if let Some(chosen) = numbered(&text, question) {
        return Some(chosen);
    }
    let options =
        Options { what: "", all: question.choices.iter().map(|it| (it.clone(), ())).collect() };
    let short = phrase.fits_any(&[
        "the {it} one|list|project|flow|person",
        "the {it}",
        "in [the] {it}",
        "{it} please",
    ]);
    let words = [Some(text.clone()), short.map(|it| it.get("it"))];
    let chosen = words.into_iter().flatten().find_map(|it| options.clear(&it, Purpose::Write));
    chosen.map(|(name, ())| name)
}

/// "2", "the second", "the last one".
fn numbered(text: &str, question: &Question) -> Option<String> {
    const ORDINALS: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "sixth"];
    let lower = text.to_lowercase();
    let word = lower.trim_start_matches("the ").trim_end_matches(" one");
    if word == "last" {
        return question.choices.last().cloned();
    }
    let ordinal = ORDINALS.iter().position(|it| *it == word);
    let number = word.bytes().all(|it| it.is_ascii_digit()).then(|| dates::number(word)).flatten();
    let at = ordinal.or_else(|| usize::try_from(number?).ok()?.checked_sub(1))?;
    question.choices.get(at).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn question() -> Question {
        Question {
            text: "Which list?".into(),
            choices: vec!["Launch".into(), "Content".into(), "Design".into()],
            slot: "list".into(),
            request: "add a to-do".into(),
            answers: BTreeMap::new(),
        }
    }

    #[test]
    fn a_choice_is_understood_by_name_number_or_place() {
        for (said, expected) in [
            ("Content", "Content"),
            ("content please", "Content"),
            ("the Design list", "Design"),
            ("2", "Content"),
            ("the first one", "Launch"),
            ("the last", "Design"),
        ] {
            assert_eq!(answer(said, &question()).as_deref(), Some(expected), "{said}");
        }
    }

    #[test]
    fn something_else_is_no_answer() {
        for said in ["what is overdue?", "9", "show my flows", "Desgin"] {
            assert_eq!(answer(said, &question()), None, "{said}");
        }
    }
}
