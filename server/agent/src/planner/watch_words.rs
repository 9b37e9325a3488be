//! What happens in Basecamp and starts a flow, in words.

use super::phrase::Phrase;
use serde_json::{Map, Value};

/// Something in Basecamp that a flow waits for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Watch {
    /// The trigger of the catalogue.
    pub(crate) trigger: &'static str,
    /// Only there; in words until it is looked up.
    pub(crate) project: Option<String>,
    /// Into that column of a board, likewise.
    pub(crate) column: Option<String>,
    /// What the trigger is told, once all is looked up.
    pub(crate) input: Map<String, Value>,
}

/// A trigger: its name, how people call it, what it gives in a sentence, and the ways to say it after "when".
struct Kind {
    trigger: &'static str,
    words: &'static str,
    news: &'static str,
    said: &'static [&'static str],
}

const KINDS: [Kind; 9] = [
    Kind {
        trigger: "new_todo",
        words: "a to-do is added",
        news: "{{trigger['title']}} was added to {{trigger['project']['name']}}",
        said: &[
            "[a|an|any|the|another] [new] @todo is_added|is_created|is_made|gets_added|gets_created|appears|comes_in|arrives",
            "[there] is a new @todo",
            "someone|somebody|anyone|anybody add|adds|creates|create|makes|make [a|any|another] [new] @todo",
        ],
    },
    Kind {
        trigger: "todo_completed",
        words: "a to-do is completed",
        news: "{{trigger['title']}} is done in {{trigger['project']['name']}}",
        said: &[
            "[a|an|any|the] @todo is_completed|is_done|is_finished|gets_completed|gets_done|gets_finished|is_ticked_off|is_checked_off",
            "[a|an|any|the] @todo is_marked [as] done|complete|completed|finished",
            "someone|somebody|anyone|anybody complete|completes|finishes|ticks_off [a|any] @todo",
        ],
    },
    Kind {
        trigger: "todo_overdue",
        words: "a to-do is overdue",
        news: "{{trigger['title']}} in {{trigger['project']['name']}} was due {{trigger['due_on']}}",
        said: &[
            "[a|an|any|the] @todo is|becomes|gets|goes|turns|runs overdue|late",
            "[a|an|any|the] @todo passes|misses its due_date|day|deadline|date",
        ],
    },
    Kind {
        trigger: "todo_assigned",
        words: "a to-do is assigned",
        news: "{{trigger['title']}} in {{trigger['project']['name']}} is with {{trigger['assignee_names']}}",
        said: &[
            "[a|an|any|the] @todo is_assigned|gets_assigned",
            "[a|an|any|the] @todo is_assigned|gets_assigned to someone|somebody|anyone|anybody",
            "someone|somebody is_given|gets|is_assigned [a|any] @todo",
        ],
    },
    Kind {
        trigger: "card_moved",
        words: "a card is moved",
        news: "{{trigger['title']}} was moved in {{trigger['project']['name']}}",
        said: &[
            "[a|an|any|the] card is_moved|moves|gets_moved|changes_column|changes_columns",
            "someone|somebody moves [a|any] card",
        ],
    },
    Kind {
        trigger: "new_message",
        words: "a message is posted",
        news: "{{trigger['creator']['name']}} posted {{trigger['title']}} in {{trigger['project']['name']}}",
        said: &[
            "[a|an|any|the] [new] message is_posted|is_added|is_written|is_published|gets_posted|appears",
            "someone|somebody|anyone|anybody post|posts|writes|publishes [a|any] [new] message",
        ],
    },
    Kind {
        trigger: "new_comment",
        words: "somebody comments",
        news: "{{trigger['creator']['name']}} commented in {{trigger['project']['name']}}: {{trigger['text']}}",
        said: &[
            "[a|an|any|the] [new] comment is_posted|is_added|is_written|is_made|is_left|gets_added|appears|arrives",
            "someone|somebody|anyone|anybody comments",
            "someone|somebody|anyone|anybody post|posts|writes|leaves|adds|add [a|any] [new] comment",
        ],
    },
    Kind {
        trigger: "new_checkin_answer",
        words: "a check-in is answered",
        news: "{{trigger['creator']['name']}} answered {{trigger['title']}}: {{trigger['text']}}",
        said: &[
            "[a|an|any|the] check-in|checkin [question] is_answered|gets_answered|gets_an_answer",
            "[a|an|any|the] [new] check-in|checkin answer arrives|is_posted|is_added|comes_in",
            "someone|somebody|anyone|anybody answers [a|any|the] check-in|checkin [question]",
        ],
    },
    Kind {
        trigger: "new_project",
        words: "a project is made",
        news: "The project {{trigger['name']}} was made",
        said: &[
            "[a|an|any|the] [new] project is_made|is_created|is_added|is_started|starts|begins",
            "someone|somebody|anyone|anybody makes|make|creates|create|starts|adds|add [a|any] [new] project",
        ],
    },
];

