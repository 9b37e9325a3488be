//! Several requests in one message: "Complete Mobile menu, and assign the contact form to Ben. What is overdue?"

use super::dates;
use super::intent::{self, Intent};
use super::phrase::Phrase;
use super::todo_words::{self, TodoRequest, TodoWords};
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
    let todos = each_todo(&phrase, today);
    if todos.len() > 1 {
        let read = |it: String| {
            let intent = intent::read(&it, today, is_in_flow);
            (it, intent)
        };
        return todos.into_iter().map(read).collect();
    }
    let sentences = phrase.sentences();
    let mut parts = Vec::new();
    for sentence in &sentences {
        parts.extend(within(sentence, today, is_in_flow));
    }
    let is_clear = parts.len() > 1 && parts.iter().all(|(_, it)| stands_alone(it));
    if is_clear { parts } else { alone }
}

/// "Create three to-dos in PROJECT: a, b and c": a request for each of them; none where the number that was said is not
/// how many there are.
fn each_todo(phrase: &Phrase, today: NaiveDate) -> Vec<String> {
    const PATTERNS: [&str; 4] = [
        "[please] add|create|make|put [the] [following] to-dos|todos|tasks|to_dos to|in|on|for [the] {place?} : {titles}",
        "[please] add|create|make|put [these] {many} [new] to-dos|todos|tasks|to_dos to|in|on|for [the] {place?} : {titles}",
        "[please] add|create|make|put {many} to-dos|todos|tasks|to_dos : {titles} to|in|on|for [the] {place} project",
        "[please] add|create|make|put [these] {many} [new] to-dos|todos|tasks|to_dos : {titles}",
    ];
    let Some(captures) = phrase.fits_any(&PATTERNS) else { return Vec::new() };
    let titles = captures.part("titles");
    let joins = |it: &Phrase, at: usize| it.part(at, at + 1).fits("and").is_some();
    let without_and = |it: &Phrase| it.starts("and").map_or(it.clone(), |it| it.1);
    let by_stops = titles.cut(|it, at| it.stops_before(at));
    let by_stops: Vec<Phrase> = by_stops.iter().map(without_and).collect();
    let last = by_stops.last().map(|it| it.cut(joins)).unwrap_or_default();
    let mut by_and: Vec<Phrase> = by_stops.clone();
    by_and.pop();
    by_and.extend(last.iter().map(without_and));
    let said = captures.get("many").to_lowercase();
    let many = dates::number(&said).and_then(|it| usize::try_from(it).ok());
    let all = match many {
        Some(many) => [by_stops, by_and].into_iter().find(|it| it.len() == many),
        None if matches!(said.as_str(), "" | "these" | "some" | "a few" | "several") => {
            Some(if by_stops.len() > 1 { by_and } else { Vec::new() })
        }
        None => None,
    };
    let place = placed(&captures.part("place"));
    let request = |it: Phrase| {
        let words = todo_words::describe(&it, today);
        let is_whole = words.project.is_some() || words.list.is_some();
        let words =
            if is_whole { TodoWords { title: it.text(), ..TodoWords::default() } } else { words };
        let who = words.assignee.map(|it| format!(" assigned to \"{it}\""));
        let due = words.due.map(|it| format!(" due {it}"));
        let rest: String = who.into_iter().chain(due).collect();
        format!("add a to-do called \"{}\"{place}{rest}", words.title)
    };
    let is_clear = |it: &Phrase| !it.is_empty() && !it.text().contains('"');
    let all = all.unwrap_or_default();
    if all.iter().all(is_clear) { all.into_iter().map(request).collect() } else { Vec::new() }
}

/// The same place in words that read as nothing else.
fn placed(place: &Phrase) -> String {
    if place.is_empty() {
        return String::new();
    }
    let captures = place.fits_any(&[
        "{list} list of|in|on [the] {project} project",
        "{list} list of|in|on [the] {project}",
        "{list} list",
        "{project} project",
        "project {project}",
        "{project}",
    ]);
    let captures = captures.unwrap_or_default();
    let list = captures.some("list").map(|it| format!(" to the \"{it}\" list"));
    let project = captures.some("project").map(|it| format!(" in the \"{it}\" project"));
    [list, project].into_iter().flatten().collect()
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
    fn several_todos_in_one_breath_are_a_request_each() {
        let each = |titles: &[&str], place: &str| -> Vec<String> {
            titles.iter().map(|it| format!("add a to-do called \"{it}\"{place}")).collect()
        };
        let place = " in the \"Website relaunch\" project";
        let three = ["Ring Ana", "Buy paper", "Pay the bill"];
        for said in [
            "create three to-dos in Website relaunch: Ring Ana, Buy paper, Pay the bill",
            "add 3 tasks to the Website relaunch project: Ring Ana, Buy paper and Pay the bill",
            "create to-dos in Website relaunch: Ring Ana, Buy paper, and Pay the bill",
        ] {
            assert_eq!(parts(said), each(&three, place), "{said}");
        }
        assert_eq!(
            parts("add two to-dos to the Content list in Website relaunch: Cut and paste, Print"),
            each(&["Cut and paste", "Print"], &format!(" to the \"Content\" list{place}"))
        );
        assert_eq!(
            parts("create two to-dos in Website relaunch: Print due Friday, Cut")[0],
            "add a to-do called \"Print\" in the \"Website relaunch\" project due 2026-11-20"
        );
        for said in [
            "add to-do in Website relaunch: Buy milk, bread",
            "create four to-dos in Website relaunch: Ring Ana, Buy paper",
            "create a to-do in Website relaunch: Ring Ana, then Ben",
            "create to-dos in Website relaunch: Research and development",
        ] {
            assert_eq!(parts(said).len(), 1, "{said}");
        }
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
