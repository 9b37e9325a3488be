//! Beside an open flow, only words that name a change of it are about it: "then tell me" is one, "tell me a joke" is
//! not, and "complete Mobile menu" is about the to-do.

use super::flow_words::Change;
use super::phrase::Phrase;
use super::places::{Place, StepName};
use super::report_words::Target;
use super::step_words::Do;

/// Words that put something behind what is there.
const ADDS: &str = "add|insert|append|then|and_then|also|afterwards|after_that|finally|lastly";
/// What people call a step by what it does.
const KINDS: &str = "step|steps|trigger|delay|wait|pause|branch|condition|if|loop|request|webhook|call|to-do|todo|task|\
comment|message|notification|note|card|report|post|chat|code|approval|reminder";
/// Places that are counted.
const COUNTED: &str = "step|steps|trigger|first|second|third|fourth|fifth|sixth|last";
/// What is no step, whatever is to become of it.
const NO_STEPS: &str = "all|every|everything|everybody|everyone|anything|my|your|our|his|her|their|project|projects|\
member|members|people|user|users|admin|owner|workspace|database|server|account|accounts|password|passwords|key|keys|\
secret|secrets|file|files|history|data|todos|to-dos|tasks";
/// What other makers' flows do, and ours do not.
const ELSEWHERE: &str = "email|e-mail|mail|slack|text|upload|translate|write";
/// Words that mean the flow itself, or its end.
const FLOW: &str = "in_this_flow|in_the_flow|to_this_flow|to_the_flow|once_it|when_it_is|when_it's|when_it_has|\
when_it_fails|when_it_ends|when_it_finishes|if_it_fails";

/// Whether `phrase`, read as `change`, names a change of the flow on the page.
pub(super) fn is_named(phrase: &Phrase, change: &Change) -> bool {
    match change {
        Change::Add(steps, place) => adds(phrase, steps, place),
        Change::Remove(StepName::Words(words)) => !Phrase::new(words).has(NO_STEPS),
        Change::Replace(StepName::Words(words), _) => Phrase::new(words).has(KINDS),
        Change::Replace(..)
        | Change::Remove(_)
        | Change::Rename(_)
        | Change::Title(..)
        | Change::Move(..)
        | Change::Start(..)
        | Change::Unsaid => true,
    }
}

fn adds(phrase: &Phrase, steps: &[Do], place: &Place) -> bool {
    let is_known = steps.iter().any(|it| !matches!(it, Do::Unknown(_)));
    if phrase.starts(ADDS).is_some() {
        // What is a step elsewhere gets the answer that it is left out, and why.
        let is_elsewhere = |it: &Do| matches!(it, Do::Unknown(words) if Phrase::new(words).starts(ELSEWHERE).is_some());
        return is_known || phrase.has("step|steps") || steps.iter().any(is_elsewhere);
    }
    let is_of_flow = phrase.text().contains("{{") || phrase.has(FLOW);
    is_known
        && (is_of_flow
            || says_where(phrase, place)
            || steps.iter().any(|it| is_only_in_flows(phrase, it)))
}

/// A place among the steps was said.
fn says_where(phrase: &Phrase, place: &Place) -> bool {
    match place {
        Place::End => phrase.has("at_the_end|to_the_end|as_the_last_step|as_last_step"),
        Place::Beginning => true,
        Place::After(StepName::Words(words)) | Place::Before(StepName::Words(words)) => {
            Phrase::new(words).has(KINDS)
        }
        Place::After(_) | Place::Before(_) => phrase.has(COUNTED),
        Place::Inside(..) | Place::Failing(_) => true,
    }
}

/// What nobody asks the assistant itself for.
fn is_only_in_flows(phrase: &Phrase, step: &Do) -> bool {
    match step {
        Do::Wait(..) | Do::If(..) | Do::ForEach(..) => true,
        Do::Report(_, target) => !matches!(target, Target::Person(_)),
        Do::Request(..) => {
            phrase.has("request|call|get|fetch|post_it|send_it|forward_it|post_this|send_this")
        }
        _ => false,
    }
}