const WHEN: &str = "when|whenever|once|if|as_soon_as|after|each_time|every_time";
const PLACES: [&str; 2] = [
    "in|to|on|of|for|within [the] {project} project|board",
    "in|to|on|of|for|within [the] {project}",
];
const COLUMNS: [&str; 2] =
    ["to|into [the] {column} column of|in|on [the] {project}", "to|into [the] {column} [column]"];

/// "When a to-do is completed in Nordlys app", and nothing else.
pub(crate) fn read(phrase: &Phrase) -> Option<Watch> {
    let (_, clause) = phrase.starts(WHEN)?;
    KINDS.iter().find_map(|kind| kind.said.iter().find_map(|said| heard(kind, said, &clause)))
}

fn heard(kind: &Kind, said: &str, clause: &Phrase) -> Option<Watch> {
    let watch =
        |project, column| Some(Watch { trigger: kind.trigger, project, column, input: Map::new() });
    if clause.fits(said).is_some() {
        return watch(None, None);
    }
    if kind.trigger == "card_moved" {
        let into = COLUMNS.iter().find_map(|it| clause.fits(&format!("{said} {it}")));
        if let Some(found) = into {
            return watch(found.some("project"), found.some("column"));
        }
    }
    // Nothing is around a project, and "assigned to Ana" names a person, which is not looked up here.
    let is_apart = ["new_project", "todo_assigned"].contains(&kind.trigger);
    let places = PLACES.iter().filter(|_| !is_apart);
    let found = places.filter_map(|it| clause.fits(&format!("{said} {it}"))).next()?;
    watch(found.some("project"), None)
}

/// "when a to-do is completed in Nordlys app".
pub(crate) fn words(watch: &Watch) -> String {
    let words = kind(watch).map_or("something happens in Basecamp", |it| it.words);
    let into = watch.column.as_ref().map(|it| format!(" into {it}")).unwrap_or_default();
    let place = watch.project.as_ref().map(|it| format!(" in {it}")).unwrap_or_default();
    format!("when {words}{into}{place}")
}

/// What there is to tell about it.
pub(crate) fn news(watch: &Watch) -> &'static str {
    kind(watch).map_or("Something happened in Basecamp", |it| it.news)
}

/// Whether it is a to-do that starts the flow.
pub(crate) fn is_todo(watch: &Watch) -> bool {
    watch.trigger == "new_todo" || watch.trigger.starts_with("todo_")
}

/// What a trigger that is there waits for; none for one that is not known.
pub(crate) fn of(trigger: &str) -> Option<Watch> {
    let kind = KINDS.iter().find(|it| it.trigger == trigger)?;
    Some(Watch { trigger: kind.trigger, project: None, column: None, input: Map::new() })
}

fn kind(watch: &Watch) -> Option<&'static Kind> {
    KINDS.iter().find(|it| it.trigger == watch.trigger)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::catalog::{BASECAMP, step};

    #[test]
    fn what_happens_is_understood_with_its_place() {
        for (said, trigger, project, column) in [
            ("when a to-do is added", "new_todo", None, None),
            (
                "Whenever someone creates a new task in Nordlys app",
                "new_todo",
                Some("Nordlys app"),
                None,
            ),
            (
                "when a to-do is completed in the Nordlys app project",
                "todo_completed",
                Some("Nordlys app"),
                None,
            ),
            ("once a to-do becomes overdue", "todo_overdue", None, None),
            ("when a card is moved to Done", "card_moved", None, Some("Done")),
            (
                "when a card moves into the Review column of Nordlys app",
                "card_moved",
                Some("Nordlys app"),
                Some("Review"),
            ),
            ("when somebody comments in Nordlys app", "new_comment", Some("Nordlys app"), None),
            ("when a check-in is answered", "new_checkin_answer", None, None),
            ("when a new project is created", "new_project", None, None),
        ] {
            let found = read(&Phrase::new(said)).unwrap_or_else(|| panic!("{said}"));
            let place = (found.project.as_deref(), found.column.as_deref());
            assert_eq!((found.trigger, place), (trigger, (project, column)), "{said}");
        }
    }

    #[test]
    fn what_is_not_told_apart_is_not_guessed() {
        for said in
            ["when a to-do is assigned to Ana", "when a file is uploaded", "a to-do is added"]
        {
            assert_eq!(read(&Phrase::new(said)), None, "{said}");
        }
    }

    #[test]
    fn every_trigger_is_one_of_the_catalogue() {
        for kind in KINDS {
            assert!(step::piece_trigger(BASECAMP, kind.trigger).is_some(), "{}", kind.trigger);
        }
    }
}
