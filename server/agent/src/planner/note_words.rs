//! Requests about what is kept for later conversations, and about being reminded.

use super::dates;
use super::phrase::Phrase;
use super::schedule;
use super::todo_words::{self, TodoWords};
use chrono::NaiveDate;

/// Something to keep, to find again, or to be reminded of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Note {
    /// "Remember that the client prefers mail".
    Remember(String),
    /// "What do you remember about the client?"
    Recall(Option<String>),
    /// "Remind me tomorrow at 9 about the brief": a to-do of the one who asks.
    Remind {
        /// What, and on which day; without a title it has to be asked.
        words: TodoWords,
        /// An hour was said, which a to-do has not.
        has_hour: bool,
    },
}

/// What a phrase asks to keep.
pub(crate) fn read(phrase: &Phrase, today: NaiveDate) -> Option<Note> {
    remember(phrase).or_else(|| recall(phrase)).or_else(|| remind(phrase, today))
}

fn remember(phrase: &Phrase) -> Option<Note> {
    let captures = phrase.fits_any(&[
        "remember|memorise|memorize [this|that] [:] {text}",
        "keep|bear in mind [that] [:] {text}",
        "note for later|myself|next_time [:] {text}",
        "make a note that|: {text}",
    ])?;
    let text = captures.part("text");
    // "Remember when ...?" and "remember me?" ask.
    let asks = text.starts("when|what|who|how|me|us|to").is_some() || text.len() < 2;
    (!asks).then(|| Note::Remember(text.text()))
}

fn recall(phrase: &Phrase) -> Option<Note> {
    if phrase
        .fits_any(&["what do|did|can you know about me", "what do you know [about_us]"])
        .is_some()
    {
        let about = phrase.has("me").then(|| "me".to_owned());
        return Some(Note::Recall(about));
    }
    let captures = phrase.fits_any(&[
        "what do|did|can you remember|have_in_mind|keep_in_mind about|of|on [the] {about}",
        "what do|did|can you remember",
        "what have you noted|remembered|kept [about|on] [the] {about}",
        "what have you noted|remembered|kept",
        "@show [me] [your|my|the] notes about|on [the] {about}",
        "@show [me] [your|my|the] notes",
    ])?;
    Some(Note::Recall(captures.some("about").map(|it| with_article(phrase, it))))
}

/// "the client", as it was said.
fn with_article(phrase: &Phrase, about: String) -> String {
    let whole = format!("the {about}");
    if phrase.text().to_lowercase().contains(&whole.to_lowercase()) { whole } else { about }
}

fn remind(phrase: &Phrase, today: NaiveDate) -> Option<Note> {
    let (_, rest) = phrase
        .starts("remind me")
        .or_else(|| phrase.starts("set|make|create|add [me] a|another reminder [for|on]"))?;
    // What comes again and again is a flow.
    if phrase.has("every|each|daily|weekly|monthly|hourly|whenever|when|if|once|unless|not") {
        return None;
    }
    if rest.is_empty() {
        return Some(Note::Remind { words: TodoWords::default(), has_hour: false });
    }
    let (day, has_day_first, what) = day_first(&rest, today);
    let (what, has_hour_last) = without_hour(&what);
    let mut words = todo_words::describe(&what, today);
    words.due = day.map(|it| it.0).or(words.due);
    let has_hour = has_hour_last || day.is_some_and(|it| it.1);
    let is_dated = has_day_first || words.due.is_some() || has_hour;
    // "Remind me to send the brief" alone is a to-do like any other.
    (is_dated && !words.title.is_empty()).then_some(Note::Remind { words, has_hour })
}

/// The day before "to" or "about", with whether an hour came with it, and what is left.
fn day_first(rest: &Phrase, today: NaiveDate) -> (Option<(NaiveDate, bool)>, bool, Phrase) {
    let split = rest.fits("{when?} to|about|of|that {what}");
    let Some(captures) = split else { return (None, false, subject(rest)) };
    let (when, has_hour) = without_hour(&captures.part("when"));
    match dates::day(&when.text(), today) {
        Some(day) => (Some((day, has_hour)), true, captures.part("what")),
        None => (None, false, subject(rest)),
    }
}

/// Without the word that joins it to what was said before.
fn subject(rest: &Phrase) -> Phrase {
    rest.starts("to|about|of|that").map_or_else(|| rest.clone(), |it| it.1)
}

/// Without "at 9" at its end, and whether that was there.
fn without_hour(words: &Phrase) -> (Phrase, bool) {
    let captures = words.fits("{rest} at|@ {time}");
    match captures.filter(|it| schedule::is_clock(&it.get("time"))) {
        Some(captures) => (captures.part("rest"), true),
        None => (words.clone(), false),
    }
}
