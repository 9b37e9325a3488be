//! Changes of many things in one sentence: they are told from changes of one, and not made.

use super::phrase::Phrase;

/// How a change of what is there begins.
const CHANGES: &str = "move|push|postpone|delay|shift|reschedule|bring|extend|set|complete|finish|close|mark|tick|check|cross|\
     check_off|tick_off|mark_off|assign|reassign|hand|hand_over|delegate|give|reopen|re-open|uncomplete|archive|delete|remove|\
     trash|clear|rename|change|unassign|update|make|comment_on|reply_to|put";
/// What counts things without naming them.
const COUNTED: &str = "all|every|each|both|any|everything|whatever|whichever|the_rest|the_others";
const OWN: &str = "the|my|our|these|those|their|his|her";
/// What many things are called by.
const STATES: &str = "overdue|late|open|unassigned|undated|completed|done|finished|unfinished|remaining|outstanding|due|urgent|\
     assigned|other|incomplete|past_due|stale|stuck";
const THINGS: &str = "to-dos|todos|to_dos|tasks|cards|items|things|ones|work";
const THING: &str = "to-do|todo|to_do|task|card|item|thing|one|them";
/// What can follow them: where, whose, when, and what becomes of them.
const TAIL: &str = "to|as|by|until|till|for|of|in|from|on|due|that|which|who|whose|with|without|assigned|back|over|out|off|:|\
     done|complete|completed|finished|open|today|tomorrow|and|forward|again|saying|next|this|now|please";
/// Owners have at most this many words.
const NAME_WORDS: usize = 3;

/// Whether a phrase changes several things that it does not name one by one.
pub(crate) fn is_change(phrase: &Phrase) -> bool {
    let Some((_, rest)) = phrase.starts(CHANGES) else { return false };
    if phrase.starts("give|make me|us").is_some() {
        return false;
    }
    let without = |from: &Phrase, words: &str| from.starts(words).map(|it| it.1);
    let counted = without(&rest, COUNTED);
    let is_counted = counted.is_some();
    let is_whole = rest.starts("both|everything|whatever|the_rest|the_others").is_some();
    let rest = counted.map_or(rest, |it| without(&it, "of").unwrap_or(it));
    let own = without(&rest, OWN);
    let is_own = own.is_some();
    let rest = own.unwrap_or(rest);
    let owned = of_owner(&rest);
    let is_own = is_own || owned.is_some();
    let mut rest = owned.unwrap_or(rest);
    let mut has_state = false;
    while let Some(shorter) = without(&rest, STATES) {
        has_state = true;
        rest = shorter;
    }
    let things = without(&rest, THINGS);
    let is_thing = things.is_some();
    let thing = if is_counted && !is_thing { without(&rest, THING) } else { None };
    let is_one = thing.is_some();
    let rest = things.or(thing).unwrap_or(rest);
    if !rest.is_empty() && rest.starts(TAIL).is_none() {
        return false;
    }
    let is_named = is_thing && (is_own || has_state || !rest.is_empty());
    let is_state =
        has_state && (rest.is_empty() || rest.starts("to|as|done|until|by|and").is_some());
    // "Delete everything" means nothing in particular.
    let is_boundless = rest.is_empty() && phrase.starts("delete|remove|trash|clear").is_some();
    let is_whole = is_whole && !is_boundless;
    is_named || is_state || is_counted && (is_whole || is_thing || is_one || has_state)
}

/// What follows "Theo's".
fn of_owner(phrase: &Phrase) -> Option<Phrase> {
    (1..=NAME_WORDS.min(phrase.len())).find_map(|many| {
        let name = phrase.span(many - 1, many);
        (name.ends_with("'s") || name.ends_with("s'")).then(|| phrase.part(many, phrase.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_many_are_told_from_changes_of_what_is_named() {
        for said in [
            "move the overdue to-dos to monday",
            "mark all overdue as done",
            "mark overdue as done",
            "complete every to-do of Ben",
            "complete all of Theo's to-dos",
            "reassign the overdue to-dos to Ben",
            "complete my to-dos",
            "assign Theo's to-dos to Priya",
            "finish the late ones",
            "assign both to Priya",
            "mark everything done",
            "comment on all overdue to-dos: hurry up",
            "move tasks due friday to monday",
            "complete each of them",
        ] {
            assert!(is_change(&Phrase::new(said)), "{said}");
        }
        for said in [
            "complete Open the shop",
            "complete All hands agenda",
            "move Mobile menu to monday",
            "mark Review all pages as done",
            "complete Every page has a title",
            "complete Theo's review",
            "set the due date of Mobile menu to friday",
            "clear the due date of Mobile menu",
            "give me all overdue to-dos",
            "change the late fee text to done",
            "rename the to-dos list to Work",
            "assign Migrate old tasks to Ben",
            "complete \"Overdue items report\"",
            "add all to-dos",
        ] {
            assert!(!is_change(&Phrase::new(said)), "{said}");
        }
    }
}
