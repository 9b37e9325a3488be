//! Words that ask for nothing to be done: greetings, thanks, help, yes and no.

use super::Intent;
use crate::planner::phrase::Phrase;

/// What a phrase says, when it is talk.
pub(super) fn talk(phrase: &Phrase) -> Option<Intent> {
    let fits = |patterns: &[&str]| phrase.fits_any(patterns).is_some();
    if fits(&[
        "hi|hello|hey|yo|hallo",
        "good morning|afternoon|evening",
        "hi|hello|hey there|assistant|team",
    ]) {
        return Some(Intent::Hello);
    }
    if fits(&[
        "thanks|thank_you|cheers|thx|great|perfect|nice|cool|ok|okay|good",
        "thanks|thank_you {more}",
    ]) {
        return Some(Intent::Thanks);
    }
    if fits(&[
        "help [me]",
        "help me [to] get_started|begin|start",
        "what are you able_to do {more}",
        "what are you able_to do",
        "what should|could|may|do i ask|tell|say [to] [you]",
        "how do|can|should i use this|it|you|the_assistant|pm_os",
        "what can you do {more}",
        "what can you do",
        "what can you help [me] {more}",
        "what can i ask {more}",
        "what can i ask [you]",
        "what do you do",
        "how does this work",
        "who are you",
        "how can you help [me]",
    ]) {
        return Some(Intent::Help);
    }
    if fits(&[
        "never_mind|nevermind|cancel|stop|forget_it|forget_that|no|nope",
        "no thanks|thank_you",
        "cancel|stop that|it",
    ]) {
        return Some(Intent::NeverMind);
    }
    if fits(&[
        "yes|approve|reject|deny|confirm|approved",
        "approve|reject|confirm|deny it|this|that|all|them",
    ]) {
        return Some(Intent::Decide);
    }
    let asks = phrase
        .has("approval|approvals|waiting_for_me|waits_for_me|waiting_on_me|waiting_for_my_ok");
    (asks && !phrase.has("add|create|when|if|every")).then_some(Intent::Approvals)
}
