//! What flows find out and pass on, in words: "post the overdue to-dos to the chat of Nordlys app".

use super::phrase::Phrase;
use super::post_words::bare;

/// A question over all projects, as the flow asks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The operation of the report.
    pub(crate) operation: &'static str,
    /// Its days, where it has some.
    pub(crate) days: Option<u16>,
    /// What people call it.
    pub(crate) title: &'static str,
    /// Only there, in words.
    pub(crate) project: Option<String>,
}

/// Where something goes; names are still words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// To a person inside PM OS; none for the one who asks.
    Person(Option<String>),
    /// To the message board of a project.
    Board(Option<String>),
    /// To the chat of a project.
    Chat(Option<String>),
}

struct Kind {
    operation: &'static str,
    days: Option<u16>,
    title: &'static str,
    said: &'static [&'static str],
}

const KINDS: [Kind; 12] = [
    Kind {
        operation: "overdue_todos",
        days: None,
        title: "Overdue",
        said: &[
            "[all] [the|our|my|any] overdue|late @todos|items|work|things",
            "what|everything|anything [that] [is|are] overdue|late",
            "what_is|what's overdue|late",
            "[all] [the|our|any] @todos that|which are overdue|late",
        ],
    },
    Kind {
        operation: "due_todos",
        days: Some(0),
        title: "Due today",
        said: &[
            "[all] [the|our|my|any] @todos [that] [are] due today",
            "what|everything|anything [that] [is] due today",
            "what_is|what's due today",
            "today's @todos",
        ],
    },
    Kind {
        operation: "due_todos",
        days: Some(7),
        title: "Due within seven days",
        said: &[
            "[all] [the|our|my|any] @todos [that] [are] due this_week|soon|next_week",
            "what|everything|anything [that] [is] due this_week|soon|next_week",
            "what_is|what's due this_week|soon|next_week",
            "[the] upcoming @todos|deadlines",
        ],
    },
    Kind {
        operation: "unassigned_todos",
        days: None,
        title: "With nobody",
        said: &[
            "[all] [the|our|any] unassigned @todos",
            "[all] [the|our|any] @todos [that] nobody has",
            "[all] [the|our|any] @todos without [an|any] assignee|owner|person",
        ],
    },
    Kind {
        operation: "undated_todos",
        days: None,
        title: "Without a day",
        said: &[
            "[all] [the|our|any] @todos without|with_no [a|any] date|day|due_date|deadline",
            "[all] [the|our|any] undated @todos",
        ],
    },
    Kind {
        operation: "quiet_todos",
        days: Some(14),
        title: "Nothing happened for two weeks",
        said: &[
            "[all] [the|our|any] stuck|stale|forgotten|quiet @todos|work|items",
            "what|everything [is] stuck|forgotten",
            "what_is|what's stuck|forgotten",
        ],
    },
    Kind {
        operation: "completed_todos",
        days: Some(7),
        title: "Done in the last seven days",
        said: &[
            "[all] [the|our] completed|finished|done @todos [of] [this_week|last_week|the_week]",
            "[all] [the|our] @todos completed|finished|done this_week|last_week",
            "what [was|we|got|has_been] done|finished|completed [this_week|last_week|in_the_week]",
        ],
    },
    Kind {
        operation: "completed_todos",
        days: Some(1),
        title: "Done since yesterday",
        said: &[
            "[all] [the|our] @todos completed|finished|done yesterday|today",
            "what [was|we|got|has_been] done|finished|completed yesterday|today",
        ],
    },
    Kind {
        operation: "open_todos",
        days: None,
        title: "Open",
        said: &[
            "[all] [the|our|my] open @todos",
            "what_is|what's [still] open",
            "what is still open",
        ],
    },
    Kind {
        operation: "workload",
        days: None,
        title: "Who has how much",
        said: &[
            "[the|our|everybody's|everyone's] [team] workload",
            "who has how much [to] [do]",
            "how much everybody|everyone|each_person has [to] [do]",
        ],
    },
    Kind {
        operation: "project_status",
        days: None,
        title: "How projects stand",
        said: &[
            "[the|our|a] [weekly|daily] [project|projects] status [report]",
            "how [the|our] projects stand|are_doing|are_going",
            "[the] status of [all] [the|our] projects",
            "[a|the] [weekly|daily] status|progress report",
        ],
    },
    Kind {
        operation: "recent_records",
        days: Some(1),
        title: "New messages",
        said: &["[the|all] new|recent|latest messages", "what is new"],
    },
];

/// What a phrase asks to find out, and nothing else.
pub(crate) fn finding(phrase: &Phrase) -> Option<Finding> {
    let bare_phrase =
        phrase.starts("[a|the] list|summary|overview|report|digest|roundup of|on|about|with");
    let phrase = bare_phrase.map_or_else(|| phrase.clone(), |it| it.1);
    KINDS.iter().find_map(|kind| kind.said.iter().find_map(|said| asked(kind, said, &phrase)))
}

