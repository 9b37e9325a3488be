//! Check-ins, and what can be done with a record of any kind.

use super::{chosen, noun, project, reads, trashes, writes};
use crate::flow::catalog::{ActionMeta, PropKind, PropMeta, prop};

const QUESTION: &[&str] = &["project", "question"];

pub(super) fn checkins() -> ActionMeta {
    let operations = vec![
        writes(
            (
                "create_question_answer",
                "Answer a check-in",
                "Adds an answer to a question that is asked regularly",
            ),
            QUESTION,
            vec![
                prop("content", "Answer", PropKind::LongText).required(),
                prop("group_on", "For the day", PropKind::ShortText)
                    .note("A day, as 2026-03-31; today, when left empty"),
            ],
        ),
        writes(
            ("pause_question", "Pause a check-in", "Stops asking a question"),
            QUESTION,
            Vec::new(),
        ),
        writes(
            ("resume_question", "Go on with a check-in", "Asks a paused question again"),
            QUESTION,
            Vec::new(),
        ),
        reads(
            ("list_questions", "List the check-ins", "Gives the questions of a project"),
            &["project"],
            Vec::new(),
        ),
    ];
    let pickers = vec![project(), chosen("question", "Question", &["project"])];
    noun("checkins", ("Check-ins", "Answers and pauses check-ins"), pickers, operations)
}

pub(super) fn records() -> ActionMeta {
    let operations = vec![
        writes(
            ("archive_recording", "Archive a record", "Puts any record into the archive"),
            &[],
            record(),
        ),
        writes(
            (
                "unarchive_recording",
                "Bring a record back",
                "Takes any record out of the archive or the trash",
            ),
            &[],
            record(),
        ),
        trashes(("trash_recording", "Move a record to the trash"), &[], record()),
        writes(
            (
                "subscribe_recording",
                "Follow a record",
                "Whoever the flow acts as is told of what happens to it",
            ),
            &[],
            record(),
        ),
        writes(
            ("unsubscribe_recording", "Stop following a record", "It is told of no more"),
            &[],
            record(),
        ),
    ];
    noun("records", ("Any record", "Archives, trashes and follows records"), Vec::new(), operations)
}

fn record() -> Vec<PropMeta> {
    vec![prop("record", "Record", PropKind::Number).required().note(
        "The id that an earlier step gives: of a to-do, a card, a message, a document, an event or anything else",
    )]
}
