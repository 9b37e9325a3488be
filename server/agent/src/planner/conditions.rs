//! "If {{amount}} is greater than 100".

use super::phrase::Phrase;
use super::step_words;

/// One comparison in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Test {
    /// The left side: a field, or an expression in braces.
    pub(crate) field: String,
    /// Wire name of the operator.
    pub(crate) operator: &'static str,
    /// The right side.
    pub(crate) value: Option<String>,
}

/// The longest wording first, so that "is not" is not read as "is".
const OPERATORS: [(&str, &str); 13] = [
    ("{field?} does_not|doesn't|does_n't contain|include|mention {value}", "TEXT_DOES_NOT_CONTAIN"),
    ("{field?} contains|includes|mentions|has {value}", "TEXT_CONTAINS"),
    ("{field?} starts|begins with {value}", "TEXT_START_WITH"),
    ("{field?} ends with {value}", "TEXT_ENDS_WITH"),
    (
        "{field?} is [greater|more|higher|larger|bigger|over|above] than|over|above {value}",
        "NUMBER_IS_GREATER_THAN",
    ),
    ("{field?} > {value}", "NUMBER_IS_GREATER_THAN"),
    ("{field?} < {value}", "NUMBER_IS_LESS_THAN"),
    ("{field?} is_not|isn't empty|missing|blank", "EXISTS"),
    ("{field?} exists|is_present|is_set|is_there|is_given", "EXISTS"),
    ("{field?} is empty|missing|blank", "DOES_NOT_EXIST"),
    ("{field?} does_not|doesn't exist", "DOES_NOT_EXIST"),
    ("{field?} is_not|isn't|!=|does_not_equal [equal] [to] {value}", "TEXT_DOES_NOT_EXACTLY_MATCH"),
    ("{field?} is|equals|=|== [equal] [to] {value}", "TEXT_EXACTLY_MATCHES"),
];

/// The comparison that "if ..." makes; none for other phrases.
pub(crate) fn read(phrase: &Phrase) -> Option<Test> {
    let (_, rest) = phrase.starts("if|when|only_if [the]")?;
    test(&rest)
}

fn test(phrase: &Phrase) -> Option<Test> {
    if let Some(captures) = phrase
        .fits("{field?} is less|lower|smaller|fewer than {value}")
        .or_else(|| phrase.fits("{field?} is below|under {value}"))
    {
        return Some(Test {
            field: captures.get("field"),
            operator: "NUMBER_IS_LESS_THAN",
            value: captures.some("value"),
        });
    }
    OPERATORS.iter().find_map(|(pattern, operator)| {
        let captures = phrase.fits(pattern)?;
        Some(Test { field: captures.get("field"), operator, value: captures.some("value") })
    })
}

/// Cuts "if amount is over 100 tell Ana" before what is to be done.
pub(crate) fn apart(phrase: &Phrase) -> Vec<Phrase> {
    if phrase.starts("if|only_if").is_none() {
        return vec![phrase.clone()];
    }
    let cut = (3..phrase.len()).find(|at| {
        let is_done = step_words::begins(phrase, *at);
        is_done && read(&phrase.part(0, *at)).is_some()
    });
    match cut {
        Some(at) => vec![phrase.part(0, at), phrase.part(at, phrase.len())],
        None => vec![phrase.clone()],
    }
}