fn asked(kind: &Kind, said: &str, phrase: &Phrase) -> Option<Finding> {
    let Kind { operation, days, title, .. } = *kind;
    if phrase.fits(said).is_some() {
        return Some(Finding { operation, days, title, project: None });
    }
    // Those two are always about everything.
    if ["workload", "project_status"].contains(&operation) {
        return None;
    }
    let found = phrase.fits(&format!("{said} in|of|for|from|on [the] {{project}}"))?;
    Some(Finding { operation, days, title, project: Some(bare(&found.get("project"))) })
}

/// What a step finds out and where that goes: "send me what is due today", "post the overdue to-dos to the team chat".
pub(crate) fn read(phrase: &Phrase) -> Option<(Finding, Target)> {
    posted(phrase).or_else(|| told(phrase))
}

fn posted(phrase: &Phrase) -> Option<(Finding, Target)> {
    let (_, rest) = phrase.starts("post|send|write|share|publish|put|drop|paste")?;
    let cuts: Vec<usize> = (1..rest.len())
        .filter(|at| rest.part(*at, rest.len()).starts("to|in|on|into|at").is_some())
        .collect();
    let at = |at: &usize, place: fn(&Phrase) -> Option<Target>| {
        let (_, place_words) = rest.part(*at, rest.len()).starts("to|in|on|into|at")?;
        Some((finding(&rest.part(0, *at))?, place(&place_words)?))
    };
    let named = cuts.iter().rev().find_map(|it| at(it, room));
    named.or_else(|| cuts.iter().rev().find_map(|it| at(it, person_or_project)))
}

/// "the team chat", "the message board of Nordlys app".
pub(super) fn room(phrase: &Phrase) -> Option<Target> {
    const OWN: &str = "[the|our|its|a] [team|group|project|company|general|project's]";
    const CHAT: &str = "chat|campfire|chatroom|chat_room";
    const BOARD: &str = "message_board|messageboard|board|messages";
    let room = |kind: &str| {
        if phrase.fits(&format!("{OWN} {kind}")).is_some() {
            return Some(None);
        }
        let found = phrase.fits_any(&[
            &format!("{OWN} {kind} of|in|for|on [the] {{project}}"),
            &format!("[the|our] {{project?}} {kind}"),
        ])?;
        Some(Some(bare(&found.get("project"))))
    };
    room(CHAT).map(Target::Chat).or_else(|| room(BOARD).map(Target::Board))
}

fn person_or_project(phrase: &Phrase) -> Option<Target> {
    if phrase.fits("me|myself|us").is_some() {
        return Some(Target::Person(None));
    }
    // Places outside, which are not reached.
    if phrase.has("slack|teams|email|e-mail|mail|discord|whatsapp|channel|everyone|everybody") {
        return None;
    }
    let found = phrase.fits_any(&["[the] {project} project", "[the] project {project}"])?;
    Some(Target::Board(found.some("project")))
}

fn told(phrase: &Phrase) -> Option<(Finding, Target)> {
    if let Some((_, rest)) = phrase.starts("let me know")
        && let Some(found) = about(&rest)
    {
        return Some((found, Target::Person(None)));
    }
    let (_, rest) = phrase.starts("tell|notify|message|ping|inform|send|give|show|remind")?;
    (1..rest.len().min(4)).find_map(|at| {
        let found = about(&rest.part(at, rest.len()))?;
        let who = rest.part(0, at);
        let is_asker = who.fits("me|myself|us").is_some();
        Some((found, Target::Person((!is_asker).then(|| who.text()))))
    })
}

fn about(phrase: &Phrase) -> Option<Finding> {
    let rest = phrase.starts("about|of|with|on").map_or_else(|| phrase.clone(), |it| it.1);
    finding(&rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_and_where_it_goes_are_understood() {
        let some = |it: &str| Some(it.to_owned());
        for (said, operation, target) in [
            ("post the overdue to-dos to the team chat", "overdue_todos", Target::Chat(None)),
            (
                "post the overdue to-dos to the campfire of Website relaunch",
                "overdue_todos",
                Target::Chat(some("Website relaunch")),
            ),
            (
                "send a list of open tasks to the Nordlys app message board",
                "open_todos",
                Target::Board(some("Nordlys app")),
            ),
            ("send me what is due today", "due_todos", Target::Person(None)),
            ("tell me what is overdue", "overdue_todos", Target::Person(None)),
            (
                "tell Ana about the unassigned to-dos",
                "unassigned_todos",
                Target::Person(some("Ana")),
            ),
            (
                "share the weekly status report in the Nordlys app project",
                "project_status",
                Target::Board(some("Nordlys app")),
            ),
            ("let me know who has how much to do", "workload", Target::Person(None)),
        ] {
            let found = read(&Phrase::new(said)).unwrap_or_else(|| panic!("{said}"));
            assert_eq!((found.0.operation, found.1), (operation, target), "{said}");
        }
    }

    #[test]
    fn a_report_of_one_project_keeps_its_name() {
        let (found, target) =
            read(&Phrase::new("post the overdue to-dos in Nordlys app to the team chat")).unwrap();
        assert_eq!((found.project.as_deref(), target), (Some("Nordlys app"), Target::Chat(None)));
    }

    #[test]
    fn what_goes_outside_is_no_report() {
        for said in
            ["post the overdue to-dos to Slack", "tell me Check the board", "send Ana a note"]
        {
            assert_eq!(read(&Phrase::new(said)), None, "{said}");
        }
    }
}
