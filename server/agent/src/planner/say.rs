//! Words and markdown of answers.

use chrono::NaiveDate;
use domain::todo::Todo;

/// How many rows an answer shows.
const ROWS: usize = 25;

/// Text that cannot act as markdown.
pub(crate) fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if "\\`*_[]<>|#".contains(letter) {
            safe.push('\\');
        }
        safe.push(if letter == '\n' { ' ' } else { letter });
    }
    safe
}

/// A text of a flow in which what is filled in later is named plainly: "Overdue: (the count)".
pub(crate) fn with_fields(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, token, after)) = rest.split_once("{{").and_then(|(before, it)| {
        let (token, after) = it.split_once("}}")?;
        Some((before, token, after))
    }) {
        words.push_str(before);
        let keys: Vec<&str> = token
            .split(['[', ']', '\'', '"', '.'])
            .map(str::trim)
            .filter(|it| !it.is_empty() && *it != "body")
            .collect();
        match keys.as_slice() {
            [_, .., field] => words.push_str(&format!("(the {})", field.replace('_', " "))),
            _ => words.push_str("(all that came in)"),
        }
        rest = after;
    }
    words + rest
}

/// A link, or only its words when there is nowhere to go.
pub(crate) fn link(words: &str, url: &str) -> String {
    if url.is_empty() {
        plain(words)
    } else {
        format!("[{}]({})", plain(words), url.replace([' ', ')'], ""))
    }
}

/// "1 to-do", "3 to-dos".
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// A list of to-dos with project, people and how late or when due.
pub(crate) fn todos(all: &[Todo], today: NaiveDate) -> String {
    let mut rows: Vec<String> = all.iter().take(ROWS).map(|it| todo(it, today)).collect();
    if all.len() > ROWS {
        rows.push(format!("- and {} more", all.len() - ROWS));
    }
    rows.join("\n")
}

fn todo(todo: &Todo, today: NaiveDate) -> String {
    let mut parts = vec![link(&todo.title, &todo.app_url), plain(&todo.project_name)];
    let names: Vec<&str> = todo.assignees.iter().map(|it| it.name.as_str()).collect();
    parts.push(if names.is_empty() { "nobody yet".to_owned() } else { plain(&names.join(", ")) });
    parts.extend(todo.due_on.as_deref().and_then(|it| it.parse().ok()).map(|it| when(it, today)));
    format!("- {}", parts.join(" · "))
}

/// "4 days late", "due today", "due Fri 20 Nov".
pub(crate) fn when(day: NaiveDate, today: NaiveDate) -> String {
    match (day - today).num_days() {
        0 => "due today".to_owned(),
        1 => "due tomorrow".to_owned(),
        -1 => "1 day late".to_owned(),
        late if late < 0 => format!("{} days late", -late),
        _ => format!("due {}", day.format("%a %-d %b")),
    }
}

pub(crate) fn hello(name: &str) -> String {
    let first = name.split_whitespace().next().unwrap_or_default();
    format!("Hello {}. What should we get done? Ask “what can you do?” for examples.", plain(first))
}

pub(crate) fn help() -> String {
    "I am the built-in assistant. I answer from your projects and build flows, without any AI provider. For example:\n\n\
     **Look**\n\
     - What is overdue?\n\
     - What is due this week in Website relaunch?\n\
     - What am I working on?\n\
     - How is Website relaunch doing?\n\
     - Who has the most work? Which to-dos have nobody?\n\
     - What happened in Website relaunch since Monday?\n\n\
     **Change** (I ask before Basecamp changes)\n\
     - Add a to-do called Send the brief to the Website relaunch project, due Friday\n\
     - Complete Send the brief\n\
     - Comment on Send the brief: it is with the client\n\
     - Assign Send the brief to me. Set Send the brief due Friday\n\
     - Move the card Logo to Review, post a message to Website relaunch saying The proofs are in\n\
     - Undo that\n\n\
     **Flows**\n\
     - Every Monday at 9, tell me what is overdue in the Website relaunch project\n\
     - When a to-do is completed in Website relaunch, tell me\n\
     - Show my flows, publish it, run it, recent runs, what failed?\n\n\
     **Tools of other servers** (added under Integrations)\n\
     - Use the name of the tool: use crm find_contact with name=…"
        .to_owned()
}

pub(crate) fn decide() -> String {
    "Only a person decides approvals, with the buttons on the approval. They are also listed under \
     [Approvals](/approvals)."
        .to_owned()
}

pub(crate) fn unknown() -> String {
    "I did not understand that, and nothing was changed. I can list what is overdue or due, say who works on what, add, \
     assign, date and complete to-dos, move cards, post messages, and build flows such as “Every weekday at 9, tell me Time for the stand-up”. Ask “what can you \
     do?” for more."
        .to_owned()
}

/// What is said to words of another language.
pub(crate) fn other_language() -> String {
    "The built-in assistant understands English only, so nothing was looked up or changed. Say it in English, or connect a \
     model under [Settings, Assistant](/settings/assistant): models understand other languages too."
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_act_as_markdown() {
        assert_eq!(plain("a [b](c) *d*"), "a \\[b\\](c) \\*d\\*");
        assert_eq!(link("x]", "https://e.test/a b)"), "[x\\]](https://e.test/ab)");
    }

    #[test]
    fn what_a_flow_fills_in_is_named_plainly() {
        assert_eq!(
            with_fields("Overdue: {{step_1['count']}}\n{{step_1['text']}} {{ open"),
            "Overdue: (the count)\n(the text) {{ open"
        );
        assert_eq!(
            with_fields("{{trigger['body']['due_on']}} {{item.name}}"),
            "(the due on) (the name)"
        );
        assert_eq!(with_fields("{{trigger['body']}}"), "(all that came in)");
    }

    #[test]
    fn lateness_is_said_in_days() {
        let day = |it: &str| it.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-18");
        assert_eq!(when(day("2026-11-14"), today), "4 days late");
        assert_eq!(when(day("2026-11-17"), today), "1 day late");
        assert_eq!(when(today, today), "due today");
        assert_eq!(when(day("2026-11-20"), today), "due Fri 20 Nov");
    }
}
