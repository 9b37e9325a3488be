//! Several requests in one message: "Complete Mobile menu, and assign the contact form to Ben. What is overdue?"

use super::intent::{self, Intent};
use super::phrase::Phrase;
use super::todo_words::TodoRequest;
use chrono::NaiveDate;

/// The requests of a message in order, each with its words. One message is one request unless every part of it reads as
/// a request by itself and none of them could be text that the one before it carries.
pub(crate) fn requests(said: &str, today: NaiveDate, is_in_flow: bool) -> Vec<(String, Intent)> {
    let whole = intent::read(said, today, is_in_flow);
    let alone = vec![(said.to_owned(), whole.clone())];
    if matches!(whole, Intent::Flow(_) | Intent::Command(..)) {
        return alone;
    }
    let phrase = Phrase::new(said);
    let sentences = phrase.sentences();
    let mut parts = Vec::new();
    for sentence in &sentences {
        parts.extend(within(sentence, today, is_in_flow));
    }
    let is_clear = parts.len() > 1 && parts.iter().all(|(_, it)| stands_alone(it));
    if is_clear { parts } else { alone }
}

/// The requests of one sentence: cut at "and" only where what is before carries no free text.
fn within(sentence: &Phrase, today: NaiveDate, is_in_flow: bool) -> Vec<(String, Intent)> {
    const JOINS: [&str; 4] = ["and|then|also|plus", "and then|also", "then also", "after_that"];
    for at in 1..sentence.len() {
        let rest = sentence.part(at, sentence.len());
        let Some((_, after)) = JOINS.iter().rev().find_map(|it| rest.starts(it)) else { continue };
        let text = sentence.part(0, at).written();
        let first = intent::read(&text, today, is_in_flow);
        if after.is_empty() || carries_text(&first) || !stands_alone(&first) {
            continue;
        }
        let more = within(&named(&after, &first), today, is_in_flow);
        if more.iter().all(|(_, it)| stands_alone(it)) {
            return [(text, first)].into_iter().chain(more).collect();
        }
    }
    let text = sentence.written();
    let intent = intent::read(&text, today, is_in_flow);
    vec![(text, intent)]
}

/// "give it to Theo" after "move X to Friday": the same with the to-do's name in place of "it".
fn named(after: &Phrase, first: &Intent) -> Phrase {
    const VERBS: &str = "give|assign|reassign|hand|delegate|move|push|postpone|set|complete|close|finish|reopen|rename";
    let Intent::Todo(
        TodoRequest::Edit(name, _) | TodoRequest::Complete(name) | TodoRequest::Reopen(name),
    ) = first
    else {
        return after.clone();
    };
    if after.starts(VERBS).is_none() {
        return after.clone();
    }
    let place =
        name.project.as_ref().map_or_else(String::new, |it| format!(" in the {it} project"));
    let title = format!("\"{}\"{place}", name.title);
    let written = after.written();
    let words = written.split_whitespace();
    let all: Vec<&str> =
        words.map(|it| if it.eq_ignore_ascii_case("it") { title.as_str() } else { it }).collect();
    Phrase::new(&all.join(" "))
}

/// What follows it may still be its own words.
fn carries_text(intent: &Intent) -> bool {
    use super::edit_words::Edit;
    use super::post_words::Post;
    match intent {
        Intent::Todo(TodoRequest::Add(_) | TodoRequest::Comment(..))
        | Intent::Find(..)
        | Intent::Note(_)
        | Intent::Other(_) => true,
        Intent::Todo(TodoRequest::Edit(_, edit)) => matches!(edit, Edit::Rename(_)),
        Intent::Post(post) => !matches!(post, Post::MoveCard { .. } | Post::Undo),
        _ => false,
    }
}

/// A request that can be one of several.
fn stands_alone(intent: &Intent) -> bool {
    !matches!(
        intent,
        Intent::Unknown
            | Intent::Hello
            | Intent::Thanks
            | Intent::Help
            | Intent::NeverMind
            | Intent::Decide
            | Intent::Flow(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(said: &str) -> Vec<String> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 18).unwrap();
        requests(said, today, false).into_iter().map(|it| it.0).collect()
    }

    #[test]
    fn requests_that_stand_alone_are_told_apart() {
        assert_eq!(
            parts("Complete Mobile menu and assign Contact form to Ben. What is overdue?"),
            ["Complete Mobile menu", "assign Contact form to Ben", "What is overdue"]
        );
        assert_eq!(
            parts("complete \"Mobile menu\", then reopen Kick-off notes"),
            ["complete \"Mobile menu\"", "reopen Kick-off notes"]
        );
        assert_eq!(
            parts("Add a to-do called Call the printer to Website relaunch. Complete Mobile menu."),
            ["Add a to-do called Call the printer to Website relaunch", "Complete Mobile menu"]
        );
    }

    #[test]
    fn what_is_done_to_the_same_todo_names_it() {
        assert_eq!(
            parts("move Mobile menu to Friday and give it to Theo"),
            ["move Mobile menu to Friday", "give \"Mobile menu\" to Theo"]
        );
        assert_eq!(parts("complete Mobile menu and tell Theo it is done").len(), 1);
    }

    #[test]
    fn text_that_a_request_carries_is_never_taken_for_another() {
        for said in [
            "add a to-do: buy milk and complete the form",
            "comment on Mobile menu: looks good and assign it to Ben",
            "complete Research and development",
            "when a to-do is completed, tell me. Then add a to-do called Check",
            "hello. complete Mobile menu please and be nice",
        ] {
            assert_eq!(parts(said).len(), 1, "{said}");
        }
    }
}
